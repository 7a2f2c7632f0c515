import io
import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub_server import Hub
from interlingua.corpus import open_rows
from interlingua.corpus.readers.hub import hub_columns
from interlingua.errors import CorpusError

CARD = """---
configs:
- config_name: en-de
  data_files:
  - split: train
    path: en-de/train.parquet
  - split: validation
    path: en-de/dev.parquet
- config_name: de-fr
  data_files: de-fr/train.parquet
- config_name: pairs
  data_files: pairs/train.parquet
---
"""
READ = """
import json, sys
from interlingua.corpus import open_rows
from interlingua.errors import InterlinguaError

for source in sys.argv[1:]:
    rename = {"sentence1": "eng", "sentence2": "fra"} if "pairs" in source else None
    try:
        print(json.dumps([(row.texts, row.meta) for row in open_rows(source, rename=rename)]))
    except InterlinguaError as error:
        print(json.dumps(str(error)))
"""


def parquet(columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


FILES = {
    "README.md": CARD.encode(),
    "en-de/train.parquet": parquet({"english": ["Rain.", "Snow."], "non_english": ["Regen.", "Schnee."]}),
    "en-de/dev.parquet": parquet({"english": ["Fog."], "non_english": ["Nebel."]}),
    "de-fr/train.parquet": parquet({"translation": [{"de": "Regen.", "fr": "Pluie."}]}),
    "pairs/train.parquet": parquet({"sentence1": ["Rain."], "sentence2": ["Pluie."]}),
}


def read(url, home, *sources):
    """Read sources in a process of its own: the library looks at its environment once, when it is imported."""
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(home)}
    words = [sys.executable, "-c", READ, *sources]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_a_set_of_the_hub(tmp_path):
    sources = ["en-de", "en-de:validation", "de-fr", "pairs:train", "", "xx", "en-de:dev"]
    with Hub(FILES) as hub:
        found = read(hub.url, tmp_path, *(f"hf:owner/set/{one}".rstrip("/") for one in sources), "hf:owner/nothing")
    assert found[0] == [
        [{"eng_Latn": "Rain.", "deu_Latn": "Regen."}, {"_id": "1", "_split": "train"}],
        [{"eng_Latn": "Snow.", "deu_Latn": "Schnee."}, {"_id": "2", "_split": "train"}],
        [{"eng_Latn": "Fog.", "deu_Latn": "Nebel."}, {"_id": "3", "_split": "dev"}],
    ]
    assert found[1] == [[{"eng_Latn": "Fog.", "deu_Latn": "Nebel."}, {"_id": "1"}]]
    assert found[2] == [[{"deu_Latn": "Regen.", "fra_Latn": "Pluie."}, {"_id": "1", "_split": "train"}]]
    assert found[3] == [[{"eng_Latn": "Rain.", "fra_Latn": "Pluie."}, {"_id": "1"}]]
    for told, expected in zip(
        found[4:], ("'en-de', 'de-fr', 'pairs'", "'xx' not found", "Bad split: dev"), strict=False
    ):
        assert expected in told
    assert found[7] == "hf:owner/nothing: Dataset 'owner/nothing' doesn't exist on the Hub or cannot be accessed."
    assert "GET /datasets/owner/set/resolve/main/README.md" in hub.asked


def test_without_a_connection():
    with pytest.raises(
        CorpusError, match=r"hf:owner/set: the hub cannot be reached .*OfflineMode.* HF_HUB_OFFLINE unset"
    ):
        next(open_rows("hf:owner/set"))
    with pytest.raises(CorpusError, match="the hub cannot be reached"):
        hub_columns("hf:owner/set")


@pytest.mark.parametrize("source", ["hf:", "hf:name", "hf:owner/", "hf:owner/set:a:b", "hf:../set/../.."])
def test_wrong_names(source):
    with pytest.raises(CorpusError, match=r"written hf:OWNER/NAME/CONFIG:SPLIT"):
        next(open_rows(source))
