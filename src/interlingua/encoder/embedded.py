"""TOKENS -> EMBEDDINGS: what a transformer takes in place of token ids."""

import torch
from torch import Tensor, nn

from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer, Transformer

__all__ = ["check_takes_embeddings", "padding_position", "positions", "transformer_of"]


def check_takes_embeddings(transformer: Transformer) -> None:
    """Make sure that embeddings of tokens in place of the tokens give the same states.

    Raises:
        EncoderError: They do not, for this architecture.
    """
    model = transformer.model
    training = model.training
    model.train(False)
    try:
        with torch.no_grad():
            made = transformer.preprocess(["a", "a b c d e"])
            given = {key: value.to(model.device) if isinstance(value, Tensor) else value for key, value in made.items()}
            mask = given["attention_mask"].bool()
            plain = transformer.forward(dict(given))["token_embeddings"]
            ids = given.pop("input_ids")
            words = {"inputs_embeds": model.get_input_embeddings()(ids)}
            other = transformer.forward({**given, **words, **positions(model, ids)})["token_embeddings"]
        same = torch.allclose(plain[mask].float(), other[mask].float(), rtol=1e-2, atol=1e-3)
    except (TypeError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        raise EncoderError(
            f"{type(model).__name__} does not take embeddings in place of tokens ({error}); take an encoder of the "
            "BERT or RoBERTa family"
        ) from error
    finally:
        model.train(training)
    if not same:
        raise EncoderError(
            f"{type(model).__name__} makes other states of embeddings than of the tokens that they belong to; take an "
            "encoder of the BERT or RoBERTa family"
        )


def positions(model: nn.Module, input_ids: Tensor) -> dict[str, Tensor]:
    """Return the positions of tokens for models of the RoBERTa family, nothing for others.

    That family counts from the padding number on, over tokens that are no padding; without token ids it would count
    the padding too.

    Args:
        model: A transformer.
        input_ids: Shape ``(texts, longest)``, padded on either side.
    """
    padding = padding_position(model)
    if padding is None:
        return {}
    real = input_ids.ne(padding).long()
    return {"position_ids": real.cumsum(1) * real + padding}


def padding_position(model: nn.Module) -> int | None:
    """Return the position that padding has in the RoBERTa family, one before that of the first token; None elsewhere.

    It is the id of the padding token, too.
    """
    for module in model.modules():
        padding = getattr(module, "padding_idx", None)
        if isinstance(padding, int) and isinstance(getattr(module, "position_embeddings", None), nn.Embedding):
            return padding
    return None


def transformer_of(model: SentenceTransformer) -> Transformer:
    """Return the transformer that a model begins with.

    Raises:
        EncoderError: It begins with something else, as a static encoder does.
    """
    first = model[0]
    if not isinstance(first, Transformer):
        raise EncoderError(
            f"the encoder begins with a {type(first).__name__}, which has no states of tokens in their context to "
            "predict from; take a transformer, or leave the objectives out that predict tokens"
        )
    transformer: Transformer = first
    return transformer
