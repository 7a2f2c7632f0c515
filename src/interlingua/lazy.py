"""Names that are imported on first use, so that importing a package costs nothing."""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["lazy_exports"]


def lazy_exports(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose names live in its modules.

    Args:
        package: ``__name__`` of the package.
        homes: Module (below the package) by name.

    Example:
        >>> get, names = lazy_exports("interlingua", {"open_corpus": "corpus"})
        >>> get("open_corpus").__name__, names()
        ('open_corpus', ['open_corpus'])
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return get, lambda: sorted(homes)
