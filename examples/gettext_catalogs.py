"""The catalogs of installed software as n-way rows: what Django and others say, in all their languages.

    python examples/gettext_catalogs.py catalogs
    python examples/gettext_catalogs.py catalogs --packages django wtforms --folders /usr/share/locale

The packages are installed for this run only, into a temporary folder, without what they depend on. The corpus stays;
its texts are under the packages' licences, which its card (corpus.json) names.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from interlingua.corpus import Corpus, source_records
from interlingua.corpus.building import build_corpus
from interlingua.types import Row

PACKAGES = ["django", "wagtail", "django-localflavor", "django-allauth", "djangorestframework", "django-countries"]
PACKAGES += ["humanize", "wtforms", "sphinx", "flask-security-too"]
SHARES = (2, 10, 20, 40)


def install(packages: Iterable[str], folder: Path) -> None:
    """Install packages, and nothing that they depend on, where only this run sees them."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--only-binary", ":all:"]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", folder, *packages], check=True)
    sys.path.insert(0, str(folder))


def counts(rows: Iterable[Row]) -> Iterator[tuple[str, int, int, set[str], Counter[int]]]:
    """Yield source, rows, cells, languages, and rows by the number of languages that they have."""
    sizes: dict[str, Counter[int]] = defaultdict(Counter)
    languages: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in (row.meta["_source"], "all"):
            sizes[name][len(row.texts)] += 1
            languages[name] |= row.texts.keys()
    for name, found in sizes.items():
        yield name, found.total(), sum(size * times for size, times in found.items()), languages[name], found


def table(corpus: Corpus) -> Iterator[str]:
    """Yield the lines of a table in Markdown, a source a line."""
    records = source_records(corpus.card)
    yield (
        "| source | licence | languages | regions too | rows | cells | "
        + " | ".join(f"rows with {share} or more, %" for share in SHARES)
        + " |"
    )
    yield "|---|---|" + "---:|" * (4 + len(SHARES))
    for name, rows, cells, languages, sizes in sorted(counts(corpus.rows()), key=lambda one: -one[2]):
        record = records.get(name)
        told = record.citation.partition(",")[0] if record and record.citation else name
        plain = {language.partition("-")[0] for language in languages}
        shares = (100 * sum(times for size, times in sizes.items() if size >= share) / rows for share in SHARES)
        facts = [
            told,
            record.licence if record else "",
            f"{len(plain)}",
            f"{len(languages)}",
            f"{rows:,}",
            f"{cells:,}",
        ]
        yield "| " + " | ".join([*facts, *(f"{share:.1f}" for share in shares)]) + " |"


def main() -> None:
    """Install, build, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the corpus to write")
    parser.add_argument("--packages", nargs="*", default=PACKAGES, help="distributions that have catalogs")
    parser.add_argument("--folders", nargs="*", default=[], help="folders of catalogs, as /usr/share/locale")
    parser.add_argument("--placeholders", choices=["keep", "normalise", "drop"], default="keep")
    parser.add_argument("--overwrite", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        install(args.packages, Path(folder))
        begin = time.perf_counter()
        corpus = build_corpus(
            [*(f"software:{name}" for name in args.packages), *args.folders],
            args.output,
            placeholders=args.placeholders,
            overwrite=args.overwrite,
        )
    seconds = time.perf_counter() - begin
    print(*table(corpus), sep="\n")
    print(f"\n{len(corpus):,} rows, {len(corpus.languages)} columns, {seconds:.0f} s: {args.output}")


if __name__ == "__main__":
    main()
