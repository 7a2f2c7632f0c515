"""The study of word objectives: starts of a small contextual encoder, then TR, TR+AWP, TR+WTR, WACSE and DAP on it.

Needs $INTERLINGUA_DATA (sets ntrex and bible) and, for the links, the program eflomal. Every stage goes on where it was
stopped: what is finished is not done again.

    python examples/words/run.py static
    python examples/words/run.py starts
    python examples/words/run.py links
    python examples/words/run.py methods --seeds 1,2,3 --start table-mlm
    python examples/words/run.py aligners --span-model runs/wspalign/model/spans

The same on African news, from the same start (set mafand):

    python examples/words/run.py links --base mafand --output runs/words-mafand
    python examples/words/run.py methods --base mafand --output runs/words-mafand --starts runs/words
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from interlingua import evaluate, load_encoder, open_corpus, train
from interlingua.corpus import Corpus
from interlingua.evaluation import WordAlignment, WordRetrieval, headline_scores
from interlingua.evaluation.words import score_aligner
from interlingua.sbert import SentenceTransformer
from interlingua.training import load_recipe
from interlingua.training.sources import make_rows
from interlingua.types import Aligner, Score, Task, WordPair
from interlingua.words import (
    AlignedPairs,
    DiagonalAligner,
    Eflomal,
    LinkFolder,
    SpanAligner,
    WordAligner,
    align_corpus,
    load_word_encoder,
    open_alignments,
    word_pair,
)

HERE = Path(__file__).parent
TRANSFORMER = {"kind": "transformer", "layers": 2, "dimension": 256, "heads": 4, "max_length": 32}
PREDICTION = [{"preset": "masked_language_modelling"}, {"preset": "translation_language_modelling"}]
"""What an encoder learns to read with."""

GROUPS = {
    "base": {
        "high": ["fra_Latn", "spa_Latn", "por_Latn", "rus_Cyrl"],
        "low": ["tel_Telu", "mal_Mlym", "mar_Deva", "swh_Latn", "tgl_Latn"],
    },
    "mafand": {"low": ["hau_Latn", "ibo_Latn", "swh_Latn", "yor_Latn", "zul_Latn"]},
}
"""Languages whose words are looked at, with English, by the recipe that is shared."""

LAYERS = (1, 2)
RANKING = {"preset": "translation_ranking", "weight": 0.8}
METHODS = {
    "TR": [RANKING],
    "TR+AWP": [RANKING, {"preset": "aligned_word_prediction", "weight": 0.1}],
    "TR+WTR": [RANKING, {"preset": "word_translation_ranking", "weight": 0.1}],
    "WACSE": [
        RANKING,
        {"preset": "aligned_word_prediction", "weight": 0.1},
        {"preset": "word_translation_ranking", "weight": 0.1},
    ],
    "DAP": [RANKING, {"preset": "representation_translation", "weight": 0.08}],
}
"""DAP's weight is a tenth of its ranking's, as in its paper."""


def pretraining(runs: Path) -> dict[str, dict[str, Any]]:
    """Return what every start is trained with before translations are ranked; nothing where it is ranked at once."""
    table = {**TRANSFORMER, "initialise_from": str(runs / "static/model")}
    distilled = {"objective": {"preset": "cosine_distillation"}, "teacher": {"model": str(runs / "static/model")}}
    read = {"objective": PREDICTION, "batches": {"rows": 32}}
    return {
        "table": {"student": table},
        "mlm": {"student": {**TRANSFORMER, "vocabulary": 32_000}, **read, "steps": 250},
        "table-mlm": {"student": table, **read, "steps": 250},
        "table-distilled": {"student": table, **distilled, "steps": 250},
    }


def base(name: str, shared: str = "base", **changes: Any) -> dict[str, Any]:
    """Return the shared recipe with some of it changed."""
    content: dict[str, Any] = yaml.safe_load((HERE / f"{shared}.yaml").read_text(encoding="utf-8"))
    content["name"] = name
    if (steps := changes.pop("steps", None)) is not None:
        content["training"]["steps"] = steps
    content["batches"] |= changes.pop("batches", {})
    return content | changes


def static(runs: Path) -> None:
    """Train the static encoder that all starts take their token vectors from."""
    _run(yaml.safe_load((HERE / "static.yaml").read_text(encoding="utf-8")), runs / "static", seed=1)


def starts(runs: Path, names: list[str]) -> None:
    """Train every start, rank translations on it for as many steps, and print retrieval after both."""
    for name in names:
        settings = pretraining(runs)[name]
        student = settings["student"]
        more = 0
        if "objective" in settings:
            before = _run(base(f"start-{name}", **settings), runs / f"start-{name}", seed=1)
            student = {"model": str(runs / f"start-{name}/model")}
            _tell(f"{name}, before ranking", before)
        else:
            more = 250  # the time that others have spent before
        after = _run(base(f"ranked-{name}", student=student, steps=150 + more), runs / f"ranked-{name}", seed=1)
        _tell(f"{name}, ranked", after)


def links(runs: Path, shared: str) -> None:
    """Align the training rows, and all of NTREX for the test of words on its dev rows, with eflomal."""
    recipe = load_recipe(base("links", shared, student={"kind": "static"}))
    for name, corpus in (("train", make_rows(recipe, runs / "rows").corpus), ("ntrex", _news(shared))):
        pairs = [("eng_Latn", other) for other in corpus.languages if other != "eng_Latn"]
        aligner = Eflomal(symmetrise="intersection")
        folder = align_corpus(corpus, aligner, runs / f"links-{name}", pairs=pairs, resume=True)
        print(json.dumps({"links": name, "pairs of sentences": len(folder)}), flush=True)


def _news(shared: str) -> Corpus:
    return open_corpus("ntrex").select(base("news", shared)["languages"])


def word_tasks(runs: Path, shared: str) -> list[Task]:
    """Return the tasks on words: silver links on dev news, gold links where there are any."""
    silver = LinkFolder.open(runs / "links-ntrex")
    corpus = _news(shared).select(split="dev")
    tasks: list[Task] = []
    for group, languages in GROUPS[shared].items():
        sets = [_aligned(corpus, silver, "eng_Latn", other) for other in languages]
        tasks.append(WordRetrieval(sets, max_pairs=200, name=f"words {group}"))
    if "high" not in GROUPS[shared]:
        return tasks
    gold = open_alignments(pairs=[("eng_Latn", other) for other in GROUPS[shared]["high"]], split="dev")
    settings: dict[str, Any] = {"match": "itermax", "unit": "word"}
    return tasks + [WordAlignment(gold, layer=layer, name=f"links layer {layer}", **settings) for layer in LAYERS]


def _aligned(corpus: Corpus, silver: LinkFolder, source: str, target: str) -> AlignedPairs:
    table = silver.table(source, target)
    pairs: list[WordPair] = []
    found = []
    for row in corpus.select([source, target]).rows():
        made = word_pair(row.texts[source], row.texts[target], languages=(source, target))
        pairs.append(made)
        found.append(table[row.meta["_id"]])
    return AlignedPairs(languages=(source, target), pairs=pairs, links=found, name="ntrex/dev")


def _run(content: dict[str, Any], place: Path, *, seed: int) -> Any:
    return train(content, output=place, seed=seed, resume=place.exists(), progress=False)


def _tell(name: str, result: Any) -> None:
    values = {score.task: round(100 * score.value, 1) for score in headline_scores(result.after)}
    print(json.dumps({"start": name, "seconds": round(result.seconds), **values}), flush=True)


def methods(runs: Path, start: Path, seeds: list[int], only: list[str], shared: str) -> None:
    """Train every method with every seed from one start; write a line of JSON for every score."""
    tasks = word_tasks(runs, shared)
    model = start / "model"
    scored = runs / "scores.jsonl"
    done = {tuple(json.loads(line)[key] for key in ("method", "seed")) for line in _lines(scored)}
    if "TR" in only and ("start", 0) not in done:
        _write(scored, "start", 0, 0.0, evaluate(load_encoder(str(model)), tasks))
    for seed in seeds:
        for name in only:
            if (name, seed) in done:
                continue
            student = {"model": str(model)}
            if (head := start / "head.safetensors").is_file():
                student["head"] = str(head)
            changes: dict[str, Any] = {"student": student, "objective": METHODS[name]}
            if "W" in name:
                changes["links"] = {"folder": str(runs / "links-train")}
            place = runs / f"{name.lower()}-{seed}"
            result = _run(base(name.lower(), shared, **changes), place, seed=seed)
            words = evaluate(load_encoder(str(place / "model")), tasks)
            _write(scored, name, seed, result.seconds, [*result.after, *words])


def aligners(runs: Path, span_model: str | None) -> None:
    """Score every aligner that runs here on all gold links; write a line of JSON for every score."""
    gold = open_alignments(split="dev")
    silver = {one.languages: one.pairs for one in open_alignments(split="train")}
    places = {
        "static": runs / "static/model",
        "after MLM, TLM": runs / "start-table-mlm/model",
        "after TR": runs / "tr-1/model",
        "after TR+WTR": runs / "tr+wtr-1/model",
        "after WACSE": runs / "wacse-1/model",
    }
    made: dict[str, Callable[[tuple[str, str]], Aligner]] = {
        "diagonal": lambda _: DiagonalAligner(),
        "eflomal": lambda pair: Eflomal(extra=silver.get(pair, ())),
    }
    for name, place in places.items():
        if place.is_dir():
            model = load_word_encoder(str(place))
            made[name] = partial(_encoder_aligner, model)
    if span_model is not None:
        made["span model"] = lambda _: SpanAligner(span_model)
    for name, make in made.items():
        for one in gold:
            scores = list(score_aligner(make(one.languages), one, name="aligners"))
            _write(runs / "aligners.jsonl", name, 1, 0.0, scores)


def _encoder_aligner(model: SentenceTransformer, _: tuple[str, str]) -> Aligner:
    return WordAligner(model, match="itermax", unit="word")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _write(path: Path, method: str, seed: int, seconds: float, scores: list[Score]) -> None:
    facts = {"method": method, "seed": seed, "seconds": round(seconds, 1)}
    lines = [json.dumps({**facts, **score.as_dict()}, ensure_ascii=False) + "\n" for score in scores]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    told = {score.task: round(100 * score.value, 1) for score in headline_scores(scores)}
    print(json.dumps({**facts, **told}), flush=True)


def main() -> None:
    """Do one stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=["static", "starts", "links", "methods", "aligners"])
    parser.add_argument("--only", nargs="+", help="some of the starts, or of the methods")
    parser.add_argument("--start", default="table-mlm", help="what the methods begin with")
    parser.add_argument("--span-model", help="for aligners: a model that train_wspalign.py has left")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--base", default="base", choices=GROUPS, help="the recipe that links and methods share")
    parser.add_argument("--output", type=Path, default=Path("runs/words"))
    parser.add_argument("--starts", type=Path, help="where the start is; the output unless given")
    arguments = parser.parse_args()
    if arguments.stage == "static":
        static(arguments.output)
    elif arguments.stage == "links":
        links(arguments.output, arguments.base)
    elif arguments.stage == "aligners":
        aligners(arguments.output, arguments.span_model)
    elif arguments.stage == "methods":
        seeds = [int(seed) for seed in arguments.seeds.split(",")]
        start = (arguments.starts or arguments.output) / f"start-{arguments.start}"
        methods(arguments.output, start, seeds, arguments.only or list(METHODS), arguments.base)
    else:
        starts(arguments.output, arguments.only or list(pretraining(arguments.output)))


if __name__ == "__main__":
    main()
