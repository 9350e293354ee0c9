import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from abscase.errors import AbscaseError, ChoiceError, DataFaults, ParameterFaults
from abscase.quality.cells import cells, spells
from abscase.quality.competing import cause_specific, fitted_incidence
from abscase.quality.cox import cox
from abscase.quality.design import design, spline
from abscase.quality.hazard import hazard, hazard_by_age, predicted
from abscase.sources import dcr
from abscase.sources.tape import with_previous_state

LINKS = ("logit", "cloglog")
TABLE = pd.DataFrame({
    "age_months": 6, "vintage": [2005, 2006, 2005, 2006], "group": ["a", "a", "b", "b"],
    "at_risk": [300, 100, 120, 80], "default": [18, 2, 20, 10],
})  # fmt: skip


def term(table: pd.DataFrame, name: str, level: str = "") -> pd.Series:
    return table[(table["term"] == name) & (table["level"] == level)].iloc[0]


def loan_months(loans: int = 2500, seed: int = 11) -> pd.DataFrame:
    """Loan-months with a known logit hazard, late entry, and prepayment as the other end."""
    rng = np.random.default_rng(seed)
    loan = pd.DataFrame({
        "loan_id": np.arange(loans), "vintage": rng.integers(2000, 2012, loans),
        "score": rng.choice([560.0, 620, 680, 740], loans),
        "ltv": rng.choice([0.7, 0.8, 0.95], loans),
        "kind": rng.choice(["flat", "house"], loans, p=[0.4, 0.6]),
        "entry": rng.integers(0, 7, loans),
    })  # fmt: skip
    rows = loan.merge(pd.DataFrame({"age_months": np.arange(1, 37)}), how="cross")
    line = (
        -4.2 - 0.008 * (rows["score"] - 650) + 2.0 * (rows["ltv"] - 0.8)
        + 0.4 * (rows["kind"] == "flat") - 0.001 * (rows["age_months"] - 18) ** 2
    )  # fmt: skip
    rows["default"] = (rng.random(len(rows)) < 1 / (1 + np.exp(-line))).astype(int)
    rows["prepaid"] = ((rng.random(len(rows)) < 0.02) & (rows["default"] == 0)).astype(int)
    ended = (rows["default"] + rows["prepaid"]).groupby(rows["loan_id"]).cumsum()
    before = ended - rows["default"] - rows["prepaid"]
    return rows[(before == 0) & (rows["age_months"] > rows["entry"])].assign(at_risk=1)


def reduced(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["age_months", "vintage", "score", "ltv", "kind"]
    return rows.groupby(keys, as_index=False)[["at_risk", "default", "prepaid"]].sum()


SETTINGS = {"numbers": {"score": 20, "ltv": 0.1}, "categories": ["kind"]}
ROWS = loan_months()


def test_logit_of_two_groups_is_the_log_odds():
    fit = hazard(TABLE, categories=["group"], cluster=None)
    odds_a, odds_b = 20 / 380, 30 / 170
    row = term(fit.table, "group", "b")
    assert term(fit.table, "age_months", "6")["estimate"] == pytest.approx(math.log(odds_a))
    assert row["estimate"] == pytest.approx(math.log(odds_b / odds_a))
    assert row["ratio"] == pytest.approx(odds_b / odds_a)
    # Woolf (1955): the variance of a log odds ratio is the sum of the reciprocal counts.
    assert row["se"] == pytest.approx(math.sqrt(1 / 20 + 1 / 380 + 1 / 30 + 1 / 170))
    assert row["hi"] == pytest.approx(row["estimate"] + 1.959964 * row["se"], rel=1e-6)
    assert (fit.at_risk, fit.events, fit.clusters, fit.left_out) == (600, 50, 0, 0)


def test_cloglog_of_two_groups_is_the_log_of_cumulative_hazards():
    fit = hazard(TABLE, link="cloglog", categories=["group"], cluster=None)
    a, b = (-math.log1p(-share) for share in (20 / 400, 30 / 200))
    assert term(fit.table, "age_months", "6")["estimate"] == pytest.approx(math.log(a))
    assert term(fit.table, "group", "b")["ratio"] == pytest.approx(b / a)


def test_log_likelihood_by_hand():
    fit = hazard(TABLE, categories=["group"], cluster=None)
    by_hand = sum(
        d * math.log(d / n) + (n - d) * math.log(1 - d / n) for d, n in ((20, 400), (30, 200))
    )
    assert fit.log_likelihood == pytest.approx(by_hand)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("cluster", [None, "vintage"])
def test_cells_give_the_fit_of_the_loans(link, cluster):
    loans = hazard(ROWS, link=link, cluster=cluster, **SETTINGS)
    few = hazard(reduced(ROWS), link=link, cluster=cluster, **SETTINGS)
    assert len(reduced(ROWS)) < len(ROWS) / 4
    np.testing.assert_allclose(few.coefficients, loans.coefficients, rtol=0, atol=1e-8)
    np.testing.assert_allclose(few.covariance, loans.covariance, rtol=0, atol=1e-8)
    assert few.log_likelihood == pytest.approx(loans.log_likelihood, abs=1e-8)


@pytest.mark.parametrize("link", LINKS)
def test_clustered_errors_are_those_of_statsmodels(link):
    fit = hazard(reduced(ROWS), link=link, cluster="vintage", **SETTINGS)
    family = sm.families.Binomial(
        sm.families.links.Logit() if link == "logit" else sm.families.links.CLogLog()
    )
    groups = ROWS["vintage"].to_numpy()
    other = sm.GLM(ROWS["default"].to_numpy(), fit.design.matrix(ROWS), family=family).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, tol=1e-12
    )
    count = len(np.unique(groups))
    np.testing.assert_allclose(fit.coefficients, other.params, atol=1e-8)
    np.testing.assert_allclose(
        fit.covariance, other.cov_params() * count / (count - 1), rtol=1e-6, atol=1e-12
    )


def test_the_logit_is_that_of_statsmodels_logit():
    fit = hazard(reduced(ROWS), cluster=None, **SETTINGS)
    other = sm.Logit(ROWS["default"].to_numpy(), fit.design.matrix(ROWS)).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(fit.coefficients, other.params, atol=1e-8)
    np.testing.assert_allclose(fit.table["se"], other.bse, rtol=1e-6)


def test_known_coefficients_come_back():
    fit = hazard(reduced(ROWS), cluster=None, **SETTINGS)
    truth = {("score", ""): -0.16, ("ltv", ""): 0.2, ("kind", "flat"): 0.4}
    for (name, level), value in truth.items():
        row = term(fit.table, name, level)
        assert abs(row["estimate"] - value) < 3 * row["se"], name
        assert row["se"] < 0.08
    ages = np.array([6, 18, 30])
    curve = hazard_by_age(fit, ages, {"score": 650, "ltv": 0.8, "kind": "house"})
    true = 1 / (1 + np.exp(4.2 + 0.001 * (ages - 18) ** 2))
    assert ((curve["lo"] < true) & (true < curve["hi"])).all()


def test_intervals_cover_as_often_as_they_say():
    inside = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({"age_months": 1, "x": rng.choice([0.0, 1.0], 500), "at_risk": 1})
        chance = 1 / (1 + np.exp(2 - 0.7 * frame["x"]))
        frame["default"] = (rng.random(500) < chance).astype(int)
        row = term(hazard(frame, numbers={"x": 1}, cluster=None, alpha=0.1).table, "x")
        inside += row["lo"] < 0.7 < row["hi"]
    # Binomial(40, 0.9) is below 30 with probability 0.15 %.
    assert inside >= 30


def test_clustering_by_loan_widens_little_and_by_dependent_cohort_much():
    rng = np.random.default_rng(5)
    shock = pd.Series(rng.normal(0, 0.8, 30))
    frame = pd.DataFrame({"age_months": 1, "vintage": rng.integers(0, 30, 9000), "at_risk": 1})
    frame["x"] = frame["vintage"] / 10
    chance = 1 / (1 + np.exp(2.5 - frame["vintage"].map(shock)))
    frame["default"] = (rng.random(9000) < chance).astype(int)
    se = {
        cluster: term(hazard(frame, numbers={"x": 1}, cluster=cluster).table, "x")["se"]
        for cluster in (None, "vintage")
    }
    assert se["vintage"] > 2 * se[None]


def test_the_step_scales_the_coefficient_and_nothing_else():
    ten = hazard(reduced(ROWS), numbers={"score": 10}, cluster=None)
    fifty = hazard(reduced(ROWS), numbers={"score": 50}, cluster=None)
    assert term(fifty.table, "score")["estimate"] == pytest.approx(
        5 * term(ten.table, "score")["estimate"]
    )
    assert ten.log_likelihood == pytest.approx(fifty.log_likelihood)


def test_predictions_sum_to_the_events():
    table = reduced(ROWS)
    fit = hazard(table, cluster=None, **SETTINGS)
    assert (predicted(fit, table) * table["at_risk"]).sum() == pytest.approx(fit.events)
    holed = table.assign(ltv=table["ltv"].where(table.index > 0))
    assert np.isnan(predicted(fit, holed)[0]) and not np.isnan(predicted(fit, holed)[1:]).any()


def test_rows_with_empty_cells_are_left_out_and_counted():
    table = reduced(ROWS)
    table.loc[table["ltv"] == 0.95, "ltv"] = np.nan
    fit = hazard(table, **SETTINGS)
    lost = table["at_risk"][table["ltv"].isna()].sum() / table["at_risk"].sum()
    assert fit.left_out == pytest.approx(lost)


def test_the_spline_is_natural_and_passes_through_its_knots():
    knots = [3.0, 12, 30, 60]
    assert spline(knots, knots) == pytest.approx(np.eye(4))
    ages = np.linspace(-5, 90, 40)
    assert spline(ages, knots).sum(axis=1) == pytest.approx(np.ones(40))
    beyond = spline([60, 70, 80, 90], knots)
    assert np.diff(beyond, 2, axis=0) == pytest.approx(0, abs=1e-12)
    assert spline([5, 10], [7]) == pytest.approx(np.ones((2, 1)))
    # cr(x, knots=[12, 30], lower_bound=3, upper_bound=60) of patsy 1.0.3 at 20.
    expected = [-0.22557537, 0.84819387, 0.40481634, -0.02743484]
    assert spline([20], knots)[0] == pytest.approx(expected, abs=1e-6)


def test_knots_stand_at_quantiles_of_events():
    frame = pd.DataFrame({"age_months": np.arange(1, 101)})
    made = design(frame, np.full(100, 10), np.ones(100), numbers={}, knots=3)
    assert made.knots == (5, 50, 95)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_of_two_loans_of_a_kind_by_hand(ties):
    # Without ties the partial likelihood is e/(2e + 1) * 1/(e + 1) * e/e with e = exp(beta),
    # for events in order of a loan with x = 1, one with x = 0, one with x = 1:
    # its maximum solves 2e^2 = 1.
    frame = pd.DataFrame({
        "entry_months": 0, "exit_months": [1, 2, 3], "event": 1, "x": [1.0, 0.0, 1.0]
    })  # fmt: skip
    fit = cox(frame, numbers={"x": 1}, ties=ties)
    assert term(fit.table, "x")["ratio"] == pytest.approx(math.sqrt(0.5), rel=1e-5)


def survival(seed: int = 3, loans: int = 3000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spells and loan-months of one sample with late entry and the hazard ratio e^0.5."""
    rng = np.random.default_rng(seed)
    x, entry = rng.normal(size=loans), rng.integers(0, 10, loans)
    month = np.ceil(rng.exponential(30 * np.exp(-0.5 * x)))
    last = np.minimum(48, entry + rng.integers(1, 40, loans))
    frame = pd.DataFrame({
        "loan_id": np.arange(loans), "entry_months": entry, "exit_months": np.minimum(month, last),
        "event": (month <= last).astype(int), "x": x, "vintage": rng.integers(0, 40, loans),
    })[month > entry]  # fmt: skip
    months = (frame["exit_months"] - frame["entry_months"]).astype(int)
    rows = frame.loc[frame.index.repeat(months)].copy()
    rows["age_months"] = rows["entry_months"] + rows.groupby("loan_id").cumcount() + 1
    rows["default"] = rows["event"] * (rows["age_months"] == rows["exit_months"])
    return frame, rows.assign(at_risk=1)


def test_cox_and_cloglog_estimate_the_same_ratio():
    frame, rows = survival()
    for cluster in (None, "vintage"):
        one = term(cox(frame, numbers={"x": 1}, cluster=cluster).table, "x")
        two = hazard(rows, link="cloglog", numbers={"x": 1}, cluster=cluster, knots=6)
        two = term(two.table, "x")
        assert one["estimate"] == pytest.approx(two["estimate"], rel=0.01)
        assert one["se"] == pytest.approx(two["se"], rel=0.05)
        assert abs(one["estimate"] - 0.5) < 3 * one["se"]


def test_cox_needs_the_entry_times():
    rng = np.random.default_rng(1)
    x = np.repeat([0.0, 1.0], 2000)
    entry = np.where(x == 1, 12, 0)
    month = np.ceil(rng.exponential(20, 4000))
    frame = pd.DataFrame({"entry_months": entry, "exit_months": month, "event": 1, "x": x})
    frame = frame[month > entry]
    assert abs(term(cox(frame, numbers={"x": 1}).table, "x")["estimate"]) < 0.1
    naive = term(cox(frame.assign(entry_months=0), numbers={"x": 1}).table, "x")
    assert naive["estimate"] < -0.5


def test_causes_and_their_incidence_add_up():
    table = reduced(ROWS)
    fits = cause_specific(table, cluster=None)
    rng = np.random.default_rng(0)
    found = fitted_incidence(fits, np.arange(1, 37), rng=rng, n_draws=200)
    total = found["alive"] + found["default"] + found["prepaid"]
    assert total.to_numpy() == pytest.approx(1)
    assert (found["default"].diff().dropna() > 0).all()
    assert (found["default_lo"] < found["default"]).all()
    assert (found["default"] < found["default_hi"]).all()
    sums = table.groupby("age_months")[["at_risk", "default", "prepaid"]].sum()
    dead = (sums["default"] + sums["prepaid"]) / sums["at_risk"]
    alive = (1 - dead).cumprod().shift(1, fill_value=1)
    empirical = (alive * sums["default"] / sums["at_risk"]).sum()
    assert found["default"].iloc[-1] == pytest.approx(empirical, rel=0.03)


def test_incidence_with_constant_hazards_by_hand():
    flat = pd.DataFrame({
        "age_months": [1, 2], "at_risk": 100, "default": 10, "prepaid": 20
    })  # fmt: skip
    fits = cause_specific(flat, knots=[1], cluster=None)
    found = fitted_incidence(fits, [1, 2, 3], rng=np.random.default_rng(0), n_draws=100)
    assert found["alive"].tolist() == pytest.approx([0.7, 0.49, 0.343])
    assert found["default"].tolist() == pytest.approx([0.1, 0.17, 0.219])
    assert found["prepaid"].tolist() == pytest.approx([0.2, 0.34, 0.438])


def test_faults_are_named():
    with pytest.raises(ChoiceError, match="did you mean 'logit'"):
        hazard(TABLE, link="logti")
    with pytest.raises(DataFaults, match="scroe"):
        hazard(TABLE, numbers={"scroe": 1})
    with pytest.raises(AbscaseError, match="0 of 600"):
        hazard(TABLE.assign(default=0))
    with pytest.raises(AbscaseError, match="between 0 and at_risk"):
        hazard(TABLE.assign(default=400))
    with pytest.raises(AbscaseError, match=r"levels with no event.*: c;"):
        hazard(TABLE.assign(default=[18, 2, 20, 0], group=list("aabc")), categories=["group"])
    with pytest.raises(AbscaseError, match="does not vary"):
        hazard(TABLE.assign(x=1.0), numbers={"x": 1})
    with pytest.raises(AbscaseError, match="repeat each other"):
        hazard(ROWS.assign(double=2 * ROWS["ltv"]), numbers={"ltv": 1, "double": 1})
    with pytest.raises(AbscaseError, match="no finite estimate"):
        hazard(TABLE.assign(default=[0, 0, 120, 80], x=[1.0, 1, 2, 2]), numbers={"x": 1})
    with pytest.raises(AbscaseError, match="one value only"):
        hazard(TABLE.assign(vintage=2006))
    with pytest.raises(ParameterFaults, match="step of at_risk is 0"):
        hazard(TABLE, numbers={"at_risk": 0})
    with pytest.raises(ParameterFaults, match="knots"):
        hazard(TABLE, knots=[6, 6])
    fit = hazard(TABLE, categories=["group"])
    with pytest.raises(ParameterFaults, match="it has: group"):
        hazard_by_age(fit, [6], {"score": 600})
    with pytest.raises(DataFaults, match="level is not in the fitted model"):
        hazard_by_age(fit, [6], {"group": "z"})
    with pytest.raises(AbscaseError, match="needs a covariate"):
        cox(survival(loans=50)[0])
    with pytest.raises(ChoiceError, match="way to end"):
        cox(survival(loans=50)[0], event="defaulted", numbers={"x": 1})
    with pytest.raises(ParameterFaults, match="ascend"):
        fitted_incidence({"default": fit}, [3, 2], rng=np.random.default_rng(0))


@pytest.fixture
def tape(samples):
    path = samples / "us" / "dcr.csv.gz"
    if not path.is_file():
        pytest.skip("us/dcr.csv.gz is not in the folder of real loan files")
    found = dcr.read(path, "us_subprime")
    return found.loan.collect(), with_previous_state(found.performance, 3).collect()


@pytest.mark.real
@pytest.mark.parametrize("link", LINKS)
def test_on_real_loans_ltv_raises_default_and_score_lowers_it(tape, link):
    table = cells(*tape, keys=["investor"], bins={"score": [580, 620, 660, 720],
                                                  "ltv": [0.7, 0.8, 0.9]})  # fmt: skip
    fit = hazard(table, link=link, numbers={"score": 20, "ltv": 0.1}, categories=["investor"])
    assert fit.events > 1400 and fit.left_out < 0.01
    assert term(fit.table, "score")["ratio_hi"] < 1
    assert term(fit.table, "ltv")["ratio_lo"] > 1


@pytest.mark.real
def test_on_real_loans_cells_equal_loans_and_cox_agrees(tape):
    loan, rows = tape
    exact = cells(loan, rows, keys=["score", "ltv"], vintage="quarter", period="year")
    single = cells(loan, rows, keys=["score", "ltv", "loan_id"], vintage="quarter", period="month")
    settings = {"numbers": {"score": 20, "ltv": 0.1}, "link": "cloglog", "knots": 6}
    one, two = (hazard(table, cluster="vintage", **settings) for table in (exact, single))
    np.testing.assert_allclose(one.coefficients, two.coefficients, atol=1e-8)
    np.testing.assert_allclose(one.covariance, two.covariance, atol=1e-8)
    assert single["at_risk"].max() == 1 and len(exact) < len(single)
    known = spells(loan, rows, columns=["score", "ltv"])
    third = cox(known, numbers=settings["numbers"])
    for name in ("score", "ltv"):
        assert term(third.table, name)["estimate"] == pytest.approx(
            term(one.table, name)["estimate"], rel=0.1
        )
