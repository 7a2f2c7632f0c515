"""The corpus that ships: script, length, uniqueness, and no templates, cell by cell."""

import re
import unicodedata
from collections import Counter, defaultdict

import pytest

from interlingua.corpus import open_corpus

LANGUAGES = ("eng_Latn", "deu_Latn", "fra_Latn", "rus_Cyrl", "jpn_Jpan", "kor_Hang", "swh_Latn", "tel_Telu")
SCRIPTS = {
    "Latn": "LATIN",
    "Cyrl": "CYRILLIC",
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Hang": "HANGUL",
    "Telu": "TELUGU",
}
WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0c00-\u0c7f\u200c\u200d])*")
JAPANESE_RUN = re.compile(r"[\u4e00-\u9fff\u3005]+|[\u3040-\u309f]+|[\u30a0-\u30ff]+|[0-9A-Za-z]+")


@pytest.fixture(scope="module")
def cells() -> dict[str, list[str]]:
    corpus = open_corpus("phrasebook")
    assert corpus.languages == LANGUAGES
    return {language: [text or "" for text in corpus.texts(language)] for language in LANGUAGES}


def words(text: str, language: str) -> list[str]:
    if language == "jpn_Jpan":
        return JAPANESE_RUN.findall(text)
    return WORD.findall(text.lower()) if language != "tel_Telu" else re.findall(r"[\u0c00-\u0c7f\u200c\u200d\w]+", text)


def test_splits_are_fixed() -> None:
    corpus = open_corpus("phrasebook")
    assert Counter(corpus.values("_split")) == {"train": 600, "dev": 80, "test": 170}
    assert len(set(corpus.ids())) == 850


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_is_clean_and_of_its_length(language: str, cells: dict[str, list[str]]) -> None:
    for text in cells[language]:
        assert text == unicodedata.normalize("NFC", text).strip()
        assert "  " not in text
        if language == "jpn_Jpan":
            assert 10 <= len(text) <= 75, text
        else:
            assert 4 <= len(words(text, language)) <= 25, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_is_in_its_script(language: str, cells: dict[str, list[str]]) -> None:
    for text in cells[language]:
        letters = [unicodedata.name(letter, "") for letter in text if letter.isalpha()]
        own = sum(name.startswith(SCRIPTS[language.split("_")[1]]) for name in letters)
        assert own >= 0.9 * len(letters) > 0, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_rows_say_the_same(language: str, cells: dict[str, list[str]]) -> None:
    folded = [unicodedata.normalize("NFKC", text).casefold() for text in cells[language]]
    assert [text for text, count in Counter(folded).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_is_behind_the_rows(language: str, cells: dict[str, list[str]]) -> None:
    rows_with: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for row, text in enumerate(cells[language]):
        found = words(text, language)
        for start in range(len(found) - 3):
            rows_with[tuple(found[start : start + 4])].add(row)
    assert [gram for gram, rows in rows_with.items() if len(rows) > 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["characters", "words"])
def test_no_two_rows_are_alike(language: str, unit: str, cells: dict[str, list[str]]) -> None:
    grams: list[set[str]] = []
    for text in cells[language]:
        found = words(text, language)
        line: list[str] | str = " ".join(found) if unit == "characters" else found
        grams.append({" ".join(line[start : start + 5]) for start in range(len(line) - 4)})
    rows_with: dict[str, list[int]] = defaultdict(list)
    for row, own in enumerate(grams):
        for gram in own:
            rows_with[gram].append(row)
    shared: Counter[tuple[int, int]] = Counter()
    for rows in rows_with.values():
        shared.update((a, b) for place, a in enumerate(rows) for b in rows[place + 1 :])
    alike = [(a, b) for (a, b), count in shared.items() if count / (len(grams[a] | grams[b])) >= 0.5]
    assert alike == []
