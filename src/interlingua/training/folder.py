"""The run folder: what a run leaves behind."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlingua.atomic import write_text
from interlingua.errors import OutputError

if TYPE_CHECKING:
    from interlingua.sbert import SentenceTransformer

__all__ = ["RunFolder", "save_model"]


@dataclass(frozen=True)
class RunFolder:
    """Paths of a run, and safe ways to write to them.

    Args:
        path: The folder.
    """

    path: Path

    @property
    def recipe(self) -> Path:
        """The recipe with every default written out."""
        return self.path / "recipe.yaml"

    @property
    def model(self) -> Path:
        """The trained encoder, an ordinary SentenceTransformer."""
        return self.path / "model"

    @property
    def head(self) -> Path:
        """The head that predicts tokens, where the run trained one: what `student.head` of a later run names."""
        return self.path / "head.safetensors"

    @property
    def student(self) -> Path:
        """The student as it was before training, where it was made by this run; gone at the end."""
        return self.path / "student"

    @property
    def scores(self) -> Path:
        """Scores before and after."""
        return self.path / "scores.json"

    @property
    def facts(self) -> Path:
        """Seeds, sizes, seconds and versions."""
        return self.path / "run.json"

    @property
    def log(self) -> Path:
        """One line of JSON for every log entry."""
        return self.path / "log.jsonl"

    @property
    def samples(self) -> Path:
        """What the scores were computed from, item by item."""
        return self.path / "samples.parquet"

    @property
    def evidence(self) -> Path:
        """What the report shows beside scores."""
        return self.path / "evidence.json"

    @property
    def table(self) -> Path:
        """The scores for a spreadsheet."""
        return self.path / "scores.csv"

    @property
    def report(self) -> Path:
        """All of it on one page."""
        return self.path / "report.html"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints; gone at the end."""
        return self.path / "checkpoints"

    @property
    def work(self) -> Path:
        """Token tables and joined corpora; gone at the end."""
        return self.path / "work"

    @property
    def begun(self) -> bool:
        """Whether anything is there that a new run would lose."""
        return self.scores.exists() or self.checkpoints.exists() or self.model.exists()

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return self.model.is_dir() and not self.checkpoints.exists()

    def prepare(self, *, resume: bool, overwrite: bool) -> None:
        """Make the folder, or make sure that it may be used.

        Raises:
            OutputError: It holds something, or cannot be written.
        """
        if self.path.exists() and any(self.path.iterdir() if self.path.is_dir() else [self.path]):
            if not self.recipe.is_file():
                raise OutputError(f"{self.path} exists and is no run folder; choose another --output")
            if overwrite or not self.begun:
                shutil.rmtree(self.path)
            elif not resume:
                state = "a finished run" if self.finished else "an unfinished run"
                raise OutputError(f"{self.path} holds {state}; go on with --resume, or replace it with --overwrite")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self.path / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written: {error.strerror}; choose another --output") from error

    def last_checkpoint(self) -> Path | None:
        """Return the newest complete checkpoint."""
        found = [path for path in self.checkpoints.glob("checkpoint-*") if (path / "trainer_state.json").is_file()]
        return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)

    def write(self, path: Path, content: str) -> None:
        """Write a file whole or not at all."""
        write_text(path, content)

    def tidy(self) -> None:
        """Remove what only a resumed run would need."""
        for path in (self.checkpoints, self.work, self.student):
            shutil.rmtree(path, ignore_errors=True)


def save_model(model: "SentenceTransformer", folder: Path, *, card: str = "") -> None:
    """Write a model whole or not at all."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(str(partial), create_model_card=False)
    if card:
        (partial / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
