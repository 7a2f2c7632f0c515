import json
import logging
import math

import numpy as np
import pytest
import torch
from transformers import EarlyStoppingCallback

from interlingua.encoder import SentenceEncoder
from interlingua.errors import TrainingError
from interlingua.evaluation import TranslationRetrieval, XSim
from interlingua.objectives import Objective, presets
from interlingua.sbert import SentenceTransformer, append_normalize
from interlingua.training import EncoderLoss, MultiwayTrainer, TaskEvaluator
from interlingua.training.lora import add_lora, merge_lora
from interlingua.training.settings import LoraSettings
from training.processes import random_teacher
from training.world import AtStep, make_batches, make_trainer, same_weights, toy_corpus, toy_student, weights

TEXTS = ["abe lo", "fug", "కగచ జట"]


class Broken(Objective):
    """A loss that stops being a number at its third batch."""

    def __init__(self):
        super().__init__()
        self.batches = 0

    def forward(self, cells):
        self.batches += 1
        value = cells.vectors.sum()
        return {"fine": value * 0 + 0.5, "broken": value * (math.nan if self.batches == 3 else 0.0)}


def logged(trainer, name):
    return [entry[name] for entry in trainer.state.log_history if name in entry]


def newest(folder):
    return str(max((folder / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1])))


@pytest.mark.parametrize(("kind", "gradient_cache"), [("static", False), ("transformer", False), ("transformer", True)])
def test_resuming_within_an_epoch_ends_in_the_same_weights(kind, gradient_cache, tmp_path):
    settings = {"save_strategy": "steps", "save_steps": 3, "gradient_cache": gradient_cache}

    def run(folder, *, stop=None, resume=None):
        model = toy_student(kind)
        batches = make_batches(model, tmp_path, count=8)
        assert len(batches.plan.epoch(0)) == 5  # so that batch 3 is within an epoch and batch 8 in the next one
        callbacks = [] if stop is None else [AtStep(stop)]
        trainer = make_trainer(model, batches, folder, callbacks=callbacks, **settings)
        trainer.train(resume_from_checkpoint=resume)
        return weights(model), trainer

    whole, uninterrupted = run(tmp_path / "whole")
    stopped, _ = run(tmp_path / "parts", stop=4)
    assert not same_weights(stopped, whole)
    torch.manual_seed(99)
    resumed, trainer = run(tmp_path / "parts", resume=newest(tmp_path / "parts"))
    assert same_weights(resumed, whole)
    assert logged(trainer, "loss") == logged(uninterrupted, "loss")


def test_weights_and_heads_are_kept_in_checkpoints(tmp_path):
    settings = {"save_strategy": "steps", "save_steps": 2}

    def run(folder, *, seed, stop=None, resume=None):
        model = toy_student("transformer")
        batches = make_batches(model, tmp_path, count=6, teacher=random_teacher(6))
        torch.manual_seed(seed)
        objective = presets.mse_distillation(projection=(16, 6)) + presets.multiway()
        callbacks = [] if stop is None else [AtStep(stop)]
        make_trainer(model, batches, folder, objective=objective, callbacks=callbacks, **settings).train(
            resume_from_checkpoint=resume
        )
        return weights(model), weights(objective)

    whole, heads = run(tmp_path / "whole", seed=0)
    run(tmp_path / "parts", seed=0, stop=2)
    assert (tmp_path / "parts/checkpoints/checkpoint-2/beside.safetensors").is_file()
    resumed, resumed_heads = run(tmp_path / "parts", seed=1, resume=newest(tmp_path / "parts"))
    assert same_weights(resumed, whole)
    assert same_weights(resumed_heads, heads)


def test_a_checkpoint_of_another_objective_is_refused(tmp_path):
    model = toy_student("transformer")
    batches = make_batches(model, tmp_path, count=2, teacher=random_teacher(6))
    make_trainer(model, batches, tmp_path, save_strategy="steps", save_steps=2).train()
    other = make_trainer(model, batches, tmp_path, objective=presets.mse_distillation(projection=(16, 6)))
    with pytest.raises(TrainingError, match=r"holds weights of nothing beside the model.*belongs to another recipe"):
        other.train(resume_from_checkpoint=newest(tmp_path))


def test_checkpoints_are_models_without_pickles_of_settings(tmp_path):
    model = toy_student("transformer")
    make_trainer(model, make_batches(model, tmp_path, count=2), tmp_path, save_strategy="steps", save_steps=2).train()
    checkpoint = tmp_path / "checkpoints/checkpoint-2"
    loaded = SentenceTransformer(str(checkpoint), device="cpu")
    np.testing.assert_allclose(loaded.encode(TEXTS), model.encode(TEXTS), atol=1e-6)
    assert json.loads((checkpoint / "training_args.json").read_text())["learning_rate"] == 1e-3
    assert not (checkpoint / "training_args.bin").exists()


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_accumulated_batches_are_one_step_with_the_mean_gradient(kind, tmp_path):
    model = toy_student(kind, dropout=False)
    batches = make_batches(model, tmp_path, count=6)
    loss = EncoderLoss(toy_student(kind, dropout=False), presets.multiway())
    for number in range(2):
        (sum(loss(batches[number]["cells"]).values()) / 2).backward()
    expected = {name: value.grad for name, value in loss.model.named_parameters() if value.grad is not None}

    found = {}
    trainer = make_trainer(model, batches, tmp_path, gradient_accumulation_steps=2, max_grad_norm=0.0)
    step = trainer.create_optimizer().step

    def stepping(*given, **settings):
        found.setdefault("first", {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        return step(*given, **settings)

    trainer.optimizer.step = stepping
    trainer.train()
    assert trainer.state.global_step == 3
    assert len(logged(trainer, "loss")) == 3
    for name, gradient in expected.items():
        other = found["first"][name]
        torch.testing.assert_close(other.to_dense() if other.is_sparse else other, gradient, rtol=1e-4, atol=1e-6)


def test_a_last_step_may_have_fewer_batches(tmp_path):
    model = toy_student("static")
    trainer = make_trainer(model, make_batches(model, tmp_path, count=5), tmp_path, gradient_accumulation_steps=2)
    trainer.train()
    assert trainer.state.global_step == 3


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_a_loss_that_is_no_number_stops_the_run_and_leaves_checkpoints(kind, tmp_path):
    model = toy_student(kind)
    trainer = make_trainer(
        model,
        make_batches(model, tmp_path, count=6),
        tmp_path,
        objective=Broken(),
        save_strategy="steps",
        save_steps=2,
    )
    with pytest.raises(TrainingError, match=r"loss at step 3 is not a finite number \(fine 0.5, broken nan\)") as told:
        trainer.train()
    assert "--overwrite" in str(told.value)
    assert all(bool(value.isfinite().all()) for value in weights(model).values())
    assert newest(tmp_path).endswith("checkpoint-2")
    SentenceTransformer(newest(tmp_path), device="cpu")


class Rising(TaskEvaluator):
    """Says that training made it better, then worse, then better."""

    def __init__(self, scores):
        corpus = toy_corpus(10, seed=5)
        super().__init__([TranslationRetrieval(corpus)], SentenceEncoder)
        self.scores = list(scores)
        self.models = []

    def __call__(self, model, output_path=None, epoch=-1, steps=-1):
        super().__call__(model, output_path, epoch, steps)
        self.models.append(weights(model))
        return {self.primary_metric: self.scores[len(self.models) - 1]}


def with_evaluation(**more):
    return {
        "eval_strategy": "steps",
        "eval_steps": 2,
        "save_strategy": "steps",
        "save_steps": 2,
        "save_total_limit": 2,
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_dev_mean",
        "greater_is_better": True,
    } | more


@pytest.mark.parametrize("kind", ["static", "transformer"])
def test_the_best_checkpoint_is_what_is_left(kind, tmp_path):
    model, evaluator = toy_student(kind), Rising([0.1, 0.9, 0.3, 0.2])
    batches = make_batches(model, tmp_path, count=8)
    trainer = make_trainer(model, batches, tmp_path, evaluator=evaluator, **with_evaluation())
    trainer.train()
    assert logged(trainer, "eval_dev_mean") == [0.1, 0.9, 0.3, 0.2]
    assert same_weights(weights(model), evaluator.models[1])
    assert not same_weights(weights(model), evaluator.models[3])
    kept = sorted(path.name for path in (tmp_path / "checkpoints").glob("checkpoint-*"))
    assert kept == ["checkpoint-4", "checkpoint-8"]


def test_the_projection_of_the_best_checkpoint_is_what_is_left(tmp_path):
    model, evaluator = toy_student("transformer"), Rising([0.9, 0.1])
    objective, heads = presets.mse_distillation(projection=(16, 6)), []
    batches = make_batches(model, tmp_path, count=4, teacher=random_teacher(6))
    remember = AtStep(2, lambda: heads.append(weights(objective)))
    make_trainer(
        model, batches, tmp_path, objective=objective, evaluator=evaluator, callbacks=[remember], **with_evaluation()
    ).train()
    assert same_weights(weights(objective), heads[0])


def test_training_stops_when_dev_scores_no_longer_rise(tmp_path):
    model, evaluator = toy_student("static"), Rising([0.5, 0.4, 0.3, 0.9])
    trainer = make_trainer(
        model,
        make_batches(model, tmp_path, count=20),
        tmp_path,
        evaluator=evaluator,
        callbacks=[EarlyStoppingCallback(2)],
        **with_evaluation(),
    )
    trainer.train()
    assert trainer.state.global_step == 6
    assert same_weights(weights(model), evaluator.models[0])


def test_dev_retrieval_is_what_the_command_line_measures(tmp_path):
    model = toy_student("static")
    task = TranslationRetrieval(toy_corpus(30, seed=5), name="invented")
    evaluator = TaskEvaluator([task], SentenceEncoder)
    found = evaluator(model)
    scores = {(score.metric, score.languages): score.value for score in task.run(SentenceEncoder(model))}
    headline = [value for (metric, _), value in scores.items() if metric == "mean_accuracy"]
    assert found == {"dev_invented": pytest.approx(np.mean(headline)), "dev_mean": pytest.approx(np.mean(headline))}


def test_an_error_rate_counts_as_what_is_left_of_one(tmp_path):
    model = toy_student("static")
    corpus = toy_corpus(30, seed=5)
    tasks = [XSim(corpus, name="errors", margin="distance"), TranslationRetrieval(corpus, name="hits")]
    found = TaskEvaluator(tasks, SentenceEncoder)(model)
    assert found["dev_errors"] < found["dev_hits"]
    assert found["dev_mean"] == pytest.approx((1 - found["dev_errors"] + found["dev_hits"]) / 2)


@pytest.mark.parametrize(("kind", "warmup"), [("static", 4), ("transformer", 4), ("transformer", 0.25)])
def test_the_learning_rate_warms_up_and_decays(kind, warmup, tmp_path):
    model = toy_student(kind)
    batches = make_batches(model, tmp_path, count=16)
    trainer = make_trainer(
        model, batches, tmp_path, learning_rate=0.01, warmup_steps=warmup, lr_scheduler_type="linear"
    )
    trainer.train()
    expected = [0.01 * min(step / 4, (16 - step) / 12) for step in range(16)]
    np.testing.assert_allclose(logged(trainer, "learning_rate"), expected, atol=1e-9)


def test_gradients_are_clipped(tmp_path):
    seen = []
    for limit in (1e-3, 0.0):
        model = toy_student("transformer")
        trainer = make_trainer(model, make_batches(model, tmp_path, count=1), tmp_path, max_grad_norm=limit)
        step = trainer.create_optimizer().step

        def stepping(*given, trainer=trainer, step=step, **settings):
            grads = [p.grad for group in trainer.optimizer.param_groups for p in group["params"] if p.grad is not None]
            seen.append(torch.cat([grad.flatten() for grad in grads]).norm().item())
            return step(*given, **settings)

        trainer.optimizer.step = stepping
        trainer.train()
    assert seen[0] == pytest.approx(1e-3, rel=1e-2)
    assert seen[1] > 0.1


def test_bf16_trains_and_keeps_weights_in_single_precision(tmp_path):
    kinds = []
    losses = []
    for bf16 in (False, True):
        model = toy_student("transformer", dropout=False)
        hook = (
            model[0]
            .auto_model.encoder.layer[0]
            .output.dense.register_forward_hook(lambda module, given, made: kinds.append(made.dtype))
        )
        trainer = make_trainer(model, make_batches(model, tmp_path, count=6), tmp_path, bf16=bf16)
        trainer.train()
        hook.remove()
        losses.append(logged(trainer, "loss"))
        assert {value.dtype for value in model.parameters()} == {torch.float32}
    assert kinds[0] == torch.float32
    assert kinds[-1] == torch.bfloat16
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.05)


def test_gradient_checkpointing_changes_nothing_but_memory(tmp_path):
    found = []
    for checkpointing in (False, True):
        model = toy_student("transformer", dropout=False)
        batches = make_batches(model, tmp_path, count=3)
        make_trainer(model, batches, tmp_path, gradient_checkpointing=checkpointing).train()
        assert model[0].auto_model.is_gradient_checkpointing == checkpointing
        found.append(weights(model))
    for name, value in found[0].items():
        torch.testing.assert_close(found[1][name], value, rtol=1e-4, atol=1e-5, msg=name)


@pytest.fixture
def adapted():
    model = toy_student("transformer")
    append_normalize(model)
    add_lora(model, LoraSettings(rank=2, alpha=8))
    return model


def test_low_rank_updates_are_all_that_is_trained(adapted, tmp_path):
    before = weights(adapted)
    trained = {name for name, parameter in adapted.named_parameters() if parameter.requires_grad}
    assert trained
    assert all("lora_" in name for name in trained)
    make_trainer(adapted, make_batches(adapted, tmp_path, count=4), tmp_path, learning_rate=0.02).train()
    moved = {name for name, value in weights(adapted).items() if not torch.equal(value, before[name])}
    assert moved
    assert moved <= trained


def test_low_rank_updates_become_part_of_an_ordinary_model(adapted, tmp_path):
    start = adapted.encode(TEXTS)
    make_trainer(adapted, make_batches(adapted, tmp_path, count=4), tmp_path, learning_rate=0.02).train()
    trained = adapted.eval().encode(TEXTS)
    assert np.abs(trained - start).max() > 1e-3
    merge_lora(adapted)
    np.testing.assert_allclose(adapted.encode(TEXTS), trained, atol=1e-5)
    assert not [name for name in adapted.state_dict() if "lora" in name]
    adapted.save_pretrained(str(tmp_path / "model"), create_model_card=False)
    assert not list((tmp_path / "model").rglob("adapter_*"))
    loaded = SentenceTransformer(str(tmp_path / "model"), device="cpu")
    assert loaded.state_dict().keys() == toy_student("transformer").state_dict().keys()
    np.testing.assert_allclose(loaded.encode(TEXTS), trained, atol=1e-5)


def test_low_rank_updates_resume(tmp_path):
    def run(folder, *, stop=None, resume=None):
        torch.manual_seed(0)
        model = toy_student("transformer")
        add_lora(model, LoraSettings(rank=2, dropout=0.1))
        trainer = make_trainer(
            model,
            make_batches(model, tmp_path, count=6),
            folder,
            save_strategy="steps",
            save_steps=2,
            callbacks=[] if stop is None else [AtStep(stop)],
        )
        trainer.train(resume_from_checkpoint=resume)
        return weights(model)

    whole = run(tmp_path / "whole")
    run(tmp_path / "parts", stop=3)
    assert same_weights(run(tmp_path / "parts", resume=newest(tmp_path / "parts")), whole)


def test_the_best_low_rank_updates_are_what_is_left(adapted, tmp_path):
    evaluator = Rising([0.9, 0.1])
    batches = make_batches(adapted, tmp_path, count=4)
    make_trainer(adapted, batches, tmp_path, evaluator=evaluator, learning_rate=0.02, **with_evaluation()).train()
    assert same_weights(weights(adapted), evaluator.models[0])


def test_low_rank_updates_are_for_transformers():
    with pytest.raises(TrainingError, match="this student is a StaticEmbedding"):
        add_lora(toy_student("static"), LoraSettings())


def test_a_merge_without_updates_does_nothing():
    model = toy_student("transformer")
    before = weights(model)
    merge_lora(model)
    assert same_weights(weights(model), before)


def test_soft_labels_are_described_in_the_log(tmp_path, caplog):
    model = toy_student("static")
    batches = make_batches(model, tmp_path, count=3, teacher=random_teacher(6))
    trainer = make_trainer(model, batches, tmp_path, objective=presets.soft_multiway(temperature=0.1))
    with caplog.at_level(logging.WARNING):
        trainer.train()
    entry = next(entry for entry in trainer.state.log_history if "loss" in entry)
    told = {name: value for name, value in entry.items() if name.startswith("label") or "floor" in name or "kl" in name}
    assert len(told) >= 3, entry
    assert all(isinstance(value, float) and math.isfinite(value) for value in told.values())


def test_parts_of_the_loss_are_in_the_log(tmp_path):
    model = toy_student("transformer")
    batches = make_batches(model, tmp_path, count=2, teacher=random_teacher(16))
    trainer = make_trainer(model, batches, tmp_path, objective=presets.multiway() + 0.5 * presets.mse_distillation())
    trainer.train()
    for entry in trainer.state.log_history[:2]:
        assert entry["loss"] == pytest.approx(entry["contrast"] + entry["distillation"], abs=1e-3)


def test_a_static_encoder_has_sparse_gradients_and_no_projection(tmp_path):
    model = toy_student("static")
    batches = make_batches(model, tmp_path, count=1, teacher=random_teacher(6))
    sum(EncoderLoss(model, presets.multiway())(batches[0]["cells"]).values()).backward()
    assert not model[0].embedding.weight.grad.is_sparse
    trainer = make_trainer(model, batches, tmp_path, objective=presets.mse_distillation(projection=(16, 6)))
    with pytest.raises(TrainingError, match="Choose a student whose dimension is the teacher's"):
        trainer.train()


def test_only_rows_of_tokens_that_were_seen_move(tmp_path):
    model = toy_student("static")
    before = weights(model)
    batches = make_batches(model, tmp_path, count=1)
    make_trainer(model, batches, tmp_path).train()
    seen = set(batches[0]["cells"].features[0]["input_ids"].tolist())
    moved = (weights(model)["0.embedding.weight"] != before["0.embedding.weight"]).any(dim=1)
    assert set(moved.nonzero().flatten().tolist()) <= seen
    assert moved.any()


def test_a_step_over_sub_batches_follows_the_dense_gradient(tmp_path):
    model = toy_student("transformer", dropout=False)
    batches = make_batches(model, tmp_path, count=1, sub_batch=4)
    sum(EncoderLoss(model, presets.multiway())(batches[0]["cells"]).values()).backward()
    gradients = {name: 0.0 if one.grad is None else one.grad.clone() for name, one in model.named_parameters()}
    expected = {name: one.detach() - 0.1 * gradients[name] for name, one in model.named_parameters()}
    model.zero_grad()
    make_trainer(model, batches, tmp_path, optim="sgd", learning_rate=0.1, max_grad_norm=0.0).train()
    assert not any(getattr(module, "sparse", False) for module in model.modules())
    for name, one in model.named_parameters():
        torch.testing.assert_close(one.detach(), expected[name])


def test_a_trained_static_encoder_can_be_trained_by_others(tmp_path):
    """Sparse gradients are the trainer's affair: other optimizers do not take them."""
    model = toy_student("static")
    make_trainer(model, make_batches(model, tmp_path, count=1), tmp_path).train()
    model(model.preprocess(TEXTS))["sentence_embedding"].sum().backward()
    torch.optim.AdamW(model.parameters()).step()


def test_other_losses_are_refused(tmp_path):
    class Pairwise(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

    model = toy_student("static")
    trainer = make_trainer(model, make_batches(model, tmp_path, count=1), tmp_path)
    with pytest.raises(TrainingError, match="need an EncoderLoss, not a Pairwise"):
        MultiwayTrainer(model, trainer.args, trainer.batches, Pairwise(model)).train()
