"""``interlingua corpus split``: train, dev and test."""

from pathlib import Path
from typing import Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Output, Overwrite, Rename, check_place, open_data, tell_written

__all__ = ["split_rows"]


def split_rows(
    data: Data,
    output: Output,
    dev: Annotated[float, typer.Option("--dev", help="Share of the rows for dev, 0 to 1.")] = 0.05,
    test: Annotated[float, typer.Option("--test", help="Share of the rows for test, 0 to 1.")] = 0.05,
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives other splits.")] = 0,
    rename: Rename = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Write a corpus with a _split column: by a hash of the English text, so a sentence always lands in one split."""
    from interlingua.corpus import write_corpus
    from interlingua.corpus.history import with_step
    from interlingua.corpus.source import inherited
    from interlingua.corpus.wording import counted

    check_place(output, overwrite=overwrite)
    corpus = open_data(data, None, None, rename, min_cells=0)
    had = sum(split is not None for split in corpus.values("_split")) if corpus.has_splits else 0
    facts = {"dev": dev, "test": test, "seed": seed, **({"rows_that_had_one": had} if had else {})}
    written = write_corpus(
        corpus.with_splits(dev=dev, test=test, seed=seed).rows(),
        output,
        card=with_step({"sources": [{"source": data}], **inherited(corpus.card)}, "split", facts),
        overwrite=overwrite,
    )
    if had:
        which = f"all {counted(had, 'row')}" if had == len(written) else f"{had:,} of {counted(len(written), 'row')}"
        advice = "; to split anew, add --rename _split=_old_split" if Path(data).exists() else ""
        typer.echo(f"{which} had a split already and kept it{advice}", err=True)
    tell_written(written, output, as_json=as_json)
