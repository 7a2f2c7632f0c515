"""A map of words: input embeddings of words of high- and low-resource languages, before and after word-level training.

The figure of the WACSE paper (t-SNE of 500 words drawn by frequency, vectors from the input embedding table, mean over
subwords), here for the encoders that run.py has left. Dots carry no words. Needs matplotlib.

    python examples/words/map.py --output docs/results/words.svg
"""

import argparse
from collections import Counter
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from interlingua import Corpus, load, open_corpus
from interlingua.words.lexicon import form_vectors
from interlingua.words.segment import segment

mpl.use("svg")
from matplotlib import pyplot as plt

GROUPS = {
    "high-resource": ["eng_Latn", "fra_Latn", "spa_Latn", "por_Latn", "rus_Cyrl"],
    "low-resource": ["tel_Telu", "mal_Mlym", "mar_Deva", "swh_Latn", "tgl_Latn"],
}
COLOURS = {"high-resource": ("#b2182b", "o"), "low-resource": ("#2166ac", "^")}


def frequent(corpus: Corpus, language: str, count: int, random: np.random.Generator) -> list[str]:
    """Draw words of a language by how often they occur."""
    words: Counter[str] = Counter()
    for text in corpus.texts(language):
        spans = segment(text or "", language).tolist()
        words.update(word for a, b in spans if _is_word(word := (text or "")[a:b].casefold()))
    forms = list(words)
    share = np.array([words[form] for form in forms], dtype=np.float64)
    chosen = random.choice(len(forms), count, replace=False, p=share / share.sum())
    return [forms[place] for place in chosen]


def _is_word(text: str) -> bool:
    return len(text) > 1 and any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def flat(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Lay vectors out in two dimensions."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    reduced = PCA(min(50, unit.shape[1]), random_state=seed).fit_transform(unit)
    placed: NDArray[np.float32] = TSNE(perplexity=30, init="pca", random_state=seed).fit_transform(reduced)
    return placed


def main() -> None:
    """Draw one panel an encoder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/words"))
    parser.add_argument("--models", nargs="+", default=["start-table-mlm", "tr-1", "wacse-1"])
    parser.add_argument("--names", nargs="+", default=["before (MLM, TLM)", "translation ranking", "WACSE"])
    parser.add_argument("--words", type=int, default=50, help="of each language")
    parser.add_argument("--output", type=Path, default=Path("words.svg"))
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    corpus = open_corpus("ntrex").select(split="train")
    words = {one: frequent(corpus, one, arguments.words, random) for group in GROUPS.values() for one in group}
    figure, panels = plt.subplots(1, len(arguments.models), figsize=(4 * len(arguments.models), 4.2))
    for panel, folder, name in zip(panels, arguments.models, arguments.names, strict=True):
        model = load(arguments.runs / folder / "model", device="cpu")
        vectors = {language: form_vectors(model, forms)[0] for language, forms in words.items()}
        placed = flat(np.concatenate(list(vectors.values())), seed=0)
        ends = np.cumsum([len(one) for one in vectors.values()])
        places = dict(zip(vectors, np.split(placed, ends[:-1]), strict=True))
        for group, languages in GROUPS.items():
            colour, marker = COLOURS[group]
            dots = np.concatenate([places[language] for language in languages])
            panel.scatter(*dots.T, s=10, c=colour, marker=marker, alpha=0.7, linewidths=0, label=group)
        panel.set_title(name, fontsize=11)
        panel.set_xticks([])
        panel.set_yticks([])
    panels[0].legend(loc="lower left", fontsize=8, frameon=True)
    figure.tight_layout()
    mpl.rcParams["svg.hashsalt"] = "words"
    figure.savefig(arguments.output, metadata={"Date": None})
    print(f"{arguments.output}: {arguments.words} words of each of {len(words)} languages")


if __name__ == "__main__":
    main()
