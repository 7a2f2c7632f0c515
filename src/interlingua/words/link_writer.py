"""LINKS -> A FOLDER: shard by shard, so that killed work goes on where it stopped."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from interlingua.errors import AlignmentError, OutputError
from interlingua.types import Links
from interlingua.words.link_shards import Languages, atomically, shard_name, shard_sizes, write_shard
from interlingua.words.links import LINKS_CARD, LinkCard, LinkFolder, PairCounts

__all__ = ["LinkWriter"]


class LinkWriter:
    """Writes a folder of links; a shard appears when it is complete, the counts of the card when all are there.

    Args:
        path: The folder; its parent is made where missing.
        card: What the links are of.
        resume: Go on with a folder that the same aligner, corpus, languages and settings began.
        overwrite: Delete a folder of links that is there, and begin anew.

    Raises:
        OutputError: The folder holds something else, or cannot be written.
    """

    def __init__(self, path: str | Path, card: LinkCard, *, resume: bool = False, overwrite: bool = False) -> None:
        if resume and overwrite:
            raise OutputError("resume goes on with a folder, overwrite deletes it; choose one of them")
        self.path = Path(path)
        self.card = card
        begun = _begun(self.path)
        if begun is not None and resume:
            self._check_same(begun)
            self.card = replace(begun, pairs=None)
            return
        if begun is not None and not overwrite:
            raise OutputError(
                f"{self.path} holds links already; go on with them (--resume), replace them (--overwrite), or choose "
                "another place"
            )
        self._begin(delete=begun is not None)

    def missing(self, languages: Languages, shards: int) -> list[int]:
        """Return the numbers of the shards that are not there yet, of so many."""
        return [number for number in range(shards) if not (self.path / shard_name(languages, number)).is_file()]

    def delete(self, languages: Languages, shards: int) -> None:
        """Delete the shards of a pair of languages, where some are missing and a part is no use."""
        for number in range(shards):
            (self.path / shard_name(languages, number)).unlink(missing_ok=True)

    def write(
        self,
        languages: Languages,
        number: int,
        ids: Sequence[str],
        links: Sequence[Links],
        texts: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        """Write one shard; ``texts`` are the hashes of source and target text of every row.

        Raises:
            OutputError: It cannot be written.
        """
        write_shard(self.path / shard_name(languages, number), languages, ids, links, texts)

    def finish(self, shards: Sequence[int]) -> LinkFolder:
        """Count, write the card, and open the folder.

        Args:
            shards: How many each pair of languages has.

        Raises:
            AlignmentError: A shard is missing or damaged.
            OutputError: The card cannot be written.
        """
        counts = []
        for languages, number in zip(self.card.languages, shards, strict=True):
            sizes = [shard_sizes(self.path / shard_name(languages, shard)) for shard in range(number)]
            rows, links = (sum(size[side] for size in sizes) for side in (0, 1))
            counts.append(PairCounts(languages=languages, rows=rows, links=links, shards=number))
        self.card = replace(self.card, pairs=tuple(counts))
        self._write_card()
        for left in self.path.glob(".*.parquet.*"):  # of work that was killed
            left.unlink(missing_ok=True)
        return LinkFolder(self.path, self.card)

    def _begin(self, *, delete: bool) -> None:
        try:
            if delete:
                aside = self.path.with_name(f".{self.path.name}.{uuid4().hex}")
                self.path.rename(aside)
                shutil.rmtree(aside)
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror or error}; choose another place") from error
        self._write_card()

    def _write_card(self) -> None:
        with atomically(self.path / LINKS_CARD) as temporary:
            temporary.write_text(self.card.to_json(), encoding="utf-8")

    def _check_same(self, begun: LinkCard) -> None:
        wanted = {
            "aligner": (begun.aligner[1], self.card.aligner[1]),
            "corpus": (begun.corpus[1], self.card.corpus[1]),
            "segmenter": (begun.segmenter, self.card.segmenter),
            "languages": (_written(begun.languages), _written(self.card.languages)),
            "shard_rows": (begun.shard_rows, self.card.shard_rows),
        }
        for name, (there, here) in wanted.items():
            if there != here:
                raise OutputError(
                    f"{self.path} was begun with another {name} ({there}, now {here}); resume with the same, replace "
                    "it (--overwrite), or choose another place"
                )


def _begun(path: Path) -> LinkCard | None:
    """The card of a folder of links that is there; None where nothing is."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return None
    if not (path / LINKS_CARD).is_file():
        raise OutputError(f"{path} is there and is no folder of links; it is not touched, choose another place")
    try:
        return LinkCard.read(path / LINKS_CARD)
    except AlignmentError as error:
        raise OutputError(f"{error}; it is not touched, choose another place") from error


def _written(pairs: Sequence[Languages]) -> str:
    return ", ".join(f"{a}-{b}" for a, b in pairs)
