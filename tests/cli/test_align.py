"""``interlingua align``: folders and lines of links, and options that do not fit."""

import json
import shutil
import sys
from pathlib import Path
from typing import get_args

import pyarrow.parquet as pq
import pytest

from interlingua.cli import align as command
from interlingua.cli.app import main
from interlingua.words import MATCHERS, LinkFolder, read_link_lines, symmetrise
from interlingua.words.bulk import Segmentation
from toy import toy_corpus_table, toy_static

EFLOMAL = shutil.which("eflomal-align") or shutil.which("eflomal-align", path=str(Path(sys.executable).parent))


@pytest.fixture
def rows(tmp_path):
    pq.write_table(toy_corpus_table(rows=30, missing=0.2), tmp_path / "rows.parquet")
    return tmp_path / "rows.parquet"


@pytest.fixture
def lines(tmp_path):
    (tmp_path / "a.en").write_text("The tap drips.\n\nIt snows.\n")
    (tmp_path / "a.de").write_text("Der Hahn tropft.\nEine Krähe.\nEs schneit.\n")
    return ["-d", f"eng={tmp_path / 'a.en'}", "-d", f"deu={tmp_path / 'a.de'}"]


def call(*words):
    return main(["align", *map(str, words)])


def fails(capsys, *words):
    assert call(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_folder(rows, tmp_path, capsys):
    assert call("-d", rows, "-o", tmp_path / "links", "--aligner", "diagonal", "--shard-rows", 7) == 0
    folder = LinkFolder.open(tmp_path / "links")
    shown = capsys.readouterr().out.splitlines()
    counts = folder.card.pairs[0]
    assert shown[0].endswith(f"links: eng_Latn-deu_Latn: {counts.links:,} links in {counts.rows} sentence pairs")
    assert folder.languages == (("eng_Latn", "deu_Latn"), ("eng_Latn", "tel_Telu"))
    assert "holds links already" in fails(capsys, "-d", rows, "-o", tmp_path / "links", "--aligner", "diagonal")


def test_resume_and_overwrite(rows, tmp_path, capsys):
    words = ["-d", rows, "-o", tmp_path / "links", "--aligner", "diagonal"]
    assert call(*words, "--shard-rows", 7) == 0
    shard = tmp_path / "links" / "eng_Latn.deu_Latn.00001.parquet"
    before = shard.read_bytes()
    shard.unlink()
    assert call(*words, "--shard-rows", 7, "--resume") == 0
    assert shard.read_bytes() == before
    capsys.readouterr()
    assert "another languages" in fails(capsys, *words, "--shard-rows", 7, "--resume", "--pairs", "de:te")
    assert call(*words, "--overwrite", "--pairs", "de:te,te:en", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert [one["languages"] for one in facts["pairs"]] == [["deu_Latn", "tel_Telu"], ["tel_Telu", "eng_Latn"]]
    assert facts["aligner"] == "diagonal"
    assert not shard.exists()


def test_an_encoder(rows, tmp_path):
    toy_static(dimension=32).save_pretrained(str(tmp_path / "model"))
    words = ["-d", rows, "-m", tmp_path / "model", "--pairs", "en:de"]
    for match in get_args(command.MatcherName):
        assert call(*words, "--matcher", match, "--unit", "word", "-o", tmp_path / match) == 0
        ((counts,),) = [LinkFolder.open(tmp_path / match).card.pairs]
        assert counts.links > 0
    assert call(*words, "--matcher", "itermax", "-o", tmp_path / "other", "--batch-size", 4) == 0
    names = {LinkFolder.open(tmp_path / name).card.aligner[0] for name in ("argmax", "itermax", "other")}
    assert len(names) == 3


def test_lines_of_files_keep_their_places(lines, tmp_path, capsys):
    words = [*lines, "--aligner", "diagonal", "--format", "pharaoh"]
    assert call(*words) == 0
    assert capsys.readouterr().out == "0-0 1-1 2-2 3-3\n\n0-0 1-1 2-2\n"
    assert call(*words, "-o", tmp_path / "links", "-l", "en,de", "--words", "spaces", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["rows"], facts["links"], facts["languages"]) == (3, 5, ["eng_Latn", "deu_Latn"])
    assert [one.pairs.tolist() for one in read_link_lines(tmp_path / "links")][1:] == [[], [[0, 0], [1, 1]]]
    assert "exists already" in fails(capsys, *words, "-o", tmp_path / "links")
    assert call(*words, "-o", tmp_path / "links", "--pairs", "de:en", "--overwrite") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'links'}: 7 links in 3 lines of deu_Latn-eng_Latn\n"


@pytest.mark.skipif(not EFLOMAL, reason="eflomal is not installed (pip install eflomal)")
def test_eflomal(rows, tmp_path):
    words = ["--aligner", "eflomal", "--symmetrise", "union", "-l", "en,de"]
    assert call("-d", rows, "-o", tmp_path / "links", *words) == 0
    card = LinkFolder.open(tmp_path / "links").card
    assert card.aligner[0] == "eflomal:union"
    assert card.pairs[0].links > 30


def test_a_program_that_is_missing(rows, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    error = fails(capsys, "-d", rows, "-o", tmp_path / "links", "--aligner", "fast-align")
    assert error.startswith("error: fast_align is not installed: fast_align is not on PATH. Build it")
    assert not (tmp_path / "links").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--aligner encoder needs a model: give -m FOLDER"),
        (["--aligner", "wspalign"], "--aligner wspalign needs a model"),
        (["--aligner", "diagonal", "--matcher", "argmax"], "--matcher is for --aligner encoder; leave it out"),
        (["--aligner", "eflomal", "-m", "x"], "--model is for --aligner encoder or wspalign"),
        (["-m", "x", "--symmetrise", "union"], "--symmetrise is for --aligner eflomal or fast-align"),
        (["--aligner", "wspalign", "-m", "x", "--max-length", "9"], "--max-length is for --aligner encoder"),
        (["--aligner", "diagonal", "--resume", "--overwrite"], "choose one of them"),
        (["--aligner", "diagonal", "--pairs", "en:fr"], "has no fra_Latn"),
        (["--aligner", "diagonal", "--pairs", "en:de:te"], "is not a pair of languages"),
        (["--aligner", "diagonal", "--pairs", "some"], "write 'en-xx', 'all-pairs'"),
        (["--aligner", "diagonal", "--split", "dev"], "has no column _split"),
        (
            ["--aligner", "diagonal", "--format", "pharaoh"],
            "one pair of languages, not eng_Latn:deu_Latn, eng_Latn:tel",
        ),
        (["--aligner", "diagonal", "--format", "pharaoh", "--resume"], "lines cannot be resumed"),
        (["--aligner", "diagonal", "-d", "phrasebook"], "links are of one corpus, not of"),
        (["-m", "./none"], "./none: no such folder"),
    ],
)
def test_what_does_not_fit_is_one_line(rows, tmp_path, capsys, words, message):
    assert message in fails(capsys, "-d", rows, "-o", tmp_path / "links", *words)
    assert not (tmp_path / "links").exists()


def test_where_links_go(rows, capsys):
    assert "say where the links go" in fails(capsys, "-d", rows, "--aligner", "diagonal")
    words = ["--aligner", "diagonal", "--format", "pharaoh", "--json", "--pairs", "en:de"]
    assert "say where with -o" in fails(capsys, "-d", rows, *words)


def test_choices_are_those_that_there_are():
    assert set(get_args(command.MatcherName)) == set(MATCHERS)
    assert get_args(command.Symmetrisation) == get_args(symmetrise.Symmetrisation)
    assert get_args(command.Segmentation) == get_args(Segmentation)
    assert {name for names in command._OWNERS.values() for name in names} < set(get_args(command.AlignerName))
