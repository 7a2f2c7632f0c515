"""How good the translations of build.py are: chrF and BLEU against people's, on news that no encoder was trained on.

Needs sacrebleu (`pip install sacrebleu`) and NTREX in $INTERLINGUA_DATA. Prints a table.

    python examples/multiway_data/quality.py
"""

import time

from build import INTO
from sacrebleu.metrics import BLEU, CHRF

from interlingua.corpus import open_corpus
from interlingua.corpus.translation import Apertium
from interlingua.languages import canonical


def main() -> None:
    """Translate the dev rows of NTREX and print a line a language."""
    translator = Apertium(via=["spa"])
    corpus = open_corpus("ntrex").select(["eng", *INTO], "dev", min_cells=7)
    english = [text or "" for text in corpus.texts("eng")]
    print(f"| {translator.name}, {len(english)} rows | by way of | chrF | BLEU | sentences/s |\n|---|---|---|---|---|")
    for language in INTO:
        start = time.perf_counter()
        made = Apertium(via=["spa"]).translate(english, source="eng", target=language)
        rate = len(english) / (time.perf_counter() - start)
        people = [text or "" for text in corpus.texts(language)]
        chrf, bleu = (metric.corpus_score(made, [people]).score for metric in (CHRF(), BLEU()))
        way = ", ".join(translator.route("eng", language)[1:-1]) or "-"
        print(f"| {canonical(language)} | {way} | {chrf:.1f} | {bleu:.1f} | {rate:.0f} |")


if __name__ == "__main__":
    main()
