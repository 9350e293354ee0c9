"""Large pools: the closed form, sums, and a simulation as the second road."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from abscase.errors import ChoiceError, ParameterFaults
from abscase.spread.loss import vasicek
from abscase.spread.loss.conditional import loss_cdf, tranche_risk
from abscase.spread.loss.copula import Copula
from abscase.spread.loss.pool import grouped, pool_of
from abscase.spread.loss.recovery import Recovery
from abscase.spread.loss.tranche import tranche_loss, tranches

CLASSES = tranches([0, 0.06, 0.12, 1])
LARGE = pool_of(0.05, 0.5, count=1e12)


def test_quantile_undoes_the_distribution():
    for p, rho in ((0.01, 0.12), (0.05, 0.2), (0.3, 0.6)):
        levels = np.array([0.01, 0.5, 0.99, 0.999])
        there = vasicek.quantile(levels, p, rho)
        assert vasicek.cdf(there, p, rho) == pytest.approx(levels, abs=1e-12)


def test_quantile_of_the_basel_formula():
    """p of 1 %, asset correlation of 12 %, 99.9 %, from normal quantiles."""
    inner = (stats.norm.ppf(0.01) + np.sqrt(0.12) * stats.norm.ppf(0.999)) / np.sqrt(0.88)
    assert vasicek.quantile(0.999, 0.01, 0.12) == pytest.approx(stats.norm.cdf(inner), abs=1e-10)


def test_density_is_the_slope_of_the_distribution():
    step = 1e-6
    ends = vasicek.cdf([0.05 - step, 0.05 + step], 0.05, 0.2)
    assert vasicek.density(0.05, 0.05, 0.2) == pytest.approx((ends[1] - ends[0]) / 2 / step)


def test_shortfall_is_the_mean_beyond_the_quantile():
    tail = integrate.quad(lambda u: float(vasicek.quantile(u, 0.05, 0.2)), 0.99, 1)[0] / 0.01
    assert vasicek.expected_shortfall(0.99, 0.05, 0.2) == pytest.approx(tail, rel=1e-6)


def test_large_pool_is_the_closed_form():
    """And the published figures 37.2, 3.86 and 0.039 % for half of each default lost."""
    found = tranche_risk(LARGE, Copula(0.2), CLASSES).expected_loss
    closed = [
        vasicek.tranche_expected_loss(a / 0.5, min(d / 0.5, 1), 0.05, 0.2)
        * (min(d / 0.5, 1) - a / 0.5) * 0.5 / (d - a)
        for a, d in ((0, 0.06), (0.06, 0.12), (0.12, 1))
    ]  # fmt: skip
    assert found == pytest.approx(closed, abs=1e-8)
    assert found * 100 == pytest.approx([37.2, 3.86, 0.039], abs=0.06)


def test_distribution_of_a_large_pool():
    x = np.array([0.01, 0.025, 0.1])
    assert loss_cdf(LARGE, Copula(0.2), x) == pytest.approx(
        vasicek.cdf(x / 0.5, 0.05, 0.2), abs=1e-6
    )


def test_against_a_simulation():
    rng = np.random.default_rng(4)
    pd, lgd = rng.uniform(0.01, 0.2, 300), rng.uniform(0.2, 0.8, 300)
    pool, copula = pool_of(pd, lgd), Copula(0.15)
    latent = np.sqrt(0.15) * rng.normal(size=(20000, 1)) + np.sqrt(0.85) * rng.normal(
        size=(20000, 300)
    )
    lost = tranche_loss((latent < stats.norm.ppf(pd)) @ lgd / 300, CLASSES)
    error = lost.std(axis=0) / np.sqrt(20000)
    found = tranche_risk(pool, copula, CLASSES).expected_loss
    assert (np.abs(found - lost.mean(axis=0)) < 4 * error + 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(
    pd=st.floats(0.001, 0.5), lgd=st.floats(0.05, 1), rho=st.floats(0.01, 0.9),
    ends=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6, unique=True),
)  # fmt: skip
def test_tranches_add_up_to_the_pool(pd, lgd, rho, ends):
    of = tranches([0, *sorted(ends), 1])
    found = tranche_risk(pool_of(pd, lgd, count=10000), Copula(rho), of)
    assert found.expected_loss @ of.width == pytest.approx(pd * lgd, rel=1e-5)
    assert (np.diff(found.expected_loss) <= 1e-9).all()


def test_groups_keep_what_they_stand_for():
    rng = np.random.default_rng(5)
    pool = pool_of(rng.beta(1, 9, 20000), rng.uniform(0.1, 0.9, 20000), rng.lognormal(size=20000))
    small = grouped(pool, 400)
    assert len(small.pd) <= 400
    assert small.size == pytest.approx(pool.size, rel=1e-12)
    assert small.expected_loss == pytest.approx(pool.expected_loss, rel=1e-12)
    assert small.square.sum() == pytest.approx(pool.square.sum(), rel=1e-9)
    of = tranches([0, 0.02, 0.05, 0.1, 0.2, 1])
    whole = tranche_risk(pool, Copula(0.2), of, groups=20000).expected_loss
    assert tranche_risk(pool, Copula(0.2), of).expected_loss == pytest.approx(whole, rel=1e-4)


def test_a_linked_recovery_makes_the_senior_class_worse():
    fixed = tranche_risk(LARGE, Copula(0.2), CLASSES).expected_loss
    linked = tranche_risk(LARGE, Copula(0.2), CLASSES, Recovery(0.2)).expected_loss
    assert linked[2] > 2 * fixed[2]


def test_what_is_refused():
    with pytest.raises(ChoiceError, match="rho_kind"):
        Copula(0.2, "beta")
    with pytest.raises(ParameterFaults, match="pd"):
        pool_of(1.2)
    with pytest.raises(ParameterFaults, match="tranche 2"):
        tranches([0, 0.2, 0.1])
