import copy
import re

import pytest
import yaml

from interlingua.encoder import VectorStore
from interlingua.errors import RecipeError
from interlingua.sbert import SentenceTransformer, StaticEmbedding
from interlingua.training import load_recipe, parts, shipped_recipes, train
from toy import toy_static, toy_transformer

MINIMAL = {
    "name": "mine",
    "student": {"kind": "static"},
    "corpus": "phrasebook",
    "objective": "multiway",
    "training": {"steps": 3},
}
PAPERS = ["dap", "enx", "hard", "imascl", "mse", "msimcse", "multiway", "tr", "wacse"]


def changed(**parts):
    return copy.deepcopy(MINIMAL) | parts


def told(source, *overrides):
    """The message of the error that a recipe raises."""
    with pytest.raises(RecipeError) as error:
        load_recipe(source, overrides)
    return str(error.value)


def test_short_forms_stand_for_long_ones():
    recipe = load_recipe(MINIMAL)
    assert [source.data for source in recipe.corpus] == ["phrasebook"]
    assert [(term.preset, term.weight, term.settings) for term in recipe.objective] == [("multiway", 1.0, {})]
    mixed = load_recipe(changed(objective=["hard", {"preset": "imascl", "weight": 0.5, "monolingual": True}]))
    assert [(term.preset, term.weight, term.settings) for term in mixed.objective] == [
        ("hard", 1.0, {}),
        ("imascl", 0.5, {"monolingual": True}),
    ]


def test_languages_are_canonical():
    recipe = load_recipe(
        changed(
            languages=["en", "deu", "swa"],
            priority=["te"],
            teacher={"model": "m", "languages": ["en"]},
            corpus={"data": "x", "languages": ["zh"]},
            batches={"sets": [["en", "de"]], "center": "sw"},
            evaluation={"test": [{"data": "x", "languages": ["ja"], "pairs": [["en", "ja"]]}]},
        )
    )
    assert recipe.languages == ["eng_Latn", "deu_Latn", "swh_Latn"]
    assert recipe.priority == ["tel_Telu"]
    assert recipe.teacher.languages == ["eng_Latn"]
    assert recipe.corpus[0].languages == ["cmn_Hans"]
    assert recipe.batches.sets == [("eng_Latn", "deu_Latn")]
    assert recipe.batches.center == "swh_Latn"
    assert recipe.evaluation.test[0].languages == ["jpn_Jpan"]
    assert recipe.evaluation.test[0].pairs == [("eng_Latn", "jpn_Jpan")]


@pytest.mark.parametrize(
    ("place", "nearest"),
    [
        ("nam", "name"),
        ("trainning", "training"),
        ("student.kinds", "kind"),
        ("student.lora.ranks", "rank"),
        ("corpus.0.splits", "split"),
        ("teacher.modl", "model"),
        ("batches.row", "rows"),
        ("training.learningrate", "learning_rate"),
        ("evaluation.tests", "test"),
    ],
)
def test_an_unknown_key_gets_a_hint_at_every_depth(place, nearest):
    source = changed(
        student={"model": "m", "lora": {}},
        corpus=[{"data": "phrasebook"}],
        teacher={"model": "m"},
        batches={},
        evaluation={"dev": [{"data": "phrasebook"}]},
    )
    assert told(source, f"{place}=1") == f"mine: unknown key {place}; did you mean {nearest}?"


def test_an_unknown_key_like_no_other_gets_the_known_ones():
    assert told(changed(student={"kind": "static", "xyzzy": 1})).startswith(
        "mine: unknown key student.xyzzy; known are model, kind, pooling"
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["student={}"], "student: give either model (a name or folder) or kind"),
        (["student={model: a, kind: static}"], "student: give either model (a name or folder) or kind"),
        (["student.kind=big"], "student.kind must be static or transformer, not 'big'"),
        (["student={kind: transformer, lora: {}}"], "student: lora updates a trained model; name one as model"),
        (["corpus=[]"], "corpus must be a list of at least 1, not []"),
        (["objective=[]"], "objective must be a list of at least 1, not []"),
        (["corpus={split: train}"], "corpus.0.data is missing"),
        (["objective={weight: 2}"], "objective.0.preset is missing"),
        (["languages=[en, xq]"], "languages: 'xq' is not a language code"),
        (["batches.center=xq"], "batches.center: 'xq' is not a language code"),
        (["batches.sets=xx-en"], "batches.sets: write n-way, en-xx, all-pairs, cells, twins or pairs"),
        (["batches.sets=[]"], "batches.sets: write n-way, en-xx, all-pairs, cells, twins or pairs"),
        (["batches.sets=[[en, de, fr]]"], "batches.sets: write n-way, en-xx, all-pairs, cells, twins or pairs"),
        (["batches.sets=[[en, xq]]"], "batches.sets: 'xq' is not a language code"),
        (["batches.rows=1"], "batches.rows must be greater than 1, not 1"),
        (["batches.temperature=0.5"], "batches.temperature must be at least 1, not 0.5"),
        (["training={}"], "training: give either steps or epochs"),
        (["training={steps: 1, epochs: 1}"], "training: give either steps or epochs"),
        (["training.learning_rate=fast"], "training.learning_rate must be a number, not 'fast'"),
        (["training.patience=2"], "training: patience needs evaluate_every"),
        (["training.evaluate_every=2"], "training.evaluate_every needs a task in evaluation.dev"),
        (["training=3"], "training must be keys with their values, not 3"),
        (["evaluation.test=[{data: x, pairs: 3}]"], "evaluation.test.0: write en-xx, all-pairs or pairs"),
        (["evaluation.test=[{data: x, task: stss}]"], "evaluation.test.0: there is no task 'stss'; did you mean sts?"),
        (
            ["evaluation.test=[{data: x, langages: [en]}]"],
            "evaluation.test.0: retrieval has no setting 'langages'; did you mean languages?",
        ),
        (["evaluation.test=[{data: x, task: sts, layer: 3}]"], "evaluation.test.0: layer is for words and word-retr"),
        (
            ["evaluation.test=[{data: x, max_rows: many}]"],
            "evaluation.test.0: retrieval: max_rows must be a whole number",
        ),
        (["student.kind=big", "batches.rows=0"], "; "),
    ],
)
def test_values_that_do_not_fit_say_where(overrides, message):
    text = told(MINIMAL, *overrides)
    assert text.startswith("mine: ")
    assert message in text


def test_what_is_missing_is_named():
    assert told({}) == (
        "recipe: name is missing; student is missing; corpus is missing; objective is missing; training is missing"
    )


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed", "write key.key=value"),
        ("=1", "write key.key=value"),
        ("a..b=1", "write key.key=value"),
        ("training.seed=[1", "[1 is not YAML"),
        ("name.first=1", "name is a single value, it has no parts"),
        ("corpus.split=dev", "corpus is a single value, it has no parts"),
        ("evaluation.dev.0.split=dev", "0 is no place in a list of 0; count from 0"),
        ("evaluation.dev.split=dev", "split is no place in a list of 0; count from 0"),
        ("evaluation.dev.1={data: x}", "1 is no place in a list of 0; count from 0"),
    ],
)
def test_overrides_that_cannot_be_set(override, message):
    text = told(changed(evaluation={"dev": []}), override)
    assert text == f"--set {override}: {message}" or text.startswith(f"--set {override}: {message}")


def test_overrides():
    source = changed(corpus=[{"data": "phrasebook"}, "bible"], objective={"preset": "hard"})
    recipe = load_recipe(
        source,
        [
            "training.learning_rate=3e-5",
            "objective.temperature=0.5",
            "corpus.0.split=null",
            "corpus.1=ntrex",
            "batches.sets=[[en,de]]",
            "about=one = two",
        ],
    )
    assert recipe.training.learning_rate == 3e-5
    assert recipe.objective[0].settings == {"temperature": 0.5}
    assert (recipe.corpus[0].split, recipe.corpus[1].data) == (None, "ntrex")
    assert recipe.batches.sets == [("eng_Latn", "deu_Latn")]
    assert recipe.about == "one = two"
    assert source == changed(corpus=[{"data": "phrasebook"}, "bible"], objective={"preset": "hard"})


def test_of_two_rivals_the_override_wins():
    recipe = load_recipe(MINIMAL, ["training.epochs=0.5", "student.model=some/model"])
    assert (recipe.training.steps, recipe.training.epochs) == (None, 0.5)
    assert (recipe.student.kind, recipe.student.model) == (None, "some/model")
    back = load_recipe(recipe.model_dump(mode="json"), ["training.steps=4", "student.kind=static"])
    assert (back.training.steps, back.training.epochs) == (4, None)
    assert (back.student.kind, back.student.model) == ("static", None)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.yaml", None, r"cannot be read: No such file or directory; `interlingua recipes list` names"),
        ("list.yaml", "- a\n- b\n", "holds no recipe: name, student"),
        ("empty.yaml", "", "holds no recipe"),
        ("broken.yaml", "a: [1\n", "is not YAML"),
        ("bytes.yaml", b"\xff\xfe\x00a", "is not YAML"),
    ],
)
def test_files_that_are_no_recipe(name, content, message, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    text = told(path)
    assert text.startswith(str(path))
    assert message in text


def test_an_unknown_name_gets_a_hint():
    assert "there is no recipe called quikstart; did you mean quickstart?" in told("quikstart")
    assert "known are " in told("xyzzy")


def test_an_error_in_a_file_names_the_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(changed(nam="x")))
    assert told(path) == f"{path}: unknown key nam; did you mean name?"


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_recipe_written_out_is_the_same_recipe(name, tmp_path):
    recipe = load_recipe(name)
    path = tmp_path / "again.yaml"
    path.write_text(recipe.as_yaml(), encoding="utf-8")
    assert load_recipe(path) == recipe
    assert load_recipe(path).as_yaml() == recipe.as_yaml()


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_say_what_they_do(name):
    recipe = load_recipe(name)
    assert recipe.name == name
    assert recipe.about.endswith(".")
    parts.check_objective(recipe)
    assert recipe.readings
    if name.split("-")[0] in PAPERS:
        assert re.search(r"arXiv \d{4}\.\d{5}", recipe.readings["source"])


def test_the_papers_recipes_ship():
    names = {f"{family}-{model}" for family in ("multiway", "enx") for model in ("xlmr", "mbert", "me5")}
    names |= {"imascl-priority", "imascl-average", "imascl-tms", "hard", "mse", "quickstart"}
    names |= {"tr", "wacse", "wacse-ablation", "dap", "tr-tlm", "msimcse"}
    assert names <= set(shipped_recipes())


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        ("multiwai", "mine: there is no objective called multiwai; did you mean multiway?"),
        ("xyzzy", "mine: there is no objective called xyzzy; known are "),
        (
            {"preset": "multiway", "temprature": 1},
            "mine: multiway has no setting temprature; did you mean temperature?",
        ),
        ({"preset": "hard", "xyzzy": 1}, "mine: hard has no setting xyzzy; its settings are temperature, "),
        ({"preset": "multiway", "reading": "E"}, "mine: multiway: reading must be A, B, C or D, not 'E'"),
        ({"preset": "multiway", "temperature": 0}, "mine: multiway: the temperature is 0"),
        ("imascl", "mine: imascl needs a teacher; add `teacher: {model: ...}` to the recipe"),
        (["hard", "mse_distillation"], "mine: hard, mse_distillation needs a teacher"),
    ],
)
def test_objectives_are_checked_before_anything_is_made(objective, message):
    with pytest.raises(RecipeError) as error:
        parts.check_objective(load_recipe(changed(objective=objective)))
    assert message in str(error.value)


def test_priority_is_the_order_of_labels():
    recipe = load_recipe(changed(objective="soft_multiway", priority=["te", "en"], teacher={"model": "m"}))
    assert list(parts.make_objective(recipe, None).labels.order) == ["tel_Telu", "eng_Latn"]


def test_objectives_are_weighted():
    recipe = load_recipe(changed(objective=["hard", {"preset": "labse", "weight": 0.5, "margin": 0.1}]))
    objective = parts.make_objective(recipe, None)
    assert objective.weights == [1.0, 0.5]
    assert [type(one).__name__ for one in objective.members] == ["Contrast", "Contrast"]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A tiny teacher and a tiny transformer to train, on disk."""
    folder = tmp_path_factory.mktemp("models")
    toy_static(dimension=16).save_pretrained(str(folder / "teacher"), create_model_card=False)
    toy_transformer(dimension=16).save_pretrained(str(folder / "student"), create_model_card=False)
    return folder


def shrunk(name, models):
    """A shipped recipe with nothing changed but sizes and the models and rows that it would load."""
    recipe = load_recipe(name)
    have = ["eng_Latn", "deu_Latn", "fra_Latn", "rus_Cyrl", "jpn_Jpan", "kor_Hang", "swh_Latn", "tel_Telu"]
    languages = None if recipe.languages is None else [code for code in recipe.languages if code in have]
    small = {"batches": {"rows": 4, "sub_batch": 4}, "training": {"steps": 2, "epochs": None, "log_every": 1}}
    if recipe.student.model is not None or recipe.student.kind == "transformer":
        small["student"] = {"model": str(models / "student"), "kind": None, "pooling": None, "max_length": 24}
        small["student"] |= {"initialise_from": None}
    else:
        small["student"] = {"vocabulary": 300, "dimension": 8}
    if recipe.teacher is not None:
        small["teacher"] = {"model": str(models / "teacher")}
    if recipe.training.evaluate_every is not None:
        small["training"] |= {"evaluate_every": 1}
    if recipe.links is not None:
        small["links"] = {"aligner": "diagonal", "model": None}
    source = recipe.model_dump(mode="json")
    for part, changes in small.items():
        source[part] |= changes
    task = {"data": "phrasebook", "split": "dev", "max_rows": 10, "languages": ["eng_Latn", "deu_Latn"]}
    rows = {"data": "phrasebook", "max_rows": 40}
    return load_recipe(source | {"corpus": [rows], "languages": languages, "evaluation": {"dev": [task], "test": []}})


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_recipes())
def test_every_shipped_recipe_runs(name, models, tmp_path):
    recipe = shrunk(name, models)
    result = train(recipe, output=tmp_path / "run", store=VectorStore(tmp_path / "vectors"), progress=False)
    model = SentenceTransformer(str(tmp_path / "run/model"), device="cpu")
    assert model.encode(["one", "two"]).shape == (2, 8 if isinstance(model[0], StaticEmbedding) else 16)
    lines = [yaml.safe_load(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert len(losses) == 2
    assert all(loss == loss and loss > 0 for loss in losses)
    assert result.folder == tmp_path / "run"


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_the_tasks_of_every_shipped_recipe_can_be_made(name, data_root, monkeypatch):
    recipe = load_recipe(name)
    tasks = parts.make_tasks([*recipe.evaluation.test], recipe)
    assert len({task.name for task in tasks}) == len(tasks)
    assert parts.make_tasks(recipe.evaluation.dev, recipe) or recipe.training.evaluate_every is None


def test_a_task_without_languages_takes_those_of_the_recipe_that_its_data_has():
    recipe = load_recipe(
        changed(
            languages=["eng", "deu", "tam"],
            evaluation={"test": [{"data": "phrasebook"}, {"task": "xsim++", "data": "phrasebook"}]},
        )
    )
    retrieval, xsim = parts.make_tasks(recipe.evaluation.test, recipe)
    assert retrieval.corpus.languages == ("eng_Latn", "deu_Latn")
    assert xsim.corpus.languages == ("eng_Latn", "deu_Latn")
