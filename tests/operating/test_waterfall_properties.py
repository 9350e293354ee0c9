"""Laws that hold for every deal: random structures, random scenarios."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abscase.operating.waterfall import (
    Calendar,
    Call,
    Cover,
    Deal,
    Fee,
    Pool,
    Reserve,
    Revolving,
    Scenario,
    Step,
    Swap,
    Tranche,
    Trigger,
    principal_loss,
    run,
)

LAWS = settings(max_examples=40, deadline=None, derandomize=True)
SHARE = st.floats(0, 1)
POOLS = st.builds(
    Pool, balance=st.just(1000.0), rate=st.floats(0, 0.3), term_months=st.integers(2, 30),
    amortisation=st.sampled_from(["level", "linear", "bullet"]),
    order=st.permutations(["scheduled", "default", "prepayment"]).map(tuple),
    interest_on=st.sampled_from(["opening", "performing"]),
    decrement=st.sampled_from(["months", "days"]), recovery_lag_months=st.integers(0, 8),
    count_defaulted=st.booleans(), guaranteed=st.booleans(),
)  # fmt: skip


@st.composite
def scenarios(draw, count=3):
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    harm = draw(st.sampled_from([0.0, 0.1, 0.9]))
    return Scenario(
        default_rate=rng.uniform(0, harm + 1e-9, (count, 30)), severity=rng.random((count, 1)),
        prepayment_rate=rng.uniform(0, 0.5, (count, 30)),
        index_rate=rng.uniform(0, 0.1, (count, 30)),
        eligible_share=rng.random((count, 1)), drift=rng.uniform(0, 0.1, (count, 1)),
        originator_default=rng.integers(1, 60, (count, 1)).astype(float),
    )  # fmt: skip


@st.composite
def deals(draw):
    number = draw(st.integers(1, 4))
    names = [f"T{k}" for k in range(number)]
    cuts = np.array(draw(st.lists(st.floats(0.05, 1), min_size=number + 1, max_size=number + 1)))
    shares = (cuts / cuts.sum())[:number]
    tranches = [
        Tranche(
            name, share=float(share), kind=draw(st.sampled_from(["fixed", "floating"])),
            rate=draw(st.floats(0, 0.2)), margin=draw(st.floats(0, 0.05)),
            cap=draw(st.sampled_from([0.06, 1.0])), funds_cap=draw(st.booleans()),
            pik=draw(st.booleans()), first_principal=draw(st.integers(1, 4)),
        )
        for name, share in zip(names, shares, strict=True)
    ]  # fmt: skip
    tranches.append(Tranche("R", kind="residual", tracks_cover=True))
    groups = ((tuple(names),), tuple((name,) for name in names))[draw(st.integers(0, 1))]
    source = draw(st.sampled_from(["all", "interest"]))
    pay = [
        Step("pay_fee", (("f1",), ("f2",))), Step("draw_reserve", groups, source=source),
        Step("pay_swap"), Step("pay_interest", groups, source=source),
    ]  # fmt: skip
    amount = draw(st.sampled_from(["available", "cover", "enhancement"]))
    tail = [Step("fill_reserve"), Step("pay_principal", groups, amount=amount)]
    if draw(st.booleans()):
        tail.append(Step("write_down", tuple(reversed(groups))))
    tail.append(Step("pay_residual", (("R",),)))
    quick = [*pay, Step("pay_principal", groups, lockout=False), Step("pay_residual", (("R",),))]
    revolving = draw(st.booleans())
    states = {"REVOLVING": (*pay, Step("buy_loans"))} if revolving else {}
    states |= {"AMORTISING": (*pay, *tail), "ACCELERATED": tuple(quick)}
    triggers = [
        Trigger("losses", "cumulative_loss", draw(st.floats(0, 0.3)), to="ACCELERATED"),
        Trigger("late", "delinquency", draw(st.floats(0, 0.3)), months=3, curable=True),
        Trigger("thin", "excess_spread", 0.0, months=3), Trigger("oc", "oc", 1.0, classes=("T0",)),
        Trigger("gone", "originator_default", to="ACCELERATED"),
    ]  # fmt: skip
    if revolving:
        triggers.append(Trigger("end", "date", period=draw(st.integers(1, 12)), to="AMORTISING"))
    return Deal(
        "random", tuple(tranches), states, draw(POOLS),
        Calendar(date(2021, 1, 31), date(2021, 2, 28), 31, periods=draw(st.integers(1, 40))),
        fees=(Fee("f1", rate=draw(st.floats(0, 0.02)),
                  accrual=draw(st.sampled_from(["period", "average", "collected"]))),
              Fee("f2", amount=draw(st.floats(0, 5)), every="year")),
        triggers=tuple(triggers), reserve=Reserve(draw(st.floats(0, 30)), draw(SHARE) / 10),
        cover=Cover(draw(SHARE) / 5, draw(SHARE) / 5, 0.01, 2.0, when=("late",)),
        revolving=Revolving(draw(st.floats(0.8, 1.1)), term_months=draw(st.integers(1, 12)))
        if revolving else None,
        swap=Swap(draw(st.floats(0, 0.1)), draw(st.sampled_from(["swap", "cap"])), 0.5, 12),
        rounding=draw(st.sampled_from(["none", "cents", "cents_down"])),
        day_count=draw(st.sampled_from(["30/360", "ACT/360", "ACT/365"])),
        interest_on_shortfall=draw(st.booleans()),
        call=Call(draw(SHARE), exercised=draw(st.booleans())),
    )  # fmt: skip


@LAWS
@given(deals(), scenarios())
def test_cash_is_conserved_and_nothing_is_below_zero(deal, scenario):
    """Over the whole life, summed from the outputs alone; the engine itself tests each period."""
    result = run(deal, scenario)
    lines = result.lines
    came = result.pool_in["interest"] + result.pool_in["principal"] + lines["swap_in"]
    went = sum(lines[name].sum(axis=1) for name in ("interest", "principal", "fees"))
    went = went + lines["swap_out"] + lines["cost"]
    left = lines["account"][-1] + lines["reserve"][-1]
    came, went = came.sum(axis=0) + deal.reserve.initial, went.sum(axis=0) + left
    assert came == pytest.approx(went, rel=1e-9, abs=1e-6)
    for name, line in lines.items():
        assert line.min() >= -1e-6, name


@LAWS
@given(deals(), scenarios())
def test_write_downs_and_what_absorbed_them_are_the_losses(deal, scenario):
    result = run(deal, scenario)
    absorbed = result.spread_used + result.cover_used
    assert result.writedowns + absorbed == pytest.approx(result.pool_loss, abs=1e-6)
    faces = result.opening_balance[result.rated, None]
    gone = (result.lines["principal"] + result.lines["writedown"] - result.lines["pik"]).sum(axis=0)
    left = result.lines["balance"][-1][result.rated]
    assert faces - gone[result.rated] == pytest.approx(left, abs=1e-6)


@LAWS
@given(POOLS, scenarios(), st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.booleans())
def test_the_senior_is_never_worse_when_the_junior_grows(pool, scenario, one, two, writes):
    losses = []
    for share in sorted((one, two)):
        tranches = (
            Tranche("A", share=share, rate=0.05), Tranche("B", share=0.95 - share, rate=0.05),
            Tranche("R", kind="residual", tracks_cover=True),
        )  # fmt: skip
        steps = [
            Step("pay_interest", (("A",), ("B",)), source="interest"),
            Step("pay_principal", (("A",), ("B",)), amount="cover"),
            Step("pay_residual", (("R",),)),
        ]  # fmt: skip
        if writes:
            steps.insert(2, Step("write_down", (("B",), ("A",))))
        plan = Calendar(date(2021, 1, 1), date(2021, 2, 1))
        deal = Deal("two", tranches, {"AMORTISING": tuple(steps)}, pool, plan)
        losses.append(principal_loss(run(deal, scenario))[:, 0] * share)
    assert (losses[0] <= losses[1] + 1e-9).all()


@LAWS
@given(POOLS, scenarios(), st.floats(0.1, 1.0))
def test_without_losses_one_class_is_the_same_in_any_order(pool, scenario, share):
    """One class, and its two halves one after the other or in proportion."""
    pool = replace(pool, guaranteed=False)
    scenario = replace(scenario, default_rate=0.0)
    paid = []
    for shares, groups in (
        ([1.0], (("H0",),)), ([0.5, 0.5], (("H0",), ("H1",))), ([0.5, 0.5], (("H0", "H1"),))
    ):  # fmt: skip
        halves = [Tranche(f"H{k}", share=each * share, rate=0.04) for k, each in enumerate(shares)]
        steps = (Step("pay_interest", groups), Step("pay_principal", groups),
                 Step("pay_residual", (("R",),)))  # fmt: skip
        tranches = (*halves, Tranche("R", kind="residual", tracks_cover=True))
        result = run(Deal("one", tranches, {"AMORTISING": steps}, pool), scenario)
        paid.append([result.lines[name][:, :-1].sum(axis=1) for name in ("principal", "balance")])
    for other in paid[1:]:
        np.testing.assert_allclose(other, paid[0], atol=1e-6)
