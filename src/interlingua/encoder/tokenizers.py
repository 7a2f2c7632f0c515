"""TEXT -> TOKENS: a unigram tokenizer made from the corpus, and its dress for a transformer."""

import math
from collections import Counter
from collections.abc import Mapping

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from interlingua.encoder.rows import Rows, balanced_sample, count_characters
from interlingua.encoder.unigram import characters, most_frequent, unigram_pieces
from interlingua.errors import EncoderError

__all__ = ["SPECIAL_TOKENS", "as_fast_tokenizer", "default_vocabulary", "train_tokenizer"]

SPECIAL_TOKENS: Mapping[str, str] = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
"""Special tokens by their role; their ids are 0 to 4 in this order."""

_RARE = 0.0005


def default_vocabulary(characters: int) -> int:
    r"""Return a vocabulary size that suits an amount of text: ``10 sqrt(characters)``, between 500 and 32,000.

    That is 4,000 for 400 rows of eight languages and 32,000 for 8,000 rows of a dozen.

    Example:
        >>> default_vocabulary(160_000), default_vocabulary(12_500_000)
        (4000, 32000)
    """
    return min(max(500, round(10 * math.sqrt(characters))), 32_000)


def train_tokenizer(corpus: Rows, *, vocabulary: int | None = None, sample: int = 300_000) -> Tokenizer:
    """Make a unigram tokenizer: NFKC, words marked by a leading ``▁``, pieces chosen by likelihood.

    Every language gives the same amount of text as far as it has it, so that small ones get pieces too. The same corpus
    gives the same tokenizer.

    Args:
        corpus: Training rows.
        vocabulary: Most pieces, special tokens included; None chooses by the amount of text.
        sample: Characters a language that the pieces are learnt from.

    Raises:
        EncoderError: A vocabulary too small, or a corpus without text.
    """
    totals = count_characters(corpus)
    size = default_vocabulary(sum(totals.values())) if vocabulary is None else vocabulary
    if size < 2 * len(SPECIAL_TOKENS):
        raise EncoderError(f"a vocabulary of {size} is too small to hold special tokens and pieces; take 500 or more")
    normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    splitter = pre_tokenizers.Metaspace()
    words: Counter[str] = Counter()
    alphabet: Counter[str] = Counter()
    for texts in balanced_sample(corpus, totals, characters=sample).values():
        some = Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)))
        words += some
        alphabet += _covering(characters(some))
    pieces = unigram_pieces(words, size=size - len(SPECIAL_TOKENS), alphabet=alphabet)
    special = [(token, 0.0) for token in SPECIAL_TOKENS.values()]
    tokenizer = Tokenizer(models.Unigram(special + pieces, unk_id=list(SPECIAL_TOKENS).index("unk_token")))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS.values()])
    return tokenizer


def as_fast_tokenizer(tokenizer: Tokenizer, *, max_length: int) -> PreTrainedTokenizerFast:
    """Dress a tokenizer for a transformer: ``<s>`` and ``</s>`` around the text, padding, truncation.

    Args:
        tokenizer: As ``train_tokenizer`` makes it; it is copied.
        max_length: Longest text in tokens, ``<s>`` and ``</s>`` included.
    """
    copy = Tokenizer.from_str(tokenizer.to_str())
    start, end = SPECIAL_TOKENS["bos_token"], SPECIAL_TOKENS["eos_token"]
    copy.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        pair=f"{start} $A {end} {end} $B {end}",
        special_tokens=[(token, copy.token_to_id(token)) for token in (start, end)],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=copy,
        model_max_length=max_length,
        cls_token=start,
        sep_token=end,
        clean_up_tokenization_spaces=False,
        **SPECIAL_TOKENS,
    )


def _covering(counts: Counter[str]) -> Counter[str]:
    """Return the most frequent characters that cover all but a ``_RARE`` share of a language's text."""
    kept: Counter[str] = Counter()
    left = sum(counts.values())
    rare = _RARE * left
    for character, count in most_frequent(counts):
        if left <= rare:
            break
        kept[character] = int(count)
        left -= int(count)
    return kept
