"""Translation by a sequence-to-sequence model of transformers."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xxhash

from interlingua.corpus.hashing import hash_files
from interlingua.corpus.translation.families import Family, family_of
from interlingua.corpus.translation.licences import licence_of
from interlingua.errors import CorpusError
from interlingua.languages import canonical

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["Seq2Seq", "batches_by_length", "load_tokenizer"]


class Seq2Seq:
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
        if min(beam, max_length, batch) < 1:
            raise CorpusError(f"beam, max_length and batch are at least 1, not {beam}, {max_length}, {batch}")
        self._given = str(model)
        self._pair = two_languages(pair)
        self._beam = beam
        self._max_length = max_length
        self._batch = batch
        self._dtype = dtype
        self._device = device
        self._licence = licence

    @property
    def name(self) -> str:
        """The model, without the folders that it lies in on this machine."""
        return Path(self._given).name if Path(self._given).is_dir() else self._given

    @cached_property
    def fingerprint(self) -> str:
        """Weights, tokenizer, beam, lengths and dtype."""
        settings = (self._beam, self._max_length, self._dtype, self._pair)
        return xxhash.xxh3_128_hexdigest(f"seq2seq|{identity(self._given)}|{settings}".encode())

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
        given = self.family.given([texts[place] for place in places], target)
        if self.family.telling == "tokens":
            self._tokenizer.src_lang = self.family.codes[source]
        encoded = self._tokenizer(given, truncation=True, max_length=self._max_length)["input_ids"] if given else []
        for some in batches_by_length([len(ids) for ids in encoded], tokens=self._batch):
            told = self._generate([encoded[one] for one in some], target)
            for one, text in zip(some, told, strict=True):
                answers[places[one]] = text.strip()
        return answers

    def _generate(self, encoded: list[list[int]], target: str) -> list[str]:
        import torch

        padded = self._tokenizer.pad({"input_ids": encoded}, return_tensors="pt").to(self._model.device)
        settings: dict[str, Any] = {"num_beams": self._beam, "max_new_tokens": self._max_length, "do_sample": False}
        if self.family.telling == "tokens":
            token = self.family.tokens[target]
            settings["forced_bos_token_id"] = self._tokenizer.convert_tokens_to_ids(token)
        generate: Any = self._model.generate
        with torch.inference_mode():
            made = generate(input_ids=padded["input_ids"], attention_mask=padded["attention_mask"], **settings)
        return list(self._tokenizer.batch_decode(made, skip_special_tokens=True))

    @cached_property
    def _tokenizer(self) -> Any:
        return load_tokenizer(self._given)

    @cached_property
    def _model(self) -> "PreTrainedModel":
        import torch
        from transformers import AutoModelForSeq2SeqLM

        try:
            model: Any = AutoModelForSeq2SeqLM.from_pretrained(self._given, dtype=self._dtype)
        except (OSError, ValueError) as error:
            raise CorpusError(
                f"{self._given} does not load as a model that translates ({_first_line(error)}); "
                "give a folder or hub name of an encoder-decoder"
            ) from error
        model.generation_config.max_length = None  # or transformers warns that there are two limits
        device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        loaded: PreTrainedModel = model.eval().to(device)
        return loaded


def load_tokenizer(model: str) -> Any:
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
        raise CorpusError(f"{model} has no tokenizer that loads ({_first_line(error)}){hint}") from error


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


def two_languages(pair: tuple[str, str] | str | None) -> tuple[str, str] | None:
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
    from huggingface_hub import try_to_load_from_cache

    file = try_to_load_from_cache(model, "config.json")
    return f"{model}@{Path(file).parent.name}" if isinstance(file, str) else model


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
