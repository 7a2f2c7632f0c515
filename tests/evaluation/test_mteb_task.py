"""Tasks of the mteb package asked of encoders of ours; all of it on data that mteb has not to fetch."""

import random
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from interlingua.corpus import Corpus, ScoredPairs
from interlingua.encoder import FunctionEncoder, SentenceEncoder
from interlingua.errors import EvaluationError
from interlingua.evaluation import (
    MtebEncoder,
    MtebTask,
    SemanticSimilarity,
    TranslationRetrieval,
    as_mteb_task,
    evaluate,
    headline_scores,
    make_task,
)
from interlingua.evaluation.remembering import RememberingEncoder
from interlingua.types import Encoder, Row, Task
from toy import LANGUAGES, toy_corpus_table, toy_static

pytestmark = pytest.mark.slow  # importing mteb takes seconds


@pytest.fixture(scope="module")
def corpus():
    rows = toy_corpus_table(40, missing=0.1).to_pylist()
    return Corpus.from_rows([Row({key: row[key] for key in LANGUAGES if row[key]}) for row in rows], name="invented")


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder(toy_static(dimension=4), name="toy")


def scored(scores, languages=("eng_Latn", "eng_Latn")):
    texts = toy_corpus_table(2 * len(scores))["eng_Latn"].to_pylist()
    return ScoredPairs(
        source=texts[::2],
        target=texts[1::2],
        scores=np.array(scores, dtype=float),
        languages=languages,
        name="invented",
    )


def test_a_score_for_every_subset_then_their_mean(corpus, encoder):
    retrieval = TranslationRetrieval(corpus, match="index", name="invented")
    task: Task = MtebTask(as_mteb_task(retrieval))
    *scores, mean = evaluate(encoder, [task])
    assert [score.languages for score in scores] == [
        ("eng_Latn", "deu_Latn"),
        ("deu_Latn", "eng_Latn"),
        ("eng_Latn", "tel_Telu"),
        ("tel_Telu", "eng_Latn"),
    ]
    assert [score.n for score in scores] == [len(corpus.pairs(*score.languages)[0]) for score in scores]
    assert {(score.task, score.metric) for score in scores} == {("mteb:invented", "f1")}
    assert (mean.metric, mean.languages, mean.n) == ("macro_f1", LANGUAGES, sum(score.n for score in scores))
    assert mean.value == pytest.approx(np.mean([score.value for score in scores]))
    assert 0 < mean.value < 1
    assert headline_scores([*scores, mean]) == [mean]
    import mteb

    for part in (f"mteb:{mteb.__version__}", "prompts:none", "split:test", encoder.fingerprint[:12]):
        assert part in mean.signature


def test_subsets_by_language_or_name(corpus, encoder):
    task = as_mteb_task(TranslationRetrieval(corpus))
    (there, back, _) = MtebTask(task, languages=["en", "de"]).run(encoder)
    assert (there.languages, back.languages) == (("eng_Latn", "deu_Latn"), ("deu_Latn", "eng_Latn"))
    (only,) = MtebTask(as_mteb_task(TranslationRetrieval(corpus)), subsets=["tel_Telu-eng_Latn"]).run(encoder)
    assert only.languages == ("tel_Telu", "eng_Latn")
    with pytest.raises(EvaluationError, match=r"no subset of these languages alone; it has deu_Latn, eng_Latn"):
        MtebTask(as_mteb_task(TranslationRetrieval(corpus)), languages=["en", "fr"])
    with pytest.raises(EvaluationError, match="no subset fra-eng; it has eng_Latn-deu_Latn"):
        MtebTask(task, subsets=["fra-eng"])
    with pytest.raises(EvaluationError, match="no split dev; it has test"):
        MtebTask(task, split="dev")


def test_two_subsets_of_the_same_languages_are_told_apart(encoder):
    task = as_mteb_task(SemanticSimilarity([scored([0, 1, 2, 3]), scored([3, 1, 2, 0])], name="twice"))
    first, second, _ = MtebTask(task).run(encoder)
    assert first.metric == "cosine_spearman:eng_Latn-eng_Latn/test"
    assert second.metric == "cosine_spearman:eng_Latn-eng_Latn-1/test"


@pytest.mark.filterwarnings("ignore::scipy.stats.ConstantInputWarning")
def test_what_mteb_cannot_define_is_undefined_and_so_is_the_mean(encoder):
    constant = scored([2, 2, 2, 2], languages=("eng_Latn", "deu_Latn"))
    task = MtebTask(as_mteb_task(SemanticSimilarity([scored([0, 1, 2, 3]), constant], name="half")))
    first, second, mean = task.run(encoder)
    assert np.isfinite(first.value)
    assert np.isnan(second.value)
    assert second.note == "undefined, says mteb"
    assert np.isnan(mean.value)
    assert mean.note == "undefined, 1 of 2 present"


def test_random_states_are_as_before(corpus, encoder):
    task = MtebTask(as_mteb_task(TranslationRetrieval(corpus)))
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    wanted = random.random(), np.random.random(), torch.rand(1).item()
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    list(task.run(encoder))
    assert (random.random(), np.random.random(), torch.rand(1).item()) == wanted


def test_tasks_of_mteb_by_name():
    assert MtebTask("STS17", languages=["ko"]).task.hf_subsets == ["ko-ko"]
    assert MtebTask("Tatoeba", languages=["en", "tel"]).task.hf_subsets == ["tel-eng"]
    with pytest.raises(EvaluationError, match=r"'STS177' not found. Did you mean: 'STS17'\?"):
        MtebTask("STS177")
    with pytest.raises(EvaluationError, match="CIFAR10 is about image; choose a task about text"):
        MtebTask("CIFAR10")


def test_made_by_name():
    task = make_task("mteb:STS17", languages=["ko"], prompts={"STS": "query: "})
    assert isinstance(task, MtebTask)
    assert (task.name, task.task.hf_subsets, task.prompts) == ("mteb:STS17", ["ko-ko"], {"STS": "query: "})
    with pytest.raises(EvaluationError, match="say which task of the mteb package, as mteb:STS17"):
        make_task("mteb")


def test_a_prompt_reaches_an_encoder_behind_its_memory():
    encoder = RememberingEncoder(FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="length"))
    assert ask(encoder, kind="query", prompts={"query": "1234"})[0] == pytest.approx(np.array([5, 1]) / 26**0.5)


def test_data_that_cannot_be_fetched(monkeypatch, encoder):
    task = MtebTask("STS17", languages=["ko"])

    def unreachable():
        raise ConnectionError("no route to the hub\nmore")

    monkeypatch.setattr(task.task, "load_data", unreachable)
    with pytest.raises(EvaluationError, match=r"STS17 \(ConnectionError: no route to the hub\); it fetches mteb/sts17"):
        list(task.run(encoder))


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "mteb", None)
    with pytest.raises(EvaluationError, match=r"pip install 'interlingua\[mteb\]'"):
        MtebTask("STS17")


class Listening:
    """Keeps what it is asked."""

    name, fingerprint = "listening", "f" * 32

    def __init__(self):
        self.asked = []

    def encode(self, texts, *, language=None):
        self.asked.append((language, list(texts)))
        return np.ones((len(texts), 2), dtype=np.float32)


METADATA = SimpleNamespace(
    name="Invented",
    type="Retrieval",
    hf_subsets_to_langscripts={"en": ["eng-Latn"], "en-de": ["eng-Latn", "deu-Latn"], "python": ["python-Code"]},
)


def ask(encoder, *, subset="en", kind=None, prompts=None):
    batches = [{"text": ["a", "b"]}, {"text": ["a"]}]
    return MtebEncoder(encoder, prompts=prompts).encode(
        batches, task_metadata=METADATA, hf_split="test", hf_subset=subset, prompt_type=kind, batch_size=2
    )


@pytest.mark.parametrize(
    ("subset", "language"),
    [("en", "eng_Latn"), ("en-de", None), ("python", None), ("tel_Telu", "tel_Telu"), ("default", None)],
)
def test_the_language_is_told_where_it_is_known_and_a_text_is_encoded_once(subset, language):
    encoder = Listening()
    assert ask(encoder, subset=subset).shape == (3, 2)
    assert encoder.asked == [(language, ["a", "b"])]


@pytest.mark.parametrize(
    ("prompts", "kind", "texts"),
    [
        (None, "query", ["own: a", "own: b"]),
        ({}, None, ["own: a", "own: b"]),
        ({"query": "q: ", "document": "d: "}, "query", ["q: a", "q: b"]),
        ({"query": "q: ", "document": "d: "}, "document", ["d: a", "d: b"]),
        ({"query": "q: "}, None, ["own: a", "own: b"]),
        ({"query": "q: ", "Retrieval": "r: "}, "query", ["r: a", "r: b"]),
        ({"Retrieval": "r: ", "Invented-query": "i: ", "Invented": "j: "}, "query", ["i: a", "i: b"]),
        ({"Retrieval": "", "query": "q: "}, "query", ["a", "b"]),
    ],
)
def test_a_prompt_stands_in_place_of_the_prefix(prompts, kind, texts):
    asked = []

    def function(given):
        asked.extend(given)
        return np.ones((len(given), 2))

    encoder: Encoder = FunctionEncoder(function, name="f", prefix="own: ", fingerprint="1")
    before = encoder.fingerprint
    ask(encoder, kind=kind, prompts=prompts)
    assert asked == texts
    assert (encoder.prefix, encoder.fingerprint) == ("own: ", before)


def test_an_encoder_without_prefix_takes_no_prompt():
    with pytest.raises(EvaluationError, match="listening cannot put a prompt before a text"):
        ask(Listening(), kind="query", prompts={"query": "q: "})


def test_prompts_are_part_of_the_signature_and_checked(corpus, encoder):
    task = as_mteb_task(TranslationRetrieval(corpus))
    *_, plain = MtebTask(task).run(encoder)
    *_, prompted = MtebTask(task, prompts={"BitextMining": "a b c "}).run(encoder)
    assert "|prompts:BitextMining=a b c |" in prompted.signature
    assert prompted.value != plain.value
    with pytest.raises(EvaluationError, match="no use for a prompt 'querry'"):
        MtebTask(task, prompts={"querry": "q: "})


def test_nan_vectors_are_refused(corpus):
    broken = FunctionEncoder(lambda texts: np.full((len(texts), 2), np.nan), name="broken", fingerprint="1")
    broken.encode = lambda texts, language=None: np.full((len(texts), 2), np.nan)
    with pytest.raises(EvaluationError, match=r"broken made 35 of 35 vectors of .* not finite"):
        list(MtebTask(as_mteb_task(TranslationRetrieval(corpus))).run(broken))
