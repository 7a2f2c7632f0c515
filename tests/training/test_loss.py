from dataclasses import fields, replace

import datasets
import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

import interlingua.training.loss as loss_module
from interlingua.corpus.hashing import text_hash
from interlingua.errors import ObjectiveError, TrainingError
from interlingua.objectives import EncodedCells, VectorDistillation, presets, same_text
from interlingua.sbert import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from interlingua.training import BatchPlan, CellBatches, CellTable, EncoderLoss
from training.world import make_batches, toy_corpus, toy_student, weights

PAIR = ("eng_Latn", "deu_Latn")


def columns_of(corpus, languages=PAIR):
    """The rows that have all of the languages, as columns of a stock dataset."""
    rows = [row.texts for row in corpus.rows() if set(languages) <= set(row.texts)]
    return {language: [row[language] for row in rows] for language in languages}


def one_batch(model, folder, *, corpus, sub_batch=8, languages=PAIR, **settings):
    """All rows of a corpus as a single batch of cells."""
    chosen = corpus.select(languages)
    cells = CellTable.build(chosen, model, folder)
    plan = BatchPlan(cells.hashes, cells.languages, size=len(chosen))
    return CellBatches(plan, cells, model, count=1, sub_batch=sub_batch, **settings)[0]["cells"]


def total(terms):
    return torch.stack(list(terms.values())).sum()


def loss_and_gradients(loss, batch):
    loss.zero_grad()
    value = total(loss(batch))
    value.backward()
    return value.detach(), {
        name: parameter.grad.clone() for name, parameter in loss.named_parameters() if parameter.grad is not None
    }


def assert_close(one, other, **tolerance):
    assert one[0].item() == pytest.approx(other[0].item(), rel=1e-5)
    assert one[1].keys() == other[1].keys()
    for name, gradient in one[1].items():
        torch.testing.assert_close(gradient, other[1][name], rtol=1e-3, atol=1e-6, msg=name)


def fit(model, dataset, loss, folder, *, steps=30):
    """Train with the stock trainer; return the logged losses."""
    args = SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=10,
        max_steps=steps,
        learning_rate=1e-2,
        logging_steps=1,
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=dataset, loss=loss)
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


@pytest.mark.parametrize("objective", [presets.hard, presets.multiway])
def test_the_stock_trainer_trains_on_a_plain_dataset_of_two_columns(objective, tmp_path):
    model = toy_student("static")
    before = weights(model)
    dataset = datasets.Dataset.from_dict(columns_of(toy_corpus(60)))
    losses = fit(model, dataset, EncoderLoss(model, objective()), tmp_path)
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    assert any(not torch.equal(value, before[name]) for name, value in weights(model).items())


def test_the_stock_trainer_takes_labels_for_teacher_vectors(tmp_path):
    model, columns = toy_student("static"), columns_of(toy_corpus(60))
    columns["label"] = np.random.default_rng(0).standard_normal((60, 16)).tolist()
    loss = EncoderLoss(model, presets.mse_distillation(order=("source",)))
    losses = fit(model, datasets.Dataset.from_dict(columns), loss, tmp_path)
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])


@pytest.mark.parametrize(
    ("kind", "objective"),
    [("transformer", presets.multiway), ("transformer", presets.hard), ("static", presets.labse)],
)
def test_cells_and_columns_of_the_same_rows_have_the_same_loss(kind, objective, tmp_path):
    model, corpus = toy_student(kind, dropout=False), toy_corpus(20)
    loss = EncoderLoss(model, objective(), views=PAIR)
    columns = [model.preprocess(texts) for texts in columns_of(corpus).values()]
    assert_close(loss_and_gradients(loss, columns), loss_and_gradients(loss, one_batch(model, tmp_path, corpus=corpus)))


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_equal_texts_of_a_stock_dataset_are_no_wrong_answers(kind):
    model = toy_student(kind, dropout=False)
    english, german = columns_of(toy_corpus(12)).values()
    german[3], english[5] = german[4], english[6]
    loss = EncoderLoss(model, presets.hard(), views=PAIR)
    texts = torch.from_numpy(text_hash([*english, *german]))
    with torch.no_grad():
        vectors = torch.cat([model(model.preprocess(texts))["sentence_embedding"] for texts in (english, german)])
    cells = EncodedCells(
        vectors=torch.nn.functional.normalize(vectors, dim=1),
        row=torch.arange(12).repeat(2),
        view=torch.arange(2).repeat_interleave(12),
        views=PAIR,
        text=texts,
    )
    masked, unmasked = (total(presets.hard(mask=mask)(cells)).item() for mask in (same_text, None))
    assert masked < unmasked - 0.01
    found = total(loss([model.preprocess(english), model.preprocess(german)])).item()
    assert found == pytest.approx(masked, rel=1e-5)


def test_three_columns_are_three_views(tmp_path):
    model, corpus = toy_student("static"), toy_corpus(20)
    languages = ("eng_Latn", "deu_Latn", "tel_Telu")
    columns = [model.preprocess(texts) for texts in columns_of(corpus, languages).values()]
    loss = EncoderLoss(model, presets.multiway(), views=languages)
    batch = one_batch(model, tmp_path, corpus=corpus, languages=languages)
    assert total(loss(columns)).item() == pytest.approx(total(loss(batch)).item(), rel=1e-3)


def test_the_vectors_that_labels_stand_for_reach_every_column(tmp_path):
    model, columns = toy_student("static"), columns_of(toy_corpus(10))
    encoded = [model.preprocess(texts) for texts in columns.values()]
    teacher = torch.randn(10, 16)
    loss = EncoderLoss(model, VectorDistillation(order=("source",)))
    unit = torch.nn.functional.normalize(teacher, dim=1)
    with torch.no_grad():
        vectors = [model(dict(one))["sentence_embedding"] for one in encoded]
    naive = sum((torch.nn.functional.normalize(v, dim=1) - unit).square().sum(1).mean() for v in vectors)
    assert total(loss(encoded, teacher)).item() == pytest.approx(naive.item(), rel=1e-5)


@pytest.mark.parametrize("sub_batch", [1, 7, 1000])
@pytest.mark.parametrize("gradient_cache", [False, True])
def test_sub_batches_do_not_change_loss_or_gradients(sub_batch, gradient_cache, tmp_path):
    model, corpus = toy_student("transformer", dropout=False), toy_corpus(20, missing=0.3)
    languages = ("eng_Latn", "deu_Latn", "tel_Telu")
    reference = one_batch(model, tmp_path, corpus=corpus, languages=languages, sub_batch=20)
    batch = one_batch(model, tmp_path, corpus=corpus, languages=languages, sub_batch=sub_batch)
    assert len(batch.features) == -(-len(batch.row) // sub_batch)
    plain = EncoderLoss(model, presets.multiway())
    cached = EncoderLoss(model, presets.multiway(), gradient_cache=gradient_cache)
    assert_close(loss_and_gradients(cached, batch), loss_and_gradients(plain, reference))


def test_the_gradient_cache_draws_the_same_dropout_twice(tmp_path):
    model, corpus = toy_student("transformer").train(), toy_corpus(20)
    batch = one_batch(model, tmp_path, corpus=corpus)
    found = []
    for cached in (False, True):
        torch.manual_seed(3)
        found.append(loss_and_gradients(EncoderLoss(model, presets.multiway(), gradient_cache=cached), batch))
    assert_close(*found)
    torch.manual_seed(4)
    other = total(EncoderLoss(model, presets.multiway())(batch))
    assert abs(other.item() - found[0][0].item()) > 1e-4


def test_the_gradient_cache_keeps_what_a_sub_batch_needs(tmp_path):
    model, corpus = toy_student("transformer", dropout=False), toy_corpus(60)

    def kept(sub_batch, *, gradient_cache):
        """Numbers that the forward pass keeps for the backward pass."""
        batch = one_batch(model, tmp_path, corpus=corpus, sub_batch=sub_batch)
        loss = EncoderLoss(model, presets.multiway(), gradient_cache=gradient_cache)
        sizes = []

        def keep(tensor):
            sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            loss(batch)
        return sum(sizes)

    plain = kept(10, gradient_cache=False)
    assert kept(10, gradient_cache=True) < 0.1 * plain
    assert kept(120, gradient_cache=False) > 0.5 * plain  # sub-batches alone save nothing


def test_the_gradient_cache_recomputes_one_sub_batch_at_a_time(tmp_path, monkeypatch):
    model = toy_student("transformer", dropout=False)
    batch = one_batch(model, tmp_path, corpus=toy_corpus(20), sub_batch=10)
    sizes = []

    def counting(function, *given, **settings):
        def counted(model, features, *more):
            sizes.append(len(features["input_ids"]))
            return function(model, features, *more)

        return checkpoint(counted, *given, **settings)

    monkeypatch.setattr(loss_module, "checkpoint", counting)
    loss_and_gradients(EncoderLoss(model, presets.multiway(), gradient_cache=True), batch)
    assert sizes == [10] * 8  # four sub-batches forward, and four again backward
    with torch.no_grad():
        EncoderLoss(model, presets.multiway(), gradient_cache=True)(batch)
    assert sizes == [10] * 8


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_a_process_without_rows_has_no_loss_but_a_gradient_of_zeros(kind, tmp_path):
    model = toy_student(kind)
    batch = make_batches(model, tmp_path, corpus=toy_corpus(2), size=2, rank=0, processes=3)
    shares = [replace_rank(batch, rank)[0]["cells"] for rank in range(3)]
    empty = [share for share in shares if share.phantom]
    assert len(empty) == 1
    assert sorted(len(set(share.row.tolist())) for share in shares) == [0, 1, 1]
    assert len(empty[0].features) == 1
    value, gradients = loss_and_gradients(EncoderLoss(model, presets.multiway()), empty[0])
    assert value.item() == 0.0
    used = [name for name, _ in model.named_parameters() if "pooler" not in name]
    assert {f"model.{name}" for name in used} <= set(gradients)
    assert all(not gradient.any() for gradient in gradients.values())


def replace_rank(batches, rank):
    return CellBatches(
        batches.plan, batches.cells, batches.model, count=1, rank=rank, processes=batches.processes, sub_batch=8
    )


def test_sub_batches_hold_texts_of_similar_length(tmp_path):
    model = toy_student("transformer")
    batch = one_batch(model, tmp_path, corpus=toy_corpus(60), sub_batch=16)
    widths = [features["input_ids"].shape[1] for features in batch.features]
    assert widths == sorted(widths)
    padded = sum(features["attention_mask"].numel() for features in batch.features)
    real = sum(int(features["attention_mask"].sum()) for features in batch.features)
    assert padded < 1.15 * real


def test_every_cell_keeps_its_row_view_text_and_vector(tmp_path):
    model, corpus = toy_student("transformer", dropout=False).eval(), toy_corpus(20, missing=0.3)
    batches = make_batches(model, tmp_path, corpus=corpus, size=9, count=2)
    batch = batches[0]["cells"]
    seen = []

    class Spy(VectorDistillation):
        def forward(self, cells):
            seen.append(cells)
            return {"nothing": cells.vectors.sum() * 0}

    EncoderLoss(model, Spy())(batch)
    (cells,) = seen
    for place, (row, view) in enumerate(zip(cells.row.tolist(), cells.view.tolist(), strict=True)):
        text = corpus.texts(batch.views[view])[row]
        assert text is not None
        expected = torch.from_numpy(model.encode([text], normalize_embeddings=True)[0])
        torch.testing.assert_close(cells.vectors[place].detach(), expected, rtol=1e-4, atol=1e-5)
        assert int(cells.text[place]) == int(batches.cells.hashes[row, view])


def test_texts_that_a_model_must_tokenise_itself_give_the_same_loss(tmp_path, monkeypatch):
    model, corpus = toy_student("transformer", dropout=False), toy_corpus(20)
    loss = EncoderLoss(model, presets.multiway())
    tokens = loss_and_gradients(loss, one_batch(model, tmp_path, corpus=corpus))
    monkeypatch.setattr("interlingua.training.cells.can_pretokenise", lambda model: False)
    assert_close(loss_and_gradients(loss, one_batch(model, tmp_path, corpus=corpus)), tokens)


@pytest.mark.parametrize(("columns", "views"), [(1, None), (3, None), (3, PAIR), (2, ("eng_Latn",))])
def test_columns_that_do_not_fit_the_views_are_refused(columns, views):
    model = toy_student("static")
    features = [model.preprocess(["abe", "lo"])] * columns
    with pytest.raises(ObjectiveError, match=rf"the dataset has {columns} text column.*name a view for every column"):
        EncoderLoss(model, presets.hard(), views=views)(features)


def test_labels_that_are_no_vectors_are_refused():
    model = toy_student("static")
    features = [model.preprocess(["abe", "lo"])] * 2
    with pytest.raises(ObjectiveError, match="must hold the teacher's vector"):
        EncoderLoss(model, presets.mse_distillation())(features, torch.tensor([0.5, 1.0]))


def test_a_model_without_pooling_is_refused():
    model = toy_student("transformer")
    del model[1]
    with pytest.raises(TrainingError, match="gives no sentence vector"):
        EncoderLoss(model, presets.hard())([model.preprocess(["abe", "lo"])] * 2)


def test_a_batch_of_cells_has_the_fields_of_encoded_cells(tmp_path):
    batch = one_batch(toy_student("static"), tmp_path, corpus=toy_corpus(5))
    assert {"row", "view", "text", "views", "teacher", "teacher_known"} <= {field.name for field in fields(batch)}
    assert replace(batch, teacher=torch.zeros(10, 2)).teacher is not None


def features_of(model, texts):
    return {name: value for name, value in model.preprocess(texts).items() if isinstance(value, torch.Tensor)}


@pytest.mark.parametrize("own_only", [False, True])
def test_further_columns_are_hard_negatives_of_their_row(own_only):
    model = toy_student("transformer").eval()
    texts = columns_of(toy_corpus(), ("eng_Latn", "deu_Latn", "tel_Telu"))
    source, target, wrong = (column[:6] for column in texts.values())
    objective = presets.hard_negatives(own_only=own_only, temperature=0.1)
    loss = EncoderLoss(model, objective, views=("source", "target"), negatives="target")
    value = loss([features_of(model, column) for column in (source, target, wrong)])["contrast"].item()

    vectors = [model.encode(column, normalize_embeddings=True).astype(np.float64) for column in (source, target, wrong)]
    expected = 0.0
    for i in range(6):
        right = np.exp(vectors[0][i] @ vectors[1].T / 0.1)
        other = np.exp(vectors[0][i] @ vectors[2].T / 0.1)
        expected -= np.log(right[i] / (right.sum() + (other[i] if own_only else other.sum()))) / 6
    assert value == pytest.approx(expected, rel=1e-4)


def test_negatives_must_belong_to_a_view():
    with pytest.raises(ObjectiveError, match="none of the views"):
        EncoderLoss(toy_student("static"), presets.hard_negatives(), negatives="target")
