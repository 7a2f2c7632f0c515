import logging
import os
import subprocess
import sys
from typing import get_args

import pytest
import typer

from interlingua import __version__, types
from interlingua.cli import app as app_module
from interlingua.cli import options
from interlingua.cli.app import app, main
from interlingua.errors import CorpusError

HEAVY = ("torch", "transformers", "sentence_transformers", "datasets", "pyarrow", "pandas", "scipy", "numpy")


def verbs(command, path=()):
    """Every command of the tree, as the words that name it."""
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from verbs(child, (*path, name))


COMMANDS = [" ".join(path) for path in verbs(typer.main.get_command(app))]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(command, capsys):
    assert main([*command.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert "Usage: interlingua " + command in " ".join(out.split())
    assert err == ""


def test_help_loads_nothing_heavy():
    check = (
        "import sys\n"
        "from interlingua.cli.app import main\n"
        f"for command in {COMMANDS!r}:\n"
        "    assert main([*command.split(), '--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"interlingua {__version__}\n"


def test_no_words_show_the_help(capsys):
    assert main([]) == 2
    assert "Usage: interlingua" in "".join(capsys.readouterr())


def test_unknown_verbs_and_options_end_with_2(capsys):
    assert main(["evalate"]) == 2
    assert "evaluate" in capsys.readouterr().err
    assert main(["evaluate", "model", "--colour", "red"]) == 2
    assert "--colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["corpus", "peek", "phrasebook", "-n", "x"], "'--number' / '-n': it must be a whole number, not 'x'"),
        (["corpus", "join", "out", "a.tsv", "--threads", "0"], "'--threads': it must be at least 1, not '0'"),
        (
            ["corpus", "join", "out", "a.tsv", "--conflicts", "x"],
            "'x' is not one of 'all', 'majority', 'best', 'first'",
        ),
    ],
)
def test_values_of_the_wrong_kind_are_told_in_plain_words(capsys, words, told):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "Input should" not in err
    assert "Value error" not in err


def run_raising(monkeypatch, error, *words):
    def verb(words: list[str] = typer.Argument(None)):  # noqa: B008
        raise error

    failing = typer.Typer(pretty_exceptions_enable=False)
    failing.command()(verb)
    monkeypatch.setattr(app_module, "app", failing)
    return main(list(words))


def test_errors_become_one_line_and_hints(monkeypatch, capsys):
    error = CorpusError("there is no set 'ntrx'")
    error.add_note("did you mean ntrex?")
    assert run_raising(monkeypatch, error) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "error: there is no set 'ntrx'\nhint: did you mean ntrex?\n"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("corpus join out a.tsv", "nothing was written"),
        ("corpus clean a.tsv out", "nothing was written"),
        ("corpus translate a.tsv out", "no corpus was written, but what was translated is kept: the same command"),
        ("corpus get ntrex", "what has come is kept: the same command goes on from there"),
        ("train quickstart", "the run folder stays, and the same command with --resume goes on"),
        ("align", "of a folder, what was aligned stays, and the same command with --resume goes on"),
    ],
)
def test_interruption_ends_with_130_and_says_what_is_left(monkeypatch, capsys, words, left):
    assert run_raising(monkeypatch, KeyboardInterrupt(), *words.split()) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().startswith(f"interrupted; {left}")
    assert "\n" not in err.strip()


def test_errors_that_nobody_raised_on_purpose_keep_their_traceback(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        run_raising(monkeypatch, ZeroDivisionError())


def test_logs_go_to_stderr(monkeypatch, capsys):
    def verb():
        logging.getLogger("interlingua.somewhere").info("half way")
        typer.echo("data")

    talking = typer.Typer(callback=app_module.root)
    talking.command()(verb)
    monkeypatch.setattr(app_module, "app", talking)
    assert main(["verb"]) == 0
    assert capsys.readouterr() == ("data\n", "half way\n")


def test_model_libraries_speak_of_errors_only():
    check = (
        "from interlingua.cli.app import root\n"
        "root(verbose=False, version=False)\n"
        "import logging, transformers, huggingface_hub, sentence_transformers\n"
        "for name in ('transformers', 'huggingface_hub', 'sentence_transformers'):\n"
        "    print(logging.getLogger(name).getEffectiveLevel())\n"
    )
    loud = {name: value for name, value in os.environ.items() if not name.endswith("_VERBOSITY")}
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, env=loud)
    assert result.stdout.split() == [str(logging.ERROR)] * 3


def test_python_m_is_the_command():
    words = [sys.executable, "-m", "interlingua", "--version"]
    result = subprocess.run(words, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert result.stdout == f"interlingua {__version__}\n"


def test_poolings_offered_are_those_that_there_are():
    assert get_args(options.PoolingMode) == get_args(types.PoolingMode)
