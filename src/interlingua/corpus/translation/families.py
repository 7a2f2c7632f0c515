"""How models that translate are told the languages: by a token each, by a word before the text, or not at all."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical, variant_hint

__all__ = ["Family", "family_of"]

Telling: TypeAlias = Literal["tokens", "prefix", "nothing"]

_ALIASES = {"ns": "nso", "tl": "fil"}
"""What M2M100 and others write where no standard does."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """The languages of a model and how it is told them.

    Args:
        name: As licences are known by: ``nllb``, ``m2m100``, ``mbart-50``, ``madlad400``, ``opus-mt``; ``seq2seq`` for
            another.
        telling: ``tokens``: the tokenizer is told the source, and the translation begins with the token of the target.
            ``prefix``: the target stands before the text. ``nothing``: the model knows one pair.
        codes: What the tokenizer calls a language, by canonical code.
        tokens: The token that stands for a language, by canonical code.
        pair: Of a model that is told nothing: its source and target; also the source of one that is told the target,
            where it is known.
    """

    name: str
    telling: Telling
    codes: Mapping[str, str]
    tokens: Mapping[str, str]
    pair: tuple[str | None, str | None] = (None, None)

    def check(self, source: str, target: str) -> None:
        """Make sure that the model knows a pair.

        Raises:
            CorpusError: It does not.
        """
        if self.telling == "nothing":
            if self.pair == (None, None):
                raise CorpusError(
                    "the model does not say which languages it translates; say which, as --set pair=eng-deu"
                )
            if self.pair != (source, target):
                raise CorpusError(
                    f"the model translates {self.pair[0]} into {self.pair[1]}, not {source} into {target}"
                )
            return
        for language in (target,) if self.telling == "prefix" else (source, target):
            if language not in self.tokens:
                known = ", ".join(sorted(self.tokens))
                raise CorpusError(
                    f"the model does not know {language}{variant_hint(language, self.tokens)}; it knows {known}"
                )

    def given(self, texts: Sequence[str], target: str) -> list[str]:
        """Return the texts as the tokenizer is to have them."""
        if self.telling != "prefix":
            return list(texts)
        return [f"{self.tokens[target]} {text}" for text in texts]


@dataclass(frozen=True)
class _Sign:
    """What tells a family by its vocabulary: a token that all its models have, and what its tokens of languages are."""

    name: str
    telling: Telling
    has: Callable[[Mapping[str, int]], bool]
    token: re.Pattern[str]
    language: Callable[[str], str] = str


_SIGNS = (
    _Sign("nllb", "tokens", lambda words: "eng_Latn" in words, re.compile(r"([a-z]{3}_[A-Z][a-z]{3})")),
    _Sign("m2m100", "tokens", lambda words: "__en__" in words, re.compile(r"__([a-z]{2,3})__")),
    _Sign(
        "mbart-50", "tokens", lambda words: "en_XX" in words, re.compile(r"([a-z]{2}_[A-Z]{2})"), lambda code: code[:2]
    ),
    _Sign("madlad400", "prefix", lambda words: "<2en>" in words, re.compile(r"<2([A-Za-z_\-]+)>")),
    _Sign("opus-mt", "prefix", lambda words: any(map(_is_opus, words)), re.compile(r">>([\w\-]+)<<")),
)


def family_of(tokenizer: Any, *, pair: tuple[str, str] | None = None) -> Family:
    """Return how the model of a tokenizer is told languages, by the tokens that it has.

    Args:
        tokenizer: Of transformers.
        pair: Source and target of a model that knows one pair and does not say which.
    """
    words: Mapping[str, int] = tokenizer.get_vocab()
    known = tuple(map(canonical, pair)) if pair else _pair(tokenizer)
    for sign in _SIGNS:
        if sign.has(words):
            codes = _by_language(sign, words)
            return Family(
                name=sign.name,
                telling=sign.telling,
                codes={language: code for language, (code, _) in codes.items()},
                tokens={language: token for language, (_, token) in codes.items()},
                pair=(known[0], known[1]),
            )
    marian = "Marian" in type(tokenizer).__name__
    return Family(
        name="opus-mt" if marian else "seq2seq", telling="nothing", codes={}, tokens={}, pair=(known[0], known[1])
    )


def _by_language(sign: _Sign, words: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """What the tokenizer calls a language and its token; of two spellings, that of FLORES, else the first."""
    found: dict[str, tuple[str, str]] = {}
    for token in sorted(words, key=words.__getitem__):
        match = sign.token.fullmatch(token)
        if match is None:
            continue
        code = match.group(1)
        try:
            language = canonical(_ALIASES.get(code, sign.language(code)))
        except LanguageError:
            continue
        if language not in found or code == language:
            found[language] = (code, token)
    return found


def _pair(tokenizer: Any) -> tuple[str | None, str | None]:
    """The languages that the tokenizer of one pair (Marian's) was saved with."""
    return tuple(_canonical(getattr(tokenizer, side, None)) for side in ("source_lang", "target_lang"))  # type: ignore[return-value]


def _canonical(code: object) -> str | None:
    try:
        return canonical(code) if isinstance(code, str) else None
    except LanguageError:
        return None


def _is_opus(word: str) -> bool:
    return word.startswith(">>") and word.endswith("<<")
