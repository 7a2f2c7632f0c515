"""``interlingua evaluate``: ask tasks of an encoder, on named sets or one's own files."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlingua.cli.options import MatcherName, MaxLength, Pooling, Prefix
from interlingua.cli.scores import print_scores
from interlingua.errors import EvaluationError

if TYPE_CHECKING:
    from interlingua.types import Aligner, Task

__all__ = ["evaluate"]


class TaskName(StrEnum):
    """The tasks."""

    RETRIEVAL = "retrieval"
    STS = "sts"
    WORDS = "words"
    WORD_RETRIEVAL = "word-retrieval"
    LEXICON = "lexicon"


class Match(StrEnum):
    """What counts as found."""

    TEXT = "text"
    INDEX = "index"


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A SentenceTransformer folder or name, vectors:FOLDER, module:factory, or a transformers folder. For "
            "words also an aligner: wspalign:FOLDER, eflomal, fast-align or diagonal.",
        ),
    ],
    *,
    data: Annotated[list[str], typer.Option("--data", "-d", help="A named set, file or folder; may be given again.")],
    task: Annotated[
        TaskName,
        typer.Option(help="Find translations, rank pairs by similarity, link words, or find words' translations."),
    ] = TaskName.RETRIEVAL,
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            help="en-xx, all-pairs, or pairs such as en:de,fr:te. Unless given: en-xx for retrieval, every language "
            "with itself for sts, all that DATA has for words."
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    match: Annotated[Match, typer.Option(help="Found is an equal text, or the same row.")] = Match.TEXT,
    max_rows: Annotated[int | None, typer.Option(min=2, help="Use the first rows of every pair only.")] = None,
    matcher: Annotated[
        MatcherName | None, typer.Option(help="For words: how similarities become links; argmax unless given.")
    ] = None,
    layer: Annotated[
        int | None,
        typer.Option(help="For words and word-retrieval: the layer whose states are used, from the end if negative."),
    ] = None,
    pooling: Pooling = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Measure an encoder: translation retrieval in both directions, similarity of texts, or its words.

    Example: interlingua evaluate runs/first/model -d ntrex --split dev -l en,de,te
    """
    only = None if languages is None else _comma_separated(languages)
    wanted = pairs if pairs is None or ":" not in pairs else [_two(pair) for pair in _comma_separated(pairs)]
    _check_options(task, match=match, max_rows=max_rows, matcher=matcher, layer=layer)
    tasks: list[Task]
    if task is TaskName.RETRIEVAL:
        settings: dict[str, Any] = {"match": match.value, "split": split, "max_rows": max_rows}
        tasks = [_retrieval(name, only, wanted or "en-xx", settings) for name in data]
    elif task is TaskName.STS:
        tasks = [_similarity(name, only, wanted, split) for name in data]
    else:
        how = {"matcher": matcher, "layer": layer, "max_rows": max_rows}
        tasks = [_words(task, name, only, wanted, split, how) for name in data]

    from interlingua.encoder import load_encoder
    from interlingua.evaluation import evaluate, scores_to_json

    typer.echo(f"{model}: {', '.join(one.name for one in tasks)}", err=True)
    aligner = _aligner(model) if task is TaskName.WORDS else None
    encoder_only = {"--pooling": pooling, "--max-length": max_length, "--prefix": prefix, "--matcher": matcher}
    if aligner and (given := [name for name, value in {**encoder_only, "--layer": layer}.items() if value is not None]):
        raise EvaluationError(f"{model} is an aligner, and {given[0]} is for encoders; leave it out")
    measured: Any = aligner or load_encoder(model, pooling=pooling, max_length=max_length, prefix=prefix)
    scores = evaluate(measured, tasks)
    if as_json:
        typer.echo(scores_to_json(scores=scores), nl=False)
    else:
        print_scores(scores)


def _retrieval(
    name: str, languages: list[str] | None, pairs: str | list[tuple[str, str]], settings: dict[str, Any]
) -> "Task":
    from interlingua.corpus import open_corpus
    from interlingua.evaluation import TranslationRetrieval

    corpus = open_corpus(name)
    return TranslationRetrieval(
        corpus if languages is None else corpus.select(languages=languages), pairs=pairs, **settings
    )


def _similarity(
    name: str, languages: list[str] | None, pairs: str | list[tuple[str, str]] | None, split: str | None
) -> "Task":
    from pathlib import Path

    from interlingua.corpus import catalog, open_corpus, open_scored_pairs
    from interlingua.evaluation import SemanticSimilarity, language_pairs

    if name not in catalog.names() and Path(name).is_file():
        if not isinstance(pairs, list):
            raise EvaluationError(f"{name}: say which languages its two sentences are in, as --pairs en:de or en:en")
        return SemanticSimilarity([open_scored_pairs(name, source=a, target=b, split=split) for a, b in pairs])
    corpus = open_corpus(name)
    known = (corpus if languages is None else corpus.select(languages=languages)).languages
    wanted = [(code, code) for code in known] if pairs is None else language_pairs(pairs, known, data=name)
    return SemanticSimilarity(
        [open_scored_pairs(name, source=source, target=target, split=split) for source, target in wanted]
    )


def _words(
    task: TaskName,
    name: str,
    languages: list[str] | None,
    pairs: str | list[tuple[str, str]] | None,
    split: str | None,
    how: dict[str, Any],
) -> "Task":
    from interlingua.evaluation import WordAlignment, WordRetrieval
    from interlingua.languages import canonical
    from interlingua.words import open_alignments

    if isinstance(pairs, str):
        raise EvaluationError(f"--pairs {pairs} is not for --task {task.value}; write pairs as en:de, or leave it out")
    linked = open_alignments(name, pairs=pairs, split=split)
    if languages is not None:
        known = {canonical(language) for language in languages}
        linked = [one for one in linked if known.issuperset(one.languages)]
    if task is TaskName.WORDS:
        return WordAlignment(linked, match=how["matcher"] or "argmax", layer=how["layer"])
    if task is TaskName.LEXICON:
        return WordRetrieval(linked, by="type")
    most = {} if how["max_rows"] is None else {"max_pairs": how["max_rows"]}
    return WordRetrieval(linked, layer=how["layer"], **most)


def _aligner(model: str) -> "Aligner | None":
    """The aligner that MODEL names, unless it names a folder."""
    from pathlib import Path

    from interlingua.words import make_aligner

    name, _, folder = model.partition(":")
    match name:
        case "wspalign":
            return make_aligner("wspalign", model=folder or None)
        case "diagonal" | "eflomal" | "fast-align" if not folder and not Path(name).exists():
            return make_aligner(name)
        case _:
            return None


def _check_options(
    task: TaskName, *, match: Match, max_rows: int | None, matcher: MatcherName | None, layer: int | None
) -> None:
    """Refuse options that are for another task."""
    given = {
        "--match": (match is not Match.TEXT, {TaskName.RETRIEVAL}),
        "--max-rows": (max_rows is not None, {TaskName.RETRIEVAL, TaskName.WORD_RETRIEVAL}),
        "--matcher": (matcher is not None, {TaskName.WORDS}),
        "--layer": (layer is not None, {TaskName.WORDS, TaskName.WORD_RETRIEVAL}),
    }
    for option, (used, tasks) in given.items():
        if used and task not in tasks:
            owners = " and ".join(sorted(one.value for one in tasks))
            raise EvaluationError(f"{option} is for --task {owners}; leave it out")


def _comma_separated(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _two(pair: str) -> tuple[str, str]:
    first, _, second = pair.partition(":")
    return first.strip(), second.strip()
