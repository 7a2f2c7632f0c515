"""Makers of tasks on bitext: what the command line and recipes say becomes the task that is meant."""

import pytest

from interlingua.errors import EvaluationError
from interlingua.evaluation import BuccMining, BuccRetrieval, make_task


def test_settings_reach_the_tasks_on_rows():
    xsim = make_task("xsim", "phrasebook", split="test", languages=["en", "de", "te"], pairs="all-pairs", k=2)
    assert (xsim.name, len(xsim.pairs), xsim.k) == ("xsim:phrasebook/test", 6, 2)
    assert make_task("xsim", "phrasebook", pairs="xx-en", languages=["en", "de"]).pairs == [("deu_Latn", "eng_Latn")]
    tatoeba = make_task("tatoeba", "phrasebook", protocol="mteb", groups=["wacse4"])
    assert (tatoeba.name, tatoeba.groups) == ("tatoeba-mteb:phrasebook", ("wacse4",))


def test_copies_are_made_of_the_split_that_is_asked_for():
    task = make_task("xsim++", "phrasebook", split="test", margin="distance")
    assert (task.name, task.margin) == ("xsim++:phrasebook/test", "distance")
    assert {one.original for one in task.negatives} <= set(task.corpus.texts("eng"))
    with pytest.raises(EvaluationError, match="of English only"):
        make_task("xsim++", "phrasebook", target="de")


@pytest.mark.parametrize("protocol", ["laser", "xtreme", "oracle", "mteb-v1", "mteb-v2"])
def test_every_protocol_of_bucc_has_its_task(tmp_path, protocol):
    for split in ("sample", "training"):
        for suffix, line in (("de", "de-1\tEins."), ("en", "en-1\tOne."), ("gold", "de-1\ten-1")):
            (tmp_path / f"de-en.{split}.{suffix}").write_text(f"{line}\n", "utf-8")
    task = make_task("bucc", str(tmp_path), protocol=protocol)
    assert task.name.startswith(f"bucc-{protocol}:")
    assert isinstance(task, BuccRetrieval if protocol.startswith("mteb") else BuccMining)


@pytest.mark.parametrize(
    ("task", "settings", "message"),
    [
        ("xsim", {"margin": "median"}, "margin"),
        ("bucc", {"split": "training"}, "split is for"),
        ("tatoeba", {"protocol": "xtreme"}, "protocol"),
    ],
)
def test_wrong_settings_are_refused(task, settings, message):
    with pytest.raises(EvaluationError, match=message):
        make_task(task, "phrasebook", **settings)
