import numpy as np
import pytest

from abscase.errors import ParameterFaults
from abscase.quality.misreport import true_default_rate, with_misreporting


def test_the_pool_is_the_mix_of_both_kinds_of_loans():
    honest, misreported, share = 0.08, 0.08 * 1.7, 0.12
    mixed = (1 - share) * honest + share * misreported
    assert true_default_rate(honest, share, 0.7) == pytest.approx(mixed)


def test_published_shares_raise_default_by_five_to_ten_per_cent():
    found = with_misreporting(0.10, (0.07, 0.10, 0.14), 0.7)
    assert (found.rise_lo, found.rise_hi) == pytest.approx((0.049, 0.098))
    assert found.lo == pytest.approx(0.10 * 1.049) and found.hi == pytest.approx(0.10 * 1.098)


def test_none_misreported_or_no_effect_changes_nothing():
    assert true_default_rate(0.1, 0, 0.7) == true_default_rate(0.1, 0.5, 0) == 0.1
    found = with_misreporting(0.1, 0.0, 0.7)
    assert (found.rate, found.lo, found.hi, found.rise) == (0.1, 0.1, 0.1, 0)


def test_the_interval_holds_every_draw_from_the_ranges():
    rng = np.random.default_rng(2)
    ranges = ((0.05, 0.1, 0.2), (0.02, 0.1, 0.3), (-0.4, 0.5, 1.5))
    found = with_misreporting(*ranges)
    draws = true_default_rate(*(rng.uniform(low, high, 5000) for low, _, high in ranges))
    assert found.lo <= draws.min() and draws.max() <= found.hi
    assert found.lo == pytest.approx(0.05 * (1 - 0.3 * 0.4))
    assert found.hi == pytest.approx(0.2 * (1 + 0.3 * 1.5))


def test_arrays_go_through():
    assert true_default_rate([0.1, 0.2], 0.1, [0.5, 1.0]) == pytest.approx([0.105, 0.22])


def test_faults_are_named():
    with pytest.raises(ParameterFaults) as caught:
        true_default_rate(1.2, -0.1, -2)
    assert len(caught.value.messages) == 3
    with pytest.raises(ParameterFaults, match=r"misreported_loans is 1\.2"):
        true_default_rate(0.6, 0.1, 1.0)
    with pytest.raises(ParameterFaults, match=r"share is 0\.3; give a value from 0\.1 to 0\.2"):
        with_misreporting(0.1, (0.1, 0.3, 0.2), 0.7)
