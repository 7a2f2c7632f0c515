import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlingua.errors import AlignmentError, LanguageError
from interlingua.words import segment as module
from interlingua.words.segment import segment, segmenter_name, split_spans, word_pair

has_icu = pytest.mark.skipif("+icu" not in segmenter_name(), reason="icu4py is not installed")

SCRIPTS = "abzÀß'’.,-_:;!?…()$%€ 019\t\n\u00a0\u202f\u3000\u200b\u200c\u200d\ufeff\u00ad\u0301\u0308"
SCRIPTS += "मकि्षతెలుگుकسلامَ‌שלוםקָ漢字々ひらがなカタカナーﾊﾟ한국어한สวัสดีเด็กๆລາວខ្មែរမြန်မာ္က်ཀ་ཁ👩🏽‍💻🇩🇪🇫🇷☀️1️⃣𠀀𝒜"
texts = st.one_of(st.text(st.sampled_from(SCRIPTS), max_size=40), st.text(max_size=40))
dictionaries = st.sampled_from([None, False, *([True] if "+icu" in segmenter_name() else [])])


def words(text, language=None, **settings):
    return [text[begin:end] for begin, end in segment(text, language, **settings)]


def is_no_word(character):
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


@given(text=texts, language=st.sampled_from([None, "fra", "tha_Thai"]), dictionary=dictionaries)
def test_words_are_spans_that_leave_out_nothing(text, language, dictionary):
    spans = segment(text, language, dictionary=dictionary)
    assert spans.dtype == np.int32
    assert spans.shape == (len(spans), 2)
    flat = spans.reshape(-1).tolist()
    assert flat == sorted(flat)
    covered = np.zeros(len(text), dtype=bool)
    for begin, end in spans.tolist():
        assert 0 <= begin < end <= len(text)
        word = text[begin:end]
        assert not any(character.isspace() for character in word)
        assert not all(is_no_word(character) for character in word)
        covered[begin:end] = True
    assert all(inside or is_no_word(character) for character, inside in zip(text, covered, strict=True))
    word_pair(text, text, dictionary=dictionary)


@given(text=texts, dictionary=dictionaries)
def test_what_stands_around_a_space_does_not_matter(text, dictionary):
    both = segment(f"{text} {text}", dictionary=dictionary)
    one = segment(text, dictionary=dictionary)
    assert both.tolist() == [*one.tolist(), *(one + len(text) + 1).tolist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n\u3000", []),
        ("Good morning, world!", ["Good", "morning", ",", "world", "!"]),
        ("Don't stop: it's O’Brien's.", ["Don't", "stop", ":", "it's", "O’Brien's", "."]),
        ("well-known", ["well", "-", "known"]),
        ("1,234.50 3.14 50% $5 10:30", ["1,234.50", "3.14", "50", "%", "$", "5", "10", ":", "30"]),
        ("12\u202f000", ["12", "000"]),
        ("Wait... what?! -- no---", ["Wait", "...", "what", "?", "!", "--", "no", "---"]),
        ("((a))", ["(", "(", "a", ")", ")"]),
        ("cafe\u0301 nai\u0308ve", ["cafe\u0301", "nai\u0308ve"]),
        (" \u0301a", ["\u0301", "a"]),
        ("क्षत्रिय लोग। తెలుగు", ["क्षत्रिय", "लोग", "।", "తెలుగు"]),
        ("می\u200cخواهم كِتَابٌ؟", ["می\u200cخواهم", "كِتَابٌ", "؟"]),
        ("\u200fשלום\u200f", ["שלום\u200f"]),
        ("ab\u00adcd a\u200bb", ["ab\u00adcd", "a", "b"]),
        ("\ufeffword", ["word"]),
        ("漢字とカタカナー。", ["漢", "字", "と", "カタカナー", "。"]),
        ("한국어 단어들", ["한국어", "단어들"]),
        ("👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷☀️", ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🇫🇷", "☀️"]),
        ("Ich🤞a", ["Ich", "🤞", "a"]),
        ("snake_case a@b.com", ["snake_case", "a", "@", "b.com"]),
        ("𝒜𝒷 𠀀𠀁", ["𝒜𝒷", "𠀀", "𠀁"]),
    ],
)
def test_words_of_many_scripts(text, expected):
    assert words(text) == expected


def test_elisions_end_words_where_the_language_has_them():
    text = "Aujourd'hui l'homme d’état qu'il 'x'"
    assert words(text, "fr") == ["Aujourd'hui", "l'", "homme", "d’", "état", "qu'", "il", "'", "x", "'"]
    assert words(text, "eng_Latn")[1] == words(text)[1] == "l'homme"
    assert words("dell'arte", "ita_Latn") == ["dell'", "arte"]


def test_syllables_of_scripts_without_spaces():
    assert words("สวัสดีเด็ก", dictionary=False) == ["ส", "วั", "ส", "ดี", "เด็", "ก"]
    assert words("ภาษาไทย", dictionary=False) == ["ภา", "ษา", "ไท", "ย"]
    assert words("ພາສາ", dictionary=False) == ["ພາ", "ສາ"]
    assert words("ភាសាខ្មែរ", dictionary=False) == ["ភា", "សា", "ខ្មែ", "រ"]
    assert words("မြန်မာကော်ဖီ", dictionary=False) == ["မြန်", "မာ", "ကော်", "ဖီ"]
    assert words("abcไทย12", dictionary=False) == ["abc", "ไท", "ย", "12"]


@has_icu
def test_dictionary_words():
    assert words("สวัสดีครับ ภาษาไทย") == ["สวัสดี", "ครับ", "ภาษา", "ไทย"]
    assert words("ພາສາລາວ") == ["ພາສາ", "ລາວ"]
    assert words("中国人民") == list("中国人民")
    assert words("𠀀中国人民、テスト", dictionary=True) == ["𠀀", "中国", "人民", "、", "テスト"]


@has_icu
def test_the_name_tells_what_cuts():
    names = {segmenter_name(), segmenter_name(True), segmenter_name(False)}
    assert len(names) == 3
    assert all(name.startswith("uax29.1+") for name in names)


def test_without_icu(monkeypatch):
    monkeypatch.setattr(module, "_icu_version", lambda: None)
    module._cut_and_keep.cache_clear()
    assert words("ภาษา") == ["ภา", "ษา"]
    assert segmenter_name() == "uax29.1+syllables"
    for call in (lambda: segment("a", dictionary=True), lambda: segmenter_name(True)):
        with pytest.raises(AlignmentError, match=r"install interlingua\[icu\]"):
            call()
    module._cut_and_keep.cache_clear()


def test_unknown_languages_are_refused():
    with pytest.raises(LanguageError, match="qqq_Qqqq"):
        segment("a", "qqq_Qqqq")


def test_text_that_is_cut_already():
    text = "l' homme\u3000, 3 . 14"
    assert [text[begin:end] for begin, end in split_spans(text)] == ["l'", "homme", ",", "3", ".", "14"]
    assert split_spans(" ").shape == (0, 2)


def test_pairs_take_a_language_a_side():
    pair = word_pair("l'arbre", "l'arbre", languages=("fra_Latn", "eng_Latn"))
    assert (len(pair.source_words), len(pair.target_words)) == (2, 1)


def test_no_model_library_is_loaded():
    check = "import sys, interlingua.words.segment, interlingua.words.matching; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
