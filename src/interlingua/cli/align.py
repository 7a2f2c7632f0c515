"""``interlingua align``: which words of the rows of a corpus translate each other."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from interlingua.cli.options import AlignerName, MatcherName, MaxLength, Prefix, comma_separated
from interlingua.errors import AlignmentError, OutputError

if TYPE_CHECKING:
    from interlingua.corpus import Corpus
    from interlingua.types import Aligner, Links
    from interlingua.words import LinkFolder

__all__ = ["align"]


Symmetrisation: TypeAlias = Literal[
    "intersection", "union", "grow", "grow-diag", "grow-diag-final", "grow-diag-final-and", "forward", "reverse"
]
Format: TypeAlias = Literal["folder", "pharaoh"]
Segmentation: TypeAlias = Literal["unicode", "spaces"]

_OWNERS: dict[str, tuple[AlignerName, ...]] = {
    "model": ("encoder", "wspalign"),
    "matcher": ("encoder",),
    "layer": ("encoder",),
    "unit": ("encoder",),
    "max_length": ("encoder",),
    "prefix": ("encoder",),
    "batch_size": ("encoder", "wspalign"),
    "symmetrise": ("eflomal", "fast-align"),
}
"""Which aligners an option is for."""


def align(
    *,
    data: Annotated[
        list[str],
        typer.Option("--data", "-d", help="A named set, file or folder; for aligned lines: -d eng=a.en -d deu=a.de."),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of links, or file; pharaoh goes to stdout without it.")
    ] = None,
    aligner: Annotated[
        AlignerName, typer.Option(help="An encoder's states, a span model, a program that is installed, or places.")
    ] = "encoder",
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Folder or hub name, for encoder and wspalign.")
    ] = None,
    matcher: Annotated[
        MatcherName | None, typer.Option(help="For encoder: how similarities become links; argmax unless given.")
    ] = None,
    layer: Annotated[
        int | None, typer.Option(help="For encoder: the layer whose states are compared, from the end if negative.")
    ] = None,
    unit: Annotated[
        Literal["word", "subword"] | None,
        typer.Option(help="For encoder: compare words, or their subwords; subword unless given."),
    ] = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="For encoder and wspalign: texts or windows encoded at once.")
    ] = None,
    symmetrise: Annotated[
        Symmetrisation | None,
        typer.Option(
            help="For eflomal and fast-align: how both directions are joined; grow-diag-final-and if not given."
        ),
    ] = None,
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(help="en-xx, all-pairs, or pairs such as en:de,fr:te. Unless given: the two languages, or en-xx."),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    words: Annotated[
        Segmentation, typer.Option(help="Cut texts by the rules of Unicode, or at spaces only.")
    ] = "unicode",
    written: Annotated[
        Format, typer.Option("--format", help="A folder of links, or lines of one pair of languages.")
    ] = "folder",
    shard_rows: Annotated[int, typer.Option(min=1, help="Rows a shard of the folder.")] = 10_000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a folder that was begun the same way.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace links that are there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Find which words translate each other, in every row that has both languages.

    Example: interlingua align -d phrasebook -m runs/first/model -o links
    """
    options = _options(
        aligner,
        model=model,
        matcher=matcher,
        layer=layer,
        unit=unit,
        max_length=max_length,
        prefix=prefix,
        batch_size=batch_size,
        symmetrise=symmetrise,
    )
    to_lines = written == "pharaoh"
    _check_output(output, to_lines=to_lines, resume=resume, overwrite=overwrite, as_json=as_json)
    from interlingua.words import align_corpus, make_aligner

    corpus = _open(data, languages, split)
    wanted = _pairs(corpus, pairs)
    if to_lines:
        if len(wanted) > 1:
            several = ", ".join(f"{a}:{b}" for a, b in wanted)
            raise AlignmentError(f"lines hold one pair of languages, not {several}; choose one with --pairs")
        _write_lines(corpus, make_aligner(aligner, **options), wanted[0], words, output, as_json=as_json)
        return

    folder = align_corpus(
        corpus,
        make_aligner(aligner, **options),
        output or Path(),
        pairs=wanted,
        words=words,
        shard_rows=shard_rows,
        resume=resume,
        overwrite=overwrite,
        progress=sys.stderr.isatty(),
    )
    _tell(folder, as_json=as_json)


def _options(aligner: AlignerName, **options: Any) -> dict[str, Any]:
    """The options that were given, all of them for this aligner."""
    given = {option: value for option, value in options.items() if value is not None}
    for option in given:
        if aligner not in _OWNERS[option]:
            word = option.replace("_", "-")
            raise AlignmentError(f"--{word} is for --aligner {' or '.join(_OWNERS[option])}; leave it out")
    if aligner in _OWNERS["model"] and "model" not in given:
        raise AlignmentError(
            f"--aligner {aligner} needs a model: give -m FOLDER, or choose --aligner eflomal, fast-align or diagonal"
        )
    return given


def _check_output(output: Path | None, *, to_lines: bool, resume: bool, overwrite: bool, as_json: bool) -> None:
    if not to_lines:
        if output is None:
            raise OutputError("say where the links go: -o FOLDER, or --format pharaoh for lines on stdout")
        return
    if resume:
        raise OutputError("lines cannot be resumed; leave out --resume, or write a folder (--format folder)")
    if as_json and output is None:
        raise OutputError("--json tells what was written to a file; say where with -o, or leave it out")
    if output is not None and output.exists() and not (overwrite and output.is_file()):
        raise OutputError(f"{output} exists already; choose another place, or replace a file with --overwrite")


def _open(data: list[str], languages: str | None, split: str | None) -> "Corpus":
    from interlingua.corpus import open_corpus
    from interlingua.corpus.building import grouped

    sources = grouped(data)
    if len(sources) > 1:
        raise AlignmentError(
            f"links are of one corpus, not of {', '.join(sources)}; make one of them first: interlingua corpus build"
        )
    corpus = open_corpus(sources[0])
    # Rows without a pair stay: lines belong to the lines of DATA.
    return corpus.select(comma_separated(languages), split, min_cells=0)


def _pairs(corpus: "Corpus", pairs: str | None) -> list[tuple[str, str]]:
    from interlingua.evaluation.pairs import language_pairs, parse_pairs

    if pairs is None and len(corpus.languages) == 2:
        return [(corpus.languages[0], corpus.languages[1])]
    return language_pairs(parse_pairs(pairs or "en-xx"), corpus.languages, data=corpus.name)


def _write_lines(
    corpus: "Corpus",
    aligner: "Aligner",
    languages: tuple[str, str],
    words: Segmentation,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    from interlingua.types import Links
    from interlingua.words import align_rows, format_links, write_pharaoh

    counts = {"rows": 0, "links": 0}

    def links() -> "Iterator[Links]":
        nothing = Links([], [], [])  # type: ignore[arg-type]
        for _, found in align_rows(corpus, aligner, *languages, words=words):
            counts["rows"] += 1
            counts["links"] += len(found or ())
            yield nothing if found is None else found

    if output is None:
        for some in links():
            typer.echo(format_links(some))
        return
    write_pharaoh(output, links())
    facts = {"path": str(output), "languages": list(languages), **counts, "aligner": aligner.name}
    told = f"{output}: {counts['links']:,} links in {counts['rows']:,} lines of {'-'.join(languages)}"
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else told)


def _tell(folder: "LinkFolder", *, as_json: bool) -> None:
    from dataclasses import asdict

    card = folder.card
    counts = card.pairs or ()
    if as_json:
        facts = {"path": str(folder.path), "aligner": card.aligner[0], "corpus": card.corpus[0]}
        typer.echo(json.dumps(facts | {"pairs": [asdict(one) for one in counts]}, ensure_ascii=False))
        return
    for one in counts:
        typer.echo(f"{folder.path}: {'-'.join(one.languages)}: {one.links:,} links in {one.rows:,} sentence pairs")
