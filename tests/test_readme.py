"""The README keeps its word: the map is the tree, the links resolve, the Python runs."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAP = README.split("## Map", 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
NOT_IN_MAP = {"__init__.py", "__main__.py", "__pycache__", "py.typed"}


def entries(indented: bool) -> dict[str, str]:
    pattern = r"^  (\S+)\s{2,}(\S.*)$" if indented else r"^(\S+)(?:\s{2,}(\S.*))?$"
    return {name.rstrip("/"): text or "" for name, text in re.findall(pattern, MAP, flags=re.MULTILINE)}


def test_the_map_names_what_is_in_the_package() -> None:
    package = {path.name for path in (ROOT / "src" / "interlingua").iterdir()} - NOT_IN_MAP
    assert set(entries(indented=True)) == package


def test_the_map_names_the_folders_of_the_project() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    named = {name.split("/")[0] for name in entries(indented=False)}
    assert named == folders - {"runs", "dist", "build"}


def test_every_entry_says_what_it_is() -> None:
    assert all(entries(indented=True).values())


def test_links_resolve() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_placeholder_was_filled() -> None:
    assert "@@" not in README


@pytest.mark.slow
def test_the_python_of_the_tour_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 3
    needs_demo, objectives, train = blocks
    exec(compile(objectives, "README objectives", "exec"), {})
    exec(compile(train, "README train", "exec"), {})
    exec(compile(needs_demo.replace("runs/quickstart", "runs/tiny"), "README use", "exec"), {})
