import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.encoders import noisy_encoder
from interlingua.cli.app import main
from interlingua.corpus import Corpus, ScoredPairs
from interlingua.encoder import SentenceEncoder
from interlingua.evaluation import load_scores
from interlingua.types import Row
from toy import toy_static

ROWS = [
    Row(
        {"eng_Latn": f"eng {i}", "deu_Latn": f"deu {i}", "tel_Telu": f"tel {i}"},
        {"_split": "dev" if i < 8 else "train"},
    )
    for i in range(20)
]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "invented.jsonl"
    lines = [json.dumps({**row.texts, **row.meta}) for row in ROWS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def loaded(monkeypatch):
    """What the encoder was loaded with, or an exception that loading it should raise."""
    calls = []

    def load(spec, **settings):
        calls.append((spec, settings))
        return noisy_encoder(ROWS)

    monkeypatch.setattr("interlingua.encoder.load_encoder", load)
    return calls


def test_a_table_goes_to_stdout_and_progress_to_stderr(data, loaded, capsys):
    assert main(["evaluate", "a/model", "-d", data, "--split", "dev"]) == 0
    out, err = capsys.readouterr()
    assert "retrieval:invented/dev, accuracy times 100" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("eng_Latn")] == [
        ["eng_Latn", "deu_Latn"],
        ["eng_Latn", "tel_Telu"],
    ]
    assert "mean of these" in out
    assert "retrieval:invented/dev" in err
    assert loaded == [("a/model", {"pooling": None, "max_length": None, "prefix": None})]


def test_json_is_a_file_of_scores(data, loaded, capsys, tmp_path):
    words = ["evaluate", "m", "-d", data, "-l", "en,te", "--pairs", "te:en", "--match", "index", "--json"]
    assert main([*words, "--max-rows", "9", "--pooling", "cls", "--max-length", "64", "--prefix", "query: "]) == 0
    (tmp_path / "scores.json").write_text(capsys.readouterr().out, encoding="utf-8")
    scores = load_scores(tmp_path / "scores.json")["scores"]
    assert [(score.metric, score.languages, score.n) for score in scores] == [
        ("accuracy", ("tel_Telu", "eng_Latn"), 9),
        ("accuracy", ("eng_Latn", "tel_Telu"), 9),
        ("mean_accuracy", ("tel_Telu", "eng_Latn"), 9),
    ]
    assert "match:index|ties:shared|rows:9" in scores[0].signature
    assert loaded[0][1] == {"pooling": "cls", "max_length": 64, "prefix": "query: "}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], [("eng_Latn", "eng_Latn"), ("tel_Telu", "tel_Telu")]),
        (["--pairs", "en-xx"], [("eng_Latn", "tel_Telu")]),
        (["--pairs", "te:te,te:en"], [("tel_Telu", "tel_Telu"), ("tel_Telu", "eng_Latn")]),
    ],
)
def test_similarity(loaded, capsys, monkeypatch, pairs, expected):
    def open_pairs(name, *, source, target, split):
        sides = [[row.texts[language] for row in ROWS] for language in (source, target)]
        scores = np.arange(20.0) % 6
        return ScoredPairs(
            source=sides[0], target=sides[1][::-1], scores=scores, languages=(source, target), name=f"sts/{split}"
        )

    monkeypatch.setattr("interlingua.corpus.open_scored_pairs", open_pairs)
    monkeypatch.setattr("interlingua.corpus.open_corpus", lambda name: Corpus.from_rows(ROWS, name=name))
    words = ["evaluate", "m", "-d", "stsb", "--task", "sts", "-l", "en,te", "--split", "dev", "--json"]
    assert main([*words, *pairs]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert [tuple(score["languages"]) for score in scores if score["metric"] == "spearman"] == expected
    assert {score["task"] for score in scores} == {"sts:sts/dev"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-d", "nowhere/at/all"], "nowhere/at/all"),
        (["-d", "DATA", "-l", "en,fr"], "fra_Latn"),
        (["-d", "DATA", "--pairs", "fr-xx"], "has no fra_Latn"),
        (["-d", "DATA", "--pairs", "en:"], "error:"),
        (["-d", "DATA", "-l", "en"], "makes no pair"),
        (["-d", "DATA", "--split", "test"], "test"),
        (["-d", "DATA", "-d", "DATA"], "two tasks are called"),
        (["-d", "DATA", "--task", "sts"], "say which languages its two sentences are in"),
        (["-d", "DATA", "--task", "sts", "--pairs", "en:de"], "line 1: the score None is no number"),
        (
            ["-d", "DATA", "--task", "sts", "--max-rows", "5"],
            "max_rows is for ",
        ),
        (["-d", "DATA", "--task", "sts", "--match", "index"], "match is for "),
        (["-d", "DATA", "--matcher", "itermax"], "matcher is for words, not for retrieval; leave it out"),
        (["-d", "DATA", "--task", "lexicon", "--layer", "2"], "layer is for words and word-retrieval, not for lexicon"),
        (
            ["-d", "DATA", "--task", "words", "--pairs", "en-xx"],
            "words: pairs must be a list of pairs, as en:de or [[en, de]], not 'en-xx'",
        ),
        (["-d", "DATA", "--max-rows", "1"], "--max-rows"),
        (["-d", "ONE"], "shares 2 rows"),
        (["-d", "EMPTY"], "error:"),
        ([], "retrieval needs data: a set of the catalog"),
    ],
)
def test_bad_input_is_one_error_and_nothing_on_stdout(data, loaded, capsys, tmp_path, words, message):
    one, empty = tmp_path / "one.jsonl", tmp_path / "empty.jsonl"
    one.write_text(json.dumps(dict(ROWS[0].texts)) + "\n", encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    files = {"DATA": data, "ONE": str(one), "EMPTY": str(empty)}
    assert main(["evaluate", "m", *(files.get(word, word) for word in words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_nan_vectors_are_an_error(data, monkeypatch, capsys):
    class Broken:
        name = "broken"
        fingerprint = "0"

        def encode(self, texts, *, language=None):
            return np.full((len(texts), 3), np.nan, dtype=np.float32)

    monkeypatch.setattr("interlingua.encoder.load_encoder", lambda spec, **settings: Broken())
    assert main(["evaluate", "m", "-d", data]) == 2
    assert "error: broken made 20 of 20 eng_Latn vectors" in capsys.readouterr().err


@pytest.fixture
def linked(tmp_path):
    """Sentence pairs with links in two language pairs; word k translates word k."""
    same = " ".join(f"{k}-{k}" for k in range(3))
    rows = [
        {"pair": pair, "split": "dev", "src": f"a{i} b{i} c{i}", "tgt": f"x{i} y{i} z{i}", "alignment": same}
        for pair in ("eng-deu", "eng-tel")
        for i in range(4)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "linked.parquet")
    return str(tmp_path / "linked.parquet")


def test_an_aligner_is_scored_by_name(linked, capsys, tmp_path):
    assert main(["evaluate", "diagonal", "-d", linked, "--task", "words", "--split", "dev", "--json"]) == 0
    (tmp_path / "scores.json").write_text(capsys.readouterr().out, encoding="utf-8")
    scores = load_scores(tmp_path / "scores.json")["scores"]
    assert [score.metric for score in scores[-4:]] == ["macro_precision", "macro_recall", "macro_aer", "macro_f1"]
    assert (scores[-1].value, scores[-2].value, scores[-1].task) == (1.0, 0.0, "words:linked/dev")
    assert main(["evaluate", "diagonal", "-d", linked, "--task", "words", "--pairs", "te:en"]) == 0
    assert "words:linked, aer times 100" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["--task", "words", "--matcher", "itermax", "--layer", "0"], "aligner:encoder:itermax,layer=0,subword"),
        (["--task", "word-retrieval", "--max-rows", "3", "-l", "en,de"], "by:context|layer:default|pairs:3"),
        (["--task", "lexicon"], "by:type|min_count:2"),
    ],
)
def test_words_of_an_encoder(linked, capsys, monkeypatch, tmp_path, words, settings):
    encoder = SentenceEncoder(toy_static())
    monkeypatch.setattr("interlingua.encoder.load_encoder", lambda spec, **_: encoder)
    assert main(["evaluate", "m", "-d", linked, *words, "--json"]) == 0
    (tmp_path / "scores.json").write_text(capsys.readouterr().out, encoding="utf-8")
    scores = load_scores(tmp_path / "scores.json")["scores"]
    assert settings in scores[0].signature
    assert ("tel_Telu" in {language for score in scores for language in score.languages}) == ("-l" not in words)


def test_a_span_model_is_told_by_its_prefix(linked, capsys, tmp_path):
    assert main(["evaluate", f"wspalign:{tmp_path}", "-d", linked, "--task", "words"]) == 2
    assert "the question-answering model does not load" in capsys.readouterr().err


def test_two_encoders_are_compared(data, loaded, capsys, tmp_path):
    words = ["evaluate", "runs/one/model", "-d", data, "-l", "en,te", "--against", "runs/two/model"]
    assert main([*words, "-o", str(tmp_path / "new" / "scores.json")]) == 0
    out, err = capsys.readouterr()
    assert "one against two: paired bootstrap over rows" in out
    assert "same" in out
    assert "runs/two/model: the same" in err
    assert [spec for spec, _ in loaded] == ["runs/one/model", "runs/two/model"]
    kept = load_scores(tmp_path / "new" / "scores.json")
    assert kept["scores"] == kept["against"]
    assert len(kept["scores"]) == 3


def test_other_settings_are_given_as_key_and_value(data, loaded, capsys):
    assert main(["evaluate", "m", "-d", data, "--task", "xsim", "--set", "k=2", "--set", "margin=distance"]) == 0
    assert "margin:distance" in capsys.readouterr().out
    assert main(["evaluate", "m", "-d", data, "--set", "k"]) == 2
    assert "--set: k is not key=value" in capsys.readouterr().err


def test_scores_that_cannot_be_kept_are_told(data, loaded, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["evaluate", "m", "-d", data, "-o", str(tmp_path / "file" / "scores.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_suite_brings_its_own_data(data, loaded, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    assert main(["evaluate", "m", "--suite", "wacse", "-d", data]) == 2
    assert "leave out data" in capsys.readouterr().err
    assert main(["evaluate", "m", "--suite", "wacs"]) == 2
    assert "wacse" in capsys.readouterr().err
    assert main(["evaluate", "m", "--suite", "wacse"]) == 2
    assert "none of its data is at hand" in capsys.readouterr().err


def test_a_suite_is_shown_beside_the_papers_numbers(capsys, monkeypatch, tmp_path):
    from interlingua.encoder.function import FunctionEncoder
    from interlingua.evaluation import load_suite

    def scattered(texts):
        return np.array([[hash((text, i)) / 2**63 for i in range(8)] for text in texts], dtype=np.float32)

    (tmp_path / "tatoeba").mkdir()
    for side in ("fra", "eng"):
        lines = "".join(f"{side} {i}\n" for i in range(5))
        (tmp_path / f"tatoeba/tatoeba.fra-eng.{side}").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    monkeypatch.setattr("interlingua.encoder.load_encoder", lambda spec, **_: FunctionEncoder(scattered, name=spec))
    assert main(["evaluate", "m", "--suite", "imascl", "--against", "other"]) == 0
    out, err = capsys.readouterr()
    assert load_suite("imascl").title in out
    assert "Tatoeba fr" in out
    assert "m: " in err
    assert "other: " in err


def test_help_names_every_task(capsys):
    from interlingua.evaluation import TASKS

    main(["evaluate", "--help"])
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert [name for name in TASKS if name not in told] == []
