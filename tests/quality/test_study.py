"""The hazards of a tape whole, on the random tape of the tests."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from abscase.case import load_case
from abscase.errors import DataFaults, ParameterFaults
from abscase.quality import risk_factors, sold, splits, study, study_checks
from abscase.quality.pool import Pool


@pytest.fixture(scope="module")
def tape():
    """3,000 loans of two segments whose default falls with the score and jumps with the segment."""
    rng = np.random.default_rng(5)
    number, months = 3_000, 24
    score = np.round(rng.normal(640, 40, number))
    segment, made = rng.choice(["x", "y"], number), rng.integers(0, 24, number)
    base = 0.008 * np.exp(-0.01 * (score - 640) + 0.7 * (segment == "y"))
    rows = []
    alive, before = np.ones(number, bool), np.full(number, -1)
    for age in range(months + 1):
        draw = rng.random(number)
        state = np.where(draw < base, 4, np.where(draw < base + 0.02, 5, 0)) if age else before * 0
        month = 2005 * 12 + made + age
        part = pl.DataFrame({
            "case": "us_subprime", "loan_id": np.arange(number).astype(str),
            "date": [date(int(m) // 12, int(m) % 12 + 1, 28) for m in month],
            "age_months": age, "balance_amt": 1.0, "state": state.astype(np.int8),
            "previous_state": pl.Series(before, strict=False).replace(-1, None),
        }).filter(pl.Series(alive))  # fmt: skip
        rows.append(part)
        alive, before = alive & (state == 0), state
    loan = pl.DataFrame({
        "case": "us_subprime", "loan_id": np.arange(number).astype(str), "score": score,
        "segment": segment, "ltv": np.where(segment == "x", 0.8, 0.9),
        "orig_date": [date(2005 + int(m) // 12, int(m) % 12 + 1, 28) for m in made],
        "deal_id": np.where(rng.random(number) < 0.5, "d", None),
    })  # fmt: skip
    case = load_case("us_subprime")
    frame = pl.concat(rows).sort("loan_id", "age_months").lazy()
    return Pool(case, loan.lazy(), frame, "B", ("made-up",), True, 1, "made up")


@pytest.fixture(scope="module")
def done(tape):
    return study.study(tape, link="cloglog")


def test_a_fact_that_follows_from_the_segment_is_left_out(done):
    assert set(done.numbers) == {"score"}
    assert "segment" in done.categories and done.cells["at_risk"].sum() > 30_000


def test_the_ratios_put_in_come_out_by_both_roads(done):
    """exp(-0.01 x 20) for the score and exp(0.7) for the segment."""
    for table in (done.fits["default"].table, study_checks.second_road(done).table):
        score = table[table["term"] == "score"].iloc[0]
        other = table[table["term"] == "segment"].iloc[0]
        assert score["ratio_lo"] < np.exp(-0.2) < score["ratio_hi"]
        truth = np.exp(0.7 if other["level"] == "y" else -0.7)
        assert other["ratio_lo"] < truth < other["ratio_hi"]


def test_cells_and_single_loan_periods_fit_alike(done):
    table = study_checks.cells_beside_loans(done)
    cells, loans = table.to_dict("records")
    assert cells["rows"] < loans["rows"] == loans["at_risk"] == cells["at_risk"]
    assert cells["estimate"] == pytest.approx(loans["estimate"], abs=1e-8)
    assert cells["se"] == pytest.approx(loans["se"], rel=1e-6)


def test_kaplan_meier_overstates_and_the_shares_add_up(done):
    every, naive = study.incidences(done)
    both = study.incidence_at(every, naive, 12)
    assert both["age_months"].tolist() == [12, every["age_months"].max()]
    shares = ["incidence", "prepaid_share", "matured_share", "alive_share"]
    assert both[shares].sum(axis=1).tolist() == pytest.approx([1, 1])
    assert len(study.incidence_at(every, naive, 72)) == 1
    ends = both.iloc[-1]
    assert ends["naive"] > 1.05 * ends["incidence"]
    last = every[every["age_months"] == every["age_months"].max()]
    assert last["incidence"].sum() + last["survival"].iloc[0] == pytest.approx(1)
    assert study.defaulted_by(every, 12) < ends["incidence"]


def test_later_periods_are_predicted_from_earlier_ones(done):
    found = study_checks.scores(done)
    later = found["summary"].set_index("sample").loc["later"]
    assert later["auc"] > 0.55
    assert later["predicted"] == pytest.approx(later["observed"], rel=0.3)
    assert found["later"]["at_risk"].sum() == later["at_risk"]


def test_curves_and_observed_rates_agree(done):
    curves, seen = study.curves(done), study.observed(done)
    assert {which for which, _, _ in curves["default"]} == {"mean", "low", "high"}
    low, high = (curves["default"][key]["hazard"].mean() for key in curves["default"]
                 if key[0] in ("low", "high"))  # fmt: skip
    assert low > high, "a lower score defaults more"
    assert seen["default"]["rate"].between(0, 0.1).all()


def test_the_split_of_cohorts_adds_up_and_needs_shared_facts(done):
    frame = splits.early_and_late(done)
    pair = ("early", "late")
    used = splits.usable(frame, "cohorts", pair)
    fields = used.loc[used["used"], "factor"].tolist()
    assert "score" in fields
    rng = np.random.default_rng(1)
    parts = splits.splits(frame, "cohorts", pair, fields, rng, n_boot=20)
    wide = parts[parts["method"] != "threefold"].pivot_table(
        index=["method", "reference"], columns="part", values="estimate"
    )
    assert (wide["explained"] + wide["unexplained"]).to_numpy() == pytest.approx(
        wide["gap"].to_numpy()
    )
    assert splits.whole(splits.splits(frame, "cohorts", pair, [], rng)) is None


def test_shared_cells_count_in_loan_months(done):
    quarterly = replace(done, pool=replace(done.pool, period_months=3))
    frame = splits.shared_cells({"a": done, "b": quarterly})
    held = frame.groupby("case")["at_risk"].sum()
    assert held["b"] == pytest.approx(3 * held["a"])
    defaults = frame.groupby("case")["default"].sum()
    assert defaults["a"] == defaults["b"]


def test_sale_is_measured_only_on_a_real_tape_that_tells_it(tape):
    assert sold.comparable_tape(load_case("us_prime")) is None
    found = sold.sold_excess(replace(tape, case=_Loaded("ant")), alpha=0.001)
    assert found.low < 0 < found.high, "sold at random: no excess"
    assert found.kind == "sampling" and found.data[0].ref == "panel:ant/made"
    loans = sold.tape_at_cutoff(tape, 12)
    assert "securitised" not in loans, "a simulated tape says nothing of sale"
    real = sold.tape_at_cutoff(replace(tape, simulated=False), 12)
    assert 0.4 < real["securitised"].mean() < 0.6
    table = sold.stages_of_tape(real.assign(securitised=1.0), 620, 30)
    assert table["stage"].tolist() == ["first", "reduced"]
    assert table.loc[0, "corrected"] == 0, "all sold: no first stage"
    assert table.loc[0, "p_value"] == 1


class _Loaded:
    def __init__(self, name):
        self.name, self.panels = name, ("made",)


def test_a_tape_without_default_or_dates_is_refused_by_name(tape):
    loaded = replace(tape, simulated=False, name="loaded tape x")
    none = tape.performance.filter(pl.col("state") != 4)
    with pytest.raises(DataFaults, match=r"us_subprime: loaded tape x: no loan .*remove the"):
        study.study(replace(loaded, performance=none))
    for loan in (tape.loan.drop("orig_date"), tape.loan.with_columns(orig_date=pl.lit(None))):
        with pytest.raises(DataFaults, match=r"us_subprime: loaded tape x: .*no orig_date"):
            study.study(replace(loaded, loan=loan))


def test_one_case_is_no_pair():
    case = load_case("ant")
    with pytest.raises(ParameterFaults, match="both cases are ant"):
        study.two_pools(case, case, 2000, 1)


def test_small_levels_are_put_together():
    values = pd.Series(["a", "b", "c", "d"])
    assert risk_factors.lumped(values, pd.Series([100, 15, 10, 50])).tolist() == [
        "a", "other", "other", "d"
    ]  # fmt: skip
    assert risk_factors.lumped(values, pd.Series([100, 1, 40, 50])).tolist() == ["a", "c", "c", "d"]


def test_support_is_the_share_where_both_have_loans():
    frame = pd.DataFrame({
        "case": ["a"] * 100 + ["b"] * 100, "x": [*range(100), *range(50, 150)], "at_risk": 1,
    })  # fmt: skip
    row = risk_factors.support(frame, "case", ("a", "b"), ["x"]).iloc[0]
    assert row["common"] == pytest.approx(0.41, abs=0.02)
    assert (row["first_mid"], row["second_mid"]) == (49, 99)


def test_a_loan_last_seen_too_young_is_left_out():
    lives = pd.DataFrame({"exit_months": [30, 10, 10, 12, 30], "event": [0, 0, 1, 2, 1]})
    found = risk_factors.defaulted_within(lives, 24)
    assert found["defaulted"].tolist() == [0, 1, 0, 0]
