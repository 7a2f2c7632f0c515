import re
from pathlib import Path

from interlingua.evaluation.doctor import THRESHOLDS

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "doctor.md"


def test_the_guide_names_the_thresholds_that_hold():
    told = re.findall(r"^\|[^|]*\| `(\w+)` \| (\S+) \| (\S+) \|", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {name for name, _, _ in told} == {name for name in THRESHOLDS if name != "found_without_weak"}
    for name, notable, severe in told:
        assert (float(notable), float(severe)) == (THRESHOLDS[name].notable, THRESHOLDS[name].severe), name
