import gzip
import lzma
from pathlib import Path

import pyarrow as pa
import pytest

from interlingua.types import Row


@pytest.fixture
def rows():
    """Six invented rows in four languages; two miss cells, one repeats a text."""
    return [
        Row({"eng_Latn": "The kettle sings.", "deu_Latn": "Der Kessel singt.", "swh_Latn": "Birika inaimba."}),
        Row({"eng_Latn": "Snow fell at noon.", "deu_Latn": "Mittags fiel Schnee.", "tel_Telu": "మధ్యాహ్నం మంచు పడింది."}),
        Row({"eng_Latn": "She counts boats.", "deu_Latn": "Sie zählt Boote."}),
        Row({"deu_Latn": "Nur auf Deutsch."}),
        Row({"eng_Latn": "The kettle sings.", "swh_Latn": "Birika linaimba."}),
        Row({"swh_Latn": "Mashua tatu.", "tel_Telu": "మూడు పడవలు."}),
    ]


@pytest.fixture
def write(tmp_path):
    """Write text or bytes into a file of the test's folder, compressed as its name says."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        match path.suffix:
            case ".gz":
                data = gzip.compress(data)
            case ".xz":
                data = lzma.compress(data)
            case ".zst":
                data = pa.compress(data, codec="zstd", asbytes=True)
        path.write_bytes(data)
        return path

    return write_file
