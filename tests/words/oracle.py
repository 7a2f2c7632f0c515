"""A question-answering model that knows the answers: a word is a token, and a dictionary says what translates it."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

from interlingua.types import WordPair
from interlingua.words.questions import MARK
from interlingua.words.segment import split_spans


def word_tokenizer(words: Sequence[str], *, max_length: int = 512) -> PreTrainedTokenizerFast:
    """Split at white space; ``<s> question </s> </s> context </s>``."""
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", MARK, *words]))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        bos_token="<s>",
        cls_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
    )


class Oracle(PreTrainedModel):
    """Gives the words that translate the marked one a high logit, or the null token where there are none.

    Args:
        answers: Words of the context by the word asked for, first and last of the span.
        tokenizer: Of the vocabulary.
        height: Logit of an answer; all others have 0.
    """

    config_class = PretrainedConfig

    def __init__(self, answers: Mapping[str, tuple[str, str]], tokenizer: PreTrainedTokenizerFast, height: float = 8.0):
        super().__init__(PretrainedConfig())
        self.answers = {
            tokenizer.convert_tokens_to_ids(word): tuple(tokenizer.convert_tokens_to_ids(list(span)))
            for word, span in answers.items()
        }
        self.mark = tokenizer.convert_tokens_to_ids(MARK)
        self.height = torch.nn.Parameter(torch.tensor(height))
        self.batches: list[tuple[int, int]] = []

    def forward(self, input_ids, attention_mask):
        self.batches.append(tuple(input_ids.shape))
        assert bool((input_ids[attention_mask == 0] == 1).all())
        logits = torch.zeros(2, *input_ids.shape)
        for row, ids in enumerate(input_ids.tolist()):
            first, last = (i for i, token in enumerate(ids) if token == self.mark)
            context = ids.index(2)
            assert last == first + 2
            span = self.answers.get(ids[first + 1])
            for side in (0, 1):
                found = [i for i in range(context, len(ids)) if span is not None and ids[i] == span[side]]
                logits[side, row, found or [0]] = self.height
        return SimpleNamespace(start_logits=logits[0], end_logits=logits[1])


def words_of(source: str, target: str) -> WordPair:
    return WordPair(source, target, split_spans(source), split_spans(target))
