"""FILES -> ROWS: the corpus table, readers for the usual formats, and named sets."""

from interlingua.corpus.catalog import ScoredPairs, open_corpus, open_scored_pairs, open_with_splits
from interlingua.corpus.coverage import Coverage, coverage_of
from interlingua.corpus.inference import InferencePairs, read_inference
from interlingua.corpus.joining import Joined, join_corpus
from interlingua.corpus.labelled import LabelledTexts, open_labelled
from interlingua.corpus.provenance import SourceRecord, cell_source, source_column, source_records
from interlingua.corpus.readers import open_rows
from interlingua.corpus.search_sets import SearchSet, SearchTexts, open_search_set
from interlingua.corpus.similarity_sets import open_similarity_sets
from interlingua.corpus.splits import split_of
from interlingua.corpus.statistics import CorpusStatistics, LanguageStatistics
from interlingua.corpus.table import Corpus
from interlingua.corpus.writing import write_corpus

__all__ = [
    "Corpus",
    "CorpusStatistics",
    "Coverage",
    "InferencePairs",
    "Joined",
    "LabelledTexts",
    "LanguageStatistics",
    "ScoredPairs",
    "SearchSet",
    "SearchTexts",
    "SourceRecord",
    "cell_source",
    "coverage_of",
    "join_corpus",
    "open_corpus",
    "open_labelled",
    "open_rows",
    "open_scored_pairs",
    "open_search_set",
    "open_similarity_sets",
    "open_with_splits",
    "read_inference",
    "source_column",
    "source_records",
    "split_of",
    "write_corpus",
]
