"""An objective as a sentence-transformers loss."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
import xxhash
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from interlingua.errors import ObjectiveError, TrainingError
from interlingua.objectives import EncodedCells, Objective
from interlingua.sbert import BaseModel

__all__ = ["CellBatch", "EncoderLoss"]


_ROWS_OF_A_PROCESS = 2**32
"""Row numbers of different processes must differ, where the dataset does not number its rows."""


@dataclass(frozen=True)
class CellBatch:
    """A batch before encoding: M cells as the features of one or more sub-batches.

    Args:
        features: What the model takes, one entry a sub-batch.
        order: Which cell each encoded text is, over all sub-batches in turn; shape ``(M,)``.
        row, view, text: See `EncodedCells`.
        views: Names of the views.
        teacher, teacher_known: See `EncodedCells`.
        phantom: This process has no cell of its own; the one text in its features only keeps it in step with others.
    """

    features: Sequence[Mapping[str, Any]]
    order: Tensor
    row: Tensor
    view: Tensor
    text: Tensor
    views: tuple[str, ...]
    teacher: Tensor | None = None
    teacher_known: Tensor | None = None
    phantom: bool = False


class EncoderLoss(nn.Module):
    """Encode a batch, and let an objective judge it.

    Works in the stock ``SentenceTransformerTrainer``, where every text column of the dataset is a view and the label
    column, if there is one, holds the teacher's vector of the row; and in `MultiwayTrainer`, which passes whole
    batches of cells.

    Args:
        model: The encoder.
        objective: Any objective, or a sum of them.
        views: Names of the columns in the stock trainer, in their order; ``source`` and ``target`` unless given.
        negatives: View that further columns, beyond the named views, hold hard negatives for (the mUSE and mSimCSE
            form): candidates without a row, mined for the row they stand in.
        gradient_cache: Encode sub-batches without keeping their activations, and again in the backward pass, so that
            memory grows with the sub-batch and not with the batch.

    Reference:
        Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup (gradient caching).
        https://arxiv.org/abs/2101.06983
    """

    def __init__(
        self,
        model: BaseModel,
        objective: Objective,
        *,
        views: Sequence[str] | None = None,
        negatives: str | None = None,
        gradient_cache: bool = False,
    ) -> None:
        super().__init__()
        self.model = model  # this very name is what the trainer swaps for its wrapped model
        self.objective = objective
        self.views = None if views is None else tuple(views)
        if negatives is not None and negatives not in (self.views or ()):
            raise ObjectiveError(f"negatives={negatives!r} is none of the views; name all views, as views=(...)")
        self.negatives = negatives
        self.gradient_cache = gradient_cache

    def forward(
        self, sentence_features: Iterable[dict[str, Any]] | CellBatch, labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the objective's named terms for a batch of cells, or for the columns of a stock dataset.

        Raises:
            ObjectiveError: If a stock dataset has fewer than two text columns, or labels that are no vectors.
        """
        if isinstance(sentence_features, CellBatch):
            return self._cells(sentence_features)
        columns = list(sentence_features)
        views = self.views or ("source", "target")
        extra = len(columns) - len(views)
        if extra < 0 or (extra and self.negatives is None):
            raise ObjectiveError(
                f"the dataset has {len(columns)} text column(s) and the views are {', '.join(views)}; name a view for "
                "every column, as views=('eng_Latn', 'deu_Latn', 'tel_Telu'). Columns that hold no text (an id, a "
                "language) must be removed from the dataset, since the stock collator tokenises them; columns of hard "
                "negatives need negatives=..."
            )
        hashes = [one for one in map(_token_hashes, columns) if one is not None]
        raw = [self._encode(column) for column in columns]
        size = len(raw[0])
        rows = torch.arange(size, device=raw[0].device) + _rank() * _ROWS_OF_A_PROCESS
        nowhere = torch.full_like(rows, -1)
        view = [*range(len(views)), *[views.index(self.negatives or views[0])] * extra]
        unit = [F.normalize(vectors.float(), dim=1) for vectors in raw]
        cells = EncodedCells(
            vectors=torch.cat(unit),
            raw=torch.cat(raw),
            row=torch.cat([rows] * len(views) + [nowhere] * extra),
            owner=torch.cat([nowhere] * len(views) + [rows] * extra),
            view=torch.tensor(view, device=rows.device).repeat_interleave(size),
            views=views,
            text=torch.cat(hashes) if len(hashes) == len(columns) else None,
            **_labels_as_teacher(labels, size, len(columns)),
        )
        terms: dict[str, Tensor] = self.objective(cells)
        return terms

    def _cells(self, batch: CellBatch) -> dict[str, Tensor]:
        encoded = torch.cat([self._encode(features) for features in batch.features])
        raw = torch.empty_like(encoded)
        raw[batch.order] = encoded
        idle = 0.0 * encoded.sum() if batch.phantom else None
        if batch.phantom:
            raw = raw[:0]
        cells = EncodedCells(
            vectors=F.normalize(raw.float(), dim=1),
            raw=raw,
            row=batch.row,
            view=batch.view,
            views=batch.views,
            text=batch.text,
            teacher=batch.teacher,
            teacher_known=batch.teacher_known,
        )
        terms: dict[str, Tensor] = self.objective(cells)
        if idle is not None:
            terms = {name: value + idle for name, value in terms.items()}
        return terms

    def _encode(self, features: Mapping[str, Any]) -> Tensor:
        if not self.gradient_cache or not torch.is_grad_enabled():
            return _vectors(self.model, features)
        vectors: Tensor = checkpoint(_vectors, self.model, features, use_reentrant=False)
        return vectors


def _rank() -> int:
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def _vectors(model: nn.Module, features: Mapping[str, Any]) -> Tensor:
    made = model(dict(features))  # modules add to the dictionary that they are given
    vectors = made.get("sentence_embedding")
    if vectors is None:
        raise TrainingError("the model gives no sentence vector; its last modules must pool token states")
    encoded: Tensor = vectors
    return encoded


def _token_hashes(features: Mapping[str, Any]) -> Tensor | None:
    """Return a hash of the tokens of every text, shape ``(N,)``; None for a model that takes no tokens."""
    if "attention_mask" in features:
        ids, mask = features["input_ids"].cpu().numpy(), features["attention_mask"].bool().cpu().numpy()
        texts = [row[kept] for row, kept in zip(ids, mask, strict=True)]
    elif "offsets" in features:
        texts = np.split(features["input_ids"].cpu().numpy(), features["offsets"][1:].cpu().numpy())
    else:
        return None
    hashes = [xxhash.xxh3_64_intdigest(text.tobytes()) >> 1 for text in texts]
    return torch.tensor(hashes, device=features["input_ids"].device)


def _labels_as_teacher(labels: Tensor | None, rows: int, columns: int) -> dict[str, Tensor]:
    if labels is None:
        return {}
    if labels.ndim != 2:
        raise ObjectiveError(
            f"the label column holds numbers of shape {tuple(labels.shape[1:])}; it must hold the teacher's vector of "
            "each row, or be left out"
        )
    known = torch.zeros(columns * rows, dtype=torch.bool, device=labels.device)
    known[:rows] = True
    return {"teacher": F.normalize(labels.float(), dim=1).repeat(columns, 1), "teacher_known": known}
