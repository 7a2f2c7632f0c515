"""Every error raised on purpose, as a tree.

::

    InterlinguaError
    ├── LanguageError      a code nobody knows, or two columns that mean one language
    ├── CorpusError        rows: a missing column, an empty corpus, an unknown set
    │   └── FormatError    a file that is not what it should be: carries path and line
    ├── EncoderError       a model that does not load, or vectors that do not fit
    ├── AlignmentError     words: links beyond them, an aligner that is missing or fails
    ├── MiningError        vectors that cannot be searched, or a margin that is not defined on them
    ├── ObjectiveError     a batch or setting for which an objective is not defined
    ├── EvaluationError    a task that cannot be scored
    ├── RecipeError        a recipe that cannot be run as written
    ├── TrainingError      a run that went wrong: NaN loss, a checkpoint that does not fit
    └── OutputError        a place that cannot be written, or already holds something

A message says what is wrong, where, and what to do now.
"""

from pathlib import Path

__all__ = [
    "AlignmentError",
    "CorpusError",
    "EncoderError",
    "EvaluationError",
    "FormatError",
    "InterlinguaError",
    "LanguageError",
    "MiningError",
    "ObjectiveError",
    "OutputError",
    "RecipeError",
    "TrainingError",
]


class InterlinguaError(Exception):
    """The root: catch this to catch every error that interlingua raises on purpose."""


class LanguageError(InterlinguaError):
    """A language code that nobody knows, or two columns that mean the same language."""


class CorpusError(InterlinguaError):
    """Rows that are missing, empty or contradictory."""


class FormatError(CorpusError):
    """A file that is not what it should be.

    Args:
        message: What is wrong and what to do about it.
        path: The file.
        line: Line number from 1, where known.

    Example:
        >>> str(FormatError("the line is not UTF-8", path="a.en", line=7))
        'a.en, line 7: the line is not UTF-8'
    """

    def __init__(self, message: str, *, path: str | Path, line: int | None = None) -> None:
        self.path = Path(path)
        self.line = line
        where = str(path) if line is None else f"{path}, line {line:,}"
        super().__init__(f"{where}: {message}")


class EncoderError(InterlinguaError):
    """A model that does not load, or vectors that do not fit."""


class AlignmentError(InterlinguaError):
    """Links that do not fit their words, or an aligner that is missing or fails."""


class MiningError(InterlinguaError):
    """Vectors that cannot be searched, or a margin that is not defined on them."""


class ObjectiveError(InterlinguaError):
    """A batch or a setting for which an objective is not defined."""


class EvaluationError(InterlinguaError):
    """A task that cannot be scored."""


class RecipeError(InterlinguaError):
    """A recipe that cannot be run as it is written."""


class TrainingError(InterlinguaError):
    """A run that went wrong."""


class OutputError(InterlinguaError):
    """A place that cannot be written, or that already holds something."""
