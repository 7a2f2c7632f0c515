"""FILES -> ROWS: the corpus table, readers for the usual formats, and named sets."""

from interlingua.corpus.source import Source
from interlingua.corpus.splits import split_of
from interlingua.corpus.statistics import CorpusStatistics, LanguageStatistics
from interlingua.corpus.table import Corpus
from interlingua.corpus.writing import write_corpus

__all__ = ["Corpus", "CorpusStatistics", "LanguageStatistics", "Source", "split_of", "write_corpus"]
