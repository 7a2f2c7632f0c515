"""What objectives on tokens must know of a tokenizer: its size, its mask, its special tokens."""

from transformers import PreTrainedTokenizerFast

from interlingua.errors import TrainingError
from interlingua.objectives.corruption import Vocabulary
from interlingua.sbert import SentenceTransformer

__all__ = ["vocabulary"]


def vocabulary(model: SentenceTransformer) -> Vocabulary:
    """Return size, mask and special tokens of a model's tokenizer.

    Raises:
        TrainingError: The model is no transformer with a fast tokenizer, or its tokenizer has no mask.
    """
    tokenizer = getattr(model[0], "tokenizer", None)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise TrainingError(
            f"tokens cannot be hidden from a {type(model[0]).__name__}: objectives that predict tokens need a "
            "transformer with a fast tokenizer"
        )
    if tokenizer.mask_token_id is None:
        raise TrainingError(
            "the student's tokenizer has no mask token, so no token can be hidden; choose a model that was trained "
            "with masked tokens, or leave out the objectives that predict tokens"
        )
    return Vocabulary(len(tokenizer), int(tokenizer.mask_token_id), frozenset(tokenizer.all_special_ids))
