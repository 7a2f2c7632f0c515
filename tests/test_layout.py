"""What holds for the tree as a whole: who imports whom, what is exported, what loads without a model library."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "interlingua"
MODULES = sorted(
    ".".join(("interlingua", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py"
)
HEAVY = ("torch", "transformers", "sentence_transformers", "datasets")


def test_imports_go_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", MODULES)
def test_exported_names_are_sorted_and_true(name):
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", None)
    if exported is None:
        assert not _public_definitions(Path(module.__file__)), f"{name} has public names but no __all__"
        return
    assert list(exported) == sorted(set(exported), key=lambda word: (not word.isupper(), not word[0].isupper(), word))
    missing = [word for word in exported if not hasattr(module, word)]
    assert not missing


def _public_definitions(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, definitions) and not node.name.startswith("_")]


@pytest.mark.parametrize(
    "statement",
    [
        "import interlingua",
        "import interlingua.types, interlingua.languages, interlingua.errors",
        "import interlingua.corpus",
        "import interlingua.mining",
        "import interlingua.evaluation",
        "import interlingua.report, interlingua.report.page",
        "import interlingua.cli.app",
    ],
)
def test_light_imports_stay_light(statement):
    check = f"import sys; {statement}; print(*[name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_files_stay_small():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert not {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > 400}
    assert not [path for path in lengths if path.stem in {"utils", "common", "helpers", "misc"}]


def test_every_folder_of_the_package_has_tests():
    folders = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/*.py")}
    assert not [folder for folder in sorted(folders) if not any((ROOT / "tests" / folder).glob("test_*.py"))]


def test_the_command_is_declared():
    script = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]["interlingua"]
    module, _, name = script.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
