"""Which plural form of a catalog says one, and which says many."""

import gettext
import re
from collections import Counter
from typing import NamedTuple

from interlingua.corpus.readers.gettext.entries import Header

__all__ = ["PluralForms", "plural_forms"]

_FIELD = re.compile(r"nplurals\s*=\s*(\d{1,3})\s*;\s*plural\s*=\s*([^;]+)")
_TEMPLATE = re.compile(r"nplurals\s*=\s*INTEGER")
_MANY = range(2, 101)


class PluralForms(NamedTuple):
    """Numbers of plural forms.

    Args:
        one: The form for n = 1.
        many: The form that most n from 2 to 100 take; the lower number among equals.
        total: How many forms there are.
    """

    one: int
    many: int
    total: int


def plural_forms(header: Header) -> PluralForms:
    """Return what the field ``Plural-Forms`` says; two forms as in English where it is missing.

    The expression is parsed, never run as it stands (``gettext.c2py`` of the standard library).

    Raises:
        ValueError: It is no such field, or gives a form that there is not.

    Reference:
        GNU gettext manual, section "Additional functions for plural forms".

    Example:
        >>> polish = "nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;"
        >>> plural_forms(Header(f"Plural-Forms: {polish}"))
        PluralForms(one=0, many=2, total=3)
        >>> plural_forms(Header("Plural-Forms: nplurals=1; plural=0;"))
        PluralForms(one=0, many=0, total=1)
    """
    written = header.get("Plural-Forms")
    if not written or _TEMPLATE.match(written):
        return PluralForms(0, 1, 2)
    match = _FIELD.match(written)
    if match is None:
        raise ValueError(f"Plural-Forms {written[:80]!r} is not of the form nplurals=2; plural=n != 1;")
    count = int(match[1])
    try:
        form = gettext.c2py(match[2])
        one, several = form(1), Counter(form(n) for n in _MANY)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"Plural-Forms {written[:80]!r} cannot be worked out: {error}") from error
    most = max(several.values())
    many = min(number for number, times in several.items() if times == most)
    if not all(0 <= number < count for number in (one, *several)):
        raise ValueError(f"Plural-Forms {written[:80]!r} gives forms beyond its own nplurals")
    return PluralForms(one, many, count)
