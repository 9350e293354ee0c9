"""Target against achieved in every case, on the model and on a tape; what is open stays open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.errors import ChoiceError, ParameterFaults
from abscase.quality.calibration import PLANS, calibrated
from abscase.quality.calibration.drawn import over_draws
from abscase.quality.calibration.fit import Fit
from abscase.quality.calibration.store import kept
from abscase.quality.calibration.subprime import score_effect
from abscase.quality.calibration.tapes import (
    crisis_multiplier,
    simulate_case,
    simulated,
    under,
)
from abscase.quality.delinquency import delinquency
from abscase.sources.simulate import Process, Segment, expected

CASES = sorted(PLANS)
FIT_MISS = {"ant": 0.06, "cn_peers": 0.01, "us_cards": 0.4, "us_prime": 0.15, "us_subprime": 0.2}
"""Largest relative difference of model and target among the fitted moments."""


@pytest.fixture(scope="module")
def found():
    return {name: calibrated(load_case(name)) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_the_model_meets_its_targets_or_says_so(found, name):
    table = found[name].moments
    inside = table["expected"].between(table["lo"] - 1e-12, table["hi"] + 1e-12)
    assert (inside == table["met"]).all()
    fitted = table[table["fitted"]]
    miss = (fitted["expected"] / fitted["target"] - 1).abs()
    assert miss.max() < FIT_MISS[name], fitted.assign(miss=miss).to_string()


@pytest.mark.parametrize("name", CASES)
def test_the_tape_gives_the_model_s_numbers_on_the_second_road(found, name):
    table = found[name].moments
    assert table["achieved"].to_numpy() == pytest.approx(table["expected"].to_numpy(), rel=0.3)
    assert np.median(np.abs(table["achieved"] / table["expected"] - 1)) < 0.1


@pytest.mark.parametrize("name", CASES)
def test_each_moment_stands_on_rows_of_data(found, name):
    case, table = load_case(name), found[name].moments
    refs = {ref for each in table["ref"] for ref in each.split(", ")}
    known = pd.concat([load_case(each).table("series") for each in CASES])["ref"]
    assert refs <= set(known)
    assert set(found[name].sources) >= {each.split(", ")[0] for each in table["source_id"]}
    assert found[name].grade == "B"
    assert found[name].process.case == case.name


def test_targets_are_the_published_values(found):
    table = found["ant"].moments.set_index("moment")["target"]
    assert table["30+ stock 2020-01"] == 0.0176
    assert table["30+ stock 2020-05"] == 0.0301
    subprime = found["us_subprime"].moments.set_index("moment")["target"]
    assert subprime["homes lost, CA"] == 0.541667
    assert subprime["defaulted, of ended, 2006"] == pytest.approx(0.5307 / (0.5307 + 0.2864))


def test_what_cannot_be_identified_is_drawn_over_its_range(found):
    drawn = calibrated(load_case("ant"), 5, np.random.default_rng(3)).draws
    again = calibrated(load_case("ant"), 5, np.random.default_rng(3)).draws
    assert [each.wait for each in drawn] == [each.wait for each in again]
    assert len({each.wait for each in drawn}) > 2
    assert all(3 <= each.wait <= 24 for each in drawn)
    bad = [moment_of(each) for each in drawn]
    assert max(bad) < 0.012 and min(bad) > 0.009
    open_ = found["ant"].open.set_index("parameter")
    assert (open_.loc["wait", "low"], open_.loc["wait", "high"]) == (3, 24)


def test_targets_taken_over_from_other_lenders_are_assumed_of_ant(found):
    grades = found["ant"].moments.set_index("moment")["grade"]
    assert grades["60-89 over 30-59 days, Lexin"] == "C"
    assert grades["repaid early, of loans run off"] == "C"
    assert (
        set(grades.drop(grades[grades == "C"].index)) <= {"A", "B"} and (grades == "C").sum() == 2
    )
    own = found["cn_peers"].moments
    assert not own.loc[own["moment"].str.contains("Lexin"), "grade"].eq("C").any()


def test_draws_leave_the_write_offs_open_and_the_arrears_not(found):
    ant = calibrated(load_case("ant"), 5, np.random.default_rng(3))
    table = over_draws([ant]).set_index("measure")
    assert (table["low"] <= table["at_fit"]).all() and (table["at_fit"] <= table["high"]).all()
    shifted = replace(ant, draws=(ant.process,))
    same = over_draws([shifted])
    assert (same["low"] == same["high"]).all(), "the interval is that of the draws"
    width = table["high"] / table["low"]
    assert width["arrears_90"] < 1.2 < 3 < width["write_off"]
    covid = over_draws([shifted], "covid").set_index("measure")["at_fit"]
    path = expected(under(ant.process, "covid")).amount[:4, :, :, -1].sum((1, 2))
    assert covid["arrears_30"] == pytest.approx(path[1:].sum() / path.sum())
    with pytest.raises(ParameterFaults, match="draws is 0"):
        over_draws([found["ant"]])


def moment_of(process: Process) -> float:
    """The 90+ stock of December 2019."""
    at = expected(process).amount[:4, :, :, 47].sum((1, 2))
    return float(at[3] / at.sum())


def test_a_case_without_a_plan_is_refused():
    odd = load_case("ant").__class__("else", {}, "CNY", load_case("ant").root)
    with pytest.raises(ChoiceError, match="no case with simulated loans named 'else'"):
        calibrated(odd)


def test_covid_takes_ant_s_stock_from_january_to_may_and_the_baseline_does_not(found):
    stocks = {}
    for scenario in ("baseline", "covid", "covid_high"):
        path = expected(under(found["ant"].process, scenario)).amount[:4].sum((1, 2))
        stocks[scenario] = (path[1:].sum(0) / path.sum(0))[[48, 52]]
    january, may = stocks["covid"]
    assert (january, may) == pytest.approx((0.0176, 0.0301), rel=0.01)
    assert stocks["baseline"][1] == pytest.approx(january, rel=0.15)
    assert stocks["covid_high"][1] / january == pytest.approx(3, rel=0.1)


def test_2007_multiplies_hazards_by_the_ratio_of_the_vintages(found):
    case = load_case("us_subprime")
    loans, shares = (
        {year: case.value(name, f"panel_fico_below_660:vintage_{year}").value
         for year in (2003, 2004, 2006, 2007)}
        for name in ("loans", "default_share")
    )  # fmt: skip
    hazard = [
        -np.log(1 - sum(loans[y] * shares[y] for y in years) / sum(loans[y] for y in years))
        for years in ((2006, 2007), (2003, 2004))
    ]
    assert crisis_multiplier() == pytest.approx(hazard[0] / hazard[1])
    process = found["us_cards"].process
    worse = under(process, "2007")
    assert np.exp(worse.late - process.late) == pytest.approx(crisis_multiplier())
    subprime = under(found["us_subprime"].process, "2007")
    assert len(set(subprime.cohort_late)) == 1


def test_an_unknown_scenario_is_refused(found):
    with pytest.raises(ChoiceError, match="no scenario named 'covd'"):
        under(found["ant"].process, "covd")


def test_a_better_score_means_fewer_defaults_by_the_panel_s_rows():
    assert -0.02 < score_effect(load_case("us_subprime")) < 0.005


def test_a_tape_of_a_case_is_written_with_its_moments(tmp_path, found):
    loan, performance = simulate_case(load_case("ant"), 500, tmp_path / "tape", 2)
    table = pd.read_csv(tmp_path / "tape" / "moments.csv")
    assert table["target"].tolist() == pytest.approx(found["ant"].moments["target"].tolist())
    frames = simulated(found["ant"], 500, 2)
    assert pd.read_parquet(performance)["state"].tolist() == frames[1]["state"].to_list()
    assert pd.read_parquet(loan)["segment"].value_counts().idxmax() == "huabei"


def test_the_growth_of_the_balance_is_that_of_the_rows(found):
    _, performance = simulated(found["ant"], 20_000, 4)
    live = delinquency(performance).groupby("date")["balance_amt"].sum()
    rise = live[pd.Timestamp("2020-06-30")] / live[pd.Timestamp("2018-03-31")]
    assert rise == pytest.approx(1700 / 600, rel=0.1)


def test_segments_carry_the_rows_they_stand_on(found):
    huabei, jiebei = found["ant"].process.segments
    assert isinstance(huabei, Segment)
    assert (huabei.amount, jiebei.amount) == (2000, 3000)
    assert jiebei.rate == 0.146
    states = {each.name: each for each in found["us_subprime"].process.segments}
    assert states["CA"].amount == 321655
    assert states["NV"].share == pytest.approx(113 / 4499)


def test_a_kept_fit_is_the_fit_that_was_made_and_is_made_again_when_data_change(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path))
    calls = []
    frame = pd.DataFrame({
        "moment": ["a"], "target": [0.1 + 0.2], "met": [True], "unit": ["decimal"], "lo": [1 / 3],
    })  # fmt: skip

    def made():
        calls.append(1)
        return Fit(np.array([1 / 3, -2.0]), np.array([[1.0, 1e-17]]), 0.7), frame

    root = tmp_path / "data"
    (root / "ant").mkdir(parents=True)
    (root / "ant" / "series.csv").write_text("a\n1\n")
    for _ in range(2):
        fit, moments = kept("ant", root, made)
        assert fit.theta.tolist() == [1 / 3, -2.0]
        assert (fit.slopes.tolist(), fit.cost) == ([[1.0, 1e-17]], 0.7)
        pd.testing.assert_frame_equal(moments, frame, check_exact=True)
    assert len(calls) == 1
    other = tmp_path / "other"
    (other / "ant").mkdir(parents=True)
    (other / "ant" / "series.csv").write_text("a\n2\n")
    kept("ant", other, made)
    assert len(calls) == 2
    assert len(list((tmp_path / "calibrations").glob("*.json"))) == 1
