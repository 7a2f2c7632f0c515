"""The tasks of an evaluation, asked between training steps."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from interlingua.errors import EvaluationError
from interlingua.evaluation import evaluate, headline_scores, mean_score
from interlingua.sbert import BaseEvaluator, BaseModel, SentenceTransformer
from interlingua.types import Encoder, Score, Task

__all__ = ["TaskEvaluator"]


class TaskEvaluator(BaseEvaluator):
    """Tasks as a sentence-transformers evaluator; the mean of their headline scores chooses the best checkpoint.

    An error rate counts in the mean as what is left of 1, so that more is always better.

    Args:
        tasks: The very objects that the command line uses.
        as_encoder: Makes an encoder of the model, with the prefix of evaluation.
        name: Prefix of the metrics.

    Raises:
        EvaluationError: If there is no task.
    """

    def __init__(
        self, tasks: Sequence[Task], as_encoder: Callable[[SentenceTransformer], Encoder], *, name: str = "dev"
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not tasks:
            raise EvaluationError("there is no task to choose the best checkpoint by; name data with a dev split")
        self.tasks = list(tasks)
        self.as_encoder = as_encoder
        self.name = name
        self.greater_is_better = True
        self.primary_metric: str = f"{name}_mean"

    def __call__(
        self,
        model: BaseModel,
        output_path: str | None = None,
        epoch: float = -1,
        steps: int = -1,
    ) -> dict[str, float]:
        """Return the headline score of every task and their mean."""
        if not isinstance(model, SentenceTransformer):
            raise EvaluationError(f"a {type(model).__name__} gives no sentence vectors to evaluate")
        headlines = headline_scores(evaluate(self.as_encoder(model), self.tasks))
        values: dict[str, float] = {f"{self.name}_{score.task}": score.value for score in headlines}
        return {**values, f"{self.name}_mean": mean_score([_rising(score) for score in headlines]).value}


def _rising(score: Score) -> Score:
    return score if score.higher_is_better else replace(score, value=1 - score.value, higher_is_better=True)
