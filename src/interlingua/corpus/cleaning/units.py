"""What lengths are counted in: characters, words, or the tokens of a model."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.cleaning.characters import words_of
from interlingua.errors import CorpusError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Unit", "count_units", "units_of"]

Unit: TypeAlias = Literal["characters", "words", "tokens"]


def count_units(texts: Sequence[str], unit: Unit, tokenizer: str) -> NDArray[np.int64]:
    """Return the length of every text, shape ``(len(texts),)``.

    Args:
        texts: The texts.
        unit: What is counted.
        tokenizer: Of tokens: a ``tokenizer.json``, a folder that has one, or the name of a model at the hub.

    Raises:
        CorpusError: There is no such tokenizer.

    Example:
        >>> count_units(["Two boats."], "words", "").tolist(), count_units(["Two boats."], "characters", "").tolist()
        ([2], [10])
    """
    if unit == "characters":
        return np.array([len(text) for text in texts], dtype=np.int64)
    return np.array([len(some) for some in units_of(texts, unit, tokenizer)], dtype=np.int64)


def units_of(texts: Sequence[str], unit: Unit, tokenizer: str) -> list[list[Any]]:
    """Return the units of every text; tokens by number, without those that a model puts at the ends.

    Raises:
        CorpusError: There is no such tokenizer.
    """
    match unit:
        case "characters":
            return [list(text) for text in texts]
        case "words":
            return [words_of(text) for text in texts]
        case "tokens":
            encodings = _tokenizer(tokenizer).encode_batch_fast(list(texts), add_special_tokens=False)
            return [encoding.ids for encoding in encodings]


@lru_cache(maxsize=4)
def _tokenizer(name: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    path = Path(name) / "tokenizer.json" if Path(name).is_dir() else Path(name)
    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(path)) if path.exists() else Tokenizer.from_pretrained(name)
    except Exception as error:  # the package raises bare Exception, and whatever the hub raises
        raise CorpusError(
            f"there is no tokenizer {name} ({' '.join(str(error).split())[:200]}); give a tokenizer.json, a folder "
            "that has one, or the name of a model that the hub or its cache holds"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
