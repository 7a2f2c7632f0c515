"""SENTENCE PAIRS -> LINKS, by the states of an encoder; and a baseline that looks at no text."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from interlingua.encoder.models import load
from interlingua.errors import AlignmentError
from interlingua.sbert import SentenceTransformer, fingerprint
from interlingua.types import Aligner, Links, WordPair
from interlingua.words.linking import WordStates, link_states
from interlingua.words.matching import matcher
from interlingua.words.rule import Matcher, check_range
from interlingua.words.segment import word_pair
from interlingua.words.states import WordEncoder, WordUnit

__all__ = ["DiagonalAligner", "WordAligner", "align", "load_word_encoder"]


class WordAligner:
    """Links words whose states inside an encoder are similar; needs no training.

    Pairs are taken in chunks, so memory does not grow with their number. Scores are cosines, or probabilities for the
    softmax rule.

    Args:
        model: As for ``WordEncoder``; it is not copied.
        match: A rule, or its kind: ``argmax``, ``itermax``, ``max-weight``, ``softmax``, ``forward``, ``reverse``.
        layer: As for ``WordEncoder``.
        unit: ``subword``: words are linked where any of their subwords are. ``word``: by the mean of their subwords.
        prefix: Put before every text; None keeps the model's own default prompt.
        name: How tables call it; None makes one of rule, layer and unit.
        batch_size: Texts encoded at once.
        chunk: Pairs in memory at once.

    Raises:
        AlignmentError: No such rule or unit, or a size below 1.
        EncoderError: As ``WordEncoder``.

    Reference:
        Jalili Sabet et al. 2020, SimAlign; Dou and Neubig 2021, awesome-align.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import static_student
        >>> from interlingua.types import Row
        >>> texts = [("red", "rot"), ("blue", "blau"), ("red blue", "rot blau"), ("green", "grün")]
        >>> rows = Corpus.from_rows([Row({"eng_Latn": a, "deu_Latn": b}) for a, b in texts])
        >>> aligner = WordAligner(static_student(rows, dimension=3))
        >>> [links] = aligner.align([word_pair("blue red", "rot blau")])
        >>> links.pairs.tolist()
        [[0, 1], [1, 0]]
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        match: Matcher | str = "argmax",
        layer: int | None = None,
        unit: WordUnit = "subword",
        prefix: str | None = None,
        name: str | None = None,
        batch_size: int = 32,
        chunk: int = 512,
    ) -> None:
        if unit not in ("word", "subword"):
            raise AlignmentError(f"there is no unit {unit!r}; take `word` or `subword`")
        check_range("chunk", chunk, 1, None)
        check_range("batch_size", batch_size, 1, None)
        self.encoder = WordEncoder(model, layer=layer, prefix=prefix, batch_size=batch_size)
        self.rule = matcher(match) if isinstance(match, str) else match
        self.unit = unit
        self.chunk = chunk
        self.name = name or f"encoder:{self.rule.name},layer={self.encoder.layer},{unit}"

    @cached_property
    def fingerprint(self) -> str:
        """Of the model as it is when first asked for, layer, prefix, unit and rule with its settings."""
        encoder = self.encoder
        parts = (fingerprint(encoder.model), str(encoder.layer), encoder.prefix, self.unit, repr(self.rule))
        return "|".join(("encoder", *parts))

    def align(self, pairs: Iterable[WordPair]) -> Iterator[Links]:
        """Yield the links of every pair, in order.

        Raises:
            EncoderError: As ``WordEncoder.encode``.
        """
        waiting = iter(pairs)
        while some := list(islice(waiting, self.chunk)):
            states = self.encoder.encode(
                [*(pair.source for pair in some), *(pair.target for pair in some)],
                [*(pair.source_words for pair in some), *(pair.target_words for pair in some)],
                unit=self.unit,
            )
            source, target = _halves(states)
            for pair, (linked, scores) in zip(some, link_states(source, target, self.rule), strict=True):
                yield Links(pair.source_words, pair.target_words, linked, scores)


class DiagonalAligner:
    """Links words by their place alone: word i of m with word ``round(i (n - 1) / (m - 1))`` of n.

    What any aligner must beat. A single word is linked with the first.

    Example:
        >>> [links] = DiagonalAligner().align([word_pair("one two three", "eins zwei")])
        >>> links.pairs.tolist()
        [[0, 0], [1, 0], [2, 1]]
    """

    name = "diagonal"
    fingerprint = "diagonal|1"

    def align(self, pairs: Iterable[WordPair]) -> Iterator[Links]:
        """Yield the links of every pair, in order."""
        for pair in pairs:
            m, n = len(pair.source_words), len(pair.target_words)
            places = np.arange(m if n else 0)
            others = np.rint(places * (max(n, 1) - 1) / max(m - 1, 1)).astype(np.int64)
            yield Links(pair.source_words, pair.target_words, np.stack([places, others], axis=1))


def align(
    source: Sequence[str],
    target: Sequence[str],
    aligner: Aligner,
    *,
    languages: tuple[str, str] | None = None,
    dictionary: bool | None = None,
) -> list[Links]:
    """Cut sentences that translate each other into words, and link these.

    Args:
        source: Sentences of one language.
        target: Their translations, line by line.
        aligner: What links them.
        languages: Of source and target, as for ``segment``.
        dictionary: As for ``segment``.

    Raises:
        AlignmentError: There are more of one than of the other, or the aligner fails.

    Example:
        >>> [links] = align(["one two"], ["eins zwei"], DiagonalAligner())
        >>> links.pairs.tolist()
        [[0, 0], [1, 1]]
    """
    if len(source) != len(target):
        raise AlignmentError(
            f"there are {len(source):,} source and {len(target):,} target sentences; give one translation a sentence"
        )
    pairs = (
        word_pair(one, other, languages=languages, dictionary=dictionary)
        for one, other in zip(source, target, strict=True)
    )
    return list(aligner.align(pairs))


def load_word_encoder(
    spec: str | Path,
    *,
    max_length: int | None = None,
    device: str | None = None,
    revision: str | None = None,
    trust_remote_code: bool = False,
) -> SentenceTransformer:
    """Load an encoder to align words with; how it pools does not matter.

    Args:
        spec: A folder or hub name that sentence-transformers loads, or a plain transformers folder.
        max_length: Longest text in tokens.
        device: As for torch.
        revision: Version on the hub.
        trust_remote_code: Run code that comes with the model.

    Raises:
        EncoderError: It does not load.
    """
    folder = Path(spec)
    plain = folder.is_dir() and (folder / "config.json").is_file() and not (folder / "modules.json").is_file()
    return load(
        spec,
        pooling="mean" if plain else None,
        max_length=max_length,
        device=device,
        revision=revision,
        trust_remote_code=trust_remote_code,
    )


def _halves(states: WordStates) -> tuple[WordStates, WordStates]:
    """The states of the first half of the texts, and of the second."""
    half = len(states) // 2
    vector, word = states.starts[half], states.words[half]
    return (
        WordStates(states.vectors[:vector], states.starts[: half + 1], states.ranges[:word], states.words[: half + 1]),
        WordStates(
            states.vectors[vector:],
            states.starts[half:] - vector,
            states.ranges[word:] - vector,
            states.words[half:] - word,
        ),
    )
