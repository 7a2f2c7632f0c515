"""The unigram vocabulary: likelihood by hand, the same every time."""

import math
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from interlingua.encoder.unigram import _substrings, _without, characters, unigram_pieces


def _naive_substrings(words: dict[str, int], longest: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word, count in words.items():
        for start in range(len(word)):
            for end in range(start + 2, min(len(word), start + longest) + 1):
                counts[word[start:end]] = counts.get(word[start:end], 0) + count
    return {piece: count for piece, count in counts.items() if count >= 2}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("abcé", min_size=1, max_size=9), st.integers(1, 5), min_size=1, max_size=12))
def test_substrings_are_counted_as_by_a_loop(words: dict[str, int]) -> None:
    alphabet = dict.fromkeys("abcé", 1)
    found = _substrings(words, alphabet, longest=5, most=10_000)
    assert {piece: count for piece, count in found.items() if len(piece) > 1} == _naive_substrings(words, 5)


def test_unknown_characters_are_in_no_substring() -> None:
    assert set(_substrings({"abxab": 3}, {"a": 6, "b": 6}, longest=5, most=100)) == {"a", "b", "ab"}


def test_the_best_segmentation_without_a_piece() -> None:
    scores = {"abc": -1.0, "ab": -2.0, "bc": -1.5, "a": -3.0, "b": -4.0, "c": -3.5}
    assert _without("abc", scores) == max(-2.0 - 3.5, -3.0 - 1.5)
    assert _without("a", scores) == -math.inf


def test_words_that_repeat_become_pieces_with_their_probabilities() -> None:
    pieces = dict(unigram_pieces({"ab": 30, "cd": 10, "abcd": 10}, size=8))
    assert pieces["ab"] == pytest.approx(math.log(30 / (30 + 10 + 10 + 4 * 0.5)), abs=1e-4)
    assert pieces["abcd"] == pieces["cd"] == pytest.approx(math.log(10 / 52), abs=1e-4)
    assert set(pieces) == {"ab", "cd", "abcd", "a", "b", "c", "d"}
    assert math.fsum(math.exp(score) for score in pieces.values()) == pytest.approx(1, abs=1e-3)


def test_every_piece_is_used_and_there_are_no_more_than_asked_for() -> None:
    draw = random.Random(0)
    words = {"".join(draw.choices("abcdefgh", k=draw.randint(2, 9))): draw.randint(1, 9) for _ in range(400)}
    pieces = unigram_pieces(words, size=100)
    assert len(pieces) <= 100
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), *pieces], unk_id=0))
    assert all(0 not in encoding.ids for encoding in tokenizer.encode_batch(list(words)))
    few = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(list(words)))
    assert few < 0.75 * sum(map(len, words))


def test_characters_outside_the_alphabet_are_left_out() -> None:
    words = {"ab": 5000, "z": 1}
    assert "z" not in dict(unigram_pieces(words, size=10, alphabet={"a": 5000, "b": 5000}))
    assert "z" in dict(unigram_pieces(words, size=10))
    assert characters(words) == {"a": 5000, "b": 5000, "z": 1}


def test_every_process_finds_the_same_pieces() -> None:
    program = (
        "import random; from interlingua.encoder.unigram import unigram_pieces; d = random.Random(1);"
        "w = {''.join(d.choices('abcdef', k=d.randint(2, 8))): d.randint(1, 9) for _ in range(300)};"
        "print(unigram_pieces(w, size=60))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in "12"
    }
    assert len(seen) == 1
