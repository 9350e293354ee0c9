import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abscase.case import load_case
from abscase.errors import ChoiceError
from abscase.operating.waterfall import (
    Scenario,
    average_life,
    breakeven,
    deal_card,
    enhancement,
    principal_loss,
    run,
    shipped,
    shipped_deal,
)

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "waterfall.py"
PUBLISHED = ["ant_d11_2016", "alibaba_2013", "jd_baitiao_2015", "cmlti_2006_nc2",
             "saxon_2006_3", "gsamp_2006_s5"]  # fmt: skip


def rows_of(deal):
    tranches = load_case(deal.case).table("tranche")
    return tranches[tranches["deal_id"] == deal.deal_id].set_index("tranche_id")


def test_what_is_shipped():
    assert set(PUBLISHED) <= set(shipped())
    assert "agency_passthrough" in shipped()
    with pytest.raises(ChoiceError, match="cmlti_2006_nc2"):
        shipped_deal("cmlti_2006_nc3")


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_and_rates_are_those_of_the_rows(name):
    deal = shipped_deal(name)
    rows = rows_of(deal)
    assert set(rows.index) <= set(deal.names)
    for each in deal.tranches:
        if each.name not in rows.index:
            assert f"tranches.{each.name}" in deal.assumed
            continue
        row = rows.loc[each.name]
        assert deal.face(each) == row["original_amt"]
        if row["rate_type"] == "floating":
            assert each.margin == row["margin_rate"]
        if row["rate_type"] == "fixed":
            assert each.rate == row["coupon_rate"]


def test_cmlti_has_its_sixteen_classes_and_fifteen_printed_enhancements():
    deal = shipped_deal("cmlti_2006_nc2")
    assert len(deal.names) == 16
    assert deal.cover.target_share == 0.0145
    printed = rows_of(deal)["subordination_share"]
    ours = enhancement(deal)
    for name in deal.names[:-1]:
        assert 100 * ours[name] == pytest.approx(100 * printed[name], abs=0.005)


def test_saxon_adds_up_to_the_dollar():
    deal = shipped_deal("saxon_2006_3")
    assert sum(deal.face(each) for each in deal.tranches if each.kind == "floating") == 1078545000


@pytest.mark.parametrize("name", shipped())
def test_each_deal_pays_in_its_base_case_and_books_every_loss(name):
    result = run(shipped_deal(name))
    assert principal_loss(result)[0, 0] == 0
    if name != "agency_passthrough":
        assert result.pool_in["loss"].sum() > 0


@pytest.mark.parametrize("name", shipped())
def test_the_card_lists_every_term_of_the_file_that_no_row_gives(name):
    deal = shipped_deal(name)
    card = deal_card(deal)
    graded = card.set_index("term")["grade"]
    assumed = list(deal.assumed)
    assert (graded[assumed] == "C").all()
    assert card["source_id"].eq("").equals(card["grade"].eq("C"))
    places = [f"pool.{term}" for term in vars(deal.pool)] + ["index_rate", "revolving.term_months"]
    plain = type(deal.pool)()
    for place in places:
        head, _, term = place.partition(".")
        if head == "pool":
            given = getattr(deal.pool, term) != getattr(plain, term)
        else:
            part = getattr(deal, head)
            given = bool(part)
        if given:
            named = any(place == each or place.startswith(f"{each}.") for each in card["term"])
            assert named, place
    for kind in ("fees", "triggers"):
        for each in getattr(deal, kind):
            place = f"{kind}.{each.name}"
            assert any(term.startswith(place) or term == kind for term in assumed), place


def test_a_second_road_in_plain_loops_gives_the_same_deal():
    spec = importlib.util.spec_from_file_location("benchmark", BENCHMARK)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    deal = shipped_deal("cmlti_2006_nc2")
    scenario, flows, years = benchmark.case_of(deal, 12)
    result = run(deal, scenario, flows)
    loops = [benchmark.scalar_run(deal, flows, years, s) for s in range(12)]
    assert benchmark.difference(result, loops) < 1e-12
    assert (result.lines["writedown"].sum(axis=(0, 1)) > 0).any()
    loops[3]["principal"][40][0] += 1000.0
    assert benchmark.difference(result, loops) > 1e-12


def test_margins_rise_once_the_pool_is_small_enough_to_be_called():
    deal = shipped_deal("cmlti_2006_nc2")
    deal = replace(deal, tranches=tuple(replace(t, funds_cap=False) for t in deal.tranches))
    result = run(deal, Scenario(default_rate=0.0, prepayment_rate=0.4))
    small = int(np.argmax(result.lines["pool"][:, 0] < 0.1 * result.opening_pool))
    row = deal.names.index("M-9")
    years, balance = result.days.years, result.lines["balance"][:, row, 0]
    owed = result.lines["interest"][:, row, 0] + np.diff(result.lines["shortfall"][:, row, 0],
                                                          prepend=0)  # fmt: skip
    assert balance[small] > 0
    coupons = owed[small : small + 2] / (balance[small - 1 : small + 1] * years[small : small + 2])
    assert coupons == pytest.approx([0.0532 + 0.0150, 0.0532 + 0.0225])


def test_more_enhancement_breaks_later():
    deal = shipped_deal("cmlti_2006_nc2")
    points = [breakeven(deal, name).pool_loss for name in ("M-11", "M-8", "M-4", "M-1", "A-1")]
    assert points == sorted(points)
    cover = [enhancement(deal)[name] for name in ("M-11", "M-8", "M-4", "M-1", "A-1")]
    assert all(point > below for point, below in zip(points[:2], cover[:2], strict=True))


def test_the_agency_bears_the_defaults():
    deal = shipped_deal("agency_passthrough")
    calm, storm = (run(deal, Scenario(default_rate=rate)) for rate in (0.0, 0.10))
    for result in (calm, storm):
        assert principal_loss(result).max() == 0
        assert result.lines["writedown"].max() == 0
    assert storm.lines["support"].sum() > calm.lines["support"].sum() == 0
    assert average_life(storm)[0, 0] < average_life(calm)[0, 0]


def test_the_trigger_lesson():
    """Paid in proportion the junior leaves before the late losses come; a trigger stops that."""
    deal = shipped_deal("pro_rata_trigger")
    late = Scenario(default_rate=np.r_[np.full(12, 0.02), np.full(12, 0.15), np.full(36, 0.25)])
    without = run(replace(deal, triggers=()), late)
    with_it = run(deal, late)
    senior = deal.names.index("senior")
    assert principal_loss(without)[0, senior] > 0.005
    assert principal_loss(with_it)[0, senior] == 0
    assert with_it.lines["state"][-1, 0] == 1
