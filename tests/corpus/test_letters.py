import pytest

from interlingua.corpus.letters import letters_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Good morning!", "good  morning", True),
        ("ＡＢＣ １", "abc1", True),
        ("Straße", "STRASSE", True),
        ("నమస్తే.", "నమస్తే", True),
        ("నమస్తే", "నమసత", False),
        ("!!", "??", False),
        ("Room 1", "Room 2", False),
    ],
)
def test_texts_are_compared_by_letters_marks_and_digits(one, other, same):
    assert (letters_of(one) == letters_of(other)) is same
