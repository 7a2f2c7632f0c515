"""The rows that a recipe names: opened, split, without what is tested on, joined where there are several sources."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from interlingua.corpus import Corpus, open_with_splits, write_corpus
from interlingua.corpus.decontamination import Overlap, find_overlap
from interlingua.corpus.evaluation_texts import EvaluationSet, EvaluationTexts, evaluation_sets
from interlingua.corpus.provenance import CELL_SOURCE
from interlingua.corpus.source_names import named_apart
from interlingua.errors import CorpusError, InterlinguaError
from interlingua.evaluation.task_texts import task_texts
from interlingua.languages import without_variant
from interlingua.training.settings import CorpusSettings, Recipe
from interlingua.training.wanted import check_languages
from interlingua.types import Row, Task

__all__ = ["Share", "TrainingRows", "check_recipe_languages", "make_rows"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one source gives.

    Args:
        name: The source.
        rows: Its rows; none where all are left out because encoders are tested on them.
        weight: How often a row of it is drawn, against the other sources' rows.
        share: Its share of all rows drawn, 0 to 1.
    """

    name: str
    rows: int
    weight: float
    share: float


@dataclass(frozen=True)
class TrainingRows:
    """What a recipe trains on.

    Args:
        corpus: The rows.
        shares: What each source gives.
        overlap: What was left out because encoders are tested on it; None where nothing was compared.
    """

    corpus: Corpus
    shares: tuple[Share, ...]
    overlap: Overlap | None


@dataclass(frozen=True)
class _View:
    """The rows of one source that are used; none where it is left out whole."""

    corpus: Corpus
    settings: CorpusSettings
    left_out: bool = False

    @property
    def rows(self) -> int:
        if self.left_out:
            return 0
        return min(len(self.corpus), self.settings.max_rows or len(self.corpus))


def make_rows(recipe: Recipe, folder: Path, tasks: Sequence[Task] = ()) -> TrainingRows:
    """Open the training rows; several sources are joined, one after the other.

    Args:
        recipe: The recipe.
        folder: Where joined rows are written, and the hashes of evaluation texts: a run that goes on finds them there,
            and so leaves out the same rows.
        tasks: What the recipe is measured on.

    Raises:
        CorpusError: No row is left, or a language that the recipe names is in none of the sources.
    """
    sources = [_training_rows(source) for source in recipe.corpus]
    ranked = _ranked(recipe, sources)
    least = 1 if recipe.batches.sets in ("cells", "twins") else 2  # texts by themselves need no translation
    views = [
        _View(corpus.select([code for code in ranked if code in corpus.languages], min_cells=least), settings)
        for corpus, settings in zip(sources, recipe.corpus, strict=True)
        if len(set(corpus.languages) & set(ranked)) >= least
    ]
    if not views:
        count = "one" if least == 1 else "two"
        raise CorpusError(f"{recipe.name}: no corpus has {count} of the languages {', '.join(ranked)}")
    overlap = None
    if recipe.decontaminate is not False:
        views, overlap = _untested(recipe, views, _tests(recipe, tasks, ranked, folder / "evaluation-texts.npz"))
    shares = _shares(recipe, views)
    used = [view for view in views if not view.left_out]
    if len(used) == 1 and used[0].settings.max_rows is None:
        return TrainingRows(used[0].corpus, shares, overlap)
    joined = write_corpus(_chain(views, shares), folder / "corpus", overwrite=True)
    return TrainingRows(joined.select(ranked, min_cells=least), shares, overlap)


def check_recipe_languages(recipe: Recipe) -> None:
    """Make sure that the corpora of a recipe have its languages; corpora that cannot be opened are passed over.

    Raises:
        CorpusError: One is in none of them.
    """
    try:
        sources = [_training_rows(source) for source in recipe.corpus]
    except InterlinguaError:
        return
    _ranked(recipe, sources)


def _ranked(recipe: Recipe, sources: Sequence[Corpus]) -> list[str]:
    """Return the languages of a recipe, those of high priority first."""
    found = list(dict.fromkeys(language for corpus in sources for language in corpus.languages))
    wanted = recipe.languages or found
    check_languages(wanted, found, recipe=recipe.name)
    ranked = [code for code in recipe.priority if code in wanted]
    return ranked + [code for code in wanted if code not in ranked]


def _training_rows(source: CorpusSettings) -> Corpus:
    corpus = open_with_splits(
        source.data, languages=source.languages, split=source.split, dev=source.dev, test=source.test
    )
    if source.where:
        corpus = corpus.select(where=source.where, min_cells=1)
    if source.split is None:
        return corpus
    if corpus.has_splits:
        return corpus.select(split=source.split)
    logger.warning("%s has no splits: all of its rows are used for training", source.data)
    return corpus


def _tests(recipe: Recipe, tasks: Sequence[Task], languages: Sequence[str], path: Path) -> EvaluationTexts:
    """Return the texts that the recipe leaves out of training."""
    if path.is_file():
        return EvaluationTexts.load(path)
    named = recipe.decontaminate if isinstance(recipe.decontaminate, list) else None
    known = evaluation_sets(named, languages=languages)
    own, missing = [], list(known.missing)
    plain = set(map(without_variant, languages))
    for task in tasks:
        columns = task_texts(task)
        if columns is None:
            missing.append(task.name)
        else:
            own.append(EvaluationSet.of(task.name, (one for one in columns if without_variant(one[0]) in plain)))
    tests = EvaluationTexts((*known.sets, *own), tuple(missing))
    tests.save(path)
    return tests


def _untested(recipe: Recipe, views: Sequence[_View], tests: EvaluationTexts) -> tuple[list[_View], Overlap]:
    """Return the rows without those that overlap with tests, and what overlapped."""
    total, left = Overlap(missing=tests.missing), list[_View]()
    for view in views:
        overlap = find_overlap(view.corpus, tests)
        total.add(overlap)
        if overlap.dropped < overlap.rows:
            left.append(_View(overlap.without(view.corpus), view.settings))
        else:
            logger.warning("%s is left out whole: %s", view.settings.data, overlap)
            left.append(replace(view, left_out=True))
    logger.info("%s", total)
    if all(view.left_out for view in left):
        raise CorpusError(
            f"{recipe.name}: no row is left to train on, since {total}; train on other rows, or allow it with "
            "`decontaminate: false`, or name the sets that count (`decontaminate: [ntrex, tatoeba]`)"
        )
    return left, total


def _shares(recipe: Recipe, views: Sequence[_View]) -> tuple[Share, ...]:
    r"""Return the sources' shares, :math:`w_c n_c^{1/T}` over their sum."""
    temperature = recipe.mixing.temperature
    parts = [view.settings.weight * view.rows ** (1 / temperature) for view in views]
    return tuple(
        Share(name=title, rows=view.rows, weight=part / max(view.rows, 1), share=part / sum(parts))
        for view, part, title in zip(views, parts, _titles(views), strict=True)
    )


def _titles(views: Sequence[_View]) -> list[str]:
    """Return the names of corpora; of two that share one, those by which sources are told apart."""
    places: dict[str, set[str]] = {}
    for view in views:
        places.setdefault(view.corpus.name, set()).add(view.settings.data)
    names = [record.source for record in named_apart([view.settings.data for view in views])]
    return [
        name if len(places[view.corpus.name]) > 1 else view.corpus.name for view, name in zip(views, names, strict=True)
    ]


def _chain(views: Sequence[_View], shares: Sequence[Share]) -> Iterator[Row]:
    records = named_apart([view.settings.data for view in views])
    for view, share, record in zip(views, shares, records, strict=True):
        if view.left_out:
            continue
        for number, row in enumerate(islice(view.corpus.rows(), view.settings.max_rows)):
            cells = {key: value for key, value in row.meta.items() if key.startswith(CELL_SOURCE)}
            origin = {"_id": f"{share.name}:{row.meta.get('_id', number)}", "_weight": share.weight}
            yield Row(row.texts, {**origin, "_source": row.meta.get("_source", record.source), **cells})
