"""BUCC's protocols on planted piles, against loops that follow the published procedure."""

import math

import numpy as np
import pytest

from evaluation.encoders import TableEncoder
from interlingua.corpus.bucc import read_bucc
from interlingua.errors import CorpusError, EvaluationError
from interlingua.evaluation import BuccMining, BuccRetrieval
from interlingua.evaluation.bucc import best_threshold
from interlingua.mining import mine


class World:
    """Piles on disk and vectors for them: true pairs lie near each other, the rest anywhere."""

    def __init__(self, folder, *, seed=0, noise=0.9, copies=True):
        self.folder, self.copies = folder, copies
        self.rng = np.random.default_rng(seed)
        self.vectors = {"deu_Latn": {}, "fra_Latn": {}, "eng_Latn": {}}
        for other, code in (("de", "deu_Latn"), ("fr", "fra_Latn")):
            for split, pairs, lonely in (("sample", 15, 20), ("training", 25, 40)):
                self._write(other, code, split, pairs, lonely, noise)
        self.encoder = TableEncoder(self.vectors)

    def _write(self, other, code, split, pairs, lonely, noise):
        lines = {other: [], "en": [], "gold": []}
        for i in range(pairs):
            meaning = self.rng.normal(size=10) + 0.8
            self.vectors[code][f"{split} {i}"] = meaning + 0.5 * noise * self.rng.normal(size=10)
            self.vectors["eng_Latn"][f"{other} {split} {i}"] = meaning + 0.5 * noise * self.rng.normal(size=10)
            lines[other].append(f"{other}-{i:03d}\t{split} {i}")
            lines["en"].append(f"en-{i:03d}\t{other} {split} {i}")
            lines["gold"].append(f"{other}-{i:03d}\ten-{i:03d}")
        for i in range(lonely):
            self.vectors[code][f"{split} alone {i}"] = self.rng.normal(size=10) + 0.8
            self.vectors["eng_Latn"][f"{other} {split} alone {i}"] = self.rng.normal(size=10) + 0.8
            lines[other].append(f"{other}-{i + 500:03d}\t{split} alone {i}")
            lines["en"].append(f"en-{i + 500:03d}\t{other} {split} alone {i}")
        if self.copies:  # a true sentence and a lonely one that occur twice
            lines["en"].append(f"en-900\t{other} {split} 3")
            lines[other].append(f"{other}-901\t{split} alone 1")
        for suffix, rows in lines.items():
            shuffled = [rows[i] for i in self.rng.permutation(len(rows))]
            (self.folder / f"{other}-en.{split}.{suffix}").write_text("".join(f"{row}\n" for row in shuffled), "utf-8")


def naive_candidates(world, other, code, split, *, unify):
    """Candidate pairs of identifiers with their score, by text as LASER's tools do, or by line."""
    sides = []
    for suffix, language in ((other, code), ("en", "eng_Latn")):
        lines = (world.folder / f"{other}-en.{split}.{suffix}").read_text("utf-8").splitlines()
        pairs = [line.split("\t") for line in lines]
        texts = [text for _, text in pairs]
        if unify:
            texts = list(dict.fromkeys(texts))
        names = [[name for name, own in pairs if own == text] for text in texts] if unify else [[n] for n, _ in pairs]
        sides.append((texts, names, np.array([world.vectors[language][text] for text in texts], dtype=np.float32)))
    mined = mine(sides[0][2], sides[1][2])
    found = {}
    for i, j, score in zip(mined.source, mined.target, mined.score, strict=True):
        if len(sides[0][1][i]) == len(sides[1][1][j]) == 1:
            found[sides[0][1][i][0], sides[1][1][j][0]] = score
    gold = {
        tuple(line.split("\t")) for line in (world.folder / f"{other}-en.{split}.gold").read_text("utf-8").splitlines()
    }
    return found, gold


def naive_threshold(found, gold):
    items = sorted(found.items(), key=lambda item: -item[1])
    best, threshold, correct = 0.0, -math.inf, 0
    for i, (pair, score) in enumerate(items):
        correct += pair in gold
        f1 = 2 * correct / (i + 1 + len(gold))
        if f1 > best:
            best, threshold = f1, score if i + 1 == len(items) else (score + items[i + 1][1]) / 2
    return threshold


def naive_measures(found, gold, threshold):
    extracted = {pair for pair, score in found.items() if score >= threshold}
    right = len(extracted & gold)
    precision, recall = right / len(extracted), right / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("protocol", "tune", "report", "unify"),
    [
        ("laser", "training", "training", True),
        ("xtreme", "sample", "training", False),
        ("oracle", "sample", "sample", False),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_mining_is_the_published_procedure(tmp_path, protocol, tune, report, unify, seed):
    world = World(tmp_path, seed=seed)
    scores = list(BuccMining(tmp_path, protocol=protocol).run(world.encoder))
    assert [score.metric for score in scores] == [*["precision", "recall", "f1"] * 2, "macro_f1"]
    expected = []
    for other, code in (("de", "deu_Latn"), ("fr", "fra_Latn")):
        threshold = naive_threshold(*naive_candidates(world, other, code, tune, unify=unify))
        expected.append(naive_measures(*naive_candidates(world, other, code, report, unify=unify), threshold))
        three = [score for score in scores if score.languages == (code, "eng_Latn")]
        assert [score.value for score in three] == pytest.approx(list(expected[-1]))
        assert three[-1].note == f"threshold {threshold:.4f}, chosen on {other}-en.{tune}"
        assert all(score.low <= score.value <= score.high for score in three)
        assert f"|split:{report}|protocol:{protocol}|threshold:{tune}|" in three[0].signature
    assert scores[-1].value == pytest.approx(np.mean([f1 for *_, f1 in expected]))
    assert 0.1 < scores[-1].value < 0.99, "all or nothing is found, so the test would be vacuous"
    for score in scores:
        ratios = [sample.items[:, 0].sum() / sample.items[:, 1].sum() for sample in score.samples]
        assert score.value == pytest.approx(np.mean(ratios), abs=1e-12)


def test_protocols_are_told_apart_by_name_and_signature(tmp_path):
    world = World(tmp_path)
    tasks = [BuccMining(tmp_path, protocol=protocol) for protocol in ("laser", "xtreme", "oracle")]
    tasks += [BuccRetrieval(tmp_path, version=version) for version in ("v1", "v2")]
    scores = [list(task.run(world.encoder))[-1] for task in tasks]
    assert len({score.task for score in scores}) == len({score.signature for score in scores}) == 5
    values = {task.name.split(":")[0]: score.value for task, score in zip(tasks, scores, strict=True)}
    assert set(values) == {"bucc-laser", "bucc-xtreme", "bucc-oracle", "bucc-mteb-v1", "bucc-mteb-v2"}
    assert values["bucc-mteb-v2"] > values["bucc-mteb-v1"]


@pytest.mark.parametrize(("copies", "found"), [(True, 0.0), (False, 1.0)])
def test_a_repeated_sentence_is_never_extracted_by_laser(tmp_path, copies, found):
    world = World(tmp_path, noise=0.01, copies=copies)
    recall = list(BuccMining(tmp_path, protocol="laser").run(world.encoder))[1]
    line = read_bucc(tmp_path, "de", "en", "training").source.index("training 3")
    assert recall.samples[0].items[line].tolist() == [found, 1.0]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_retrieval_is_accuracy_and_weighted_f1_over_gold_sources(tmp_path, version):
    from sklearn.metrics import f1_score

    world = World(tmp_path, noise=1.2)
    scores = list(BuccRetrieval(tmp_path, version=version).run(world.encoder))
    assert [score.metric for score in scores] == ["accuracy", "f1", "accuracy", "f1", "macro_accuracy", "macro_f1"]
    expected = []
    for other, code in (("de", "deu_Latn"), ("fr", "fra_Latn")):
        piles = read_bucc(tmp_path, other, "en", "training")
        pool = list(range(len(piles.target))) if version == "v1" else sorted(piles.gold[:, 1].tolist())
        vectors = [world.vectors["eng_Latn"][piles.target[j]].astype(np.float32).astype(float) for j in pool]
        chosen = []
        for i in piles.gold[:, 0]:
            query = world.vectors[code][piles.source[i]].astype(np.float32).astype(float)
            cosines = [np.dot(query, one) / np.linalg.norm(query) / np.linalg.norm(one) for one in vectors]
            chosen.append(pool[int(np.argmax(np.round(cosines, 12)))])
        labels = piles.gold[:, 1]
        expected.append((np.mean(chosen == labels), f1_score(labels, chosen, average="weighted", zero_division=0)))
    pairs = [(scores[0].value, scores[1].value), (scores[2].value, scores[3].value)]
    np.testing.assert_allclose(pairs, expected)
    assert scores[-1].value == pytest.approx(np.mean([f1 for _, f1 in expected]))
    assert scores[0].n == 25
    assert 0.1 < scores[-1].value < 0.99


def test_only_gold_sources_are_encoded_for_retrieval(tmp_path):
    world = World(tmp_path)
    list(BuccRetrieval(tmp_path, languages=["de", "en"]).run(world.encoder))
    assert len(world.encoder.asked[0][1]) == 25
    assert not any("alone" in text for text in world.encoder.asked[0][1])


def test_where_nothing_is_right_everything_is_extracted_and_f1_is_zero(tmp_path):
    world = World(tmp_path, copies=False)
    found, _ = naive_candidates(world, "de", "deu_Latn", "sample", unify=False)
    other = next(name for name in ("en-001", "en-002") if ("de-000", name) not in found)
    (tmp_path / "de-en.sample.gold").write_text(f"de-000\t{other}\n", "utf-8")
    scores = list(BuccMining(tmp_path, protocol="oracle", languages=["de", "en"]).run(world.encoder))
    assert [score.value for score in scores] == [0.0, 0.0, 0.0]
    assert scores[-1].note == "no threshold: no mined pair of de-en.sample is true"


def test_a_margin_that_is_not_defined_says_so(tmp_path):
    world = World(tmp_path)
    flipped = {
        language: {text: (-1 if language == "eng_Latn" else 1) * np.abs(vector) for text, vector in column.items()}
        for language, column in world.vectors.items()
    }
    scores = list(BuccMining(tmp_path).run(TableEncoder(flipped)))
    assert all(math.isnan(score.value) for score in scores)
    assert "use margin distance" in scores[0].note
    assert scores[-1].note == "undefined, 0 of 2 present"
    assert math.isfinite(list(BuccMining(tmp_path, margin="distance").run(TableEncoder(flipped)))[-1].value)


@pytest.mark.parametrize(
    ("scores", "right", "gold", "expected"),
    [
        ([1.3, 1.2, 1.1, 1.0], [1, 1, 0, 0], 2, 1.15),
        ([1.3, 1.2, 1.1], [1, 1, 1], 3, 1.1),  # the best is the last: there is no next score
        ([1.3], [1], 1, 1.3),
        ([1.3, 1.2], [0, 0], 2, -math.inf),
        ([], [], 2, -math.inf),
        ([1.3, 1.2, 1.2, 1.0], [1, 1, 0, 0], 2, 1.1),  # equal scores cannot be parted
    ],
)
def test_thresholds(scores, right, gold, expected):
    found = best_threshold(np.array(scores, dtype=float), np.array(right, dtype=bool), gold=gold)
    assert found == pytest.approx(expected)


def test_what_a_threshold_promises_is_what_extracting_gives():
    rng = np.random.default_rng(0)
    for _ in range(50):
        scores = np.sort(rng.integers(0, 8, size=20) / 4)[::-1]
        right = rng.random(20) < 0.5
        threshold = best_threshold(scores, right, gold=12)
        kept = scores >= threshold
        f1 = 2 * right[kept].sum() / (kept.sum() + 12)
        others = [2 * right[scores >= one].sum() / ((scores >= one).sum() + 12) for one in set(scores)]
        assert f1 == pytest.approx(max(others))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda folder: BuccMining(folder, protocol="mteb"), EvaluationError, "'laser', 'xtreme' or 'oracle'"),
        (lambda folder: BuccMining(folder, margin="median"), EvaluationError, "one of ratio"),
        (lambda folder: BuccMining(folder, languages=["ru", "en"]), EvaluationError, "only de-en, fr-en"),
        (lambda folder: BuccRetrieval(folder, version="v3"), EvaluationError, "'v1' or 'v2'"),
        (lambda folder: BuccRetrieval(folder, split="test"), CorpusError, "it has sample, training"),
        (lambda folder: BuccMining(folder / "nowhere"), CorpusError, "there is no folder"),
    ],
)
def test_bad_settings_are_refused(tmp_path, make, error, message):
    World(tmp_path)
    with pytest.raises(error, match=message):
        make(tmp_path)
