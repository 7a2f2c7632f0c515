from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from interlingua.errors import ObjectiveError
from interlingua.objectives import (
    AlignedWordPrediction,
    MaskedLanguageModelling,
    RepresentationTranslation,
    TranslationLanguageModelling,
)
from interlingua.objectives import tokens as tokens_module
from interlingua.objectives.corruption import BatchTokens, PairLinks, Vocabulary
from interlingua.objectives.masked import predictors
from interlingua.objectives.tokens import Predictions, TokenStates, prediction_losses
from objectives import linked

SPECIAL = Vocabulary(60, mask=4, special=frozenset(range(5)))


def ids(*values):
    return np.array([0, *values, 2], dtype=np.int32)


def pair(links, source=((1, 2), (2, 4), (4, 5)), target=((1, 3), (3, 4), (4, 7)), cells=(0, 1)):
    return PairLinks(
        *cells, np.array(source, np.int32), np.array(target, np.int32), np.array(links, np.int32).reshape(-1, 2)
    )


def batch(*pairs, seed=(0,)):
    """Two rows in two languages; the words of `pair` lie in the first four and six ordinary tokens."""
    texts = [ids(10, 11, 12, 13), ids(20, 21, 22, 23, 24, 25)] * 2
    row, view = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    return BatchTokens(texts, row, view, ("tel_Telu", "eng_Latn"), SPECIAL, pairs, seed)


def told(made):
    text, position, label, weight = made.flat()
    return sorted(zip(text.tolist(), position.tolist(), label.tolist(), weight.tolist(), strict=True))


# --- aligned word prediction -----------------------------------------------------------------------------------------


def test_all_subwords_of_the_hidden_word_are_masked_and_the_shorter_list_is_predicted():
    made = AlignedWordPrediction(masking="all").corrupt(batch(pair([(1, 2), (0, 0)])))
    source, target = made.ids
    assert source.tolist() == [0, 4, 4, 4, 13, 2]  # word 0 (1 token) and word 1 (2 tokens) are hidden
    assert target.tolist() == [0, 4, 4, 22, 4, 4, 4, 2]
    assert told(made) == [
        (0, 1, 20, 1.0),  # word 0 has one subword, its translation two: one label
        (0, 2, 23, 0.5),  # two subwords against three: two labels, the word counts once
        (0, 3, 24, 0.5),
        (1, 1, 10, 1.0),
        (1, 4, 11, 0.5),
        (1, 5, 12, 0.5),
    ]
    assert made.total == 2.0  # 2 N


def test_only_as_many_subwords_as_carry_labels_where_that_is_asked_for():
    made = AlignedWordPrediction(masking="all", clip="first").corrupt(batch(pair([(0, 0)])))
    assert [one.tolist() for one in made.ids] == [[0, 4, 11, 12, 13, 2], [0, 4, 21, 22, 23, 24, 25, 2]]


def test_one_pass_for_every_word():
    made = AlignedWordPrediction(masking="each").corrupt(batch(pair([(0, 0), (0, 1), (2, 1)])))
    assert [int((one == 4).sum()) for one in made.ids] == [1, 1, 2, 1]
    assert [(position, label) for text, position, label, _ in told(made) if text == 0] == [(1, 20), (1, 22)]


def test_some_words_weigh_for_all():
    """The mean over many draws is what hiding every word once would give."""
    links = [(0, 0), (1, 1), (2, 2)]
    total = {}
    for seed in range(3000):
        made = AlignedWordPrediction(fraction=0.3, awp_fraction=0.5).corrupt(batch(pair(links), seed=(seed,)))
        for text, position, label, weight in zip(*made.flat(), strict=True):
            key = (
                "source" if made.ids[text][-2] in (13, 4) and len(made.ids[text]) == 6 else "target",
                position,
                label,
            )
            total[key] = total.get(key, 0) + weight / 3000
    once = AlignedWordPrediction(masking="each").corrupt(batch(pair(links)))
    expected = {}
    for text, position, label, weight in zip(*once.flat(), strict=True):
        key = ("source" if len(once.ids[text]) == 6 else "target", position, label)
        expected[key] = expected.get(key, 0) + weight
    assert total.keys() == expected.keys()
    for key, value in expected.items():
        assert total[key] == pytest.approx(value, rel=0.12)


def test_pairs_without_links_count_in_the_mean_and_have_no_pass():
    made = AlignedWordPrediction(masking="all").corrupt(batch(pair([(0, 0)]), pair([], cells=(2, 3))))
    assert len(made.ids) == 2
    assert made.total == 4.0
    empty = AlignedWordPrediction().corrupt(batch(pair([]), pair([], cells=(2, 3))))
    assert not empty.ids
    assert [len(part) for part in empty.flat()] == [0, 0, 0, 0]


def test_what_is_hidden_depends_on_the_row_alone():
    """However the rows of a batch are spread over processes, the same words are hidden."""
    links = [(0, 0), (1, 1), (2, 2)]
    both = batch(pair(links), pair(links, cells=(2, 3)), seed=(7, 1))
    alone = replace(both, ids=both.ids[2:], row=both.row[2:], view=both.view[2:], pairs=[pair(links)])
    together, apart = (AlignedWordPrediction().corrupt(one) for one in (both, alone))
    assert [one.tolist() for one in together.ids[2:]] == [one.tolist() for one in apart.ids]
    again = AlignedWordPrediction().corrupt(replace(both, seed=(7, 2)))
    assert [one.tolist() for one in again.ids] != [one.tolist() for one in together.ids]


def test_token_mean_has_no_regard_to_words():
    made = AlignedWordPrediction(masking="all", subwords="tokens").corrupt(batch(pair([(1, 2), (0, 0)])))
    assert set(made.flat()[3].tolist()) == {1.0}
    assert made.total == 6.0


def test_words_that_share_a_subword():
    made = AlignedWordPrediction(masking="all").corrupt(batch(pair([(0, 0), (1, 0)], source=[(1, 3), (2, 4)])))
    assert made.ids[0].tolist() == [0, 4, 4, 4, 13, 2]
    assert [(position, label) for text, position, label, _ in told(made) if text == 0] == [
        (1, 20),
        (2, 20),
        (2, 21),
        (3, 21),
    ]


# --- masked and translation language modelling -----------------------------------------------------------------------


def long_batch(length=4000):
    random = np.random.default_rng(0)
    texts = [ids(*random.integers(5, 60, length)) for _ in range(2)]
    return BatchTokens(texts, np.zeros(2, int), np.arange(2), ("tel_Telu", "eng_Latn"), SPECIAL)


def test_a_share_of_the_tokens_is_chosen_and_most_of_them_masked():
    tokens = long_batch()
    made = MaskedLanguageModelling(0.2).corrupt(tokens)
    text, position, label, _ = made.flat()
    assert len(label) == pytest.approx(0.2 * 8000, rel=0.1)
    assert made.total == len(label)
    hidden = np.array([made.ids[t][p] for t, p in zip(text, position, strict=True)])
    assert np.mean(hidden == 4) == pytest.approx(0.8, abs=0.03)
    assert np.mean(hidden == label) == pytest.approx(0.1, abs=0.03)
    assert not set(hidden.tolist()) & ({0, 1, 2, 3})
    for number, changed in enumerate(made.ids):
        original = tokens.ids[number]
        assert changed[0] == 0
        assert changed[-1] == 2
        elsewhere = np.ones(len(original), bool)
        elsewhere[position[text == number]] = False
        np.testing.assert_array_equal(changed[elsewhere], original[elsewhere])
        np.testing.assert_array_equal(label[text == number], original[position[text == number]])


def test_a_text_and_its_translation_are_one_sequence():
    tokens = long_batch(20)
    made = TranslationLanguageModelling(0.5).corrupt(tokens)
    assert [len(one) for one in made.ids] == [44]
    assert made.restart == [22]
    assert [len(one) for one in TranslationLanguageModelling(0.5, center="tel_Telu").corrupt(tokens).ids] == [44]
    assert not TranslationLanguageModelling().corrupt(replace(tokens, row=np.array([0, 1]))).ids


def test_predictors_of_a_sum_have_keys_of_their_own():
    total = MaskedLanguageModelling() + 0.5 * MaskedLanguageModelling(0.3) + TranslationLanguageModelling()
    assert list(predictors(total)) == ["mlm", "mlm_2", "tlm"]


def head(weight):
    return lambda states, vocabulary=None: states @ (weight if vocabulary is None else weight[vocabulary]).T


def test_the_loss_is_the_weighted_mean_of_cross_entropies():
    states = torch.randn(6, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(60, 5, dtype=torch.float64)
    labels, weights = torch.tensor([1, 2, 3, 4, 5, 6]), torch.tensor([1.0, 0.5, 0.5, 1, 1, 2])
    made = Predictions(states=states, labels=labels, weights=weights, total=4.0)
    cells = replace(linked.sentences().cells, predictions={"aligned_word": made}, head=head(weight))
    loss = AlignedWordPrediction()(cells)["aligned_word"]
    each = -(states @ weight.T).log_softmax(dim=1)[torch.arange(6), labels]
    torch.testing.assert_close(loss, (each * weights).sum() / 4)
    nothing = Predictions(
        states=states[:0], labels=labels[:0], weights=weights[:0], total=4.0, anchor=0.0 * states.sum()
    )
    zero = AlignedWordPrediction()(replace(cells, predictions={"aligned_word": nothing}))["aligned_word"]
    assert zero.item() == 0
    assert not torch.autograd.grad(zero, states)[0].any()


def test_logits_in_pieces_give_the_same_loss_and_gradient(monkeypatch):
    states = torch.randn(40, 5, dtype=torch.float64, requires_grad=True)
    weight, labels = torch.randn(60, 5, dtype=torch.float64, requires_grad=True), torch.arange(40)
    whole = prediction_losses(head(weight), states, labels)
    monkeypatch.setattr(tokens_module, "LARGEST", 7 * 60)
    pieces = prediction_losses(head(weight), states, labels)
    torch.testing.assert_close(whole, pieces)
    for one, other in zip(
        *(torch.autograd.grad(loss.sum(), (states, weight)) for loss in (whole, pieces)), strict=True
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaskedLanguageModelling(0), "fraction is 0; it must be greater than 0 and at most 1"),
        (lambda: AlignedWordPrediction(awp_fraction=1.5), "awp_fraction is 1.5"),
        (lambda: AlignedWordPrediction(masking="few"), "masking is 'few'; choose one of: some, all, each"),
        (lambda: MaskedLanguageModelling()(linked.sentences().cells), "needs texts with hidden tokens and a head"),
        (lambda: RepresentationTranslation()(linked.sentences().cells), "needs states of tokens, a decoder and a head"),
    ],
)
def test_what_has_no_meaning_is_refused(make, message):
    with pytest.raises(ObjectiveError, match=message):
        make()


# --- representation translation --------------------------------------------------------------------------------------


def mean_decoder(states, mask, wanted):
    """At every target position the mean of the source states, times the position."""
    mean = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    number = torch.arange(1, wanted.shape[1] + 1, dtype=states.dtype)
    return mean[:, None] * number[None, :, None]


@pytest.mark.parametrize("own", [False, True])
def test_every_token_of_the_translation_but_the_first_is_predicted(own):
    made = linked.sentences(2)
    weight = torch.randn(60, linked.WIDTH, dtype=torch.float64)
    cells = replace(made.cells, decoder=mean_decoder, head=head(weight))
    objective = RepresentationTranslation(own_vocabulary=own)
    tokens = cells.tokens
    allowed = torch.arange(60)
    if own:
        targets = [
            tokens.ids[start : start + length] for start, length in zip(tokens.first, tokens.length, strict=True)
        ]
        allowed = torch.cat(targets[1::2]).unique()
        objective.restrict(allowed, 60)
    losses = []
    for number in range(0, len(tokens.first), 2):
        source, target = (
            slice(int(tokens.first[k]), int(tokens.first[k] + tokens.length[k])) for k in (number, number + 1)
        )
        mean = tokens.states[source].mean(dim=0)
        for place, label in enumerate(tokens.ids[target].tolist()):
            if place:
                logits = (weight @ (mean * (place + 1)))[allowed]
                losses.append(F.cross_entropy(logits[None], (allowed == label).nonzero()[0]))
    torch.testing.assert_close(objective(cells)["reconstruction"], torch.stack(losses).mean())


def test_a_batch_without_translations_gives_a_zero_that_hangs_on_the_states():
    made = linked.sentences(2)
    cells = replace(made.cells, row=torch.arange(8), decoder=mean_decoder, head=head(torch.randn(60, 5).double()))
    loss = RepresentationTranslation()(cells)["reconstruction"]
    assert loss.item() == 0
    assert not torch.autograd.grad(loss, made.states)[0].any()
    empty = TokenStates(
        states=made.states, ids=made.cells.tokens.ids, first=torch.zeros(0).long(), length=torch.zeros(0).long()
    )
    none = replace(cells, vectors=cells.vectors[:0], row=cells.row[:0], view=cells.view[:0], tokens=empty)
    assert RepresentationTranslation()(none)["reconstruction"].item() == 0
