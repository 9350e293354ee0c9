"""One code, every engine, one result."""

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest
from hand_panel import ENGINES, HAND_PANEL

from abscase.errors import DataFaults
from abscase.quality.concentration import concentration
from abscase.quality.delinquency import delinquency
from abscase.quality.exposure import exposure
from abscase.quality.severity import severity
from abscase.quality.tally import tally
from abscase.quality.transitions import transition_counts
from abscase.quality.vintages import vintages

MEASURES = {
    "delinquency": lambda panel, loan: delinquency(panel, ["date", "region"]),
    "transitions": lambda panel, loan: transition_counts(panel, ["date"]),
    "exposure": lambda panel, loan: exposure(panel, ["region"], entry_row=True),
    "vintages": lambda panel, loan: vintages(panel, loan, "quarter", ["region"]),
    "severity": lambda panel, loan: severity(panel),
    "severity of all": lambda panel, loan: severity(panel, ()),
    "concentration": lambda panel, loan: concentration(panel),
    "concentration of regions": lambda panel, loan: concentration(panel, (), "region"),
}


@pytest.fixture(scope="module")
def expected(random_tape):
    """The results in pandas, against which the others stand."""
    loan, panel = (frame.to_pandas() for frame in random_tape)
    return {name: measure(panel, loan) for name, measure in MEASURES.items()}


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_gives_the_same(engine, hold, random_tape, expected):
    loan, panel = (hold(frame, engine) for frame in random_tape)
    for name, measure in MEASURES.items():
        found = measure(panel, loan)
        pd.testing.assert_frame_equal(found, expected[name], rtol=1e-12, atol=1e-15, obj=name)


def test_the_random_panel_is_large_and_has_every_difficulty(random_tape):
    _, panel = random_tape
    assert panel.height > 90_000
    assert set(panel["state"]) == set(range(7))
    firsts = panel.group_by("loan_id").agg(pl.col("previous_state").is_null().sum())
    assert (firsts["previous_state"] > 1).any(), "no gaps"
    assert panel["region"].null_count() and panel["loss_amt"].null_count()


@pytest.mark.parametrize("engine", ENGINES[:-1])
def test_types_do_not_depend_on_the_engine(engine, hold):
    found = tally(hold(HAND_PANEL, engine), ["date", "state", "balance_amt"], ["date", "state"],
                  ["balance_amt"])  # fmt: skip
    kinds = [str(kind) for kind in found.dtypes]
    assert kinds == ["datetime64[us]", "int64", "int64", "float64"]


def test_no_key_is_one_group_and_an_empty_cell_a_group_of_its_own(hand_panel):
    every = tally(hand_panel, ["balance_amt"], [], ["balance_amt"])
    assert every.to_dict("records") == [{"loans": 6, "balance_amt": 560.0}]
    before = tally(hand_panel, ["previous_state"], ["previous_state"])
    assert before["loans"].tolist() == [3, 1, 2]
    assert before["previous_state"].isna().tolist() == [False, False, True]


def test_rows_are_chosen_and_columns_made_before_the_count(hand_panel):
    found = tally(hand_panel, ["state", "age_months"], ["late"],
                  where=nw.col("age_months") > 1, made={"late": nw.col("state") > 0})  # fmt: skip
    assert found["loans"].tolist() == [2, 3]


def test_all_missing_columns_are_named(hand_panel):
    with pytest.raises(DataFaults) as caught:
        delinquency(hand_panel.rename(columns={"state": "stat", "balance_amt": "balance"}))
    assert {fault.column for fault in caught.value.faults} == {"state", "balance_amt"}
    assert "did you mean 'stat'" in str(caught.value)
