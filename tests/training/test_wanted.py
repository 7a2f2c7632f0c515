"""Languages that a recipe names and its corpora lack are told of before anything else is."""

import pytest

from interlingua.corpus import write_corpus
from interlingua.errors import CorpusError, RecipeError
from interlingua.training import load_recipe
from interlingua.training.parts import make_tasks
from interlingua.training.wanted import check_languages, similar_language
from interlingua.types import Row


def recipe(data, languages, test):
    return load_recipe(
        {
            "name": "small",
            "student": {"kind": "static", "vocabulary": 50, "dimension": 8, "initialise": "random"},
            "corpus": str(data),
            "languages": languages,
            "objective": {"preset": "multiway", "temperature": 0.2},
            "training": {"steps": 1},
            "evaluation": {"test": [{"data": str(test)}], "report": False},
        }
    )


def test_what_was_likely_meant():
    found = ["eng_Latn", "eng_Latn-GB", "deu_Latn", "srp_Cyrl"]
    assert similar_language("srp_Latn", found) == "srp_Cyrl"
    assert similar_language("eng_Latn-US", found[1:]) == "eng_Latn-GB"
    assert similar_language("gle_Latn", found) is None


def test_many_languages_are_not_all_told():
    found = [f"x{number}" for number in range(50)]
    with pytest.raises(CorpusError, match=r"mine asks for tel_Telu, which none .* x39 and 10 more$"):
        check_languages(["tel_Telu"], found, recipe="mine")


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        (["eng", "gle"], r"^small asks for gle_Latn, which none of its corpora has; they have eng_Latn, deu_Latn$"),
        (["en-US", "deu"], r"^small asks for eng_Latn-US \(did you mean eng_Latn, English\?\)"),
    ],
)
def test_the_task_is_not_blamed(languages, told, tmp_path):
    write_corpus([Row({"eng": f"One {n}.", "deu": f"Eins {n}."}) for n in range(9)], tmp_path / "rows")
    made = recipe(tmp_path / "rows", languages, tmp_path / "rows")
    with pytest.raises(CorpusError, match=told):
        make_tasks(made.evaluation.test, made)


def test_data_of_a_task_that_lacks_a_language(tmp_path):
    write_corpus([Row({"eng": f"One {n}.", "deu": f"Eins {n}."}) for n in range(9)], tmp_path / "rows")
    write_corpus([Row({"eng": f"One {n}.", "fra": f"Un {n}."}) for n in range(9)], tmp_path / "tests")
    made = recipe(tmp_path / "rows", ["eng", "deu"], tmp_path / "tests")
    with pytest.raises(
        RecipeError, match=r"the languages of the recipe are eng_Latn, deu_Latn; .*tests lacks deu_Latn\)$"
    ):
        make_tasks(made.evaluation.test, made)
