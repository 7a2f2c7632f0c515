import random

import numpy as np
import pytest
import torch
from transformers import XLMRobertaForQuestionAnswering

from interlingua.encoder.students import static_student
from interlingua.errors import AlignmentError, EncoderError, OutputError
from interlingua.evaluation import link_scores
from interlingua.types import Links
from interlingua.words.aligner import DiagonalAligner
from interlingua.words.questions import MARK, QuestionTokenizer
from interlingua.words.span_student import matching_span_student, span_student
from interlingua.words.span_training import SpanQuestions, _Collator, train_span_model
from interlingua.words.wspalign import SpanAligner
from toy import toy_rows, toy_static, toy_transformer
from words.oracle import word_tokenizer, words_of


def questions_of(pair, links):
    return SpanQuestions([pair], [Links(pair.source_words, pair.target_words, links)])


def test_every_word_of_both_sides_is_asked_for():
    pair = words_of("a b c", "x y z w")
    questions = questions_of(pair, [(0, 0), (1, 1), (1, 2), (2, 0), (2, 2), (2, 3)])
    items = [questions[i] for i in range(len(questions))]
    asked = [item["question"].text[slice(*item["question"].word)] for item in items]
    assert asked == ["a", "b", "c", "x", "y", "z", "w"]
    answers = [item["answer"] and item["question"].context[slice(*item["answer"])] for item in items]
    assert answers == ["x", "y z", "z w", "a", "b", "b c", "c"]


def test_the_longest_run_is_the_answer_and_the_first_of_equal_ones():
    pair = words_of("a", "p q r s t u")
    (answer, *_) = [questions_of(pair, links)[0]["answer"] for links in ([(0, 0), (0, 2), (0, 3), (0, 5)],)]
    assert pair.target[slice(*answer)] == "r s"
    assert pair.target[slice(*questions_of(pair, [(0, 1), (0, 4)])[0]["answer"])] == "q"


def test_a_word_without_a_link_has_no_answer():
    assert questions_of(words_of("a b", "x"), [(0, 0)])[1]["answer"] is None


@pytest.mark.parametrize(("pairs", "links"), [([words_of("a", "x")], []), ([], [])])
def test_questions_need_pairs_and_links(pairs, links):
    with pytest.raises(AlignmentError, match=r"1 pairs and 0 links|no words to ask for"):
        SpanQuestions(pairs, links)


def test_labels_are_the_tokens_of_the_answer_or_the_null_token():
    tokenizer = word_tokenizer(list("abc") + [f"x{i}" for i in range(30)])
    pair = words_of("a b c", " ".join(f"x{i}" for i in range(30)))
    questions = questions_of(pair, [(0, 2), (0, 3), (1, 28)])
    short, long = (_Collator(QuestionTokenizer(tokenizer, max_length=size, stride=4)) for size in (100, 30))
    batch = short([questions[0], questions[1], questions[2]])
    spans = torch.stack([batch["start_positions"], batch["end_positions"]], dim=1)
    names = [
        tokenizer.convert_ids_to_tokens(ids[a : b + 1].tolist())
        for ids, (a, b) in zip(batch["input_ids"], spans, strict=True)
    ]
    assert names == [["x2", "x3"], ["x28"], ["<s>"]]
    strided = long([questions[1]])
    found = [ids[a].item() for ids, a in zip(strided["input_ids"], strided["start_positions"], strict=True)]
    assert len(found) > 1
    assert tokenizer.convert_ids_to_tokens(found) == ["<s>"] * (len(found) - 1) + ["x28"]


def test_an_answer_cut_by_a_window_is_none_there():
    tokenizer = word_tokenizer(["a", *(f"x{i}" for i in range(30))])
    pair = words_of("a", " ".join(f"x{i}" for i in range(30)))
    questions = questions_of(pair, [(0, j) for j in range(10, 20)])
    batch = _Collator(QuestionTokenizer(tokenizer, max_length=30, stride=2))([questions[0]])
    ids, starts, ends = batch["input_ids"], batch["start_positions"], batch["end_positions"]
    for row, start, end in zip(ids, starts, ends, strict=True):
        held = {"x10", "x19"} <= set(tokenizer.convert_ids_to_tokens(row.tolist()))
        assert (start.item(), end.item()) != (0, 0) if held else (start.item(), end.item()) == (0, 0)


def test_a_student_answers_with_the_body_of_the_encoder_which_stays_as_it_is():
    encoder = toy_transformer()
    vocabulary = len(encoder[0].tokenizer)
    model, tokenizer = span_student(encoder)
    assert isinstance(model, XLMRobertaForQuestionAnswering)
    body = encoder[0].auto_model.state_dict()
    for name, tensor in model.roberta.state_dict().items():
        assert torch.equal(tensor, body[name]), name
    tokenizer.add_tokens([MARK])
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    assert len(encoder[0].tokenizer) == vocabulary == encoder[0].auto_model.config.vocab_size


def test_attention_starts_at_neighbours_and_at_what_is_alike():
    model, tokenizer = matching_span_student(static_student(toy_rows(40), dimension=32, vocabulary=200), heads=4)
    body = model.mpnet
    for layer in body.encoder.layer:
        attention = layer.attention.attn
        assert torch.equal(attention.q.weight, attention.k.weight)
        vectors = torch.nn.functional.normalize(torch.randn(50, 32), dim=1)
        ours = (vectors @ attention.q.weight.T)[:, 16:] @ (vectors @ attention.k.weight.T)[:, 16:].T
        assert (ours.argmax(dim=1) == torch.arange(50)).float().mean() > 0.9
    ids = torch.randint(4, len(tokenizer), (1, 12))
    bias = body.encoder.compute_position_bias(ids)[0]
    before, after = bias[0], bias[1]
    assert torch.equal(before.argmax(dim=1)[1:], torch.arange(11))
    assert torch.equal(after.argmax(dim=1)[:-1], torch.arange(1, 12))
    assert not bias[2:].any()


@pytest.mark.parametrize("heads", [2, 5])
def test_heads_that_do_not_fit_are_told(heads):
    with pytest.raises(AlignmentError, match=f"{heads} heads do not fit a dimension of 32"):
        matching_span_student(static_student(toy_rows(40), dimension=32, vocabulary=200), heads=heads)


def test_a_student_of_a_transformer_is_not_made_to_match():
    with pytest.raises(EncoderError, match="not a static student"):
        matching_span_student(toy_transformer())


def test_a_static_encoder_cannot_answer():
    with pytest.raises(AlignmentError, match="StaticEmbedding cannot answer questions"):
        span_student(toy_static())


def shuffled(rows, *, seed):
    """Toy sentences whose target words stand in another order."""
    draw = random.Random(seed)
    pairs, links = [], []
    for row in rows.table.to_pylist():
        words = row["deu_Latn"].split()[:4]
        order = draw.sample(range(len(words)), len(words))
        pair = words_of(" ".join(row["eng_Latn"].split()[: len(words)]), " ".join(words[k] for k in order))
        pairs.append(pair)
        links.append(Links(pair.source_words, pair.target_words, [(k, j) for j, k in enumerate(order)]))
    return pairs, links


@pytest.mark.slow
def test_a_model_trained_for_seconds_knows_its_pairs_by_heart(tmp_path):
    rows = toy_rows(4)
    static = static_student(rows, dimension=32, vocabulary=200, seed=1)
    model, tokenizer = matching_span_student(static, layers=2, max_length=64)
    pairs, gold = shuffled(rows, seed=1)
    log = train_span_model(
        model,
        tokenizer,
        SpanQuestions(pairs, gold),
        tmp_path / "model",
        steps=250,
        learning_rate=3e-3,
        stride=8,
        log_every=50,
    )
    assert log[-1]["loss"] < log[0]["loss"] / 4
    learnt = link_scores(list(SpanAligner(tmp_path / "model", rule="average", stride=8).align(pairs)), gold)
    diagonal = link_scores(list(DiagonalAligner().align(pairs)), gold)
    assert learnt.aer.value < 0.1 < diagonal.aer.value


def test_training_saves_a_whole_model_and_knows_the_mark(tmp_path):
    encoder = toy_transformer(max_length=64)
    model, tokenizer = span_student(encoder)
    questions = SpanQuestions(*shuffled(toy_rows(20), seed=1))
    log = train_span_model(model, tokenizer, questions, tmp_path / "new" / "model", steps=4, stride=8, log_every=2)
    assert [entry["step"] for entry in log] == [2, 4]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model"]
    aligner = SpanAligner(tmp_path / "new" / "model", stride=8)
    known = aligner.questions.tokenizer
    ids = known(f"a {MARK} b {MARK}", add_special_tokens=False)["input_ids"]
    assert known.convert_ids_to_tokens(ids) == ["▁", "a", MARK, "▁", "b", MARK]
    assert aligner.model.get_input_embeddings().num_embeddings == len(known)
    pairs, _ = shuffled(toy_rows(3), seed=1)
    assert len(list(aligner.align(pairs))) == 3
    with pytest.raises(OutputError, match="exists already"):
        train_span_model(model, tokenizer, questions, tmp_path / "new" / "model", steps=1, stride=8)


def test_the_same_seed_trains_the_same():
    states = []
    for _ in range(2):
        model, tokenizer = span_student(toy_transformer(max_length=64))
        questions = SpanQuestions(*shuffled(toy_rows(10), seed=1))
        train_span_model(model, tokenizer, questions, None, steps=3, batch_size=8, stride=8, seed=5)
        states.append(torch.cat([tensor.detach().reshape(-1) for tensor in model.parameters()]).numpy())
    assert np.array_equal(*states)
