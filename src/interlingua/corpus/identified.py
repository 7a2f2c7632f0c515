"""Which languages the columns of a corpus are in, as an identifier sees them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlingua.corpus.identification import same_language
from interlingua.languages import display_name
from interlingua.types import Identifier

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["Identified", "identified_table", "identify_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What an identifier says of texts of one column.

    Args:
        texts: How many were asked about.
        found: How many of them it takes for which language, most first.
        agree: Of these, how many for the language of the column (or one it cannot be told from).
        known: Whether the identifier knows the language of the column; if not, it cannot agree.
    """

    texts: int
    found: Mapping[str, int]
    agree: int
    known: bool

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {"texts": self.texts, "agree": self.agree, "known": self.known, "found": dict(self.found)}


def identify_columns(
    corpus: "Corpus", identifier: Identifier, *, texts: int = 1000, letters: int = 20
) -> dict[str, Identified]:
    """Ask in what language the texts of every column are: texts spread evenly over the rows.

    Args:
        corpus: The rows.
        identifier: Which is asked.
        texts: Of a column, at most.
        letters: Texts with fewer characters are left out: identifiers guess at those.

    Example:
        >>> from interlingua.corpus import open_corpus
        >>> from interlingua.corpus.identification import make_identifier
        >>> found = identify_columns(open_corpus("phrasebook").select(["deu", "tel"]), make_identifier(), texts=50)
        >>> {language: column.agree > 45 for language, column in found.items()}
        {'deu_Latn': True, 'tel_Telu': True}
    """
    known = {code.partition("_")[0] for code in identifier.languages}
    return {
        language: _column(language, _spread(corpus, language, texts, letters), identifier, known)
        for language in corpus.languages
    }


def _spread(corpus: "Corpus", language: str, texts: int, letters: int) -> list[str]:
    """Return so many texts, evenly spread: every second of those kept goes when they become too many."""
    kept: list[str] = []
    step, number = 1, 0
    for batch in corpus.raw_cells(language):
        for text in batch.to_pylist():
            if len(text.strip()) < letters:
                continue
            if number % step == 0:
                kept.append(text)
                if len(kept) > 2 * texts:
                    kept, step = kept[::2], 2 * step
            number += 1
    return [kept[place * len(kept) // texts] for place in range(texts)] if len(kept) > texts else kept


def _column(language: str, texts: list[str], identifier: Identifier, known: set[str]) -> Identified:
    found = Counter(code for code, _ in identifier.identify(texts)) if texts else Counter[str]()
    return Identified(
        texts=len(texts),
        found=dict(found.most_common()),
        agree=sum(count for code, count in found.items() if same_language(code, language)),
        known=language.partition("_")[0] in known,
    )


def identified_table(columns: Mapping[str, Identified], *, name: str) -> str:
    """Return the columns as lines of text: how many texts agree, and what the others are taken for."""
    lines = [f"languages by {name}:"]
    width = max(map(len, columns), default=0)
    for language, column in columns.items():
        others = [
            f"{display_name(code) if '_' in code else code} {count:,}"
            for code, count in column.found.items()
            if not same_language(code, language)
        ]
        told = f"{column.agree / max(1, column.texts):6.1%} of {column.texts:,}"
        if not column.known:
            told = f"not known to it, {column.texts:,} texts"
        lines.append(f"{language.ljust(width)}  {told}" + (f"; {', '.join(others[:3])}" if others else ""))
    return "\n".join(lines)
