"""Translation by a model that was converted for CTranslate2: the same answers, several times as fast on a processor."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import xxhash

from interlingua.corpus.translation.families import Family, family_of
from interlingua.corpus.translation.licences import licence_of
from interlingua.corpus.translation.seq2seq import identity, load_tokenizer, two_languages
from interlingua.errors import CorpusError
from interlingua.languages import canonical

__all__ = ["CTranslate2"]


class CTranslate2:
    """A folder that ``ct2-transformers-converter`` wrote (extra ``ctranslate2``).

    Args:
        model: The folder.
        tokenizer: Folder or hub name of the tokenizer; the model's folder unless given (the converter copies its files
            with ``--copy_files``).
        pair: As for :class:`Seq2Seq`.
        beam: Hypotheses that are kept at every step.
        max_length: Tokens of a text, and of a translation; what is longer is cut.
        batch: Tokens of a batch.
        compute: Numbers to compute in, as ``int8`` or ``float32``; ``default`` takes those of the file.
        device: ``cpu``, ``cuda`` or ``auto``.
        threads: Of the processor; 0 takes as many as OMP_NUM_THREADS says, or all.
        licence: Under what the translations may be used; the family's unless given.

    Raises:
        CorpusError: When the first text comes: no such folder, or the package is missing.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        tokenizer: str | Path | None = None,
        pair: tuple[str, str] | str | None = None,
        beam: int = 4,
        max_length: int = 256,
        batch: int = 4096,
        compute: str = "default",
        device: str = "auto",
        threads: int = 0,
        licence: str | None = None,
    ) -> None:
        if min(beam, max_length, batch) < 1:
            raise CorpusError(f"beam, max_length and batch are at least 1, not {beam}, {max_length}, {batch}")
        self._given = str(model)
        self._tokenizer_given = str(tokenizer or model)
        self._pair = two_languages(pair)
        self._beam = beam
        self._max_length = max_length
        self._batch = batch
        self._compute = compute
        self._device = device
        self._threads = threads
        self._licence = licence

    @property
    def name(self) -> str:
        """The folder, without those that it lies in."""
        return Path(self._given).name

    @cached_property
    def fingerprint(self) -> str:
        """Weights, tokenizer, beam, lengths and numbers."""
        settings = (self._beam, self._max_length, self._compute, self._pair)
        models = (identity(self._given), identity(self._tokenizer_given))
        return xxhash.xxh3_128_hexdigest(f"ctranslate2|{models}|{settings}".encode())

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
        tokenizer = self._tokenizer
        if self.family.telling == "tokens":
            tokenizer.src_lang = self.family.codes[source]
        given = self.family.given([texts[place] for place in places], target)
        ids = tokenizer(given, truncation=True, max_length=self._max_length)["input_ids"]
        begin = [[self.family.tokens[target]]] * len(ids) if self.family.telling == "tokens" else None
        made = self._model.translate_batch(
            [tokenizer.convert_ids_to_tokens(one) for one in ids],
            target_prefix=begin,
            beam_size=self._beam,
            max_decoding_length=self._max_length,
            max_batch_size=self._batch,
            batch_type="tokens",
        )
        for place, one in zip(places, made, strict=True):
            told = tokenizer.convert_tokens_to_ids(one.hypotheses[0])
            answers[place] = tokenizer.decode(told, skip_special_tokens=True).strip()
        return answers

    @cached_property
    def _tokenizer(self) -> Any:
        return load_tokenizer(self._tokenizer_given)

    @cached_property
    def _model(self) -> Any:
        try:
            import ctranslate2
        except ImportError as error:
            raise CorpusError(
                "CTranslate2 is missing; install it with `pip install 'interlingua[ctranslate2]'`"
            ) from error
        if not (Path(self._given) / "model.bin").is_file():
            raise CorpusError(
                f"{self._given} holds no model of CTranslate2; convert one with "
                "`ct2-transformers-converter --model NAME --output_dir FOLDER --copy_files tokenizer.json`"
            )
        try:
            return ctranslate2.Translator(
                self._given, device=self._device, compute_type=self._compute, intra_threads=self._threads
            )
        except (RuntimeError, ValueError) as error:
            raise CorpusError(f"{self._given} does not load in CTranslate2: {error}") from error
