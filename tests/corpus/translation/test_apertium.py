"""Apertium: routes on invented pairs, a stand-in program, and the real one where it is installed."""

import shutil
import stat
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from interlingua.corpus import open_corpus
from interlingua.corpus.translation import Apertium
from interlingua.corpus.translation.apertium import installed_modes, shortest_route
from interlingua.errors import CorpusError

installed = pytest.mark.skipif(
    shutil.which("apertium") is None or ("eng_Latn", "spa_Latn") not in Apertium().modes,
    reason="Apertium with apertium-eng-spa is not installed",
)

STAND_IN = """#!{python}
import re, sys
if "-l" in sys.argv:
    print("  eng-spa\\n  es-pt\\n  eng-cat\\n  cat-por\\n  spa-ast-old")
elif "-V" in sys.argv:
    print("Apertium 9.9.1")
else:
    assert sys.argv[1:5] == ["-z", "-u", "-f", "none"], sys.argv
    with open({log!r}, "a") as log:
        print(sys.argv[5], file=log)
    text = sys.stdin.buffer.read().decode()
    assert not re.search(r"(?<!\\\\)[{{}}^$/@<>]", text), text
    sys.stdout.buffer.write((text.replace("a", "o") + "\\0" * 9).encode())
"""


@pytest.fixture
def stand_in(tmp_path):
    """A program that is called as Apertium is and replaces letters."""
    import sys

    path = tmp_path / "apertium"
    path.write_text(STAND_IN.format(python=sys.executable, log=str(tmp_path / "log")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def legs(stand_in):
    return (stand_in.parent / "log").read_text().split()


def test_modes_are_pairs_of_languages():
    names = ["eng-spa", "en-gl", "eng-cat_valencia", "eng-hbs_HR", "oc_aran-es", "en-eo-bytecode", "Cyrl-Latn", "xx-yy"]
    assert installed_modes(names) == {
        ("eng_Latn", "spa_Latn"): "eng-spa",
        ("eng_Latn", "glg_Latn"): "en-gl",
        ("eng_Latn", "cat_Latn-valencia"): "eng-cat_valencia",
        ("eng_Latn", "hrv_Latn"): "eng-hbs_HR",
        ("oci_Latn-aranes", "spa_Latn"): "oc_aran-es",
    }


def naive_distance(pairs, source, target):
    reached, steps = {source}, 0
    while target not in reached:
        more = {b for a, b in pairs if a in reached} | reached
        if more == reached:
            return None
        reached, steps = more, steps + 1
    return steps


@settings(max_examples=60, derandomize=True, deadline=None)
@given(some.sets(some.tuples(some.sampled_from("abcdef"), some.sampled_from("abcdef")), max_size=14))
def test_routes_are_the_shortest(pairs):
    for source in "abcdef":
        for target in "abcdef":
            route = shortest_route(sorted(pairs), source, target)
            distance = naive_distance(pairs, source, target)
            assert (route is None) == (distance is None)
            if route is not None:
                assert (route[0], route[-1], len(route) - 1) == (source, target, distance)
                assert all(step in pairs for step in pairwise(route))


def test_preferred_languages_come_first_and_then_the_busiest():
    pairs = [("e", "s"), ("e", "c"), ("s", "p"), ("c", "p"), ("c", "f"), ("c", "g")]
    assert shortest_route(pairs, "e", "p") == ("e", "c", "p")
    assert shortest_route(pairs, "e", "p", via=["s"]) == ("e", "s", "p")
    assert shortest_route(pairs, "e", "f", via=["s"]) == ("e", "c", "f")


def test_a_chain_is_called_leg_by_leg_and_its_beginning_once(stand_in):
    apertium = Apertium(program=str(stand_in), via=["spa"], licence="CC0-1.0")
    assert (apertium.name, apertium.licence) == ("apertium 9.9.1", "CC0-1.0")
    assert apertium.translate(["a cat", "", "~a~ [b] {a}"], source="eng", target="spa") == ["o cot", "", "~o~ [b] {o}"]
    assert apertium.route("eng", "por") == ("eng_Latn", "spa_Latn", "por_Latn")
    assert apertium.translate(["a cat", "", "~a~ [b] {a}"], source="eng", target="por") == ["o cot", "", "~o~ [b] {o}"]
    assert legs(stand_in) == ["eng-spa", "es-pt"]
    apertium.translate(["a dog"], source="eng", target="por")
    assert legs(stand_in) == ["eng-spa", "es-pt", "eng-spa", "es-pt"]


def test_the_fingerprint_follows_version_and_preferences(stand_in):
    first = Apertium(program=str(stand_in))
    assert first.fingerprint != Apertium(program=str(stand_in), via=["cat"]).fingerprint
    stand_in.write_text(stand_in.read_text().replace("9.9.1", "9.9.2"))
    assert first.fingerprint != Apertium(program=str(stand_in)).fingerprint


def test_what_cannot_be_done(stand_in):
    with pytest.raises(
        CorpusError, match=r"no chain of installed Apertium pairs leads from eng to tel.*cat_Latn, eng_Latn"
    ):
        Apertium(program=str(stand_in)).translate(["x"], source="eng", target="tel")
    with pytest.raises(CorpusError, match="there is no program no-apertium; install it"):
        Apertium(program="no-apertium").translate(["x"], source="eng", target="spa")
    stand_in.write_text(stand_in.read_text().replace('text.replace("a", "o")', 'text.replace("[]", "")'))
    with pytest.raises(CorpusError, match="lost the end of 'a cat'"):
        Apertium(program=str(stand_in)).translate(["a cat"], source="eng", target="spa")


@installed
def test_the_real_one():
    texts = ["The cat sees the house.", "", "I have two dogs"]
    assert Apertium().translate(texts, source="eng", target="spa") == ["El gato ve la casa.", "", "Tengo dos perros"]


SPECIAL = ["^", "$", "/", "<", ">", "{", "}", "@", "[", "]", "\\", "[[t:b:1]]", "<b>", "^a/b<n>$", "[]", "\\[", "{^x$}"]


@installed
@pytest.mark.slow
def test_characters_that_mean_something_to_it_survive():
    texts = [f"The house {word} 1" for word in SPECIAL] + ["See http://example.org/a_b?c=1&d=2 , 3.14 and 50 %."]
    answers = Apertium().translate(texts, source="eng", target="spa")
    for word, answer in zip(SPECIAL, answers, strict=False):
        if word.isascii() and not any(map(str.isalpha, word)):
            assert word in answer
        assert all(answer.count(sign) == word.count(sign) for sign in r"^$/<>{}@[]\ ".strip()), (word, answer)
    assert "http://example.org/a_b?c=1&d=2" in answers[-1]
    assert "3.14" in answers[-1]
    assert Apertium().translate(["Two\nlines, a ~ and a ~tilde~."], source="eng", target="spa")[0].count("~") == 3


@installed
@pytest.mark.slow
@settings(max_examples=5, derandomize=True, deadline=None)
@given(some.lists(some.text(some.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30), max_size=40))
def test_any_text_has_an_answer(texts):
    answers = Apertium().translate(texts, source="spa", target="por")
    assert len(answers) == len(texts)


@installed
@pytest.mark.slow
@pytest.mark.data
def test_real_rows_have_an_answer_each(data_root):
    texts = open_corpus("ntrex").select(["eng"], "train", min_cells=1).texts("eng")[:400]
    texts += open_corpus("bible").select(["eng"], min_cells=1).texts("eng")[:400]
    answers = Apertium().translate(texts, source="eng", target="spa")
    assert all(answers)
    assert len(answers) == len(texts) == 800
