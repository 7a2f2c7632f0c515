import gzip
import io
import logging
import struct
import tarfile
import tracemalloc
import zipfile

import pyarrow as pa
import pytest

from interlingua.corpus import open_corpus, open_rows
from interlingua.corpus.building import build_corpus
from interlingua.corpus.readers.archives import Member, members_of, open_member
from interlingua.corpus.readers.moses import aligned_members
from interlingua.errors import CorpusError, FormatError, LanguageError

MOSES = {
    "README": "invented\n",
    "LICENSE": "CC0\n",
    "GNOME.en-te.en": "The lid is shut.\nPour it.\n",
    "GNOME.en-te.te": "మూత మూసి ఉంది.\nపోయండి.\n",
    "GNOME.en-te.scores": "1.25\n0.5\n",
    "GNOME.en-te.ids": "en/a.xml.gz\tte/a.xml.gz\t1\t1 2\nen/b.xml.gz\tte/b.xml.gz\t1\t1\n",
}
TMX = '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>One.</seg></tuv></tu></body></tmx>'


@pytest.fixture
def pack(tmp_path):
    """Write an archive of members, as its name says."""

    def write(name, members, **changed):
        path = tmp_path / name
        members = {member: text.encode() if isinstance(text, str) else text for member, text in members.items()}
        if name.endswith(".zip"):
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                for member, data in members.items():
                    file.writestr(member, data)
            return path
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as file:
            for member, data in members.items():
                entry = tarfile.TarInfo(member)
                entry.size = len(data)
                file.addfile(entry, io.BytesIO(data))
            for member, kind in changed.get("special", {}).items():
                entry = tarfile.TarInfo(member)
                entry.type, entry.linkname = kind, "/etc/passwd"
                file.addfile(entry)
        codec = {".gz": "gzip", ".tgz": "gzip", ".zst": "zstd"}.get(path.suffix)
        data = buffer.getvalue()
        path.write_bytes(pa.compress(data, codec=codec, asbytes=True) if codec else data)
        return path

    return write


def texts(source, **settings):
    return [dict(row.texts) for row in open_rows(source, **settings)]


def test_moses(pack):
    rows = list(open_rows(pack("en-te.txt.zip", MOSES)))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "The lid is shut.", "tel_Telu": "మూత మూసి ఉంది."},
        {"eng_Latn": "Pour it.", "tel_Telu": "పోయండి."},
    ]
    assert [row.meta for row in rows] == [
        {"_id": "1", "_score": 1.25, "_document": "en/a.xml.gz"},
        {"_id": "2", "_score": 0.5, "_document": "en/b.xml.gz"},
    ]


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz", "a.tar.zst", "a.zip"])
def test_many_languages(pack, name):
    members = {f"./dev/{code}.dev": f"{code} one\n{code} two\n" for code in ("eng_Latn", "tel_Telu", "deu_Latn")}
    assert texts(pack(name, members))[1] == {
        "eng_Latn": "eng_Latn two",
        "tel_Telu": "tel_Telu two",
        "deu_Latn": "deu_Latn two",
    }


def test_several_corpora(pack):
    other = {"KDE4.en-sw.en.gz": gzip.compress(b"Yes.\n"), "KDE4.en-sw.sw.gz": gzip.compress(b"Ndiyo.\n")}
    path = pack("a.zip", MOSES | other | {"extra/memory.tmx": TMX})
    with pytest.raises(
        CorpusError, match=r"several corpora: GNOME.en-te.\*, KDE4.en-sw.\*.gz, extra/memory.tmx; name one: .*::GNOME"
    ):
        open_rows(path)
    assert texts(f"{path}::KDE4.en-sw.*") == texts(f"{path}::KDE4*") == [{"eng_Latn": "Yes.", "swh_Latn": "Ndiyo."}]
    assert len(texts(f"{path}::GNOME.en-te")) == 2
    assert texts(f"{path}::extra/memory.tmx") == [{"eng_Latn": "One."}]
    with pytest.raises(CorpusError, match=r"a.zip has no QED; it has GNOME.en-te.\*, KDE4"):
        open_rows(f"{path}::QED")


@pytest.mark.parametrize(
    ("name", "members", "found"),
    [
        ("x.tmx.zip", {"x.tmx": TMX}, [{"eng_Latn": "One."}]),
        ("x.tar", {"deep/x.tmx.gz": gzip.compress(TMX.encode())}, [{"eng_Latn": "One."}]),
        ("x.zip", {"x.tsv": "en\tde\nOne.\tEins.\n"}, [{"eng_Latn": "One.", "deu_Latn": "Eins."}]),
        ("x.zip", {"x.de-en.tsv": "Eins.\tOne.\n"}, [{"eng_Latn": "One.", "deu_Latn": "Eins."}]),
        ("x.zip", {"x.csv": "en,de\nOne.,Eins.\n"}, [{"eng_Latn": "One.", "deu_Latn": "Eins."}]),
        ("x.tgz", {"x.jsonl": '{"en": "One."}\n'}, [{"eng_Latn": "One."}]),
    ],
)
def test_one_file(pack, name, members, found):
    assert texts(pack(name, {"README.md": "hello", **members})) == found


def test_named_as_any_other_source(pack, tmp_path):
    path = pack("en-te.txt.zip", MOSES)
    assert open_corpus(f"{path}::GNOME.en-te").languages == ("eng_Latn", "tel_Telu")
    corpus = build_corpus([str(path), f"{path}::GNOME.en-te"], tmp_path / "out")
    assert corpus.ids() == [
        "en-te.txt.zip:1",
        "en-te.txt.zip:2",
        "en-te.txt.zip::GNOME.en-te:1",
        "en-te.txt.zip::GNOME.en-te:2",
    ]
    assert texts(path, rename={"te": "tel-2"})[0]["tel_Telu-2"] == "మూత మూసి ఉంది."
    with pytest.raises(LanguageError, match="both mean eng_Latn"):
        texts(path, rename={"te": "eng"})


def test_which_members_go_together():
    def found(*names):
        return {group.name: group.files for group in aligned_members([Member(name, 1) for name in names])}

    assert found("en.tsv", "de.tsv", "a.xml", "a.txt", "a.csv", "README") == {}
    assert found("ref.deu.txt", "ref.fra.txt", "src.eng.txt") == {
        "ref.*.txt": {"deu": "ref.deu.txt", "fra": "ref.fra.txt"}
    }
    assert list(found("X.en-zh_CN.en", "X.en-zh_CN.zh_CN", "X.en-zh_CN.xml")["X.en-zh_CN.*"]) == ["en", "zh_CN"]
    assert found("b/train.en", "a/train.en", "b/train.de") == {"b/train.*": {"en": "b/train.en", "de": "b/train.de"}}


def test_wrong_companions(pack, caplog):
    path = pack("a.zip", MOSES | {"GNOME.en-te.scores": "high\nnan\n"})
    with caplog.at_level(logging.WARNING):
        assert ["_score" in row.meta for row in open_rows(path)] == [False, False]
    assert "2 faults left out: line 1: the score 'high' is no number; line 2: the score 'nan'" in caplog.text
    with pytest.raises(FormatError, match=r"a.zip::GNOME.en-te.scores, line 1: the score 'high'"):
        list(open_rows(path, strict=True))
    for lines in ("1\n", "1\n1\n1\n"):
        with pytest.raises(FormatError, match=r"a.zip::GNOME.en-te.scores, line [23]: has more or fewer lines"):
            list(open_rows(pack("a.zip", MOSES | {"GNOME.en-te.scores": lines})))
    with pytest.raises(FormatError, match=r"GNOME.en-te.en, line 1: ends after 1 line but .*GNOME.en-te.te has"):
        list(open_rows(pack("a.zip", MOSES | {"GNOME.en-te.en": "One.\n"})))


def test_nothing_to_read(pack, tmp_path):
    with pytest.raises(CorpusError, match="neither aligned lines nor a file of a known format; it has README"):
        open_rows(pack("a.zip", {"README": "x"}))
    with pytest.raises(CorpusError, match=r"it has en.zip; unpack the archives within it"):
        open_rows(pack("a.tar", {"en.zip": b"PK"}))
    with pytest.raises(FormatError, match=r"a.tar::en.zip: is an archive within an archive"):
        open_member(tmp_path / "a.tar", "en.zip")
    with pytest.raises(CorpusError, match="no file"):
        open_rows(f"{tmp_path}/nowhere.zip::a.tmx")
    with pytest.raises(CorpusError, match=r"has no member b.tmx"):
        open_member(pack("a.zip", {"a.tmx": TMX}), "b.tmx")


def test_only_regular_files_are_members(pack):
    special = {"a.de": tarfile.SYMTYPE, "b.de": tarfile.LNKTYPE, "c.de": tarfile.CHRTYPE, "d.de": tarfile.FIFOTYPE}
    path = pack("a.tar", {"../../a.en": "One.\n", "/a.sw": "Moja.\n"}, special=special)
    assert [name for name, _ in members_of(path)] == ["../../a.en", "/a.sw"]
    link = zipfile.ZipInfo("a.de")
    link.external_attr = 0o120777 << 16
    path = pack("a.zip", {"a.en": "One.\n"})
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    assert [name for name, _ in members_of(path)] == ["a.en"]


def test_a_size_that_cannot_be(pack):
    path = pack("a.tar", {"a.en": "One.\n", "a.de": "Eins.\n"})
    header = bytearray(path.read_bytes())
    header[124:136] = b"\x80" + b"\0" * 4 + b"\x7f" + b"\xff" * 6
    header[148:156] = b"%06o\0 " % (256 + sum(header[:148]) + sum(header[156:512]))
    path.write_bytes(header)
    with pytest.raises(FormatError, match=r"a.tar: a.en claims 36,028,797,018,963,967 bytes, which is more than 100"):
        open_rows(path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_more_members_than_anyone_needs(pack, name, monkeypatch):
    monkeypatch.setattr("interlingua.corpus.readers.packing.MOST_MEMBERS", 2)
    assert len(members_of(pack(name, {"a.en": "One.", "a.de": "Eins."}))) == 2
    with pytest.raises(FormatError, match=rf"{name}: has more than 2 members; unpack it yourself"):
        members_of(pack(name, {"a.en": "One.", "a.de": "Eins.", "README": ""}))


def test_one_name_twice(pack):
    path = pack("a.zip", {"a.en": "One.\n"})
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("a.en", "Two.\n")
    with pytest.raises(FormatError, match=r"holds a.en twice"):
        open_rows(path)


def test_encrypted(pack):
    path = pack("a.zip", {"a.tmx": TMX})
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"a.zip::a.tmx: is encrypted; unpack it with its password"):
        list(open_rows(path))


def test_damaged(pack, tmp_path):
    path = pack("a.zip", {"a.jsonl": '{"en": "One."}\n' * 100})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 16, 0)
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"a.zip::a.jsonl, line 1: the file is damaged or cut off \(Bad CRC-32"):
        list(open_rows(path))
    path.write_bytes(bytes(data[: len(data) // 2]))
    with pytest.raises(FormatError, match=r"a.zip: the archive is damaged or cannot be read"):
        open_rows(path)
    tar = pack("a.tar.gz", {f"a.{code}": "line\n" * 10_000 for code in ("en", "de")})
    tar.write_bytes(tar.read_bytes()[:-200])
    with pytest.raises(FormatError, match=r"a.tar.gz: the archive is damaged"):
        open_rows(tar)
    (tmp_path / "b.tar").write_bytes(b"no tar at all" * 100)
    with pytest.raises(FormatError, match=r"b.tar: the archive is damaged"):
        open_rows(tmp_path / "b.tar")


def test_a_bomb_does_not_go_off(pack, write, monkeypatch):
    monkeypatch.setattr("interlingua.corpus.readers.compression.UNBOUNDED", 1 << 20)
    bomb = (b"x" * 999 + b"\n") * 8000
    for path in (
        pack("a.zip", {"a.en": bomb, "a.de": bomb}),
        pack("a.tar.zst", {"a.en": bomb, "a.de": bomb}),
        write("a.de-en.tsv.gz", (b"x\t" + b"y" * 999 + b"\n") * 8000),
    ):
        tracemalloc.start()
        with pytest.raises(FormatError, match="more than 100 times"):
            sum(1 for _ in open_rows(path))
        assert tracemalloc.get_traced_memory()[1] < 10e6
        tracemalloc.stop()


def test_one_line_of_any_length(pack):
    path = pack("a.zip", {"a.en": b"\0" * 10 + b"x" * (1 << 25), "a.de": "x\n"})
    with pytest.raises(FormatError, match=r"a.zip::a.en, line 1: a line of 16 MiB or more"):
        list(open_rows(path))


def test_memory_does_not_grow_with_the_archive(pack):
    lines = "".join(f"Sentence {i} about a kettle and {i * 7919 % 1009} cups, {'so ' * 300}.\n" for i in range(5_000))
    path = pack("a.zip", {"a.en": lines, "a.de": lines})
    tracemalloc.start()
    assert sum(1 for _ in open_rows(path)) == 5_000
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()
