"""The shape of a recipe: every key, its type and its default."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from interlingua.errors import EvaluationError, LanguageError
from interlingua.evaluation import check_task, task_settings
from interlingua.evaluation.pairs import parse_pairs
from interlingua.languages import canonical
from interlingua.words.making import AlignerName, MatcherName

__all__ = [
    "BatchSettings",
    "CorpusSettings",
    "EvaluationSettings",
    "LinkSettings",
    "LoraSettings",
    "MixingSettings",
    "ObjectiveSettings",
    "Recipe",
    "StudentSettings",
    "TaskSettings",
    "TeacherSettings",
    "TrainingSettings",
]


def _languages(codes: list[str] | None) -> list[str] | None:
    try:
        return None if codes is None else [canonical(code) for code in codes]
    except LanguageError as error:
        raise ValueError(str(error)) from error


def _pairs(value: Any, words: Sequence[str] = ()) -> Any:
    """Return a word as it is, a list of language pairs in canonical codes."""
    pairs = value if isinstance(value, list) else []
    if isinstance(value, str) and (not words or value in words):
        return value
    if not pairs or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise ValueError(
            f"write {', '.join(words or ['en-xx', 'all-pairs'])} or pairs as [[eng, deu], [eng, tel]], not {value!r}"
        )
    return [tuple(_languages([str(code) for code in pair]) or ()) for pair in pairs]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    @field_validator("languages", "priority", mode="after", check_fields=False)
    @classmethod
    def _canonical(cls, codes: list[str] | None) -> list[str] | None:
        return _languages(codes)


class LoraSettings(_Part):
    """Train low-rank updates instead of all weights; merged into them at the end (needs the ``peft`` extra)."""

    rank: Annotated[int, Field(gt=0)] = 16
    alpha: Annotated[int, Field(gt=0)] = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    targets: str | list[str] = "all-linear"


class StudentSettings(_Part):
    """The encoder that is trained: a model by name or folder, or a student made from the training corpus."""

    model: str | None = None
    kind: Literal["static", "transformer"] | None = None
    pooling: Literal["mean", "cls", "max"] | None = None
    max_length: Annotated[int, Field(gt=1)] | None = None
    prefix: str = ""
    normalise: bool = True
    vocabulary: Annotated[int, Field(gt=0)] | None = None
    dimension: Annotated[int, Field(gt=0)] = 256
    initialise: Literal["lsi", "random"] = "lsi"
    initialise_from: str | None = None
    layers: Annotated[int, Field(gt=0)] = 4
    heads: Annotated[int, Field(gt=0)] = 4
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    lora: LoraSettings | None = None
    head: str | None = None
    language_embedding: bool = False
    trust_remote_code: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> "StudentSettings":
        if (self.model is None) == (self.kind is None):
            raise ValueError("give either model (a name or folder) or kind (static, transformer), not both or neither")
        if self.lora is not None and self.model is None:
            raise ValueError("lora updates a trained model; name one as model, not kind")
        return self


class CorpusSettings(_Part):
    """Rows from one source: a catalog name or a path; a row of weight 3 is drawn three times as often as one of 1."""

    data: str
    weight: Annotated[float, Field(gt=0)] = 1.0
    split: str | None = "train"
    dev: Annotated[float, Field(ge=0, lt=1)] = 0.0
    test: Annotated[float, Field(ge=0, lt=1)] = 0.0
    languages: list[str] | None = None
    where: dict[str, str | int | float | bool | list[str | int | float | bool]] = Field(default_factory=dict)
    max_rows: Annotated[int, Field(gt=0)] | None = None


class MixingSettings(_Part):
    """How much of several sources is drawn: a share in proportion to ``weight * rows ** (1 / temperature)``."""

    temperature: Annotated[float, Field(ge=1)] = 1.0


class TeacherSettings(_Part):
    """A frozen encoder whose vectors are labels or targets."""

    model: str
    pooling: Literal["mean", "cls", "max"] | None = None
    prefix: str = ""
    max_length: Annotated[int, Field(gt=1)] | None = None
    languages: list[str] | None = None


class LinkSettings(_Part):
    """Which words of the rows translate each other: a folder that ``interlingua align`` made, or an aligner to run."""

    folder: str | list[str] | None = None
    aligner: AlignerName | None = None
    model: str | None = None
    matcher: MatcherName = "argmax"
    layer: int | None = None
    unit: Literal["word", "subword"] = "subword"
    pairs: str | list[tuple[str, str]] = "en-xx"
    minimum: float = 0.0

    @field_validator("pairs", mode="before")
    @classmethod
    def _language_pairs(cls, pairs: Any) -> Any:
        return _pairs(pairs)

    @model_validator(mode="after")
    def _one_of_two(self) -> "LinkSettings":
        if (self.folder is None) == (self.aligner is None):
            raise ValueError("give either folder (made by `interlingua align`) or aligner, not both or neither")
        if self.aligner in ("encoder", "wspalign") and self.model is None:
            raise ValueError(f"the aligner {self.aligner} needs a model: a folder or a name on the hub")
        return self


class ObjectiveSettings(BaseModel):
    """One term: a preset of `interlingua.objectives.presets`, its weight, and the preset's own settings."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())
    preset: str
    weight: float = 1.0

    @property
    def settings(self) -> dict[str, Any]:
        """The preset's own settings."""
        return dict(self.__pydantic_extra__ or {})


class BatchSettings(_Part):
    """Which cells meet; see `interlingua.training.BatchPlan`."""

    rows: Annotated[int, Field(gt=1)] = 64
    sets: Literal["n-way", "en-xx", "all-pairs", "cells", "twins"] | list[tuple[str, str]] = "n-way"
    center: str = "eng_Latn"
    mixed: bool = False
    draw: Literal["all", "epoch", "fixed"] = "all"
    temperature: Annotated[float, Field(ge=1)] = 1.0
    sub_batch: Annotated[int, Field(gt=0)] = 32
    gradient_cache: bool = False

    @field_validator("sets", mode="before")
    @classmethod
    def _sets(cls, sets: Any) -> Any:
        return _pairs(sets, ("n-way", "en-xx", "all-pairs", "cells", "twins"))

    @field_validator("center", mode="after")
    @classmethod
    def _center(cls, code: str) -> str:
        return (_languages([code]) or [code])[0]


class TrainingSettings(_Part):
    """Optimisation."""

    steps: Annotated[int, Field(gt=0)] | None = None
    epochs: Annotated[float, Field(gt=0)] | None = None
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    schedule: Literal["linear", "constant", "cosine"] = "linear"
    warmup: Annotated[float, Field(ge=0)] = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    clip: Annotated[float, Field(ge=0)] = 1.0
    accumulation: Annotated[int, Field(gt=0)] = 1
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    gradient_checkpointing: bool = False
    mlp: bool = False
    seed: int = 1
    threads: Annotated[int, Field(gt=0)] | None = None
    log_every: Annotated[int, Field(gt=0)] = 50
    evaluate_every: Annotated[int, Field(gt=0)] | None = None
    patience: Annotated[int, Field(gt=0)] | None = None
    save_every: Annotated[int, Field(gt=0)] | None = None
    keep: Annotated[int, Field(gt=0)] = 2
    report_to: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _length(self) -> "TrainingSettings":
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give either steps or epochs, not both or neither")
        if self.patience is not None and self.evaluate_every is None:
            raise ValueError("patience needs evaluate_every: early stopping looks at dev scores")
        return self


class TaskSettings(BaseModel):
    """One task: its name, its data, what all tasks know, and the task's own settings."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    task: str = "retrieval"
    data: str | None = None
    name: str | None = None
    split: str | None = "test"
    languages: list[str] | None = None

    @field_validator("languages", mode="after")
    @classmethod
    def _canonical(cls, codes: list[str] | None) -> list[str] | None:
        return _languages(codes)

    @model_validator(mode="after")
    def _known(self) -> "TaskSettings":
        extra = self.model_extra if self.model_extra is not None else {}
        if "pairs" in extra:
            extra["pairs"] = _pairs(parse_pairs(extra["pairs"]))
        try:
            check_task(self.task, self.asked())
        except EvaluationError as error:
            raise ValueError(str(error)) from error
        return self

    def asked(self) -> dict[str, Any]:
        """Return the settings that the task gets."""
        common = {"name": self.name, "languages": self.languages}
        given = {key: value for key, value in {**common, **(self.model_extra or {})}.items() if value is not None}
        if self.split is not None and ("split" in self.model_fields_set or "split" in task_settings(self.task)):
            given["split"] = self.split
        return given


class EvaluationSettings(_Part):
    """What is measured before, during (``dev``) and after training, and whether a report shows it."""

    dev: list[TaskSettings] = Field(default_factory=list)
    test: list[TaskSettings] = Field(default_factory=list)
    prefix: str = ""
    report: bool = True
    map: Literal["pca", "tsne"] = "pca"


class Recipe(_Part):
    """Everything a run depends on.

    Args:
        name: Of the run folder.
        about: One sentence.
        student: What is trained.
        corpus: What it is trained on.
        mixing: How much of several sources is drawn.
        decontaminate: Whether rows are left out whose texts encoders are tested on: by the catalog's evaluation sets,
            or those named here, and by the recipe's own evaluation.
        languages: Which languages of the corpus; None for all.
        priority: Languages from highest to lowest priority; decides the order of views, and whose teacher vector
            labels a row.
        teacher: Whose vectors soft labels and distillation need.
        links: The word links that objectives on words need.
        objective: One term or several that are added.
        batches, training, evaluation: See there.
        readings: What a paper says, what was chosen where it is silent or contradicts its code, and why.
    """

    name: str
    about: str = ""
    student: StudentSettings
    corpus: Annotated[list[CorpusSettings], Field(min_length=1)]
    mixing: MixingSettings = Field(default_factory=MixingSettings)
    decontaminate: bool | list[str] = True
    languages: list[str] | None = None
    priority: list[str] = Field(default_factory=lambda: ["eng_Latn"])
    teacher: TeacherSettings | None = None
    links: LinkSettings | None = None
    objective: Annotated[list[ObjectiveSettings], Field(min_length=1)]
    batches: BatchSettings = Field(default_factory=BatchSettings)
    training: TrainingSettings
    evaluation: EvaluationSettings = Field(default_factory=EvaluationSettings)
    readings: dict[str, str] = Field(default_factory=dict)

    @field_validator("corpus", mode="before")
    @classmethod
    def _sources(cls, value: Any) -> Any:
        many = value if isinstance(value, list) else [value]
        return [{"data": one} if isinstance(one, str) else one for one in many]

    @field_validator("objective", mode="before")
    @classmethod
    def _terms(cls, value: Any) -> Any:
        many = value if isinstance(value, list) else [value]
        return [{"preset": one} if isinstance(one, str) else one for one in many]

    @model_validator(mode="after")
    def _dev(self) -> "Recipe":
        if self.training.evaluate_every is not None and not self.evaluation.dev:
            raise ValueError("training.evaluate_every needs a task in evaluation.dev to choose the best checkpoint by")
        return self

    def as_yaml(self) -> str:
        """Return the recipe with every default written out."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)
