"""The one door to sentence-transformers: its names that we use, and small functions on a ``SentenceTransformer``.

Its module paths moved twice in a year; nothing else in this package imports it, so a third move is mended here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
import xxhash
from numpy.typing import NDArray
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.base.evaluation import BaseEvaluator
from sentence_transformers.base.model import BaseModel
from sentence_transformers.sentence_transformer.modules import (
    Dense,
    Module,
    Normalize,
    Pooling,
    StaticEmbedding,
    Transformer,
)
from sentence_transformers.util import is_sentence_transformer_model
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from interlingua.errors import EncoderError

__all__ = [
    "BaseEvaluator",
    "BaseModel",
    "Dense",
    "Normalize",
    "Pooling",
    "SentenceTransformer",
    "SentenceTransformerTrainer",
    "SentenceTransformerTrainingArguments",
    "StaticEmbedding",
    "TokenIds",
    "Transformer",
    "append_normalize",
    "can_pretokenise",
    "embedding_dimension",
    "features",
    "fingerprint",
    "has_normalize",
    "hash_weights",
    "is_sentence_transformer_model",
    "needs_language",
    "text_features",
    "token_ids",
]

TokenIds: TypeAlias = NDArray[np.int32]
"""Token ids of one text, shape ``(length,)``, special tokens included, without padding."""

_VOLATILE = {"_name_or_path", "transformers_version", "architectures", "dtype", "torch_dtype", "use_cache"}
_PLAIN_FEATURES = {"input_ids", "attention_mask", "token_type_ids", "modality"}


def fingerprint(model: SentenceTransformer) -> str:
    """Return a hash that changes whenever a vector of this model could.

    It covers weights and their dtype, tokenizer, configuration of every module (pooling, normalisation, architecture),
    maximum length and prompts; saving and loading do not change it. Reads all weights: keep the answer.

    Returns:
        32 hexadecimal digits.
    """
    digest = xxhash.xxh3_128()
    hash_weights(digest, model)
    settings = {
        "modules": [_module_settings(module) for module in model],
        "max_length": str(model.max_seq_length),
        "prompts": {key: text for key, text in model.prompts.items() if text},
        "default_prompt": model.default_prompt_name,
        "dimension": model.truncate_dim,
    }
    digest.update(json.dumps(settings, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def hash_weights(digest: "xxhash.xxh3_128", module: torch.nn.Module) -> None:
    """Put all weights of a module, their names, types and shapes into a hash."""
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name}|{tensor.dtype}|{tuple(tensor.shape)}|".encode())
        data = tensor.detach().reshape(-1).contiguous().cpu()
        digest.update(data.view(torch.uint8).numpy().data if data.numel() else b"")


def can_pretokenise(model: SentenceTransformer) -> bool:
    """Tell whether ``token_ids`` and ``features`` give what the model makes of a text itself.

    True for a static embedding and for a text transformer with a fast tokenizer that needs nothing but token ids and
    a mask; otherwise use ``text_features``.
    """
    first = model[0]
    if type(first) is StaticEmbedding:
        return True
    if (
        not isinstance(first, Transformer)
        or not (type(first) is Transformer or needs_language(model))
        or first.processing_kwargs
        or not isinstance(first.tokenizer, PreTrainedTokenizerFast)
    ):
        return False
    probe = model.preprocess(["a", "a b c"])
    types = probe.get("token_type_ids")
    return set(probe) <= _PLAIN_FEATURES and (types is None or not bool(types.any()))


def token_ids(model: SentenceTransformer, texts: Sequence[str]) -> list[TokenIds]:
    """Tokenise once: the ids that the model's own path would see, before padding. No prompt is added.

    Args:
        model: One for which ``can_pretokenise`` holds.
        texts: Any number of texts.

    Returns:
        One array a text, special tokens included, cut at the model's maximum length.
    """
    if not texts:
        return []
    first = model[0]
    if isinstance(first, StaticEmbedding):
        lists = [encoding.ids for encoding in first.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
    else:
        lists = _fast_tokenizer(first)(
            list(texts), truncation=True, padding=False, return_attention_mask=False, return_token_type_ids=False
        )["input_ids"]
    return [np.asarray(ids, dtype=np.int32) for ids in lists]


def needs_language(model: SentenceTransformer) -> bool:
    """Tell whether the model must be told the language of a text (see ``encoder.add_language_embedding``)."""
    return callable(getattr(model[0], "language_ids", None))


def features(
    model: SentenceTransformer,
    ids: Sequence[TokenIds],
    device: torch.device | str | None = None,
    *,
    languages: Sequence[str] | None = None,
) -> dict[str, Tensor]:
    """Make a batch of token ids into what ``model(...)`` takes.

    Args:
        model: The model that ``ids`` were made for.
        ids: Unpadded token ids, as ``token_ids`` returns them.
        device: Where the tensors go; None means the model's own.
        languages: The language of every text; only a model that needs it looks at it.

    Returns:
        ``input_ids`` and ``attention_mask`` of shape ``(texts, longest)`` for a transformer; for a static embedding
        ``input_ids`` of shape ``(tokens,)`` and ``offsets`` of shape ``(texts,)``; ``language`` of shape ``(texts,)``
        where the model needs it.

    Raises:
        EncoderError: The model needs the languages, and they are missing or not one a text.
    """
    place = model.device if device is None else device
    lengths = np.fromiter((len(one) for one in ids), dtype=np.int64, count=len(ids))
    flat = np.concatenate([np.zeros(0, dtype=np.int64), *ids]).astype(np.int64)
    first = model[0]
    if isinstance(first, StaticEmbedding):
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)[: len(ids)]
        return {"input_ids": torch.from_numpy(flat).to(place), "offsets": torch.from_numpy(offsets).to(place)}
    tokenizer = _fast_tokenizer(first)
    mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
    if tokenizer.padding_side == "left":
        mask = mask[:, ::-1].copy()
    padded = np.full(mask.shape, tokenizer.pad_token_id, dtype=np.int64)
    padded[mask] = flat
    made = {"input_ids": torch.from_numpy(padded), "attention_mask": torch.from_numpy(mask.astype(np.int64))}
    made |= _language(model, languages, texts=len(ids))
    return {key: value.to(place) for key, value in made.items()}


def text_features(
    model: SentenceTransformer,
    texts: Sequence[str],
    device: torch.device | str | None = None,
    *,
    languages: Sequence[str] | None = None,
) -> dict[str, object]:
    """Make texts into what ``model(...)`` takes by the model's own path; works for every model. No prompt is added."""
    place = model.device if device is None else device
    made: Mapping[str, object] = {**model.preprocess(list(texts)), **_language(model, languages, texts=len(texts))}
    return {key: value.to(place) if isinstance(value, Tensor) else value for key, value in made.items()}


def has_normalize(model: SentenceTransformer) -> bool:
    """Tell whether the model's own vectors are unit vectors."""
    return any(isinstance(module, Normalize) for module in model)


def append_normalize(model: SentenceTransformer) -> None:
    """Make the model give unit vectors, in place; does nothing where it already does."""
    if not has_normalize(model):
        model.append(Normalize())


def embedding_dimension(model: SentenceTransformer) -> int:
    """Return the dimension of the model's vectors.

    Raises:
        EncoderError: The model's modules do not tell.
    """
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise EncoderError(
            "the model does not tell the dimension of its vectors; its last module needs a method "
            "`get_embedding_dimension`"
        )
    return int(dimension)


def _language(model: SentenceTransformer, languages: Sequence[str] | None, *, texts: int) -> dict[str, Tensor]:
    if not needs_language(model):
        return {}
    if languages is None or isinstance(languages, str) or len(languages) != texts:
        raise EncoderError(f"this encoder must be told the language of each of the {texts} texts: languages=[...]")
    first: Any = model[0]
    return {"language": first.language_ids(languages)}


def _fast_tokenizer(module: torch.nn.Module) -> PreTrainedTokenizerFast:
    if isinstance(module, Transformer) and isinstance(module.tokenizer, PreTrainedTokenizerFast):
        return module.tokenizer
    raise EncoderError(
        "token ids cannot be made ahead for this model, since its first module is no text transformer with a fast "
        "tokenizer; use `text_features`"
    )


def _module_settings(module: torch.nn.Module) -> list[object]:
    config = module.get_config_dict() if isinstance(module, Module) else {}
    settings: list[object] = [type(module).__name__, config]
    if isinstance(module, Transformer):
        settings.append({key: value for key, value in module.config.to_dict().items() if key not in _VOLATILE})
    if isinstance(module, Transformer | StaticEmbedding):
        settings.append(_tokenizer_hash(module.tokenizer))
    return settings


def _tokenizer_hash(tokenizer: object) -> str:
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not hasattr(backend, "to_str"):
        return repr(tokenizer)
    content = json.loads(backend.to_str(), parse_float=lambda number: round(float(number), 6))  # saving rounds too
    for state in ("truncation", "padding"):  # left over from the last call, no part of the tokenizer
        content.pop(state, None)
    return xxhash.xxh3_128_hexdigest(json.dumps(content, sort_keys=True).encode())
