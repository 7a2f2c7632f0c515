"""What was fetched, from where, and its checksum: ``downloads.json`` beside the data."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from interlingua.atomic import write_text
from interlingua.errors import FormatError

__all__ = ["DownloadRecord", "Fetched"]

_NAME = "downloads.json"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched.

    Args:
        sha256: Its checksum.
        bytes: Its size.
        date: When, as ``2026-05-31``.
    """

    sha256: str
    bytes: int
    date: str


class DownloadRecord:
    """The checksums of first use: what is fetched again must be the same.

    Args:
        root: The data folder.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / _NAME
        self._lock = root / ".downloads" / "record.lock"

    def known(self, url: str) -> Fetched | None:
        """Return what is known of an address; None if nothing was fetched from it.

        Raises:
            FormatError: The file is damaged.
        """
        return self._read().get(url)

    def add(self, url: str, *, sha256: str, size: int) -> None:
        """Note what came from an address.

        Raises:
            FormatError: The file is damaged.
            OutputError: It cannot be written.
        """
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._lock):
            entries = self._read()
            entries[url] = Fetched(sha256, size, datetime.now(UTC).date().isoformat())
            content = {address: asdict(entry) for address, entry in sorted(entries.items())}
            write_text(self.path, json.dumps(content, indent=2) + "\n")

    def _read(self) -> dict[str, Fetched]:
        if not self.path.is_file():
            return {}
        try:
            entries = json.loads(self.path.read_text(encoding="utf-8"))
            return {url: Fetched(**entry) for url, entry in entries.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise FormatError(
                f"is damaged ({error}); delete it, and checksums are learnt anew", path=self.path
            ) from error
