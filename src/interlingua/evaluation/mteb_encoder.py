"""An encoder of ours as the mteb package wants one."""

import copy
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlingua.errors import EvaluationError, LanguageError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.remembering import inner_encoder
from interlingua.languages import canonical
from interlingua.mining.neighbours import unit_rows
from interlingua.types import Encoder, Vectors

__all__ = ["MtebEncoder"]


class MtebEncoder:
    """An encoder with the members that ``mteb.evaluate`` asks for; similarity is the cosine.

    Without ``prompts`` a text is encoded as everywhere else, with the encoder's own prefix. A prompt stands in place of
    that prefix, never beside it. The language is told where mteb says it: for a subset of one language, or a column
    that bears its code; mteb does not say which side of a pair of languages it asks for.

    Args:
        encoder: Any encoder.
        prompts: Text to put before a text, by the names that mteb knows; the first that is there is used:
            ``TASK-query`` and ``TASK-document``, ``TASK``, ``TYPE-query`` and ``TYPE-document``, ``TYPE`` (as ``STS``
            or ``Retrieval``), ``query`` and ``document``.

    Raises:
        EvaluationError: A prompt is given for an encoder that looks up stored vectors.

    Example:
        >>> from interlingua.encoder import FunctionEncoder
        >>> encoder = FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="length")
        >>> MtebEncoder(encoder).similarity([[1.0, 0.0]], [[0.0, 2.0], [3.0, 0.0]]).tolist()
        [[0.0, 1.0]]
    """

    def __init__(self, encoder: Encoder, *, prompts: Mapping[str, str] | None = None) -> None:
        self.encoder = encoder
        self.prompts = dict(prompts or {})

    @property
    def mteb_model_meta(self) -> Any:
        """Name and revision (our fingerprint), as results of mteb show them."""
        from mteb.models import ModelMeta

        name = self.encoder.name if "/" in self.encoder.name else f"interlingua/{self.encoder.name}"
        return ModelMeta.create_empty({"name": name, "revision": self.encoder.fingerprint})

    def encode(
        self,
        inputs: Iterable[Mapping[str, Any]],
        *,
        task_metadata: Any,
        hf_split: str,
        hf_subset: str,
        prompt_type: Any = None,
        **settings: Any,
    ) -> Vectors:
        """Return the vectors of all texts of a loader, shape ``(texts, dim)``, float32.

        Args:
            inputs: Batches with a list of texts under ``text``.
            task_metadata: Of the task of mteb.
            hf_split: Part of its data.
            hf_subset: Subset of its data, or the column.
            prompt_type: ``query``, ``document`` or None.
            settings: Batch size and so on; how to encode is the encoder's own business.

        Raises:
            EvaluationError: If the vectors are not one a text, or not finite.
        """
        texts = [text for batch in inputs for text in batch["text"]]
        kind = None if prompt_type is None else str(getattr(prompt_type, "value", prompt_type))
        encoder = self._prompted(task_metadata, kind)
        data = f"{task_metadata.name}/{hf_subset}/{hf_split}"
        encoded = encode_texts(encoder, texts, language=_language(task_metadata, hf_subset), data=data)
        return encoded.vectors[encoded.ids]

    def similarity(self, embeddings1: ArrayLike, embeddings2: ArrayLike) -> NDArray[np.float32]:
        """Return the cosines of all with all, shape ``(n, m)``."""
        cosines: NDArray[np.float32] = _unit(embeddings1) @ _unit(embeddings2).T
        return cosines

    def similarity_pairwise(self, embeddings1: ArrayLike, embeddings2: ArrayLike) -> NDArray[np.float32]:
        """Return the cosine of each with its counterpart, shape ``(n,)``."""
        cosines: NDArray[np.float32] = np.einsum("nd,nd->n", _unit(embeddings1), _unit(embeddings2))
        return cosines

    def _prompted(self, task_metadata: Any, kind: str | None) -> Encoder:
        """The encoder with the prompt of the task in place of its prefix."""
        names = [name for wide in (task_metadata.name, task_metadata.type) for name in (f"{wide}-{kind}", wide)]
        prompt = next((self.prompts[name] for name in (*names, kind) if name in self.prompts), None)
        if prompt is None:
            return self.encoder
        inner = inner_encoder(self.encoder)
        if not hasattr(inner, "prefix"):
            raise EvaluationError(
                f"{self.encoder.name} cannot put a prompt before a text; leave the prompts out, or load the model"
            )
        encoder: Any = copy.copy(inner)
        encoder.prefix = prompt
        encoder.__dict__.pop("fingerprint", None)  # made for the other prefix, if it was asked for
        prompted: Encoder = encoder
        return prompted


def _unit(vectors: ArrayLike) -> NDArray[np.float32]:
    return unit_rows(np.atleast_2d(np.asarray(vectors, dtype=np.float32)))


def _language(task_metadata: Any, subset: str) -> str | None:
    """The one language of a subset; None where there are two, or it is none of ours."""
    with suppress(LanguageError):
        codes = {canonical(code) for code in task_metadata.hf_subsets_to_langscripts.get(subset, [subset])}
        return codes.pop() if len(codes) == 1 else None
    return None
