from dataclasses import replace

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import WordTranslationRanking, presets
from interlingua.objectives.tokens import LinkedWords, TokenStates
from objectives import linked

READINGS = [(kind, other) for kind in ("mean", "pooled", "max", "clip") for other in ("out", "in")]


def loss_of(objective, made):
    return objective(made.cells)["word_ranking"]


@pytest.mark.parametrize(("kind", "other"), READINGS)
@pytest.mark.parametrize("shared", [False, True])
def test_loss_and_gradient_are_those_of_the_equation(kind, other, shared):
    made = linked.sentences(3, shared=shared)
    objective = WordTranslationRanking(temperature=0.2, similarity=kind, other_links=other)
    loss = loss_of(objective, made)
    naive = linked.word_ranking(made, temperature=0.2, kind=kind, other_links=other)
    torch.testing.assert_close(loss, naive)
    ours, theirs = (torch.autograd.grad(value, made.states)[0] for value in (loss, naive))
    torch.testing.assert_close(ours, theirs)


def golden(kind, temperature):
    """Anchor word with subwords at 0 and 30 degrees; target words at {10}, {90}, {60, 120}, the first one linked."""
    states = torch.tensor(linked.directions(0, 30, 10, 90, 60, 120), dtype=torch.float64)
    cells = replace(
        linked.sentences().cells,
        tokens=TokenStates(states=states, ids=torch.arange(6), first=torch.tensor([0, 2]), length=torch.tensor([2, 4])),
        words=LinkedWords(
            source=torch.tensor([0]),
            target=torch.tensor([1]),
            side=torch.tensor([0, 1, 1, 1]),
            first=torch.tensor([0, 0, 1, 2]),
            last=torch.tensor([2, 1, 2, 4]),
            links=torch.tensor([[0, 1]]),
        ),
    )
    # the way back has one candidate alone, so its loss is zero; two directions are divided by 2 N
    return 2 * float(WordTranslationRanking(temperature=temperature, similarity=kind)(cells)["word_ranking"])


@pytest.mark.parametrize(
    ("kind", "temperature", "value"),
    [
        ("mean", 1, 0.675452),
        ("pooled", 1, 0.671277),
        ("max", 1, 0.917816),
        ("mean", 0.1, 0.001383),
        ("pooled", 0.1, 0.001254),
        ("max", 0.1, 0.272107),
    ],
)
def test_golden_values(kind, temperature, value):
    assert golden(kind, temperature) == pytest.approx(value, abs=1e-6)


def test_mean_pairwise_cosine_is_not_the_cosine_of_means():
    assert golden("mean", 1) != pytest.approx(golden("pooled", 1), abs=1e-3)


def test_no_links_at_all_give_a_zero_that_hangs_on_the_states():
    made = linked.sentences(links="none")
    loss = loss_of(WordTranslationRanking(), made)
    (gradient,) = torch.autograd.grad(loss, made.states)
    assert loss.item() == 0
    assert not gradient.any()


def test_no_pairs_at_all():
    made = linked.sentences()
    nothing = torch.zeros(0, dtype=torch.long)
    words = LinkedWords(
        source=nothing, target=nothing, side=nothing, first=nothing, last=nothing, links=nothing.reshape(0, 2)
    )
    assert loss_of(WordTranslationRanking(), replace(made, cells=replace(made.cells, words=words))).item() == 0


def test_both_directions_agree_where_the_texts_are_the_same():
    made = linked.sentences(1, pairs=2)
    turned = replace(
        made.cells.words,
        source=made.cells.words.target,
        target=made.cells.words.source,
        side=made.cells.words.side ^ 1,
        links=made.cells.words.links.flip(1),
    )
    order = torch.argsort(turned.side, stable=True)
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    turned = replace(
        turned,
        side=turned.side[order],
        first=turned.first[order],
        last=turned.last[order],
        links=place[turned.links],
    )
    other = replace(made, cells=replace(made.cells, words=turned))
    torch.testing.assert_close(loss_of(WordTranslationRanking(), made), loss_of(WordTranslationRanking(), other))


def test_links_a_pair_and_the_share_ranked_first_are_logged():
    made = linked.sentences(3)
    objective = WordTranslationRanking()
    loss_of(objective, made)
    assert float(objective.diagnostics["links_per_pair"]) == sum(map(len, made.links)) / len(made.links)
    assert 0 <= float(objective.diagnostics["words_first"]) <= 1


def test_half_precision_states_are_compared_in_full():
    made = linked.sentences(3)
    tokens = replace(made.cells.tokens, states=made.states.detach().to(torch.bfloat16))
    loss = loss_of(WordTranslationRanking(), replace(made, cells=replace(made.cells, tokens=tokens)))
    assert loss.dtype == torch.float32


def test_it_adds_to_sentence_level_objectives():
    made = linked.sentences(3)
    vectors = torch.nn.functional.normalize(torch.randn(8, 3, dtype=torch.float64), dim=1)
    cells = replace(made.cells, vectors=vectors, text=torch.arange(8))
    terms = (0.8 * presets.translation_ranking() + 0.1 * WordTranslationRanking())(cells)
    assert sorted(terms) == ["contrast", "word_ranking"]
    alone = loss_of(WordTranslationRanking(), made)
    torch.testing.assert_close(terms["word_ranking"], 0.1 * alone)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, "temperature is 0; it must be greater than 0"),
        ({"similarity": "min"}, "similarity is 'min'; choose one of: mean, pooled, max, clip"),
        ({"other_links": "maybe"}, "other_links is 'maybe'"),
    ],
)
def test_settings_without_meaning(settings, message):
    with pytest.raises(ObjectiveError, match=message):
        WordTranslationRanking(**settings)


def test_a_batch_without_links_is_refused():
    cells = replace(linked.sentences().cells, words=None)
    with pytest.raises(ObjectiveError, match="needs links and states of tokens"):
        WordTranslationRanking()(cells)


def test_words_beyond_the_tokens_are_refused():
    made = linked.sentences()
    words = replace(made.cells.words, last=made.cells.words.last + 50)
    with pytest.raises(ObjectiveError, match="beyond the tokens of its text"):
        loss_of(WordTranslationRanking(), replace(made, cells=replace(made.cells, words=words)))
    with pytest.raises(ObjectiveError, match=r"a link names word 99; there are \d+ words"):
        replace(made.cells.words, links=torch.tensor([[0, 99]]))
