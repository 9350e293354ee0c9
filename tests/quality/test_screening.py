import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from abscase.errors import ParameterFaults
from abscase.quality.screening import Screening, calibrated, from_effort


@pytest.mark.parametrize("rise", [0.10, 0.25])
def test_half_the_skin_raises_default_as_calibrated(rise):
    found = calibrated(0.10, 0.05, rise)
    assert found.default_rate(0.05) == pytest.approx(0.10)
    assert found.default_rate(0.025) == pytest.approx(0.10 * (1 + rise))
    assert found.default_rate(0) == pytest.approx(0.10 * (1 + 2 * rise))


def test_the_line_is_what_the_best_effort_gives():
    unscreened, power, lgd, cost = 0.12, 0.3, 0.6, 0.8
    line = from_effort(unscreened, power, lgd, cost)
    for retained in (0.05, 0.3, 0.9):
        best = minimize_scalar(
            lambda e, r=retained: r * (unscreened - power * e) * lgd + cost / 2 * e**2
        ).x
        assert line.default_rate(retained) == pytest.approx(unscreened - power * best)


def test_the_line_ends_where_default_would_be_negative():
    found = calibrated(0.10, 0.05, 0.25)
    assert found.limit == pytest.approx(0.15)
    assert found.default_rate(found.limit) == pytest.approx(0, abs=1e-15)
    with pytest.raises(ParameterFaults, match="retained"):
        found.default_rate(0.2)
    assert calibrated(0.1, 0.05, 0.0).limit == 1


def test_no_response_no_change():
    rates = Screening(0.1, 0.0).default_rate(np.linspace(0, 1, 5))
    assert rates == pytest.approx(np.full(5, 0.1))


def test_faults_are_named():
    with pytest.raises(ParameterFaults) as caught:
        calibrated(0, 0, -1)
    assert len(caught.value.messages) >= 3
    with pytest.raises(ParameterFaults, match="keeps_nothing"):
        calibrated(0.9, 0.05, 0.25)
    with pytest.raises(ParameterFaults, match="cost"):
        from_effort(0.1, 0.3, 0.6, 0)
