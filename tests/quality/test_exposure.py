import numpy as np
import pandas as pd
import polars as pl
import pytest

from abscase.errors import ParameterFaults
from abscase.quality.exposure import exposure, risk_table


def test_by_hand(hand_panel):
    found = exposure(hand_panel)
    assert found.to_numpy().tolist() == [[2, 1, 0, 0, 0], [3, 2, 1, 0, 0], [4, 1, 0, 1, 0]]
    by_date = exposure(hand_panel, ["date"])
    assert by_date["at_risk"].tolist() == [1, 2, 1]
    assert by_date["default"].tolist() == [0, 1, 0]


def test_the_first_row_counts_where_the_loan_was_there_before(hand_panel):
    found = exposure(hand_panel, entry_row=True)
    assert found["age_months"].tolist() == [1, 2, 3, 4]
    assert found["at_risk"].tolist() == [1, 2, 2, 1]


def test_what_comes_after_the_end_is_not_at_risk(hand_panel):
    later = hand_panel.iloc[[2]].assign(age_months=4, previous_state=4)
    both = exposure(pd.concat([hand_panel, later]))
    assert both["default"].sum() == 1
    assert both["at_risk"].tolist() == exposure(hand_panel)["at_risk"].tolist()


def test_every_row_with_a_known_past_is_at_risk_once(random_tape):
    _, panel = random_tape
    found = exposure(panel, ["date"])
    assert found["at_risk"].sum() == panel["previous_state"].count()
    ends = found[["default", "prepaid", "matured"]].sum()
    known = panel.filter(panel["previous_state"].is_not_null())
    assert ends.tolist() == [known["state"].eq(code).sum() for code in (4, 5, 6)]


def test_spells_by_hand():
    found = risk_table([2, 3, 3, 5], [1, 0, 2, 1], entry=[0, 2, 0, 3])
    assert found["age_months"].tolist() == [2, 3, 5]
    assert found["at_risk"].tolist() == [2, 2, 1]
    assert found["default"].tolist() == [1, 0, 1]
    assert found["prepaid"].tolist() == [0, 1, 0]


def test_a_panel_without_gaps_and_its_spells_give_the_same_risk(random_tape):
    _, panel = random_tape
    spells = panel.group_by("loan_id").agg(
        entry=pl.col("age_months").min(), time=pl.col("age_months").max(),
        event=(pl.col("state").max() - 3).clip(lower_bound=0), months=pl.len(),
    )  # fmt: skip
    whole = spells.filter(
        (pl.col("time") - pl.col("entry") == pl.col("months") - 1) & (pl.col("months") > 1)
    )
    found = exposure(panel.join(whole, on="loan_id", how="semi"))
    expected = risk_table(whole["time"], whole["event"], whole["entry"])
    pd.testing.assert_frame_equal(
        found.set_index("age_months"), expected.set_index("age_months"), check_index_type=False
    )


def test_faults_of_spells_are_named():
    with pytest.raises(ParameterFaults) as caught:
        risk_table([1, 2], [0, 7], entry=[1, 0])
    assert len(caught.value.messages) == 2
    with pytest.raises(ParameterFaults, match="2, 1 and 2 values"):
        risk_table([1, 2], np.array([0]))
