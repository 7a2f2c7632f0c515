"""TEXT -> VECTORS: encoders, their students, and vectors kept on disk.

Names are loaded when they are first used: the store alone needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlingua.encoder.function import FunctionEncoder
    from interlingua.encoder.loading import load_encoder
    from interlingua.encoder.sentence import SentenceEncoder
    from interlingua.encoder.shards import StoredVectors
    from interlingua.encoder.store import StoredEncoder, VectorStore, cache_folder
    from interlingua.encoder.students import static_student, transformer_student

__all__ = [
    "FunctionEncoder",
    "SentenceEncoder",
    "StoredEncoder",
    "StoredVectors",
    "VectorStore",
    "cache_folder",
    "load_encoder",
    "static_student",
    "transformer_student",
]

_HOMES = {
    "FunctionEncoder": "function",
    "SentenceEncoder": "sentence",
    "StoredEncoder": "store",
    "StoredVectors": "shards",
    "VectorStore": "store",
    "cache_folder": "store",
    "load_encoder": "loading",
    "static_student": "students",
    "transformer_student": "students",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
