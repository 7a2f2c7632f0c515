"""Word translation ranking: a word's translation before the other words of the sentence it stands in."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective, one_of
from interlingua.objectives.kernel import NOTHING
from interlingua.objectives.pool import precise, process_count, sum_over_processes
from interlingua.objectives.tokens import LinkedWords, TokenStates

__all__ = ["WordTranslationRanking"]


class WordTranslationRanking(Objective):
    r"""Rank the word that translates a word before all other words of the target sentence, and back.

    With the similarity :math:`\phi` of two words, over N pairs of sentences and the set A of links (j, k) of each,

    .. math:: -\frac{1}{2N} \sum_i \sum_{(j,k) \in A_i} \log \frac{e^{\phi(x_j, y_k)/\tau}}
        {e^{\phi(x_j, y_k)/\tau} + \sum_{n} e^{\phi(x_j, y_n)/\tau}} + \text{the same from } y_k \text{ to } x_j

    where n runs over the words of the target sentence that are not linked to j. Words are the aligner's; the states are
    those of the pass that sentence vectors are made from, so this objective costs no pass of its own.

    Args:
        temperature: tau. The paper prints none; 0.05 is that of its sentence-level loss.
        similarity: Of two words of m and n subwords: the ``mean`` of the m x n cosines, the cosine of ``pooled`` (mean)
            states, the ``max`` of the cosines, or the mean cosine after both are cut to the same number of subwords
            (``clip``).
        other_links: A word that is also linked to j is left ``out`` of the denominator, or stays ``in`` it (the
            equation as printed).

    Raises:
        ObjectiveError: For a setting without meaning, or a batch without links.

    Reference:
        Miao et al. 2024, eq. 6-8. https://arxiv.org/abs/2404.02490

    Example:
        >>> from interlingua.objectives import EncodedCells
        >>> cells = EncodedCells(
        ...     vectors=torch.zeros(2, 3), row=torch.zeros(2), view=torch.arange(2), views=("tel_Telu", "eng_Latn"),
        ...     tokens=TokenStates(states=torch.eye(3)[[0, 1, 0, 1]], ids=torch.arange(4),
        ...                        first=torch.tensor([0, 2]), length=torch.tensor([2, 2])),
        ...     words=LinkedWords(source=torch.tensor([0]), target=torch.tensor([1]), side=torch.tensor([0, 0, 1, 1]),
        ...                       first=torch.tensor([0, 1, 0, 1]), last=torch.tensor([1, 2, 1, 2]),
        ...                       links=torch.tensor([[0, 2], [1, 3]])))
        >>> float(WordTranslationRanking()(cells)["word_ranking"]) < 1e-6
        True
    """

    needs: ClassVar[frozenset[str]] = frozenset({"tokens", "words"})
    uses_vectors = False

    def __init__(
        self,
        *,
        temperature: float = 0.05,
        similarity: Literal["mean", "pooled", "max", "clip"] = "mean",
        other_links: Literal["out", "in"] = "out",
    ) -> None:
        super().__init__()
        if temperature <= 0:
            raise ObjectiveError(f"the temperature is {temperature}; it must be greater than 0 (0.05 is usual)")
        one_of("similarity", similarity, ("mean", "pooled", "max", "clip"))
        one_of("other_links", other_links, ("out", "in"))
        self.temperature = temperature
        self.similarity = similarity
        self.other_links = other_links

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the loss as ``word_ranking``; `diagnostics` hold links a pair and the share ranked first."""
        tokens, words = cells.tokens, cells.words
        if tokens is None or words is None:
            raise ObjectiveError(
                "ranking of words needs links and states of tokens, and the batch has none; name `links:` in the recipe"
            )
        nothing = 0.0 * precise(tokens.states).sum()
        pairs = sum_over_processes(nothing.new_tensor(float(len(words.source)))).clamp(min=1)
        if not len(words.links):
            self.diagnostics = {}
            return {"word_ranking": nothing}
        layout = _Layout.of(words)
        with torch.autocast(tokens.states.device.type, enabled=False):
            similar = self._similarities(tokens, words, layout) / self.temperature  # (E, m, n)
        forward, right = self._losses(similar, layout)
        backward, left = self._losses(similar.transpose(1, 2), layout.turned())
        loss = (forward.sum() + backward.sum()) / (2 * pairs) * process_count()
        self.diagnostics = {
            "links_per_pair": nothing.new_tensor(len(words.links) / len(words.source)).detach(),
            "words_first": (right.double().mean() + left.double().mean()).detach() / 2,
        }
        return {"word_ranking": loss + nothing}

    def _losses(self, similar: Tensor, layout: "_Layout") -> tuple[Tensor, Tensor]:
        """Return the loss of every link from the first side to the second, and whether its word is ranked first."""
        pair, anchor, true = layout.pair, layout.source, layout.target
        there = layout.there[:, None, :].expand_as(similar)
        own = similar[pair, anchor, true]
        candidates = there & ~layout.linked if self.other_links == "out" else there
        rest = torch.where(candidates, similar, NOTHING).logsumexp(dim=2)[pair, anchor]
        rest = torch.where(candidates.any(dim=2)[pair, anchor], rest, torch.full_like(rest, NOTHING))
        best = torch.where(there, similar.detach(), NOTHING).amax(dim=2)[pair, anchor]
        denominator = torch.logaddexp(rest, own) if self.other_links == "out" else rest
        return denominator - own, own.detach() >= best

    def _similarities(self, tokens: TokenStates, words: LinkedWords, layout: "_Layout") -> Tensor:
        """Return the similarity of every source word with every target word of its pair, ``(E, m, n)``."""
        place, word = _subwords(tokens, words)
        states = precise(tokens.states).index_select(0, place)  # a token that two words share stands in both
        count = torch.bincount(word, minlength=len(words.side)).to(states.dtype)
        if self.similarity in ("mean", "pooled"):
            unit = F.normalize(states, dim=1) if self.similarity == "mean" else states
            mean = unit.new_zeros(len(count), unit.shape[1]).index_add_(0, word, unit) / count[:, None].clamp(min=1)
            mean = mean if self.similarity == "mean" else F.normalize(mean, dim=1)
            source, target = layout.padded(mean)
            return source @ target.transpose(1, 2)
        return _by_subwords(self.similarity, F.normalize(states, dim=1), word, count, words, layout)


@dataclass(frozen=True)
class _Layout:
    """Words of E pairs as padded blocks: ``(E, m)`` source words and ``(E, n)`` target words, with their links."""

    source_table: Tensor  # (E, m) word, -1 for none
    target_table: Tensor  # (E, n)
    pair: Tensor  # (K,)
    source: Tensor  # (K,) place of the linked word in its side
    target: Tensor
    linked: Tensor  # (E, m, n)

    @classmethod
    def of(cls, words: LinkedWords) -> "_Layout":
        count = 2 * len(words.source)
        size = torch.bincount(words.side, minlength=count)
        begin = size.cumsum(0) - size
        place = torch.arange(len(words.side), device=size.device) - begin[words.side]
        width = (int(size[0::2].max()), int(size[1::2].max()))
        tables = []
        for turn in (0, 1):
            table = torch.full((count // 2, width[turn]), -1, dtype=torch.long, device=size.device)
            here = (words.side % 2 == turn).nonzero().squeeze(1)
            table[words.side[here] // 2, place[here]] = here
            tables.append(table)
        pair = words.side[words.links[:, 0]] // 2
        source, target = place[words.links[:, 0]], place[words.links[:, 1]]
        linked = torch.zeros(count // 2, *width, dtype=torch.bool, device=size.device)
        linked[pair, source, target] = True
        return cls(tables[0], tables[1], pair, source, target, linked)

    @property
    def there(self) -> Tensor:
        """Which places of the target table hold a word, ``(E, n)``."""
        return self.target_table >= 0

    def turned(self) -> "_Layout":
        return _Layout(
            self.target_table, self.source_table, self.pair, self.target, self.source, self.linked.transpose(1, 2)
        )

    def padded(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Return vectors of words as blocks ``(E, m, D)`` and ``(E, n, D)``, zero where there is no word."""
        extended = torch.cat([vectors, vectors.new_zeros(1, vectors.shape[1])])
        return extended[self.source_table], extended[self.target_table]


def _subwords(tokens: TokenStates, words: LinkedWords) -> tuple[Tensor, Tensor]:
    """Return for every subword of every word its place among the states, and its word."""
    cell = torch.where(words.side % 2 == 0, words.source[words.side // 2], words.target[words.side // 2])
    if bool((words.last > tokens.length[cell]).any()):
        raise ObjectiveError("a word lies beyond the tokens of its text; links and tokens belong to different texts")
    count = words.last - words.first
    word = torch.repeat_interleave(torch.arange(len(count), device=count.device), count)
    begin = count.cumsum(0) - count
    inside = torch.arange(len(word), device=count.device) - begin[word]
    return (tokens.first[cell] + words.first)[word] + inside, word


def _by_subwords(
    similarity: str, unit: Tensor, word: Tensor, count: Tensor, words: LinkedWords, layout: _Layout
) -> Tensor:
    """Return ``max`` or ``clip`` of the cosines of the subwords of every two words, ``(E, m, n)``."""
    number = torch.arange(len(word), device=word.device) - (count.cumsum(0) - count).long()[word]  # within its word
    widest = int(count.max())
    table = torch.full((len(count) + 1, widest), len(unit), dtype=torch.long, device=word.device)
    table[word, number] = torch.arange(len(word), device=word.device)
    extended = torch.cat([unit, unit.new_zeros(1, unit.shape[1])])
    source, target = table[layout.source_table], table[layout.target_table]  # (E, m, p), (E, n, p) subwords
    if similarity == "max":
        cosines = torch.einsum("empd,enqd->emnpq", extended[source], extended[target])
        real = (source < len(unit))[:, :, None, :, None] & (target < len(unit))[:, None, :, None, :]
        best = torch.where(real, cosines, NOTHING).amax(dim=(3, 4))
        return torch.where(real.any(dim=4).any(dim=3), best, 0.0)
    cosines = torch.einsum("empd,enpd->emnp", extended[source], extended[target])  # zero where one is missing
    sizes = torch.cat([count, count.new_ones(1)])
    fewer = torch.minimum(sizes[layout.source_table][:, :, None], sizes[layout.target_table][:, None, :])
    return cosines.sum(dim=3) / fewer.clamp(min=1)
