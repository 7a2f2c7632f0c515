"""What a run will cost: rows, tokens, steps, time, memory and disk, before it starts."""

import copy
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch

from interlingua.corpus.decontamination import Overlap
from interlingua.objectives import RepresentationTranslation
from interlingua.sbert import StaticEmbedding
from interlingua.training import parts
from interlingua.training.folder import RunFolder
from interlingua.training.preparation import Prepared, prepare
from interlingua.training.settings import Recipe
from interlingua.training.sources import Share

__all__ = ["Forecast", "forecast"]

WARM_UP, PROBES = 2, 5

SAMPLE = 2_000
"""Rows that are tokenised, of a corpus that has at least twice as many."""


@dataclass(frozen=True)
class Forecast:
    """What a run will cost on this machine.

    Args:
        name: Of the recipe.
        rows, cells, tokens: Of the training corpus, with the student's tokenizer.
        languages: How many.
        parameters: Of the student, in all.
        sources: What each source gives, where there are several.
        decontamination: What was left out because encoders are tested on it; None where nothing was compared.
        batches: Over the whole run.
        seconds: Of training, from the median of five timed batches; evaluation comes on top.
        memory_bytes: Most memory this process held while it made everything and took those steps.
        disk_bytes: Of token tables, checkpoints and the model.
        sampled: Whether tokens are counted on some rows and reckoned up by the length of texts.
    """

    name: str
    rows: int
    cells: int
    tokens: int
    languages: int
    parameters: int
    sources: tuple[Share, ...]
    decontamination: Overlap | None
    batches: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    sampled: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        found = None if self.decontamination is None else self.decontamination.as_dict()
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "sources": [asdict(share) for share in self.sources],
            "decontamination": found,
        }

    def as_text(self) -> str:
        """Return the numbers as lines of text."""
        lines = {
            "recipe": self.name,
            "rows": f"{self.rows:,} with {self.cells:,} texts in {self.languages} languages",
            "sources": ", ".join(f"{one.name} {one.share:.1%} of the rows drawn" for one in self.sources),
            "left out": "" if self.decontamination is None else str(self.decontamination),
            "tokens": f"about {_rounded(self.tokens):,}" if self.sampled else f"{self.tokens:,}",
            "parameters": f"{self.parameters:,}",
            "batches": f"{self.batches:,}",
            "time": f"about {_duration(self.seconds)} of training, evaluation not counted",
            "memory": f"about {self.memory_bytes / 2**30:.1f} GiB",
            "disk": f"about {self.disk_bytes / 2**20:,.0f} MiB while it runs",
        }
        return "\n".join(f"{name:10}  {value}" for name, value in lines.items() if value)


def forecast(recipe: Recipe) -> Forecast:
    """Make what a recipe names in a temporary folder, time a few batches, and count.

    What takes long and changes no number is left out: vectors of tokens are random, and of many rows a sample is
    tokenised.

    Raises:
        InterlinguaError: Whatever would stop the run itself.
    """
    parts.check_objective(recipe)
    tasks = [
        task for some in (recipe.evaluation.dev, recipe.evaluation.test) for task in parts.make_tasks(some, recipe)
    ]
    place = Path(tempfile.mkdtemp(prefix="interlingua-plan-"))
    try:
        sample = _sample(recipe)
        ready = prepare(_unlearned(recipe), RunFolder(place), tasks=tasks, sample=sample)
        seconds = _seconds_per_batch(ready)
        cells = ready.batches.cells
        tokens = int(cells.spans[..., 1].sum())
        sampled = sample is not None and len(cells) >= 2 * sample and cells.tokenised
        unwritten = 4 * tokens - (cells.folder / "units.bin").stat().st_size if sampled else 0
        weights = sum(parameter.numel() * parameter.element_size() for parameter in ready.model.parameters())
        trained = sum(one.numel() * one.element_size() for one in ready.model.parameters() if one.requires_grad)
        saves = recipe.training.evaluate_every or recipe.training.save_every
        kept = recipe.training.keep + 1 if saves else 0
        return Forecast(
            name=recipe.name,
            rows=len(cells),
            cells=int((cells.hashes != 0).sum()),
            tokens=tokens,
            languages=len(cells.languages),
            parameters=sum(parameter.numel() for parameter in ready.model.parameters()),
            sources=ready.rows.shares if len(ready.rows.shares) > 1 else (),
            decontamination=ready.rows.overlap,
            batches=len(ready.batches),
            seconds=seconds * len(ready.batches),
            memory_bytes=_peak() + 2 * trained + _unlearned_bytes(recipe, ready),
            disk_bytes=_size(place) + unwritten + weights + kept * (weights + 2 * trained),
            sampled=sampled,
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sample(recipe: Recipe) -> int | None:
    """Return how many rows are tokenised; None where what is made depends on the tokens of all."""
    objective = parts.make_objective(recipe, None)
    whole = recipe.links is not None or any(isinstance(one, RepresentationTranslation) for one in objective.modules())
    return None if whole else SAMPLE


def _unlearned(recipe: Recipe) -> Recipe:
    """Return the recipe without the start that is made from the rows: as large, and as fast to train."""
    return recipe.model_copy(update={"student": recipe.student.model_copy(update={"initialise": "random"})})


def _unlearned_bytes(recipe: Recipe, ready: Prepared) -> int:
    """Return what making that start would hold: three tables of the student's size and a little more, in float64."""
    first = ready.model[0]
    if recipe.student.initialise != "lsi" or recipe.student.kind != "static" or not isinstance(first, StaticEmbedding):
        return 0
    vocabulary, dimension = first.embedding.weight.shape
    return 3 * 8 * int(vocabulary) * (int(dimension) + 32)


def _rounded(number: int) -> int:
    """Return a number to three figures."""
    return round(number, min(0, 3 - len(str(number))))


def _seconds_per_batch(ready: Prepared) -> float:
    """Take whole steps on a copy of the student; the first ones, which set things up, do not count."""
    model = copy.deepcopy(ready.model)
    loss = ready.loss(model)
    trained = [parameter for parameter in loss.parameters() if parameter.requires_grad]
    optimizer: torch.optim.Optimizer = torch.optim.AdamW(trained)
    if isinstance(model[0], StaticEmbedding):  # as the trainer does
        model[0].embedding.sparse = True
        optimizer = torch.optim.SparseAdam(trained)
    taken = []
    for number in range(min(WARM_UP + PROBES, len(ready.batches))):
        started = time.monotonic()
        terms = loss(ready.batches[number]["cells"])
        torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        taken.append(time.monotonic() - started)
    counted = sorted(taken[WARM_UP:] or taken)
    return counted[len(counted) // 2]


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
