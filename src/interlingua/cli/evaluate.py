"""``interlingua evaluate``: ask tasks of an encoder, on named sets or one's own files."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlingua.cli.options import MaxLength, Pooling, Prefix
from interlingua.cli.scores import print_scores
from interlingua.errors import EvaluationError

if TYPE_CHECKING:
    from interlingua.types import Task

__all__ = ["evaluate"]


class TaskName(StrEnum):
    """The tasks."""

    RETRIEVAL = "retrieval"
    STS = "sts"


class Match(StrEnum):
    """What counts as found."""

    TEXT = "text"
    INDEX = "index"


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A SentenceTransformer folder or name, vectors:FOLDER, module:factory, or a transformers folder.",
        ),
    ],
    *,
    data: Annotated[list[str], typer.Option("--data", "-d", help="A named set, file or folder; may be given again.")],
    task: Annotated[
        TaskName, typer.Option(help="Find translations, or rank pairs by similarity.")
    ] = TaskName.RETRIEVAL,
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            help="en-xx, all-pairs, or pairs such as en:de,fr:te. Unless given: en-xx for retrieval, every language "
            "with itself for sts."
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    match: Annotated[Match, typer.Option(help="Found is an equal text, or the same row.")] = Match.TEXT,
    max_rows: Annotated[int | None, typer.Option(min=2, help="Use the first rows of every pair only.")] = None,
    pooling: Pooling = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Measure an encoder: translation retrieval in both directions, or semantic textual similarity.

    Example: interlingua evaluate runs/first/model -d ntrex --split dev -l en,de,te
    """
    only = None if languages is None else _comma_separated(languages)
    wanted = pairs if pairs is None or ":" not in pairs else [_two(pair) for pair in _comma_separated(pairs)]
    tasks: list[Task]
    if task is TaskName.RETRIEVAL:
        settings: dict[str, Any] = {"match": match.value, "split": split, "max_rows": max_rows}
        tasks = [_retrieval(name, only, wanted or "en-xx", settings) for name in data]
    elif max_rows is not None or match is not Match.TEXT:
        raise EvaluationError("--max-rows and --match belong to --task retrieval; leave them out")
    else:
        tasks = [_similarity(name, only, wanted, split) for name in data]

    from interlingua.encoder import load_encoder
    from interlingua.evaluation import evaluate, scores_to_json

    typer.echo(f"{model}: {', '.join(one.name for one in tasks)}", err=True)
    scores = evaluate(load_encoder(model, pooling=pooling, max_length=max_length, prefix=prefix), tasks)
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


def _comma_separated(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _two(pair: str) -> tuple[str, str]:
    first, _, second = pair.partition(":")
    return first.strip(), second.strip()
