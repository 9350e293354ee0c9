"""Stock and outcome to flow. Ant's 1.05 % is its 90+ ratio of end 2019; the US outcomes are the
homes lost of CMLTI 2006-NC2 by state after 48 months (FCIC)."""

import numpy as np
import pytest

from abscase.case import load_case
from abscase.errors import ParameterFaults
from abscase.quality.flow import (
    cause_hazards,
    flow_from_stock,
    flow_grid,
    flow_interval,
    hazard_to_probability,
    probability_to_hazard,
    stock_from_flow,
    stock_per_flow,
)

STATES = {"AZ": 0.0236, "CA": 0.0264, "FL": 0.0173, "NV": 0.0373}


@pytest.mark.parametrize(
    ("months", "growth", "flow", "yearly"),
    [(3, 0, 0.00350, 0.0412), (3, 0.04, 0.00426, 0.0499),
     (9, 0, 0.00117, 0.0139), (9, 0.04, 0.00159, 0.0189)],
)  # fmt: skip
def test_known_flows(months, growth, flow, yearly):
    assert flow_from_stock(0.0105, months, growth) == pytest.approx(flow, abs=5e-6)
    grid = flow_grid(0.0105, [months], [growth])
    assert grid.loc[0, "flow_yearly"] == pytest.approx(yearly, abs=5e-5)


@pytest.mark.parametrize("growth", [-0.05, 0.0, 1e-9, 0.04, 0.15])
def test_the_closed_form_is_the_sum(growth):
    for months in (1, 3, 24):
        terms = sum((1 + growth) ** -age for age in range(4, 4 + months))
        assert stock_per_flow(months, growth) == pytest.approx(terms, rel=1e-12)


def test_a_simulated_book_has_the_stock():
    # 2 of 1,000 lent each month go bad, stand in 90+ at ages 4 to 9, then are written off.
    growth, flow, residence = 0.03, 0.002, 6
    balance = (1 + growth) ** np.arange(60)
    bad = sum(flow * balance[-1 - age] for age in range(4, 4 + residence))
    stock = bad / balance[-1]
    assert stock_from_flow(flow, residence, growth) == pytest.approx(stock)
    assert flow_from_stock(stock, residence, growth) == pytest.approx(flow)


def test_there_and_back_over_arrays():
    months, growth = np.meshgrid([0.5, 3, 7.5, 24], [-0.05, 0, 0.15])
    stock = stock_from_flow(0.004, months, growth)
    assert flow_from_stock(stock, months, growth) == pytest.approx(np.full(months.shape, 0.004))


def test_the_corners_bound_every_flow_between():
    least, most = flow_interval(0.0105, (3, 9), (0, 0.04))
    grid = flow_grid(0.0105, np.linspace(3, 9, 13), np.linspace(0, 0.04, 9))
    assert grid["flow"].min() == pytest.approx(least)
    assert grid["flow"].max() == pytest.approx(most)
    assert (round(least, 5), round(most, 5)) == (0.00117, 0.00426)


@pytest.mark.parametrize("state", STATES)
def test_known_hazards(state):
    case = load_case("us_subprime")
    segment = f"cmlti_2006_nc2:{state}"
    loans, lost, active = (
        int(case.value(name, segment).value) for name in ("loans", "homes_lost", "still_active")
    )
    found = cause_hazards(lost, loans - lost - active, active, 48)
    assert found.lost == pytest.approx(STATES[state], abs=5e-5)
    assert found.lo < found.lost < found.hi


def test_the_hazards_lead_back_to_the_outcome():
    found = cause_hazards(494, 299, 119, 48)
    total = found.lost + found.other
    gone = hazard_to_probability(total, 48)
    assert 1 - gone == pytest.approx(119 / 912)
    assert gone * found.lost / total == pytest.approx(494 / 912)
    # In discrete steps: each month the two causes take their share of what is left.
    left, lost, step = 1.0, 0.0, hazard_to_probability(total)
    for _ in range(48):
        lost, left = lost + left * step * found.lost / total, left * (1 - step)
    assert lost == pytest.approx(494 / 912)


def test_the_error_of_a_hazard_is_that_of_drawn_pools():
    rng = np.random.default_rng(3)
    found = cause_hazards(197, 286, 73, 48)
    draws = rng.multinomial(556, np.array([197, 286, 73]) / 556, 2000)
    hazards = [cause_hazards(*draw, 48).lost for draw in draws]
    assert found.lost_se == pytest.approx(np.std(hazards), rel=0.06)


def test_a_year_of_the_known_hazards():
    known = {"AZ": 0.247, "CA": 0.272, "FL": 0.187, "NV": 0.361}
    for state, hazard in STATES.items():
        assert hazard_to_probability(hazard, 12) == pytest.approx(known[state], abs=1e-3)
    assert probability_to_hazard(hazard_to_probability(0.02, 7), 7) == pytest.approx(0.02)


def test_faults_are_named():
    with pytest.raises(ParameterFaults, match="stock_rate is 1"):
        flow_from_stock(1.05, 3)
    with pytest.raises(ParameterFaults, match="residence_months"):
        flow_from_stock(0.01, 0)
    with pytest.raises(ParameterFaults, match="give the least first"):
        flow_interval(0.01, (9, 3), (0, 0))
    with pytest.raises(ParameterFaults) as caught:
        cause_hazards(0, -1, 0, 48)
    assert len(caught.value.messages) == 3
