"""interlingua: make sentence encoders agree across languages; measure, mine and show that agreement."""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.corpus import Corpus, open_corpus, write_corpus
    from interlingua.encoder import load_encoder
    from interlingua.encoder.models import load
    from interlingua.evaluation import evaluate
    from interlingua.training import load_recipe, train

__version__ = "0.1.0"

__all__ = ["Corpus", "evaluate", "load", "load_encoder", "load_recipe", "open_corpus", "train", "write_corpus"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Corpus": "corpus",
        "evaluate": "evaluation",
        "load": "encoder.models",
        "load_encoder": "encoder",
        "load_recipe": "training",
        "open_corpus": "corpus",
        "train": "training",
        "write_corpus": "corpus",
    },
)
