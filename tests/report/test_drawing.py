from xml.etree import ElementTree

import numpy as np
import pytest

from interlingua.report import figures
from interlingua.report.drawing import shade

NASTY = '<script>alert("x")</script> $a$ id="b" #010203 font-family: c;'


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_text_on_every_shade_can_be_read():
    for value in np.linspace(0, 1, 101):
        light, dark = sorted((luminance(colour) for colour in shade(float(value))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def drawings(name="one"):
    lines = [{"label": NASTY, "difference": 0.1, "low": 0.05, "high": 0.2, "verdict": "better"}]
    yield figures.heatmap(
        [[0.1, None], [-0.2, 1.0]], [NASTY, "شمس"], ["樹木", NASTY], name=name, alt=NASTY, tilted=True
    )
    yield figures.heatmap(np.eye(40).tolist(), ["a"] * 40, ["b"] * 40, name=name, alt=NASTY)
    yield figures.differences(lines, name=name, alt=NASTY)
    yield figures.curves({NASTY: ([1, 2], [3.0, 1.0]), "_b": ([1, 2], [2.0, 1.0])}, name=name, alt=NASTY, y=NASTY)
    yield figures.scatter([(0, 0), (1, 1), (2, 0)], [0, 1, 0], name=name, alt=NASTY, joined=[[0, 1]], labels={0: NASTY})


def test_drawings_are_svg_with_their_texts_escaped():
    for number, drawing in enumerate(drawings()):
        tree = ElementTree.fromstring(drawing)
        assert tree.get("aria-label") == NASTY
        assert not [one for one in tree.iter() if one.tag.endswith(("script", "style", "metadata"))]
        texts = ["".join(one.itertext()) for one in tree.iter() if one.tag.endswith("text")]
        assert NASTY in texts or number in (1, 4) or any(NASTY in text for text in texts)
        assert "<script" not in drawing


def test_equal_input_makes_equal_bytes():
    assert list(drawings()) == list(drawings())


def test_ids_of_two_drawings_differ():
    ids = [
        {one.get("id") for one in ElementTree.fromstring(drawing).iter() if one.get("id")}
        for name in ("one", "two")
        for drawing in [figures.curves({"a": ([1, 2], [3.0, 1.0])}, name=name, alt="a", y="b")]
    ]
    assert ids[0]
    assert not ids[0] & ids[1]
    for drawing in drawings():
        tree = ElementTree.fromstring(drawing)
        own = {one.get("id") for one in tree.iter() if one.get("id")}
        used = [
            value[1:] for one in tree.iter() for key, value in one.items() if key.endswith("href") and value[0] == "#"
        ]
        assert set(used) <= own


def test_a_legend_has_a_mark_a_name():
    entries = figures.legend([NASTY, "b"], name="l")
    assert [one["name"] for one in entries] == [NASTY, "b"]
    assert all('aria-hidden="true"' in one["mark"] for one in entries)


@pytest.mark.parametrize("verdict", ["better", "same", "worse", "undefined"])
def test_a_difference_without_an_interval_is_drawn(verdict):
    line = {"label": "a", "difference": 0.1, "low": float("nan"), "high": float("nan"), "verdict": verdict}
    assert "<svg" in figures.differences([line], name="d", alt="d")
