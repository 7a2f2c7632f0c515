"""An encoder and some rows, and what is wrong with either."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from interlingua.evaluation.doctor.chart import Chart
from interlingua.evaluation.doctor.comparing import measure_base, measure_similarity, measure_teacher
from interlingua.evaluation.doctor.diagnosis import Diagnosis
from interlingua.evaluation.doctor.pool import Pool
from interlingua.evaluation.doctor.rules import advise
from interlingua.evaluation.doctor.space import (
    NEIGHBOURS,
    measure_leakage,
    measure_pairs,
    measure_retrieval,
    measure_shape,
)
from interlingua.evaluation.doctor.text import measure_copies, measure_seen, measure_tokens
from interlingua.evaluation.doctor.tokens import token_reader
from interlingua.evaluation.pairs import Pair
from interlingua.evaluation.task import as_encoder, score_signature
from interlingua.types import Encoder

if TYPE_CHECKING:
    from interlingua.corpus import Corpus, ScoredPairs

__all__ = ["examine"]

logger = logging.getLogger(__name__)


def examine(
    encoder: Any,
    corpus: "Corpus",
    *,
    base: Encoder | None = None,
    teacher: Encoder | None = None,
    train: "Corpus | Sequence[Corpus]" = (),
    similarity: "ScoredPairs | Sequence[ScoredPairs]" = (),
    pairs: str | Sequence[Pair] | None = None,
    max_rows: int = 1000,
) -> Diagnosis:
    """Look an encoder over on some rows, and say what is wrong and what to do.

    Args:
        encoder: Any encoder, or what :func:`interlingua.load_encoder` takes, or a SentenceTransformer; tokens and
            lengths of vectors are looked at where it is a :class:`interlingua.encoder.SentenceEncoder`.
        corpus: Rows that it was not trained on.
        base: The encoder that training began with: what was forgotten?
        teacher: The encoder that it learns from: do lengths fit?
        train: What it was trained on: are rows of the corpus among that?
        similarity: Pairs with scores of people, to compare with the base on; used with ``base`` only.
        pairs: As for :class:`interlingua.evaluation.TranslationRetrieval`; None takes all pairs of up to 12 languages,
            and English (or the first language) with all others where there are more.
        max_rows: Rows that are encoded, spread evenly over the corpus. Copies are looked for in all.

    Raises:
        EvaluationError: If no pair of languages shares 2 rows, or a vector is not finite.

    Example:
        >>> from interlingua.corpus import open_corpus
        >>> from interlingua.encoder import FunctionEncoder
        >>> rows = open_corpus("phrasebook").select(["eng", "deu"], split="dev")
        >>> same = FunctionEncoder(lambda texts: [[1.0, 0.0] for _ in texts], name="same")
        >>> [advice.diagnosis for advice in examine(same, rows).advice]
        ['collapse']
    """
    encoder = as_encoder(encoder)
    pool = Pool(corpus, max_rows=max_rows, pairs=pairs)
    signature = score_signature(
        encoder, data=pool.corpus.fingerprint, split=None, rows=str(len(pool)), neighbours=str(NEIGHBOURS)
    )
    chart, cannot = Chart(signature), _missing(pool)
    logger.info("%s: encoding %s rows in %s languages", encoder.name, f"{len(pool):,}", len(pool.languages))
    told = pool.encode(encoder)
    measure_retrieval(told, chart)
    measure_leakage(told, chart)
    measure_shape(told, chart)
    measure_pairs(told, chart)
    measure_copies(corpus, pool, chart)
    reader = token_reader(encoder)
    if reader is None:
        cannot.append(f"tokens, unknown words and truncation: {type(encoder).__name__} has no tokenizer to look at")
    else:
        measure_tokens(reader, pool, chart)
    corpora = list(train) if isinstance(train, Sequence) else [train]
    if corpora:
        cannot += measure_seen(corpus, pool, corpora, chart)
    if base is not None:
        measure_base(told, pool.encode(base), chart)
        if similarity:
            measure_similarity(encoder, base, similarity, chart)
    if teacher is not None:
        cannot += measure_teacher(told, teacher, chart)
    return Diagnosis(
        name=encoder.name,
        data=corpus.name,
        rows=len(pool),
        languages=pool.languages,
        advice=tuple(advise(chart)),
        scores=tuple(chart.scores),
        cannot=tuple(cannot),
    )


def _missing(pool: Pool) -> list[str]:
    if not pool.without_rows:
        return []
    named = ", ".join("-".join(pair) for pair in pool.without_rows[:3])
    more = f" and {len(pool.without_rows) - 3} more" if len(pool.without_rows) > 3 else ""
    return [f"pairs that share fewer than 2 rows: {named}{more}"]
