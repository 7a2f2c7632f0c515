import io
import json
import re
import tarfile

import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app, getting
from interlingua.corpus.getting import offers
from interlingua.corpus.getting.downloads import Download
from interlingua.errors import CorpusError


def call(*words, **settings):
    return CliRunner().invoke(app, ["get", *map(str, words)], catch_exceptions=False, **settings)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder that stands for a server with a small FLORES-200; what it is called on the command line."""
    (tmp_path / "srv").mkdir()
    with tarfile.open(tmp_path / "srv" / "flores.tar.gz", "w:gz") as file:
        for name in ("x/dev/eng_Latn.dev", "x/dev/swh_Latn.dev", "x/devtest/eng_Latn.devtest"):
            info = tarfile.TarInfo(name)
            info.size = 2
            file.addfile(info, io.BytesIO(b"a\n"))
    small = Download(
        arrange="flores200",
        checked="here",
        urls=("https://example.org/flores.tar.gz",),
        members=("*.dev", "*.devtest"),
    )
    commercial = Download(arrange="inference", checked="here", urls=("https://example.org/b.zip",), sizes=(2_000_000,))
    monkeypatch.setattr(offers, "downloads", lambda: {"flores200": small, "xnli": commercial})
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path / "data"))
    return "--mirror", f"https://example.org/={(tmp_path / 'srv').as_uri()}/"


def test_what_can_be_fetched():
    shown = call("--list").stdout.splitlines()
    assert shown[3] == "flores200                  FLORES-200: sentences of Wikimedia, translated by professionals"
    assert shown[-1].startswith("opus:CORPUS@version/en-te")
    assert json.loads(call("--list", "--json").stdout)["dap"].startswith("The corpora of DAP")
    assert call().exit_code == 2


def test_a_set_is_fetched(mirror, tmp_path):
    result = call("flores200", "--yes", *mirror)
    assert (result.exit_code, result.stdout) == (0, f"flores200: {tmp_path / 'data' / 'flores200'}\n")
    again = call("flores200", "--json", *mirror)  # nothing to agree to
    assert json.loads(again.stdout) == [{"name": "flores200", "path": str(tmp_path / "data" / "flores200")}]
    call("flores200", "--yes", "--output", tmp_path / "other", *mirror)
    assert (tmp_path / "other" / "flores200" / "corpus.json").is_file()


def test_sizes_and_licences_come_first(mirror):
    shown = call("flores200", "xnli", "--plan", *mirror).stdout.splitlines()
    assert re.fullmatch(r"flores200   \d+ B  CC-BY-SA-4.0", shown[0])
    assert shown[1] == "xnli       2.0 MB  NON-COMMERCIAL: CC-BY-NC-4.0"
    assert shown[2] == "2 sets, 2.0 MB"
    facts = json.loads(call("xnli", "--plan", "--json", *mirror).stdout)
    assert (facts[0]["non_commercial"], facts[0]["bytes"]) == (True, 2_000_000)


def test_nobody_agrees(mirror, tmp_path):
    with pytest.raises(
        CorpusError, match="nobody is there to agree to sizes and licences; read them above, and say --yes"
    ):
        call("flores200", *mirror)
    assert not (tmp_path / "data").exists()


def test_somebody_is_asked(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(getting, "_somebody_is_there", lambda: True)
    refused = call("flores200", *mirror, input="n\n")
    assert refused.exit_code == 2
    assert "flores200:" not in refused.stdout
    assert "CC-BY-SA-4.0\nFetch into " in refused.stderr
    assert not (tmp_path / "data").exists()
    assert call("flores200", *mirror, input="y\n").exit_code == 0
    assert (tmp_path / "data" / "flores200").is_dir()


def test_a_bar_moves(monkeypatch, capsys):
    bar = getting._Bar()
    bar("a.zip", 10, 20)
    bar("b.zip", 5, None)
    bar("b.zip", 9, None)
    bar("c.zip", 7, 7)
    bar.close()
    assert "a.zip" in capsys.readouterr().err
