"""Single terms by closed forms and by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from abscase.errors import DataFaults, ParameterFaults
from abscase.operating.waterfall import (
    Calendar,
    Call,
    Cover,
    Deal,
    Fee,
    Imbalance,
    Pool,
    Reserve,
    Revolving,
    Scenario,
    Step,
    Swap,
    Tranche,
    Trigger,
    average_life,
    breakeven,
    given_flows,
    internal_yield,
    payment_stack,
    pool_loss,
    principal_loss,
    run,
    trigger_line,
)
from abscase.operating.waterfall.dates import year_fraction

PLAN = Calendar(date(2021, 1, 1), date(2021, 2, 1))
A, R = (("A",),), (("R",),)
RESIDUAL = Tranche("R", kind="residual", tracks_cover=True)
BASIC = (Step("pay_interest", A), Step("pay_principal", A), Step("pay_residual", R))


def deal_of(tranche, pool, steps=BASIC, **terms):
    return Deal("d", (tranche, RESIDUAL), {"AMORTISING": steps}, pool, PLAN, **terms)


def test_a_bullet_class_has_the_life_and_yield_of_its_terms():
    deal = deal_of(Tranche("A", 100, rate=0.06), Pool(100, 0.06, 24, "bullet"))
    result = run(deal)
    assert average_life(result)[0, 0] == pytest.approx(2.0, abs=0.003)
    assert internal_yield(result, "A")[0] == pytest.approx(1.005**12 - 1, abs=3e-5)
    assert internal_yield(result, "A", 0.98)[0] > 0.0617
    assert result.lines["interest"][:, 0, 0] == pytest.approx(0.5)


def test_a_level_pool_pays_the_annuity():
    pool = Pool(1000, 0.12, 24)
    result = run(deal_of(Tranche("A", 1000, rate=0.12), pool))
    payment = 1000 * 0.01 / (1 - 1.01**-24)
    paid = result.lines["interest"][:, 0, 0] + result.lines["principal"][:, 0, 0]
    assert paid == pytest.approx(payment)


def test_prepayment_after_or_before_the_default():
    first = Pool(100, 0, 12, "bullet", order=("prepayment", "default", "scheduled"))
    second = replace(first, order=("default", "prepayment", "scheduled"))
    both = Scenario(default_rate=0.5, prepayment_rate=0.4)
    rate_d, rate_p = 1 - 0.5 ** (1 / 12), 1 - 0.6 ** (1 / 12)
    made = [run(deal_of(Tranche("A", 90), each), both).pool_in["default"][0, 0]
            for each in (first, second)]  # fmt: skip
    assert made == pytest.approx([100 * (1 - rate_p) * rate_d, 100 * rate_d])


@pytest.mark.parametrize(
    ("day_count", "years"),
    [("30/360", 30 / 360), ("ACT/360", 31 / 360), ("ACT/365", 31 / 365)],
)
def test_day_counts(day_count, years):
    assert year_fraction(date(2021, 1, 1), date(2021, 2, 1), day_count) == pytest.approx(years)
    assert year_fraction(date(2021, 1, 31), date(2021, 2, 28), "30/360") == pytest.approx(28 / 360)
    deal = deal_of(Tranche("A", 100, rate=0.06), Pool(100, 0.06, 6, "bullet"), day_count=day_count)
    assert run(deal).lines["interest"][0, 0, 0] == pytest.approx(min(6 * years, 0.5))


def test_floater_cap_step_up_and_funds_cap():
    pool = Pool(100, 0.12, 12, "bullet")
    floater = Tranche("A", 100, kind="floating", margin=0.01, margin_after=0.02,
                      step_up_period=7, cap=0.08)  # fmt: skip
    index = np.array([[0.03] * 9 + [0.09] * 3])
    steps = (BASIC[0], Step("pay_principal", A, source="principal"), BASIC[2])
    result = run(deal_of(floater, pool, steps), Scenario(index_rate=index))
    coupons = result.lines["interest"][:, 0, 0]
    expected = np.r_[np.full(6, 4), np.full(3, 5), np.full(3, 8)] / 12
    assert coupons == pytest.approx(expected)
    capped = replace(floater, funds_cap=True, cap=1.0)
    poor = deal_of(capped, replace(pool, rate=0.036))
    result = run(poor, Scenario(index_rate=index))
    assert result.lines["interest"][:, 0, 0] == pytest.approx(0.3)
    assert result.lines["shortfall"].max() == pytest.approx(0, abs=1e-12)


def test_unpaid_interest_is_carried_deferred_or_bears_interest():
    pool = Pool(100, 0.0, 12, "bullet")
    steps = (Step("pay_interest", A, source="interest"), *BASIC[1:])
    plain = deal_of(Tranche("A", 100, rate=0.12), pool, steps)
    owed = {
        "carried": run(plain).lines["shortfall"][10, 0, 0],
        "bears": run(replace(plain, interest_on_shortfall=True)).lines["shortfall"][10, 0, 0],
    }
    assert owed["carried"] == pytest.approx(11)
    assert owed["bears"] == pytest.approx(100 * (1.01**11 - 1))
    deferring = replace(plain, tranches=(replace(plain.tranches[0], pik=True), RESIDUAL))
    result = run(deferring)
    assert result.lines["balance"][10, 0, 0] == pytest.approx(100 * 1.01**11)
    assert result.lines["shortfall"].max() == 0


def test_interest_only_class_is_paid_on_the_balance_of_another():
    strip = Tranche("X", kind="io", rate=0.02, notional_of=("A",))
    steps = (Step("pay_interest", (("A", "X"),)), *BASIC[1:])
    tranches = (Tranche("A", 100, rate=0.06), strip, RESIDUAL)
    deal = Deal("io", tranches, {"AMORTISING": steps}, Pool(100, 0.09, 12, "linear"), PLAN)
    lines = run(deal).lines
    assert lines["interest"][:, 1, 0] == pytest.approx(lines["interest"][:, 0, 0] / 3)
    assert lines["principal"][:, 1].max() == 0


def test_excess_interest_builds_the_cover_and_the_step_down_releases_it():
    pool = Pool(100, 0.12, 60, "linear")
    steps = (BASIC[0], Step("pay_principal", A, amount="cover"), BASIC[2])
    late = Trigger("late", "date", period=37)
    cover = Cover(0.04, 0.08, 0.005, when=("late",))
    deal = deal_of(Tranche("A", 100, rate=0.04), pool, steps, triggers=(late,), cover=cover)
    lines = run(deal).lines
    held = lines["pool"][:, 0] - lines["balance"][:, 0, 0]
    assert held[0] < 4
    assert held[10:36] == pytest.approx(4)
    assert held[36:57] == pytest.approx(np.maximum(0.08 * lines["pool"][36:57, 0], 0.5))


def test_the_reserve_pays_interest_and_is_filled_again():
    steps = (Step("draw_reserve", A), BASIC[0], Step("fill_reserve", source="interest"),
             *BASIC[1:])  # fmt: skip
    deal = deal_of(Tranche("A", 90, rate=0.06), Pool(100, 0.0, 6, "bullet"), steps,
                   reserve=Reserve(initial=1.0, target_share=0.01))  # fmt: skip
    lines = run(deal).lines
    assert lines["interest"][:2, 0, 0] == pytest.approx([0.45, 0.45])
    assert lines["interest"][2, 0, 0] == pytest.approx(0.1)
    assert lines["shortfall"][2, 0, 0] == pytest.approx(0.35)


def test_swap_and_cap():
    pool = Pool(100, 0.06, 12, "bullet")
    steps = (Step("pay_swap"), *BASIC)
    paths = Scenario(index_rate=np.array([[0.02], [0.08]]))
    for kind, out in (("swap", 100 * 0.03 / 12), ("cap", 0.0)):
        deal = deal_of(Tranche("A", 100, rate=0.01), pool, steps, swap=Swap(0.05, kind))
        lines = run(deal, paths).lines
        assert lines["swap_out"][0] == pytest.approx([out, 0])
        assert lines["swap_in"][0] == pytest.approx([0, 100 * 0.03 / 12])


def test_fees_wait_and_stand_where_the_list_puts_them():
    pool = Pool(100, 0.012, 12, "bullet")
    fees = (Fee("senior", rate=0.006), Fee("junior", amount=0.2))
    steps = (Step("pay_fee", (("senior",),)), BASIC[0], Step("pay_fee", (("junior",),)), *BASIC[1:])
    lines = run(deal_of(Tranche("A", 60, rate=0.01), pool, steps, fees=fees)).lines
    assert lines["fees"][:11, 0, 0] == pytest.approx(0.05)
    assert lines["fees"][0, 1, 0] == pytest.approx(0.0)
    assert lines["unpaid_fees"][10, 0] == pytest.approx(11 * 0.2)
    assert lines["fees"][11, 1, 0] == pytest.approx(12 * 0.2)


def test_the_call_pays_all_at_par_and_ends_the_pool():
    deal = deal_of(Tranche("A", 90, rate=0.03), Pool(100, 0.06, 60, "linear"),
                   call=Call(0.2, exercised=True))  # fmt: skip
    lines = run(deal).lines
    called = int(np.argmax(lines["called"][:, 0]))
    assert lines["called"][called, 0] == pytest.approx(20)
    assert lines["pool"][called:, 0].max() == 0
    assert lines["balance"][called, 0, 0] == pytest.approx(0)
    assert run(replace(deal, call=Call(0.2))).lines["called"].max() == 0


def revolving_deal(**terms):
    states = {
        "REVOLVING": (BASIC[0], Step("buy_loans", source="principal")),
        "AMORTISING": BASIC,
    }
    triggers = (
        Trigger("end", "date", period=13, to="AMORTISING"),
        Trigger("bad", "cumulative_default", 0.10, to="AMORTISING"),
        Trigger("idle", "purchase_shortfall", 0.30, months=2, to="AMORTISING"),
        Trigger("fail", "originator_default", to="AMORTISING"),
    )
    plan = replace(PLAN, periods=24)
    tranches = (Tranche("A", 80, rate=0.05), RESIDUAL)
    return Deal("revolving", tranches, states, Pool(100, 0.12, 6), plan, triggers=triggers,
                revolving=Revolving(**{"term_months": 6, **terms}))  # fmt: skip


def test_purchases_keep_the_pool_level_and_stop_on_time():
    lines = run(revolving_deal()).lines
    assert lines["pool"][:12, 0] == pytest.approx(100)
    assert lines["bought"][12:].max() == 0
    assert lines["pool"][18, 0] == pytest.approx(0, abs=1e-9)
    assert lines["balance"][-1, 0, 0] == pytest.approx(0)


def test_early_amortisation_stops_the_purchases():
    deal = revolving_deal()
    bad = run(deal, Scenario(default_rate=np.array([[0.0], [0.6]]), severity=1.0))
    assert (bad.lines["state"][:12, 0] == 0).all()
    turned = int(np.argmax(bad.lines["state"][:, 1] == 1))
    assert 0 < turned < 12
    assert bad.lines["bought"][turned:, 1].max() == 0
    failed = run(deal, Scenario(originator_default=np.array([[4.0], [np.inf]])))
    assert failed.lines["state"][[2, 3], 0].tolist() == [0, 1]
    assert failed.lines["state"][[3, 12], 1].tolist() == [0, 1]
    idle = run(deal, Scenario(eligible_share=0.0))
    assert int(np.argmax(idle.lines["state"][:, 0] == 1)) == 3


def test_purchases_below_par_and_of_falling_quality():
    cheap = run(revolving_deal(price=0.9)).lines
    assert cheap["cost"] == pytest.approx(0.9 * cheap["bought"])
    steady, drifting = (
        pool_loss(run(revolving_deal(drift=each), Scenario(default_rate=0.05)))[0]
        for each in (0.0, 0.05)
    )
    assert drifting > steady * 1.1


def test_breakeven_by_a_closed_form():
    """A bullet pool without interest loses 1 - (1 - m d)^2 in two years."""
    order = ("default", "prepayment", "scheduled")
    pool = Pool(100, 0.0, 24, "bullet", default_rate=0.05, order=order)
    deal = deal_of(Tranche("A", 80), pool)
    point = breakeven(deal, "A")
    assert point.multiple == pytest.approx((1 - np.sqrt(0.8)) / 0.05, rel=1e-4)
    assert point.pool_loss == pytest.approx(0.20, rel=1e-4)
    assert point.coverage == pytest.approx(0.20 / (1 - 0.95**2), rel=1e-3)
    half = replace(deal, pool=replace(pool, severity=0.5, default_rate=0.3))
    share = breakeven(half, "A", "severity").multiple * 0.5
    assert share == pytest.approx(0.2 / (1 - 0.7**2), rel=1e-4)
    assert np.isinf(breakeven(deal, "A", "speed", most=2.0).multiple)
    with pytest.raises(ParameterFaults, match="default"):
        breakeven(deal, "A", "luck")


def test_flows_of_a_tape():
    deal = deal_of(Tranche("A", 80, rate=0.0), Pool(100))
    paid = np.array([[30.0, 30.0, 20.0], [10.0, 30.0, 40.0]])
    lost = np.array([[0.0, 10.0, 10.0], [20.0, 0.0, 0.0]])
    flows = given_flows(deal, 100, 0.0, paid, default=lost)
    result = run(deal, flows=flows)
    assert result.principal.shape == (2, 3, 2)
    assert result.of("principal", "A").tolist() == [[30, 30, 20], [10, 30, 40]]
    assert pool_loss(result) == pytest.approx([0.2, 0.2])
    with pytest.raises(DataFaults, match="below 0"):
        given_flows(deal, 100, -1.0, paid)
    with pytest.raises(DataFaults, match="more principal"):
        given_flows(deal, 70, 0.0, paid)


def test_books_that_do_not_balance_are_refused():
    deal = deal_of(Tranche("A", 80, rate=0.0), Pool(100))
    flows = given_flows(deal, 100, 0.0, np.array([[50.0, 50.0]]))
    flows.balance[0] += 5
    with pytest.raises(Imbalance, match="payment 1, scenario 1"):
        run(deal, flows=flows)


def test_the_stack_adds_up_and_the_line_shows_the_triggers():
    deal = revolving_deal()
    result = run(deal, Scenario(default_rate=0.1))
    stack = payment_stack(result)
    for period, rows in stack.groupby("period"):
        came = result.lines["cash_in"][period - 1, 0]
        assert rows["amt"].sum() == pytest.approx(came, abs=1e-9)
    line = trigger_line(result)
    assert line.loc[11:12, "state"].tolist() == ["REVOLVING", "AMORTISING"]
    assert line["bad_level"].eq(0.10).all()


def test_a_residual_has_no_promised_principal():
    result = run(deal_of(Tranche("A", 80), Pool(100, 0, 12)), Scenario(default_rate=0.9))
    assert principal_loss(result)[0, 1] == 0
    assert principal_loss(result)[0, 0] > 0.3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"default_rate": [[0.1], [0.2]], "severity": [[0.1], [0.2], [0.3]]}, "scenarios differ"),
        ({"default_rate": [[0.1], [0.2]], "drift": [0.0, 0.1, 0.2]}, "scenarios differ"),
        ({"default_rate": np.nan}, "default_rate is nan"),
        ({"severity": 2}, "severity is 2"),
        ({"recovery_lag_months": -3}, "recovery_lag_months is -3"),
        ({"recovery_lag_months": 2.5}, "a whole number of months"),
        ({"recovery_lag_months": np.nan}, "a whole number of months"),
        ({"recovery_lag_months": [1, 2]}, "a whole number of months"),
        ({"default_rate": [[0.1], [0.2, 0.3]]}, "rows of unequal length"),
        ({"default_rate": "x"}, "give numbers"),
        ({"default_rate": np.zeros((2, 2, 2))}, "the shape"),
    ],
)
def test_a_scenario_says_what_is_wrong_with_it(given, says):
    with pytest.raises(ParameterFaults, match=says):
        Scenario(**given)
