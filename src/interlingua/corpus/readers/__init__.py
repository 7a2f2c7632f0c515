"""Readers: one file a format, each a lazy generator of rows in constant memory."""

from interlingua.corpus.readers.delimited import read_delimited
from interlingua.corpus.readers.dispatch import open_rows
from interlingua.corpus.readers.gettext import read_gettext, read_software
from interlingua.corpus.readers.hub import read_hub
from interlingua.corpus.readers.huggingface import read_saved_dataset
from interlingua.corpus.readers.jsonl import read_jsonl
from interlingua.corpus.readers.lines import read_lines
from interlingua.corpus.readers.moses import read_moses
from interlingua.corpus.readers.parquet import read_parquet
from interlingua.corpus.readers.query import read_query
from interlingua.corpus.readers.tatoeba import read_tatoeba, tatoeba_files
from interlingua.corpus.readers.tmx import read_tmx
from interlingua.corpus.readers.wmt import read_headerless
from interlingua.corpus.readers.xliff import read_xliff

__all__ = [
    "open_rows",
    "read_delimited",
    "read_gettext",
    "read_headerless",
    "read_hub",
    "read_jsonl",
    "read_lines",
    "read_moses",
    "read_parquet",
    "read_query",
    "read_saved_dataset",
    "read_software",
    "read_tatoeba",
    "read_tmx",
    "read_xliff",
    "tatoeba_files",
]
