from dataclasses import replace

import numpy as np
import pytest

from abscase.errors import ChoiceError
from abscase.operating.waterfall import (
    STRUCTURES,
    Scenario,
    break_losses,
    breakeven,
    breakevens,
    enhancement,
    laws,
    principal_loss,
    run,
    shipped,
    shipped_deal,
    trigger_lesson,
    variant,
)

BAD = Scenario(0.25, 0.1, 0.6, recovery_lag_months=6)


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_variant_keeps_the_laws(name, structure):
    deal = variant(shipped_deal(name), structure, oc_target=0.02)
    assert laws(run(deal, BAD), BAD)["holds"].all()


def test_the_laws_can_fail():
    result = run(shipped_deal("cmlti_2006_nc2"), BAD)
    result.lines["principal"][30, 2] += 1e6
    table = laws(result, BAD).set_index("law")
    assert not table.loc["moves", "holds"] and not table.loc["losses", "holds"]


def test_native_is_the_deal_itself_and_unknown_structures_are_named():
    deal = shipped_deal("cmlti_2006_nc2")
    assert variant(deal) == deal
    with pytest.raises(ChoiceError, match="prorata"):
        variant(deal, "pro_rata")


def test_orders_of_payment():
    deal = shipped_deal("cmlti_2006_nc2")
    calm = Scenario(0.0, 0.2, 0.5)
    first = {each: run(variant(deal, each), calm) for each in ("sequential", "prorata", "turbo")}
    mezzanine = deal.names.index("M-5")
    early = {each: found.lines["principal"][:12, mezzanine].sum() for each, found in first.items()}
    assert early["sequential"] == early["turbo"] == 0 < early["prorata"]
    paid = {each: found.lines["residual"][:24].sum() for each, found in first.items()}
    assert paid["turbo"] == pytest.approx(0, abs=1e-3) and paid["sequential"] > 1e6
    senior = {each: breakeven(variant(deal, each), "A-1").pool_loss for each in first}
    assert senior["prorata"] < senior["sequential"] <= senior["turbo"]


def test_without_triggers_the_lesson_is_lost():
    table = trigger_lesson().set_index(["timing", "trigger"])
    assert table.loc[("late", True), "senior"] == 0 < table.loc[("late", False), "senior"]
    assert table.loc[("late", True), "pool"] == table.loc[("late", False), "pool"]
    assert np.isnan(table.loc[("late", False), "tripped"])
    deal = variant(shipped_deal("cmlti_2006_nc2"), triggers=False)
    assert {each.kind for each in deal.triggers} == {"date", "enhancement", "pool_factor"}
    assert deal.cover.unless == () != deal.cover.when


def test_another_junior_class():
    deal = variant(shipped_deal("ant_d11_2016"), junior=0.02)
    faces = [deal.face(each) for each in deal.tranches]
    assert sum(faces) == pytest.approx(deal.pool.balance)
    assert faces[0] / faces[1] == pytest.approx(1800 / 1624)
    assert enhancement(deal)["B"] == pytest.approx(0.02)
    us = variant(shipped_deal("cmlti_2006_nc2"), junior=0.05)
    assert us.cover.target_share == 0.05


def test_a_target_is_for_deals_with_cover():
    ant = shipped_deal("ant_d11_2016")
    assert variant(ant, oc_target=0.1) == ant
    assert variant(shipped_deal("saxon_2006_3"), oc_target=0.1).cover.target_share == 0.1


def test_searching_all_classes_at_once_changes_nothing():
    deal = shipped_deal("cmlti_2006_nc2")
    together = {each.tranche: each for each in breakevens(deal)}
    for name in ("A-1", "M-3", "M-11"):
        assert together[name] == breakeven(deal, name)


def test_break_losses_lie_by_the_breakevens():
    deal = shipped_deal("cmlti_2006_nc2")
    quick = break_losses(deal, Scenario(), np.geomspace(0.2, 40, 24)).set_index("tranche")
    for each in breakevens(deal):
        assert quick.loc[each.tranche, "break_loss"] == pytest.approx(each.pool_loss, abs=2e-3)
    safe = break_losses(replace(deal, pool=replace(deal.pool, severity=0.01)), Scenario(), [1, 2])
    assert not safe["reached"].any()
    assert principal_loss(run(deal)).max() == 0
