"""The corpus of the Multi-way paper, as far as an installed Apertium can make it: English rows in seven languages.

English sentences of $INTERLINGUA_DATA, each once and none that an encoder is tested on, are translated into Spanish,
Catalan and Galician directly and by way of Spanish into Portuguese, French and Italian. The folder is what the recipes
`multiway-data` and `enx-data` train on. Killed, it goes on where it was.

    python examples/multiway_data/build.py runs/multiway-data/rows
"""

import argparse
import logging
import math
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from interlingua.corpus import Corpus, open_corpus, write_corpus
from interlingua.corpus.catalog import source_record
from interlingua.corpus.decontamination import find_overlap
from interlingua.corpus.evaluation_texts import evaluation_sets
from interlingua.corpus.letters import letters_of
from interlingua.corpus.translation.apertium import Apertium
from interlingua.corpus.translation.filling import translate_corpus
from interlingua.types import Row

SETS = (("bible", None), ("bible-ot", None), ("ntrex", "train"), ("mafand", "train"))
INTO = ("spa", "cat", "glg", "por", "fra", "ita")


def english_rows(most: int | None = None) -> Iterator[Row]:
    """Yield English texts of all sets, each once, whatever its case and punctuation.

    Args:
        most: Rows of a set, about; they are spread evenly over it.
    """
    seen: set[str] = set()
    for name, split in SETS:
        corpus = open_corpus(name).select(["eng"], split, min_cells=1)
        step = math.ceil(len(corpus) / most) if most else 1
        for row in islice(corpus.rows(), 0, None, step):
            letters = letters_of(row.texts["eng_Latn"])
            if letters not in seen:
                seen.add(letters)
                yield Row(row.texts, {"_id": f"{name}:{row.meta['_id']}", "_source": name})


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the folder to write")
    parser.add_argument("--most", type=int, help="rows of a set, spread over it; all unless given")
    parser.add_argument("--overwrite", action="store_true", help="replace a corpus that is there")
    parser.add_argument("--cache", type=Path, help="folder of kept translations")
    words = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with tempfile.TemporaryDirectory() as folder:
        records = [source_record(name).as_dict() for name, _ in SETS]
        english = write_corpus(english_rows(words.most), Path(folder) / "eng", card={"sources": records})
        overlap = find_overlap(english, evaluation_sets(languages=["eng_Latn"]))
        logging.info("%s", overlap)
        rows: Corpus = overlap.without(english)
        translator = Apertium(via=["spa"])
        translate_corpus(
            rows, words.output, translator=translator, into=INTO, cache=words.cache, overwrite=words.overwrite
        )


if __name__ == "__main__":
    main()
