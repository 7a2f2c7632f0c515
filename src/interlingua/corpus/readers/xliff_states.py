"""Which targets of XLIFF are finished translations."""

from collections.abc import Mapping

__all__ = ["is_approved", "is_confirmed", "is_finished", "state_of"]

# An absent state says nothing: many tools never write one.
_UNFINISHED = frozenset({"new", "needs-translation", "initial"})
_SUGGESTIONS = frozenset({"fuzzy-match", "tm-suggestion", "mt-suggestion", "leveraged-mt"})
_MEMOQ = frozenset({"NotStarted", "PartiallyEdited", "Rejected", "MachineTranslated", "AssembledFromFragment"})
_TRADOS = frozenset({"Translated", "ApprovedTranslation", "ApprovedSignOff"})
_APPROVED = frozenset({"final", "signed-off", "reviewed"})

Attributes = Mapping[str, str]


def state_of(target: Attributes, segment: Attributes) -> str:
    """Return the state as written, by the target (1.x) or its segment (2.x); empty where neither says.

    Example:
        >>> state_of({}, {"state": "final"})
        'final'
    """
    return target.get("state") or segment.get("state", "")


def is_finished(target: Attributes, segment: Attributes, unit: Attributes) -> bool:
    """Tell whether a target is a translation that somebody stands for, as far as the file says.

    Example:
        >>> is_finished({"state": "translated", "state-qualifier": "mt-suggestion"}, {}, {})
        False
    """
    qualifier = target.get("state-qualifier", "")
    return not (
        state_of(target, segment) in _UNFINISHED
        or qualifier in _SUGGESTIONS
        or qualifier.startswith("rejected")
        or unit.get("mq:status") in _MEMOQ
    )


def is_approved(target: Attributes, segment: Attributes, unit: Attributes) -> bool:
    """Tell whether a second person has approved a target.

    Example:
        >>> is_approved({}, {}, {"approved": "yes"}), is_approved({}, {}, {})
        (True, False)
    """
    return unit.get("approved") == "yes" or state_of(target, segment) in _APPROVED


def is_confirmed(segment: Attributes) -> bool:
    """Tell whether a segment of Trados (``sdl:seg``) is confirmed; one without ``conf`` is not translated.

    Example:
        >>> is_confirmed({"id": "1", "conf": "Draft"})
        False
    """
    return segment.get("conf") in _TRADOS
