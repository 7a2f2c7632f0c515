"""``interlingua encode``: the folder it prints is an encoder of the same vectors."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from interlingua.cli.app import main
from interlingua.encoder import SentenceEncoder, load_encoder
from toy import toy_corpus_table, toy_static


def test_the_printed_folder_is_an_encoder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = toy_corpus_table(missing=0.3)
    pq.write_table(table, tmp_path / "rows.parquet")
    model = toy_static()
    model.save_pretrained(str(tmp_path / "model"))
    words = ["encode", str(tmp_path / "model"), "-d", str(tmp_path / "rows.parquet"), "-o", str(tmp_path / "vectors")]
    assert main([*words, "-l", "en,te"]) == 0
    stored = load_encoder(f"vectors:{capsys.readouterr().out.strip()}")
    for language in ("eng_Latn", "tel_Telu"):
        texts = [text for text in table[language].to_pylist() if text]
        np.testing.assert_allclose(stored.encode(texts), SentenceEncoder(model).encode(texts), atol=1e-3)
    assert main(words) == 0


def test_a_model_that_is_missing_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(toy_corpus_table(), tmp_path / "rows.parquet")
    assert main(["encode", "./none", "-d", str(tmp_path / "rows.parquet"), "-o", str(tmp_path / "vectors")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ./none: no such folder")
    assert not (tmp_path / "vectors").exists()
