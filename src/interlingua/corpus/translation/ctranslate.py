"""Translation by a model that was converted for CTranslate2: the same answers, several times as fast on a processor."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import xxhash

from interlingua.corpus.translation.neural import NeuralTranslator, identity
from interlingua.errors import CorpusError

__all__ = ["CTranslate2"]


class CTranslate2(NeuralTranslator):
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
        super().__init__(
            model,
            tokenizer=tokenizer or model,
            pair=pair,
            beam=beam,
            max_length=max_length,
            batch=batch,
            licence=licence,
        )
        self._compute = compute
        self._device = device
        self._threads = threads

    @cached_property
    def fingerprint(self) -> str:
        """Weights, tokenizer, beam, lengths and numbers."""
        settings = (self._beam, self._max_length, self._compute, self._pair)
        models = (identity(self._given), identity(self._tokenizer_given))
        return xxhash.xxh3_128_hexdigest(f"ctranslate2|{models}|{settings}".encode())

    def _answers(self, encoded: Sequence[list[int]], begin: str | None) -> list[str]:
        made = self._model.translate_batch(
            [self._tokenizer.convert_ids_to_tokens(ids) for ids in encoded],
            target_prefix=None if begin is None else [[begin]] * len(encoded),
            beam_size=self._beam,
            max_decoding_length=self._max_length,
            max_batch_size=self._batch,
            batch_type="tokens",
        )
        tokens = [self._tokenizer.convert_tokens_to_ids(one.hypotheses[0]) for one in made]
        return [self._tokenizer.decode(ids, skip_special_tokens=True) for ids in tokens]

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
