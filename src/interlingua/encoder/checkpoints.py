"""CHECKPOINT -> HEAD: the pretrained head of a masked language model, read without the model."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache
from safetensors import SafetensorError, safe_open
from torch import Tensor

from interlingua.errors import EncoderError

__all__ = ["head_of_checkpoint", "read_head"]

_Layout = tuple[str, str, str]
"""What a family calls the dense layer, the norm and the bias over the vocabulary."""

_LAYOUTS: dict[str, _Layout] = {
    "interlingua": ("dense", "norm", "bias"),
    "RoBERTa, XLM-R, MPNet": ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
    "BERT": ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"),
    "DistilBERT": ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
    "ModernBERT": ("head.dense", "head.norm", "decoder.bias"),
    "ALBERT": ("predictions.dense", "predictions.LayerNorm", "predictions.bias"),
    "ELECTRA": ("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head.bias"),
}
_OLD_NAMES = {"norm.weight": "gamma", "norm.bias": "beta"}  # of BERT checkpoints that came from TensorFlow
_INDEX, _WHOLE = "model.safetensors.index.json", "model.safetensors"


def head_of_checkpoint(encoder: Any) -> dict[str, Tensor] | None:
    """Return the head of the checkpoint that a transformers model was loaded from, None where it has none.

    Args:
        encoder: A model that came from a folder, or from the hub through the local cache.
    """
    files = _files(str(encoder.name_or_path), getattr(encoder.config, "_commit_hash", None))
    return _read(files) if files else None


def read_head(file: str | Path) -> dict[str, Tensor]:
    """Return the head in a safetensors file, by our own names: ``dense.*``, ``norm.*`` and ``bias``.

    Raises:
        EncoderError: There is no such file, or no head in it.
    """
    if not Path(file).is_file():
        raise EncoderError(f"{file}: no such file; give the safetensors that hold a head for predicting tokens")
    found = _read([Path(file)])
    if found is None:
        raise EncoderError(
            f"{file}: no head for predicting tokens is in it; the names of {', '.join(_LAYOUTS)} are known. Give the "
            "model.safetensors of a masked language model, or leave the file out for a new head"
        )
    return found


def _read(files: Sequence[Path]) -> dict[str, Tensor] | None:
    place: dict[str, Path] = {}
    for file in files:
        try:
            with safe_open(file, framework="pt") as opened:
                place |= dict.fromkeys(opened.keys(), file)
        except (OSError, SafetensorError) as error:
            raise EncoderError(f"{file}: not readable as safetensors ({error}); copy or download it again") from error
    for dense, norm, bias in _LAYOUTS.values():
        if f"{dense}.weight" in place and any(f"{norm}.{name}" in place for name in ("weight", "gamma")):
            names = _names(place, dense, norm, bias)
            return {ours: _tensor(place[theirs], theirs) for ours, theirs in names}
    return None


def _names(there: Iterable[str], dense: str, norm: str, bias: str) -> Iterator[tuple[str, str]]:
    known = set(there)
    for ours in ("dense.weight", "dense.bias", "norm.weight", "norm.bias", "bias"):
        layer, _, kind = ours.rpartition(".")
        if not layer:
            choices = [bias, f"{bias.rpartition('.')[0]}.decoder.bias"]
        else:
            full = dense if layer == "dense" else norm
            choices = [f"{full}.{kind}", f"{full}.{_OLD_NAMES.get(ours, kind)}"]
        yield from [(ours, name) for name in choices if name in known][:1]


def _tensor(file: Path, name: str) -> Tensor:
    with safe_open(file, framework="pt") as opened:
        tensor: Tensor = opened.get_tensor(name)
        return tensor


def _files(name: str, revision: str | None) -> list[Path]:
    """Return the safetensors of a folder or of a name on the hub, none where they are not on this machine."""
    folder = Path(name)
    if folder.is_dir():
        index, whole = folder / _INDEX, folder / _WHOLE
        if index.is_file():
            return [folder / shard for shard in _shards(index)]
        return [whole] if whole.is_file() else []
    if not name or name.count("/") > 1 or name.startswith((".", "/", "~")):
        return []
    kept = _cached(name, _INDEX, revision)
    parts = [_WHOLE] if kept is None else _shards(kept)
    found = [_cached(name, part, revision) for part in parts]
    return [path for path in found if path is not None]


def _shards(index: Path) -> list[str]:
    return sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))


def _cached(name: str, file: str, revision: str | None) -> Path | None:
    for cache in (None, os.environ.get("SENTENCE_TRANSFORMERS_HOME")):
        path = try_to_load_from_cache(name, file, cache_dir=cache, revision=revision)
        if isinstance(path, str):
            return Path(path)
    return None
