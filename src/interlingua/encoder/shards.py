"""The vectors of one encoder on disk: shards that are there in full or not at all, memory-mapped."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias
from uuid import uuid4

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.encoder.unit import unit_rows
from interlingua.errors import EncoderError, OutputError
from interlingua.types import Vectors

__all__ = ["StoredVectors"]

_Keys: TypeAlias = NDArray[np.bytes_]
_MANIFEST = "manifest.json"
_FORMAT = 1


class StoredVectors:
    """The stored vectors of one encoder.

    Args:
        folder: One sub-folder of a store.
        name: How reports call the encoder.
        fingerprint: Of the encoder.
        dtype: How numbers are kept.
    """

    def __init__(self, folder: Path, *, name: str, fingerprint: str, dtype: str) -> None:
        self.folder = folder
        self.name = name
        self.fingerprint = fingerprint
        self.dtype = np.dtype(dtype)
        self._shards: dict[str, Vectors] = {}
        self._keys: _Keys = np.zeros(0, dtype="S16")
        self._places: NDArray[np.int64] = np.zeros((0, 2), dtype=np.int64)  # shard number, row
        self.refresh()

    @classmethod
    def open(cls, folder: str | Path) -> "StoredVectors":
        """Open a folder of stored vectors: that of one encoder, or a store that holds one encoder only.

        Raises:
            EncoderError: No vectors there, or those of several encoders.
        """
        place = Path(folder)
        manifests = [place / _MANIFEST] if (place / _MANIFEST).is_file() else sorted(place.glob(f"*/{_MANIFEST}"))
        if len(manifests) != 1:
            what = "no stored vectors" if not manifests else f"vectors of {len(manifests)} encoders"
            choices = "".join(f"\n  {path.parent}" for path in manifests)
            raise EncoderError(f"{place} holds {what}; name the folder of one encoder{choices}")
        manifest = _read_manifest(manifests[0])
        return cls(
            manifests[0].parent,
            name=str(manifest["name"]),
            fingerprint=str(manifest["fingerprint"]),
            dtype=str(manifest["dtype"]),
        )

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and not self.missing([text])

    def refresh(self) -> None:
        """Take in shards that were written since, by this process or another."""
        names = sorted(path.name.removesuffix(".keys.npy") for path in self.folder.glob("*.keys.npy"))
        new = [name for name in names if name not in self._shards]
        if not new:
            return
        keys, places = [self._keys], [self._places]
        for name in new:
            shard_keys = _load(self.folder / f"{name}.keys.npy", mapped=False)
            vectors = _load(self.folder / f"{name}.vectors.npy", mapped=True)
            if vectors.ndim != 2 or len(vectors) != len(shard_keys) or vectors.dtype != self.dtype:
                raise _damaged(self.folder / f"{name}.vectors.npy")
            rows = np.arange(len(shard_keys))
            keys.append(shard_keys)
            places.append(np.stack([np.full_like(rows, len(self._shards)), rows], axis=1))
            self._shards[name] = vectors
        self._keys, first = np.unique(np.concatenate(keys), return_index=True)
        self._places = np.concatenate(places)[first]

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Return the texts that are not stored, each once, in order."""
        distinct = list(dict.fromkeys(texts))
        found = self._find(_hash(distinct)) >= 0
        return [text for text, there in zip(distinct, found, strict=True) if not there]

    def get(self, texts: Sequence[str]) -> Vectors:
        """Return the stored vectors of texts, shape ``(len(texts), dim)``.

        Raises:
            EncoderError: A text is not stored, or a stored vector is damaged.
        """
        found = self._find(_hash(texts))
        absent = np.flatnonzero(found < 0)
        if len(absent):
            raise EncoderError(
                f"{self.folder}: {len(absent):,} of {len(texts):,} texts have no stored vector, the first is "
                f"{texts[absent[0]]!r}; encode them first with the encoder {self.name}"
            )
        places = self._places[found]
        shards = list(self._shards.items())
        dimension = shards[0][1].shape[1] if shards else 0
        vectors = np.empty((len(texts), dimension), dtype=self.dtype)
        for number in np.unique(places[:, 0]):
            name, shard = shards[number]
            here = places[:, 0] == number
            vectors[here] = shard[places[here, 1]]
            _check_unit(vectors[here], self.folder / f"{name}.vectors.npy")
        return vectors

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Write one shard; it appears in one move, or not at all.

        Args:
            texts: Distinct texts.
            vectors: Shape ``(len(texts), dim)``.

        Raises:
            EncoderError: The vectors do not fit the texts or those stored before.
            OutputError: The folder cannot be written.
        """
        unit = unit_rows(vectors, texts=len(texts), name=self.name).astype(self.dtype)
        for other in self._shards.values():
            if other.shape[1] != unit.shape[1]:
                raise EncoderError(
                    f"{self.name} now makes {unit.shape[1]} dimensions, but {self.folder} holds {other.shape[1]}; its "
                    f"fingerprint {self.fingerprint} must change with the model"
                )
        keys = _hash(texts)
        name = xxhash.xxh3_128_hexdigest(keys.tobytes())  # the same texts make the same files
        if not (self.folder / f"{name}.keys.npy").is_file():  # else another writer was faster
            self._write(name, keys, unit)
        self.refresh()

    def _write(self, name: str, keys: _Keys, vectors: Vectors) -> None:
        manifest = {"format": _FORMAT, "name": self.name, "fingerprint": self.fingerprint, "dtype": self.dtype.name}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _atomic(self.folder / _MANIFEST) as file:
                file.write(json.dumps(manifest, indent=2).encode())
            with _atomic(self.folder / f"{name}.vectors.npy") as file:
                np.save(file, vectors)
            with _atomic(self.folder / f"{name}.keys.npy") as file:  # last: a shard exists when its keys do
                np.save(file, keys)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: vectors cannot be written here ({error}); choose another place"
            ) from error

    def _find(self, keys: _Keys) -> NDArray[np.int64]:
        """Return the place of every key in the index, -1 where it is not."""
        if not len(self._keys):
            return np.full(len(keys), -1, dtype=np.int64)
        found = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        return np.where(self._keys[found] == keys, found, -1)


def _hash(texts: Sequence[str]) -> _Keys:
    return np.array([xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass")) for text in texts], dtype="S16")


def _read_manifest(path: Path) -> dict[str, object]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] == _FORMAT and {"name", "fingerprint", "dtype"} <= set(manifest):
            return dict(manifest)
    except (ValueError, KeyError, TypeError):
        pass
    raise EncoderError(
        f"{path}: not the manifest of a vector store of format {_FORMAT}; delete the folder and encode again"
    )


def _load(path: Path, *, mapped: bool) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path) from error
    return array


def _damaged(path: Path) -> EncoderError:
    shard = path.name.split(".")[0]
    return EncoderError(
        f"{path}: the shard is damaged or cut short; delete {shard}.keys.npy and {shard}.vectors.npy there and run "
        "again: only the texts of this shard are encoded again"
    )


def _check_unit(vectors: Vectors, path: Path) -> None:
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    if not ((np.abs(lengths - 1) < 0.01) | (lengths == 0)).all():
        raise _damaged(path)


@contextmanager
def _atomic(path: Path) -> Iterator[IO[bytes]]:
    """Write a file under a name of its own beside the place, then move it there."""
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
