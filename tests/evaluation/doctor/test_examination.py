import json
import random

import numpy as np
import pytest

from evaluation.doctor.patients import (
    Ill,
    changed,
    direction,
    healthy,
    rows,
    table,
    telugu_as_bytes,
    transformer,
    with_table,
    without_telugu,
)
from interlingua.corpus import Corpus, ScoredPairs
from interlingua.encoder import FunctionEncoder
from interlingua.errors import EvaluationError
from interlingua.evaluation import examine
from interlingua.types import Row


def collapsed():
    noise = np.random.default_rng(0)
    constant = Ill(healthy(), lambda v, language, texts: direction(0) + 1e-5 * noise.normal(size=v.shape))
    return examine(constant, rows())


def leaked():
    return examine(healthy(), rows(), train=[rows("train"), changed(rows(), lambda all_rows: all_rows[::3])])


def doubled():
    twice = changed(rows(), lambda all_rows: all_rows + [Row(row.texts) for row in all_rows[::4]])
    return examine(healthy(), twice)


def shuffled():
    def shuffle(all_rows):
        texts = [row.texts["deu_Latn"] for row in all_rows]
        random.Random(0).shuffle(texts)
        return [Row({**row.texts, "deu_Latn": text}) for row, text in zip(all_rows, texts, strict=True)]

    return examine(healthy(), changed(rows(), shuffle))


def mistranslated():
    def scramble(all_rows):
        draw = random.Random(0)
        words = [word for row in all_rows for word in row.texts["swh_Latn"].split()]
        return [Row({**row.texts, "swh_Latn": " ".join(draw.choices(words, k=7))}) for row in all_rows]

    return examine(healthy(), changed(rows(), scramble))


def with_language_vectors():
    return examine(Ill(healthy(), lambda v, language, texts: v + direction(len(language) + ord(language[0]))), rows())


def with_a_common_vector():
    return examine(Ill(healthy(), lambda v, language, texts: v + 4 * direction(1)), rows())


def with_a_hub():
    def plant(vectors, language, texts):
        moved = vectors + 0.6 * direction(1)
        moved[0] = moved.mean(axis=0)
        return moved

    return examine(Ill(healthy(), plant), rows())


def randomised():
    noise = np.random.default_rng(0).normal(size=table().shape)
    return examine(with_table(noise), rows(), base=healthy())


def of_a_longer_teacher():
    return examine(with_table(table(), unit=True), rows(), teacher=with_table(20 * table()))


def longer_than_its_teacher():
    return examine(with_table(20 * table()), rows(), teacher=with_table(table(), unit=True))


FAULTS = {
    collapsed: ("collapse", ()),
    leaked: ("contamination", ()),
    doubled: ("duplicates", ()),
    lambda: examine(without_telugu(), rows()): ("vocabulary", ("tel_Telu",)),
    lambda: examine(telugu_as_bytes(), rows()): ("fertility", ("tel_Telu",)),
    lambda: examine(transformer(4), rows()): ("truncation", None),
    shuffled: ("misplaced", ("deu_Latn",)),
    mistranslated: ("weak-language", ("swh_Latn",)),
    with_language_vectors: ("leakage", ()),
    with_a_common_vector: ("anisotropy", ()),
    with_a_hub: ("hubs", None),
    randomised: ("forgetting", None),
    of_a_longer_teacher: ("norms", ()),
    longer_than_its_teacher: ("norms", ()),
}


@pytest.mark.parametrize("fault", FAULTS, ids=[name for name, _ in FAULTS.values()])
def test_a_planted_fault_is_the_first_advice(fault):
    diagnosis = fault()
    told, languages = FAULTS[fault]
    first = diagnosis.advice[0]
    assert first.diagnosis == told, str(diagnosis)
    assert languages is None or first.languages == languages
    assert str(diagnosis).splitlines()[2].startswith(f"1. {told} ({'severe' if first.severe else 'notable'}; ")
    assert json.loads(json.dumps(diagnosis.as_dict(), allow_nan=False))["advice"][0]["diagnosis"] == told


def test_a_healthy_encoder_gets_none():
    diagnosis = examine(healthy(), rows(), base=healthy(), teacher=healthy(), train=rows("train"))
    assert diagnosis.advice == (), str(diagnosis)
    assert "Nothing to complain about." in str(diagnosis)
    assert diagnosis.cannot == ()


def test_numbers_carry_their_conditions():
    diagnosis = examine(healthy(), rows(), max_rows=60)
    assert diagnosis.rows == 60
    assert {score.task.partition(":")[0] for score in diagnosis.scores} == {"doctor"}
    assert all(score.signature and score.n for score in diagnosis.scores)
    assert "rows:60|neighbours:10" in diagnosis.scores[-1].signature
    assert "NaN" not in json.dumps(diagnosis.as_dict())


def test_what_other_encoders_do_not_show_is_said():
    function = FunctionEncoder(healthy().encode, name="a function")
    diagnosis = examine(function, rows(), teacher=healthy(), train=Corpus.from_rows([Row({"fra": "a", "nld": "b"})]))
    assert diagnosis.advice == ()
    assert diagnosis.cannot == (
        "tokens, unknown words and truncation: FunctionEncoder has no tokenizer to look at",
        "train/test contamination: rows has none of the languages",
        "norm mismatch with the teacher: both must be SentenceTransformers",
    )
    assert "Not told\n  tokens, unknown words" in str(diagnosis)
    assert not any(score.metric in ("unknown", "cut") for score in diagnosis.scores)


def test_rows_with_holes_are_asked_about_as_far_as_they_go():
    def thin(all_rows):
        kept = [
            Row({k: t for k, t in row.texts.items() if k != "tel_Telu" or i == 0}) for i, row in enumerate(all_rows)
        ]
        return [*kept, Row({"eng_Latn": "Alone."})]

    diagnosis = examine(healthy(), changed(rows(), thin))
    assert diagnosis.rows == len(rows())
    assert diagnosis.advice == ()
    assert diagnosis.cannot[0].startswith("pairs that share fewer than 2 rows: eng_Latn-tel_Telu, ")


def test_similarity_decides_what_was_forgotten():
    texts = [text for text in rows().texts("eng_Latn") if text]
    cosine = np.sum(healthy().encode(texts[:80]) * healthy().encode(texts[80:160]), axis=1)
    pairs = ScoredPairs(
        source=texts[:80], target=texts[80:160], scores=cosine, languages=("eng_Latn", "eng_Latn"), name="as the base"
    )
    found = examine(
        Ill(healthy(), lambda v, language, texts: v[:, ::-1] * direction(3)), rows(), base=healthy(), similarity=pairs
    )
    change = {score.languages: score for score in found.scores if score.metric == "sts_change"}
    assert found.advice[0].metric == "sts_change"
    assert change["eng_Latn",].value < -0.1
    same = examine(healthy(), rows(), base=healthy(), similarity=[pairs])
    assert same.advice == ()
    assert next(score.value for score in same.scores if score.metric == "sts") == pytest.approx(1)


def test_copies_are_looked_for_in_all_rows():
    doubled = changed(rows(), lambda all_rows: all_rows + [Row(row.texts) for row in all_rows])
    copies = next(s for s in examine(healthy(), doubled, max_rows=50).scores if s.metric == "duplicate_rows")
    assert (copies.value, copies.n) == (0.5, 340)


def test_input_that_cannot_be_examined_is_told():
    with pytest.raises(EvaluationError, match="no pair of languages shares 2 rows"):
        examine(healthy(), Corpus.from_rows([Row({"eng": "a", "deu": "b"}), Row({"eng": "c"})]))
    with pytest.raises(EvaluationError, match="makes no pair"):
        examine(healthy(), rows().select(["eng"]))
    with pytest.raises(EvaluationError, match="max_rows is 1"):
        examine(healthy(), rows(), max_rows=1)
    broken = Ill(healthy(), lambda v, language, texts: v * np.nan)
    with pytest.raises(EvaluationError, match="not finite"):
        examine(broken, rows())


def test_two_rows_are_enough_to_say_little():
    diagnosis = examine(healthy(), changed(rows(), lambda all_rows: all_rows[:2]))
    assert diagnosis.rows == 2
    assert "found" in str(diagnosis)
