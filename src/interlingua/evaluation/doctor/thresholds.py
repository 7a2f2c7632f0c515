"""Where a number begins to be a complaint: the one place, with why.

Calibrated on encoders of which other measurements say that they are healthy (static and contextual students trained
multi-way on phrasebook, NTREX and Bible rows) and on ones that are known not to be (an English-only MiniLM on six
languages, a contextual student after masked language modelling alone). Where a number has an interval, all of it must
lie beyond the threshold.
"""

from dataclasses import dataclass

__all__ = ["THRESHOLDS", "Threshold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When to complain of a number.

    Args:
        notable: From here on it is worth a word.
        severe: From here on it comes before everything that is notable only.
        why: What the two rest on.
        below: True where low numbers are the bad ones.
    """

    notable: float
    severe: float
    why: str
    below: bool = False


THRESHOLDS = {
    "mean_cosine": Threshold(
        notable=0.8,
        severe=0.95,
        why="healthy students lie at 0 to 0.2; contrastive encoders of very low temperature at about 0.7 still rank "
        "well; mean-pooled language models without sentence training lie at 0.85 and above",
    ),
    "top_component": Threshold(
        notable=0.4, severe=0.7, why="healthy encoders lie at 0.01 to 0.11, a language model without training at 0.79"
    ),
    "lost_to_own_language": Threshold(
        notable=0.5,
        severe=0.75,
        why="healthy encoders lose 0.19 to 0.36 of what they find when the pool grows by their own language's texts; "
        "an English-only one 0.81",
    ),
    "hub_skewness": Threshold(
        notable=3.5,
        severe=6.0,
        why="healthy encoders lie at 0.2 to 2.6, broken ones at 4 to 6.3; one planted hub above 8",
    ),
    "found": Threshold(
        notable=0.4,
        severe=0.3,
        why="pools of some hundred rows: a random encoder finds under 0.01, an English-only one 0.24 (names and "
        "numbers), a tiny student after minutes of training 0.41 to 0.76",
        below=True,
    ),
    "found_without_weak": Threshold(
        notable=0.5,
        severe=0.5,
        why="what the other languages must find for the weak ones alone to be to blame; an English-only encoder finds "
        "0.43 among English, French, Spanish and Swahili",
        below=True,
    ),
    "found_of_others": Threshold(
        notable=0.5,
        severe=0.25,
        why="a language's share of the median of the others: the weakest language of a small healthy student lies at "
        "0.53 of it",
        below=True,
    ),
    "in_other_rows": Threshold(
        notable=0.3,
        severe=0.5,
        why="of the rows; under 0.1 where rows are parallel, whatever the encoder, and about three quarters of what "
        "would be found where they were shuffled",
    ),
    "unknown": Threshold(
        notable=0.02, severe=0.1, why="rare symbols make up to 0.01 of the tokens; above 0.1 words are missing"
    ),
    "cut": Threshold(
        notable=0.1, severe=0.5, why="a few long texts are cut by every encoder; half of them is a setting gone wrong"
    ),
    "premium": Threshold(
        notable=3.0,
        severe=5.0,
        why="tokens for the same content, times those of the pivot: up to 2 for languages that a vocabulary was made "
        "for, 3 and more where it falls back to characters or bytes (Petrov et al. 2023)",
    ),
    "duplicate_rows": Threshold(
        notable=0.02, severe=0.2, why="greetings and headings repeat; above, the score is that of the copies"
    ),
    "seen_pairs": Threshold(
        notable=0.005, severe=0.05, why="below 0.005 a leak cannot move a score by more than its last digit"
    ),
    "seen_texts": Threshold(
        notable=0.05, severe=0.5, why="one side alone repeats in honest data: short and formulaic sentences"
    ),
    "neighbours_kept": Threshold(
        notable=0.2,
        severe=0.1,
        why="of the 10 nearest; unrelated encoders share 10 over the number of texts, training that helps keeps 0.3 "
        "and more",
        below=True,
    ),
    "sts_change": Threshold(
        notable=-0.03,
        severe=-0.08,
        why="points of Spearman's correlation; 0.02 is within the noise of 1,500 pairs",
        below=True,
    ),
    "found_change": Threshold(
        notable=-0.05,
        severe=-0.2,
        why="change against the base; several times the noise of some hundred rows",
        below=True,
    ),
    "norm_ratio": Threshold(
        notable=1.5,
        severe=3.0,
        why="squared error pulls at lengths before directions; at half as long again a quarter of the error is length",
    ),
}
"""By metric."""
