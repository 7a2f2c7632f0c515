"""A corpus to what other programs read: data sets of the hub, plain pairs, line-aligned files, tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from interlingua.atomic import check_free, whole_file, whole_folder
from interlingua.corpus.composition import known_sources
from interlingua.corpus.exporting.hub import PairNames, write_dataset, write_pairs
from interlingua.corpus.exporting.lines import write_jsonl, write_moses, write_tsv
from interlingua.corpus.exporting.parts import Exported
from interlingua.corpus.source import CARD, inherited
from interlingua.corpus.table import Corpus
from interlingua.corpus.tmx_writing import write_tmx
from interlingua.errors import CorpusError
from interlingua.languages import canonical

__all__ = ["FILES", "FORMATS", "Format", "export_corpus", "format_of"]

Format = Literal["datasets", "pairs", "moses", "tsv", "jsonl", "tmx"]
FORMATS: tuple[Format, ...] = ("datasets", "pairs", "moses", "tsv", "jsonl", "tmx")

FILES: tuple[Format, ...] = ("tsv", "jsonl", "tmx")
"""Those that are one file."""


def format_of(path: str | Path) -> Format:
    """Return the format that a name ends in; ``datasets`` where it ends in none that is one file.

    Example:
        >>> format_of("rows.tmx"), format_of("v1.2")
        ('tmx', 'datasets')
    """
    ending = Path(path).suffix.lower()
    return next((form for form in FILES if ending == f".{form}"), "datasets")


def export_corpus(
    corpus: Corpus,
    path: str | Path,
    *,
    to: Format,
    pairs: Sequence[tuple[str, str]] | None = None,
    names: PairNames | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a corpus for other programs: whole or not at all, in constant memory.

    ==========  ====================================================================================================
    datasets    ``data/SPLIT-00000-of-00001.parquet`` with a column a language, and a card: what
                ``datasets.load_dataset(FOLDER)`` loads
    pairs       a configuration a language pair (``en-de``) with two columns: what training scripts of
                sentence-transformers read
    moses       ``SPLIT.en-de.en`` and ``SPLIT.en-de.de``, line by line, and ``SPLIT.en-de.ids``
    tsv         one table, a column a language, ``_id`` and other provenance before them
    jsonl       the same as one object a line
    tmx         a translation memory, a unit a row
    ==========  ====================================================================================================

    Splits are called ``train``, ``validation`` and ``test``; rows without a split are in ``train``.

    Args:
        corpus: The rows.
        path: Folder to write; for ``tsv``, ``jsonl`` and ``tmx`` the file.
        to: One of the above.
        pairs: Of ``pairs`` and ``moses``: which languages; None for the first of the corpus (English, where it has
            English) with every other.
        names: Of ``pairs``: columns ``english`` and ``non_english``, or ``anchor`` and ``positive``; None for the first
            where every pair has English.
        overwrite: Replace what is there, if it was written here.

    Raises:
        CorpusError: There is no row, or a language is unknown.
        OutputError: The place holds something, or cannot be written.
    """
    target = Path(path)
    if to in FILES:
        check_free(target, overwrite=overwrite)
        if to == "tmx":
            return Exported(rows=write_tmx(corpus.rows(), target, sources=known_sources(corpus)))
        with whole_file(target) as partial:
            return (write_tsv if to == "tsv" else write_jsonl)(corpus, partial)
    with whole_folder(target, overwrite=overwrite, marker=CARD) as folder:
        if to == "datasets":
            done = write_dataset(corpus, folder, target.name)
        else:
            chosen = _pairs(corpus, pairs)
            english = all("eng_Latn" in pair for pair in chosen)
            called = names or ("english" if english else "anchor")
            if called == "english" and not english:
                raise CorpusError("columns english and non_english need English in every pair; take --names anchor")
            done = write_pairs(corpus, folder, chosen, called) if to == "pairs" else write_moses(corpus, folder, chosen)
        facts = {**inherited(corpus.card), "exported": to}
        (folder / CARD).write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        done.files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    return done


def _pairs(corpus: Corpus, pairs: Sequence[tuple[str, str]] | None) -> list[tuple[str, str]]:
    if pairs is not None:
        chosen = [(canonical(a), canonical(b)) for a, b in pairs]
        corpus.select([code for pair in chosen for code in pair], min_cells=0)  # says so where one is not there
    else:
        first = "eng_Latn" if "eng_Latn" in corpus.languages else corpus.languages[0]
        chosen = [(first, other) for other in corpus.languages if other != first]
    if not chosen:
        raise CorpusError(f"{corpus.name} has one language only, {corpus.languages[0]}; pairs need two")
    return [(b, a) if b == "eng_Latn" else (a, b) for a, b in chosen]
