import copy
import random

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from evaluation.encoders import TableEncoder
from interlingua.corpus import InferencePairs
from interlingua.encoder import SentenceEncoder, add_language_embedding
from interlingua.errors import EvaluationError, OutputError
from interlingua.evaluation import evaluate
from interlingua.evaluation.fine_tuning import FineTuning, PairClassifier, _with_head, fine_tune
from interlingua.evaluation.metrics import accuracy
from interlingua.evaluation.resampling import sample_statistic
from interlingua.evaluation.xnli import XNLI
from interlingua.types import Task
from toy import toy_rows, toy_static, toy_transformer

LABELS = ("contradiction", "entailment", "neutral")
QUICK = {"epochs": 6, "batch_size": 16, "learning_rate": 2e-3, "max_length": 32}


def invented(n, *, language="eng_Latn", seed=0, labels=LABELS):
    """The label is told by the word of the hypothesis, which is the same in every language."""
    draw = random.Random(seed)
    table = toy_rows(60).table
    signs = dict(zip(labels, table.column("eng_Latn").to_pylist()[0].split(), strict=False))
    pairs = InferencePairs(language=language, name="invented.test")
    texts = table.column(language).to_pylist()
    for i in range(n):
        label = draw.choice(labels)
        pairs.premises.append(draw.choice(texts))
        pairs.hypotheses.append(" ".join([signs[label]] * 3))
        pairs.labels.append(label)
        pairs.ids.append(str(i))
    return pairs


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder(toy_transformer(dimension=32), name="toy")


@pytest.fixture(scope="module")
def sets():
    two = LABELS[:2]
    return invented(96, labels=two), [
        invented(60, seed=1, labels=two),
        invented(60, seed=2, language="deu_Latn", labels=two),
    ]


def test_it_stands_beside_other_tasks(encoder, sets):
    train, test = sets
    two = [XNLI(train, test[:1], name=name, **{**QUICK, "epochs": 1}) for name in ("one", "two")]
    one, other = evaluate(encoder, two)
    assert (one.value, one.n) == (other.value, 60)


def test_one_of_several_processes_does_not_wait_for_the_others(encoder, sets, monkeypatch):
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 2)
    with pytest.raises(EvaluationError, match="in one process, and this is one of several"):
        list(XNLI(*sets, **QUICK).run(encoder))


def test_what_is_learned_in_one_language_is_asked_in_others(encoder, sets, tmp_path):
    before = copy.deepcopy(encoder.model.state_dict())
    fingerprint, mode = SentenceEncoder(encoder.model).fingerprint, encoder.model.training
    config = encoder.model[0].model.config.to_dict()
    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    expected = (torch.rand(1).item(), np.random.rand(), random.random())
    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    task: Task = XNLI(*sets, keep=tmp_path / "kept", **QUICK)
    english, german, macro = task.run(encoder)
    assert (torch.rand(1).item(), np.random.rand(), random.random()) == expected
    assert (english.languages, german.languages) == (("eng_Latn", "eng_Latn"), ("eng_Latn", "deu_Latn"))
    assert english.value > 0.9
    assert german.value > 0.6
    assert (macro.task, macro.metric) == ("xnli:invented.test", "macro_accuracy")
    assert macro.value == pytest.approx((english.value + german.value) / 2)
    assert macro.n == 60, "pairs of one identifier are one draw"
    for score in (english, german, macro):
        means = [sample_statistic(sample) for sample in score.samples]
        assert score.value == pytest.approx(np.mean(means), abs=1e-12)
        assert score.low < score.value <= score.high
    # the encoder is as it was
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.model.state_dict().items())
    assert SentenceEncoder(encoder.model).fingerprint == fingerprint
    assert encoder.model.training == mode
    assert encoder.model[0].model.config.to_dict() == config
    # the classifier is kept, and says the same again
    (folder,) = (tmp_path / "kept").iterdir()
    assert folder.name == encoder.fingerprint[:12]
    kept = PairClassifier(
        AutoModelForSequenceClassification.from_pretrained(folder),
        AutoTokenizer.from_pretrained(folder),
        settings=FineTuning(max_length=32),
    )
    assert kept.model.config.id2label == dict(enumerate(LABELS[:2]))
    predicted = kept.predict((sets[1][0].premises, sets[1][0].hypotheses))
    right = [LABELS[one] == label for one, label in zip(predicted, sets[1][0].labels, strict=True)]
    assert accuracy(right).value == english.value
    with pytest.raises(OutputError, match="exists already; choose another place to keep the model"):
        list(task.run(encoder))


def test_the_same_seed_gives_the_same_classifier(encoder):
    train, names = invented(16), LABELS
    pairs, labels = (train.premises, train.hypotheses), [names.index(label) for label in train.labels]
    transformer, tokenizer = encoder.model[0].model, encoder.model[0].tokenizer
    weights = [
        fine_tune(
            transformer,
            tokenizer,
            pairs,
            labels,
            names=names,
            settings=FineTuning(epochs=1, batch_size=8, max_length=32, seed=seed),
        ).model.state_dict()
        for seed in (1, 1, 2)
    ]
    assert all(torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())
    assert not all(torch.equal(tensor, weights[2][name]) for name, tensor in weights[0].items())


def test_the_copy_starts_from_the_encoders_weights(encoder):
    transformer = encoder.model[0].model
    body = _with_head(transformer, LABELS).roberta.state_dict()
    own = transformer.state_dict()
    assert len(body) > 20
    assert all(torch.equal(tensor, own[name]) for name, tensor in body.items())


def test_accumulated_micro_batches_are_one_step(encoder):
    train = invented(24)
    transformer, tokenizer = copy.deepcopy(encoder.model[0].model), encoder.model[0].tokenizer
    transformer.config.hidden_dropout_prob = transformer.config.attention_probs_dropout_prob = 0.0
    labels = [LABELS.index(label) for label in train.labels]
    whole, parts = (
        fine_tune(
            transformer,
            tokenizer,
            (train.premises, train.hypotheses),
            labels,
            names=LABELS,
            settings=FineTuning(epochs=1, batch_size=12, micro_batch=micro, max_length=32),
        ).model.state_dict()
        for micro in (12, 4)
    )
    for name, tensor in whole.items():
        torch.testing.assert_close(tensor, parts[name], atol=2e-5, rtol=1e-3)


def test_a_pair_longer_than_the_positions_is_cut(encoder):
    train = invented(8)
    long = InferencePairs(
        language="eng_Latn",
        name="long",
        premises=[text * 20 for text in train.premises],
        hypotheses=train.hypotheses,
        labels=["entailment", "neutral"] * 4,
        ids=train.ids,
    )
    (score,) = XNLI(long, long, epochs=1, batch_size=4, max_length=512).run(encoder)
    assert 0 <= score.value <= 1


def test_encoders_without_a_transformer_are_refused(sets):
    task = XNLI(*sets)
    with pytest.raises(EvaluationError, match="table \\(TableEncoder\\) makes vectors only; give the model itself"):
        list(task.run(TableEncoder({})))
    with pytest.raises(EvaluationError, match="mine begins with a StaticEmbedding; take one that has a transformer"):
        list(task.run(SentenceEncoder(toy_static(), name="mine")))
    told = toy_transformer()
    add_language_embedding(told, ["eng_Latn", "deu_Latn"])
    with pytest.raises(EvaluationError, match="adds a vector for the language of a text"):
        list(task.run(SentenceEncoder(told, name="mine")))


def test_weights_of_another_kind_are_refused(encoder):
    transformer = copy.deepcopy(encoder.model[0].model)
    transformer.register_parameter("adapter", torch.nn.Parameter(torch.zeros(2)))
    with pytest.raises(EvaluationError, match=r"not those of its plain kind \(first: adapter\)"):
        _with_head(transformer, LABELS)


def test_a_loss_that_is_not_finite_is_told(encoder):
    train = invented(16)
    transformer = copy.deepcopy(encoder.model[0].model)
    with torch.no_grad():
        transformer.embeddings.word_embeddings.weight.fill_(float("nan"))
    labels = [LABELS.index(label) for label in train.labels]
    with pytest.raises(EvaluationError, match="fine-tuning diverged: its loss is nan"):
        fine_tune(
            transformer,
            encoder.model[0].tokenizer,
            (train.premises, train.hypotheses),
            labels,
            names=LABELS,
            settings=FineTuning(epochs=1, batch_size=8, max_length=32),
        )


def test_bad_data_and_settings_are_refused(sets):
    train, tests = sets
    with pytest.raises(EvaluationError, match="a set is empty"):
        XNLI(train, [])
    with pytest.raises(EvaluationError, match="a set is empty"):
        XNLI(invented(0), tests)
    with pytest.raises(EvaluationError, match=r"all pairs of invented.test are 'neutral'; give two labels"):
        XNLI(invented(5, labels=("neutral",)), tests)
    with pytest.raises(EvaluationError, match="eng_Latn has the label 'perhaps', which training lacks; it has contra"):
        XNLI(train, invented(5, labels=("perhaps",)))
    with pytest.raises(EvaluationError, match="two tests are in one language"):
        XNLI(train, [tests[0], tests[0]])
    for setting in ("epochs", "batch_size", "learning_rate", "max_length"):
        with pytest.raises(EvaluationError, match=f"{setting} is 0; it must be more than 0"):
            XNLI(*sets, **{setting: 0})


def test_the_signature_follows_data_and_settings(encoder, sets):
    train, tests = sets
    signatures = {
        task._signature(encoder)
        for task in (
            XNLI(train, tests),
            XNLI(train, tests[:1]),
            XNLI(train, tests, seed=1),
            XNLI(train, tests, epochs=1),
        )
    }
    assert len(signatures) == 4
    assert XNLI(train, tests)._signature(encoder) == XNLI(train, tests, micro_batch=8)._signature(encoder)
