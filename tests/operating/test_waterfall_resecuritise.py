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
