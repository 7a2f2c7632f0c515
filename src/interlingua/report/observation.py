"""What a report looks at, and what one encoder makes of it: taken once before training and once after."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EncoderError, EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.types import Encoder, Row, Score, Vectors, WordPair

if TYPE_CHECKING:
    from interlingua.corpus import Corpus
    from interlingua.sbert import SentenceTransformer

__all__ = ["Observation", "Subjects", "choose_subjects", "observe"]

_CELLS = 2000
"""Texts that are encoded at most, of all languages together."""

_ROWS = 200
_LANGUAGES = 24
_WORDS = 240
_PAIRS = 3
_WORDS_A_SIDE = (3, 12)


@dataclass(frozen=True)
class Subjects:
    """What every encoder of a report is shown.

    Args:
        name: Of the data.
        rows: Some rows of it.
        languages: Of the rows; the first is what examples are asked from and in.
        words: Frequent words, each with its language.
        pairs: A few short sentence pairs cut into words, each with its languages.
    """

    name: str
    rows: list[Row]
    languages: tuple[str, ...]
    words: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[tuple[tuple[str, str], WordPair]] = field(default_factory=list)

    def texts(self, language: str) -> list[str | None]:
        """Return one column."""
        return [row.texts.get(language) for row in self.rows]


@dataclass(frozen=True)
class Observation:
    """What one encoder made of the subjects.

    Args:
        vectors: Unit vectors by language, shape ``(rows, dim)``; NaN where a row has no text.
        retrieval: Scores of translation retrieval between every two languages.
        words: Input embeddings of the words, shape ``(words, dim)``, zero for a word without; None where the model
            has no table of tokens.
        links: Cosines of the words of every pair, shape ``(source words, target words)``, NaN for a word without a
            state; None where the model has no states of words.
    """

    vectors: dict[str, Vectors]
    retrieval: list[Score]
    words: Vectors | None = None
    links: list[NDArray[np.float32]] | None = None


def choose_subjects(corpus: "Corpus", *, languages: Sequence[str] = (), lexicon: "Corpus | None" = None) -> Subjects:
    """Choose what to look at: the first rows, at most 2,000 texts in 24 languages.

    Args:
        corpus: Rows to test on.
        languages: Which languages matter most, if the corpus has more than can be shown; the order of the corpus else.
        lexicon: Where frequent words are counted; ``corpus`` unless given.
    """
    kept = [code for code in dict.fromkeys([*languages, *corpus.languages]) if code in corpus.languages][:_LANGUAGES]
    shown = tuple(code for code in corpus.languages if code in kept)
    if "eng_Latn" in shown:
        shown = ("eng_Latn", *(code for code in shown if code != "eng_Latn"))
    count = max(2, min(_ROWS, _CELLS // max(1, len(shown))))
    rows = list(islice(corpus.select(languages=shown).rows(), count))
    counted = corpus if lexicon is None else lexicon
    words = _frequent_words(islice(counted.rows(), 10 * _ROWS), [code for code in shown if code in counted.languages])
    return Subjects(corpus.name, rows, shown, words, _short_pairs(rows, shown))


def observe(subjects: Subjects, encoder: Encoder, model: "SentenceTransformer | None" = None) -> Observation:
    """Show the subjects to an encoder.

    Args:
        subjects: What to look at.
        encoder: What is asked for sentence vectors.
        model: The same as a model, for the vectors of words.

    Raises:
        EvaluationError: If a vector is not finite.
    """
    vectors = {code: _column(subjects.texts(code), encoder, code, subjects.name) for code in subjects.languages}
    return Observation(
        vectors,
        _retrieval(subjects, vectors),
        None if model is None else _word_vectors(subjects.words, model),
        None if model is None else _word_similarities([pair for _, pair in subjects.pairs], model),
    )


def _column(texts: Sequence[str | None], encoder: Encoder, language: str, data: str) -> Vectors:
    present = [row for row, text in enumerate(texts) if text]
    if not present:
        return np.full((len(texts), 1), np.nan, dtype=np.float32)
    encoded = encode_texts(encoder, [texts[row] or "" for row in present], language=language, data=data)
    column = np.full((len(texts), encoded.vectors.shape[1]), np.nan, dtype=np.float32)
    column[present] = encoded.vectors[encoded.ids]
    return column


@dataclass(frozen=True)
class _Known:
    """An encoder of texts whose vectors are known."""

    vectors: dict[tuple[str, str], Vectors]
    name: str = "known"
    fingerprint: str = "known"

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        return np.stack([self.vectors[language or "", text] for text in texts])


def _retrieval(subjects: Subjects, vectors: dict[str, Vectors]) -> list[Score]:
    from interlingua.corpus import Corpus

    known = {
        (code, text): vectors[code][row]
        for code in subjects.languages
        for row, text in enumerate(subjects.texts(code))
        if text
    }
    try:
        task = TranslationRetrieval(Corpus.from_rows(subjects.rows, name=subjects.name), pairs="all-pairs")
    except EvaluationError:  # one language, or no two that share rows
        return []
    return [score for score in task.run(_Known(known)) if score.metric == "accuracy"]


def _frequent_words(rows: Iterable[Row], languages: Sequence[str]) -> list[tuple[str, str]]:
    """The most frequent words of every language, the same number of each."""
    from interlingua.words.segment import segment

    counts: dict[str, Counter[str]] = {code: Counter() for code in languages}
    for row in rows:
        for code, text in row.texts.items():
            if code in counts:
                counts[code].update(text[a:b].casefold() for a, b in segment(text, code).tolist())
    share = max(1, _WORDS // max(1, len(languages)))
    return [(word, code) for code in languages for word in _most_common(counts[code], share)]


def _most_common(counts: Counter[str], count: int) -> list[str]:
    words = [word for word in counts if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    return sorted(words, key=lambda word: (-counts[word], word))[:count]


def _short_pairs(rows: Sequence[Row], languages: Sequence[str]) -> list[tuple[tuple[str, str], WordPair]]:
    """The first short sentence of the first language in some others, another row for each."""
    from interlingua.words.segment import word_pair

    low, high = _WORDS_A_SIDE
    found: list[tuple[tuple[str, str], WordPair]] = []
    used: set[int] = set()
    for other in _scripts_first(languages):
        for number, row in enumerate(rows):
            if number in used or not (row.texts.get(languages[0]) and row.texts.get(other)):
                continue
            pair = word_pair(row.texts[languages[0]], row.texts[other], languages=(languages[0], other))
            if all(low <= len(words) <= high for words in (pair.source_words, pair.target_words)):
                found.append(((languages[0], other), pair))
                used.add(number)
                break
        if len(found) == _PAIRS:
            break
    return found


def _scripts_first(languages: Sequence[str]) -> list[str]:
    """The languages after the first, one of every script before a second of any."""
    seen: Counter[str] = Counter()
    places: list[tuple[int, int, str]] = []
    for number, code in enumerate(languages[1:]):
        script = code.partition("_")[2][:4]
        places.append((seen[script], number, code))
        seen[script] += 1
    return [code for _, _, code in sorted(places)]


def _word_vectors(words: Sequence[tuple[str, str]], model: "SentenceTransformer") -> Vectors | None:
    from interlingua.words.lexicon import form_vectors

    try:
        return form_vectors(model, [word for word, _ in words])[0] if words else None
    except (EncoderError, AttributeError):  # a model without a table of tokens
        return None


def _word_similarities(pairs: Sequence[WordPair], model: "SentenceTransformer") -> list[NDArray[np.float32]] | None:
    from interlingua.words.states import WordEncoder

    if not pairs:
        return None
    texts = [*(pair.source for pair in pairs), *(pair.target for pair in pairs)]
    words = [*(pair.source_words for pair in pairs), *(pair.target_words for pair in pairs)]
    try:
        states = WordEncoder(model).encode(texts, words)
    except EncoderError:  # a model without states of words
        return None
    units = [_unit_or_nan(*states.of(text)) for text in range(len(texts))]
    return [units[i] @ units[i + len(pairs)].T for i in range(len(pairs))]


def _unit_or_nan(vectors: NDArray[np.float32], ranges: NDArray[np.int64]) -> NDArray[np.float32]:
    made = np.full((len(ranges), vectors.shape[1]), np.nan, dtype=np.float32)
    known = ranges[:, 0] < ranges[:, 1]
    rows = vectors[ranges[known, 0]]
    made[known] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return made
