"""What models that translate have in common: languages told by a tokenizer, texts to tokens, tokens to texts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from interlingua.corpus.hashing import hash_files
from interlingua.corpus.translation.families import Family, family_of
from interlingua.corpus.translation.licences import licence_of
from interlingua.errors import CorpusError
from interlingua.languages import canonical

__all__ = ["NeuralTranslator", "first_line", "identity"]


class NeuralTranslator(ABC):
    """A model with a tokenizer of transformers; loaded when the first text comes.

    Args:
        model: A folder, or a name of the Hugging Face hub.
        tokenizer: Likewise.
        pair: Source and target, for a model of one pair that does not say which; or ``eng-deu``.
        beam: Hypotheses that are kept at every step; 1 is greedy and fastest.
        max_length: Tokens of a text, and of a translation; what is longer is cut.
        batch: Tokens of a batch, with padding.
        licence: Under what the translations may be used; the family's unless given.
    """

    at_once = 256
    """Texts that come together, so that a batch has texts of like length and a killed run loses little."""

    def __init__(
        self,
        model: str | Path,
        *,
        tokenizer: str | Path,
        pair: tuple[str, str] | str | None,
        beam: int,
        max_length: int,
        batch: int,
        licence: str | None,
    ) -> None:
        if min(beam, max_length, batch) < 1:
            raise CorpusError(f"beam, max_length and batch are at least 1, not {beam}, {max_length}, {batch}")
        self._given = str(model)
        self._tokenizer_given = str(tokenizer)
        self._pair = _two_languages(pair)
        self._beam = beam
        self._max_length = max_length
        self._batch = batch
        self._licence = licence

    @property
    def name(self) -> str:
        """The model, without the folders that it lies in on this machine."""
        return Path(self._given).name if Path(self._given).is_dir() else self._given

    @property
    def licence(self) -> str:
        """That of the published models of the family, unless another was given."""
        return self._licence or licence_of(self.family.name)

    @cached_property
    def family(self) -> Family:
        """How the model is told languages, and which it knows."""
        return family_of(self._tokenizer, pair=self._pair)

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Return a translation of every text; empty for empty ones.

        Raises:
            CorpusError: The model does not know the pair, or does not load.
        """
        source, target = canonical(source), canonical(target)
        self.family.check(source, target)
        answers = [""] * len(texts)
        places = [place for place, text in enumerate(texts) if text.strip()]
        if not places:
            return answers
        if self.family.telling == "tokens":
            self._tokenizer.src_lang = self.family.codes[source]
        given = self.family.given([texts[place] for place in places], target)
        encoded = self._tokenizer(given, truncation=True, max_length=self._max_length)["input_ids"]
        begin = self.family.tokens[target] if self.family.telling == "tokens" else None
        for place, text in zip(places, self._answers(encoded, begin), strict=True):
            answers[place] = text.strip()
        return answers

    @abstractmethod
    def _answers(self, encoded: Sequence[list[int]], begin: str | None) -> list[str]:
        """Return the translation of every text; ``begin`` is the token that each begins with."""

    @cached_property
    def _tokenizer(self) -> Any:
        return _load_tokenizer(self._tokenizer_given)


def _load_tokenizer(model: str) -> Any:
    """Return the tokenizer of a folder or hub name.

    Raises:
        CorpusError: There is none, or a package that it needs is missing.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError, ImportError, KeyError) as error:
        hint = (
            "; Marian's and M2M100's need `pip install 'interlingua[sentencepiece]'`"
            if "entencepiece" in str(error)
            else ""
        )
        raise CorpusError(f"{model} has no tokenizer that loads ({first_line(error)}){hint}") from error


def _two_languages(pair: tuple[str, str] | str | None) -> tuple[str, str] | None:
    """Return source and target of ``eng-deu`` or of a tuple.

    Raises:
        CorpusError: These are no two languages.
    """
    if pair is None:
        return None
    words = pair.split("-") if isinstance(pair, str) else list(pair)
    if len(words) != 2:
        raise CorpusError(f"{pair!r} is no pair of languages; write it as eng-deu")
    return (canonical(words[0]), canonical(words[1]))


def identity(model: str) -> str:
    """Return what changes when a model does: the content of its files, or its name and version at the hub."""
    folder = Path(model)
    if folder.is_dir():
        return hash_files(sorted(file for file in folder.iterdir() if file.is_file()))
    from huggingface_hub import hf_hub_download

    try:  # not what is cached alone: a first run would have another identity than the next
        return f"{model}@{Path(hf_hub_download(model, 'config.json')).parent.name}"
    except (OSError, ValueError):  # nothing of this name, or no connection: loading says so
        return model


def first_line(error: BaseException) -> str:
    """Return the beginning of what an error says."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
