"""Recipes whose objectives look at words and tokens, from links and heads to the run folder."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from interlingua import load
from interlingua.corpus import open_corpus, write_corpus
from interlingua.errors import EncoderError, RecipeError, TrainingError
from interlingua.sbert import SentenceTransformer
from interlingua.training import load_recipe, parts, train
from interlingua.words import DiagonalAligner, LinkFolder, align_corpus
from toy import toy_transformer
from training.world import toy_corpus

WACSE = [
    {"preset": "translation_ranking", "weight": 0.8},
    {"preset": "aligned_word_prediction", "weight": 0.1},
    {"preset": "word_translation_ranking", "weight": 0.1},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Sixty invented rows, a tiny transformer, and links of the rows."""
    folder = tmp_path_factory.mktemp("data")
    write_corpus(toy_corpus(60, missing=0.2).rows(), folder / "rows")
    toy_transformer(dimension=16).save_pretrained(str(folder / "student"), create_model_card=False)
    corpus = open_corpus(folder / "rows")
    align_corpus(corpus, DiagonalAligner(), folder / "links", pairs=[("eng", "deu"), ("eng", "tel")])
    (folder / "raw.txt").write_text("\n".join(text for text in corpus.texts("eng")), encoding="utf-8")
    return folder


def content(data, **changes):
    recipe = {
        "name": "small",
        "student": {"model": str(data / "student")},
        "corpus": {"data": str(data / "rows"), "split": None},
        "objective": WACSE,
        "links": {"folder": str(data / "links")},
        "batches": {"rows": 10, "sets": "en-xx", "mixed": True, "sub_batch": 8},
        "training": {"steps": 3, "learning_rate": 1e-3, "log_every": 1},
        "readings": {"loss": "A test."},
    }
    return {key: value for key, value in (recipe | changes).items() if value is not None}


def run(source, output, **settings):
    return train(source, output=output, progress=False, **settings)


def losses(folder, name):
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [line[name] for line in log if name in line]


def test_links_come_from_a_folder(data, tmp_path):
    run(content(data), tmp_path / "run")
    assert len(losses(tmp_path / "run", "word_ranking")) == 3
    assert all(value > 0 for value in losses(tmp_path / "run", "aligned_word"))
    assert losses(tmp_path / "run", "links_per_pair")[0] > 3
    model = SentenceTransformer(str(tmp_path / "run/model"), device="cpu")  # heads are no part of it
    assert not [name for name in model.state_dict() if "head" in name]


def test_an_aligner_runs_where_there_is_no_folder(data, tmp_path):
    by_aligner = run(content(data, links={"aligner": "diagonal"}), tmp_path / "aligned")
    by_folder = run(content(data), tmp_path / "folder")
    texts = ["abe lo", "fug"]
    np.testing.assert_array_equal(by_aligner.model.encode(texts), by_folder.model.encode(texts))


def test_several_folders_of_links(data, tmp_path):
    corpus = open_corpus(data / "rows")
    for name in ("deu", "tel"):
        align_corpus(corpus, DiagonalAligner(), tmp_path / name, pairs=[("eng", name)])
    folders = [str(tmp_path / name) for name in ("deu", "tel")]
    both = run(content(data, links={"folder": folders}), tmp_path / "both")
    one = run(content(data), tmp_path / "one")
    np.testing.assert_array_equal(both.model.encode(["abe lo"]), one.model.encode(["abe lo"]))


def test_links_are_kept_with_the_texts_they_belong_to(data):
    (source, target, links), *_ = LinkFolder.open(data / "links").by_text("eng", "deu")
    (turned, back, swapped), *_ = LinkFolder.open(data / "links").by_text("deu", "eng")
    assert (source, target) == (back, turned) != (0, 0)
    assert links.pairs.tolist() == sorted(swapped.pairs[:, ::-1].tolist())


def test_the_head_is_kept_and_taken_up_again(data, tmp_path):
    first = run(content(data, links=None, objective="masked_language_modelling"), tmp_path / "first")
    kept = load_file(tmp_path / "first/head.safetensors")
    assert kept["bias"].any()
    student = {"model": str(first.folder / "model"), "head": str(first.folder / "head.safetensors")}
    still = {"steps": 1, "learning_rate": 1e-12}
    run(
        content(data, links=None, objective="translation_language_modelling", student=student, training=still),
        tmp_path / "second",
    )
    again = load_file(tmp_path / "second/head.safetensors")
    assert kept.keys() == again.keys()
    for name, value in kept.items():
        np.testing.assert_allclose(value, again[name], atol=1e-6)


def test_raw_text_of_one_language_is_enough_to_learn_to_read(data, tmp_path):
    recipe = content(
        data,
        links=None,
        corpus={"data": f"eng={data / 'raw.txt'}", "split": None},
        objective="masked_language_modelling",
        batches={"rows": 10, "sets": "cells", "mixed": True},
    )
    run(recipe, tmp_path / "run")
    assert len(losses(tmp_path / "run", "mlm")) == 3


def test_a_student_may_be_made_and_learn_to_read(data, tmp_path):
    made = {"kind": "transformer", "layers": 1, "dimension": 16, "heads": 2, "vocabulary": 200}
    recipe = content(data, links=None, student=made, objective=["masked_language_modelling"])
    run(recipe | {"batches": {"rows": 10, "sets": "cells", "mixed": True}}, tmp_path / "run")
    assert (tmp_path / "run/head.safetensors").is_file()


def test_twins(data, tmp_path):
    recipe = content(
        data,
        links=None,
        objective="msimcse",
        languages=["eng"],
        batches={"rows": 10, "sets": "twins"},
        training={"steps": 3, "mlp": True, "log_every": 1},
    )
    run(recipe, tmp_path / "run")
    assert len(losses(tmp_path / "run", "contrast")) == 3


def test_a_language_embedding_is_trained_and_not_lost(data, tmp_path):
    student = {"model": str(data / "student"), "language_embedding": True}
    result = run(content(data, student=student), tmp_path / "run")
    model = load(result.folder / "model")
    told = [model.encode(["abe lo"], language=one) for one in ("deu_Latn", "tel_Telu")]
    assert not np.allclose(*told)
    with pytest.raises(EncoderError, match="language"):
        model.encode(["abe lo"])
    mixture = content(data, student=student, links=None, objective="translation_language_modelling")
    with pytest.raises(TrainingError, match="one language vector a text"):
        run(mixture, tmp_path / "tlm")


@pytest.mark.parametrize(
    ("links", "message"),
    [
        (None, "its objective needs word links; add `links: {folder: ...}`"),
        ({"folder": "a", "aligner": "eflomal"}, "give either folder"),
        ({}, "give either folder"),
        ({"aligner": "wspalign"}, "the aligner wspalign needs a model"),
        ({"aligner": "giza"}, "links.aligner must be encoder, wspalign"),
    ],
)
def test_links_are_checked_before_anything_is_made(data, links, message):
    with pytest.raises(RecipeError) as error:
        parts.check_objective(load_recipe(content(data, links=links)))
    assert message in str(error.value)


@pytest.mark.data
def test_tasks_on_words_stand_in_recipes(data, data_root):
    gold = {"data": "alignments", "split": "dev", "pairs": [["eng", "ita"]]}
    tasks = [{"task": "words", "matcher": "itermax", **gold}, {"task": "word-retrieval", **gold}]
    tasks.append({"task": "lexicon", "data": "alignments", "split": "train", "languages": ["eng", "ita"]})
    recipe = load_recipe(content(data, evaluation={"test": tasks}))
    made = parts.make_tasks(recipe.evaluation.test, recipe)
    assert [task.name for task in made] == [
        "words:alignments/dev",
        "word-retrieval:alignments/dev",
        "lexicon:alignments/train",
    ]
    assert all(len(task.sets) == 1 for task in made)


def test_own_vocabulary_needs_the_target_language(data, tmp_path):
    objective = [{"preset": "dap", "own_vocabulary": True}]
    run(content(data, links=None, objective=objective), tmp_path / "run")
    assert len(losses(tmp_path / "run", "reconstruction")) == 3
    other = [{"preset": "dap", "own_vocabulary": True, "target": "fra_Latn"}]
    with pytest.raises(TrainingError, match="own_vocabulary needs the column fra_Latn"):
        run(content(data, links=None, objective=other), tmp_path / "other")
