from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from abscase.errors import DataFaults
from abscase.operating.waterfall import (
    Calendar,
    Deal,
    Holding,
    Pool,
    Scenario,
    Step,
    Tranche,
    look_through,
    principal_loss,
    run,
    run_held,
    shipped_deal,
)

PLAN = Calendar(date(2021, 1, 1), date(2021, 2, 1))
LOANS = Pool(100, 0.0, 12, "bullet", order=("default", "prepayment", "scheduled"))


def three_classes(name, shares, pool):
    """A deal of three classes paid one after the other."""
    names = ("senior", "mezzanine", "junior")
    tranches = tuple(Tranche(n, share=s) for n, s in zip(names, shares, strict=True))
    groups = tuple((n,) for n in names)
    steps = (Step("pay_principal", groups), Step("write_down", tuple(reversed(groups))))
    return Deal(name, tranches, {"AMORTISING": steps}, pool, PLAN)


INNER = {name: three_classes(name, (0.8, 0.15, 0.05), LOANS) for name in ("one", "two")}
OUTER = three_classes(
    "outer", (0.7, 0.2, 0.1),
    Pool(30, holdings=(Holding("one", "mezzanine"), Holding("two", "mezzanine"))),
)  # fmt: skip


def test_losses_pass_through_both_layers_by_the_closed_form():
    """Loss of a class that lies between a and d: min(max(x - a, 0), d - a) / (d - a)."""
    rates = np.array([[0.0], [0.04], [0.1], [0.15], [0.19], [0.3]])
    scenario = Scenario(default_rate=rates)
    outer, inner = run_held(OUTER, INNER, {"one": scenario, "two": scenario})
    held = np.clip(rates[:, 0] - 0.05, 0, 0.15) / 0.15
    mezzanine = principal_loss(inner["one"])[:, 1]
    assert mezzanine == pytest.approx(held)
    for name, low, high in (("junior", 0, 0.1), ("mezzanine", 0.1, 0.3), ("senior", 0.3, 1)):
        expected = np.clip(held - low, 0, high - low) / (high - low)
        ours = principal_loss(outer)[:, outer.deal.names.index(name)]
        assert ours == pytest.approx(expected)


def test_look_through_shows_the_leverage_of_the_second_layer():
    scenario = Scenario(default_rate=np.array([[0.05], [0.08], [0.11]]))
    outer, inner = run_held(OUTER, INNER, {"one": scenario, "two": scenario})
    table = look_through(outer, inner)
    assert len(table) == 9
    junior = table[table["tranche"] == "junior"].set_index("scenario")
    assert junior["loans_loss"].tolist() == pytest.approx([0.05, 0.08, 0.11])
    assert junior["held_loss"].tolist() == pytest.approx([0, 0.2, 0.4])
    assert junior["loss"].tolist() == pytest.approx([0, 1, 1])


def test_a_share_of_a_class_pays_its_share():
    half = replace(OUTER, pool=Pool(15, holdings=(Holding("one", "mezzanine", 0.5),
                                                  Holding("two", "mezzanine", 0.5))))  # fmt: skip
    whole, _ = run_held(OUTER, INNER)
    part, _ = run_held(half, INNER)
    assert part.lines["principal"] == pytest.approx(whole.lines["principal"] / 2)


def test_three_layers():
    top = three_classes("top", (0.5, 0.3, 0.2), Pool(1, holdings=(Holding("outer", "mezzanine"),)))
    result, runs = run_held(top, {**INNER, "outer": OUTER})
    assert set(runs) == {"one", "two", "outer"}
    assert result.opening_pool == pytest.approx(6)
    assert result.lines["principal"][:, :3].sum() == pytest.approx(6)


def test_what_is_missing_or_circular_is_named():
    with pytest.raises(DataFaults, match="no deal of that name"):
        run_held(OUTER, {"one": INNER["one"]})
    ring = replace(OUTER, pool=Pool(1, holdings=(Holding("outer", "junior"),)))
    with pytest.raises(DataFaults, match="outer -> outer"):
        run_held(ring, {"outer": ring})
    with pytest.raises(DataFaults, match="shares over 100 %"):
        replace(OUTER, pool=Pool(1, holdings=(Holding("one", "junior"), Holding("one", "junior"))))
    wrong = replace(OUTER, pool=Pool(1, holdings=(Holding("one", "mezz"),)))
    with pytest.raises(DataFaults, match="no such class"):
        run_held(wrong, INNER)


def test_a_pool_of_holdings_cannot_be_run_alone():
    with pytest.raises(DataFaults, match="run_held"):
        run(OUTER)


def test_money_of_a_quarterly_deal_arrives_when_it_is_paid():
    """Amounts fall on the outer deal's payment days, whatever the rhythm of the deals beneath."""
    every_third = Calendar(date(2021, 1, 1), date(2021, 4, 1), months=3)
    quarterly = replace(INNER["one"], calendar=every_third)
    held = replace(OUTER, pool=Pool(15, holdings=(Holding("one", "mezzanine"),)))
    outer, inner = run_held(held, {"one": quarterly}, {"one": Scenario(default_rate=0.1)})
    paid = {}
    for name, result, line in (("in", inner["one"], "mezzanine"), ("out", outer, None)):
        amounts = result.lines["principal"][:, :, 0]
        amounts = amounts[:, result.deal.names.index(line)] if line else amounts.sum(axis=1)
        paid[name] = {day: each for day, each in zip(result.days.payment, amounts, strict=True)
                      if each > 1e-9}  # fmt: skip
    assert paid["in"] == pytest.approx(paid["out"])
    yearly = replace(held, calendar=Calendar(date(2021, 1, 1), date(2022, 6, 1), months=12))
    late, _ = run_held(yearly, {"one": quarterly}, {"one": Scenario(default_rate=0.1)})
    assert late.days.payment[0] == date(2022, 6, 1)
    assert late.lines["principal"].sum() == pytest.approx(sum(paid["in"].values()))


def test_a_class_that_is_still_owed_cannot_be_held():
    short = replace(INNER["one"], calendar=replace(PLAN, periods=6))
    with pytest.raises(DataFaults, match="still owed principal"):
        run_held(OUTER, {"one": short, "two": INNER["two"]})


def test_a_cdo_of_the_mezzanine_of_a_real_deal():
    """What the classes held lose is what the pool above loses; its interest absorbs a part."""
    names = [f"M-{k}" for k in range(1, 12)]
    cdo = three_classes("cdo", (0.75, 0.15, 0.1),
                        Pool(holdings=tuple(Holding("cmlti", name) for name in names)))  # fmt: skip
    cdo = replace(cdo, calendar=shipped_deal("cmlti_2006_nc2").calendar)
    scenario = Scenario(default_rate=[[0.05], [0.12], [0.2]], severity=0.45)
    outer, inner = run_held(cdo, {"cmlti": shipped_deal("cmlti_2006_nc2")}, {"cmlti": scenario})
    held = inner["cmlti"]
    rows = [held.deal.names.index(name) for name in names]
    below = principal_loss(held)[:, rows] @ held.opening_balance[rows]
    above = principal_loss(outer) @ outer.opening_balance
    assert outer.pool_in["default"].sum(axis=0) == pytest.approx(below, rel=1e-9)
    assert (above < below).all()
    assert below[0] < below[1] < below[2]


def test_a_class_must_pay_while_the_deal_that_holds_it_lives():
    late = replace(PLAN, closing=date(2022, 2, 1), first_payment=date(2022, 3, 1))
    held = {"one": Scenario(default_rate=0.1, prepayment_rate=0.5)}
    with pytest.raises(DataFaults, match="pays before the deal that holds it closes"):
        run_held(replace(OUTER, calendar=late), INNER, held)
    short = replace(OUTER, calendar=replace(PLAN, periods=6))
    with pytest.raises(DataFaults, match=r"pays until 2022-01-01, .* until 2021-07-01"):
        run_held(short, INNER, held)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
@pytest.mark.parametrize(
    "plan", [PLAN, replace(PLAN, months=3, periods=8), replace(PLAN, payment_day=25, periods=40)]
)
def test_cash_and_losses_above_are_those_of_the_classes_held(rate, plan):
    held = {name: Scenario(default_rate=rate) for name in INNER}
    outer, inner = run_held(replace(OUTER, calendar=plan), INNER, held)
    cash = lost = 0.0
    for result in inner.values():
        cash += (result.of("interest", "mezzanine") + result.of("principal", "mezzanine")).sum()
        lost += principal_loss(result)[0, 1] * result.opening_balance[1]
    assert outer.lines["cash_in"].sum() == pytest.approx(cash, rel=1e-9)
    assert outer.lines["cash_out"].sum() == pytest.approx(cash, rel=1e-9)
    assert outer.pool_loss.sum() == pytest.approx(lost, rel=1e-9)
    assert len(outer.lines["pool"]) == len(outer.days.payment)


def test_a_residual_held_pays_interest_and_never_its_face():
    terms = (Tranche("senior", share=0.8, rate=0.02), Tranche("rest", share=0.2, kind="residual"))
    steps = (Step("pay_interest", (("senior",),)), Step("pay_principal", (("senior",),)),
             Step("write_down", (("senior",),)), Step("pay_residual", (("rest",),)))  # fmt: skip
    inner = Deal("one", terms, {"AMORTISING": steps}, replace(LOANS, rate=0.1), PLAN)
    outer = three_classes("outer", (0.7, 0.2, 0.1), Pool(holdings=(Holding("one", "rest"),)))
    result, runs = run_held(outer, {"one": inner})
    paid = runs["one"].of("interest", "rest").sum()
    assert result.lines["cash_in"].sum() == pytest.approx(paid, rel=1e-9)
    assert result.pool_loss.sum() == pytest.approx(20, rel=1e-9)
