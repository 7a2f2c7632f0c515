"""The vector store: only what is missing is encoded, in shards that are there in full or not at all."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.encoder import StoredEncoder, StoredVectors, VectorStore, cache_folder
from interlingua.errors import EncoderError, OutputError
from interlingua.types import Encoder, Vectors

TEXTS = [f"text number {n}" for n in range(25)]


class Counting:
    """Vectors from the bytes of a text; remembers what it was asked, and can break down."""

    def __init__(self, name: str = "counting", *, dimension: int = 8, breaks_after: int | None = None) -> None:
        self.name = name
        self.fingerprint = f"print of {name}"
        self.dimension = dimension
        self.breaks_after = breaks_after
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        if self.breaks_after is not None and len(self.asked) >= self.breaks_after:
            raise KeyboardInterrupt
        self.asked += texts
        seeds = [int.from_bytes(f"{self.name}{text}".encode(), "little") for text in texts]
        rows = [np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)


def unit(encoder: Counting, texts: Sequence[str]) -> np.ndarray:
    rows = Counting(encoder.name, dimension=encoder.dimension).encode(texts).astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(("dtype", "error"), [("float16", 5e-4), ("float32", 1e-7)])
def test_vectors_come_back_in_order_as_exact_as_the_dtype(tmp_path: Path, dtype: str, error: float) -> None:
    encoder = Counting()
    texts = [*TEXTS, TEXTS[3], TEXTS[0]]
    vectors = VectorStore(tmp_path, dtype=dtype, shard=7).encode(encoder, texts)
    assert vectors.dtype == dtype
    np.testing.assert_allclose(vectors, unit(encoder, texts), atol=error)


def test_only_missing_texts_are_encoded_and_each_once(tmp_path: Path) -> None:
    encoder = Counting()
    VectorStore(tmp_path).encode(encoder, ["b", "a", "b", "a"])
    VectorStore(tmp_path).encode(encoder, ["c", "a", "c", "b"])
    assert encoder.asked == ["b", "a", "c"]


def test_membership_and_length(tmp_path: Path) -> None:
    store, encoder = VectorStore(tmp_path, shard=4), Counting()
    assert len(store.vectors(encoder)) == 0
    assert "a" not in store.vectors(encoder)
    store.encode(encoder, ["a", "b", ""])
    stored = store.vectors(encoder)
    assert len(stored) == 3
    assert "" in stored
    assert "z" not in stored
    assert stored.missing(["z", "a", "y", "z"]) == ["z", "y"]


def test_an_interrupted_run_loses_one_shard_and_ends_in_the_same_files(tmp_path: Path) -> None:
    broken = Counting(breaks_after=15)
    with pytest.raises(KeyboardInterrupt):
        VectorStore(tmp_path / "a", shard=5).encode(broken, TEXTS)
    assert len(VectorStore(tmp_path / "a").vectors(broken)) == 15
    again = Counting()
    VectorStore(tmp_path / "a", shard=5).encode(again, TEXTS)
    assert again.asked == TEXTS[15:]
    VectorStore(tmp_path / "b", shard=5).encode(Counting(), TEXTS)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_vectors_without_keys_are_no_shard_and_are_written_again(tmp_path: Path) -> None:
    store, encoder = VectorStore(tmp_path, shard=100), Counting()
    store.encode(encoder, TEXTS)
    next(tmp_path.rglob("*.keys.npy")).unlink()
    assert len(store.vectors(encoder)) == 0
    np.testing.assert_allclose(store.encode(encoder, TEXTS), unit(encoder, TEXTS), atol=5e-4)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", full)
        with pytest.raises(OutputError, match="No space left"):
            VectorStore(tmp_path).encode(Counting(), TEXTS)
    assert [name for name in files(tmp_path) if name != "manifest.json"] == []


def test_two_encoders_live_side_by_side(tmp_path: Path) -> None:
    store, one, two = VectorStore(tmp_path), Counting("one"), Counting("two/../../x", dimension=5)
    first, second = store.encode(one, TEXTS), store.encode(two, TEXTS)
    assert first.shape == (25, 8)
    assert second.shape == (25, 5)
    np.testing.assert_array_equal(store.encode(one, TEXTS), first)
    assert {path.parent for path in tmp_path.iterdir()} == {tmp_path}
    assert len(list(tmp_path.iterdir())) == 2


def test_precisions_live_side_by_side(tmp_path: Path) -> None:
    encoder = Counting()
    VectorStore(tmp_path).encode(encoder, TEXTS)
    exact = VectorStore(tmp_path, dtype="float32").encode(encoder, TEXTS)
    np.testing.assert_allclose(exact, unit(encoder, TEXTS), atol=1e-7)


def test_two_writers_do_no_harm(tmp_path: Path) -> None:
    encoder = Counting()
    one, two = VectorStore(tmp_path, shard=10).vectors(encoder), VectorStore(tmp_path, shard=7).vectors(encoder)
    one.add(TEXTS[:10], encoder.encode(TEXTS[:10]))
    two.add(TEXTS[:7], encoder.encode(TEXTS[:7]))
    two.add(TEXTS[:10], encoder.encode(TEXTS[:10]))
    both = VectorStore(tmp_path).vectors(encoder)
    assert len(both) == len(two) == 10
    np.testing.assert_array_equal(both.get(TEXTS[:10]), one.get(TEXTS[:10]))


def test_shards_written_meanwhile_are_seen(tmp_path: Path) -> None:
    encoder = Counting()
    early = VectorStore(tmp_path).vectors(encoder)
    VectorStore(tmp_path).encode(encoder, TEXTS)
    assert len(early) == 0
    early.refresh()
    assert len(early) == 25


@pytest.mark.parametrize("part", ["vectors", "keys"])
@pytest.mark.parametrize("length", [0, 100, 300])
def test_a_shard_that_is_cut_short_names_the_file_and_the_remedy(tmp_path: Path, part: str, length: int) -> None:
    store, encoder = VectorStore(tmp_path), Counting()
    store.encode(encoder, TEXTS)
    path = next(tmp_path.rglob(f"*.{part}.npy"))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(EncoderError, match=rf"{path.name}.*delete .*\.keys\.npy and .*\.vectors\.npy"):
        store.encode(encoder, TEXTS)
    for broken in path.parent.glob(f"{path.name.split('.')[0]}*"):
        broken.unlink()
    np.testing.assert_allclose(store.encode(encoder, TEXTS), unit(encoder, TEXTS), atol=5e-4)


def test_a_shard_with_wrong_numbers_is_found_when_it_is_read(tmp_path: Path) -> None:
    store, encoder = VectorStore(tmp_path), Counting()
    store.encode(encoder, TEXTS)
    path = next(tmp_path.rglob("*.vectors.npy"))
    content = bytearray(path.read_bytes())
    content[-16:] = b"\x7b" * 16
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="damaged"):
        store.encode(encoder, TEXTS)


def test_a_shard_with_fewer_vectors_than_keys_is_damaged(tmp_path: Path) -> None:
    store, encoder = VectorStore(tmp_path), Counting()
    store.encode(encoder, TEXTS)
    path = next(tmp_path.rglob("*.vectors.npy"))
    np.save(path, np.load(path)[:-1])
    with pytest.raises(EncoderError, match="damaged"):
        store.vectors(encoder)


class Wrong(Counting):
    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        rows = super().encode(texts)
        return rows[:-1] if self.name == "short" else np.where(rows > 0, np.nan, rows)


@pytest.mark.parametrize(("name", "message"), [("short", "one vector a text"), ("nan", "not finite")])
def test_vectors_that_are_none_are_not_stored(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        VectorStore(tmp_path).encode(Wrong(name), TEXTS)
    assert files(tmp_path) == {}


def test_a_fingerprint_that_does_not_change_with_the_model_is_told(tmp_path: Path) -> None:
    VectorStore(tmp_path).encode(Counting(), TEXTS[:3])
    with pytest.raises(EncoderError, match=r"4 dimensions.*holds 8"):
        VectorStore(tmp_path).encode(Counting(dimension=4), TEXTS)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        VectorStore(tmp_path / "file" / "below").encode(Counting(), TEXTS)


def test_zero_vectors_and_no_texts(tmp_path: Path) -> None:
    class Zero(Counting):
        def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
            return np.zeros((len(texts), 3), dtype=np.float32)

    store = VectorStore(tmp_path)
    assert store.encode(Zero(), ["", "a"]).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert store.encode(Counting("other"), []).shape == (0, 8)


def test_stored_vectors_are_an_encoder(tmp_path: Path) -> None:
    encoder = Counting()
    VectorStore(tmp_path).encode(encoder, TEXTS)
    stored = StoredEncoder.open(tmp_path)
    assert isinstance(stored, Encoder)
    assert (stored.name, stored.fingerprint) == ("counting", "print of counting")
    vectors = stored.encode(TEXTS[::-1])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, unit(encoder, TEXTS[::-1]), atol=5e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    with pytest.raises(EncoderError, match="1 of 2 texts have no stored vector, the first is 'unheard'"):
        stored.encode([TEXTS[0], "unheard"])


def test_a_folder_of_several_encoders_must_be_narrowed(tmp_path: Path) -> None:
    store, one = VectorStore(tmp_path), Counting("one")
    store.encode(one, TEXTS)
    store.encode(Counting("two"), TEXTS)
    with pytest.raises(EncoderError, match="vectors of 2 encoders"):
        StoredVectors.open(tmp_path)
    assert StoredVectors.open(store.vectors(one).folder).name == "one"
    with pytest.raises(EncoderError, match="no stored vectors"):
        StoredVectors.open(tmp_path / "nowhere")


def test_a_foreign_manifest_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(EncoderError, match="not the manifest"):
        StoredVectors.open(tmp_path)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=4), max_size=12), min_size=1, max_size=4),
    st.integers(1, 5),
)
def test_any_texts_in_any_order(tmp_path_factory: pytest.TempPathFactory, calls: list[list[str]], shard: int) -> None:
    store, encoder = VectorStore(tmp_path_factory.mktemp("store"), shard=shard, dtype="float32"), Counting()
    for texts in calls:
        vectors = store.encode(encoder, texts)
        expected = unit(encoder, texts) if texts else np.zeros((0, 8))
        np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert sorted(encoder.asked) == sorted({text for texts in calls for text in texts})


def test_the_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    assert VectorStore().folder == tmp_path / "vectors"
    monkeypatch.delenv("INTERLINGUA_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "interlingua"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder().parts[-3:] == ("Library", "Caches", "interlingua")


def test_the_store_needs_no_torch() -> None:
    program = "import sys, interlingua.encoder.store; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
