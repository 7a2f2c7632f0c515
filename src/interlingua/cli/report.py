"""``interlingua report``: run folders in, one page out."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report"]


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Run folders; the others are compared with the first.", show_default=False),
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The page; report.html in the folder of a single run, else here, unless given.",
            show_default=False,
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write the scores as CSV too, for a spreadsheet.", show_default=False)
    ] = None,
) -> None:
    """Show what runs gave on one page: one run before and after training, or several side by side.

    Example: interlingua report runs/first runs/second -o both.html
    """
    from interlingua.report import write_report

    typer.echo(write_report(runs, output, csv=csv))
