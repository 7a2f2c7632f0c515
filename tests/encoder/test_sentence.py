"""Encoders from models, functions and words on the command line."""

import sys
from pathlib import Path

import numpy as np
import pytest

import interlingua.encoder
from interlingua.encoder import FunctionEncoder, SentenceEncoder, StoredEncoder, VectorStore, load_encoder
from interlingua.errors import EncoderError
from interlingua.types import Encoder
from toy import toy_corpus_table, toy_static, toy_transformer

TEXTS = toy_corpus_table()["eng_Latn"].to_pylist()[:9]

FACTORIES = """
import numpy as np

NUMBER = 7

def function():
    return lambda texts: np.array([[len(text), 1.0] for text in texts])

def model():
    from toy import toy_static
    return toy_static()

def encoder():
    from interlingua.encoder import FunctionEncoder
    return FunctionEncoder(function(), name="own name")

class Encodes:
    def encode(self, texts):
        return function()(texts)

def nothing():
    return 3
"""


@pytest.fixture
def factories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "toy_factories.py").write_text(FACTORIES)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toy_factories", raising=False)
    return "toy_factories"


def test_vectors_are_unit_float32_in_the_order_of_the_texts() -> None:
    model = toy_transformer()
    encoder = SentenceEncoder(model, batch_size=2)
    vectors = encoder.encode(TEXTS, language="eng_Latn")
    assert isinstance(encoder, Encoder)
    assert vectors.dtype == np.float32
    rows = model.encode(TEXTS, batch_size=9)
    np.testing.assert_allclose(vectors, rows / np.linalg.norm(rows, axis=1, keepdims=True), atol=1e-6)
    assert encoder.encode([]).shape == (0, 16)


def test_half_precision_models_give_unit_float32() -> None:
    vectors = SentenceEncoder(toy_transformer().bfloat16()).encode(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_an_empty_text_of_a_static_encoder_is_the_zero_vector() -> None:
    assert not SentenceEncoder(toy_static()).encode([""]).any()


def test_a_prefix_is_put_before_every_text_and_changes_the_fingerprint() -> None:
    model = toy_static()
    plain, prefixed = SentenceEncoder(model), SentenceEncoder(model, prefix="cab ")
    np.testing.assert_allclose(prefixed.encode(TEXTS), plain.encode([f"cab {text}" for text in TEXTS]), atol=1e-6)
    assert plain.fingerprint != prefixed.fingerprint


def test_no_prefix_keeps_the_models_own_prompt_and_an_empty_one_does_not() -> None:
    model = toy_static()
    raw = SentenceEncoder(model).encode(TEXTS)
    model.prompts["query"] = "cab "
    model.default_prompt_name = "query"
    own = SentenceEncoder(model).encode(TEXTS)
    np.testing.assert_allclose(own, SentenceEncoder(toy_static(), prefix="cab ").encode(TEXTS), atol=1e-6)
    np.testing.assert_allclose(SentenceEncoder(model, prefix="").encode(TEXTS), raw, atol=1e-6)


def test_no_progress_bar_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    SentenceEncoder(toy_static()).encode(TEXTS)
    assert capfd.readouterr().err == ""
    SentenceEncoder(toy_static(), progress=True).encode(TEXTS)
    assert "Batches" in capfd.readouterr().err


def test_a_folder_is_loaded_under_its_name(tmp_path: Path) -> None:
    model = toy_transformer()
    model.save_pretrained(str(tmp_path / "mine"))
    encoder = load_encoder(str(tmp_path / "mine"), max_length=8, prefix="cab ", device="cpu")
    assert encoder.name == "mine"
    model.max_seq_length = 8
    np.testing.assert_allclose(encoder.encode(TEXTS), SentenceEncoder(model, prefix="cab ").encode(TEXTS), atol=1e-6)


def test_stored_vectors_are_loaded(tmp_path: Path) -> None:
    encoder = SentenceEncoder(toy_static())
    VectorStore(tmp_path).encode(encoder, TEXTS)
    stored = load_encoder(f"vectors:{tmp_path}")
    assert isinstance(stored, StoredEncoder)
    np.testing.assert_allclose(stored.encode(TEXTS), encoder.encode(TEXTS), atol=1e-3)
    with pytest.raises(EncoderError, match="prefix cannot be changed"):
        load_encoder(f"vectors:{tmp_path}", prefix="a")


@pytest.mark.parametrize("factory", ["function", "Encodes"])
def test_a_function_from_texts_to_an_array(factories: str, factory: str) -> None:
    encoder = load_encoder(f"{factories}:{factory}", prefix="xx")
    assert encoder.name == f"{factories}:{factory}"
    np.testing.assert_allclose(encoder.encode(["a"]), [[3 / 10**0.5, 1 / 10**0.5]], atol=1e-6)


def test_a_factory_may_return_a_model_or_an_encoder(factories: str) -> None:
    made = load_encoder(f"{factories}:model")
    assert isinstance(made, SentenceEncoder)
    np.testing.assert_allclose(made.encode(TEXTS), SentenceEncoder(toy_static()).encode(TEXTS), atol=1e-6)
    assert load_encoder(f"{factories}:encoder").name == "own name"


@pytest.mark.parametrize(
    ("factory", "message"),
    [("absent", "has no attribute"), ("NUMBER", "cannot be called"), ("nothing", "returned a int")],
)
def test_a_factory_that_is_none_is_told(factories: str, factory: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        load_encoder(f"{factories}:{factory}")


def test_a_module_that_is_missing_is_told() -> None:
    with pytest.raises(EncoderError, match="PYTHONPATH"):
        load_encoder("no_such_module_anywhere:make")
    with pytest.raises(EncoderError, match="pooling cannot be changed"):
        load_encoder("no_such_module_anywhere:make", pooling="mean")


def test_the_fingerprint_of_a_function_is_what_it_does() -> None:
    one = FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="f")
    same = FunctionEncoder(lambda texts: [(len(text), 1) for text in texts], name="f")
    other = FunctionEncoder(lambda texts: [[len(text), 2.0] for text in texts], name="f")
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_a_table_of_known_texts_is_known_by_name_or_by_what_is_given(caplog: pytest.LogCaptureFixture) -> None:
    table = {"yes": [1.0, 0.0], "no": [0.0, 1.0]}

    def encoder(name: str, fingerprint: str | None = None, prefix: str = "") -> FunctionEncoder:
        return FunctionEncoder(
            lambda texts: [table[text] for text in texts], name=name, prefix=prefix, fingerprint=fingerprint
        )

    assert encoder("one").fingerprint == encoder("one").fingerprint != encoder("two").fingerprint
    assert "one does not encode other texts (KeyError(" in caplog.text
    caplog.clear()
    first = encoder("one", "v1").fingerprint
    assert first == encoder("one", "v1").fingerprint
    assert len({first, encoder("one", "v2").fingerprint, encoder("one", "v1", "query: ").fingerprint}) == 3
    assert not caplog.text
    assert encoder("one").encode(["no"]).tolist() == [[0.0, 1.0]]


def test_everything_exported_is_there() -> None:
    assert interlingua.encoder.__all__ == sorted(interlingua.encoder.__all__)
    assert all(getattr(interlingua.encoder, name).__name__ == name for name in interlingua.encoder.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = interlingua.encoder.nothing_like_it
