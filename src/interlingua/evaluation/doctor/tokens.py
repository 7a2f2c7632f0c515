"""What a tokenizer makes of every language: how finely it cuts, what it does not know, what is cut off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.types import Encoder

__all__ = ["TokenReader", "Tokens", "token_reader"]

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Counts of some texts, each of shape ``(texts,)``.

    Args:
        tokens: Without special ones, before anything is cut off.
        unknown: Of these, how many stand for what the vocabulary does not have.
        lost: Of these, how many are cut off at the maximum length.
    """

    tokens: Counts
    unknown: Counts
    lost: Counts


class TokenReader:
    """Counts tokens as a model would see them.

    Args:
        tokenizer: Of transformers, or of the tokenizers library.
        max_length: Longest text in tokens, special ones included; None for no limit.
        prefix: Put before every text: it takes room, and is not counted.
    """

    def __init__(self, tokenizer: Any, *, max_length: int | None, prefix: str = "") -> None:
        self.plain = hasattr(tokenizer, "encode_batch_fast")
        self.tokenizer = _uncut(tokenizer) if self.plain else tokenizer
        self.unknown = _unknown_id(self.tokenizer, plain=self.plain)
        self.room = None if max_length is None else max_length - self._overhead(prefix)

    def count(self, texts: Sequence[str]) -> Tokens:
        """Return the counts of texts."""
        ids = self._ids(texts)
        tokens = np.array([len(one) for one in ids], dtype=np.int64)
        unknown = [0 if self.unknown is None else sum(token == self.unknown for token in one) for one in ids]
        lost = np.zeros_like(tokens) if self.room is None else (tokens - max(self.room, 0)).clip(min=0)
        return Tokens(tokens, np.array(unknown, dtype=np.int64), lost)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        if self.plain:
            return [one.ids for one in self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        made = self.tokenizer(list(texts), add_special_tokens=False, truncation=False, padding=False, verbose=False)
        return list(made["input_ids"])

    def _overhead(self, prefix: str) -> int:
        special = 0 if self.plain else self.tokenizer.num_special_tokens_to_add(pair=False)
        return int(special) + (len(self._ids([prefix])[0]) if prefix else 0)


def token_reader(encoder: Encoder) -> TokenReader | None:
    """Return a counter for the tokens of an encoder; None where it has no tokenizer to look at."""
    model = getattr(encoder, "model", None)
    tokenizer = getattr(model, "tokenizer", None)
    if tokenizer is None or not (callable(tokenizer) or hasattr(tokenizer, "encode_batch_fast")):
        return None
    longest = getattr(model, "max_seq_length", None)
    limit = None if longest is None or not np.isfinite(longest) else int(longest)
    return TokenReader(tokenizer, max_length=limit, prefix=getattr(encoder, "prompt", ""))


def _uncut(tokenizer: Any) -> Any:
    copy = type(tokenizer).from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _unknown_id(tokenizer: Any, *, plain: bool) -> int | None:
    if not plain:
        return None if tokenizer.unk_token is None else int(tokenizer.unk_token_id)
    import json

    model = json.loads(tokenizer.to_str())["model"]
    if isinstance(model.get("unk_id"), int):
        return int(model["unk_id"])
    word = model.get("unk_token")
    found = tokenizer.token_to_id(word) if isinstance(word, str) else None
    return None if found is None else int(found)
