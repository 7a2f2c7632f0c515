"""What pydantic finds at fault in settings, in plain words."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from interlingua.explaining import checked_settings, explained


class Lid(BaseModel, extra="forbid"):
    colour: Literal["red", "blue"] = "red"


class Pot(BaseModel, extra="forbid"):
    size: Annotated[int, Field(gt=0)] = 1
    share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    hot: bool = False
    lid: Lid | None = None
    spouts: Annotated[list[str], Field(min_length=1)] = ["one"]
    makers: bool | list[str] = True
    marks: dict[str, str | int | list[str]] = {}
    pair: tuple[str, str] = ("a", "b")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"size": "big"}, "size must be a whole number, not 'big'"),
        ({"size": 1.5}, "size must be a whole number, not 1.5"),
        ({"size": 0}, "size must be greater than 0, not 0"),
        ({"share": "x"}, "share must be a number, not 'x'"),
        ({"share": -1}, "share must be at least 0, not -1"),
        ({"share": 2}, "share must be at most 0.5, not 2"),
        ({"hot": "maybe"}, "hot must be true or false, not 'maybe'"),
        ({"hot": None}, "hot must be true or false, not nothing"),
        ({"lid": 3}, "lid must be keys with their values, not 3"),
        ({"lid": {"colour": "green"}}, "lid.colour must be red or blue, not 'green'"),
        ({"lid": {"color": "red"}}, "unknown key lid.color; did you mean colour?"),
        ({"xyz": 1}, "unknown key xyz; known are size, share, hot, lid, spouts, makers, marks, pair"),
        ({"spouts": []}, "spouts must be a list of at least 1, not []"),
        ({"spouts": "one"}, "spouts must be a list, as [a, b], not 'one'"),
        ({"spouts": [True]}, "spouts.0 must be text, not true"),
        ({"makers": 7}, "makers must be true or false, or a list, as [a, b], not 7"),
        ({"makers": [7]}, "makers.0 must be text, not 7"),
        ({"marks": {"a": {}}}, "marks.a must be text, or a whole number, or a list, as [a, b], not {}"),
        ({"pair": ["a"]}, "pair.1 is missing"),
        ({"spouts": {str(number): number for number in range(40)}}, "spouts must be a list, as [a, b]"),
        ({"size": "big", "hot": 3}, "size must be a whole number, not 'big'; hot must be true or false, not 3"),
    ],
)
def test_every_kind_of_fault_is_told_in_plain_words(given, told):
    with pytest.raises(ValidationError) as caught:
        Pot.model_validate(given)
    assert explained(caught.value, Pot) == told


def make(place, *, size: int = 3, pair: tuple[str, str] | str | None = None, name: str | None = None):
    raise AssertionError("it is not called")


def test_settings_become_what_annotations_say():
    assert checked_settings(make, {"size": "4", "pair": ["a", "b"], "name": None}) == {
        "size": 4,
        "pair": ("a", "b"),
        "name": None,
    }


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"size": "x", "name": 3}, "size must be a whole number, not 'x'; name must be text, not 3"),
        ({"pair": 3}, "pair must be two words, as a-b, not 3"),
        ({"pair": ["a"]}, "pair must be two words, as a-b"),
    ],
)
def test_settings_of_another_kind_are_told_together(settings, told):
    with pytest.raises(ValueError) as caught:
        checked_settings(make, settings, wanted={"pair": "two words, as a-b"})
    assert str(caught.value) == told
