"""Loading a model by its name: what loads, and what is said of what does not."""

from pathlib import Path

import numpy as np
import pytest
import torch

from interlingua.encoder import models
from interlingua.encoder.models import load
from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer
from toy import toy_corpus_table, toy_static, toy_transformer

TEXTS = toy_corpus_table()["eng_Latn"].to_pylist()[:6]


@pytest.fixture
def transformer() -> SentenceTransformer:
    return toy_transformer()


@pytest.fixture
def plain(transformer: SentenceTransformer, tmp_path: Path) -> Path:
    transformer[0].model.save_pretrained(tmp_path)
    transformer[0].tokenizer.save_pretrained(tmp_path)
    return tmp_path


def test_a_plain_transformers_folder_is_loaded_with_pooling(plain: Path, transformer: SentenceTransformer) -> None:
    model = load(plain, pooling="mean", max_length=12, prefix="abc: ", device="cpu")
    assert model.max_seq_length == 12
    transformer.max_seq_length = 12
    expected = transformer.encode([f"abc: {text}" for text in TEXTS])
    np.testing.assert_allclose(model.encode(TEXTS), expected, atol=1e-6)
    assert load(plain, pooling="cls", device="cpu")[1].pooling_mode == "cls"


def test_a_plain_transformers_folder_without_pooling_tells_about_it(plain: Path) -> None:
    with pytest.raises(EncoderError, match="say how to pool: pooling mean or cls"):
        load(plain)


def test_pooling_given_twice_is_refused(transformer: SentenceTransformer, tmp_path: Path) -> None:
    transformer.save_pretrained(str(tmp_path))
    with pytest.raises(EncoderError, match="brings its own pooling"):
        load(tmp_path, pooling="mean")


def test_pickled_weights_are_refused(plain: Path) -> None:
    (plain / "model.safetensors").unlink()
    torch.save({}, plain / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="save_pretrained"):
        load(plain, pooling="mean")


def test_missing_weights_are_told(plain: Path) -> None:
    (plain / "model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(EncoderError, match="does not load"):
        load(plain, pooling="mean")


def test_a_static_encoder_has_no_maximum_length(tmp_path: Path) -> None:
    toy_static().save_pretrained(str(tmp_path))
    with pytest.raises(EncoderError, match="maximum length"):
        load(tmp_path, max_length=8)


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "a/b/c"])
def test_a_missing_folder_is_told(name: str) -> None:
    with pytest.raises(EncoderError, match="no such folder"):
        load(name)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no model"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["mistyped", "invented-organisation/invented-model"])
def test_the_hub_is_asked_once_for_a_name_without_a_local_copy(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked = []

    def refuse(_: object, repository: str, **settings: object) -> None:
        asked.append((repository, settings))
        raise ConnectionError("Name or service not known\nand more")

    monkeypatch.setattr(models.HfApi, "model_info", refuse)
    monkeypatch.setattr(models, "is_sentence_transformer_model", lambda *_, **__: pytest.fail("it was asked again"))
    told = rf"{name}: no folder.*\(Name or service not known\)\. Is the name right.*HF_HUB_OFFLINE"
    with pytest.raises(EncoderError, match=told):
        load(name, revision="v1")
    assert asked == [(name, {"revision": "v1", "timeout": 10.0})]


def test_a_local_copy_needs_no_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "models--invented--model" / "snapshots" / "abc" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text("{}")
    (tmp_path / "models--invented--model" / "refs").mkdir()
    (tmp_path / "models--invented--model" / "refs" / "main").write_text("abc")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    monkeypatch.setattr(models.HfApi, "model_info", lambda *_, **__: pytest.fail("the hub was asked"))
    monkeypatch.setattr(models, "is_sentence_transformer_model", lambda *_, **__: False)
    with pytest.raises(EncoderError, match="say how to pool"):
        load("invented/model")


def test_a_name_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="invented-organisation/invented-model"):
        load("invented-organisation/invented-model")
