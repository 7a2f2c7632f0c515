"""Sentence-level objectives: every one is a `Contrast` or a distillation with its settings written out."""

from collections.abc import Sequence
from typing import Literal

from interlingua.objectives.base import Objective, one_of
from interlingua.objectives.contrast import Contrast
from interlingua.objectives.distillation import SimilarityDistillation, VectorDistillation
from interlingua.objectives.graphs import Edge, Graph, all_pairs, both_ways, every_view, loops, one_way, star, toward
from interlingua.objectives.labels import Average, Priority, SoftLabels
from interlingua.objectives.masks import Mask, any_of, own_negatives, same_text

__all__ = [
    "cosine_distillation",
    "en_x",
    "hard",
    "hard_negatives",
    "imascl",
    "labse",
    "mse_distillation",
    "multiway",
    "similarity_mse",
    "soft_multiway",
    "translation_ranking",
]


def translation_ranking(
    *, target: str = "eng_Latn", temperature: float = 0.05, mask: Mask | None = same_text
) -> Contrast:
    """Rank the translation first, from every language into one: the TR of WACSE and DAP (candidates in English).

    Reference:
        Miao et al. 2024, eq. 9-10. https://arxiv.org/abs/2404.02490

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in translation_ranking().graph(("eng_Latn", "deu_Latn"))]
        [('deu_Latn', 'eng_Latn')]
    """
    return Contrast(toward(target), temperature=temperature, mask=mask)


def hard(
    *, temperature: float = 0.1, mask: Mask | None = same_text, reduction: Literal["mean", "sum"] = "sum"
) -> Contrast:
    """InfoNCE in both directions between all views: the hard baseline of IMASCL (a sum of two directions).

    Example:
        >>> hard().reduction, sorted(hard().requirements())
        ('sum', ['text'])
    """
    return Contrast(all_pairs(), temperature=temperature, mask=mask, reduction=reduction)


def labse(*, temperature: float = 0.05, margin: float = 0.3, mask: Mask | None = same_text) -> Contrast:
    """Both directions with an additive margin on the cosine of the true pair, before the temperature.

    Reference:
        Yang et al. 2019, https://arxiv.org/abs/1902.08564; Feng et al. 2022, https://arxiv.org/abs/2007.01852

    Example:
        >>> labse().margin
        0.3
    """
    return Contrast(all_pairs(), temperature=temperature, margin=margin, mask=mask, reduction="sum")


def en_x(*, center: str = "eng_Latn", temperature: float = 0.05, mask: Mask | None = same_text) -> Contrast:
    """English with every other view, both ways. Which other languages a batch holds is the batches' business.

    The three draws of the baseline are made there: one language fixed per row (``draw: fixed``), drawn anew every
    epoch (``draw: epoch``), or all of them (``draw: all``).

    Example:
        >>> len(en_x().graph(("eng_Latn", "deu_Latn", "tel_Telu")))
        4
    """
    return Contrast(star(center), temperature=temperature, mask=mask)


def multiway(
    reading: Literal["A", "B", "C", "D"] = "A",
    *,
    temperature: float = 0.05,
    margin: float = 0.0,
    mask: Mask | None = same_text,
    tile: int = 1024,
) -> Contrast:
    """Every language is an anchor for every other.

    Args:
        reading: A: all ordered pairs, candidates of one language at a time. B: one translation at a time against the
            cells of all other rows in all languages. C: SupCon "out". D: SupCon "in".
        temperature: Of the softmax.
        margin: Taken off the cosine of true pairs.
        mask: False negatives to leave out.
        tile: Largest side of a tile of similarities.

    Reference:
        Fazili and Goswami 2026, https://arxiv.org/abs/2602.21543

    Example:
        >>> len(multiway().graph(("eng_Latn", "deu_Latn", "tel_Telu"))), len(multiway("C").graph(("a", "b")))
        (6, 2)
    """
    one_of("reading", reading, ("A", "B", "C", "D"))
    if reading == "A":
        return Contrast(all_pairs(), temperature=temperature, margin=margin, mask=mask, tile=tile)
    positives: dict[str, Literal["each", "average", "any"]] = {"B": "each", "C": "average", "D": "any"}
    return Contrast(
        every_view(), temperature=temperature, margin=margin, mask=mask, positives=positives[reading], tile=tile
    )


def imascl(
    label: Literal["priority", "average", "hard"] = "priority",
    *,
    monolingual: bool = False,
    reading: Literal["paper", "code"] = "code",
    order: Sequence[str] | None = None,
    temperature: float = 0.1,
    teacher_temperature: float | None = None,
    cross_weight: float | None = None,
) -> Objective:
    """Soft contrastive learning, with or without training of the monolingual space (TMS).

    Args:
        label: Where the labels come from.
        monolingual: Add the loops of all languages (TMS).
        reading: ``paper``: the column term weighs with the row term's labels, loops normalise over the first index,
            ``0.1 * cross + mono``. ``code``: transposed labels, proper cross-entropies, loops counted twice, weights 1.
        order: Languages from highest to lowest priority.
        temperature: Of the student, and of the teacher unless ``teacher_temperature`` is given.
        teacher_temperature: Of the teacher's softmax.
        cross_weight: Weight of the cross-lingual term when loops are added; None is the reading's own.

    Reference:
        Park et al. 2024, eq. 3-8. https://arxiv.org/abs/2405.16155

    Example:
        >>> total = imascl("average", monolingual=True, reading="paper", order=["eng_Latn", "rus_Cyrl"])
        >>> sorted(total.requirements())
        ['teacher']
    """
    one_of("label", label, ("priority", "average", "hard"))
    one_of("reading", reading, ("paper", "code"))
    labels: SoftLabels | None = None
    if label != "hard":
        kind = Priority if label == "priority" else Average
        labels = kind(order, temperature=teacher_temperature)
    paper = reading == "paper" and labels is not None
    cross = Contrast(
        _shared_labels(order) if paper else all_pairs(), labels=labels, temperature=temperature, reduction="sum"
    )
    if not monolingual:
        return cross
    loop_graph = _by_candidate(loops()) if paper else loops()
    mono = Contrast(loop_graph, labels=labels, temperature=temperature, reduction="sum")
    weight = cross_weight if cross_weight is not None else (0.1 if reading == "paper" else 1.0)
    return weight * cross + (1.0 if reading == "paper" else 2.0) * mono


def soft_multiway(
    *,
    order: Sequence[str] | None = None,
    per: Literal["row", "edge"] = "row",
    temperature: float = 0.1,
    teacher_temperature: float | None = None,
    tile: int = 1024,
) -> Contrast:
    """Multi-way with soft labels: every language an anchor, a teacher's similarities as labels.

    Args:
        order: Languages from highest to lowest priority.
        per: ``row``: the row's highest-priority text labels every edge, so that an English-only teacher supervises
            German with Japanese. ``edge``: the higher of the edge's two languages does (multilingual teacher).
        temperature: Of the student's softmax, and of the teacher's unless ``teacher_temperature`` is given.
        teacher_temperature: Of the teacher's softmax.
        tile: Largest side of a tile of similarities.

    Example:
        >>> sorted(soft_multiway(order=["eng_Latn"]).requirements())
        ['teacher']
    """
    labels = Priority(order, temperature=teacher_temperature, per=per)
    return Contrast(all_pairs(), labels=labels, temperature=temperature, tile=tile)


def hard_negatives(
    *, temperature: float = 0.05, own_only: bool = False, both: bool = False, mask: Mask | None = same_text
) -> Contrast:
    """Given hard negatives in the batch: the mUSE and supervised mSimCSE form.

    Args:
        temperature: Of the softmax.
        own_only: A row's negatives are candidates for that row alone; else for all rows of the batch.
        both: Anchors in both of two views; else only in ``source``, candidates and negatives in ``target``.
        mask: False negatives to leave out besides.

    Reference:
        Guo et al. 2018, https://arxiv.org/abs/1807.11906; Wang et al. 2022 (mSimCSE), https://arxiv.org/abs/2211.06127

    Example:
        >>> [edge.anchor for edge in hard_negatives(both=True).graph(("source", "target"))]
        ['source', 'target']
    """
    graph = both_ways("source", "target") if both else one_way("source", "target")
    if own_only:
        mask = own_negatives if mask is None else any_of(mask, own_negatives)
    return Contrast(graph, temperature=temperature, mask=mask)


def mse_distillation(
    *,
    order: Sequence[str] | None = None,
    projection: tuple[int, int] | None = None,
    normalised: bool = True,
    reduction: Literal["sum", "mean"] = "sum",
) -> Objective:
    """Squared distance to the teacher's vector of the row's first language.

    Args:
        order: Languages from highest to lowest priority.
        projection: ``(student dimension, teacher dimension)`` where they differ.
        normalised: Compare unit vectors; if False vectors as they are, unless the teacher's alone have unit length.
        reduction: ``sum`` is the published form, ``mean`` what sentence-transformers computes.

    Reference:
        Reimers and Gurevych 2020, https://arxiv.org/abs/2004.09813

    Example:
        >>> mse_distillation(projection=(384, 768)).requirements() == {"teacher", "raw"}
        True
    """
    return VectorDistillation("mse", order=order, projection=projection, normalised=normalised, reduction=reduction)


def cosine_distillation(*, order: Sequence[str] | None = None, projection: tuple[int, int] | None = None) -> Objective:
    """One minus the cosine with the teacher's vector of the row's first language.

    Example:
        >>> sorted(cosine_distillation().requirements())
        ['raw', 'teacher']
    """
    return VectorDistillation("cosine", order=order, projection=projection)


def similarity_mse(*, order: Sequence[str] | None = None, temperature: float = 0.1) -> Objective:
    """Squared distance between the similarity matrices of student and teacher (the MSE row of IMASCL's code).

    Example:
        >>> sorted(similarity_mse(order=["eng_Latn"]).requirements())
        ['teacher']
    """
    return SimilarityDistillation(all_pairs(), Priority(order), temperature=temperature)


def _shared_labels(order: Sequence[str] | None) -> Graph:
    """All pairs; the lower language's edge takes over the weights of the higher one's: the paper's column term."""

    def graph(views: Sequence[str]) -> list[Edge]:
        ranked = [view for view in order or () if view in views]
        ranked += [view for view in views if view not in ranked]
        return [
            Edge(
                edge.anchor,
                edge.candidates,
                "anchor" if ranked.index(edge.anchor) < ranked.index(edge.candidates[0]) else "candidate",
            )
            for edge in all_pairs()(views)
        ]

    return graph


def _by_candidate(graph: Graph) -> Graph:
    return lambda views: [Edge(edge.anchor, edge.candidates, "candidate") for edge in graph(views)]
