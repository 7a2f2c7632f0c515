"""SOURCES -> N-WAY ROWS: rows that share a pivot text become one, in DuckDB, whatever the memory."""

from interlingua.corpus.joining.choosing import CONFLICTS, Conflicts
from interlingua.corpus.joining.joining import Joined, join_corpus

__all__ = ["CONFLICTS", "Conflicts", "Joined", "join_corpus"]
