import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from abscase.errors import ParameterFaults
from abscase.operating.ruin import borne_loss, loss_to_ruin, ruin_by_date


def test_by_hand():
    assert loss_to_ruin(3, 9, 0) == pytest.approx(1 / 3)
    assert loss_to_ruin(1, 0, 100, recourse=1) == pytest.approx(0.01)
    assert loss_to_ruin(1, 0, 100, recourse=0.5) == pytest.approx(0.02)
    assert loss_to_ruin(1, 0, 100, retained=0.08) == pytest.approx(0.01)
    assert loss_to_ruin(10, 0, 100, retained=0.08, recourse=0.5) == pytest.approx(0.12)
    assert loss_to_ruin(1, 0, 100, recourse=1, excess_spread=0.03) == pytest.approx(0.04)


def test_a_true_sale_with_nothing_kept_cannot_ruin():
    assert np.isinf(loss_to_ruin(1, 0, 1000))
    assert np.isinf(loss_to_ruin(10, 0, 100, retained=0.08))
    assert np.isinf(loss_to_ruin(9, 3, 0))


def bisect_loss(own, sold, terms):
    return brentq(lambda loss: float(borne_loss(loss, own, sold, **terms)) - 1, 0, 1)


def test_the_closed_form_is_the_root_of_the_loss():
    rng = np.random.default_rng(3)
    for _ in range(300):
        own, sold = rng.uniform(0, 10), rng.uniform(0, 120)
        terms = {"retained": rng.choice([0, 0.05, 0.3]), "recourse": rng.choice([0, 0.2, 1.0]),
                 "excess_spread": rng.choice([0, 0.05])}  # fmt: skip
        if borne_loss(1.0, own, sold, **terms) < 1:
            assert np.isinf(loss_to_ruin(1, own, sold, **terms))
            continue
        root = bisect_loss(own, sold, terms)
        assert loss_to_ruin(1, own, sold, **terms) == pytest.approx(root, abs=1e-9)


def test_capital_plus_accumulated_spread_where_the_loss_stays_in_the_junior():
    """Loss on E = K + spread x E, the form in which the spread is counted as income."""
    k, e, spread = 3.0, 90.0, 0.02
    assert loss_to_ruin(k, 0, e, retained=0.1, excess_spread=spread) * e == pytest.approx(
        k + spread * e
    )


def test_monotone():
    grid = np.linspace(0, 1, 51)
    with_recourse = loss_to_ruin(1, 0.5, 100, retained=0.02, recourse=grid)
    assert (np.diff(with_recourse) <= 0).all()
    losses = borne_loss(grid, 0.5, 100, retained=0.02, recourse=0.3)
    assert (np.diff(losses) > 0).all() and losses[0] == 0
    leverage = loss_to_ruin(1, 0, np.arange(1, 300), recourse=1.0)
    assert np.allclose(leverage * np.arange(1, 300), 1)


def test_borne_loss_never_passes_the_loss_of_the_pool():
    rng = np.random.default_rng(9)
    own, sold = rng.uniform(0, 10, 200), rng.uniform(0, 100, 200)
    loss, kept, back = rng.uniform(0, 1, (3, 200))
    borne = borne_loss(loss, own, sold, kept, back)
    assert (borne <= loss * (own + sold) + 1e-9).all()
    assert (borne >= loss * own - 1e-9).all()


def test_wrong_values_are_refused():
    with pytest.raises(ParameterFaults) as caught:
        loss_to_ruin(-1, 0, 1, recourse=2)
    assert len(caught.value.messages) == 2


def test_by_date_under_four_readings():
    balance = pd.DataFrame({
        "date": ["a", "b", "c"], "capital": [4.0, 16.0, 12.0], "own": [20.0, 36.2, np.nan],
        "abs": [380.0, np.nan, 373.0], "credit": [np.nan, 2153.7, np.nan],
    })  # fmt: skip
    found = ruin_by_date(balance, retained=0.08, excess_spread=0.05)
    assert found["date"].tolist() == ["a", "b"], "without own loans nothing can be said"
    assert found["true_sale"].tolist() == pytest.approx([0.2, 16 / 36.2])
    assert found["junior_kept"].iloc[0] == pytest.approx(4 / 400)
    assert found["junior_spread"].iloc[0] == pytest.approx(0.06)
    assert found["junior_kept"].isna().tolist() == [False, True]
    assert found["full_support"].tolist() == pytest.approx([0.01, 16 / 2153.7])
