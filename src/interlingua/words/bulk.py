"""A CORPUS -> A FOLDER OF LINKS: every row that has both languages, streamed, resumable."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from tqdm.auto import tqdm

from interlingua.corpus import Corpus
from interlingua.corpus.hashing import text_hash
from interlingua.corpus.wording import counted
from interlingua.errors import AlignmentError
from interlingua.languages import canonical
from interlingua.types import Aligner, Links, WordPair
from interlingua.words.link_shards import Languages
from interlingua.words.link_writer import LinkWriter
from interlingua.words.links import LinkCard, LinkFolder
from interlingua.words.segment import segmenter_name, split_spans, word_pair

__all__ = ["Segmentation", "align_corpus", "align_rows"]

Segmentation: TypeAlias = Literal["unicode", "spaces"]
"""How texts are cut: by :func:`interlingua.words.segment`, or at spaces, for text that is tokenised already."""

_Row: TypeAlias = tuple[str, str | None, str | None]

_SCAN = 4096

logger = logging.getLogger(__name__)


def align_corpus(
    corpus: Corpus,
    aligner: Aligner,
    output: str | Path,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    words: Segmentation = "unicode",
    shard_rows: int = 10_000,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool = False,
) -> LinkFolder:
    """Align the words of every row that has both languages of a pair, and keep the links in a folder.

    The shard is the unit: memory is bounded by one, killed work goes on at the first that is missing, and ends in the
    same bytes as work that was not killed. An aligner that learns from its pairs (``learns`` is true, as of
    ``FastAlign`` and ``Eflomal``) is given a pair of languages in one call; what was killed in the middle of one begins
    with that pair of languages again.

    Args:
        corpus: The rows; their identifiers name the links.
        aligner: Anything with ``name``, ``fingerprint`` and ``align``.
        output: The folder.
        pairs: Pairs of languages, source first, in any spelling; None pairs the corpus' first language with each other.
        words: How texts are cut into words.
        shard_rows: Rows a shard.
        resume: Go on with a folder that was begun with the same aligner, corpus and settings.
        overwrite: Delete links that are there.
        progress: Show a bar on stderr.

    Raises:
        AlignmentError: No pairs, a pair of a language with itself, or the aligner fails.
        CorpusError: The corpus has no such language.
        OutputError: The folder holds something else, or cannot be written.
    """
    if shard_rows < 1:
        raise AlignmentError(f"shard_rows is {shard_rows}; a shard has one row at least")
    wanted = _pairs(corpus, pairs)
    views = [corpus.select(languages) for languages in wanted]
    writer = LinkWriter(
        output, _card(corpus, aligner, wanted, words=words, shard_rows=shard_rows), resume=resume, overwrite=overwrite
    )
    shards = [-(-len(view) // shard_rows) for view in views]
    with tqdm(total=sum(map(len, views)), desc="aligning", unit="pair", disable=not progress) as bar:
        for languages, view, number in zip(wanted, views, shards, strict=True):
            if not number:
                logger.warning("%s has no row with both %s and %s", corpus.name, *languages)
            align = _align_whole if getattr(aligner, "learns", False) else _align_shards
            for done in align(view, aligner, writer, languages, number, words) if number else ():
                bar.update(done)
    folder = writer.finish(shards)
    logger.info("%s: links of %s", folder.path, counted(len(folder), "sentence pair"))
    return folder


def align_rows(
    corpus: Corpus, aligner: Aligner, source: str, target: str, *, words: Segmentation = "unicode"
) -> Iterator[tuple[str, Links | None]]:
    """Yield identifier and links of every row, in order; None for a row that lacks one of the languages.

    Args:
        corpus: The rows; they are walked twice side by side.
        aligner: Anything with ``align``.
        source: A language, in any spelling.
        target: Another.
        words: How texts are cut into words.

    Raises:
        AlignmentError: A language with itself, or the aligner fails.
        CorpusError: The corpus has no such language.

    Example:
        >>> from interlingua.types import Row
        >>> class First:
        ...     name = fingerprint = "first"
        ...
        ...     def align(self, pairs):
        ...         return (Links(one.source_words, one.target_words, [(0, 0)]) for one in pairs)
        >>> corpus = Corpus.from_rows([Row({"en": "Good morning", "de": "Guten Morgen"}), Row({"en": "Hello"})])
        >>> [(row, links and links.pairs.tolist()) for row, links in align_rows(corpus, First(), "en", "de")]
        [('0', [[0, 0]]), ('1', None)]
    """
    (languages,) = _pairs(corpus, [(source, target)])
    view = corpus.select(languages, min_cells=0)
    answers = _Answers(aligner, _word_pairs(_rows(view), languages, words))
    for row_id, first, second in _rows(view):
        yield row_id, answers.next() if first is not None and second is not None else None
    answers.end()


def _align_shards(
    view: Corpus, aligner: Aligner, writer: LinkWriter, languages: Languages, shards: int, words: Segmentation
) -> Iterator[int]:
    """Align shard by shard, those that are missing; yield how many rows are done."""
    missing = set(writer.missing(languages, shards))
    rows = _rows(view)
    for number in range(shards if missing else 0):
        some = list(islice(rows, writer.card.shard_rows))
        if number in missing:
            answers = _Answers(aligner, _word_pairs(some, languages, words))
            links = [answers.next() for _ in some]
            answers.end()
            writer.write(languages, number, [row_id for row_id, _, _ in some], links, _hashes(some))
        yield len(some)
    if not missing:
        yield len(view)


def _align_whole(
    view: Corpus, aligner: Aligner, writer: LinkWriter, languages: Languages, shards: int, words: Segmentation
) -> Iterator[int]:
    """Align all rows in one call, then cut into shards; yield how many rows are done."""
    if not writer.missing(languages, shards):
        yield len(view)
        return
    writer.delete(languages, shards)
    answers = _Answers(aligner, _word_pairs(_rows(view), languages, words))
    rows = _rows(view)
    for number in range(shards):
        some = list(islice(rows, writer.card.shard_rows))
        links = [answers.next() for _ in some]
        if number == shards - 1:
            answers.end()
        writer.write(languages, number, [row_id for row_id, _, _ in some], links, _hashes(some))
        yield len(some)


def _hashes(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    sides = [text_hash([row[side] for row in rows]).tolist() for side in (1, 2)]
    return list(zip(*sides, strict=True))


def _pairs(corpus: Corpus, pairs: Sequence[tuple[str, str]] | None) -> list[Languages]:
    if pairs is None:
        first, *rest = corpus.languages
        pairs = [(first, other) for other in rest]
    wanted = list(dict.fromkeys((canonical(a), canonical(b)) for a, b in pairs))
    if not wanted:
        raise AlignmentError(f"{corpus.name}: {', '.join(corpus.languages)} makes no pair of languages to align")
    for a, b in wanted:
        if a == b or (b, a) in wanted:
            what = f"{a} with itself" if a == b else f"{a} and {b} in both orders"
            raise AlignmentError(f"links of {what} are no use; links of a pair are read in either order")
        corpus.select([a, b], min_cells=0)  # that the corpus has them
    return wanted


def _card(
    corpus: Corpus, aligner: Aligner, languages: Sequence[Languages], *, words: Segmentation, shard_rows: int
) -> LinkCard:
    if words not in get_args(Segmentation):
        raise AlignmentError(f"words is {words!r}; choose one of {', '.join(get_args(Segmentation))}")
    return LinkCard(
        aligner=(aligner.name, aligner.fingerprint),
        corpus=(corpus.name, corpus.fingerprint),
        segmenter="spaces" if words == "spaces" else segmenter_name(),
        languages=tuple(languages),
        shard_rows=shard_rows,
        version=version("interlingua"),
    )


def _rows(view: Corpus) -> Iterator[_Row]:
    for batch in view.batches(_SCAN):
        yield from zip(*(batch.column(i).to_pylist() for i in range(3)), strict=True)


def _word_pairs(rows: Iterable[_Row], languages: Languages, words: Segmentation) -> Iterator[WordPair]:
    for _, source, target in rows:
        if source is None or target is None:
            continue
        if words == "spaces":
            yield WordPair(source, target, split_spans(source), split_spans(target))
        else:
            yield word_pair(source, target, languages=languages)


class _Answers:
    """The links that an aligner gives, one for every pair that it was given."""

    def __init__(self, aligner: Aligner, pairs: Iterable[WordPair]) -> None:
        self._name = aligner.name
        self._links = iter(aligner.align(pairs))

    def next(self) -> Links:
        for links in self._links:
            return links
        raise AlignmentError(f"the aligner {self._name} gave fewer answers than pairs; it must give one a pair")

    def end(self) -> None:
        for _ in self._links:
            raise AlignmentError(f"the aligner {self._name} gave more answers than pairs; it must give one a pair")
