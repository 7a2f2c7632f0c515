"""Hard negatives: copies of a text that were changed just enough to mean something else."""

import json
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interlingua.corpus.readers.files import lines_of
from interlingua.errors import CorpusError, FormatError

__all__ = ["Negative", "english_negatives", "read_negatives"]

_AUGMENTED = re.compile(r"(?P<language>.+)_augmented\.(?P<split>[^.]+)")

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_COUNTS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "ninety"),
)
_COUNT = re.compile(rf"\b({'|'.join(_COUNTS)})\b")
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = ["January", "February", "April", "June", "July", "August", "September", "October", "November", "December"]
_DATE = re.compile(rf"\b({'|'.join(_DAYS + _MONTHS)})\b")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_NO_NAME = {"I", "I'm", "I'd", "I'll", "I've", "I’m", "I’d", "I’ll", "I’ve", *_DAYS, *_MONTHS, "March", "May"}
_NEGATED = re.compile(r"\b(?P<verb>is|are|was|were|will|would|could|should|must|can)(?: not\b|n['’]t\b|not\b)")
_PLAIN = re.compile(r"(?<=\w )(?P<verb>is|are|was|were|will|would|could|should|must|can)\b(?=[ ,.;])")


@dataclass(frozen=True, slots=True)
class Negative:
    """A text that must not be taken for another.

    Args:
        text: The changed copy.
        original: What it was made from; None where nobody knows.
        kind: What was changed, as ``number``.
    """

    text: str
    original: str | None
    kind: str


def read_negatives(path: str | Path) -> list[Negative]:
    """Read changed copies as LASER ships them for xSIM++.

    ``eng_Latn_augmented.devtest`` has a copy a line, ``eng_Latn_errtype.devtest.json`` beside it says for each which
    text it was made from (``src``) and what was changed (``errtype``).

    Args:
        path: The file of copies; the JSON alone, which then has all copies; or a folder that holds one such pair.

    Raises:
        CorpusError: The files are not there.
        FormatError: The JSON is not what it should be.
    """
    path = Path(path)
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if _AUGMENTED.fullmatch(one.name))
        if len(found) != 1:
            raise CorpusError(f"{path} holds {len(found)} files like eng_Latn_augmented.devtest; name the one to read")
        path = found[0]
    if path.suffix == ".json":
        origins = _origins(path)
        return [Negative(text, *origin) for text, origin in origins.items()]
    named = _AUGMENTED.fullmatch(path.name)
    if named is None:
        raise CorpusError(f"{path} is not called like eng_Latn_augmented.devtest or eng_Latn_errtype.devtest.json")
    origins = _origins(path.with_name(f"{named['language']}_errtype.{named['split']}.json"))
    texts = dict.fromkeys(line.strip() for line in lines_of(path))
    return [Negative(text, *origins.get(text, (None, ""))) for text in texts if text]


def english_negatives(texts: Iterable[str | None], *, each: int = 2, seed: int = 0) -> list[Negative]:
    """Make changed copies of English texts by four rules.

    ``number``: a digit, or a number word, becomes another. ``date``: a weekday or month becomes another. ``name``: a
    capitalised word inside the sentence becomes one of another text. ``negation``: *is*, *will*, *can* and their like
    gain a *not*, or lose it. A rule that finds nothing in a text makes nothing of it, so texts without numbers, names
    and auxiliaries have no copies. The rules are shallow: a copy may be clumsy English, yet it does not mean the same.

    Args:
        texts: English texts; None and repetitions are passed over.
        each: Copies of one kind that a text has at most; negation makes one.
        seed: Other numbers and names.

    Returns:
        The copies in the order of the texts; none equals one of the texts.

    Example:
        >>> for one in english_negatives(["The 12 boats will leave on Monday."], each=1):
        ...     print(one.kind, "|", one.text)
        number | The 92 boats will leave on Monday.
        date | The 12 boats will leave on Saturday.
        negation | The 12 boats will not leave on Monday.
    """
    known = dict.fromkeys(text for text in texts if text)
    names = sorted({name for text in known for name in _names(text)})
    made: dict[str, Negative] = {}
    for text in known:
        for kind, copies in _copies(text, names, random.Random(f"{seed}:{text}")).items():
            for copy in [one for one in dict.fromkeys(copies) if one not in known][:each]:
                made.setdefault(copy, Negative(copy, text, kind))
    return list(made.values())


def _copies(text: str, names: Sequence[str], draw: random.Random) -> dict[str, list[str]]:
    """Return changed copies by kind, in an order drawn anew for every text."""
    numbers = _changed(text, _NUMBER, lambda found: [_other_number(found, draw) for _ in range(3)])
    counts = _changed(text, _COUNT, lambda found: draw.sample([one for one in _COUNTS if one != found], 3))
    dates = _changed(text, _DATE, lambda found: _other_dates(found, draw))
    own = _names(text)
    others = [name for name in draw.sample(names, min(len(names), 3 + len(own))) if name not in own]
    named = [re.sub(rf"\b{re.escape(name)}\b", other, text) for name in own for other in others]
    return {
        "number": draw.sample(numbers + counts, len(numbers + counts)),
        "date": draw.sample(dates, len(dates)),
        "name": draw.sample(named, len(named)),
        "negation": _negated(text),
    }


def _changed(text: str, pattern: re.Pattern[str], others: Callable[[str], list[str]]) -> list[str]:
    return [
        text[: found.start()] + other + text[found.end() :]
        for found in pattern.finditer(text)
        for other in others(found[0])
    ]


def _other_number(number: str, draw: random.Random) -> str:
    """Return the number with one digit changed; a leading digit never becomes 0."""
    place = draw.choice([i for i, sign in enumerate(number) if sign.isdigit()])
    digits = [digit for digit in "0123456789" if digit != number[place] and (digit != "0" or place)]
    return number[:place] + draw.choice(digits) + number[place + 1 :]


def _other_dates(word: str, draw: random.Random) -> list[str]:
    return draw.sample([one for one in (_DAYS if word in _DAYS else _MONTHS) if one != word], 3)


def _names(text: str) -> list[str]:
    return [name for name in dict.fromkeys(_NAME.findall(text)) if not _NO_NAME.intersection(name.split())]


def _negated(text: str) -> list[str]:
    """Return the text with its first auxiliary denied, or no longer denied; nothing for questions."""
    if text.rstrip().endswith("?"):
        return []
    if denied := _NEGATED.search(text):
        return [text[: denied.start()] + denied["verb"] + text[denied.end() :]]
    plain = _PLAIN.search(text)
    return [text[: plain.end()] + " not" + text[plain.end() :]] if plain else []


def _origins(path: Path) -> dict[str, tuple[str, str]]:
    """Return original and kind by copy."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error.strerror or error}; is it beside the file of copies?") from error
    except ValueError as error:
        raise FormatError(f"cannot be read as JSON ({error})", path=path) from error
    if not isinstance(document, dict):
        raise FormatError("is not an object of copies", path=path)
    origins = {}
    for text, entry in document.items():
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("src", "errtype")):
            raise FormatError(f"the entry of {text[:60]!r} lacks src or errtype", path=path)
        origins[text.strip()] = (entry["src"].strip(), entry["errtype"])
    return origins
