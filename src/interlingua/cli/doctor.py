"""``interlingua doctor``: what is wrong with an encoder, and what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.options import MaxLength, Pooling, Prefix, comma_separated

if TYPE_CHECKING:
    from interlingua.corpus import Corpus, ScoredPairs

__all__ = ["doctor"]


def doctor(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="Folder, hub name, vectors:FOLDER or module:factory.", show_default=False),
    ],
    *,
    data: Annotated[str, typer.Option("--data", "-d", help="Rows to examine it on: a named set, file or folder.")],
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="The encoder that training began with: what was forgotten?")
    ] = None,
    teacher: Annotated[
        str | None, typer.Option("--teacher", help="The encoder that it learns from: do lengths of vectors fit?")
    ] = None,
    train: Annotated[
        list[str] | None,
        typer.Option("--train", help="What it was trained on, to look for rows of DATA in; may be given again."),
    ] = None,
    train_split: Annotated[
        str | None,
        typer.Option("--train-split", help="Only this split of what --train names; train where it has splits."),
    ] = None,
    sts: Annotated[
        str | None,
        typer.Option("--sts", help="Pairs with scores, for --base: stsb, jsts; stsb if it is there unless given."),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(help="en-xx or all-pairs. Unless given: all pairs of up to 12 languages, else en-xx."),
    ] = None,
    max_rows: Annotated[int, typer.Option(min=2, help="Rows that are encoded, spread over DATA.")] = 1000,
    pooling: Pooling = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print advice and all numbers as JSON.")] = False,
) -> None:
    """Examine an encoder on parallel rows: what is wrong with it or with the rows, and what to do, the worst first.

    Example: interlingua doctor runs/first/model -d ntrex --split dev -l en,de,te
    """
    import json

    corpus = _rows(data, comma_separated(languages), split)
    trained_on = [_trained_on(name, train_split) for name in train or ()]
    pairs_with_scores = _scored(sts, corpus) if base else []

    from interlingua.encoder import load_encoder
    from interlingua.evaluation import examine

    diagnosis = examine(
        load_encoder(model, pooling=pooling, max_length=max_length, prefix=prefix),
        corpus,
        base=load_encoder(base) if base else None,
        teacher=load_encoder(teacher) if teacher else None,
        train=trained_on,
        similarity=pairs_with_scores,
        pairs=pairs,
        max_rows=max_rows,
    )
    typer.echo(json.dumps(diagnosis.as_dict(), ensure_ascii=False, indent=2) if as_json else str(diagnosis))


def _rows(name: str, languages: list[str] | None, split: str | None) -> "Corpus":
    from interlingua.corpus import open_corpus

    return open_corpus(name).select(languages=languages, split=split, min_cells=1)


def _trained_on(name: str, split: str | None) -> "Corpus":
    from interlingua.corpus import open_corpus

    corpus = open_corpus(name)
    return corpus.select(split=split or ("train" if corpus.has_splits else None), min_cells=1)


def _scored(name: str | None, corpus: "Corpus") -> "list[ScoredPairs]":
    """The dev pairs of every language that both have; none where the usual set is not at hand."""
    from interlingua.corpus import catalog, open_corpus, open_scored_pairs
    from interlingua.errors import CorpusError

    wanted = name or "stsb"
    try:
        catalog.locate(wanted)
    except CorpusError:
        if name is None:
            return []
        raise
    known = [language for language in open_corpus(wanted).languages if language in corpus.languages]
    return [open_scored_pairs(wanted, source=language, target=language, split="dev") for language in known]
