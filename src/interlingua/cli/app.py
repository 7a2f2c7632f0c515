"""The command line: ``interlingua VERB``, one thin file a verb. Nothing heavy is imported before a verb runs."""

import logging
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from interlingua import __version__
from interlingua.cli import align, corpus, doctor, encode, evaluate, recipes, report, train
from interlingua.cli.interrupting import interrupted
from interlingua.errors import InterlinguaError

__all__ = ["app", "main"]

_INTERRUPTED = 130
"""What typer ends with."""


class _Verbs(TyperGroup):
    """Says what is wrong with an option in plain words."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from pydantic import ValidationError

            from interlingua.explaining import explained

            if isinstance(error.__cause__, ValidationError):
                error.message = explained(error.__cause__)
            raise


app = typer.Typer(
    name="interlingua",
    cls=_Verbs,
    help="Make sentence encoders agree across languages; measure and show that agreement.",
    epilog="Errors and progress go to stderr, data to stdout. Exit codes: 0 done, 2 wrong input, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(doctor.doctor)
app.command()(encode.encode)
app.command()(align.align)
app.command()(report.report)
app.add_typer(corpus.app, name="corpus")
app.add_typer(recipes.app, name="recipes")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"interlingua {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more, to stderr.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Make sentence encoders agree across languages; measure and show that agreement."""
    logger = logging.getLogger("interlingua")
    logger.handlers = [logging.StreamHandler(sys.stderr)]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    if not verbose:
        _quieten()


def _quieten() -> None:
    """Let the model libraries speak of errors only; two of them ask these variables when they are imported."""
    for variable in ("TRANSFORMERS_VERBOSITY", "HF_HUB_VERBOSITY"):
        os.environ.setdefault(variable, "error")
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def main(argv: list[str] | None = None) -> int:
    """Run a command line and return its exit code.

    An error that interlingua raises on purpose becomes one line on stderr, its notes become hints; others keep their
    traceback. An interruption becomes a line too, which says what is left.

    Args:
        argv: The words after ``interlingua``; those of the process unless given.

    Returns:
        0 done, 2 wrong input, 130 interrupted.

    Example:
        >>> main(["--version"])
        interlingua 0.1.0
        0
    """
    try:
        app(args=argv, prog_name="interlingua")
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            typer.echo(interrupted(sys.argv[1:] if argv is None else argv), err=True)
        return end.code if isinstance(end.code, int) else 0
    except InterlinguaError as error:
        typer.echo(f"error: {error}", err=True)
        for hint in getattr(error, "__notes__", ()):
            typer.echo(f"hint: {hint}", err=True)
        return 2
    return 0
