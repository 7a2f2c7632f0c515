import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from evaluation.doctor.patients import healthy
from interlingua.encoder import FunctionEncoder, SentenceEncoder
from interlingua.evaluation.doctor.tokens import TokenReader, token_reader
from toy import toy_transformer


def words(*known: str) -> Tokenizer:
    vocabulary = {"<unk>": 0, **{word: i for i, word in enumerate(known, 1)}}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.enable_truncation(2)
    return tokenizer


def test_counts_are_those_of_a_list_by_hand():
    found = TokenReader(words("a", "b"), max_length=3).count(["a b a b", "c a", "", "c c c c c"])
    assert found.tokens.tolist() == [4, 2, 0, 5]
    assert found.unknown.tolist() == [0, 1, 0, 5]
    assert found.lost.tolist() == [1, 0, 0, 2]


def test_a_prefix_takes_room():
    found = TokenReader(words("a", "b"), max_length=3, prefix="b b").count(["a", "a a"])
    assert found.lost.tolist() == [0, 1]
    assert found.tokens.tolist() == [1, 2]


def test_a_transformer_is_cut_where_it_cuts_itself():
    model = toy_transformer(max_length=8)
    text = "one two three four five six seven eight nine"
    found = token_reader(SentenceEncoder(model)).count([text, "a"])
    kept = len(model.tokenizer(text, truncation=True, max_length=8)["input_ids"]) - 2
    assert found.tokens[0] - found.lost[0] == kept
    assert found.lost[1] == 0


def test_a_static_encoder_is_never_cut():
    found = token_reader(healthy()).count(["word " * 500])
    assert found.tokens[0] >= 500
    assert found.lost[0] == 0


@pytest.mark.parametrize("encoder", [FunctionEncoder(lambda texts: [[1.0]] * len(texts), name="f")])
def test_there_may_be_no_tokenizer(encoder):
    assert token_reader(encoder) is None
