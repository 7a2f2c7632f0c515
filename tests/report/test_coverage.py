import re
from xml.etree import ElementTree

import numpy as np
import pytest

from interlingua.corpus.coverage import CoverageCounter
from interlingua.report.coverage import coverage_maps, standalone


def counted(languages, *rows):
    counter = CoverageCounter()
    counter.add(languages, np.array([[code in row for code in languages] for row in rows]))
    return counter.coverage(first="eng_Latn")


def texts(svg):
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_maps_have_names_and_numbers():
    english, german, french = languages = ["eng_Latn", "deu_Latn", "fra_Latn"]
    before = counted(languages, *[(english, german)] * 1200, *[(english, french)] * 30)
    after = counted(languages, *[tuple(languages)] * 25, *[(english, german)] * 7)
    svg = coverage_maps({"before": before, "after": after})
    found = texts(svg)
    assert "before: 1,230 rows, 2 of 3 pairs" in found
    assert "after: 32 rows, 3 of 3 pairs" in found
    assert found.count("1.2k") == 4
    assert found.count("25") == 5
    assert "0" not in found
    assert svg == coverage_maps({"before": before, "after": after})
    assert 'role="img" aria-label="Rows that have both' in svg


def test_a_language_that_is_lost_stays_on_the_map():
    before = counted(["eng_Latn", "deu_Latn"], ("eng_Latn", "deu_Latn"))
    after = counted(["eng_Latn"], ("eng_Latn",))
    assert texts(coverage_maps({"before": before, "after": after})).count("deu") == 4


@pytest.mark.parametrize("count", [1, 13, 40])
def test_any_number_of_languages(count):
    languages = [f"{'abcdefgh'[i % 8]}{'ijklm'[i // 8]}x_Latn" for i in range(count)]
    svg = standalone(coverage_maps({"rows": counted(languages, languages[:1], languages)}))
    assert all(texts(svg).count(code[:3]) == 2 for code in languages)
    assert svg.count("<image") == (2 if count > 30 else 1)  # one is the scale
    assert re.match(r"<svg [^>]*background:white", svg)


def test_of_very_many_languages_some_are_named_by_their_size():
    languages = [f"deu_Latn-{i + 1}" for i in range(98)]
    found = texts(coverage_maps({"rows": counted(languages, *(languages[i:] for i in range(98)))}))
    named = [text for text in found if text.startswith("deu")]
    assert named == [*languages[::-2], *languages[::-2]]
    assert "98 languages, those with most rows first; 1 in 2 is named" in found


def test_names_are_alike():
    languages = ["eng_Latn", "cmn_Hans", "cmn_Hant"]
    found = texts(coverage_maps({"rows": counted(languages, tuple(languages))}))
    assert [found.count(code) for code in languages] == [2, 2, 2]
