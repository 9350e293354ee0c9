"""Vintage curves by hand, against the naive curve, and on a real panel."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hand_panel import month_end

from abscase.errors import ChoiceError, DataFaults
from abscase.quality.chain_ladder import chain_ladder
from abscase.quality.exposure import exposure
from abscase.quality.incidence import cumulative_incidence
from abscase.quality.unripe import project
from abscase.quality.vintages import triangle, vintages
from abscase.sources.dcr import read
from abscase.sources.tape import with_previous_state


def test_by_hand(hand_panel, hand_loans):
    table = vintages(hand_panel, hand_loans).set_index("age_months")
    assert table["vintage"].unique().tolist() == ["2020"]
    assert table["at_risk"].tolist() == [0, 1, 2, 1]
    assert table["default_share"].tolist() == [0, 0, 0.5, 0.5]
    assert table["survival"].tolist() == [1, 1, 0.5, 0]
    # Two at risk, one in default with 90 of a mean of 150 lent, of which 50 are lost.
    assert table["default_amt_share"].tolist() == pytest.approx([0, 0, 90 / 2 / 150, 0.3])
    assert table.loc[3, "loss_share"] == pytest.approx(50 / 2 / 150)
    assert table.loc[4, ["naive_default_share", "naive_loss_share"]].tolist() == [0.5, 50 / 300]
    assert table["complete"].all()


def test_without_aged_entries_both_curves_agree():
    loan, panel = closed_vintage(hazard=0.03, enters=lambda count, rng: np.zeros(count))
    table = vintages(panel, loan)
    for what in ("default_share", "default_amt_share", "loss_share"):
        assert table[what].to_numpy() == pytest.approx(table[f"naive_{what}"].to_numpy())


def test_aged_entries_lower_the_naive_curve_only():
    loan, panel = closed_vintage(hazard=0.03, enters=lambda count, rng: rng.choice([0, 12], count))
    table = vintages(panel, loan).set_index("age_months")
    true = 1 - 0.97**12
    assert table.loc[12, "default_share"] == pytest.approx(true, abs=0.015)
    assert table.loc[12, "default_amt_share"] == pytest.approx(true, abs=0.02)
    assert table.loc[12, "loss_share"] == pytest.approx(true / 2, abs=0.01)
    assert table.loc[12, "naive_default_share"] < true - 0.08


def closed_vintage(hazard, enters, count=8000, months=24):
    """Loans of January 2020 that stay until they default with half lost; entries as told."""
    rng = np.random.default_rng(6)
    entry, end = enters(count, rng), rng.geometric(hazard, count)
    seen = end > entry
    entry, end = entry[seen], end[seen]
    amount = rng.lognormal(8, 0.5, len(end))
    ages = [np.arange(start, min(stop, months) + 1) for start, stop in zip(entry, end, strict=True)]
    number = np.repeat(np.arange(len(end)), [len(each) for each in ages])
    age = np.concatenate(ages).astype(int)
    state = np.where(age == end[number], 4, 0)
    dates = np.array([month_end(2020 * 12 + month) for month in range(months + 1)])
    panel = pd.DataFrame({
        "loan_id": number, "date": pd.to_datetime(dates[age]), "age_months": age, "state": state,
        "previous_state": np.where(age == entry[number], np.nan, 0),
        "balance_amt": amount[number], "loss_amt": np.where(state, amount[number] / 2, np.nan),
    })  # fmt: skip
    loan = pd.DataFrame({"orig_date": pd.Timestamp("2020-01-31"), "original_amt": amount})
    return loan, panel


def test_the_share_in_default_is_the_incidence_of_its_loans(random_tape):
    loan, panel = random_tape
    table = vintages(panel, loan, "year")
    dated = panel.with_columns(vintage=(pl.col("date").dt.year() * 12 + pl.col("date").dt.month()
                                        - 1 - pl.col("age_months")) // 12)  # fmt: skip
    expected = cumulative_incidence(exposure(dated, ["vintage"]), ["vintage"])
    expected = expected[expected["cause"] == "default"].assign(
        vintage=lambda frame: frame["vintage"].astype("str")
    )
    both = table.merge(expected, on=["vintage", "age_months"])
    assert len(both) == len(expected)
    assert both["default_share"].to_numpy() == pytest.approx(both["incidence"].to_numpy())


@pytest.mark.parametrize(("width", "first"), [("quarter", "2018Q1"), ("month", "2018-01")])
def test_cumulative_shares_never_fall(random_tape, width, first):
    loan, panel = random_tape
    table = vintages(panel, loan, width)
    assert table["vintage"].iloc[0] == first
    shares = ["default_share", "default_amt_share", "naive_default_share"]
    assert (table.groupby("vintage")[shares].diff().dropna() >= 0).all(axis=None)
    assert table["default_share"].between(0, 1).all()
    assert table["default_count"].sum() == panel["state"].eq(4).sum()


def test_a_loan_without_an_amount_counts_with_the_mean(hand_panel, hand_loans):
    table = vintages(hand_panel, hand_loans.assign(original_amt=[100.0, np.nan]))
    assert table["original_amt"].unique().tolist() == [200]


def test_without_losses_the_loss_is_empty(hand_panel, hand_loans):
    table = vintages(hand_panel.drop(columns="loss_amt"), hand_loans)
    assert table[["loss_amt", "loss_share", "naive_loss_share"]].isna().all(axis=None)
    assert table["default_amt_share"].notna().all()


def test_a_vintage_is_complete_when_its_youngest_loan_is_old_enough(random_tape):
    loan, panel = random_tape
    table = vintages(panel, loan, "quarter")
    last, youngest = panel["date"].max(), pd.Period("2020Q2").end_time
    months = (last.year - youngest.year) * 12 + last.month - youngest.month
    mine = table[table["vintage"] == "2020Q2"].set_index("age_months")["complete"]
    assert mine[months]
    assert not mine[months + 1]


def test_the_triangle_holds_what_is_complete_and_feeds_the_ladder(random_tape):
    loan, panel = random_tape
    table = vintages(panel, loan, "quarter")
    found = triangle(table, "default_count", first_age=8)
    assert found.columns.tolist() == list(range(8, int(found.columns.max()) + 1))
    one = table[(table["vintage"] == "2018Q3") & (table["age_months"] <= 15)]
    assert found.loc["2018Q3", 15] == one["default_count"].sum()
    filled = found.notna().sum(axis=1)
    assert filled.is_monotonic_decreasing
    assert chain_ladder(found).ultimate["to_come"].iloc[-1] > 0


def test_an_age_that_does_not_fit_the_origination_is_refused(hand_panel, hand_loans):
    with pytest.raises(DataFaults, match="2019"):
        vintages(hand_panel.assign(age_months=hand_panel["age_months"] + 12), hand_loans)


def test_an_unknown_width_is_refused(hand_panel, hand_loans):
    with pytest.raises(ChoiceError, match="did you mean 'year'"):
        vintages(hand_panel, hand_loans, "years")


@pytest.mark.real
def test_ever_default_of_the_real_panel(samples):
    # Share of the loans of each origination year that default in the file, counted from the raw
    # rows without this package.
    known = {"2003": 0.0959, "2004": 0.1352, "2005": 0.2861, "2006": 0.4879, "2007": 0.4694}
    tape = read(samples / "us" / "dcr.csv.gz", "us_subprime")
    panel = with_previous_state(tape.performance, tape.period_months)
    table = vintages(panel, tape.loan, entry_row=True)
    ever = table.groupby("vintage").last()
    for vintage, share in known.items():
        assert ever.loc[vintage, "naive_default_share"] == pytest.approx(share, abs=0.001)
    # The file lacks the loans repaid before it begins: of those it holds, more default than of all.
    gap = ever["naive_default_share"] - ever["default_share"]
    assert (gap.loc["2003":"2006"] > 0.01).all()


def test_a_tape_that_had_not_begun_has_no_vintage(hand_panel, hand_loans):
    table = vintages(hand_panel.head(0), hand_loans.head(0))
    assert table.empty and list(table) == list(vintages(hand_panel, hand_loans))
    assert project(table, 24) is None
