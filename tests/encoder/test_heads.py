"""Heads that an encoder is trained with: what they predict, whose weights they hold, where they come from."""

import copy
import logging
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    MPNetConfig,
    MPNetModel,
    PreTrainedModel,
    RobertaConfig,
    RobertaForMaskedLM,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

from interlingua.encoder import (
    DenseTanh,
    LanguageModelHead,
    ReconstructionDecoder,
    add_language_embedding,
    language_model_head,
)
from interlingua.encoder.models import load
from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer
from toy import toy_corpus_table, toy_static, toy_transformer

TEXTS = toy_corpus_table()["eng_Latn"].to_pylist()[:5]
SMALL = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}


def masked_models(vocabulary: int, pad: int) -> dict[str, PreTrainedModel]:
    own = {"vocab_size": vocabulary, "pad_token_id": pad}
    distil = {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32, "activation": "relu"}
    return {
        "xlm-roberta": XLMRobertaForMaskedLM(XLMRobertaConfig(**SMALL, **own, max_position_embeddings=40)),
        "roberta": RobertaForMaskedLM(RobertaConfig(**SMALL, **own, layer_norm_eps=1e-3)),
        "bert": BertForMaskedLM(BertConfig(**SMALL, **own, hidden_act="relu")),
        "distilbert": DistilBertForMaskedLM(DistilBertConfig(**distil, **own)),
        "modernbert": ModernBertForMaskedLM(ModernBertConfig(**SMALL, **own, cls_token_id=0, sep_token_id=2)),
        "albert": AlbertForMaskedLM(AlbertConfig(**SMALL, **own, embedding_size=8)),
    }


def saved(kind: str, folder: Path, *, shard: str = "5GB") -> PreTrainedModel:
    """Save a masked language model with the toy world's tokenizer; its numbers are no model's usual start."""
    tokenizer = toy_transformer().tokenizer
    made = masked_models(len(tokenizer), tokenizer.pad_token_id)[kind].eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    made.save_pretrained(folder, max_shard_size=shard)
    tokenizer.save_pretrained(folder)
    return made


def states_of(model: SentenceTransformer, texts: list[str] = TEXTS) -> tuple[Tensor, dict[str, Tensor]]:
    given = model.preprocess(texts)
    with torch.no_grad():
        return model[0](dict(given))["token_embeddings"], given


@pytest.mark.parametrize("kind", ["xlm-roberta", "roberta", "bert", "distilbert", "modernbert", "albert"])
def test_the_pretrained_head_predicts_as_the_masked_language_model_does(kind: str, tmp_path: Path) -> None:
    whole = saved(kind, tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu").eval()
    states, given = states_of(model)
    with torch.no_grad():
        expected = whole(given["input_ids"], attention_mask=given["attention_mask"]).logits
        logits = language_model_head(model)(states)
        some = torch.tensor([7, 3, 11])
        restricted = language_model_head(model)(states[0], vocabulary=some)
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(restricted, expected[0][:, some], atol=1e-5, rtol=0)


def test_a_checkpoint_in_several_files_is_read(tmp_path: Path) -> None:
    whole = saved("bert", tmp_path, shard="4KB")
    assert (tmp_path / "model.safetensors.index.json").is_file()
    head = language_model_head(load(tmp_path, pooling="cls", device="cpu"))
    torch.testing.assert_close(head.dense.weight, whole.cls.predictions.transform.dense.weight)


def test_a_checkpoint_from_the_hub_is_read_from_the_local_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    copy_of = tmp_path / "models--org--masked"
    whole = saved("xlm-roberta", copy_of / "snapshots" / ("a" * 40))
    (copy_of / "refs").mkdir()
    (copy_of / "refs" / "main").write_text("a" * 40)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    model = load(copy_of / "snapshots" / ("a" * 40), pooling="cls", device="cpu")
    model[0].auto_model.name_or_path = "org/masked"
    torch.testing.assert_close(language_model_head(model).dense.weight, whole.lm_head.dense.weight)
    model[0].auto_model.name_or_path = "org/absent"
    language_model_head(model)
    assert "with the encoder (org/absent)" in caplog.text


def test_old_names_of_the_norm_are_read(tmp_path: Path) -> None:
    whole = saved("bert", tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    norm = "cls.predictions.transform.LayerNorm"
    weights[f"{norm}.gamma"], weights[f"{norm}.beta"] = weights.pop(f"{norm}.weight"), weights.pop(f"{norm}.bias")
    save_file(weights, tmp_path / "old.safetensors")
    head = language_model_head(load(tmp_path, pooling="cls", device="cpu"), file=tmp_path / "old.safetensors")
    torch.testing.assert_close(head.norm.weight, whole.cls.predictions.transform.LayerNorm.weight)
    torch.testing.assert_close(head.norm.bias, whole.cls.predictions.transform.LayerNorm.bias)


def test_a_head_that_a_run_kept_comes_first(tmp_path: Path) -> None:
    saved("bert", tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu")
    trained = language_model_head(model)
    with torch.no_grad():
        trained.bias.add_(1)
    save_file(trained.state_dict(), tmp_path / "head.safetensors")
    again = language_model_head(model, file=tmp_path / "head.safetensors")
    for name, value in trained.state_dict().items():
        assert torch.equal(again.state_dict()[name], value)


def test_without_a_pretrained_head_a_new_one_is_made_and_told(caplog: pytest.LogCaptureFixture) -> None:
    model = toy_transformer()
    torch.manual_seed(3)
    one = language_model_head(model)
    assert "a new one is made at random" in caplog.text
    torch.manual_seed(3)
    assert torch.equal(one.dense.weight, language_model_head(model).dense.weight)
    assert 0.015 < one.dense.weight.std().item() < 0.025
    assert not one.bias.any()


def test_where_the_head_came_from_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    saved("xlm-roberta", tmp_path)
    with caplog.at_level(logging.INFO, logger="interlingua"):
        language_model_head(load(tmp_path, pooling="cls", device="cpu"))
    assert f"{tmp_path}: the head for predicting tokens is the pretrained one" in caplog.text


def test_the_tied_weight_is_the_encoders_and_not_the_heads() -> None:
    model = toy_transformer()
    words = model[0].auto_model.get_input_embeddings().weight
    head = language_model_head(model)
    assert sorted(head.state_dict()) == ["bias", "dense.bias", "dense.weight", "norm.bias", "norm.weight"]
    assert not any(parameter is words for parameter in head.parameters())
    assert not any(module is model[0].auto_model for module in head.modules())
    states = torch.randn(4, 16)
    before = head(states)
    with torch.no_grad():
        words.mul_(2)
    torch.testing.assert_close(head(states), 2 * before)
    head(states).sum().backward()
    assert words.grad is not None
    assert words.grad.any()


def test_copies_made_together_belong_together() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = toy_transformer()
            self.head = language_model_head(self.model)

    both = Both()
    twin = copy.deepcopy(both)
    assert twin.head.encoder is twin.model[0].auto_model
    assert both.head.encoder is both.model[0].auto_model
    alone = copy.deepcopy(both.head)
    states = torch.randn(2, 16)
    torch.testing.assert_close(alone(states), both.head(states))
    assert twin.double().head(states.double()).dtype == torch.float64


def test_a_vocabulary_that_changed_is_told(tmp_path: Path) -> None:
    saved("bert", tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu")
    head = language_model_head(model)
    model[0].auto_model.resize_token_embeddings(len(head.bias) + 3)
    with pytest.raises(EncoderError, match="make the head after the vocabulary is changed"):
        head(torch.zeros(1, 16))
    with pytest.raises(EncoderError, match="belongs to another encoder or vocabulary"):
        language_model_head(model)


def test_output_embeddings_that_are_not_tied_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokenizer = toy_transformer().tokenizer
    config = BertConfig(**SMALL, vocab_size=len(tokenizer), tie_word_embeddings=False)
    BertForMaskedLM(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    language_model_head(load(tmp_path, pooling="cls", device="cpu"))
    assert "its output embeddings differ from its input embeddings" in caplog.text


def test_files_without_a_head_are_told(tmp_path: Path) -> None:
    model = toy_transformer()
    with pytest.raises(EncoderError, match="no such file"):
        language_model_head(model, file=tmp_path / "absent.safetensors")
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(EncoderError, match="no head for predicting tokens is in it"):
        language_model_head(model, file=tmp_path / "other.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"nothing")
    with pytest.raises(EncoderError, match="not readable as safetensors"):
        language_model_head(model, file=tmp_path / "broken.safetensors")


@pytest.mark.parametrize("make", [language_model_head, ReconstructionDecoder])
def test_a_static_encoder_has_no_states_to_predict_from(make: type) -> None:
    with pytest.raises(EncoderError, match="StaticEmbedding, which has no states of tokens"):
        make(toy_static())


def test_dense_tanh_is_what_it_says() -> None:
    projection = DenseTanh(5)
    vectors = torch.randn(3, 5)
    expected = torch.tanh(vectors @ projection.dense.weight.T + projection.dense.bias)
    torch.testing.assert_close(projection(vectors), expected)


def reconstructed_one_by_one(
    model: SentenceTransformer, decoder: ReconstructionDecoder, sources: list[str], lengths: list[int]
) -> list[Tensor]:
    """Decode pair by pair without padding; of each sequence, all but the two first tokens are looked at."""
    body, found = model[0].auto_model, []
    for text, length in zip(sources, lengths, strict=True):
        states, _ = states_of(model, [text])
        masks = torch.full((1, length), model.tokenizer.mask_token_id)
        hidden = torch.cat([states, body.embeddings(input_ids=masks)], dim=1)
        size = hidden.shape[1]
        attention = torch.zeros(1, 1, size, size)
        attention[..., 0] = attention[..., states.shape[1]] = -torch.inf
        for layer in decoder.layers:
            hidden = layer(hidden, attention)
        found.append(hidden[0, states.shape[1] :])
    return found


@pytest.mark.parametrize(("kind", "left"), [("bert", False), ("xlm-roberta", False), ("xlm-roberta", True)])
def test_a_batch_is_reconstructed_as_its_pairs_one_by_one_are(kind: str, left: bool, tmp_path: Path) -> None:
    saved(kind, tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu").eval()
    decoder = ReconstructionDecoder(model).eval()
    lengths = [4, 9, 2, 6, 7]
    target = torch.arange(9) < torch.tensor(lengths)[:, None]
    if left:
        model.tokenizer.padding_side = "left"
        target = target.flip(1)
    states, given = states_of(model)
    assert not given["attention_mask"].bool().all()
    with torch.no_grad():
        made = decoder(states, given["attention_mask"], target)
        expected = reconstructed_one_by_one(model, decoder, TEXTS, lengths)
    assert made.shape == (5, 9, 16)
    for row in range(5):
        torch.testing.assert_close(made[row][target[row]], expected[row], atol=1e-5, rtol=1e-4)


def test_the_decoder_begins_as_the_last_layers_and_trains_apart_from_them(tmp_path: Path) -> None:
    saved("xlm-roberta", tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu")
    body = model[0].auto_model
    decoder = ReconstructionDecoder(model)
    stack = body.encoder.layer
    for copied, original in zip(decoder.layers, stack[-2:], strict=True):
        for one, other in zip(copied.parameters(), original.parameters(), strict=True):
            assert torch.equal(one, other)
            assert one is not other
    assert {name.split(".")[0] for name in decoder.state_dict()} == {"layers"}
    states, given = states_of(model)
    decoder(states, given["attention_mask"], given["attention_mask"]).sum().backward()
    assert body.embeddings.word_embeddings.weight.grad[model.tokenizer.mask_token_id].any()
    assert all(parameter.grad is None for parameter in stack.parameters())
    assert len(ReconstructionDecoder(model, layers=3).layers) == 3


def test_the_first_tokens_cannot_be_looked_at(tmp_path: Path) -> None:
    saved("xlm-roberta", tmp_path)
    model = load(tmp_path, pooling="cls", device="cpu").eval()
    decoder = ReconstructionDecoder(model).eval()
    states, given = states_of(model)
    mask = given["attention_mask"]
    changed = states.clone()
    changed[:, 0] += 5
    with torch.no_grad():
        assert torch.equal(decoder(states, mask, mask), decoder(changed, mask, mask))
        changed[:, 1] += 5
        assert not torch.allclose(decoder(states, mask, mask), decoder(changed, mask, mask))


def test_sentences_of_a_first_token_alone_give_numbers() -> None:
    model = toy_transformer()
    decoder = ReconstructionDecoder(model)
    one, none = torch.ones(1, 1), torch.zeros(1, 1)
    assert decoder(torch.randn(1, 1, 16), one, one).isfinite().all()
    assert decoder(torch.randn(1, 1, 16), none, none).isfinite().all()


def test_an_encoder_with_a_language_embedding_is_told_the_targets_language() -> None:
    model = add_language_embedding(toy_transformer(), ["deu", "tel"], std=1.0).eval()
    decoder = ReconstructionDecoder(model, layers=1).eval()
    given = model.preprocess(TEXTS, language="deu")
    states = model[0](dict(given))["token_embeddings"]
    mask = given["attention_mask"]
    with pytest.raises(EncoderError, match="give the languages of the targets"):
        decoder(states, mask, mask)
    english, telugu = (model[0].language_ids(code).repeat(5) for code in ("eng", "tel"))
    assert not torch.allclose(
        decoder(states, mask, mask, language=english), decoder(states, mask, mask, language=telugu)
    )


def test_what_no_decoder_can_be_copied_from_is_told(tmp_path: Path) -> None:
    model = toy_transformer()
    with pytest.raises(EncoderError, match="3 layers cannot be copied from an encoder of 2"):
        ReconstructionDecoder(model, layers=3)
    with pytest.raises(EncoderError, match=r"are \(B, S, D\)"):
        ReconstructionDecoder(model)(torch.zeros(2, 3, 16), torch.ones(2, 4), torch.ones(2, 4))
    MPNetModel(MPNetConfig(**SMALL, vocab_size=len(model.tokenizer))).save_pretrained(tmp_path)
    model.tokenizer.save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match=r"MPNetModel \(mpnet\)"):
        ReconstructionDecoder(load(tmp_path, pooling="mean", device="cpu"))
    model.tokenizer.mask_token = None
    with pytest.raises(EncoderError, match="no mask token"):
        ReconstructionDecoder(model)


def test_a_factorised_embedding_is_predicted_from_through_its_own_dimension(tmp_path: Path) -> None:
    saved("albert", tmp_path)
    head = LanguageModelHead(load(tmp_path, pooling="cls", device="cpu")[0].auto_model)
    assert head.dense.weight.shape == (8, 16)
