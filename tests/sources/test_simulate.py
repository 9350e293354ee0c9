"""The simulated chain against closed forms, its own expectation, and the schema."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from abscase.errors import AbscaseError, ParameterFaults
from abscase.schema import STATES
from abscase.schema.parts import check_parts, parquet_parts
from abscase.sources.simulate import (
    Process,
    Score,
    Segment,
    expected,
    simulate_to,
    simulated_tape,
    stressed,
    writing,
)
from abscase.sources.simulate.process import annuity_share

NEVER = -40.0
MONTHS = 24


def process(late=NEVER, prepay=NEVER, term=12, months=MONTHS, weights=(1.0,), **changes):
    """Loans of one cohort unless said otherwise; each effect is nil unless said otherwise."""
    path, none = np.zeros(months + 1), np.zeros(len(weights))
    given = {
        "case": "ant", "currency": "CNY", "source_id": "simulated-test", "first": 2018 * 12,
        "months": months, "step": 1, "weights": np.array(weights),
        "segments": (Segment("all", 1.0, 1000.0, 0.12, term, product="loan"),),
        "late": path + late, "prepay": path + prepay, "cohort_late": none, "cohort_prepay": none,
        "age_late": path, "age_prepay": path, "roll": (1.0, 1.0), "cure": (0.0, 0.0, 0.0),
        "wait": 1, "write_off": 1.0,
    }  # fmt: skip
    return Process(**(given | changes))


def busy(**changes):
    """Every move happens: three cohorts, two segments, a score, cures and losses."""
    segments = (Segment("a", 0.6, 1000.0, 0.15, 12, late=0.3, prepay=-0.2),
                Segment("b", 0.4, 3000.0, 0.10, 18))  # fmt: skip
    given = {
        "late": np.full(31, -3.0), "prepay": np.full(31, -3.5), "months": 30,
        "weights": np.full(3, 1 / 3), "cohort_late": np.array([0.0, 0.2, -0.3]),
        "cohort_prepay": np.zeros(3), "age_late": np.zeros(31), "age_prepay": np.zeros(31),
        "segments": segments, "roll": (0.6, 0.7), "cure": (0.3, 0.2, 0.05), "wait": 3,
        "write_off": 0.5, "score": Score(620.0, 50.0, 300.0, 850.0, -0.5), "step": 2,
        "lgd": np.full(3, 0.6),
    }  # fmt: skip
    return process(**(given | changes))


def shares(performance, loans):
    """Share of the loans in each state at each age, the ends cumulated."""
    counts = performance.group_by("age_months", "state").len().to_pandas()
    table = counts.pivot(index="age_months", columns="state", values="len").fillna(0) / loans
    table = table.reindex(columns=range(len(STATES)), fill_value=0.0)
    ends = [STATES[name] for name in ("default", "prepaid", "matured")]
    table[ends] = table[ends].cumsum()
    return table


def test_without_hazards_every_loan_matures_at_its_term_and_pays_the_annuity():
    loan, performance = simulated_tape(process(), 50, 1)
    assert set(performance["state"]) == {0, STATES["matured"]}
    assert performance.filter(pl.col("state") == STATES["matured"])["age_months"].to_list() == (
        [12] * 50
    )
    rows = performance.filter(pl.col("loan_id") == "00000000007")
    amount = loan.filter(pl.col("loan_id") == "00000000007")["original_amt"][0]
    rate = 0.01
    payment = amount * rate / (1 - (1 + rate) ** -12)
    owed = [amount]
    for _ in range(12):
        owed.append(owed[-1] * (1 + rate) - payment)
    assert rows["balance_amt"].to_list() == pytest.approx(owed, abs=1e-6)


def test_two_states_follow_the_closed_form():
    # Current or repaid early, with the constant chance p a month: the share alive is (1 - p)^a.
    chance = 0.03
    given = process(prepay=np.log(chance / (1 - chance)), term=None)
    alive = expected(given).count[0, 0, 0]
    assert alive == pytest.approx((1 - chance) ** np.arange(MONTHS + 1), abs=1e-12)


def test_a_loan_that_never_pays_is_30_days_late_at_2_months_and_90_at_4():
    given = process(late=40.0, term=None, wait=3)
    path = expected(given).count[:, 0, 0].argmax(0)
    assert path[:8].tolist() == [0, 0, 1, 2, 3, 3, 3, 4]
    _, performance = simulated_tape(given, 5, 1)
    one = performance.filter(pl.col("loan_id") == "00000000002")
    assert one["state"].to_list() == path[:8].tolist()
    assert one["days_past_due"].to_list() == [0, 0, 30, 60, 90, 120, 150, 180]


def test_the_balance_of_a_late_loan_stands_still_and_the_default_carries_it():
    given = process(late=40.0, wait=3, lgd=np.array([0.7]))
    loan, performance = simulated_tape(given, 400, 1)
    last = performance.filter(pl.col("state") == STATES["default"]).join(
        loan.select("loan_id", "original_amt"), on="loan_id"
    )
    # One instalment was paid before the first could be 30 days late.
    paid = (last["balance_amt"] / last["original_amt"]).to_numpy()
    assert paid == pytest.approx(float(annuity_share(1, 0.12, 12)))
    total = last["loss_amt"] + last["recovery_amt"]
    assert total.to_numpy() == pytest.approx(last["balance_amt"].to_numpy())
    severity = last["loss_amt"].sum() / last["balance_amt"].sum()
    assert severity == pytest.approx(0.7, abs=0.05)


def test_expectation_and_draws_agree_within_four_standard_errors():
    given, loans = busy(weights=np.array([1.0]), cohort_late=np.zeros(1),
                        cohort_prepay=np.zeros(1), lgd=None), 60_000  # fmt: skip
    _, performance = simulated_tape(given, loans, 11)
    found = shares(performance, loans).to_numpy().T
    model = expected(given).count.sum((1, 2)).clip(0, 1)
    error = np.sqrt(model * (1 - model) / loans) + 1e-6
    assert np.abs((found - model) / error).max() < 4


def test_expected_balances_are_those_of_the_draws():
    given, loans = busy(), 60_000
    loan, performance = simulated_tape(given, loans, 5)
    model = expected(given).amount[:4].sum((0, 1, 2))
    live = performance.filter(pl.col("state") < STATES["default"])
    found = live.group_by("date").agg(pl.col("balance_amt").sum()).sort("date")["balance_amt"]
    # Later few loans are left, whose amounts differ.
    assert found.to_numpy()[:16] / loans == pytest.approx(model[:16], rel=0.02)
    assert loan["original_amt"].sum() / loans == pytest.approx(0.6 * 1000 + 0.4 * 3000, rel=0.01)


def test_what_is_expected_adds_up_and_ends_only_grow():
    path = expected(busy()).count
    ages = path.sum(0)
    assert ages[:, :, -1].sum() == pytest.approx(1)
    assert path.min() >= 0
    assert np.diff(path[STATES["default"] :].sum((1, 2)), axis=1).min() >= -1e-12


def test_each_loan_ends_at_most_once_and_has_no_gap():
    _, performance = simulated_tape(busy(), 5_000, 3)
    rows = performance.to_pandas()
    ends = rows[rows["state"] >= STATES["default"]]
    assert not ends["loan_id"].duplicated().any()
    assert (ends["age_months"] == ends["loan_id"].map(rows.groupby("loan_id").size()) - 1).all()
    assert rows["balance_amt"].min() >= 0
    by_loan = rows.groupby("loan_id")
    assert (by_loan["age_months"].diff().dropna() == 1).all()
    before = by_loan["state"].shift()
    assert (before.fillna(-1) == rows["previous_state"].fillna(-1)).all()


def test_the_seed_fixes_the_tape_and_the_workers_do_not(monkeypatch):
    one = simulated_tape(busy(), 3_000, 9)
    monkeypatch.setattr(writing, "WORKERS", 1)
    again = simulated_tape(busy(), 3_000, 9)
    other = simulated_tape(busy(), 3_000, 10)
    assert all(left.equals(right) for left, right in zip(one, again, strict=True))
    assert not one[1].equals(other[1])


def test_a_file_holds_the_same_tape_and_fits_the_schema(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 300)
    monkeypatch.setattr(writing, "ROW_GROUP", 5_000)
    loan, performance = simulated_tape(busy(), 2_000, 4)
    paths = simulate_to(tmp_path / "tape", busy(), 2_000, 4)
    for path, frame, table in zip(paths, (loan, performance), ("loan", "performance"), strict=True):
        assert pl.read_parquet(path).equals(frame)
        checked = check_parts(parquet_parts(path, table), table, file=table, strict=True)
        assert not checked.faults
    assert performance.schema["state"] == pl.Int8
    assert performance.equals(performance.sort("loan_id", "date"))


def test_a_folder_that_is_there_is_not_touched_and_a_failure_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(AbscaseError, match="is there already"):
        simulate_to(tmp_path / "full", busy(), 10, 1)
    monkeypatch.setattr(writing, "performance_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        simulate_to(tmp_path / "new", busy(), 10, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_simulated_rows_are_never_measured():
    frames = simulated_tape(busy(), 200, 1)
    assert [set(frame["grade"]) for frame in frames] == [{"B"}, {"B"}]


def test_stress_multiplies_the_odds_and_the_factor_adds_to_them():
    given = busy(score=None)
    worse = stressed(given, 2.0)
    assert worse.odds(0, 5, 5)[0] == pytest.approx(2 * given.odds(0, 5, 5)[0])
    factor = replace(given, factor=np.full(31, np.log(2.0)))
    assert factor.odds(0, 5, 5)[0] == pytest.approx(worse.odds(0, 5, 5)[0])
    assert (expected(worse).count[4].sum((0, 1)) >= expected(given).count[4].sum((0, 1))).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: process(roll=(0.8, 0.5), cure=(0.3, 0.1, 0.0)), "roll_and_cure is -0.1"),
        (lambda: process(wait=0), "wait is 0"),
        (lambda: simulated_tape(process(), 0, 1), "loans is 0"),
        (lambda: stressed(process(), 0.0), "multipliers is 0"),
    ],
)
def test_faults_are_told(call, words):
    with pytest.raises(ParameterFaults, match=words):
        call()
