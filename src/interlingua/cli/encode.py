"""``interlingua encode``: vectors of every text of a corpus, into a folder that is an encoder again."""

from pathlib import Path
from typing import Annotated

import typer

from interlingua.cli.options import MaxLength, Pooling, Prefix, comma_separated

__all__ = ["encode"]


def encode(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="Folder, hub name, vectors:FOLDER or module:factory.", show_default=False),
    ],
    *,
    data: Annotated[list[str], typer.Option("--data", "-d", help="A named set, file or folder; may be given again.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the vectors; texts in it are not redone.")],
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    pooling: Pooling = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Texts encoded at once.")] = 64,
    float32: Annotated[bool, typer.Option("--float32", help="Keep full precision, in twice the space.")] = False,
) -> None:
    """Encode every text of a corpus once; prints the folder, which ``vectors:FOLDER`` reads as an encoder.

    Example: interlingua encode runs/first/model -d ntrex -o vectors
    """
    from interlingua.corpus import open_corpus
    from interlingua.encoder import VectorStore, load_encoder

    only = comma_separated(languages)
    corpora = [open_corpus(name).select(languages=only, split=split, min_cells=1) for name in data]
    encoder = load_encoder(model, pooling=pooling, max_length=max_length, prefix=prefix, batch_size=batch_size)
    store = VectorStore(output, dtype="float32" if float32 else "float16")
    for corpus in corpora:
        for language in corpus.languages:
            store.encode(encoder, [text for text in corpus.texts(language) if text is not None])
    typer.echo(store.vectors(encoder).folder)
