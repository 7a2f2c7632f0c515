"""TEXT -> VECTORS: encoders, their students, and vectors kept on disk.

Names are loaded when they are first used: the store alone needs no torch.
"""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

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

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "FunctionEncoder": "function",
        "SentenceEncoder": "sentence",
        "StoredEncoder": "store",
        "StoredVectors": "shards",
        "VectorStore": "store",
        "cache_folder": "store",
        "load_encoder": "loading",
        "static_student": "students",
        "transformer_student": "students",
    },
)
