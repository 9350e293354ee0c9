import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.errors import ParameterFaults
from abscase.operating import caps
from abscase.operating.caps import Cap, Plan

DRAFT_2020 = Cap(bank=1, abs=4, own_share=0.30)


def test_the_sixteen_times_of_the_press():
    assert caps.credit_limit(DRAFT_2020, count_equity=False) == pytest.approx(16.67, abs=0.005)
    assert caps.credit_limit(DRAFT_2020) == pytest.approx(20)
    assert 16e9 * caps.credit_limit(DRAFT_2020, count_equity=False) == pytest.approx(
        267e9, rel=2e-3
    )


def test_the_consumer_finance_company():
    own = caps.leveraged_credit(30, 0.10 * 0.75)
    assert own == pytest.approx(400)
    assert caps.leveraged_credit(30, 0.10 * 0.75, own_share=0.30) == pytest.approx(1333, abs=0.5)
    assert caps.leveraged_credit(30, 0.105 * 0.75) == pytest.approx(381, abs=0.05)


def test_half_leverage_of_2008():
    """1.6 bn of capital at 0.5 times: 2.4 bn to lend."""
    assert 1.6 * caps.own_book_limit(Cap(bank=0.5)) == np.inf
    assert 1.6 * caps.own_book_limit(Cap(bank=0.5, abs=0)) == pytest.approx(2.4)


def test_consolidation_closes_the_road_through_abs_but_not_joint_loans():
    plan = Plan(bank=2, abs=40, own_share=0.02)
    before, after = caps.apply(Cap(bank=2.3), plan), caps.apply(Cap(bank=2.3, total=2.3), plan)
    assert (before.own_book, before.binding) == (43, ())
    assert after.own_book == pytest.approx(3.3) and after.binding == ("total",)
    assert after.bank == 2 and after.abs == pytest.approx(0.3)
    assert after.credit == pytest.approx(3.3 / 0.02)


def test_the_draft_binds_on_three_limits():
    left = caps.apply(DRAFT_2020, Plan(bank=2, abs=40, own_share=0.02))
    assert left.binding == ("bank", "abs", "own_share")
    assert left.credit == pytest.approx(20)


def test_a_total_below_the_bank_debt_cuts_both():
    left = caps.apply(Cap(total=1), Plan(bank=2, abs=3, own_share=1))
    assert (left.bank, left.abs, left.own_book) == (1, 0, 2)


def brute_force(cap, plan, step=0.05):
    """Largest credit over a grid of all plans at most as large, that keep to the rule."""
    bank, securities = np.meshgrid(*(np.arange(0, top + step / 2, step)
                                     for top in (plan.bank, plan.abs)))  # fmt: skip
    legal = (bank <= cap.bank + 1e-9) & (securities <= cap.abs + 1e-9)
    legal &= bank + securities <= cap.total + 1e-9
    return (1 + (bank + securities)[legal].max()) / max(plan.own_share, cap.own_share)


def test_apply_equals_search():
    rng = np.random.default_rng(17)
    for _ in range(60):
        plan = Plan(*np.round(rng.uniform(0, 6, 2), 1), own_share=rng.choice([0.02, 0.3, 1]))
        cap = Cap(*np.round(rng.uniform(0, 6, 3), 1), own_share=rng.choice([0.0, 0.3]))
        assert caps.apply(cap, plan).credit == pytest.approx(brute_force(cap, plan))
        assert caps.apply(cap, plan).credit <= caps.credit_limit(cap, plan.own_share) + 1e-9


def test_no_rule_changes_nothing():
    plan = Plan(2, 40, 0.02)
    left = caps.apply(Cap(), plan)
    assert (left.bank, left.abs, left.own_share, left.binding) == (2, 40, 0.02, ())
    assert caps.credit_limit(Cap()) == np.inf


def test_one_row_a_rule():
    frame = caps.apply_all({"free": Cap(), "draft": DRAFT_2020}, Plan(2, 40, 0.02))
    assert frame["rule"].tolist() == ["free", "draft"]
    assert frame["credit"].tolist() == pytest.approx([43 / 0.02, 20])


def test_wrong_values_are_refused():
    with pytest.raises(ParameterFaults, match="own_share is 30"):
        Cap(own_share=30)
    with pytest.raises(ParameterFaults, match="bank is -1"):
        Plan(bank=-1, abs=0, own_share=1)


def test_rules_read_from_the_data():
    found = caps.regimes(load_case("ant").table("rule"))
    assert list(found) == ["none", *caps.REGIMES]
    assert found["r2008"] == Cap(bank=0.5)
    assert found["r2012"] == Cap(bank=2.3), "securities did not count"
    assert found["r2017"] == Cap(total=2.3), "from then on they did"
    assert found["r2020_09"] == Cap(bank=1, abs=4)
    assert found["r2020_11"] == DRAFT_2020


def test_of_two_readings_the_stricter_counts():
    rules = pd.DataFrame(
        [("own_share_of_joint_loan_min", 0.2), ("own_share_of_joint_loan_min", 0.3),
         ("bonds_and_abs_to_net_assets_max", 4), ("bonds_and_abs_to_net_assets_max", 3)],
        columns=["parameter", "value"],
    )  # fmt: skip
    assert caps.cap_of(rules) == Cap(abs=3, own_share=0.3)


def test_caps_of_the_readers_own():
    assert caps.own_caps(None, None) == {}
    assert caps.own_caps(1, None) == {"yours": Cap(bank=1)}
    assert caps.own_caps(None, 4.0) == {"yours": Cap(abs=4)}


def test_the_rows_behind_the_limits():
    rows = caps.rule_rows(load_case("ant").table("rule"))
    assert {"bank_funding_to_net_capital_max", "own_share_of_joint_loan_min"} <= set(
        rows["parameter"]
    )
    assert "annual_rate_max" not in set(rows["parameter"])
