"""ROWS -> WHAT OTHER PROGRAMS READ: data sets of the hub, plain pairs, line-aligned files, tables."""

from interlingua.corpus.exporting.hub import PairNames
from interlingua.corpus.exporting.making import FILES, FORMATS, Format, export_corpus, format_of
from interlingua.corpus.exporting.parts import Exported

__all__ = ["FILES", "FORMATS", "Exported", "Format", "PairNames", "export_corpus", "format_of"]
