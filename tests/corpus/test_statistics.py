"""A corpus in numbers: lengths, pairs, sources, and the languages that its columns turn out to be in."""

import json

import numpy as np
import pytest

from interlingua.cli.app import main
from interlingua.corpus import Corpus, open_corpus, write_corpus
from interlingua.corpus.identified import identified_table, identify_columns
from interlingua.types import Row


def test_quantiles_are_lengths_that_there_are():
    lengths = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    corpus = Corpus.from_rows([Row({"eng": "x" * n, "deu": "y"}) for n in lengths])
    found = corpus.stats().languages["eng_Latn"].lengths
    naive = {q: sorted(lengths)[max(0, int(np.ceil(q / 100 * len(lengths))) - 1)] for q in (0, 5, 25, 50, 75, 95, 100)}
    assert found == naive


def test_sources_pairs_and_warnings(tmp_path):
    rows = [
        Row({"eng": "One.", "deu": "Eins.", "swh": "Moja."}, {"_source": "a", "_source:swh_Latn": "nmt"}),
        Row({"eng": "Two.", "deu": "Zwei."}, {"_source": "a"}),
    ]
    sources = [{"source": "a", "licence": "MIT"}, {"source": "nmt", "licence": "CC-BY-NC-4.0", "model": "some-model"}]
    stats = write_corpus(rows, tmp_path / "rows", card={"sources": sources}).stats()
    assert str(stats).splitlines()[-5:] == [
        "pairs of languages: 3 of 3 have rows, 2 at most",
        "from: a (4 texts), nmt (1 text)",
        "licences: MIT (4 texts), CC-BY-NC-4.0 (1 text)",
        "machine translations: some-model (1 text)",
        "not for commercial use: nmt",
    ]
    told = json.loads(json.dumps(stats.as_dict()))
    assert told["coverage"] == {"deu_Latn-eng_Latn": 2, "deu_Latn-swh_Latn": 1, "eng_Latn-swh_Latn": 1}
    assert told["composition"]["synthetic"] == pytest.approx(0.2)


class Sorter:
    """Tells a language by the first word."""

    name = "sorter"
    languages = frozenset({"eng_Latn", "deu_Latn"})

    def identify(self, texts):
        return [({"the": "eng_Latn", "der": "deu_Latn"}.get(text.split()[0], "zxx"), 1.0) for text in texts]


def test_languages_that_columns_are_in():
    rows = [Row({"eng": "the cat sat on the mat", "deu": "der Hund lief davon, ja"}) for _ in range(6)]
    rows += [
        Row({"eng": "der Hund lief davon, ja", "deu": "short"}),
        Row({"eng": "12 34 56 78 90 12 34", "swh": "the cat is not Swahili"}),
    ]
    found = identify_columns(Corpus.from_rows(rows), Sorter())
    assert found["eng_Latn"].as_dict() == {
        "texts": 8,
        "agree": 6,
        "known": True,
        "found": {"eng_Latn": 6, "deu_Latn": 1, "zxx": 1},
    }
    assert (found["deu_Latn"].texts, found["deu_Latn"].agree) == (6, 6)
    assert (found["swh_Latn"].agree, found["swh_Latn"].known) == (0, False)
    assert identified_table(found, name="sorter").splitlines() == [
        "languages by sorter:",
        "eng_Latn   75.0% of 8; German 1, zxx 1",
        "deu_Latn  100.0% of 6",
        "swh_Latn  not known to it, 1 texts; English 1",
    ]


@pytest.mark.parametrize("texts", [1, 7, 50, 99, 100, 1000])
def test_texts_are_spread_over_the_rows(texts):
    asked = []

    class Listening(Sorter):
        def identify(self, texts):
            asked.extend(texts)
            return super().identify(texts)

    rows = [Row({"eng": f"the sentence with the number {number}", "deu": "x"}) for number in range(100)]
    identify_columns(Corpus.from_rows(rows), Listening(), texts=texts)
    numbers = [int(text.split()[-1]) for text in asked]
    assert len(numbers) == min(texts, 100)
    assert numbers == sorted(set(numbers))
    assert texts < 7 or (numbers[0] < 15 and numbers[-1] > 70)


def test_stats_on_the_command_line_ask_for_languages(capsys):
    assert main(["corpus", "stats", "phrasebook", "-l", "deu", "--identify", "langid", "--sample", "20", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["identified"]["deu_Latn"]["texts"] == 20
    assert found["identified"]["by"].startswith("py3langid")
    assert main(["corpus", "stats", "phrasebook", "--identify", "guess"]) != 0


def test_the_catalog_knows_the_licence_of_its_sets():
    assert "licences: CC0-1.0 (1,700 texts)" in str(open_corpus("phrasebook").select(["eng", "deu"]).stats())
