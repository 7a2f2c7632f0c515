"""PAIRS -> LINKS: cutting texts into words, and finding which words of two sentences translate each other.

Names are loaded when they are first used: matching and formats need no torch. The function ``segment`` has the name of
its module, so it is imported from there: ``from interlingua.words.segment import segment``.
"""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.words.aligner import DiagonalAligner, WordAligner, align, load_word_encoder
    from interlingua.words.bulk import align_corpus, align_rows
    from interlingua.words.external import Eflomal, FastAlign
    from interlingua.words.gold import AlignedPairs, open_alignments, read_alignments
    from interlingua.words.linking import WordStates, link_states
    from interlingua.words.links import LinkFolder, LinkTable
    from interlingua.words.making import make_aligner
    from interlingua.words.matching import (
        MATCHERS,
        ForwardArgmax,
        IterMax,
        MaxWeight,
        MutualArgmax,
        ReverseArgmax,
        SoftmaxThreshold,
        matcher,
    )
    from interlingua.words.pharaoh import format_links, parse_links, read_link_lines, read_pharaoh, write_pharaoh
    from interlingua.words.rule import Matcher
    from interlingua.words.segment import segmenter_name, split_spans, word_pair
    from interlingua.words.span_student import matching_span_student, span_student
    from interlingua.words.span_training import SpanQuestions, train_span_model
    from interlingua.words.states import WordEncoder
    from interlingua.words.statistical import StatisticalAligner
    from interlingua.words.symmetrise import symmetrise_links
    from interlingua.words.wspalign import SpanAligner

__all__ = [
    "MATCHERS",
    "AlignedPairs",
    "DiagonalAligner",
    "Eflomal",
    "FastAlign",
    "ForwardArgmax",
    "IterMax",
    "LinkFolder",
    "LinkTable",
    "Matcher",
    "MaxWeight",
    "MutualArgmax",
    "ReverseArgmax",
    "SoftmaxThreshold",
    "SpanAligner",
    "SpanQuestions",
    "StatisticalAligner",
    "WordAligner",
    "WordEncoder",
    "WordStates",
    "align",
    "align_corpus",
    "align_rows",
    "format_links",
    "link_states",
    "load_word_encoder",
    "make_aligner",
    "matcher",
    "matching_span_student",
    "open_alignments",
    "parse_links",
    "read_alignments",
    "read_link_lines",
    "read_pharaoh",
    "segmenter_name",
    "span_student",
    "split_spans",
    "symmetrise_links",
    "train_span_model",
    "word_pair",
    "write_pharaoh",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "MATCHERS": "matching",
        "AlignedPairs": "gold",
        "DiagonalAligner": "aligner",
        "Eflomal": "external",
        "FastAlign": "external",
        "ForwardArgmax": "matching",
        "IterMax": "matching",
        "LinkFolder": "links",
        "LinkTable": "links",
        "Matcher": "rule",
        "MaxWeight": "matching",
        "MutualArgmax": "matching",
        "ReverseArgmax": "matching",
        "SoftmaxThreshold": "matching",
        "SpanAligner": "wspalign",
        "SpanQuestions": "span_training",
        "StatisticalAligner": "statistical",
        "WordAligner": "aligner",
        "WordEncoder": "states",
        "WordStates": "linking",
        "align": "aligner",
        "align_corpus": "bulk",
        "align_rows": "bulk",
        "format_links": "pharaoh",
        "link_states": "linking",
        "load_word_encoder": "aligner",
        "make_aligner": "making",
        "matcher": "matching",
        "matching_span_student": "span_student",
        "open_alignments": "gold",
        "parse_links": "pharaoh",
        "read_alignments": "gold",
        "read_link_lines": "pharaoh",
        "read_pharaoh": "pharaoh",
        "segmenter_name": "segment",
        "span_student": "span_student",
        "split_spans": "segment",
        "symmetrise_links": "symmetrise",
        "train_span_model": "span_training",
        "word_pair": "segment",
        "write_pharaoh": "pharaoh",
    },
)
