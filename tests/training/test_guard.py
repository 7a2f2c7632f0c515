import pytest
from torch import nn

from interlingua.errors import TrainingError
from interlingua.objectives import presets
from interlingua.training import EncoderLoss, check_columns
from toy import toy_static


class MultipleNegativesRankingLoss(nn.Module):
    """Stands for any loss that takes the third column for a wrong answer."""


@pytest.mark.parametrize(
    "columns", [["eng_Latn", "deu_Latn", "tel_Telu"], ["en", "de", "sw"], ["_id", "eng", "deu", "tel", "swh"]]
)
def test_rows_of_three_languages_are_kept_from_a_pairwise_loss(columns):
    with pytest.raises(TrainingError, match="MultipleNegativesRankingLoss takes the first two for a pair and") as told:
        check_columns(columns, MultipleNegativesRankingLoss())
    languages = [column for column in columns if column != "_id"]
    assert f"{', '.join(languages[2:])} for wrong answers" in str(told.value)
    assert "EncoderLoss" in str(told.value)


@pytest.mark.parametrize(
    "columns",
    [
        [],
        ["eng_Latn", "deu_Latn"],
        ["anchor", "positive", "negative"],
        ["question", "answer", "negative_1", "negative_2"],
        ["sentence1", "sentence2", "score"],
        ["eng_Latn", "deu_Latn", "label", "_split"],
    ],
)
def test_pairs_and_triplets_pass(columns):
    check_columns(columns, MultipleNegativesRankingLoss())


def test_an_encoder_loss_may_have_as_many_languages_as_it_likes():
    check_columns(["eng_Latn", "deu_Latn", "tel_Telu"], EncoderLoss(toy_static(), presets.multiway()))
