"""``interlingua corpus VERB``: from the files people have to clean n-way rows; one thin file a verb."""

import typer

from interlingua.cli.corpus.building import build
from interlingua.cli.corpus.cleaning import clean
from interlingua.cli.corpus.counting import stats
from interlingua.cli.corpus.exporting import card, export
from interlingua.cli.corpus.getting import get
from interlingua.cli.corpus.joining import join
from interlingua.cli.corpus.looking import peek
from interlingua.cli.corpus.overlapping import overlap
from interlingua.cli.corpus.splitting import split_rows
from interlingua.cli.corpus.translating import translate

__all__ = ["app"]

app = typer.Typer(
    name="corpus",
    help="Build, count, split and look at corpora: rows of one meaning, a column per language.",
    epilog="A DATA argument is a set of the catalog (phrasebook, ntrex, tatoeba:tel), a file, or a folder.",
    no_args_is_help=True,
)
app.command()(build)
app.command()(join)
app.command()(stats)
app.command("split")(split_rows)
app.command()(peek)
app.command()(get)
app.command()(translate)
app.command()(clean)
app.command()(overlap)
app.command()(export)
app.command()(card)
