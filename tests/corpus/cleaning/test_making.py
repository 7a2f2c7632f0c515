"""Rules by name: from the command line, from YAML, from presets; and the page that documents them."""

import re
from pathlib import Path

import pytest

from interlingua.corpus import open_corpus
from interlingua.corpus.cleaning import (
    PRESETS,
    RULES,
    Chain,
    Length,
    Similarity,
    load_chain,
    make_step,
    make_steps,
    preset_steps,
    rule_settings,
)
from interlingua.corpus.cleaning.listing import list_rules, summary
from interlingua.errors import CorpusError
from interlingua.types import Row

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cleaning.md"


def test_settings_have_their_types():
    rule = make_step("length:min=3,max=200,unit=words,languages=en+te")
    assert rule == Length(min=3, max=200, unit="words", languages=("eng_Latn", "tel_Telu"))
    assert rule.name == "length:languages=eng_Latn+tel_Telu,min=3,max=200,unit=words"
    assert make_step(rule.name) == rule
    assert make_step({"contains": {"any": ["a,b", "c"]}}).any == ("a,b", "c")
    assert make_step({"markup": None}) == make_step("markup")
    assert make_step("identical:fold=false").fold is False


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("lenght", "there is no rule 'lenght'; did you mean length?"),
        ("xyz", "there is no rule 'xyz'; there are tidy, length, ratio"),
        ("length:mni=3", "the rule length has no setting 'mni'; did you mean min?"),
        ("length:min", "length:min: write KIND:setting=value"),
        ("length:min=few", "the rule length: min must be a whole number, not 'few'"),
        ("length:unit=lines", "the rule length: unit must be characters, words or tokens, not 'lines'"),
        ("length:languages=xx", "the rule length: languages: 'xx' is not a language code"),
        ("script:min=2", "the rule script: min must be at most 1, not '2'"),
        ("similarity", "the rule similarity: min is missing"),
        ("similarity:min=1,scorer=x", "the rule similarity has no setting 'scorer'"),
        ({"length": {}, "ratio": {}}, "is no rule; write one name"),
    ],
)
def test_what_no_rule_understands(said, message):
    with pytest.raises(CorpusError) as caught:
        make_step(said)
    assert message in str(caught.value)


def test_similarity_gets_its_scores():
    step = make_step("similarity:model=m,min=0.5", scorers=lambda rule: f"scores of {rule.model}")
    assert isinstance(step, Similarity)
    assert step.scorer == "scores of m"


class TestYaml:
    def test_a_chain(self, tmp_path):
        path = tmp_path / "chain.yaml"
        path.write_text(
            "pivots: [fr]\nmin_cells: 3\nrules:\n- markup\n- length: {min: 3, unit: words}\n- script:min=0.9\n"
        )
        chain = load_chain(path)
        assert chain == Chain(
            steps=make_steps(["markup", "length:min=3,unit=words", "script:min=0.9"]), pivots=["fr"], min_cells=3
        )

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("rules: [lenght]", "there is no rule 'lenght'; did you mean length?"),
            ("rule: [length]", "unknown key rule; did you mean rules?"),
            ("rules: [length]\nmin_cels: 2", "unknown key min_cels; did you mean min_cells?"),
            ("- length", "holds no chain"),
            ("rules: [", "is not YAML"),
            ("rules: 3", "rules must be a list, as [a, b], not 3"),
        ],
    )
    def test_mistakes_are_told_with_the_file(self, tmp_path, content, message):
        path = tmp_path / "chain.yaml"
        path.write_text(content)
        with pytest.raises(CorpusError) as caught:
            load_chain(path)
        assert str(caught.value).startswith(str(path))
        assert message in str(caught.value)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(CorpusError, match="cannot be read"):
            load_chain(tmp_path / "none.yaml")


class TestPresets:
    @pytest.mark.parametrize("name", PRESETS)
    def test_every_preset_is_made_of_rules(self, name):
        assert [step.kind for step in preset_steps(name)] == [rule.partition(":")[0] for rule in PRESETS[name].rules]

    def test_settings_go_to_every_rule_that_has_them(self):
        steps = preset_steps("dap:tokenizer=t.json")
        assert [step.kind for step in steps if getattr(step, "tokenizer", "") == "t.json"] == [
            "length",
            "ratio",
            "shared",
        ]
        with pytest.raises(CorpusError, match=r"no rule of dap has a setting 'tokeniser'; did you mean tokenizer\?"):
            preset_steps("dap:tokeniser=t.json")
        with pytest.raises(CorpusError, match=r"there is no preset 'dab'; did you mean dap\?"):
            preset_steps("dab")

    def test_dap_against_the_published_conditions(self, tmp_path):
        tokenizer = _word_tokenizer(tmp_path / "tokenizer.json")
        sides = [
            "a b c", "a b c d", "e f g h", "e f g h i j", "a b c d e f", "a b c d e f " * 6, "g h " * 12, "g h " * 33,
            "a b c d@e", "a b c d http://e f", "a b c d N/A", "g h i j g h i j g", "a \"b\" c\td",
        ]  # fmt: skip

        def naive(one: str, other: str) -> bool:
            if any(word in side for side in (one, other) for word in ("@", "http", "N/A")):
                return False
            one, other = (re.sub(r"\s+", " ", side.replace('"', "")).strip() for side in (one, other))
            short, long = sorted((one.split(" "), other.split(" ")), key=len)
            if len(short) <= 3 or len(long) > max(2 * len(short), 32) or len(long) > 64 or one == other:
                return False
            shares = [
                sum(word in set(theirs) for word in ours) / len(ours) for ours, theirs in ((short, long), (long, short))
            ]
            return len(short) <= 5 or max(shares) < 0.5

        pairs = [(one, other) for one in sides for other in sides]
        rows = [Row({"eng_Latn": one, "deu_Latn": other}, {"_id": str(n)}) for n, (one, other) in enumerate(pairs)]
        kept = [
            int(row.meta["_id"]) for row in Chain(steps=preset_steps(f"dap:tokenizer={tokenizer}")[:-2]).clean(rows)
        ]
        assert kept == [n for n, pair in enumerate(pairs) if naive(*pair)]
        assert 0 < len(kept) < len(pairs)

    def test_the_usual_tokenizer_is_asked_of_the_hub(self, monkeypatch):
        def refuse(name):
            raise Exception(f"no network for {name}")

        monkeypatch.setattr("tokenizers.Tokenizer.from_pretrained", refuse)
        chain = Chain(steps=preset_steps("dap"))
        with pytest.raises(CorpusError, match="there is no tokenizer bert-base-multilingual-cased"):
            list(chain.clean([Row({"eng_Latn": "Two boats.", "deu_Latn": "Zwei Boote."})]))

    def test_imascl_leaves_out_tatoeba(self, tmp_path):
        path = tmp_path / "tests.tsv"
        path.write_text("en\tko\nHe sings.\t그는 노래한다.\n", encoding="utf-8")
        rows = [
            Row({"eng_Latn": "He sings well.", "kor_Hang": "노래."}),
            Row({"eng_Latn": "Song.", "kor_Hang": "그는 노래한다!"}),
            Row({"kor_Hang": "그는 노래한다.", "jpn_Jpan": "彼は歌う。"}),
            Row({"eng_Latn": "She sings.", "kor_Hang": "그녀는 노래한다."}),
        ]
        assert list(Chain(steps=preset_steps(f"imascl:sets={path}")).clean(rows)) == [rows[2], rows[3]]

    def test_the_default_leaves_the_phrasebook_alone(self):
        corpus = open_corpus("phrasebook")
        rows = list(corpus.rows())[::5]
        cleaned = Chain(steps=preset_steps("default")).clean(rows)
        assert list(cleaned) == rows


class TestPage:
    def test_every_rule_and_setting_is_documented(self):
        sections = dict(re.findall(r"^### ([\w-]+)\n(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S))
        assert list(sections) == list(RULES)
        for kind, text in sections.items():
            assert text.strip().startswith(_plain(summary(kind)))
            shown = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", text, re.M)
            settings = {name: field for name, field in rule_settings(kind).items() if name != "languages"}
            assert [name for name, _, _ in shown] == list(settings)
            for name, default, said in shown:
                assert said == settings[name].description
                assert default == ("needed" if settings[name].is_required() else f"`{_word(settings[name].default)}`")

    def test_every_preset_is_documented_with_its_rules(self):
        text = PAGE.read_text(encoding="utf-8")
        for name, preset in PRESETS.items():
            assert f"**{name}**: {preset.about}" in text
            for line in (*(f"    {rule}" for rule in preset.rules), *(f"- {reading}" for reading in preset.readings)):
                assert line in text

    def test_the_list_has_them_all(self):
        listed = list_rules()
        for kind in RULES:
            assert f"\n{kind}: " in "\n" + listed
        assert "preset imascl: " in listed


def _plain(text):
    return text.replace("``", "`")


def _word(value):
    if value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return "+".join(value) if isinstance(value, tuple) else str(value)


def _word_tokenizer(path):
    """A tokenizer.json whose tokens are what stands between spaces."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(
        WordLevel(
            {"[UNK]": 0, **{letter: number for number, letter in enumerate("abcdefghij", start=1)}}, unk_token="[UNK]"
        )
    )
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.save(str(path))
    return path
