"""What holds for every task that has rows or pairs for data: a value is the mean of its samples' statistics."""

import numpy as np
import pytest

from evaluation.encoders import noisy_encoder
from evaluation.samples import check_samples
from interlingua.corpus import Corpus
from interlingua.evaluation import compare, evaluate, make_task
from interlingua.evaluation.tatoeba import Tatoeba
from interlingua.types import Row

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")


def rows():
    rng = np.random.default_rng(0)
    for i in range(40):
        texts = {language: f"{language} {i}" for language in LANGUAGES}
        kept = {k: v for k, v in texts.items() if k == "eng_Latn" or rng.random() < 0.9}
        yield Row(kept, {"_label": "ab"[i % 2], "_split": "dev" if i % 4 else "train"})


def a_corpus(folder):
    from interlingua.corpus import write_corpus

    write_corpus(rows(), folder)
    return str(folder)


@pytest.mark.parametrize(
    ("task", "settings"),
    [
        ("retrieval", {}),
        ("retrieval", {"match": "index", "pairs": "all-pairs"}),
        ("xsim", {"pairs": "all-pairs"}),
        ("xsim", {"margin": "distance"}),
        ("tatoeba", {"groups": []}),
        ("tatoeba", {"protocol": "mteb", "groups": []}),
    ],
)
def test_values_are_the_means_of_their_samples_and_encoders_are_compared(tmp_path, task, settings):
    asked = make_task(task, a_corpus(tmp_path / "rows"), **settings)
    one, other = (evaluate(noisy_encoder(list(rows()), seed=seed), [asked]) for seed in (0, 1))
    assert check_samples(one) == len(one)
    found = compare(one, other, draws=200)
    assert len(found) == len(one)
    assert all(not comparison.note for comparison in found)


def test_groups_of_languages_carry_their_samples():
    corpus = Corpus.from_rows(
        [
            Row({code: f"{code} {i}" for code in ("eng_Latn", "kaz_Cyrl", "tel_Telu", "kat_Geor", "jav_Latn")})
            for i in range(20)
        ]
    )
    encoder = noisy_encoder(list(corpus.rows()))
    scores = list(Tatoeba(corpus, groups=("wacse4", "wacse5")).run(encoder))
    assert check_samples(scores) == len(scores) - 1, "wacse5 lacks Tagalog"


def test_a_folder_of_similarity_sets_is_a_task(tmp_path):
    for pair, texts in (("en", ("one", "uno")), ("de-en", ("eins", "one"))):
        (tmp_path / "STS22" / pair).mkdir(parents=True)
        lines = [
            f'{{"sentence1": "{texts[0]} {i}", "sentence2": "{texts[1]} {i % 5}", "score": {i % 4}}}' for i in range(12)
        ]
        (tmp_path / "STS22" / pair / "test.jsonl").write_text("\n".join(lines), encoding="utf-8")
    folder = str(tmp_path / "STS22")
    asked = make_task("sts", folder)
    assert asked.name == "sts:STS22+STS22:deu-eng"
    assert [one.languages for one in make_task("sts", folder, pairs=[("en", "de")]).sets] == [("deu_Latn", "eng_Latn")]
    assert [one.languages for one in make_task("sts", folder, languages=["en"]).sets] == [("eng_Latn", "eng_Latn")]
    texts = [
        Row({code: text})
        for one in asked.sets
        for code, side in zip(one.languages, (one.source, one.target), strict=True)
        for text in side
    ]
    scores = evaluate(noisy_encoder(texts), [asked])
    assert check_samples(scores) == 3
