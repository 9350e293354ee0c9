"""Concentration; the adjustment for granularity against the exact loss quantile."""

import numpy as np
import pytest
from scipy import stats

from abscase.errors import ParameterFaults
from abscase.quality.concentration import (
    concentration,
    effective_number,
    granularity_adjustment,
    hhi,
)


def test_equal_exposures_have_one_over_n():
    assert hhi(np.full(4499, 210580.0)) == pytest.approx(1 / 4499)
    assert hhi([7]) == 1
    assert effective_number([3, 1]) == pytest.approx(1.6)


def test_splitting_an_exposure_lowers_the_index():
    rng = np.random.default_rng(1)
    sizes = rng.lognormal(size=50)
    assert hhi([*sizes[1:], sizes[0] / 2, sizes[0] / 2]) < hhi(sizes)
    assert 1 / 50 <= hhi(sizes) <= 1


def test_by_hand(hand_panel):
    found = concentration(hand_panel).set_index("date")
    assert found.loc["2020-03-31", "hhi"] == pytest.approx((90**2 + 150**2) / 240**2)
    assert found.loc["2020-04-30", "effective_number"] == 1
    assert found["exposures"].tolist() == [1, 2, 1]


def test_of_regions(random_tape):
    _, panel = random_tape
    found = concentration(panel, (), "region").iloc[0]
    alive = panel.filter(panel["state"] <= 3).to_pandas()
    sums = alive.groupby("region", dropna=False)["balance_amt"].sum()
    assert found["exposures"] == 4
    assert found["hhi"] == pytest.approx(hhi(sums))
    assert found["largest_share"] == pytest.approx(sums.max() / sums.sum())
    each = concentration(panel, ["date"], "region")
    assert each["hhi"].between(1 / 4 - 1e-12, 1).all()


@pytest.mark.parametrize("loans", [100, 300, 1000])
def test_the_adjustment_leads_to_the_exact_quantile(loans):
    default, rho, level = 0.02, 0.15, 0.999
    nodes, weights = np.polynomial.legendre.leggauss(200)
    factor, weights = 8 * nodes, 8 * weights * stats.norm.pdf(8 * nodes)
    given = stats.norm.cdf((stats.norm.ppf(default) - np.sqrt(rho) * factor) / np.sqrt(1 - rho))
    counts = np.arange(int(0.3 * loans))
    law = stats.binom.cdf(counts[:, None], loans, given) @ weights
    # The exact law has steps: read it between their middles.
    exact = np.interp(level, law, counts + 0.5) / loans
    worst = stats.norm.ppf(level)
    endless = stats.norm.cdf((stats.norm.ppf(default) + np.sqrt(rho) * worst) / np.sqrt(1 - rho))
    adjustment = granularity_adjustment(default, rho, 1 / loans, quantile=level)
    assert endless + adjustment == pytest.approx(exact, abs=0.05 * adjustment)


def test_the_adjustment_scales():
    one = granularity_adjustment(0.02, 0.15, 0.01)
    assert granularity_adjustment(0.02, 0.15, 0.001) == pytest.approx(one / 10)
    assert granularity_adjustment(0.02, 0.15, 0.01, lgd=0.5) == pytest.approx(one / 2)
    assert granularity_adjustment(0.02, 0.15, 0.01, lgd=0.5, lgd_sd=0.25) > one / 2
    assert granularity_adjustment(0.02, 0.15, 0.01, lgd=0) == 0


def test_faults_are_named():
    with pytest.raises(ParameterFaults, match="amounts is -1"):
        hhi([1, -1])
    with pytest.raises(ParameterFaults, match="sum to 0"):
        hhi([0, 0])
    with pytest.raises(ParameterFaults) as caught:
        granularity_adjustment(0, 1, 2)
    assert len(caught.value.messages) == 3
