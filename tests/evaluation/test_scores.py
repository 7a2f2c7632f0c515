import json
import math
from dataclasses import replace

import pytest

from interlingua.errors import FormatError
from interlingua.evaluation import load_scores, scores_to_json
from interlingua.types import Score

SCORE = Score(
    task="retrieval:invented/dev",
    metric="accuracy",
    languages=("eng_Latn", "tel_Telu"),
    value=0.1 + 0.2,
    n=10,
    low=0.2,
    high=0.8,
    signature="data:1",
    note="క",
)


def test_scores_survive_the_file(tmp_path):
    path = tmp_path / "scores.json"
    path.write_text(scores_to_json(before=[SCORE], after=[replace(SCORE, value=0.9), SCORE]), encoding="utf-8")
    assert load_scores(path) == {"before": [SCORE], "after": [replace(SCORE, value=0.9), SCORE]}


def test_nan_is_null_in_the_file_and_nan_again(tmp_path):
    path = tmp_path / "scores.json"
    path.write_text(scores_to_json(scores=[replace(SCORE, value=math.nan, low=math.nan)]), encoding="utf-8")
    assert "NaN" not in path.read_text(encoding="utf-8")
    (score,) = load_scores(path)["scores"]
    assert math.isnan(score.value)
    assert math.isnan(score.low)
    assert score.high == 0.8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "expected an object of named lists"),
        ('{"scores": [3]}', r"scores\[0\] is not a score"),
        ('{"scores": [{"task": "t"}]}', "lacks 'metric'"),
        (json.dumps({"scores": [{**SCORE.as_dict(), "colour": 1}]}), "unknown field 'colour'"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    path = tmp_path / "scores.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        load_scores(path)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"nowhere\.json"):
        load_scores(tmp_path / "nowhere.json")
