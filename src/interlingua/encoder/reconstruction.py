"""STATES -> THE TRANSLATION'S STATES: the decoder that is trained with an encoder to write the other sentence."""

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from transformers.masking_utils import create_bidirectional_mask

from interlingua.encoder.embedded import transformer_of
from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer, needs_language

__all__ = ["ReconstructionDecoder"]

_FAMILIES = ("bert", "camembert", "roberta", "xlm-roberta")
"""Those whose layers take states and a mask, and nothing else (no relative positions), and end in a norm."""


class ReconstructionDecoder(nn.Module):
    """Predict the states of a translation from the states of its source, all at once.

    The last layers of the encoder, copied and trained apart, run over ``[source states ; mask embeddings]``: one mask
    for every token of the target, with the target's positions, from the encoder's own embedding layer. Neither
    sentence's first token (CLS) can be looked at.

    Args:
        model: An encoder of the BERT or RoBERTa family. It is asked for its embeddings at every call and not kept as a
            part, so the decoder's parameters are its own layers only.
        layers: How many layers are copied.

    Raises:
        EncoderError: Another architecture, fewer layers than that, or a tokenizer without a mask.

    Reference:
        Li et al. 2023, Dual-Alignment Pre-training for Cross-lingual Sentence Embedding.
        https://arxiv.org/abs/2305.09148
    """

    def __init__(self, model: SentenceTransformer, *, layers: int = 2) -> None:
        super().__init__()
        first = transformer_of(model)
        encoder: Any = first.auto_model
        family = encoder.config.model_type
        if family not in _FAMILIES:
            raise EncoderError(
                f"{type(encoder).__name__} ({family}) has no layers that can be copied into a decoder; take an encoder "
                f"of one of these families: {', '.join(_FAMILIES)}"
            )
        stack = encoder.encoder.layer
        if not 1 <= layers <= len(stack):
            raise EncoderError(f"a decoder of {layers} layers cannot be copied from an encoder of {len(stack)}")
        if first.tokenizer is None or first.tokenizer.mask_token_id is None:
            raise EncoderError("the tokenizer has no mask token; take an encoder that was trained to fill in masks")
        self.mask_id: int = first.tokenizer.mask_token_id
        self.pad_id: int = first.tokenizer.pad_token_id
        self.layers = nn.ModuleList(deepcopy(layer) for layer in stack[len(stack) - layers :])
        self.first: Any
        object.__setattr__(self, "first", first)  # not registered: its weights are not the decoder's
        self._needs_language = needs_language(model)

    def forward(self, states: Tensor, mask: Tensor, target_mask: Tensor, *, language: Tensor | None = None) -> Tensor:
        """Return states at the target's positions, shape ``(B, T, D)``; those of its first token mean nothing.

        Args:
            states: Last states of the source's tokens, shape ``(B, S, D)``.
            mask: Which of them are tokens and not padding, shape ``(B, S)``.
            target_mask: The same for the target, padded on either side, shape ``(B, T)``.
            language: Rows of the target's languages, shape ``(B,)``, for an encoder with a language embedding.

        Raises:
            EncoderError: Shapes that do not fit, or languages missing where the encoder needs them.
        """
        if states.shape[:2] != mask.shape or len(target_mask) != len(mask):
            raise EncoderError(
                f"states {tuple(states.shape)}, mask {tuple(mask.shape)} and target mask {tuple(target_mask.shape)} do "
                "not fit; they are (B, S, D), (B, S) and (B, T)"
            )
        masked = self._masked(target_mask.bool(), language).to(states.dtype)
        hidden = torch.cat([states, masked], dim=1)
        seen = torch.cat([_without_first(mask), _without_first(target_mask)], dim=1)
        seen = seen | ~seen.any(dim=1, keepdim=True)  # a row of nothing else: attention over nothing is no number
        attention = create_bidirectional_mask(
            config=self.first.auto_model.config, inputs_embeds=hidden, attention_mask=seen.long()
        )
        for layer in self.layers:
            made = layer(hidden, attention)
            hidden = made[0] if isinstance(made, tuple) else made
        return hidden[:, states.shape[1] :]

    def _masked(self, target: Tensor, language: Tensor | None) -> Tensor:
        ids = torch.where(target, self.mask_id, self.pad_id)
        given: dict[str, Tensor] = {"input_ids": ids}
        if self._needs_language:
            if language is None:
                raise EncoderError("this encoder has a language embedding; give the languages of the targets")
            given = self.first.inputs(ids, language)
        embeddings: Tensor = self.first.auto_model.embeddings(**given)
        return embeddings


def _without_first(mask: Tensor) -> Tensor:
    """Return the mask without the first token of every row, wherever the padding stands."""
    there = mask.bool()
    return there & (there.long().cumsum(1) > 1)
