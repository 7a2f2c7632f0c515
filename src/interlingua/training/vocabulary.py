"""What objectives on tokens must know of a model: its mask, its special tokens, where its positions begin."""

from transformers import PreTrainedTokenizerFast

from interlingua.errors import TrainingError
from interlingua.objectives.corruption import Vocabulary
from interlingua.sbert import SentenceTransformer

__all__ = ["position_start", "vocabulary"]


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


def position_start(model: SentenceTransformer) -> tuple[int, int]:
    """Return the number of the first position, and that of padding: XLM-R counts from 2, BERT from 0."""
    embeddings = getattr(model[0].auto_model, "embeddings", None)
    table = getattr(embeddings, "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return (0, 0) if padding is None else (int(padding) + 1, int(padding))
