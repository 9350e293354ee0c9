import numpy as np
import pytest

from abscase.errors import ParameterFaults
from abscase.operating.swap import (
    RANKS,
    Side,
    crossed,
    ladder,
    months_of,
    multiple_for,
    shapley,
    swap,
)
from abscase.operating.swap_tables import cell_table, matched, split_table
from abscase.operating.waterfall import Deal, Pool, Scenario, Step, Tranche, shipped_deal

RATED = {"senior": ("senior",), "mezzanine": ("mezzanine",), "junior": ("junior",)}


def plain_deal(name, shares, term):
    """A deal without interest: the classes are repaid in turn."""
    senior, mezzanine, junior = shares
    tranches = (Tranche("senior", share=senior), Tranche("mezzanine", share=mezzanine),
                Tranche("junior", share=junior, kind="residual"))  # fmt: skip
    steps = (Step("pay_principal", (("senior",), ("mezzanine",))),
             Step("pay_residual", (("junior",),)))  # fmt: skip
    pool = Pool(100.0, 0.0, term, "linear")
    return Deal(name, tranches, {"PAID": steps}, pool)


def plain_side(shares, rates, term):
    path = Scenario(np.asarray(rates, float)[:, None], np.zeros((len(rates), 1)), 1.0)
    return Side(plain_deal(f"d{term}", shares, term), RATED, path, path)


def test_losses_follow_the_classes_upwards():
    """Without interest a pool loss L takes the junior first: (L - below) / share, in [0, 1]."""
    side = plain_side((0.7, 0.2, 0.1), [0.2, 0.9], 24)
    cell = swap(side, side)[0, 0]
    lost = cell["pool"]
    assert 0.1 < lost[0] < 0.3 < lost[1]
    for rank, below, share in (("senior", 0.3, 0.7), ("mezzanine", 0.1, 0.2), ("junior", 0, 0.1)):
        assert cell[rank] == pytest.approx(np.clip((lost - below) / share, 0, 1), abs=1e-9)


def test_values_add_up_and_know_their_cause():
    calm, wild = (0.7, 0.2, 0.1), (0.7, 0.2, 0.1)
    first, second = plain_side(calm, [0.05], 24), plain_side(wild, [0.6], 24)
    same_structure = swap(first, second)
    for rank in RANKS:
        part = shapley(same_structure, rank)
        assert part["assets"] == pytest.approx(part["gap"], abs=1e-12)
        assert part["structure"] == pytest.approx(0, abs=1e-12)
    thick = plain_side((0.4, 0.2, 0.4), [0.6], 24)
    same_assets = shapley(swap(thick, second), "senior")
    assert same_assets["structure"] == pytest.approx(same_assets["gap"], abs=1e-12)
    both = shapley(swap(plain_side((0.4, 0.2, 0.4), [0.05], 24), second), "senior")
    assert both["assets"] + both["structure"] == pytest.approx(both["gap"])
    assert both["assets_first"] == pytest.approx(0, abs=1e-12)
    assert both["interaction"] == pytest.approx(both["gap"], abs=1e-9)
    assert both["assets"] == pytest.approx(both["gap"] / 2)


def test_the_shapley_value_by_hand():
    cells = {(0, 0): {"senior": np.array([0.1])}, (1, 0): {"senior": np.array([0.4])},
             (0, 1): {"senior": np.array([0.2])}, (1, 1): {"senior": np.array([0.7])}}  # fmt: skip
    found = shapley(cells, "senior")
    assert found["assets"][0] == pytest.approx((0.3 + 0.5) / 2)
    assert found["structure"][0] == pytest.approx((0.1 + 0.3) / 2)
    assert found["interaction"][0] == pytest.approx(0.2)


def test_what_travels_with_the_loans():
    ant, us = shipped_deal("ant_d11_2016"), shipped_deal("cmlti_2006_nc2")
    away = crossed(ant, us)
    assert away.tranches == ant.tranches and away.priorities == ant.priorities
    assert away.pool.balance == ant.pool.balance
    assert (away.pool.rate, away.pool.term_months) == (us.pool.rate, us.pool.term_months)
    assert away.revolving.term_months == us.pool.term_months
    assert crossed(us, us) is us


def test_tables_hold_the_first_scenario_and_the_spread_of_the_rest():
    first, second = (
        plain_side((0.7, 0.2, 0.1), [0.1, 0.05, 0.2], 24),
        plain_side((0.6, 0.2, 0.2), [0.3, 0.2, 0.4], 24),
    )
    cells = swap(first, second)
    table = cell_table(cells, 1.0).set_index(["assets", "structure", "rank"])
    row, values = table.loc[(1, 1, "pool")], cells[1, 1]["pool"]
    assert list(row) == pytest.approx([values[0], values[1], values[2]])
    parts = split_table(cells).set_index(["rank", "part"])["value"]
    for rank in RANKS:
        assert parts[rank, "assets"] + parts[rank, "structure"] == pytest.approx(parts[rank, "gap"])
    terms = matched(first, second).set_index("term")
    assert terms.loc["junior_share", ["first", "second"]].tolist() == pytest.approx([0.1, 0.2])


def test_ladders_rise_and_multiples_hit_their_loss():
    side = plain_side((0.7, 0.2, 0.1), [0.2, 0.3], 24)
    steps = ladder(side, side, np.linspace(0, 3, 13))
    assert (np.diff(steps["pool"]) > 0).all() and (np.diff(steps["senior"]) >= 0).all()
    multiple = multiple_for(side, 0.1)
    assert ladder(side, side, [multiple])["pool"][0] == pytest.approx(0.1, abs=1e-3)
    with pytest.raises(ParameterFaults, match="loses at most"):
        multiple_for(side, 0.999)


def test_two_numbers_of_scenarios_are_refused():
    one, two = plain_side((0.7, 0.2, 0.1), [0.2], 24), plain_side((0.7, 0.2, 0.1), [0.2, 0.3], 24)
    with pytest.raises(ParameterFaults, match="give as many"):
        swap(one, two)


def test_a_pool_that_buys_nothing_lives_through_its_own_months():
    """Ant's structure buys with its own short loans; mortgages leave it nothing to buy with."""
    d11, us = shipped_deal("ant_d11_2016"), shipped_deal("cmlti_2006_nc2")
    ranks = {"senior": ("A1", "A2"), "mezzanine": ("B",), "junior": ("junior",)}
    months = [Scenario(np.full((1, 1), each), np.zeros((1, 1)), 1.0) for each in (0.01, 0.02)]
    ant = Side(d11, ranks, *months, buys_months=12)
    mortgages = Side(us, ranks, *months)
    assert months_of(ant, ant) is ant.revolving
    assert months_of(ant, mortgages) is mortgages.static
    assert months_of(mortgages, ant) is ant.static
