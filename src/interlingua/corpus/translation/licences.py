"""Under what the translations of well-known models may be used, as far as their makers say it of the models."""

import logging

from interlingua.corpus.provenance import is_non_commercial
from interlingua.types import Translator

__all__ = ["FAMILIES", "licence_of", "warn_of"]

_LICENCES = {
    "nllb": "CC-BY-NC-4.0",
    "madlad400": "Apache-2.0",
    "opus-mt": "CC-BY-4.0",
    "m2m100": "MIT",
    "mbart-50": "MIT",
}

FAMILIES = tuple(_LICENCES)
"""Families of models whose licence is known."""

logger = logging.getLogger(__name__)


def licence_of(family: str) -> str:
    """Return the licence of the published models of a family; ``unknown`` where there is none such.

    Example:
        >>> licence_of("nllb"), licence_of("mine")
        ('CC-BY-NC-4.0', 'unknown')
    """
    return _LICENCES.get(family, "unknown")


def warn_of(translator: Translator) -> None:
    """Log a warning where the translations of a translator are not free to use."""
    if is_non_commercial(translator.licence):
        logger.warning(
            "%s is under %s: what it translates, and models that learn from it, may be bound by that; "
            "the corpus card records it. MADLAD-400 and Opus-MT are free of such terms",
            translator.name,
            translator.licence,
        )
