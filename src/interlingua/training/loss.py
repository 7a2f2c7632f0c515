"""An objective as a sentence-transformers loss."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
import xxhash
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from interlingua.encoder.heads import DenseTanh, language_model_head
from interlingua.encoder.reconstruction import ReconstructionDecoder
from interlingua.errors import ObjectiveError
from interlingua.objectives import EncodedCells, Objective
from interlingua.objectives.tokens import LinkedWords, Predictions, TokenStates
from interlingua.sbert import BaseModel, SentenceTransformer, embedding_dimension
from interlingua.training.passes import Pass, token_pass, vector_pass

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
        teacher, teacher_known, words: See `EncodedCells`.
        passes: Passes over texts with hidden tokens, by the key of the objective that predicts them.
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
    words: LinkedWords | None = None
    passes: Mapping[str, Pass] | None = None
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
        head: Safetensors file with a prediction head that an earlier run has kept; for objectives that predict tokens.
            Unless given, that of the checkpoint is taken, and where it has none a new one, tied to the token table.
        mlp: Train through a dense layer with tanh on top of the vectors, which is dropped afterwards (DAP, mSimCSE).

    What is made here beside the model (head, decoder, dense layer) is trained and kept in checkpoints, and is no part
    of the model that is saved in the end.

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
        head: Path | None = None,
        mlp: bool = False,
    ) -> None:
        super().__init__()
        self.model = model  # this very name is what the trainer swaps for its wrapped model
        self.objective = objective
        self.views = None if views is None else tuple(views)
        if negatives is not None and negatives not in (self.views or ()):
            raise ObjectiveError(f"negatives={negatives!r} is none of the views; name all views, as views=(...)")
        self.negatives = negatives
        self.gradient_cache = gradient_cache
        needs = objective.requirements()
        self.head = language_model_head(_encoder(model), file=head) if "head" in needs else None
        self.decoder = ReconstructionDecoder(_encoder(model)) if "decoder" in needs else None
        self.mlp = DenseTanh(embedding_dimension(_encoder(model))) if mlp else None

    def beside(self) -> dict[str, nn.Module]:
        """Return what is trained beside the model, by name: the objective, and head, decoder and dense layer if any."""
        made = {"objective": self.objective, "head": self.head, "decoder": self.decoder, "mlp": self.mlp}
        return {name: module for name, module in made.items() if module is not None}

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
        raw = [self._project(self._run(vector_pass, column, False)[0]) for column in columns]
        size = len(raw[0])
        rows = torch.arange(size, device=raw[0].device) + _rank() * _ROWS_OF_A_PROCESS
        nowhere = torch.full_like(rows, -1)
        view = [*range(len(views)), *[views.index(self.negatives or views[0])] * extra]
        unit = [F.normalize(vectors.float(), dim=1) for vectors in raw]
        teacher, known = (None, None) if labels is None else _labels_as_teacher(labels, size, len(columns))
        cells = EncodedCells(
            vectors=torch.cat(unit),
            raw=torch.cat(raw),
            row=torch.cat([rows] * len(views) + [nowhere] * extra),
            owner=torch.cat([nowhere] * len(views) + [rows] * extra),
            view=torch.tensor(view, device=rows.device).repeat_interleave(size),
            views=views,
            text=torch.cat(hashes) if len(hashes) == len(columns) else None,
            teacher=teacher,
            teacher_known=known,
        )
        terms: dict[str, Tensor] = self.objective(cells)
        return terms

    def _cells(self, batch: CellBatch) -> dict[str, Tensor]:
        raw, tokens = self._texts(batch)
        predictions = {key: self._predictions(one) for key, one in (batch.passes or {}).items()}
        idle = 0.0 * raw.sum() if batch.phantom else None
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
            tokens=tokens,
            words=batch.words,
            predictions=predictions or None,
            head=self.head,
            decoder=self.decoder,
        )
        terms: dict[str, Tensor] = self.objective(cells)
        if idle is not None:
            terms = {name: value + idle for name, value in terms.items()}
        return terms

    def _texts(self, batch: CellBatch) -> tuple[Tensor, TokenStates | None]:
        """Return the vectors of all cells, ``(M, D)``, and if an objective asks for them the states of their tokens."""
        wanted = "tokens" in self.objective.requirements()
        if not self.objective.uses_vectors and not wanted:
            return torch.zeros(len(batch.order), 1, device=batch.order.device), None
        made = [self._run(vector_pass, features, wanted) for features in batch.features]
        encoded = self._project(torch.cat([vectors for vectors, _ in made]))
        raw = torch.empty_like(encoded)
        raw[batch.order] = encoded
        if not wanted:
            return raw, None
        length = torch.empty_like(batch.order)
        first = torch.empty_like(batch.order)
        sizes = torch.cat([_lengths(features) for features in batch.features])
        length[batch.order], first[batch.order] = sizes, sizes.cumsum(0) - sizes
        used = slice(0, 0) if batch.phantom else slice(None)
        ids = torch.cat([_ids(features) for features in batch.features])
        states = torch.cat([states for _, states in made if states is not None])
        return raw, TokenStates(states=states, ids=ids, first=first[used], length=length[used])

    def _predictions(self, one: Pass) -> Predictions:
        states = [
            self._run(token_pass, features, places) for features, places in zip(one.features, one.places, strict=True)
        ]
        joined = torch.cat(states)
        return Predictions(
            states=joined, labels=one.labels, weights=one.weights, total=one.total, anchor=0.0 * joined.float().sum()
        )

    def _project(self, vectors: Tensor) -> Tensor:
        return vectors if self.mlp is None else self.mlp(vectors)

    def _run(self, encode: Callable[..., Any], features: Mapping[str, Any], *given: Any) -> Any:
        """Encode features, keeping the activations or, with gradient caching, not."""
        if not self.gradient_cache or not torch.is_grad_enabled():
            return encode(self.model, features, *given)
        return checkpoint(encode, self.model, features, *given, use_reentrant=False)


def _rank() -> int:
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def _ids(features: Mapping[str, Any]) -> Tensor:
    """Return the token ids of all texts, padding left out, shape ``(S,)``."""
    ids: Tensor = features["input_ids"]
    return ids[features["attention_mask"].bool()] if "attention_mask" in features else ids


def _lengths(features: Mapping[str, Any]) -> Tensor:
    """Return how many tokens every text has, shape ``(B,)``."""
    if "attention_mask" in features:
        counts: Tensor = features["attention_mask"].sum(dim=1)
        return counts
    offsets: Tensor = features["offsets"]
    return torch.diff(offsets, append=offsets.new_tensor([len(features["input_ids"])]))


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


def _labels_as_teacher(labels: Tensor, rows: int, columns: int) -> tuple[Tensor, Tensor]:
    if labels.ndim != 2:
        raise ObjectiveError(
            f"the label column holds numbers of shape {tuple(labels.shape[1:])}; it must hold the teacher's vector of "
            "each row, or be left out"
        )
    known = torch.zeros(columns * rows, dtype=torch.bool, device=labels.device)
    known[:rows] = True
    return F.normalize(labels.float(), dim=1).repeat(columns, 1), known


def _encoder(model: BaseModel) -> SentenceTransformer:
    if not isinstance(model, SentenceTransformer):
        raise ObjectiveError(f"heads are made for a SentenceTransformer; this model is a {type(model).__name__}")
    return model
