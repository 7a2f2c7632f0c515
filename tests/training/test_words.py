import copy
import logging

import numpy as np
import pytest
import torch

from interlingua.errors import TrainingError
from interlingua.objectives import presets
from interlingua.sbert import append_normalize
from interlingua.training import EncoderLoss
from interlingua.training.token_links import TokenLinks
from interlingua.types import Links
from training.linked import linked_batches, spans, toy_links
from training.world import AtStep, make_trainer, same_weights, toy_corpus, toy_student, weights

PAIRS = [("eng_Latn", "deu_Latn"), ("eng_Latn", "tel_Telu")]

METHODS = {
    "wtr": lambda: presets.translation_ranking() + 0.1 * presets.word_translation_ranking(),
    "wacse": presets.wacse,
    "wacse, a third": lambda: presets.wacse(awp_fraction=1 / 3),
    "dap": presets.dap,
    "dap, own vocabulary": lambda: presets.dap(own_vocabulary=True),
    "tr-tlm": presets.tr_tlm,
    "mlm": presets.masked_language_modelling,
    "mlm+tlm": lambda: presets.masked_language_modelling() + presets.translation_language_modelling(),
}


def student(**settings):
    model = toy_student("transformer", **settings)
    append_normalize(model)
    return model


def restricted(objective, batches):
    from interlingua.training.preparation import _restrict

    _restrict(objective, batches.cells)
    return objective


# --- the table of links ----------------------------------------------------------------------------------------------


def test_a_table_holds_the_tokens_of_linked_words(tmp_path):
    corpus, model = toy_corpus(missing=0.2), student()
    batches = linked_batches(model, tmp_path, presets.wacse(), corpus=corpus)
    tokenizer = model.tokenizer
    for number, row in enumerate(corpus.rows()):
        if "tel_Telu" not in row.texts:
            continue
        found = batches.links.pair(number, (5, 6), (0, 2))
        assert (found.source, found.target) == (5, 6)
        words = row.texts["tel_Telu"].split(" ")
        assert found.links.tolist() == [[k, k] for k in range(len(words))]
        units = batches.cells.units(number, 2)
        for word, (first, last) in zip(words, found.target_words, strict=True):
            assert tokenizer.decode(units[first:last]).strip() == word
        turned = batches.links.pair(number, (5, 6), (2, 0))
        np.testing.assert_array_equal(turned.source_words, found.target_words)


def test_links_belong_to_texts_and_not_to_row_numbers(tmp_path):
    corpus, model = toy_corpus(), student()
    fewer = corpus.select(where={"_id": [str(number) for number in range(30, 50)]})
    table = TokenLinks.build(fewer, model, toy_links(corpus), tmp_path / "links")
    for number, row in enumerate(fewer.rows()):
        assert len(table.pair(number, (0, 1), (0, 1)).links) == len(row.texts["eng_Latn"].split(" "))


def test_words_that_are_cut_off_are_left_out_with_their_links(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    corpus, model = toy_corpus(), student()
    model.max_seq_length = 9
    batches = linked_batches(model, tmp_path, presets.wacse(), corpus=corpus)
    kept = 0
    for number, row in enumerate(corpus.rows()):
        found = batches.links.pair(number, (0, 1), (0, 1))
        ends = [len(batches.cells.units(number, language)) - 1 for language in (0, 1)]  # the place of </s>
        assert max(found.source_words.max(initial=0), 0) <= ends[0] <= 8
        assert max(found.target_words.max(initial=0), 0) <= ends[1] <= 8
        assert len(found.links) == min(len(found.source_words), len(found.target_words))
        kept += len(found.links) < len(row.texts["eng_Latn"].split(" "))
    assert kept > 10
    assert "more point to words that are cut off or have no token" in caplog.text


def test_rows_without_links_and_languages_without_links(tmp_path):
    corpus, model = toy_corpus(), student()
    stored = {("eng_Latn", "deu_Latn"): toy_links(corpus, every=2)["eng_Latn", "deu_Latn"]}
    table = TokenLinks.build(corpus, model, stored, tmp_path / "links")
    assert len(table.pair(0, (0, 1), (0, 1)).links) > 0
    assert len(table.pair(1, (0, 1), (0, 1)).links) == 0
    assert table.pair(0, (0, 1), (0, 2)) is None


def test_weak_links_are_left_out(tmp_path):
    corpus, model = toy_corpus(), student()

    def halved():
        for source, target, links in toy_links(corpus)["eng_Latn", "deu_Latn"]():
            scores = np.where(links.pairs[:, 0] < 2, 0.9, 0.1)
            yield source, target, Links(links.source, links.target, links.pairs, scores)

    table = TokenLinks.build(corpus, model, {("eng_Latn", "deu_Latn"): halved}, tmp_path / "links", minimum=0.5)
    assert len(table.pair(0, (0, 1), (0, 1)).links) == 2


def test_links_of_other_texts_or_languages_are_refused(tmp_path):
    corpus, model = toy_corpus(), student()
    with pytest.raises(TrainingError, match="none of the training rows has links for eng_Latn-deu_Latn"):
        TokenLinks.build(corpus, model, toy_links(toy_corpus(seed=5)), tmp_path / "links")
    assert not list(tmp_path.iterdir())
    with pytest.raises(TrainingError, match="there are links for fra_Latn-deu_Latn, and the corpus has eng_Latn"):
        TokenLinks.build(corpus, model, {("fra_Latn", "deu_Latn"): list}, tmp_path / "links")


# --- training --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
def test_every_method_trains(name, tmp_path):
    model = student(dropout=False)
    objective = METHODS[name]()
    batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=40, corpus=toy_corpus())
    restricted(objective, batches)
    trainer = make_trainer(model, batches, tmp_path, objective=objective, max_grad_norm=1.0)
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-8:]) < np.mean(losses[:8])


@pytest.mark.parametrize("name", METHODS)
def test_gradient_caching_changes_nothing(name, tmp_path):
    model = student(dropout=False)
    objective = METHODS[name]()
    batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=1)
    restricted(objective, batches)
    torch.manual_seed(0)
    plain = EncoderLoss(model, objective)
    cached = copy.deepcopy(plain)
    cached.gradient_cache = True
    found = []
    for loss in (plain, cached):
        total = sum(loss(batches[0]["cells"]).values())
        total.backward()
        found.append((total.item(), {key: value.grad for key, value in loss.named_parameters()}))
    assert found[0][0] == pytest.approx(found[1][0], abs=1e-6)
    for key, gradient in found[0][1].items():
        other = found[1][1][key]
        assert (gradient is None) == (other is None), key
        if gradient is not None:
            torch.testing.assert_close(gradient, other, atol=1e-6, rtol=1e-4)


def test_word_ranking_needs_no_pass_and_prediction_one_a_side(tmp_path, monkeypatch):
    model = student()
    counted = []
    forward = model[0].forward
    monkeypatch.setattr(
        model[0], "forward", lambda given, **more: counted.append(len(given["input_ids"])) or forward(given)
    )
    texts = {}
    for name in ("tr", "wtr", "wacse", "mlm"):
        objective = presets.translation_ranking() if name == "tr" else METHODS[name]()
        batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=1)
        counted.clear()
        EncoderLoss(model, objective)(batches[0]["cells"])
        texts[name] = sum(counted)
    assert texts["wtr"] == texts["tr"] > 0
    assert texts["wacse"] == 2 * texts["tr"]
    assert texts["mlm"] <= texts["tr"]


def test_what_is_hidden_is_the_same_in_every_sharding(tmp_path):
    model = student()
    objective = presets.aligned_word_prediction()

    def hidden(processes):
        found = []
        for rank in range(processes):
            batches = linked_batches(
                model, tmp_path, objective, sets=PAIRS, count=1, sub_batch=1, rank=rank, processes=processes
            )
            one = batches[0]["cells"].passes["aligned_word"]
            found += [tuple(part["input_ids"][0].tolist()) for part in one.features]
        return sorted(found)

    assert hidden(1) == hidden(2) == hidden(3)


def test_no_links_in_a_batch_or_in_the_whole_run(tmp_path):
    model = student(dropout=False)
    objective = presets.wacse()
    batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=3, every=10_000)
    for number in range(3):
        terms = EncoderLoss(model, objective)(batches[number]["cells"])
        if not len(batches[number]["cells"].words.links):
            assert terms["word_ranking"].item() == 0
            assert terms["aligned_word"].item() == 0
        sum(terms.values()).backward()
    trainer = make_trainer(model, batches, tmp_path, objective=objective)
    trainer.train()


def test_a_run_goes_on_bit_for_bit(tmp_path):
    objective = presets.wacse()
    start = student()

    def fit(folder, *, stop=None, resume=None):
        torch.manual_seed(7)
        model = copy.deepcopy(start)
        batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=6)
        trainer = make_trainer(
            model,
            batches,
            folder,
            objective=presets.wacse(),
            save_strategy="steps",
            save_steps=2,
            callbacks=[AtStep(stop)] if stop else None,
        )
        trainer.train(resume_from_checkpoint=resume)
        return weights(trainer.loss)

    whole = fit(tmp_path / "whole")
    fit(tmp_path / "parts", stop=4)
    resumed = fit(tmp_path / "parts", resume=str(tmp_path / "parts/checkpoints/checkpoint-4"))
    assert (tmp_path / "parts/checkpoints/checkpoint-4/beside.safetensors").is_file()
    assert same_weights(whole, resumed)


def test_bf16_stays_near_full_precision(tmp_path):
    model = student(dropout=False)
    objective = presets.wacse()
    batches = linked_batches(model, tmp_path, objective, sets=PAIRS, count=1)
    loss = EncoderLoss(model, objective)
    full = loss(batches[0]["cells"])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = loss(batches[0]["cells"])
    for name, value in full.items():
        assert half[name].item() == pytest.approx(value.item(), rel=0.05, abs=0.02)
        assert half[name].dtype == torch.float32


def test_a_static_student_learns_words_too(tmp_path):
    model = toy_student("static")
    objective = presets.multiway() + 0.1 * presets.word_translation_ranking()
    batches = linked_batches(model, tmp_path, objective, count=30)
    trainer = make_trainer(model, batches, tmp_path, objective=objective, learning_rate=0.05)
    trainer.train()
    first, *_, last = [entry["word_ranking"] for entry in trainer.state.log_history if "word_ranking" in entry]
    assert last < first


@pytest.mark.parametrize("objective", [presets.masked_language_modelling, presets.aligned_word_prediction])
def test_a_static_student_predicts_nothing(objective, tmp_path):
    with pytest.raises(TrainingError, match=r"tokens cannot be hidden from a StaticEmbedding"):
        linked_batches(toy_student("static"), tmp_path, objective())


def test_a_tokenizer_without_mask_is_refused(tmp_path):
    model = student()
    model.tokenizer.mask_token = None
    with pytest.raises(TrainingError, match="tokenizer has no mask token"):
        linked_batches(model, tmp_path, presets.masked_language_modelling())


def test_positions_begin_anew_with_the_translation(tmp_path):
    model = student()
    batches = linked_batches(model, tmp_path, presets.translation_language_modelling(), sets=PAIRS, count=1)
    one = batches[0]["cells"].passes["tlm"]
    for part in one.features:
        for ids, positions in zip(part["input_ids"].tolist(), part["position_ids"].tolist(), strict=True):
            starts = [place for place, token in enumerate(ids) if token == model.tokenizer.bos_token_id]
            real = sum(token != model.tokenizer.pad_token_id for token in ids)
            assert positions[starts[1] : starts[1] + 3] == [2, 3, 4]
            assert positions[:real] == [*range(2, 2 + starts[1]), *range(2, 2 + real - starts[1])]
            assert set(positions[real:]) <= {1}


def test_the_mlp_is_trained_and_no_part_of_the_model(tmp_path):
    model = student()
    loss = EncoderLoss(model, presets.multiway(), mlp=True)
    before = {name for name, _ in model.named_parameters()}
    batches = linked_batches(model, tmp_path, loss.objective, count=1)
    sum(loss(batches[0]["cells"]).values()).backward()
    assert loss.mlp.dense.weight.grad.abs().sum() > 0
    assert {name for name, _ in model.named_parameters()} == before
    assert sorted(loss.beside()) == ["mlp", "objective"]


def test_twins_differ_by_dropout_alone(tmp_path):
    model = student()
    objective = presets.msimcse()
    batches = linked_batches(model, tmp_path, objective, sets=[(one, one) for one in ("eng_Latn", "deu_Latn")], count=1)
    cells = batches[0]["cells"]
    assert cells.views == ("text", "twin")
    assert cells.text[cells.view == 0].tolist() == cells.text[cells.view == 1].tolist()
    loss = EncoderLoss(model, objective)
    model.train()
    with_dropout = loss(cells)["contrast"].item()
    model.eval()
    assert loss(cells)["contrast"].item() != pytest.approx(with_dropout, abs=1e-6)


def test_texts_by_themselves(tmp_path):
    model = student()
    objective = presets.masked_language_modelling()
    languages = toy_corpus(missing=0.2).languages
    batches = linked_batches(model, tmp_path, objective, sets=[(one,) for one in languages], count=200)
    seen = {
        (int(row), int(hash_))
        for k in range(14)
        for row, hash_ in zip(*(getattr(batches[k]["cells"], part) for part in ("row", "text")), strict=True)
    }
    assert len(seen) >= int((batches.cells.hashes != 0).sum()) * 0.9
    assert batches[0]["cells"].views == ("text",)


def test_spans_of_the_toy_world():
    assert spans("ab c").tolist() == [[0, 2], [3, 4]]
