"""A finished run without training: invented rows, two invented encoders, and the files that a run leaves behind."""

import json

import numpy as np
import yaml

from interlingua.corpus import Corpus
from interlingua.evaluation import TranslationRetrieval, evaluate, scores_to_json
from interlingua.evaluation.samples import save_samples
from interlingua.report import choose_subjects, corpus_coverage, evidence_to_json, make_evidence, observe
from interlingua.types import Row

NASTY = '<script>alert("x")</script>'
WORDS = {
    "eng_Latn": ["red", "blue", "green", "sun", "moon", "tree", "$a$", NASTY],
    "arb_Arab": ["أحمر", "أزرق", "أخضر", "شمس", "قمر", "شجرة", "ثمن", "نص"],
    "jpn_Jpan": ["赤い", "青い", "緑の", "太陽", "月夜", "樹木", "値段", "文字"],
}


def rows(count=30, seed=0):
    draw = np.random.default_rng(seed)
    meanings = [draw.choice(8, size=4, replace=False) for _ in range(count)]
    return [Row({code: " ".join(words[i] for i in one) for code, words in WORDS.items()}) for one in meanings]


class Noisy:
    """Vectors of meanings with noise: the more, the worse it finds translations. Japanese stands apart."""

    def __init__(self, noise, name="noisy", apart=0.0):
        self.noise, self.name, self.apart = noise, name, apart

    @property
    def fingerprint(self):
        return f"{self.name}-{self.noise}"

    def encode(self, texts, *, language=None):
        place = {word: i for words in WORDS.values() for i, word in enumerate(words)}
        made = []
        for text in texts:
            weights = np.zeros(9)
            for rank, word in enumerate(text.split()):
                weights[place[word]] += 1 + 0.3 * rank
            weights[8] = self.apart * (language == "jpn_Jpan")
            seed = sum(map(ord, f"{language}{text}"))
            made.append(weights + self.noise * np.random.default_rng(seed).normal(size=9))
        vectors = np.array(made, dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def make_run(
    folder, *, name="invented", noise=(1.5, 0.1), about="A run that nobody made.", count=30, model=None, evidence=True
):
    """Write a run folder; ``noise`` of the encoder before and after."""
    folder.mkdir(parents=True)
    corpus = Corpus.from_rows(rows(count), name="invented/test")
    tasks = [
        TranslationRetrieval(corpus, name=f"retrieval:{NASTY}"),
        TranslationRetrieval(corpus, pairs=[("arb", "jpn")], name="far"),
    ]
    encoders = {"before": Noisy(noise[0], apart=2.0), "after": Noisy(noise[1])}
    scores = {side: evaluate(encoder, tasks) for side, encoder in encoders.items()}
    (folder / "scores.json").write_text(scores_to_json(**scores))
    save_samples(folder / "samples.parquet", **scores)
    if evidence:
        (folder / "evidence.json").write_text(make_shown(corpus, encoders, model), encoding="utf-8")
    recipe = {
        "name": name,
        "about": about,
        "student": {"model": None, "kind": "static"},
        "corpus": [{"data": NASTY, "split": "train", "weight": 1.0}],
        "readings": {NASTY: f"Said {NASTY} here."},
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True), encoding="utf-8")
    facts = {"version": "0.1.0", "seed": 1, "rows": count, "languages": list(WORDS), "seconds": 1.5}
    (folder / "run.json").write_text(json.dumps(facts))
    log = [{"step": s, "loss": 2.0 / s, "contrast": 1.5 / s, "words": 0.5 / s, "learning_rate": 0.1} for s in (1, 2, 4)]
    log.append({"step": 4, "eval_dev_mean": 0.5})
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log))
    return folder


def make_shown(corpus, encoders, model):
    """The evidence of two encoders, as JSON."""
    subjects = choose_subjects(corpus)
    seen = {side: observe(subjects, encoder, model) for side, encoder in encoders.items()}
    evidence = make_evidence(subjects, seen["before"], seen["after"])
    hashes = np.arange(1, len(WORDS) * len(corpus) + 1).reshape(-1, len(WORDS))
    return evidence_to_json({**evidence, "coverage": corpus_coverage(hashes, subjects.languages, sources={NASTY: 3})})
