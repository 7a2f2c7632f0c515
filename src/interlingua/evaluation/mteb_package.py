"""The one door to the mteb package: an extra, which sets random states wherever it is touched."""

from typing import Any

from interlingua.errors import EvaluationError

__all__ = ["mteb_package"]


def mteb_package() -> Any:
    """Return the mteb package, imported.

    Call it under :func:`interlingua.evaluation.random_states.random_states_kept`.

    Raises:
        EvaluationError: It is not installed.
    """
    try:
        import mteb
    except ImportError as error:
        raise EvaluationError(
            f"this needs the mteb package, which cannot be imported ({error}); pip install 'interlingua[mteb]'"
        ) from error
    return mteb
