from dataclasses import replace

import pandas as pd
import pytest

from abscase.errors import ChoiceError
from abscase.verdict.claims import ClaimRecord
from abscase.verdict.synthesis import of_grade, open_claims, overturning, verdict_of

HIGH = ClaimRecord(
    "S3a.made", "S3a", "ant", "made", "times", 134.6, 130.0, 140.0, None, "sources",
    "above", 100.0, None, "", None, "supported", "supported", "inside",
    "A", ("s",), ("ant/series.csv:2",),
)  # fmt: skip
GAP = replace(
    HIGH, margin_id="S7.gap", claim_id="S7", unit="decimal", estimate=0.02, lo=-0.05, hi=0.08,
    margin_rule="inside", margin_low=-0.1, margin_high=0.1, grade="B",
)  # fmt: skip
ORDER = replace(
    HIGH, margin_id="S5.order", claim_id="S5", unit="days", estimate=1, lo=1, hi=1,
    interval_kind="exact", margin_low=0.0,
)  # fmt: skip
CAUSE = replace(
    HIGH, margin_id="S5.cause", claim_id="S5", estimate=None, lo=None, hi=None,
    interval_kind="none", margin_rule="none", margin_low=None, would_be="not_identifiable",
    verdict="not_identifiable", reason="undecidable", grade="C",
)  # fmt: skip


def test_a_worse_grade_is_set_aside_but_not_what_no_data_decide():
    kept, aside = of_grade([HIGH, GAP, CAUSE], "A")
    assert (kept, aside) == ([HIGH, CAUSE], [GAP])
    assert of_grade([HIGH, GAP, CAUSE], "C") == ([HIGH, GAP, CAUSE], [])
    with pytest.raises(ChoiceError):
        of_grade([], "D")


def test_distance_to_the_margin_by_hand():
    found = overturning([HIGH, GAP, ORDER, CAUSE]).set_index("margin_id")
    assert found.index.tolist() == ["S7.gap", "S3a.made", "S5.order"]  # nearest first
    assert found["distance"].tolist() == pytest.approx([0.02, 30.0, 1.0])
    assert found.loc["S3a.made", "relative_share"] == pytest.approx(0.3)
    assert found.loc["S7.gap", "relative_share"] == pytest.approx(0.2)
    assert pd.isna(found.loc["S5.order", "relative_share"])  # a margin of 0 has no scale


def test_nothing_to_overturn():
    assert overturning([CAUSE]).empty


def test_open_claims_are_those_without_an_answer():
    board = pd.DataFrame({
        "claim_id": ["S1", "S2a", "S3a", "S5"],
        "verdict": ["not_tested", "mixed", "inconclusive", "not_identifiable"],
    })  # fmt: skip
    assert open_claims(board)["claim_id"].tolist() == ["S1", "S3a", "S5"]
    assert verdict_of(board)["S2a"] == "mixed"
