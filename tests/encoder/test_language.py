"""The encoder that is told the language: what it adds, whom it refuses, and that nothing loses it in silence."""

import copy
import json
import logging
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoModel, BertConfig, BertModel, DebertaV2Config, DebertaV2Model, XLMRobertaModel

import interlingua
from interlingua.encoder import LanguageTransformer, SentenceEncoder, VectorStore, add_language_embedding, load_encoder
from interlingua.encoder.models import load
from interlingua.encoder.subwords import token_ranges
from interlingua.errors import EncoderError, LanguageError
from interlingua.sbert import (
    SentenceTransformer,
    can_pretokenise,
    features,
    fingerprint,
    needs_language,
    text_features,
    token_ids,
)
from toy import toy_corpus_table, toy_static, toy_transformer

TEXTS = toy_corpus_table()["eng_Latn"].to_pylist()[:6]
LANGUAGES = ["de", "eng", "tel"]


def told(*, std: float | None = 1.0, seed: int = 0) -> SentenceTransformer:
    """A model with vectors large enough that no language is like another."""
    torch.manual_seed(seed)
    return add_language_embedding(toy_transformer(), LANGUAGES, std=std).eval()


def saved_bert(folder: Path) -> SentenceTransformer:
    tokenizer = toy_transformer().tokenizer
    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(**small, vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id)).save_pretrained(
        folder
    )
    tokenizer.save_pretrained(folder)
    return load(folder, pooling="mean", device="cpu")


def states_by_hand(model: SentenceTransformer, text: str, row: int) -> Tensor:
    """Encode one text without padding, its language's vector put into a table of word vectors made for it."""
    body = copy.deepcopy(model[0].auto_model)
    body._forward_pre_hooks.clear()
    with torch.no_grad():
        body.get_input_embeddings().weight += model[0].language_embedding.weight[row]
        return body(**model.tokenizer([text], return_tensors="pt")).last_hidden_state[0]


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_vector_is_added_to_every_token_whatever_the_padding(side: str) -> None:
    model = told()
    model.tokenizer.padding_side = side
    rows = [1, 2, 3, 0, 2, 3]
    given = features(model, token_ids(model, TEXTS), languages=["eng", "deu", "tel", "und", "de", "te"])
    assert given["language"].tolist() == rows
    with torch.no_grad():
        states = model(dict(given))["token_embeddings"]
    for state, mask, text, row in zip(states, given["attention_mask"].bool(), TEXTS, rows, strict=True):
        torch.testing.assert_close(state[mask], states_by_hand(model, text, row), atol=1e-5, rtol=1e-4)


def test_bert_is_told_too(tmp_path: Path) -> None:
    model = add_language_embedding(saved_bert(tmp_path), LANGUAGES, std=1.0).eval()
    with torch.no_grad():
        (state,) = model(model.preprocess(TEXTS[:1], language="tel"))["token_embeddings"]
    torch.testing.assert_close(state, states_by_hand(model, TEXTS[0], 3), atol=1e-5, rtol=1e-4)


def test_english_has_row_one_and_the_unknown_row_adds_nothing() -> None:
    plain, model = toy_transformer().eval(), told()
    assert model[0].languages == ["eng_Latn", "deu_Latn", "tel_Telu"]
    assert model[0].language_embedding.weight.shape == (4, 16)
    np.testing.assert_allclose(model.encode(TEXTS, language="und"), plain.encode(TEXTS), atol=1e-5)
    english, german = (model.encode(TEXTS, language=code) for code in ("en", "deu_Latn"))
    assert not np.allclose(english, german, atol=1e-2)
    assert not np.allclose(english, plain.encode(TEXTS), atol=1e-2)


def test_the_vectors_are_drawn_from_torchs_generator_as_the_model_itself_was() -> None:
    one, same, other = told(std=None), told(std=None), told(std=None, seed=1)
    weights = [model[0].language_embedding.weight for model in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert 0.01 < weights[0][1:].std().item() < 0.03
    assert not weights[0][0].any()


def test_training_moves_the_rows_of_a_batch_and_never_the_unknown_one() -> None:
    model = told().train()
    given = features(model, token_ids(model, TEXTS[:3]), languages=["tel", "und", "tel"])
    model(given)["sentence_embedding"].sum().backward()
    moved = model[0].language_embedding.weight.grad.abs().sum(dim=1) > 0
    assert moved.tolist() == [False, False, False, True]


def test_without_the_language_it_says_why_and_how() -> None:
    model = told()
    for attempt in (
        lambda: model.encode(TEXTS),
        lambda: SentenceEncoder(model).encode(TEXTS),
        lambda: model(model.preprocess(TEXTS)),
        lambda: model[0].auto_model(**model.tokenizer(TEXTS, padding=True, return_tensors="pt")),
        lambda: model[0].auto_model(model.tokenizer(TEXTS, padding=True, return_tensors="pt")["input_ids"]),
    ):
        with pytest.raises(EncoderError, match=r'language is missing.*language="tel_Telu".*knows eng_Latn, deu_Latn'):
            attempt()
    for attempt in (
        lambda: features(model, token_ids(model, TEXTS)),
        lambda: text_features(model, TEXTS),
        lambda: features(model, token_ids(model, TEXTS), languages=["tel"]),
        lambda: features(model, token_ids(model, TEXTS[:3]), languages="tel"),
    ):
        with pytest.raises(EncoderError, match="told the language of each of the"):
            attempt()


def test_whoever_calls_the_transformer_itself_gets_the_same_states() -> None:
    model = told()
    given = text_features(model, TEXTS, languages=["tel"] * 6)
    given.pop("modality", None)
    with torch.no_grad():
        direct = model[0].auto_model(**given, output_hidden_states=True)
        states = model(dict(given))["token_embeddings"]
    torch.testing.assert_close(direct.last_hidden_state, states)
    assert len(direct.hidden_states) == 3


def test_positions_that_are_given_are_kept() -> None:
    model, plain = told(), toy_transformer().eval()
    given = features(plain, token_ids(plain, TEXTS[:1]))
    given["position_ids"] = given["attention_mask"].cumsum(1).flip(1) + plain.tokenizer.pad_token_id
    with torch.no_grad():
        expected = plain(dict(given))["token_embeddings"]
        found = model({**given, "language": torch.zeros(1, dtype=torch.long)})["token_embeddings"]
    torch.testing.assert_close(found, expected)


def test_one_language_a_call() -> None:
    model = told()
    with pytest.raises(EncoderError, match="one language at a time"):
        model.encode(TEXTS[:2], language=["eng", "tel"])
    given = features(model, token_ids(model, TEXTS), languages=["tel"] * 6)
    with pytest.raises(EncoderError, match="6 texts and languages of shape"):
        model(given | {"language": given["language"][:4]})


def test_an_unknown_language_adds_nothing_and_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    model = told()
    with caplog.at_level(logging.WARNING):
        first = model.encode(TEXTS, language="kaz")
        model.encode(TEXTS, language="kk")
    assert caplog.text.count("no vector for kaz_Cyrl and adds none") == 1
    np.testing.assert_allclose(first, model.encode(TEXTS, language="und"))
    with pytest.raises(LanguageError, match="'klingon' is not a language code"):
        model.encode(TEXTS, language="klingon")


def test_a_variant_has_the_vector_of_its_language() -> None:
    assert told()[0].language_ids(["deu_Latn-CH", "en-GB"]).tolist() == [2, 1]


def test_what_cannot_have_a_language_embedding_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="StaticEmbedding: it is no plain transformer"):
        add_language_embedding(toy_static(), LANGUAGES)
    with pytest.raises(EncoderError, match="it has one already"):
        add_language_embedding(told(), LANGUAGES)
    with pytest.raises(EncoderError, match="name deu_Latn twice"):
        add_language_embedding(toy_transformer(), ["de", "deu"])


def test_an_architecture_that_takes_no_embeddings_is_told(tmp_path: Path) -> None:
    model = saved_bert(tmp_path)
    body = model[0].auto_model
    forward = body.forward
    body.forward = lambda inputs_embeds=None, **rest: forward(
        inputs_embeds=None if inputs_embeds is None else 2 * inputs_embeds, **rest
    )
    with pytest.raises(EncoderError, match="BertModel makes other states of embeddings"):
        add_language_embedding(model, LANGUAGES)
    body.forward = lambda input_ids, **rest: forward(input_ids=input_ids, **rest)
    with pytest.raises(EncoderError, match="BertModel does not take embeddings in place of tokens"):
        add_language_embedding(model, LANGUAGES)
    assert not needs_language(model)


def test_other_families_are_told_too(tmp_path: Path) -> None:
    tokenizer = toy_transformer().tokenizer
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    DebertaV2Model(DebertaV2Config(**small, vocab_size=len(tokenizer))).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    model = add_language_embedding(load(tmp_path, pooling="mean", device="cpu"), ["tel"])
    assert model.encode(TEXTS, language="tel").shape == (6, 16)


@pytest.mark.parametrize("kind", ["xlm-roberta", "bert"])
def test_it_is_saved_and_loaded_whole(kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = told() if kind == "xlm-roberta" else add_language_embedding(saved_bert(tmp_path / "bert"), LANGUAGES)
    model.max_seq_length = 20
    vectors = model.encode(TEXTS, language="tel")
    model.save_pretrained(str(tmp_path / "model"), create_model_card=False)
    again = interlingua.load(tmp_path / "model", device="cpu")
    assert isinstance(again[0], LanguageTransformer)
    assert again.max_seq_length == 20
    assert "(0): LanguageTransformer(" in repr(again)
    assert again[0].languages == model[0].languages
    np.testing.assert_allclose(again.encode(TEXTS, language="tel"), vectors, atol=1e-6)
    assert fingerprint(again) == fingerprint(model)
    again.save_pretrained(str(tmp_path / "twice"), create_model_card=False)
    for name in ("config.json", "language_transformer.json", "sentence_bert_config.json"):
        one, other = (json.loads((tmp_path / folder / name).read_text()) for folder in ("model", "twice"))
        assert one == other
    assert "_configuration_file" not in (tmp_path / "twice" / "tokenizer_config.json").read_text()
    stock = SentenceTransformer(str(tmp_path / "model"), trust_remote_code=True, device="cpu")
    np.testing.assert_allclose(stock.encode(TEXTS, language="tel"), vectors, atol=1e-6)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_nothing_else_loads_it_and_loses_the_vectors(tmp_path: Path) -> None:
    told().save_pretrained(str(tmp_path), create_model_card=False)
    with pytest.raises(ValueError, match="model type `interlingua-language-embedding`"):
        AutoModel.from_pretrained(tmp_path)
    with pytest.raises(OSError, match=r"no file named model\.safetensors"):
        XLMRobertaModel.from_pretrained(tmp_path)
    with pytest.raises(ValueError, match="trust_remote_code"):
        SentenceTransformer(str(tmp_path))
    with pytest.raises(EncoderError, match="brings its own pooling"):
        load(tmp_path, pooling="mean")
    (tmp_path / "modules.json").unlink()
    with pytest.raises(EncoderError, match="interlingua-language-embedding"):
        load(tmp_path, pooling="mean")


def test_a_folder_without_its_vectors_is_told(tmp_path: Path) -> None:
    told().save_pretrained(str(tmp_path), create_model_card=False)
    (tmp_path / "language_embedding.safetensors").unlink()
    with pytest.raises(EncoderError, match="is missing or does not hold 4 vectors of dimension 16"):
        load(tmp_path)


def test_unmerged_updates_are_not_saved_by_halves(tmp_path: Path) -> None:
    from peft import LoraConfig

    model = told()
    model.add_adapter(LoraConfig(r=2, target_modules=["query"]))
    with pytest.raises(EncoderError, match="merge them before saving"):
        model.save_pretrained(str(tmp_path), create_model_card=False)


def test_the_fingerprint_knows_languages_and_vectors() -> None:
    def one(languages: list[str], seed: int = 0) -> str:
        torch.manual_seed(seed)
        return fingerprint(add_language_embedding(toy_transformer(), languages))

    prints = [one(["deu", "tel"]), one(["tel", "deu"]), one(["deu", "tel"], 1), fingerprint(toy_transformer())]
    assert len(set(prints)) == 4
    assert one(["deu", "tel"]) == prints[0]


def test_it_is_tokenised_ahead_as_its_plain_transformer_is() -> None:
    model, plain = told(), toy_transformer()
    assert can_pretokenise(model)
    for one, other in zip(token_ids(model, TEXTS), token_ids(plain, TEXTS), strict=True):
        np.testing.assert_array_equal(one, other)
    words = [np.array([(0, 3)])] * 6
    np.testing.assert_array_equal(token_ranges(model, TEXTS, words), token_ranges(plain, TEXTS, words))


def test_an_encoder_passes_the_language_on(tmp_path: Path) -> None:
    model = told()
    model.save_pretrained(str(tmp_path / "mine"), create_model_card=False)
    encoder = load_encoder(str(tmp_path / "mine"), device="cpu", prefix="cab ")
    expected = model.encode([f"cab {text}" for text in TEXTS], language="deu_Latn", normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode(TEXTS, language="deu_Latn"), expected, atol=1e-6)
    assert encoder.encode([]).shape == (0, 16)
    with pytest.raises(EncoderError, match="language is missing"):
        VectorStore(tmp_path).encode(encoder, TEXTS)


def test_copies_and_pickles_are_whole() -> None:
    model = told()
    vectors = model.encode(TEXTS, language="tel")
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        with torch.no_grad():
            twin[0].language_embedding.weight.mul_(2)
        given = text_features(twin, TEXTS, languages=["tel"] * 6)
        given.pop("modality", None)
        with torch.no_grad():
            direct = twin[0].auto_model(**given).last_hidden_state
            torch.testing.assert_close(direct, twin(dict(given))["token_embeddings"])
        assert not np.allclose(twin.encode(TEXTS, language="tel"), vectors, atol=1e-2)
    np.testing.assert_allclose(model.encode(TEXTS, language="tel"), vectors)


def test_half_precision_is_kept(tmp_path: Path) -> None:
    model = add_language_embedding(toy_transformer().bfloat16(), LANGUAGES)
    assert model[0].language_embedding.weight.dtype == torch.bfloat16
    model.save_pretrained(str(tmp_path), create_model_card=False)
    again = load(tmp_path, device="cpu")
    assert fingerprint(again) == fingerprint(model)
