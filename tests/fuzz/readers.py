"""What every reader does with bytes that nobody meant: rows, or one of our errors; never anything else.

``python tests/fuzz/readers.py tsv -max_total_time=60`` fuzzes one format, guided by coverage (``pip install atheris``).
"""

import gzip
import io
import logging
import lzma
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 2000
"""Rows of a file that are looked at: what a few bytes can become."""

TSV = "_id\ten\tde\n1\tRain.\tRegen.\n2\tSnow.\t\n"
LINES = {"A.en-de.en": "Rain.\nSnow.\n", "A.en-de.de": "Regen.\nSchnee.\n", "A.en-de.scores": "1.5\n0.5\n"}
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en" creationtool="x" segtype="sentence"/><body>
<tu tuid="1" changedate="20200101T000000Z"><prop type="document">d</prop>
<tuv xml:lang="en"><seg>Rain &amp; <bpt i="1">b</bpt>snow<ept i="1"/>.</seg></tuv>
<tuv xml:lang="de"><seg><hi>Regen</hi>.</seg></tuv></tu>
</body></tmx>
"""
XLIFF = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="a.txt" source-language="en" target-language="de" datatype="plaintext"><body>
<trans-unit id="1"><source>Rain <g id="1">now</g>.</source><target state="translated">Regen.</target></trans-unit>
</body></file></xliff>
"""
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: a.py:1
msgctxt "weather"
msgid "Rain."
msgstr "Regen."

#, fuzzy
msgid "%d cup"
msgid_plural "%d cups"
msgstr[0] "%d Tasse"
msgstr[1] "%d Tassen"
"""


def _mo() -> bytes:
    texts = {b"": b"Content-Type: text/plain; charset=UTF-8\nLanguage: de\n", b"Rain.": b"Regen.", b"a\0b": b"x\0y"}
    header = (0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    tables, strings, start = b"", b"", 28 + 16 * len(texts)
    for side in (texts.keys(), texts.values()):
        for text in side:
            tables += len(text).to_bytes(4, "little") + (start + len(strings)).to_bytes(4, "little")
            strings += text + b"\0"
    return b"".join(number.to_bytes(4, "little") for number in header) + tables + strings


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in LINES.items():
            file.writestr(name, text)
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        for name, text in LINES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            file.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"en": ["Rain.", "Snow."], "de": ["Regen.", None], "_score": [1.5, 0.5]}), buffer)
    return buffer.getvalue()


SEEDS: Mapping[str, tuple[str, bytes]] = {
    "tsv": ("a.tsv", TSV.encode()),
    "headerless": ("a.de-en.tsv", b"1.5\tRegen.\tRain.\n\n0.5\tSchnee.\tSnow.\n"),
    "csv": ("a.csv", b'_id,en,de\n1,"Rain, now",Regen.\n2,"""Snow""",\n'),
    "jsonl": ("a.jsonl", b'{"_id": 1, "en": "Rain.", "de": "Regen."}\n{"translation": {"en": "\\ud83d\\ude00"}}\n'),
    "tmx": ("a.tmx", TMX.encode()),
    "xliff": ("a.xlf", XLIFF.encode()),
    "po": ("de.po", PO.encode()),
    "mo": ("de.mo", _mo()),
    "parquet": ("a.parquet", _parquet()),
    "zip": ("a.zip", _zip()),
    "tar": ("a.tar", _tar()),
    "tgz": ("a.tar.gz", gzip.compress(_tar())),
    "gz": ("a.tsv.gz", gzip.compress(TSV.encode())),
    "xz": ("a.tsv.xz", lzma.compress(TSV.encode())),
    "zst": ("a.tsv.zst", pa.compress(TSV.encode(), codec="zstd", asbytes=True)),
}
"""Format: how its file is called, and a small sound one."""


def attempt(name: str, data: bytes, folder: Path) -> int | None:
    """Read a file of these bytes, hold its rows and peek at it; return how many it has, None where it has an error.

    Raises:
        Exception: Something is wrong that is none of our errors: a bug.
    """
    # Imported here, for main to tell the fuzzer which code is to be covered before it is loaded.
    from interlingua.corpus import Corpus, open_rows
    from interlingua.corpus.peeking import peek
    from interlingua.errors import InterlinguaError

    path = folder / name
    path.write_bytes(data)
    count = None
    try:
        rows = list(islice(open_rows(path), ROWS))
        count = len(rows)
        Corpus.from_rows(rows)
    except InterlinguaError:
        pass
    str(peek(path))
    return count


def main() -> None:
    """Fuzz the format that the first word names."""
    import atheris

    with atheris.instrument_imports(include=["interlingua.corpus"]):
        import interlingua.corpus.peeking  # noqa: F401

    logging.disable(logging.CRITICAL)
    name, seed = SEEDS[sys.argv[1]]
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "seed").write_bytes(seed)

    def one(data: bytes) -> None:
        attempt(name, data, folder)

    atheris.Setup([sys.argv[0], *sys.argv[2:], str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
