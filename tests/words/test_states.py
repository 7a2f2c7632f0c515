import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from interlingua.encoder.models import load
from interlingua.encoder.subwords import token_ranges
from interlingua.errors import EncoderError
from interlingua.sbert import Normalize, SentenceTransformer
from interlingua.words.layers import resolve_layer
from interlingua.words.segment import segment, split_spans
from interlingua.words.states import WordEncoder
from toy import toy_rows, toy_static, toy_transformer

ROWS = list(toy_rows(12).table.to_pylist())
TEXTS = [row[language] for row in ROWS for language in ("eng_Latn", "tel_Telu")]


@pytest.fixture(scope="module")
def model():
    return toy_transformer(max_length=64)


def naive_states(model, text, layer):
    """Every token's state, the text alone, all layers computed."""
    body, tokenizer = model[0].auto_model, model[0].tokenizer
    body.eval()
    with torch.no_grad():
        return body(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states[layer][0].numpy()


def words_of(texts):
    return [split_spans(text) for text in texts]


@pytest.mark.parametrize("layer", [0, 1, 2, -1, None])
def test_words_are_means_of_their_subwords(model, layer):
    encoder = WordEncoder(model, layer=layer)
    states = encoder.encode(TEXTS, words_of(TEXTS))
    assert len(states) == len(TEXTS)
    assert states.known.all()
    for number, (text, tokens) in enumerate(zip(TEXTS, token_ranges(model, TEXTS, words_of(TEXTS)), strict=True)):
        alone = naive_states(model, text, 2 if layer is None else layer)
        vectors, ranges = states.of(number)
        assert ranges.tolist() == [[word, word + 1] for word in range(len(tokens))]
        for vector, (begin, end) in zip(vectors, tokens, strict=True):
            np.testing.assert_allclose(vector, alone[begin:end].mean(axis=0), atol=2e-5)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_subwords_are_the_states_themselves(model, layer):
    states = WordEncoder(model, layer=layer).encode(TEXTS, words_of(TEXTS), unit="subword")
    for number, (text, tokens) in enumerate(zip(TEXTS, token_ranges(model, TEXTS, words_of(TEXTS)), strict=True)):
        alone = naive_states(model, text, layer)
        vectors, ranges = states.of(number)
        assert len(vectors) == len({token for begin, end in tokens.tolist() for token in range(begin, end)})
        for (first, last), (begin, end) in zip(ranges, tokens, strict=True):
            np.testing.assert_allclose(vectors[first:last], alone[begin:end], atol=2e-5)


def test_batches_change_nothing(model):
    some = [WordEncoder(model, batch_size=size).encode(TEXTS, words_of(TEXTS)) for size in (1, 5, 100)]
    for other in some[1:]:
        np.testing.assert_allclose(some[0].vectors, other.vectors, atol=2e-5)
        np.testing.assert_array_equal(some[0].ranges, other.ranges)


def test_words_that_share_a_subword_both_have_it():
    model = toy_static()
    text = ROWS[0]["eng_Latn"]
    length = len(text.split()[0])
    cut = np.array([(0, 1), (1, length)])
    states = WordEncoder(model).encode([text], [cut], unit="subword")
    begins, ends = states.ranges.T
    assert begins[1] < ends[0]  # the first token holds the first two letters
    means = WordEncoder(model).encode([text], [cut], unit="word")
    for word, (begin, end) in enumerate(states.ranges):
        np.testing.assert_allclose(means.vectors[word], states.vectors[begin:end].mean(axis=0), atol=1e-6)


def test_static_vectors_are_rows_of_the_table():
    model = toy_static()
    text = TEXTS[0]
    states = WordEncoder(model).encode([text], [split_spans(text)], unit="subword")
    (tokens,) = token_ranges(model, [text], [split_spans(text)])
    ids = model[0].tokenizer.encode(text, add_special_tokens=False).ids
    used = [token for begin, end in tokens for token in range(begin, end)]
    np.testing.assert_array_equal(states.vectors, model[0].embedding.weight.detach().numpy()[np.array(ids)[used]])
    with pytest.raises(EncoderError, match="no layer 1; this model has layers 0"):
        WordEncoder(model, layer=1)


def test_words_beyond_the_maximum_length_have_no_state():
    model = toy_transformer(max_length=8)
    text = " ".join(TEXTS[:3])
    for unit in ("word", "subword"):
        states = WordEncoder(model).encode([text, TEXTS[0]], [split_spans(text), split_spans(TEXTS[0])], unit=unit)
        known = states.known[: states.words[1]]
        assert known[0]
        assert not known[-1]
        assert (states.of(0)[1][~known] == 0).all()
        assert len(states.of(0)[0]) <= 6


def test_nothing_in_nothing_out(model):
    encoder = WordEncoder(model)
    empty = encoder.encode([], [])
    assert (len(empty), empty.vectors.shape) == (0, (0, 16))
    texts = ["", "   ", TEXTS[0], "x"]
    states = encoder.encode(texts, [split_spans(""), split_spans(""), split_spans(TEXTS[0]), split_spans("")])
    assert [len(states.of(text)[0]) for text in range(4)] == [0, 0, len(TEXTS[0].split()), 0]


def test_the_prefix_is_read_and_has_no_words(model):
    text = TEXTS[0]
    shifted = split_spans(text) + len("query: ")
    with_prefix = WordEncoder(model, prefix="query: ").encode([text], [split_spans(text)])
    np.testing.assert_allclose(
        with_prefix.vectors, WordEncoder(model).encode(["query: " + text], [shifted]).vectors, atol=1e-6
    )
    model.prompts["prefix"], model.default_prompt_name = "query: ", "prefix"
    try:
        assert WordEncoder(model).prefix == "query: "
        assert WordEncoder(model, prefix="").prefix == ""
    finally:
        del model.prompts["prefix"]
        model.default_prompt_name = None


def test_every_module_keeps_its_mode(model):
    model.train()
    frozen = model[0].auto_model.encoder.layer[0]
    frozen.eval()
    first, second = (WordEncoder(model).encode(TEXTS, words_of(TEXTS)).vectors for _ in range(2))
    np.testing.assert_array_equal(first, second)  # no dropout
    assert model.training
    assert not frozen.training
    assert model[0].auto_model.encoder.layer[1].training
    model.eval()


def test_layers_above_are_not_computed(model):
    called = []
    last = model[0].auto_model.encoder.layer[1]
    handle = last.register_forward_hook(lambda *_: called.append(True))
    try:
        WordEncoder(model, layer=1).encode(TEXTS[:2], words_of(TEXTS[:2]))
        assert not called
        WordEncoder(model, layer=2).encode(TEXTS[:2], words_of(TEXTS[:2]))
        assert called
    finally:
        handle.remove()
    assert not last._forward_pre_hooks


def test_an_unusual_body_is_read_whole(model):
    wanted = WordEncoder(model, layer=1).encode(TEXTS, words_of(TEXTS)).vectors
    body = model[0].auto_model
    body.second_list = torch.nn.ModuleList([torch.nn.Identity(), torch.nn.Identity()])
    try:
        found = WordEncoder(model, layer=1).encode(TEXTS, words_of(TEXTS)).vectors
    finally:
        del body.second_list
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("side", ["left", "right"])
def test_bert_with_padding_on_either_side(tmp_path, side):
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghilmnost")]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        padding_side=side, model_max_length=32,
    )  # fmt: skip
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(pieces), max_position_embeddings=32, **sizes)
    BertModel(config).save_pretrained(tmp_path)
    fast.save_pretrained(tmp_path)
    model = load(tmp_path, pooling="mean", device="cpu")
    texts = ["Abc de", "f", "gh ill mn ost a b"]
    states = WordEncoder(model, layer=2).encode(texts, [segment(text) for text in texts])
    alone = [WordEncoder(model, layer=2).encode([text], [segment(text)]).vectors for text in texts]
    if side == "right":  # absolute positions move with padding on the left, in BERT itself too
        np.testing.assert_allclose(states.vectors, np.concatenate(alone), atol=2e-5)
    np.testing.assert_allclose(states.of(2)[0], alone[2], atol=2e-5)
    assert states.vectors.shape == (9, 16)


@pytest.mark.parametrize(("layer", "layers", "wanted"), [(None, 24, 16), (None, 4, 4), (0, 4, 0), (-5, 4, 0)])
def test_layers_are_counted_from_the_embedding(layer, layers, wanted):
    assert resolve_layer(layer, layers) == wanted


def test_what_cannot_be_is_refused(model):
    with pytest.raises(EncoderError, match=r"no layer 3; this model has layers 0 .* to 2"):
        WordEncoder(model, layer=3)
    with pytest.raises(EncoderError, match=r"words have no states in this model \(Normalize\)"):
        WordEncoder(SentenceTransformer(modules=[Normalize()], device="cpu"))


def test_states_that_are_not_finite_are_refused():
    model = toy_static()
    with torch.no_grad():
        model[0].embedding.weight.fill_(float("nan"))
    with pytest.raises(EncoderError, match="states are not finite"):
        WordEncoder(model).encode(TEXTS[:1], words_of(TEXTS[:1]))
