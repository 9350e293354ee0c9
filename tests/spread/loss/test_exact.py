"""Small pools: published examples and the second road."""

import numpy as np
import pytest

from abscase.errors import ParameterFaults
from abscase.spread.loss import exact
from abscase.spread.loss.conditional import tranche_risk
from abscase.spread.loss.copula import Copula
from abscase.spread.loss.pool import pool_of
from abscase.spread.loss.tranche import tranche_loss, tranches

CLASSES = tranches([0, 0.06, 0.12, 1])


def test_bonds_of_coval_jurek_stafford():
    """Two and three bonds with a chance of 10 %, without dependence and with nothing else."""
    two = tranches([0, 1 / 2, 1])
    apart = exact.tranche_default(0.1, 2, 1.0, Copula(0.0), two)
    assert apart == pytest.approx([0.19, 0.01])
    together = exact.tranche_default(0.1, 2, 1.0, Copula(1 - 1e-9), two)
    assert together == pytest.approx([0.1, 0.1], abs=2e-4)
    three = exact.tranche_default(0.1, 3, 1.0, Copula(0.0), tranches([0, 1 / 3, 2 / 3, 1]))
    assert three == pytest.approx([0.271, 0.028, 0.001])


@pytest.mark.parametrize(
    ("kind", "expected", "within"),
    [("loading", [97.48, 2.074, 0.003], 6e-3), ("asset_correlation", [84.70, 9.37, 1.32], 1e-2)],
)
def test_two_readings_of_a_correlation_of_a_fifth(kind, expected, within):
    """100 bonds, 5 %, half lost: the classes' chances of default hang on what 0.2 is."""
    found = exact.tranche_default(0.05, 100, 0.5, Copula(0.2, kind), CLASSES) * 100
    assert found == pytest.approx(expected, abs=within)


def test_forty_independent_cdos():
    """A second-level junior class is hit if any of 40 independent classes is: 56.7 %."""
    hit = exact.tranche_default(0.0207, 40, 1.0, Copula(0.0), tranches([0, 0.5, 1]))[0]
    assert hit == pytest.approx(0.567, abs=5e-4)


def test_a_tranche_of_tranches_as_printed():
    """Hull, Options, Futures and Other Derivatives, table 8.1."""
    first, second = tranches([0, 0.05, 0.2, 1]), tranches([0, 0.1, 0.35, 1])
    middle = tranche_loss([0.10, 0.13, 0.17, 0.20], first)[:, 1]
    assert middle * 100 == pytest.approx([33.3, 53.3, 80.0, 100], abs=0.05)
    printed = [[100, 93.3, 0], [100, 100, 28.2], [100, 100, 69.2], [100, 100, 100]]
    assert tranche_loss(middle, second) * 100 == pytest.approx(np.array(printed), abs=0.05)


def test_defaults_add_up_to_the_mean():
    for copula in (Copula(0.3), Copula(0.2, kind="t"), Copula(0.2, kind="double_t")):
        counts = exact.default_counts(0.05, 50, copula)
        assert counts.sum() == pytest.approx(1, abs=1e-9)
        assert counts @ np.arange(51) / 50 == pytest.approx(0.05, abs=2e-5)


def test_a_pool_of_thousands_agrees_with_the_large_pool_road():
    found = exact.tranche_expected(0.05, 4000, 0.5, Copula(0.2), CLASSES)
    other = tranche_risk(pool_of(0.05, 0.5, count=4000), Copula(0.2), CLASSES).expected_loss
    assert found == pytest.approx(other, rel=2e-4)


def test_what_is_refused():
    with pytest.raises(ParameterFaults, match="loans"):
        exact.default_counts(0.1, 0, Copula(0.1))
    with pytest.raises(ParameterFaults, match="lgd"):
        exact.tranche_default(0.1, 10, 1.2, Copula(0.1), CLASSES)
