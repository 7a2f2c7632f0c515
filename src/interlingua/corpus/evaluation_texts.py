"""The texts that encoders are tested on, as hashes: what training data must not have."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.atomic import whole_file
from interlingua.cache import cache_folder
from interlingua.corpus import catalog
from interlingua.corpus.evaluation_splits import check_set, set_of, split_of
from interlingua.corpus.hashing import TextHash, hash_files, text_hash
from interlingua.corpus.letters import letters_of
from interlingua.corpus.presence import check_there
from interlingua.corpus.table import Corpus
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import without_variant

__all__ = ["EvaluationSet", "EvaluationTexts", "evaluation_sets", "letter_hashes"]

_FORMAT = 2
"""Of kept hashes; another number when :func:`letters_of` gives other letters."""

logger = logging.getLogger(__name__)


def letter_hashes(texts: Sequence[str | None]) -> TextHash:
    """Return the hash of the letters of every text (:func:`interlingua.corpus.letters.letters_of`); 0 for None.

    Example:
        >>> one, other = letter_hashes(["Good morning!", "good  morning"])
        >>> bool(one == other)
        True
    """
    return text_hash([None if text is None else letters_of(text) for text in texts])


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """The texts of one set, eight bytes each.

    Args:
        name: As the catalog or a task calls it.
        hashes: Of the distinct texts by language, variants of one language together, in order; int64.

    Example:
        >>> EvaluationSet.of("mine", [("eng_Latn", ["Good morning!", "good morning", None])]).texts
        1
    """

    name: str
    hashes: Mapping[str, TextHash]

    @classmethod
    def of(cls, name: str, columns: Iterable[tuple[str, Sequence[str | None]]]) -> "EvaluationSet":
        """Return the set of these texts, given as pieces of columns: a language and texts."""
        pieces: dict[str, list[TextHash]] = {}
        for language, texts in columns:
            pieces.setdefault(without_variant(language), []).append(np.unique(letter_hashes(texts)))
        joined = {language: np.unique(np.concatenate(some)) for language, some in pieces.items()}
        return cls(name, {language: hashes[hashes != 0] for language, hashes in joined.items()})

    @classmethod
    def of_corpus(cls, name: str, corpus: Corpus) -> "EvaluationSet":
        """Return the set of all texts of a corpus."""
        batches = corpus.batches()
        return cls.of(name, ((code, batch.column(code).to_pylist()) for batch in batches for code in corpus.languages))

    @property
    def texts(self) -> int:
        """How many texts it has, over all languages."""
        return sum(map(len, self.hashes.values()))


@dataclass(frozen=True)
class EvaluationTexts:
    """Sets that training data is compared with.

    Args:
        sets: The sets.
        missing: Sets that should have been compared with and are not at hand.
    """

    sets: tuple[EvaluationSet, ...] = ()
    missing: tuple[str, ...] = ()
    _merged: dict[str, TextHash] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def _languages(self) -> frozenset[str]:
        return frozenset(language for one in self.sets for language in one.hashes)

    def has(self, language: str) -> bool:
        """Return whether any set has texts in a language, or in a variant of it."""
        return without_variant(language) in self._languages

    def known(self, language: str, hashes: TextHash) -> NDArray[np.bool_]:
        """Return which hashes are those of a text of any set, in this language; shape as given."""
        language = without_variant(language)
        if language not in self._merged:
            pieces = [one.hashes[language] for one in self.sets if language in one.hashes]
            self._merged[language] = np.unique(np.concatenate([np.zeros(0, np.int64), *pieces]))
        return np.isin(hashes, self._merged[language])

    def save(self, path: Path) -> None:
        """Write the hashes to one file, whole or not at all."""
        names = {"format": _FORMAT, "sets": [one.name for one in self.sets], "missing": list(self.missing)}
        arrays = {f"{i}:{code}": some for i, one in enumerate(self.sets) for code, some in one.hashes.items()}
        with whole_file(path) as partial, partial.open("wb") as stream:
            np.savez(stream, names=np.array(json.dumps(names)), **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path, *, languages: Collection[str] | None = None) -> "EvaluationTexts":
        """Read what :meth:`save` wrote.

        Args:
            path: The file.
            languages: Only these; None for all.

        Raises:
            FormatError: It is another kind of file, or of another version.
        """
        try:
            wanted = None if languages is None else set(map(without_variant, languages))
            with np.load(path, allow_pickle=False) as file:
                names: dict[str, Any] = json.loads(str(file["names"]))
                if names["format"] != _FORMAT:
                    raise FormatError("was written by another version; delete it", path=path)
                found: list[dict[str, TextHash]] = [{} for _ in names["sets"]]
                for key in file.files:
                    number, _, language = key.partition(":")
                    if language and (wanted is None or language in wanted):
                        found[int(number)][language] = file[key]
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise FormatError(f"holds no hashes of texts ({error}); delete it", path=path) from error
        sets = tuple(EvaluationSet(name, some) for name, some in zip(names["sets"], found, strict=True))
        return cls(sets, tuple(names["missing"]))


def evaluation_sets(
    names: Sequence[str] | None = None, *, languages: Collection[str] | None = None, cache: Path | None = None
) -> EvaluationTexts:
    """Return the texts of the catalog's evaluation sets, or of the sets and files named.

    Hashes are kept, so that a second call reads them and not the set. Of a set of the catalog the splits count that
    encoders are tested on (its ``evaluation``), of ``SET/SPLIT`` that split, of any other data all rows.

    Args:
        names: Sets of the catalog, files and folders; None for every set of the catalog that is for evaluation. Of
            these, sets that are not at hand are listed as ``missing``.
        languages: Only these, canonical; None for all.
        cache: Where hashes are kept; the user's cache folder unless given.

    Raises:
        CorpusError: A set that is named is not there, or is nothing that encoders are tested on.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     texts = evaluation_sets(["phrasebook"], languages=["eng_Latn"], cache=Path(folder))
        >>> [(one.name, one.texts) for one in texts.sets]
        [('phrasebook', 250)]
    """
    place = (cache_folder() if cache is None else cache) / "evaluation-texts"
    if names is not None:
        for name in names:
            _check(name)  # all of them before the first is hashed, which may take long
        return EvaluationTexts(tuple(_kept(name, languages, place) for name in names))
    sets, missing = [], []
    for name in catalog.names():
        if catalog.info(name).evaluation:
            try:
                sets.append(_kept(name, languages, place))
            except CorpusError as error:
                logger.debug("%s is not compared with training data: %s", name, error)
                missing.append(name)
    return EvaluationTexts(tuple(sets), tuple(missing))


def _kept(name: str, languages: Collection[str] | None, folder: Path) -> EvaluationSet:
    """Return the hashes of a set, as they were kept when its files were the same, else made and kept now."""
    key = _key(name)
    path = None if key is None else folder / f"{key}.npz"
    if path is not None and path.is_file():
        try:
            return EvaluationTexts.load(path, languages=languages).sets[0]
        except FormatError as error:
            logger.debug("%s; it is written anew", error)
    logger.log(
        logging.DEBUG if path is None else logging.INFO, "hashing the texts of %s, to compare others with them", name
    )
    made = EvaluationSet.of_corpus(name, _open(name))
    if path is not None:
        EvaluationTexts((made,)).save(path)
    wanted = made.hashes.keys() if languages is None else set(map(without_variant, languages))
    return EvaluationSet(name, {code: some for code, some in made.hashes.items() if code in wanted})


def _key(name: str) -> str | None:
    """Return what the hashes of a set depend on: the bytes of its files, and how they are read; None if unknown."""
    base, _ = split_of(name)
    entry = set_of(base)
    if entry is not None and entry.layout == "shipped":
        return None  # reading it is quick
    place = Path(base) if entry is None else catalog.locate(entry.name)
    if not place.exists():
        return None
    files = [file for file in sorted(place.rglob("*")) if file.is_file()] if place.is_dir() else [place]
    known_by = (_FORMAT, version("interlingua"), name, entry, hash_files(files))
    return xxhash.xxh3_128_hexdigest(repr(known_by).encode())


def _check(name: str) -> None:
    """Make sure that a set or file that was named is there, and that encoders are tested on it."""
    base, split = split_of(name)
    entry = set_of(base)
    if entry is None:
        check_set(base)
        check_there(base)
        return
    if entry.layout != "shipped":
        catalog.locate(entry.name)
    if split is None and not entry.evaluation:
        raise CorpusError(
            f"no encoder is tested on {name} by itself; say which split is, as {name}/test, or give a file"
        )


def _open(name: str) -> Corpus:
    base, split = split_of(name)
    corpus = catalog.open_corpus(base)
    entry = set_of(base)
    if split is not None or entry is None:
        return corpus.select(split=split, min_cells=1)
    where = {"_split": entry.evaluation} if isinstance(entry.evaluation, tuple) else None
    return corpus.select(min_cells=1, where=where)
