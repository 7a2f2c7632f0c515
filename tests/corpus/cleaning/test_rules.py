"""Every rule on rows made by hand, in several scripts, and beside a naive version where something is computed."""

import math
import random
import unicodedata
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus import open_corpus
from interlingua.corpus.cleaning import (
    Addresses,
    Broken,
    Cap,
    CellRule,
    Chunk,
    Contains,
    Digits,
    Duplicates,
    EvaluationOverlap,
    Identical,
    Language,
    Length,
    LengthRatio,
    Markup,
    NearDuplicates,
    PairRule,
    Repetition,
    Script,
    SharedUnits,
    Similarity,
    TestSentences,
    Tidy,
    clean,
)
from interlingua.corpus.cleaning.characters import count_characters, digit_counts, script_table, words_of
from interlingua.corpus.cleaning.duplicates import Seen
from interlingua.errors import CorpusError
from interlingua.types import Row


def faulted(rule: CellRule, language: str, *texts: str) -> list[int]:
    return [place for place, _ in rule.faulted(language, texts)]


def unfit(rule: PairRule, language: str, *pairs: tuple[str, str]) -> list[int]:
    pivots, texts = zip(*pairs, strict=True)
    return [place for place, _ in rule.faulted(("eng_Latn", language), pivots, texts)]


def bitext(*pairs: tuple[str, str], language: str = "deu_Latn") -> list[Row]:
    return [Row({"eng_Latn": pivot, language: text}) for pivot, text in pairs]


class TestLength:
    def test_characters_and_words(self):
        texts = ("Tea.", "More tea, please.", "お茶をください。", "దయచేసి టీ ఇవ్వండి.")
        assert faulted(Length(min=5), "eng_Latn", *texts) == [0]
        assert faulted(Length(max=10), "eng_Latn", *texts) == [1, 3]
        assert faulted(Length(min=2, max=3, unit="words"), "eng_Latn", *texts) == [0, 2]

    def test_the_reason_says_what_was_asked(self):
        assert [reason for _, reason in Length(min=3, max=5).faulted("eng_Latn", ["No", "Nobody"])] == [
            "2 characters, 3 at least",
            "6 characters, 5 at most",
        ]

    def test_only_of_the_languages_named(self):
        chunk = Chunk(bitext(("Yes, of course.", "Ja"), ("No", "Nein, niemals.")))
        assert Length(min=4, languages=("de",)).judge(chunk) == {0: {"deu_Latn": "2 characters, 4 at least"}}


class TestRatio:
    def test_equal_is_the_ratio_of_lengths(self):
        rule = LengthRatio(max=2, spare=0, usual="equal")
        rows = bitext(("a" * 10, "b" * 20), ("a" * 10, "b" * 21), ("a" * 21, "b" * 10), ("a" * 20, "b" * 10))
        assert set(rule.judge(Chunk(rows))) == {1, 2}

    def test_short_pairs_are_let_through(self):
        rows = bitext(("a" * 3, "b" * 30), ("a" * 3, "b" * 31))
        assert set(LengthRatio(max=3, spare=30, usual="equal").judge(Chunk(rows))) == {1}

    def test_the_usual_ratio_is_the_median_of_what_was_seen(self):
        draw = random.Random(0)
        lengths = [draw.randint(40, 200) for _ in range(199)]
        rows = bitext(
            *(("a" * size, "字" * (size // 3)) for size in lengths), ("a" * 120, "字" * 120), language="cmn_Hans"
        )
        assert set(LengthRatio(max=2).judge(Chunk(rows))) == {199}
        assert len(LengthRatio(max=2, usual="equal").judge(Chunk(rows))) == 199

    def test_few_pairs_are_measured_by_equal_lengths_and_it_is_said(self):
        judge = LengthRatio(max=2).begin()
        assert set(judge.judge(Chunk(bitext(*[("a" * 90, "b" * 30)] * 49)))) == set(range(49))
        assert judge.notes() == ["too few pairs to know a usual ratio, taken as 1: eng_Latn and deu_Latn"]
        assert not judge.judge(Chunk(bitext(("a" * 90, "b" * 30))))
        assert judge.notes() == []


class TestIdentical:
    def test_copies_in_any_case_and_punctuation(self):
        pairs = (("Where is the boat?", "where is the  boat"), ("Where is the boat?", "Wo ist das Boot?"))
        assert unfit(Identical(), "deu_Latn", *pairs) == [0]
        assert unfit(Identical(fold=False), "deu_Latn", *pairs) == []

    def test_names_and_numbers_are_let_through(self):
        pairs = (
            ("Anna Schmidt", "Anna Schmidt"),
            ("1, 2, 3, 4", "1, 2, 3, 4"),
            ("Anna Schmidt sings here", "Anna Schmidt sings here"),
        )
        assert unfit(Identical(), "deu_Latn", *pairs) == [2]
        assert unfit(Identical(words=0), "deu_Latn", *pairs) == [0, 1, 2]

    def test_columns_of_one_language_may_be_the_same(self):
        pairs = (("Where is the boat today?", "Where is the boat today?"),)
        assert unfit(Identical(), "eng_Latn-GB", *pairs) == unfit(SharedUnits(skip=0), "eng_Latn-GB", *pairs) == []


def test_shared_units_against_a_naive_count():
    draw = random.Random(3)
    sides = [" ".join(draw.choices("abcdefghij", k=draw.randint(4, 9))) for _ in range(400)]
    pairs = list(zip(sides[::2], sides[1::2], strict=True))

    def naive(pivot: str, text: str) -> bool:
        ours, theirs = pivot.split(), text.split()
        if len(ours) <= 5 or len(theirs) <= 5:
            return False
        return any(
            2 * sum(word in other for word in side) >= len(side) for side, other in ((ours, theirs), (theirs, ours))
        )

    expected = [place for place, pair in enumerate(pairs) if naive(*pair)]
    assert unfit(SharedUnits(max=0.5, skip=5), "deu_Latn", *pairs) == expected
    assert 0 < len(expected) < len(pairs)


class TestScript:
    def test_letters_of_another_script(self):
        assert faulted(Script(), "srp_Cyrl", "Чамац је ту.", "Čamac je tu.", "Чамац (boat) је ту.") == [1]
        assert faulted(Script(), "jpn_Jpan", "ボートはここです。", "船在这里这里。", "The boat is here.") == [2]
        assert faulted(Script(), "kor_Hang", "배가 여기 있습니다.", "ボートはここです。") == [1]
        assert faulted(Script(), "cmn_Hant", "船在這裡，在這裡。", "Chuán zài zhèlǐ.") == [1]

    def test_digits_signs_and_short_texts_are_of_no_script(self):
        assert faulted(Script(), "tel_Telu", "1234567890 + 12", "BBC", "Hello") == [2]

    def test_regions_do_not_matter(self):
        assert faulted(Script(), "spa_Latn-MX", "El barco está aquí.", "Лодка здесь.") == [1]

    def test_the_table_has_the_letters_of_the_script(self):
        texts = ["Boat лодка 船 ab", "నావ", "", "\U0001f600é"]
        table = script_table("Latn")
        assert table is not None
        (counts,) = count_characters(texts, [table])
        assert counts.tolist() == [len(regex.findall(r"\p{Latin}", text)) for text in texts]
        assert script_table("Zxxx") is None


class TestDigits:
    def test_numerals_of_all_scripts_are_one(self):
        pairs = (("1942 boats", "१९४२ नावें"), ("1942", "١٩٤٢"), ("1942 boats", "5738 नावें"), ("1,234.5", "1 234,5"))
        assert unfit(Digits(), "hin_Deva", *pairs) == [2]

    def test_few_digits_are_let_through(self):
        pairs = (("4 inches", "10 cm"), ("123", "456"))
        assert unfit(Digits(), "deu_Latn", *pairs) == []
        assert unfit(Digits(skip=0), "deu_Latn", *pairs) == [0, 1]

    def test_numbers_in_words_are_let_through_unless_asked_for(self):
        pairs = (("Twelve boats", "12 Boote"), ("In 1989", "Damals"), ("Twelve", "Zwölf"))
        assert unfit(Digits(), "deu_Latn", *pairs) == []
        assert unfit(Digits(one_sided=True), "deu_Latn", *pairs) == [1]
        assert unfit(Digits(one_sided=True, skip=0), "deu_Latn", *pairs) == [0, 1]

    def test_counts_against_a_naive_loop(self):
        texts = ["٣ and 3", "", "১২৩", "x²", "2024-11-27", "𝟗"]
        expected = [
            [sum(unicodedata.decimal(one, -1) == digit for one in text) for digit in range(10)] for text in texts
        ]
        assert digit_counts(texts).tolist() == expected

    def test_order_matters_but_not_that_of_day_and_month(self):
        pairs = (("1234", "4217"), ("On 11/27/2024", "Am 27.11.2024"), ("1,500,000 of 3782", "1.5 of 3782"))
        assert unfit(Digits(), "deu_Latn", *pairs) == [0]

    def test_a_page_of_digits_takes_no_time(self):
        assert unfit(Digits(), "deu_Latn", ("123456789" * 100_000, "987654321" * 100_000)) == [0]


def test_addresses_on_one_side():
    pairs = (
        ("See https://example.org/a.", "Siehe https://example.org/a"),
        ("See https://example.org/en.", "Siehe https://example.org/de."),
        ("Mail a@example.org now", "Schreiben Sie jetzt"),
        ("Nothing", "Siehe WWW.example.org"),
        ("me@home", "ich@daheim"),
    )
    assert unfit(Addresses(), "deu_Latn", *pairs) == [2, 3]
    assert unfit(Addresses(equal=True), "deu_Latn", *pairs) == [1, 2, 3]


@pytest.mark.parametrize("quoted", ['"https://"', "“https://”", "« https:// »", "„http://“", "www.", "https:// www."])
def test_an_address_has_a_host(quoted):
    assert unfit(Addresses(), "deu_Latn", (f"It begins with {quoted}.", "Es beginnt so.")) == []
    both = (f"With {quoted}: “https://example.org/a”", "Siehe „https://example.org/a“")
    assert unfit(Addresses(equal=True), "deu_Latn", both) == []


class TestBroken:
    def test_controls_and_replacement_characters(self):
        texts = ("Tea\tand\nmilk", "Tea\x07", "Tea \ufffd", "Tea \ud800", "Tea \x85", "می‌خواهم", "ជា​ភាសា")
        assert faulted(Broken(), "eng_Latn", *texts) == [1, 2, 3, 4]

    def test_every_text_read_as_the_wrong_encoding_is_found(self):
        for text in (
            "Où est le café ?",
            "Wo ist das Gemüse?",
            "Где лодка?",
            "船在哪里？",
            "పడవ ఎక్కడ?",
            "“Tea,” he said",
        ):
            for encoding in ("latin-1", "cp1252"):
                wrong = text.encode().decode(encoding, "replace")
                assert faulted(Broken(), "eng_Latn", wrong) == [0], wrong

    def test_good_letters_are_not(self):
        texts = (
            "O CAFÉ» É BOM", "MANHÃ… LÃ", "Ân điển Âu", "ESPAÑ«A»", "„Straße“ — größer",
            "Œuvre: «À bientôt»", "ÅÄÖ §5 ±3°", "perché’” disse", "Îles d’Ô", "são Ã", "ÐÞ Íslands", "Ã‡",
        )  # fmt: skip
        assert faulted(Broken(), "por_Latn", *texts) == []

    def test_no_cell_of_the_phrasebook_is(self):
        corpus = open_corpus("phrasebook")
        for language in corpus.languages:
            assert faulted(Broken(), language, *(text for text in corpus.texts(language) if text)) == []


def test_markup():
    texts = (
        "<b>Tea</b>",
        "</p> tea",
        "<!-- x -->",
        "a < b > c",
        "I <3 tea",
        "Tom &amp; Ann",
        "&#233;",
        "&#xE9;",
        "R&D; x",
        "<br/>",
        "<Ye>",
        '<g id="4">',
    )
    assert faulted(Markup(), "eng_Latn", *texts) == [0, 1, 2, 5, 6, 7, 9, 11]


class TestRepetition:
    def test_characters_words_and_phrases(self):
        texts = (
            "Nooooooooooooo", "Noooooo", "the the the the the", "the the the the", "she said" + 4 * " she said",
            "చెప్పు చెప్పు చెప్పు చెప్పు చెప్పు", "哈哈哈哈哈哈", "1 000 000 000 000 000", "very, very, VERY, very very good",
        )  # fmt: skip
        assert faulted(Repetition(), "eng_Latn", *texts) == [0, 2, 4, 5, 8]

    def test_no_input_takes_long(self):
        assert faulted(Repetition(), "eng_Latn", "ab" * 50_000, "a b c d e f g " * 5_000) == []


def test_contains():
    assert faulted(Contains(), "eng_Latn", "a@b", "see http://x", "N/A", "n/a", "tea") == [0, 1, 2]


class TestDuplicates:
    ROWS = bitext(("One.", "Eins."), ("One.", "Ein."), ("one", "eins"), ("Two.", "Eins."), ("One.", "Eins."))

    @pytest.mark.parametrize(
        ("rule", "kept"),
        [
            (Duplicates(key="row"), [0, 1, 2, 3]),
            (Duplicates(key="pair"), [0, 1, 2, 3]),
            (Duplicates(key="pair", fold=True), [0, 1, 3]),
            (Duplicates(key="pivot"), [0, 2, 3]),
            (Duplicates(key="pivot", fold=True), [0, 3]),
            (Duplicates(key="cell"), [0, 2]),
        ],
    )
    def test_the_first_stays(self, rule, kept):
        assert list(clean(self.ROWS, [rule])) == [self.ROWS[place] for place in kept]

    def test_a_row_that_adds_a_language_loses_only_what_was_there(self):
        rows = [*bitext(("One.", "Eins.")), Row({"eng_Latn": "One.", "deu_Latn": "Eins.", "fra_Latn": "Un."})]
        assert [set(row.texts) for row in clean(rows, [Duplicates()])] == [
            {"eng_Latn", "deu_Latn"},
            {"eng_Latn", "fra_Latn"},
        ]

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(st.lists(st.lists(st.integers(0, 60), max_size=40), max_size=12))
    def test_seen_is_a_set(self, pieces):
        seen, known = Seen(), set()
        for piece in pieces:
            expected = []
            for value in piece:
                expected.append(value not in known)
                known.add(value)
            assert seen.first(np.array(piece, dtype=np.uint64)).tolist() == expected
        assert len(seen) == len(known)


class TestNearDuplicates:
    pytest.importorskip("datasketch")
    TEXT = "The ferry left the harbour at seven in the morning with forty passengers and a brass band on board."

    def test_nearly_the_same_goes_and_another_stays(self):
        others = (
            "Nobody knew who had left the brass band on the ferry that morning in the harbour.",
            "Good bread takes time.",
        )
        near = self.TEXT.replace("forty", "fifty").upper()
        rows = bitext(*((text, f"Text {number}") for number, text in enumerate((self.TEXT, near, *others))))
        assert list(clean(rows, [NearDuplicates(threshold=0.7)])) == [rows[0], rows[2], rows[3]]

    def test_the_share_found_is_that_of_the_formula(self):
        judge = NearDuplicates(threshold=0.7, ngram=1, letters=1, permutations=64).begin()
        bands, width = judge._bands, judge._width
        alphabet = [chr(code) for code in range(0x4E00, 0x4E00 + 20_000)]
        draw, trials, similarity, texts = random.Random(5), 150, 0.6, []
        for _ in range(trials):
            common, one, other = np.split(np.array(draw.sample(alphabet, 100)), [60, 80])
            texts += ["".join([*common, *one]), "".join([*common, *other])]
        found = len(judge.judge(Chunk(bitext(*((text, "x") for text in texts)))))
        expected = 1 - (1 - similarity**width) ** bands
        assert abs(found / trials - expected) < 3 * math.sqrt(expected * (1 - expected) / trials)

    def test_a_language_may_be_named(self):
        rows = bitext(("One", self.TEXT), ("Two", self.TEXT), ("Three", "Kurz."))
        assert len(list(clean(rows, [NearDuplicates(language="de")]))) == 2
        assert len(list(clean(rows, [NearDuplicates()]))) == 3

    def test_the_seed_makes_it_repeat(self):
        rows = bitext(
            *(
                (" ".join(random.Random(number // 2).choices(self.TEXT.split(), k=20)), str(number))
                for number in range(60)
            )
        )
        runs = [list(clean(rows, [NearDuplicates(seed=seed)])) for seed in (1, 1, 2)]
        assert runs[0] == runs[1]
        assert len(runs[2]) == len(runs[0]) == 30


class Fixed:
    """An identifier that says what the first word of a text says."""

    name = "fixed"
    languages = frozenset({"deu_Latn", "nld_Latn", "hrv_Latn", "srp_Cyrl", "eng_Latn"})

    def identify(self, texts):
        return [(text.split()[0], float(text.split()[1])) for text in texts]


class TestLanguage:
    def rule(self, **more):
        return Language(instance=Fixed(), letters=0, **more)

    def test_another_language_of_which_the_identifier_is_sure(self):
        rows = bitext(("eng_Latn 1", "deu_Latn 1"), ("eng_Latn 1", "nld_Latn .95"), ("eng_Latn 1", "nld_Latn .85"))
        assert self.rule().judge(Chunk(rows)) == {1: {"deu_Latn": "nld_Latn with probability 0.95"}}
        assert set(self.rule(sure=0.8).judge(Chunk(rows))) == {1, 2}

    def test_confusable_languages(self):
        rows = bitext(("eng_Latn 1", "hrv_Latn 1"), language="srp_Cyrl")
        assert not self.rule().judge(Chunk(rows))
        assert set(self.rule(confusable=False).judge(Chunk(rows))) == {0}

    def test_languages_that_it_does_not_know_are_not_judged_and_it_is_said(self):
        judge = self.rule().begin()
        assert not judge.judge(Chunk(bitext(("eng_Latn 1", "deu_Latn 1"), language="tsn_Latn")))
        assert judge.notes() == ["cells not judged, as fixed does not know their language: tsn_Latn (1)"]

    def test_short_texts_are_let_through(self):
        rows = bitext(("eng_Latn 1", "nld_Latn 1"))
        assert not Language(instance=Fixed(), letters=30).judge(Chunk(rows))

    def test_the_real_one_finds_swapped_columns(self):
        corpus = open_corpus("phrasebook")
        rows = [
            Row({"eng_Latn": german, "deu_Latn": english})
            for english, german in zip(*(corpus.texts(code)[:20] for code in ("eng", "deu")), strict=True)
        ]
        faults = Language().judge(Chunk(rows))
        assert sum(len(found) for found in faults.values()) >= 38


class TestSimilarity:
    def scorer(self, source, target, *, languages):
        return np.array(
            [len(set(one) & set(other)) / 10 for one, other in zip(source, target, strict=True)], np.float32
        )

    def test_low_scores_go(self):
        scorer = type("Scorer", (), {"name": "toy", "score": staticmethod(self.scorer)})()
        rows = bitext(("abcdef", "abcdef"), ("abcdef", "uvwxyz"))
        rule = Similarity(min=0.5, scorer=scorer)
        assert list(clean(rows, [rule])) == [rows[0]]
        assert rule.name == "similarity:min=0.5"

    def test_without_a_scorer_it_says_what_to_do(self):
        with pytest.raises(CorpusError, match="similarity needs an encoder"):
            list(clean(bitext(("a", "b")), [Similarity(min=0.5)]))


def test_cap_counts_pairs_of_languages_and_dev_apart():
    rows = [
        Row({"eng_Latn": f"{number}", language: f"{number}"}, {"_split": split})
        for number in range(4)
        for language in ("deu_Latn", "fra_Latn")
        for split in ("train", "dev")
    ]
    kept = Counter((next(reversed(row.texts)), row.meta["_split"]) for row in clean(rows, [Cap(most=3, dev=1)]))
    assert kept == {
        (language, split): {"train": 3, "dev": 1}[split]
        for language in ("deu_Latn", "fra_Latn")
        for split in ("train", "dev")
    }


class TestTestSentences:
    @pytest.fixture
    def tests(self, tmp_path):
        path = tmp_path / "tests.tsv"
        path.write_text('en\tde\n"Where is Tom?"\tWo ist er?\nHe sings.\t¡Er singt!\n', encoding="utf-8")
        return TestSentences(sets=(str(path),))

    def test_pairs_that_contain_one_go(self, tests):
        rows = bitext(
            ("He sings. She listens.", "Sie hört zu."),
            ("I heard him.", "Ich hörte: Er singt."),
            ("he sings.", "er singt."),
            ("So where is Tom?", "Also?"),
        )
        assert list(clean(rows, [tests])) == rows[2:]

    def test_rows_without_english_are_not_judged(self, tests):
        rows = [Row({"deu_Latn": "Er singt!", "fra_Latn": "Il chante."})]
        assert list(clean(rows, [tests])) == rows

    def test_languages_without_test_sentences_are_told_of(self, tests):
        cleaned = clean(bitext(("Tea.", "Thé."), language="fra_Latn"), [tests])
        assert len(list(cleaned)) == 1
        assert cleaned.report.rules[0].notes == ["no test sentences in fra_Latn"]

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(st.text("abc ", min_size=1, max_size=12), max_size=8), st.text("abc ", max_size=40))
    def test_the_search_finds_what_a_loop_finds(self, sentences, text):
        from interlingua.corpus.cleaning.sentences import Sentences

        expected = any(sentence.strip() in text for sentence in sentences if sentence.strip())
        assert (Sentences(sentences).within(text) is not None) == expected


def test_overlap_with_test_sets(monkeypatch, tmp_path):
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "tests.tsv"
    path.write_text("en\tde\nThe grey harbour seal sleeps.\tDer Seehund schläft im Hafen.\n", encoding="utf-8")
    rows = bitext(
        ("the GREY harbour seal, sleeps", "Etwas anderes."),
        ("Something else.", "Der Seehund schläft im Hafen!"),
        ("Something else.", "The grey harbour seal sleeps."),
    )
    assert list(clean(rows, [EvaluationOverlap(sets=(str(path),))])) == rows[2:]


def test_tidy():
    text = '  Say\t"tea" \x07&amp; e\u0301 \ufeffmilk\u00ad. '
    assert Tidy().repair("eng_Latn", [text]) == ['Say "tea" &amp; e\u0301 milk.']
    assert Tidy(quotes=False, entities=True, nfc=True).repair("eng_Latn", [text]) == ["Say tea & é milk."]
    assert Tidy(languages=("de",)).repair("eng_Latn", [text]) == [text]
    assert Tidy().repair("pes_Arab", ["می‌خواهم"]) == ["می‌خواهم"]


def test_words_are_runs_of_letters_and_single_ideographs():
    assert words_of("నావ, 42 Boote! 日本語 don't") == ["నావ", "42", "Boote", "日", "本", "語", "don", "t"]


def test_rules_that_remember_nothing_do_not_care_for_order():
    draw = random.Random(1)
    pool = (
        "Tea",
        "Tea and milk",
        "<b>Tea",
        "&amp;",
        "no no no no no no",
        "Tea\ufffd",
        "Чай",
        "a@b",
        "x" * 3000,
        "42",
        "57",
    )
    rows = [Row({"eng_Latn": draw.choice(pool), "deu_Latn": draw.choice(pool)}) for _ in range(60)]
    order = draw.sample(range(60), 60)
    for rule in (
        Length(),
        Script(letters=1),
        Broken(),
        Markup(),
        Repetition(),
        Contains(),
        Digits(),
        Addresses(),
        Identical(),
    ):
        straight, shuffled = rule.judge(Chunk(rows)), rule.judge(Chunk([rows[place] for place in order]))
        assert {order[place]: found for place, found in shuffled.items()} == straight
    for one, other in combinations((Length(), Broken(), Markup(), Repetition(), Contains()), 2):
        assert list(clean(rows, [one, other])) == list(clean(rows, [other, one]))
