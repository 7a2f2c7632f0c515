"""Translation by a sequence-to-sequence model of transformers."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xxhash

from interlingua.corpus.translation.neural import NeuralTranslator, first_line, identity
from interlingua.errors import CorpusError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["Seq2Seq", "batches_by_length"]


class Seq2Seq(NeuralTranslator):
    """NLLB, M2M100, mBART-50, MADLAD-400, Opus-MT, or any encoder-decoder that translates one pair.

    How the languages are told the model is read off its tokenizer. Texts are batched with others of their length; the
    model is loaded when the first text comes.

    Args:
        model: A folder, or a name of the Hugging Face hub.
        pair: Source and target, for a model of one pair that does not say which; or ``eng-deu``.
        beam: Hypotheses that are kept at every step; 1 is greedy and fastest.
        max_length: Tokens of a text, and of a translation; what is longer is cut.
        batch: Tokens of a batch, with padding.
        dtype: ``float32``, ``bfloat16``, ``float16``; ``auto`` takes that of the file.
        device: As torch calls it; a GPU where there is one unless given.
        licence: Under what the translations may be used; the family's unless given.

    Raises:
        CorpusError: When the first text comes: no such model, or it is no encoder-decoder.

    Reference:
        NLLB Team 2022, No Language Left Behind, arXiv 2207.04672. Kudugunta et al. 2023, MADLAD-400, arXiv 2309.04662.
        Tiedemann, Thottingal 2020, OPUS-MT, https://aclanthology.org/2020.eamt-1.61. Fan et al. 2020, M2M-100,
        arXiv 2010.11125. Tang et al. 2020, mBART-50, arXiv 2008.00401.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        pair: tuple[str, str] | str | None = None,
        beam: int = 4,
        max_length: int = 256,
        batch: int = 4096,
        dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto",
        device: str | None = None,
        licence: str | None = None,
    ) -> None:
        super().__init__(
            model, tokenizer=model, pair=pair, beam=beam, max_length=max_length, batch=batch, licence=licence
        )
        self._dtype = dtype
        self._device = device

    @cached_property
    def fingerprint(self) -> str:
        """Weights, tokenizer, beam, lengths and dtype."""
        settings = (self._beam, self._max_length, self._dtype, self._pair)
        return xxhash.xxh3_128_hexdigest(f"seq2seq|{identity(self._given)}|{settings}".encode())

    def _answers(self, encoded: Sequence[list[int]], begin: str | None) -> list[str]:
        answers = [""] * len(encoded)
        for some in batches_by_length([len(ids) for ids in encoded], tokens=self._batch):
            for one, text in zip(some, self._generate([encoded[one] for one in some], begin), strict=True):
                answers[one] = text
        return answers

    def _generate(self, encoded: list[list[int]], begin: str | None) -> list[str]:
        import torch

        padded = self._tokenizer.pad({"input_ids": encoded}, return_tensors="pt").to(self._model.device)
        settings: dict[str, Any] = {"num_beams": self._beam, "max_new_tokens": self._max_length, "do_sample": False}
        if begin is not None:
            settings["forced_bos_token_id"] = self._tokenizer.convert_tokens_to_ids(begin)
        generate: Any = self._model.generate
        with torch.inference_mode():
            made = generate(input_ids=padded["input_ids"], attention_mask=padded["attention_mask"], **settings)
        return list(self._tokenizer.batch_decode(made, skip_special_tokens=True))

    @cached_property
    def _model(self) -> "PreTrainedModel":
        import torch
        from transformers import AutoModelForSeq2SeqLM

        try:
            model: Any = AutoModelForSeq2SeqLM.from_pretrained(self._given, dtype=self._dtype)
        except (OSError, ValueError) as error:
            raise CorpusError(
                f"{self._given} does not load as a model that translates ({first_line(error)}); "
                "give a folder or hub name of an encoder-decoder"
            ) from error
        model.generation_config.max_length = None  # or transformers warns that there are two limits
        device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        loaded: PreTrainedModel = model.eval().to(device)
        return loaded


def batches_by_length(lengths: Sequence[int], *, tokens: int) -> Iterator[list[int]]:
    """Yield the places of texts in batches of about one length, the longest first.

    Args:
        lengths: Of the texts, in tokens.
        tokens: Of a batch, with padding; a longer text has a batch of its own.

    Example:
        >>> list(batches_by_length([2, 9, 3, 3], tokens=9))
        [[1], [2, 3, 0]]
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
