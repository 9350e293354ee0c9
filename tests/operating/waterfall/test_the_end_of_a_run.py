"""What is lost, owed and earned when a run stops: at the pool's end, and before it."""

from dataclasses import replace

import numpy as np
import pytest

from abscase.operating.waterfall import (
    Calendar,
    Deal,
    Pool,
    Scenario,
    Step,
    Tranche,
    average_life,
    deal_card,
    internal_yield,
    pool_loss,
    principal_loss,
    run,
    shipped_deal,
    still_owed,
    variant,
)

US = ("cmlti_2006_nc2", "saxon_2006_3", "gsamp_2006_s5")


def two_classes(periods=None, **pool):
    """100 of interest-free loans that pay 10 a month; 70 senior, 30 junior, paid in turn."""
    order = (("senior",), ("junior",))
    tranches = (Tranche("senior", share=0.7), Tranche("junior", share=0.3))
    steps = (Step("pay_principal", order),)
    return Deal("two", tranches, {"PAID": steps}, Pool(100.0, 0.0, 10, "linear", **pool),
                Calendar(periods=periods))  # fmt: skip


def test_a_run_that_stops_early_owes_but_has_not_lost():
    result = run(two_classes(periods=8))
    assert principal_loss(result) == pytest.approx(np.zeros((1, 2)))
    assert still_owed(result)[0] == pytest.approx([0, 20 / 30])
    assert np.isfinite(average_life(result)[0, 0]) and np.isnan(average_life(result)[0, 1])
    assert internal_yield(result, "senior")[0] == pytest.approx(0, abs=1e-9)
    assert np.isnan(internal_yield(result, "junior")[0])


def test_what_no_asset_stands_behind_is_lost_from_below():
    """The junior is owed all of its 30; behind it stands the pool that is left, and no more."""
    slow = run(two_classes(periods=8), Scenario(0.3, 0.0, 1.0))
    gap = 100 * pool_loss(slow)[0]
    assert 0 < gap < 30
    assert principal_loss(slow)[0] == pytest.approx([0, gap / 30])
    left = slow.lines["pool"][-1, 0]
    assert still_owed(slow)[0] == pytest.approx([0, left / 30])


def test_a_recovery_to_come_is_not_a_loss():
    deal = two_classes(periods=3, default_rate=0.5, severity=0.4, recovery_lag_months=6)
    assert pool_loss(run(deal))[0] == 0
    whole = run(replace(deal, calendar=Calendar()))
    defaults, recovered = whole.pool_in["default"].sum(), whole.pool_in["recovery"].sum()
    assert pool_loss(whole)[0] == pytest.approx((defaults - recovered) / 100)


@pytest.mark.parametrize("name", US)
def test_us_deals_run_to_the_last_recovery_and_a_class_without_loss_earns(name):
    deal = shipped_deal(name)
    result = run(deal, Scenario(0.05, 0.2, 0.45, recovery_lag_months=3))
    assert len(result.days.payment) == deal.pool.term_months + 3
    assert result.lines["pool"][-1, 0] < 1e-9 * result.opening_pool
    assert still_owed(result).max() < 1e-9
    loss = principal_loss(result)[0]
    for row in result.rated:
        if loss[row] == 0:
            assert internal_yield(result, deal.names[row])[0] > 0.05


def test_the_card_marks_what_was_changed_for_the_run():
    native = shipped_deal("cmlti_2006_nc2")
    before = deal_card(native, native=native).set_index("term")
    after = deal_card(variant(native, oc_target=0.03), native=native).set_index("term")
    assert before.loc["cover.target_share", ["value", "grade"]].tolist() == [0.0145, "B"]
    assert after.loc["cover.target_share", ["value", "grade"]].tolist() == [0.03, "C"]
    same = before.index != "cover.target_share"
    assert after[same].equals(before[same])
