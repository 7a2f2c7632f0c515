"""The functions on a SentenceTransformer: token path, fingerprint, normalisation, loading."""

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from interlingua import sbert
from interlingua.encoder.models import load
from interlingua.errors import EncoderError
from interlingua.sbert import Normalize, Pooling, SentenceTransformer
from toy import toy_corpus_table, toy_static, toy_transformer

TABLE = toy_corpus_table()
TEXTS = [*TABLE["eng_Latn"].to_pylist()[:6], "", "a", "x " * 100, *TABLE["tel_Telu"].to_pylist()[:6]]


@pytest.fixture(params=[toy_static, toy_transformer], ids=["static", "transformer"])
def model(request: pytest.FixtureRequest) -> SentenceTransformer:
    return request.param()


@pytest.fixture
def transformer() -> SentenceTransformer:
    return toy_transformer()


def encoded(model: SentenceTransformer, texts: list[str]) -> np.ndarray:
    model.eval()
    with torch.no_grad():
        return model(sbert.features(model, sbert.token_ids(model, texts)))["sentence_embedding"].numpy()


@pytest.mark.parametrize(
    "texts", [TEXTS, TEXTS[::-1], ["a"], [""], ["", ""]], ids=["all", "back", "one", "none", "two"]
)
def test_the_token_path_gives_the_vectors_of_encode(model: SentenceTransformer, texts: list[str]) -> None:
    assert sbert.can_pretokenise(model)
    np.testing.assert_allclose(encoded(model, texts), model.encode(texts, prompt=""), atol=1e-6)


def test_the_token_path_handles_left_padding(transformer: SentenceTransformer) -> None:
    transformer[0].tokenizer.padding_side = "left"
    np.testing.assert_allclose(encoded(transformer, TEXTS), transformer.encode(TEXTS), atol=1e-6)
    assert sbert.features(transformer, sbert.token_ids(transformer, TEXTS))["attention_mask"][7, 0] == 0


def test_token_ids_carry_special_tokens_and_stop_at_the_maximum_length(transformer: SentenceTransformer) -> None:
    empty, one, long = sbert.token_ids(transformer, ["", "a", "x " * 100])
    assert empty.tolist() == [0, 2]
    assert one[0] == 0
    assert one[-1] == 2
    assert len(long) == transformer.max_seq_length == 32
    assert long.dtype == np.int32
    assert sbert.token_ids(transformer, []) == []


def test_text_features_are_those_of_the_token_path(model: SentenceTransformer) -> None:
    made = sbert.text_features(model, TEXTS)
    for key, tensor in sbert.features(model, sbert.token_ids(model, TEXTS)).items():
        assert torch.equal(tensor, made[key])


def test_a_first_module_that_is_neither_falls_back_to_text(transformer: SentenceTransformer) -> None:
    class Other(torch.nn.Module):
        def preprocess(self, texts: list[str], **kwargs: object) -> dict[str, object]:
            return {"texts": texts}

    other = SentenceTransformer(modules=[Other()], device="cpu")
    assert not sbert.can_pretokenise(other)
    with pytest.raises(EncoderError, match="text_features"):
        sbert.features(other, [np.array([1], dtype=np.int32)])
    transformer[0].processing_kwargs = {"text": {"max_length": 5}}
    assert not sbert.can_pretokenise(transformer)


def test_the_fingerprint_survives_encoding_saving_and_loading(model: SentenceTransformer, tmp_path: Path) -> None:
    before = sbert.fingerprint(model)
    vectors = model.encode(TEXTS)
    assert sbert.fingerprint(model) == before
    model.save_pretrained(str(tmp_path))
    again = load(tmp_path, device="cpu")
    assert sbert.fingerprint(again) == before
    np.testing.assert_array_equal(again.encode(TEXTS), vectors)


def _weight(model: SentenceTransformer) -> None:
    with torch.no_grad():
        model[0].model.encoder.layer[0].output.dense.bias[3] += 1e-3


def _pooling(model: SentenceTransformer) -> None:
    model[1] = Pooling(16, "cls")


def _prompt(model: SentenceTransformer) -> None:
    model.prompts["query"] = "query: "


def _default_prompt(model: SentenceTransformer) -> None:
    model.prompts["query"] = ""
    model.default_prompt_name = "query"


def _max_length(model: SentenceTransformer) -> None:
    model.max_seq_length = 16


def _activation(model: SentenceTransformer) -> None:
    model[0].model.config.hidden_act = "relu"


def _tokenizer(model: SentenceTransformer) -> None:
    model[0].tokenizer.backend_tokenizer.normalizer = None


def _dtype(model: SentenceTransformer) -> None:
    model.half()


@pytest.mark.parametrize(
    "change",
    [_weight, _pooling, _prompt, _default_prompt, _max_length, _activation, _tokenizer, _dtype, sbert.append_normalize],
)
def test_the_fingerprint_tells_every_change(
    transformer: SentenceTransformer, change: Callable[[SentenceTransformer], None]
) -> None:
    before = sbert.fingerprint(transformer)
    assert sbert.fingerprint(copy.deepcopy(transformer)) == before
    change(transformer)
    assert sbert.fingerprint(transformer) != before


def test_normalize_is_appended_once(model: SentenceTransformer) -> None:
    assert not sbert.has_normalize(model)
    sbert.append_normalize(model)
    sbert.append_normalize(model)
    assert sum(isinstance(module, Normalize) for module in model) == 1
    np.testing.assert_allclose(np.linalg.norm(model.encode(["ab cd"]), axis=1), 1, atol=1e-6)


def test_the_dimension_is_that_of_the_vectors(model: SentenceTransformer) -> None:
    assert sbert.embedding_dimension(model) == model.encode(["a"]).shape[1] == 16
