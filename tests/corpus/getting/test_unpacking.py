"""Archives that want to do harm, and some that do not."""

import hashlib
import io
import re
import stat
import tarfile
import zipfile

import pytest

from interlingua.corpus.getting.unpacking import contents_checksum, unpack
from interlingua.corpus.readers import compression, packing
from interlingua.errors import FormatError, OutputError

TEXT = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(200))


def pack_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def pack_tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as file:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(params=["a.zip", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.tar"])
def pack(request, tmp_path):
    """Pack members as each kind of archive does."""
    path = tmp_path / request.param
    if path.suffix == ".zip":
        return lambda members: pack_zip(path, members)
    mode = {"": "w", "gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}[request.param.removeprefix("a.tar").lstrip(".")]
    return lambda members: pack_tar(path, members, mode)


def test_only_what_is_wanted_is_unpacked(pack, tmp_path):
    archive = pack([("./top/a.txt", b"one"), ("top/b.bin", b"two"), ("top/in/c.txt", b"three"), ("../d.bin", b"four")])
    paths = unpack(archive, tmp_path / "out", ["*.txt"])
    assert {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in paths} == {
        "top/a.txt": b"one",
        "top/in/c.txt": b"three",
    }
    lines = "".join(
        f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in [("a.txt", b"one"), ("in/c.txt", b"three")]
    )
    assert contents_checksum(paths, tmp_path / "out") == hashlib.sha256(lines.encode()).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == [archive.name, "out"]


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "x/../../a.txt", "x\\a.txt", "C:/a.txt"])
def test_nothing_leads_out_of_the_folder(pack, tmp_path, name):
    with pytest.raises(FormatError, match="leads out of the folder; nothing is unpacked"):
        unpack(pack([(name, b"one")]), tmp_path / "out", ["*a.txt"])
    assert not list(tmp_path.rglob("a.txt"))


def test_twice_the_same_name(pack, tmp_path, recwarn):
    with pytest.raises(FormatError, match=r"'a.txt' comes twice"):
        unpack(pack([("a.txt", b"one"), ("a.txt", b"two")]), tmp_path / "out", ["*.txt"])
    recwarn.clear()  # zipfile warns of what it is told to write


def test_what_is_not_there(pack, tmp_path):
    with pytest.raises(FormatError, match=r"holds no \*\.tsv; its layout is not the one that is known"):
        unpack(pack([("a.txt", b"one")]), tmp_path / "out", ["*.txt", "*.tsv"])


def test_bombs(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(compression, "UNBOUNDED", 1 << 16)
    monkeypatch.setattr(compression, "LARGEST_RATIO", 1)
    archive = pack([("a.txt", bytes(1 << 21)), ("b.txt", bytes(1 << 21))])
    if archive.suffix == ".tar":
        return  # it is as large as what it holds
    with pytest.raises(FormatError, match=r"more than .* come out of it|a.txt claims 2,097,152 bytes"):
        unpack(archive, tmp_path / "out", ["*.txt"])
    assert sum(path.stat().st_size for path in tmp_path.glob("out/*")) <= 1 << 17


def test_more_members_than_any_set_has(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "MOST_MEMBERS", 3)
    with pytest.raises(FormatError, match="has more than 3 members"):
        unpack(pack([(f"{number}.txt", b"") for number in range(4)]), tmp_path / "other", ["*.txt"])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_what_is_cut_off(pack, tmp_path, share):
    archive = pack([("a.txt", TEXT), ("b.txt", TEXT[::-1])])
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    if archive.suffix == ".tar" and share == 0.99:
        return  # only the padding is cut off
    with pytest.raises(FormatError, match=re.escape(str(archive))):
        unpack(archive, tmp_path / "out", ["*.txt"])


def test_one_wrong_byte(pack, tmp_path):
    archive = pack([("a.txt", TEXT)])
    if archive.suffix == ".tar":
        return  # it has no checksums of content
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    with pytest.raises(FormatError, match=re.escape(str(archive))):
        unpack(archive, tmp_path / "out", ["*.txt"])


def test_links_devices_and_encrypted_members(tmp_path):
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
        with tarfile.open(tmp_path / "a.tar", "w") as file:
            info = tarfile.TarInfo("a.txt")
            info.type, info.linkname = kind, "/etc/hosts"
            file.addfile(info)
        with pytest.raises(FormatError, match="is a link, a device, or encrypted"):
            unpack(tmp_path / "a.tar", tmp_path / "out", ["*.txt"])
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/hosts")
    with pytest.raises(FormatError, match="is a link, a device, or encrypted"):
        unpack(tmp_path / "a.zip", tmp_path / "out", ["*.txt"])
    locked = bytearray(pack_zip(tmp_path / "b.zip", [("a.txt", b"one")]).read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(locked)
    with pytest.raises(FormatError, match="is a link, a device, or encrypted"):
        unpack(tmp_path / "b.zip", tmp_path / "out", ["*.txt"])
    assert not list(tmp_path.glob("out/*"))


def test_a_full_disk_is_no_fault_of_the_archive(tmp_path):
    pack_zip(tmp_path / "a.zip", [("x/a.tsv", b"1")])
    (tmp_path / "out").write_text("no folder")
    with pytest.raises(OutputError, match="cannot be written"):
        unpack(tmp_path / "a.zip", tmp_path / "out", ["*.tsv"])
