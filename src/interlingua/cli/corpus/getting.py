"""``interlingua corpus get``: sets from where they are published."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.corpus.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlingua.corpus.getting.offers import Offer

__all__ = ["get"]

_MARK = "NON-COMMERCIAL: "


def get(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Sets, opus:CORPUS/en-te, opus:CORPUS@version/en-te, dap, or dap:ka,te."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The data folder; $INTERLINGUA_DATA, else the user's cache, unless given."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Print what can be fetched, and fetch nothing.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print sizes and licences, and fetch nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    mirror: Annotated[
        list[str] | None,
        typer.Option("--mirror", help="OLD=NEW beginnings of addresses; may be given again. Else $INTERLINGUA_MIRROR."),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds to wait for a server that says nothing.")
    ] = 30.0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the fetched archives.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Fetch and replace what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch sets and put them where sets are looked for; sizes and licences are shown first."""
    from interlingua.corpus.getting.getting import obtain
    from interlingua.corpus.getting.offers import offers
    from interlingua.corpus.getting.web import Patience, Web, parse_mirrors
    from interlingua.corpus.named_sets import data_folder

    if listing:
        typer.echo(_listing(as_json=as_json))
        return
    if not names:
        raise typer.BadParameter("say what to fetch; --list shows what can be", param_hint="NAME")
    web = Web(mirrors=parse_mirrors(mirror) if mirror else None, patience=Patience(timeout=timeout))
    root = output or data_folder()
    found = offers(names, web=web, root=None if overwrite or plan else root)
    missing = [offer for offer in found if overwrite or not offer.lies_in(root)]
    if plan:
        typer.echo(json.dumps([_facts(offer) for offer in found], indent=2) if as_json else _table(found))
        return
    if missing and not yes:
        _ask(missing, root)
    progress = _Bar() if sys.stderr.isatty() else None
    places = [obtain(offer, root, web=web, overwrite=overwrite, keep=keep, progress=progress) for offer in found]
    facts = [{"name": offer.name, "path": str(place)} for offer, place in zip(found, places, strict=True)]
    typer.echo(json.dumps(facts) if as_json else "\n".join(f"{one['name']}: {one['path']}" for one in facts))


def _ask(found: "Sequence[Offer]", root: Path) -> None:
    from interlingua.errors import CorpusError

    typer.echo(_table(found), err=True)
    if not _somebody_is_there():
        raise CorpusError("nobody is there to agree to sizes and licences; read them above, and say --yes")
    if not typer.confirm(f"Fetch into {root}?", err=True):
        raise typer.Exit(2)


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()


def _table(found: "Sequence[Offer]") -> str:
    from interlingua.corpus.wording import human_size

    sizes = [human_size(offer.bytes) for offer in found]
    name, size = max(len(offer.name) for offer in found), max(map(len, sizes))
    lines = [
        f"{offer.name.ljust(name)}  {text.rjust(size)}  {_MARK if offer.non_commercial else ''}{offer.licence}"
        for offer, text in zip(found, sizes, strict=True)
    ]
    if len(found) > 1:
        known = [offer.bytes for offer in found if offer.bytes is not None]
        more = f", and {len(found) - len(known)} of unknown size" if len(known) < len(found) else ""
        lines.append(f"{len(found)} sets, {human_size(sum(known))}{more}")
    return "\n".join(lines)


def _facts(offer: "Offer") -> dict[str, object]:
    return {
        "name": offer.name,
        "title": offer.title,
        "licence": offer.licence,
        "non_commercial": offer.non_commercial,
        "bytes": offer.bytes,
        "urls": [file.url for file in offer.files],
    }


def _listing(*, as_json: bool) -> str:
    from interlingua.corpus.getting.downloads import OPUS, downloads, groups
    from interlingua.corpus.named_sets import info

    titles = {name: info(name).title for name in downloads()} | {name: one.title for name, one in groups().items()}
    titles[f"{OPUS}:CORPUS/en-te"] = "Any corpus and pair of languages of OPUS, its latest version"
    titles[f"{OPUS}:CORPUS@version/en-te"] = "That version of it"
    if as_json:
        return json.dumps(titles, ensure_ascii=False, indent=2)
    width = max(map(len, titles))
    return "\n".join(f"{name.ljust(width)}  {title}" for name, title in titles.items())


class _Bar:
    """Shows on stderr how far a file has come."""

    def __init__(self) -> None:
        self._name = ""

    def __call__(self, name: str, done: int, total: int | None) -> None:
        from tqdm import tqdm

        if name != self._name:
            self.close()
            self._name = name
            self._bar = tqdm(total=total, initial=0, unit="B", unit_scale=True, desc=name, leave=False)
        self._bar.update(done - self._bar.n)
        if done == total:
            self.close()

    def close(self) -> None:
        if self._name:
            self._bar.close()
            self._name = ""
