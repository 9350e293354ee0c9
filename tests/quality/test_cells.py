from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from abscase.errors import ChoiceError, DataFaults, ParameterFaults
from abscase.quality.cells import cells, spells
from abscase.quality.exposure import exposure

LOAN = pl.DataFrame({
    "case": "us_subprime", "loan_id": ["a", "b", "c"],
    "orig_date": [date(2006, 2, 28), date(2006, 11, 30), date(2005, 5, 31)],
    "segment": ["one", "two", "one"], "score": [600.0, 640.0, None], "ltv": [0.8, 0.9, 0.8],
})  # fmt: skip
PERFORMANCE = pl.DataFrame(
    [
        ("a", date(2006, 3, 31), 1, 0, None, 0.81), ("a", date(2006, 4, 30), 2, 1, 0, 0.82),
        ("a", date(2006, 5, 31), 3, 4, 1, 0.83), ("a", date(2006, 6, 30), 4, 4, 4, 0.83),
        ("b", date(2007, 1, 31), 2, 0, None, 0.95), ("b", date(2007, 2, 28), 3, 5, 0, 0.96),
        ("c", date(2006, 4, 30), 11, 0, None, 0.7), ("c", date(2006, 5, 31), 12, 0, 0, 0.7),
        ("c", date(2006, 8, 31), 15, 0, None, 0.7), ("c", date(2006, 9, 30), 16, 6, 0, None),
    ],
    orient="row",
    schema=["loan_id", "date", "age_months", "state", "previous_state", "ltv"],
).with_columns(case=pl.lit("us_subprime"))  # fmt: skip
COUNTS = ["at_risk", "default", "prepaid", "matured"]


def by_hand(frame: pd.DataFrame) -> dict:
    keys = frame["age_months"].tolist()
    return dict(zip(keys, frame[COUNTS].to_numpy().tolist(), strict=True))


def test_counts_by_hand():
    found = cells(LOAN, PERFORMANCE, keys=["loan_id"])
    assert by_hand(found[found["loan_id"] == "a"]) == {2: [1, 0, 0, 0], 3: [1, 1, 0, 0]}
    assert by_hand(found[found["loan_id"] == "b"]) == {3: [1, 0, 1, 0]}
    assert by_hand(found[found["loan_id"] == "c"]) == {12: [1, 0, 0, 0], 16: [1, 0, 0, 1]}


def test_first_rows_count_where_asked_but_never_rows_after_the_end():
    found = cells(LOAN, PERFORMANCE, keys=["loan_id"], entry_row=True)
    assert found.groupby("loan_id")["at_risk"].sum().to_dict() == {"a": 3, "b": 2, "c": 4}


@pytest.mark.parametrize(
    ("unit", "vintages", "periods"),
    [
        ("year", [2005, 2006], [2006, 2007]),
        ("quarter", [20052, 20061, 20064], [20062, 20063, 20071]),
        ("month", [200505, 200602, 200611], [200604, 200605, 200609, 200702]),
    ],
)
def test_clocks(unit, vintages, periods):
    found = cells(LOAN, PERFORMANCE, vintage=unit, period=unit)
    assert sorted(set(found["vintage"])) == vintages
    assert sorted(set(found["period"])) == periods


def test_bins_cut_at_their_edges_and_carry_the_mean():
    found = cells(LOAN, PERFORMANCE, bins={"score": [600, 640], "current_ltv": [0.825, 0.9]})
    row = found.set_index("age_months").sort_index()
    assert row.loc[[2, 3, 12], "score_bin"].tolist()[0] == 1
    assert row.loc[3].sort_values("vintage")["score_bin"].tolist() == [1, 2]
    assert row.loc[3].sort_values("score")["current_ltv"].tolist() == [0.83, 0.96]
    empty = row.loc[12]
    assert np.isnan(empty["score_bin"]) and np.isnan(empty["score"])
    assert np.isnan(row.loc[16, "current_ltv_bin"]) and np.isnan(row.loc[16, "current_ltv"])


def test_the_mean_is_over_loan_periods():
    found = cells(LOAN, PERFORMANCE, bins={"ltv": [2.0]}, period="year", vintage="year")
    both = found[found["age_months"] == 3]
    assert both["at_risk"].sum() == 2
    assert np.average(both["ltv"], weights=both["at_risk"]) == pytest.approx(0.85)


def random_tape(loans: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(7)
    loan = pl.DataFrame({
        "case": "us_prime", "loan_id": [f"L{i:04d}" for i in range(loans)],
        "orig_date": [date(2004 + i % 4, 1 + i % 12, 28) for i in range(loans)],
        "segment": rng.choice(["a", "b", "c"], loans), "score": rng.normal(680, 50, loans),
    })  # fmt: skip
    rows = loan.select("case", "loan_id", "orig_date").join(
        pl.DataFrame({"age_months": range(1, 25)}), how="cross"
    )
    rows = rows.with_columns(
        date=pl.col("orig_date").dt.offset_by(pl.format("{}mo", "age_months")).dt.month_end(),
        state=rng.choice([0, 4, 5], rows.height, p=[0.95, 0.02, 0.03]),
    ).drop("orig_date")
    rows = rows.with_columns(previous_state=pl.col("state").shift(1).over("loan_id"))
    ended = (pl.col("previous_state").fill_null(0) > 3).cum_sum().over("loan_id")
    return loan, rows.filter(ended == 0)


def test_every_engine_gives_the_same_cells():
    loan, rows = random_tape(300)
    asked = {"keys": ["segment"], "bins": {"score": [640, 700]}, "period": "quarter"}
    reference = cells(loan, rows, **asked)
    assert reference["at_risk"].sum() == exposure(rows)["at_risk"].sum()
    for other in (
        cells(loan.lazy(), rows.lazy(), **asked), cells(loan.to_pandas(), rows.to_pandas(), **asked)
    ):  # fmt: skip
        pd.testing.assert_frame_equal(reference, other, rtol=1e-12)


def test_summed_over_everything_else_cells_are_the_risk_table_by_age():
    loan, rows = random_tape(300)
    found = cells(loan, rows, keys=["segment"]).groupby("age_months", as_index=False)[COUNTS].sum()
    pd.testing.assert_frame_equal(found, exposure(rows))


def test_spells_by_hand():
    found = spells(LOAN, PERFORMANCE, columns=["score"], vintage="quarter").set_index("loan_id")
    kept = found[["vintage", "entry_months", "exit_months", "event"]]
    assert kept.loc["a"].tolist() == [20061, 1, 3, 1]
    assert kept.loc["b"].tolist() == [20064, 2, 3, 2]
    assert kept.loc["c"].tolist() == [20052, 11, 16, 3]


def test_spells_agree_with_cells():
    loan, rows = random_tape(200)
    found, counted = spells(loan.lazy(), rows.lazy()), cells(loan, rows)
    assert (found["exit_months"] - found["entry_months"]).sum() == counted["at_risk"].sum()
    assert (found["event"] == 1).sum() == counted["default"].sum()
    assert (found["event"] == 2).sum() == counted["prepaid"].sum()


def test_a_loan_of_one_row_has_no_spell():
    found = spells(LOAN, PERFORMANCE.head(5))
    assert found["loan_id"].tolist() == ["a"]


def test_faults_are_named():
    with pytest.raises(DataFaults, match=r"scoer.*did you mean 'score'"):
        cells(LOAN, PERFORMANCE, keys=["scoer"])
    with pytest.raises(DataFaults, match="house_index"):
        cells(LOAN, PERFORMANCE, keys=["current_house_index"])
    with pytest.raises(DataFaults, match="previous_state"):
        spells(LOAN, PERFORMANCE.drop("previous_state"))
    with pytest.raises(ChoiceError, match="cut of periods"):
        cells(LOAN, PERFORMANCE, period="week")
    with pytest.raises(ParameterFaults) as caught:
        cells(LOAN, PERFORMANCE, bins={"score": [], "ltv": [0.9, 0.8]})
    assert len(caught.value.messages) == 2
