"""An encoder that is told the language of a text: one learned vector a language, added to its token embeddings.

Such an encoder needs more than a text, so it is no plain SentenceTransformer, and its folder is made so that nothing
takes it for one. ``interlingua.load`` reads it, and so does ``SentenceTransformer(folder, trust_remote_code=True)``
where interlingua is installed. Transformers' own classes refuse it: they would lose the language vectors in silence.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from interlingua.encoder.embedded import check_takes_embeddings, positions
from interlingua.errors import EncoderError
from interlingua.languages import canonical
from interlingua.sbert import SentenceTransformer, Transformer

__all__ = ["UNKNOWN", "LanguageTransformer", "add_language_embedding"]

UNKNOWN = "und"
"""ISO 639's code for a language that is not determined."""

_ENGLISH = "eng_Latn"
_VARIANT = "language"  # weights are model.language.safetensors, which nobody reads who does not ask for them
_CONFIG, _WEIGHTS = "language_transformer.json", "language_embedding.safetensors"
_PLACEHOLDER = {
    "model_type": "interlingua-language-embedding",
    "architectures": ["LanguageTransformer"],
    "reason": "This encoder adds a vector for the language of a text, which transformers' own classes would leave out. "
    "Load the folder with interlingua.load.",
}

logger = logging.getLogger(__name__)


class LanguageTransformer(Transformer):
    """A transformer that adds a learned vector of the text's language to its embeddings: word + position + language.

    Row 0 of ``language_embedding`` is for languages without a vector: it is zero, stays so, and adds nothing. Row 1 is
    English, row 2 + k the k-th other language.

    Args:
        model_name_or_path: As for a ``Transformer``.
        languages: The languages, in any usual spelling; English has its row whether it is named or not.
        settings: As for a ``Transformer``.

    Raises:
        EncoderError: A language is named twice.

    Reference:
        Miao et al. 2024, Enhancing Cross-lingual Sentence Embedding for Low-resource Languages with Word Alignment
        (the ablation with language embeddings). https://arxiv.org/abs/2404.02490
    """

    config_keys: list[str] = [*Transformer.config_keys, "languages"]  # noqa: RUF012  # declared so by the base class
    forward_kwargs: set[str] = {"language"}  # noqa: RUF012

    def __init__(self, model_name_or_path: str, *, languages: Sequence[str], **settings: Any) -> None:
        super().__init__(model_name_or_path, **settings)
        self._begin(_checked(languages), std=None)

    def _begin(self, languages: list[str], *, std: float | None) -> None:
        self.languages = languages
        self.unpad_inputs = False  # languages are added to padded rows
        self._told: set[str] = set()
        words = self._words().weight
        rows = nn.Embedding(len(languages) + 1, words.shape[1], padding_idx=0)
        with torch.no_grad():
            rows.weight.normal_(std=getattr(self.config, "initializer_range", 0.02) if std is None else std)[0] = 0
        self.language_embedding = rows.to(dtype=words.dtype, device=words.device)
        self.model.register_forward_pre_hook(self._direct, with_kwargs=True)

    def language_ids(self, languages: str | Sequence[str]) -> Tensor:
        """Return the row of each language, shape ``(len(languages),)``, or ``(1,)`` for one.

        A language without a vector has row 0, and the log tells of it once; ``und`` asks for that row.

        Raises:
            LanguageError: Nobody knows the code.
        """
        codes = [languages] if isinstance(languages, str) else languages
        rows = {code: self._row(code) for code in set(codes)}
        return torch.tensor([rows[code] for code in codes], dtype=torch.long)

    def preprocess(  # type: ignore[override]  # what is not named here goes on as it is
        self, inputs: Sequence[Any], prompt: str | None = None, *, language: object = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Tokenise texts of one language; their rows go along as ``language``, shape ``(texts,)``.

        Raises:
            EncoderError: Several languages: ``encode`` sorts the texts, so that nobody could tell whose they are.
        """
        made: dict[str, Any] = super().preprocess(inputs, prompt=prompt, **kwargs)
        if isinstance(language, str) and made:
            made["language"] = self.language_ids(language).repeat(len(made["input_ids"]))
        elif language is not None:
            raise EncoderError(
                f"texts are encoded one language at a time, and language is {language!r}; call encode once for each "
                "language"
            )
        return made

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add the states of the tokens to the features.

        Args:
            features: ``input_ids`` and ``attention_mask`` of shape ``(texts, longest)``, ``language`` of shape
                ``(texts,)``: one row a text, whatever the padding.
            kwargs: ``language``: the language of all texts, where the features do not say.

        Raises:
            EncoderError: The language is missing, or there is not one a text.
        """
        inner = self._embedded({"language": kwargs.pop("language", None), **features})
        made = super().forward(inner, **kwargs)
        features.update({key: value for key, value in made.items() if key not in ("inputs_embeds", "position_ids")})
        return features

    def inputs(self, input_ids: Tensor, language: Tensor) -> dict[str, Tensor]:
        """Return what the transformer takes in place of ``input_ids``: embeddings, and positions where it counts them.

        Args:
            input_ids: Shape ``(texts, longest)``, padded on either side.
            language: Rows of ``language_embedding``, shape ``(texts,)``.
        """
        rows: Tensor = self.language_embedding(language.to(input_ids.device))
        return {"inputs_embeds": self._words()(input_ids) + rows[:, None], **positions(self.model, input_ids)}

    def __repr__(self) -> str:
        return super().__repr__().replace("Transformer", "LanguageTransformer", 1)

    def _embedded(self, given: Mapping[str, Any]) -> dict[str, Any]:
        language, ids = given.get("language"), given["input_ids"]
        if language is None:
            raise EncoderError(
                "this encoder adds a vector for the language of a text, and the language is missing; say it, as "
                f'encode(texts, language="tel_Telu"). It knows {", ".join(self.languages)}; for others say "{UNKNOWN}"'
            )
        rows = language if isinstance(language, Tensor) else self.language_ids(language).repeat(len(ids))
        if rows.shape != (len(ids),):
            raise EncoderError(
                f"there are {len(ids)} texts and languages of shape {tuple(rows.shape)}; give one a text"
            )
        rest = {
            key: value for key, value in given.items() if key not in ("input_ids", "language") and value is not None
        }
        return {**self.inputs(ids, rows), **rest}  # positions that are given are kept

    def _direct(self, model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make whoever calls the transformer itself say the language too."""
        named = {**kwargs, "input_ids": args[0]} if args else kwargs
        return None if named.get("input_ids") is None else (args[1:], self._embedded(named))

    def _words(self) -> Any:
        return self.model.get_input_embeddings()

    def _row(self, code: str) -> int:
        if code == UNKNOWN:
            return 0
        known = canonical(code)
        for name in (known, known.partition("-")[0]):
            if name in self.languages:
                return self.languages.index(name) + 1
        if known not in self._told:
            self._told.add(known)
            logger.warning(
                "the encoder has no vector for %s and adds none; it knows %s", known, ", ".join(self.languages)
            )
        return 0

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Save into a folder that interlingua reads and transformers' own classes refuse; always safetensors.

        Raises:
            EncoderError: Low-rank updates are not merged into the weights.
        """
        if getattr(self.model, "_hf_peft_config_loaded", False):
            raise EncoderError("low-rank updates stand apart from the weights; merge them before saving")
        folder = Path(output_path)
        self.model.save_pretrained(folder, variant=_VARIANT)
        (folder / "config.json").replace(folder / _CONFIG)
        save_file({"weight": self.language_embedding.weight.detach().cpu().contiguous()}, folder / _WEIGHTS)
        self.processor.save_pretrained(folder)
        self.save_config(str(folder))
        (folder / "config.json").write_text(json.dumps(_PLACEHOLDER, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, model_name_or_path: str, *args: Any, **settings: Any) -> "LanguageTransformer":
        """Load from a folder or from the hub, as sentence-transformers does for every module.

        Raises:
            EncoderError: The language vectors are missing, or are not as many as the languages.
        """
        own: dict[str, dict[str, Any]] = {
            "model_kwargs": {"variant": _VARIANT, "use_safetensors": True},
            "config_kwargs": {"_configuration_file": _CONFIG},
            "processor_kwargs": {"_configuration_file": _CONFIG},
        }
        merged = {key: {**(settings.get(key) or {}), **value} for key, value in own.items()}
        module: LanguageTransformer = super().load(model_name_or_path, *args, **{**settings, **merged})
        if module.tokenizer is not None:
            module.tokenizer.init_kwargs.pop("_configuration_file", None)
        place = ("subfolder", "token", "cache_folder", "revision", "local_files_only")
        where = {key: settings[key] for key in place if key in settings}
        path = cls.load_file_path(model_name_or_path, _WEIGHTS, **where)
        kept = None if path is None else load_file(path).get("weight")
        rows = module.language_embedding.weight
        if kept is None or kept.shape != rows.shape:
            raise EncoderError(
                f"{model_name_or_path}: {_WEIGHTS} is missing or does not hold {len(rows)} vectors of dimension "
                f"{rows.shape[1]}; take the folder whole, as it was saved"
            )
        with torch.no_grad():
            rows.copy_(kept)
        return module


def add_language_embedding(
    model: SentenceTransformer, languages: Sequence[str], *, std: float | None = None
) -> SentenceTransformer:
    """Give a transformer a vector for each language, in place, at random from torch's current generator.

    From then on it must be told the language: ``model.encode(texts, language="tel_Telu")``. It is no plain
    SentenceTransformer any more; ``interlingua.load`` loads what it saves.

    Args:
        model: A SentenceTransformer that begins with a plain transformer.
        languages: The languages that have a vector, in any usual spelling; English always has one.
        std: Standard deviation of the vectors' numbers; None takes that of the transformer's own initialisation.

    Returns:
        The same model.

    Raises:
        EncoderError: It is no transformer, has language vectors already, does not take embeddings in place of tokens,
            or a language is named twice.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import transformer_student
        >>> from interlingua.types import Row
        >>> rows = Corpus.from_rows([Row({"eng_Latn": "good day", "deu_Latn": "guten tag"})] * 3)
        >>> student = transformer_student(rows, layers=1, dimension=4, heads=1, feed_forward=4)
        >>> model = add_language_embedding(student, ["deu", "tel"])
        >>> model.encode(["guten tag"], language="deu").shape, model[0].languages
        ((1, 4), ['eng_Latn', 'deu_Latn', 'tel_Telu'])
    """
    first = model[0]
    if not isinstance(first, Transformer) or type(first) is not Transformer:
        why = "it has one already" if isinstance(first, LanguageTransformer) else "it is no plain transformer"
        raise EncoderError(f"a language embedding cannot be added to a {type(first).__name__}: {why}")
    known = _checked(languages)
    check_takes_embeddings(first)
    made = LanguageTransformer.__new__(LanguageTransformer)
    made.__dict__ = {**first.__dict__, "_modules": dict(first._modules)}  # the weights are shared
    made._begin(known, std=std)
    model[0] = made
    return model


def _checked(languages: Sequence[str]) -> list[str]:
    codes = [canonical(code) for code in languages]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise EncoderError(f"the languages name {', '.join(twice)} twice; name each once")
    return [_ENGLISH, *[code for code in codes if code != _ENGLISH]]
