"""TEXT -> TOKENS: a unigram tokenizer made from the corpus, and its two dresses."""

from itertools import chain

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from interlingua.encoder.rows import Rows, balanced_sample

__all__ = ["SPECIAL_TOKENS", "as_fast_tokenizer", "train_tokenizer"]

SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
"""Special tokens by their role; their ids are 0 to 4 in this order."""


def train_tokenizer(corpus: Rows, *, vocabulary: int, characters: int = 400_000) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary, special_tokens=list(SPECIAL_TOKENS.values()), unk_token="<unk>", show_progress=False
    )
    sample = balanced_sample(corpus, characters=characters)
    tokenizer.train_from_iterator(chain.from_iterable(sample.values()), trainer)
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
