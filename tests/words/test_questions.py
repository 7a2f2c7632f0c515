from itertools import pairwise

import numpy as np
import pytest

from interlingua.errors import AlignmentError
from interlingua.words.questions import MARK, Question, QuestionTokenizer, marked
from words.oracle import word_tokenizer

LETTERS = [f"w{i}" for i in range(200)]


def ask(text, context, place, **settings):
    tokenizer = QuestionTokenizer(word_tokenizer(LETTERS), **settings)
    begin = sum(len(word) + 1 for word in text.split(" ")[:place])
    word = (begin, begin + len(text.split(" ")[place]))
    return tokenizer, tokenizer.windows([Question(text, context, word)])


def pieces(tokenizer, window):
    return tokenizer.tokenizer.convert_ids_to_tokens(window.ids.tolist())


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("the cat sat", (0, 3), "¶ the ¶ cat sat"),
        ("the cat sat", (8, 11), "the cat ¶ sat ¶"),
        ("one", (0, 3), "¶ one ¶"),
        ("the cat  sat", (4, 7), "the ¶ cat ¶ sat"),
        ("猫が好き", (1, 2), "猫 ¶ が ¶ 好き"),
        ("cats, dogs", (4, 5), "cats ¶ , ¶ dogs"),
    ],
)
def test_marks_stand_around_the_word_with_a_space_on_each_side(text, word, expected):
    assert marked(text, word) == expected


def test_a_window_is_question_and_context():
    tokenizer, (window,) = ask("w1 w2 w3", "w7 w8", 1)
    assert pieces(tokenizer, window) == ["<s>", "w1", MARK, "w2", MARK, "w3", "</s>", "</s>", "w7", "w8", "</s>"]
    assert window.null == 0
    assert window.offsets.tolist() == [[-1, -1]] * 8 + [[0, 2], [3, 5], [-1, -1]]


def test_a_long_context_is_in_overlapping_windows_that_lose_nothing():
    context = " ".join(LETTERS[:100])
    _, windows = ask("w150 w151", context, 0, max_length=40, stride=8)
    assert len(windows) > 2
    seen = [[context[begin:end] for begin, end in window.offsets if end > 0] for window in windows]
    assert all(len(window.ids) <= 40 for window in windows)
    assert all(before[-8:] == after[:8] for before, after in pairwise(seen))
    assert set().union(*seen) == set(LETTERS[:100])


@pytest.mark.parametrize("place", [0, 1, 60, 118, 119])
def test_a_long_question_is_shortened_around_its_word(place):
    text = " ".join(LETTERS[:120])
    tokenizer, (window,) = ask(text, "w150 w151 w152", place, max_length=60, stride=4)
    found = pieces(tokenizer, window)
    first, last = (i for i, piece in enumerate(found) if piece == MARK)
    assert found[first + 1 : last] == [f"w{place}"]
    assert len(window.ids) <= 60
    assert [piece for piece in found if piece in ("w150", "w151", "w152")] == ["w150", "w151", "w152"]
    asked = [piece for piece in found[: found.index("</s>")] if piece.startswith("w")]
    assert len(asked) >= 15
    numbers = [int(piece[1:]) for piece in asked]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_batch_is_padded_on_the_right():
    tokenizer = QuestionTokenizer(word_tokenizer(LETTERS))
    windows = tokenizer.windows([Question("w1 w2", "w3", (0, 2)), Question("w1 w2", "w3 w4 w5", (3, 5))])
    batch = tokenizer.batch(windows, "cpu")
    assert sorted(batch) == ["attention_mask", "input_ids"]
    assert batch["input_ids"].shape == (2, 11)
    assert batch["attention_mask"].sum(dim=1).tolist() == [9, 11]
    assert batch["input_ids"][0, 9:].tolist() == [1, 1]


def test_no_questions_have_no_windows():
    assert QuestionTokenizer(word_tokenizer(LETTERS)).windows([]) == []


@pytest.mark.parametrize(("max_length", "stride"), [(40, 17), (16, 0), (384, -1)])
def test_strides_that_do_not_fit_are_refused(max_length, stride):
    with pytest.raises(AlignmentError, match=f"a stride of {stride} does not fit windows of {max_length} tokens"):
        QuestionTokenizer(word_tokenizer(LETTERS), max_length=max_length, stride=stride)


def test_the_tokenizers_own_limit_holds():
    tokenizer = QuestionTokenizer(word_tokenizer(LETTERS, max_length=50), max_length=384, stride=4)
    windows = tokenizer.windows([Question("w1", " ".join(LETTERS), (0, 2))])
    assert max(len(window.ids) for window in windows) == 50


def test_slow_tokenizers_are_refused():
    with pytest.raises(AlignmentError, match="no fast tokenizer"):
        QuestionTokenizer(object())


def test_token_types_are_kept():
    tokenizer = word_tokenizer(LETTERS)
    tokenizer.model_input_names = ["input_ids", "token_type_ids", "attention_mask"]
    questions = QuestionTokenizer(tokenizer)
    windows = questions.windows([Question("w1", "w2 w3", (0, 2)), Question("w1", "w2", (0, 2))])
    batch = questions.batch(windows)
    assert batch["token_type_ids"].shape == batch["input_ids"].shape
    assert np.array_equal(windows[0].types, batch["token_type_ids"][0].numpy())
