"""The documentation keeps its word: commands parse, links resolve, Python runs, outputs are what is printed."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from interlingua.cli.app import app, main
from interlingua.corpus import catalog
from interlingua.corpus.getting.downloads import downloads, groups
from interlingua.evaluation import TASKS, task_settings
from interlingua.objectives import presets
from interlingua.training import load_recipe, settings

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md"))
    if path.parent.name != "results"
)
OWN = [path for path in PAGES if path.name != "README.md" or path.parent != ROOT]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
SECTIONS = {
    "The recipe": settings.Recipe,
    "student": settings.StudentSettings,
    "student.lora": settings.LoraSettings,
    "corpus": settings.CorpusSettings,
    "mixing": settings.MixingSettings,
    "teacher": settings.TeacherSettings,
    "links": settings.LinkSettings,
    "objective": settings.ObjectiveSettings,
    "batches": settings.BatchSettings,
    "training": settings.TrainingSettings,
    "evaluation": settings.EvaluationSettings,
    "Tasks": settings.TaskSettings,
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the comment on the line before it."""

    language: str
    text: str
    mark: str = ""


def blocks(path: Path) -> list[Block]:
    pattern = r"(?:^<!-- (?P<mark>.+?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$"
    found = re.finditer(pattern, path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [Block(one["language"], one["text"], one["mark"] or "") for one in found]


def sessions(block: Block) -> list[tuple[str, str]]:
    """Every command of a console block with the output shown for it."""
    _, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def commands(path: Path) -> list[str]:
    """Every ``interlingua`` command line of a page, in console blocks and in running text."""
    shown = [command for block in blocks(path) if block.language == "console" for command, _ in sessions(block)]
    prose = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    shown += [" ".join(words.split()) for words in re.findall(r"`(interlingua [^`]+)`", prose)]
    return [words for command in shown for words in re.findall(r"\binterlingua .*", command.split("  #")[0])]


def leaves(command=None, path: tuple[str, ...] = ()):
    command = typer.main.get_command(app) if command is None else command
    if not getattr(command, "commands", None):
        yield " ".join(path), command
    for name, child in getattr(command, "commands", {}).items():
        yield from leaves(child, (*path, name))


VERBS = dict(leaves())


def section(page: str, title: str) -> str:
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists():
            if "results" not in place.parts:  # written by benchmarks and comparisons
                broken.append(target)
        elif anchor and anchor not in anchors(place):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_parse(page):
    for line in commands(page):
        check_command(shlex.split(line)[1:], line)


def check_command(words: list[str], line: str) -> None:
    """Every word that names a command or option is one, and options with values have them."""
    command = typer.main.get_command(app)
    place = 0
    while place < len(words):
        word = words[place]
        options = {flag: option for option in command.params for flag in getattr(option, "opts", ())}
        if getattr(command, "commands", None) and not word.startswith("-"):
            assert word in command.commands, f"{line}: no command {word}"
            command = command.commands[word]
        elif word.startswith("-"):
            assert word in options or word in ("--help", "-h"), f"{line}: no option {word}"
            takes_value = word in options and options[word].type_descriptor.annotation is not bool
            place += takes_value
            assert place < len(words), f"{line}: {word} has no value"
        place += 1


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_documented(verb):
    shown = set(re.findall(r"^\| (`-.+?`) \|", section("cli.md", f"interlingua {verb}"), flags=re.MULTILINE))
    options = [one for one in VERBS[verb].params if one.param_type_name == "option" and "--help" not in one.opts]
    assert shown == {", ".join(f"`{flag}`" for flag in one.opts) for one in options}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_documented_with_its_default(title):
    documented = {row[0].strip("`"): row[2] for row in table(section("recipe.md", title))[1:] if len(row) > 2}
    fields = SECTIONS[title].model_fields
    assert list(documented) == list(fields)
    for name, field in fields.items():
        if field.is_required():
            assert documented[name] == "needed"
            continue
        default = field.get_default(call_default_factory=True)
        wanted = "see there" if isinstance(default, BaseModel) else f"`{json.dumps(default)}`"
        assert documented[name] == wanted, name


def test_every_choice_is_documented():
    for title, model in SECTIONS.items():
        rows = {row[0].strip("`"): row[1] for row in table(section("recipe.md", title))[1:] if len(row) > 2}
        for name, field in model.model_fields.items():
            choices = " ".join(re.findall(r"Literal\[(.*?)\]", str(field.annotation)))
            for word in re.findall(r"[\w-]+", choices):
                assert f"`{word}`" in rows[name], (title, name, word)


def test_every_setting_of_every_task_is_documented_with_its_default():
    documented = {}
    for settings_, tasks, default, _ in table(section("recipe.md", "Settings of tasks"))[1:]:
        for key in re.findall(r"`(\w+)`", settings_):
            documented.update({(task, key): default.strip("`") for task in re.findall(r"`([\w+-]+)`", tasks)})
    common = set(settings.TaskSettings.model_fields)
    wanted = {
        (task, key): "needed" if default is ... else json.dumps(default)
        for task in TASKS
        for key, default in task_settings(task).items()
        if key not in common
    }
    assert documented == wanted


def test_every_preset_and_every_set_is_documented():
    objectives = (ROOT / "docs" / "guides" / "objectives.md").read_text(encoding="utf-8")
    assert [name for name in presets.__all__ if f"`{name}`" not in objectives] == []
    rows = {row[0].strip("`"): row for row in table(section("formats.md", "The catalog"))[1:]}
    for name in catalog.names():
        assert rows[name][1] == catalog.info(name).title
        assert rows[name][3] == (", ".join(catalog.info(name).splits) or "none")
        assert rows[name][4] == catalog.info(name).licence


def test_every_set_that_is_fetched_is_documented():
    documented = {row[0].strip("`") for row in table(section("formats.md", "Sets that are fetched"))[1:]}
    assert documented == {*downloads(), *groups(), "opus:CORPUS/en-te"}


@pytest.mark.parametrize("page", OWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_recipes_in_the_text_are_recipes(page):
    import yaml

    for block in blocks(page):
        if block.language == "yaml":
            content = yaml.safe_load(block.text)
            whole = {"name": "x", "student": {"kind": "static"}, "corpus": "x", "objective": "hard"}
            load_recipe({**whole, "training": {"steps": 1}, **content} if "name" not in content else content)


@pytest.mark.slow
@pytest.mark.parametrize("page", GUIDES, ids=lambda path: path.stem)
def test_guide_runs_from_top_to_bottom(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names: dict[str, object] = {}
    printed = None
    for block in blocks(page):
        if block.language == "python":
            capsys.readouterr()
            exec(compile(block.text, page.name, "exec"), names)
            printed = capsys.readouterr().out
        elif block.language == "text" and printed is not None:
            assert printed.endswith(block.text)
            printed = None
        elif block.mark.startswith("write "):
            (tmp_path / block.mark.removeprefix("write ")).write_text(block.text, encoding="utf-8")
        elif block.mark.startswith("run"):
            run_session(block, capsys)


def run_session(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    for command, output in sessions(block):
        capsys.readouterr()
        assert main(shlex.split(command)[1:]) == 0, command
        if block.mark == "run":
            assert capsys.readouterr().out == output, command
