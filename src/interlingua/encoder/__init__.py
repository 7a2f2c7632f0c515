"""TEXT -> VECTORS: encoders, their students, and vectors kept on disk.

Names are loaded when they are first used: the store alone needs no torch.
"""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.cache import cache_folder
    from interlingua.encoder.function import FunctionEncoder
    from interlingua.encoder.heads import DenseTanh, LanguageModelHead, language_model_head
    from interlingua.encoder.language import LanguageTransformer, add_language_embedding
    from interlingua.encoder.loading import load_encoder
    from interlingua.encoder.reconstruction import ReconstructionDecoder
    from interlingua.encoder.sentence import SentenceEncoder
    from interlingua.encoder.shards import StoredVectors
    from interlingua.encoder.store import StoredEncoder, VectorStore
    from interlingua.encoder.students import static_student, transformer_student

__all__ = [
    "DenseTanh",
    "FunctionEncoder",
    "LanguageModelHead",
    "LanguageTransformer",
    "ReconstructionDecoder",
    "SentenceEncoder",
    "StoredEncoder",
    "StoredVectors",
    "VectorStore",
    "add_language_embedding",
    "cache_folder",
    "language_model_head",
    "load_encoder",
    "static_student",
    "transformer_student",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "DenseTanh": "heads",
        "FunctionEncoder": "function",
        "LanguageModelHead": "heads",
        "LanguageTransformer": "language",
        "ReconstructionDecoder": "reconstruction",
        "SentenceEncoder": "sentence",
        "StoredEncoder": "store",
        "StoredVectors": "shards",
        "VectorStore": "store",
        "add_language_embedding": "language",
        "cache_folder": "store",
        "language_model_head": "heads",
        "load_encoder": "loading",
        "static_student": "students",
        "transformer_student": "students",
    },
)
