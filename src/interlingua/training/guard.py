"""A word of warning before n-way rows reach a loss that takes its third column for a wrong answer."""

from collections.abc import Sequence

from torch import nn

from interlingua.errors import LanguageError, TrainingError
from interlingua.languages import canonical

__all__ = ["check_columns"]


def check_columns(columns: Sequence[str], loss: nn.Module) -> None:
    """Refuse to feed n-way rows to a stock sentence-transformers loss.

    By their convention columns 3 to N are hard negatives: translations would be pushed away from each other, without a
    word of warning.

    Args:
        columns: Column names of the dataset.
        loss: The loss it is meant for.

    Raises:
        TrainingError: If three or more columns are languages and the loss is no `EncoderLoss`.

    Example:
        >>> check_columns(["eng_Latn", "deu_Latn"], nn.Identity())
    """
    from interlingua.training.loss import EncoderLoss

    languages = [column for column in columns if _is_language(column)]
    if len(languages) > 2 and not isinstance(loss, EncoderLoss):
        raise TrainingError(
            f"the columns {', '.join(languages)} are translations of each other, but {type(loss).__name__} takes the "
            f"first two for a pair and {', '.join(languages[2:])} for wrong answers. Use "
            "interlingua.training.EncoderLoss with an objective such as multiway(), or keep two columns"
        )


def _is_language(column: str) -> bool:
    try:
        canonical(column)
    except LanguageError:
        return False
    return "_" in column or len(column) in (2, 3)
