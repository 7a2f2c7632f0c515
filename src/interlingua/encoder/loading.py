"""A word on the command line -> an encoder."""

import importlib
import re
from pathlib import Path

from interlingua.encoder.function import FunctionEncoder
from interlingua.encoder.store import StoredEncoder
from interlingua.errors import EncoderError
from interlingua.types import Encoder, PoolingMode

__all__ = ["load_encoder"]


def load_encoder(
    spec: str,
    *,
    pooling: PoolingMode | None = None,
    max_length: int | None = None,
    prefix: str | None = None,
    batch_size: int = 64,
    device: str | None = None,
    trust_remote_code: bool = False,
) -> Encoder:
    """Load whatever turns texts into vectors.

    Args:
        spec: A folder or hub name that sentence-transformers loads; a plain transformers folder, with ``pooling``;
            ``vectors:FOLDER`` for vectors stored before; ``module:factory`` for a Python callable without arguments
            that returns a SentenceTransformer, an encoder, or a function from texts to an array.
        pooling: For a plain transformers folder.
        max_length: Longest text in tokens.
        prefix: Put before every text; None keeps the model's own prompt.
        batch_size: Texts encoded at once.
        device: As for torch.
        trust_remote_code: Run code that comes with the model.

    Raises:
        EncoderError: It cannot be loaded, or a setting does not apply to it.
    """
    if spec.startswith("vectors:"):
        _refuse(spec, pooling=pooling, max_length=max_length, prefix=prefix)
        return StoredEncoder.open(spec.removeprefix("vectors:"))
    if re.fullmatch(r"[A-Za-z_][\w.]+:[A-Za-z_][\w.]*", spec) and not Path(spec).exists():
        _refuse(spec, pooling=pooling, max_length=max_length)
        return _from_factory(spec, prefix=prefix, batch_size=batch_size)

    from interlingua.encoder.models import load
    from interlingua.encoder.sentence import SentenceEncoder

    model = load(spec, pooling=pooling, max_length=max_length, device=device, trust_remote_code=trust_remote_code)
    name = Path(spec).resolve().name if Path(spec).is_dir() else spec
    return SentenceEncoder(model, prefix=prefix, name=name, batch_size=batch_size)


def _from_factory(spec: str, *, prefix: str | None, batch_size: int) -> Encoder:
    module_name, _, path = spec.partition(":")
    try:
        made: object = importlib.import_module(module_name)
        for name in path.split("."):
            made = getattr(made, name)
    except (ImportError, AttributeError) as error:
        raise EncoderError(
            f"{spec}: {error}; give it as `module:factory`, with the module installed or on PYTHONPATH"
        ) from error
    if not callable(made):
        raise EncoderError(f"{spec}: a {type(made).__name__} cannot be called; name a function that makes the encoder")
    made = made()
    if isinstance(made, Encoder):
        _refuse(spec, prefix=prefix)
        return made
    if callable(getattr(made, "preprocess", None)):
        from interlingua.encoder.sentence import SentenceEncoder
        from interlingua.sbert import SentenceTransformer

        if isinstance(made, SentenceTransformer):
            return SentenceEncoder(made, prefix=prefix, name=spec, batch_size=batch_size)
    function = getattr(made, "encode", made)
    if not callable(function):
        raise EncoderError(
            f"{spec}: it returned a {type(made).__name__}; it must return a SentenceTransformer, an object with "
            "`encode`, or a function from a list of texts to an array"
        )
    return FunctionEncoder(function, name=spec, prefix=prefix or "")


def _refuse(spec: str, **settings: object) -> None:
    given = [name for name, value in settings.items() if value is not None]
    if given:
        raise EncoderError(f"{spec}: {' and '.join(given)} cannot be changed here; leave out, or load the model itself")
