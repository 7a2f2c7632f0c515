"""A NAME -> A MODEL: loading a SentenceTransformer from a folder or the hub, safetensors only."""

import os
from itertools import product
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import HfApi, try_to_load_from_cache
from safetensors import SafetensorError

from interlingua.encoder.language import LanguageTransformer
from interlingua.errors import EncoderError
from interlingua.sbert import (
    Pooling,
    SentenceTransformer,
    StaticEmbedding,
    Transformer,
    is_sentence_transformer_model,
)
from interlingua.types import PoolingMode

__all__ = ["load"]

_HUB_SECONDS = 10.0


def load(
    name: str | Path,
    *,
    pooling: PoolingMode | None = None,
    max_length: int | None = None,
    prefix: str = "",
    device: str | None = None,
    revision: str | None = None,
    trust_remote_code: bool = False,
) -> SentenceTransformer:
    """Load an encoder from a folder or from the hub as the model itself; weights come from safetensors only.

    Also one with a language embedding. ``load_encoder`` wraps what this gives for evaluation, and knows other kinds.

    Args:
        name: Folder, or name on the hub.
        pooling: How token states become one vector, for a plain transformers model; one that was saved by
            sentence-transformers brings its own and must be loaded without.
        max_length: Longest text in tokens, special tokens included; None keeps the model's own.
        prefix: Text put before every text by ``encode``, kept when the model is saved.
        device: As for torch; None takes the best there is.
        revision: Version on the hub.
        trust_remote_code: Run code that comes with the model. Off unless asked.

    Raises:
        EncoderError: Nothing there, no encoder, weights that are not safetensors, pooling missing or given twice.
    """
    _check_place(name)
    if not Path(name).is_dir():
        _check_hub(str(name), revision=revision)
    try:
        complete = is_sentence_transformer_model(str(name), revision=revision)
        _check_pooling(name, complete=complete, pooling=pooling)
        if pooling is None:
            model = _open(
                str(name),
                device=device,
                revision=revision,
                trust_remote_code=trust_remote_code,
                model_kwargs={"use_safetensors": True},
            )
        else:
            modules = _pooled(str(name), pooling, revision=revision, trust_remote_code=trust_remote_code)
            model = SentenceTransformer(modules=modules, device=device)
    except (OSError, ValueError, RuntimeError, ImportError, KeyError, SafetensorError) as error:
        raise EncoderError(
            f"{name}: the model does not load: {_first_line(error)}. Is it complete, are its weights safetensors, "
            "and, for a name on the hub, is there a connection or a local copy?"
        ) from error
    if max_length is not None:
        if isinstance(model[0], StaticEmbedding):
            raise EncoderError(f"{name}: a static encoder has no maximum length; leave out the maximum length")
        model.max_seq_length = max_length
    if prefix:
        model.prompts["prefix"] = prefix
        model.default_prompt_name = "prefix"
    return model


def _open(name: str, **settings: Any) -> SentenceTransformer:
    """Open a folder that may name our own module; loading it runs no code that comes with the model."""
    own = {f"{LanguageTransformer.__module__}.{LanguageTransformer.__qualname__}": LanguageTransformer}
    with_classes = getattr(SentenceTransformer, "_load_with_module_classes", None)
    model: SentenceTransformer = (
        with_classes(name, own, **settings) if with_classes else SentenceTransformer(name, **settings)
    )
    return model


def _pooled(name: str, pooling: PoolingMode, *, revision: str | None, trust_remote_code: bool) -> list[torch.nn.Module]:
    source = {"revision": revision, "trust_remote_code": trust_remote_code}
    transformer = Transformer(
        name,
        model_kwargs={**source, "use_safetensors": True},
        processor_kwargs=dict(source),
        config_kwargs=dict(source),
    )
    return [transformer, Pooling(transformer.get_embedding_dimension(), pooling)]


def _check_place(name: str | Path) -> None:
    folder = Path(name)
    path_like = isinstance(name, Path) or str(name).startswith((".", "/", "~")) or str(name).count("/") > 1
    if path_like and not folder.is_dir():
        raise EncoderError(f"{name}: no such folder; give the folder of a saved model, or a name on the hub")
    for weights in folder.rglob("pytorch_model*.bin") if folder.is_dir() else ():
        if not any(weights.parent.glob("*.safetensors")):
            raise EncoderError(
                f"{weights}: pickled weights are not loaded; convert them by loading the model in a place you trust "
                "and saving it again with `save_pretrained`, which writes safetensors"
            )


def _check_hub(name: str, *, revision: str | None) -> None:
    """Ask the hub once for a model without a local copy: loading would ask again and again for half a minute."""
    places = product((None, os.environ.get("SENTENCE_TRANSFORMERS_HOME")), ("config.json", "modules.json"))
    try:
        found = (try_to_load_from_cache(name, file, cache_dir=cache, revision=revision) for cache, file in places)
        if not any(isinstance(path, str) for path in found):
            HfApi().model_info(name, revision=revision, timeout=_HUB_SECONDS)
    except Exception as error:  # the HTTP library's own, which differ from version to version
        raise EncoderError(
            f"{name}: no folder of this name, no local copy, and not to be had from the hub ({_first_line(error)}). "
            "Is the name right (on the hub it is organisation/model), is there a connection, is HF_HUB_OFFLINE set?"
        ) from error


def _check_pooling(name: str | Path, *, complete: bool, pooling: str | None) -> None:
    if complete and pooling is not None:
        raise EncoderError(f"{name}: this model brings its own pooling; give none")
    if not complete and pooling is None:
        if Path(name).is_dir() and not (Path(name) / "config.json").is_file():
            raise EncoderError(f"{name}: neither `modules.json` nor `config.json` is in this folder; it holds no model")
        raise EncoderError(
            f"{name}: a plain transformers model has token states but no sentence vector; "
            "say how to pool: pooling mean or cls"
        )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
