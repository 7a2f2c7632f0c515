"""The report of a run: what is looked at while the models are at hand, and the page at the end."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from interlingua.corpus import Corpus
from interlingua.encoder import SentenceEncoder
from interlingua.errors import EvaluationError, RecipeError
from interlingua.report import (
    check_method,
    choose_subjects,
    corpus_coverage,
    evidence_to_json,
    make_evidence,
    observe,
    read_run,
    scores_csv,
    write_report,
)
from interlingua.report.observation import Observation, Subjects
from interlingua.sbert import SentenceTransformer
from interlingua.training.folder import RunFolder
from interlingua.training.preparation import Prepared
from interlingua.training.settings import Recipe
from interlingua.types import Task

__all__ = ["RunReport", "check_report"]

logger = logging.getLogger(__name__)


def check_report(recipe: Recipe) -> None:
    """Make sure that the report can be made as the recipe asks, before anything is trained.

    Raises:
        RecipeError: The maps it asks for need an extra that is not installed.
    """
    if recipe.evaluation.report:
        try:
            check_method(recipe.evaluation.map)
        except EvaluationError as error:
            raise RecipeError(f"{recipe.name}: evaluation.map: {error}") from error


class RunReport:
    """Looks at the encoder before and after training, and writes what it saw.

    A report never costs a run: what goes wrong is logged, and training goes on.

    Args:
        ready: The run.
        tasks: Its test tasks; what is shown comes from the rows of the one with the most languages.
    """

    def __init__(self, ready: Prepared, tasks: Sequence[Task]) -> None:
        self._ready = ready
        self._seen: dict[str, Observation] = {}
        self._subjects: Subjects | None = None
        corpora = [corpus for task in tasks if isinstance(corpus := getattr(task, "corpus", None), Corpus)]
        if ready.recipe.evaluation.report and corpora:
            with _harmless("chosen"):
                widest = max(corpora, key=lambda corpus: len(corpus.languages))
                self._subjects = choose_subjects(widest, languages=ready.corpus.languages, lexicon=ready.corpus)

    def look(self, side: str, model: SentenceTransformer) -> None:
        """See what a model makes of the texts; ``side`` is ``before`` or ``after``."""
        if self._subjects is not None:
            with _harmless("looked at"):
                encoder = SentenceEncoder(model, prefix=self._ready.recipe.evaluation.prefix)
                self._seen[side] = observe(self._subjects, encoder, model)

    def write(self, folder: RunFolder) -> None:
        """Write ``evidence.json``, ``scores.csv`` and ``report.html``; scores, facts and log must be there."""
        recipe = self._ready.recipe
        if not recipe.evaluation.report:
            return
        with _harmless("kept"):
            folder.write(folder.evidence, evidence_to_json(self._evidence()))
        with _harmless("written"):
            record = read_run(folder.path)
            folder.write(folder.table, scores_csv([record]))
            if any(record.scores.values()):
                write_report(folder.path, folder.report)

    def _evidence(self) -> dict[str, object]:
        cells, recipe = self._ready.batches.cells, self._ready.recipe
        corpus = self._ready.corpus
        sources = Counter(corpus.values("_source")) if "_source" in corpus.provenance else {}
        coverage = corpus_coverage(
            cells.hashes, cells.languages, sources={str(name): count for name, count in sources.items() if name}
        )
        if self._subjects is None or len(self._seen) < 2:
            return {"format": 1, "languages": list(cells.languages), "coverage": coverage}
        made = make_evidence(
            self._subjects,
            self._seen["before"],
            self._seen["after"],
            method=recipe.evaluation.map,
            seed=recipe.training.seed,
        )
        return {**made, "coverage": coverage}


@contextmanager
def _harmless(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.warning("the report could not be %s (%s: %s); the run goes on", what, type(error).__name__, error)
        logger.debug("why", exc_info=True)
