from dataclasses import replace

import numpy as np
import pytest

from abscase.case import load_case
from abscase.operating import break_loss, break_loss_tables
from abscase.operating.break_loss import Assumed, remaining_deal, reviewed
from abscase.operating.waterfall import breakevens, enhancement


@pytest.fixture(scope="module")
def us():
    return load_case("us_subprime")


@pytest.fixture(scope="module")
def classes(us):
    return reviewed(us.table("series"))


@pytest.fixture(scope="module")
def found(us):
    return break_loss.ours(us)


def test_reviewed_reads_the_published_rows(classes):
    assert classes["deal"].nunique() == 4 and "msac_2005_wmc2" not in set(classes["deal"])
    row = classes.set_index(["deal", "tranche"]).loc[("ace_2005_rm2", "B1")]
    assert (row["balance"], row["fitch"], row["coverage"]) == (8.8e6, 0.1331, 0.66)
    assert row["subordination"] == 0
    order = classes[classes["deal"] == "msc_2006_he1"]["tranche"].tolist()
    assert order == ["A-2", "A-3", "A-4", *(f"M-{k}" for k in range(1, 7)), "B-1", "B-2", "B-3"]


def test_the_deal_has_the_classes_and_cover_it_is_given(classes):
    part = classes[classes["deal"] == "ace_2005_rm2"]
    deal = remaining_deal(part, 0.05, 0.08, Assumed())
    assert sum(deal.face(each) for each in deal.tranches) == pytest.approx(part["balance"].sum())
    assert enhancement(deal)["B1"] == pytest.approx(0.05)


def test_without_interest_a_class_breaks_at_its_enhancement(classes):
    """No excess interest, no repayment: the break loss is what stands below, and no more."""
    part = classes[classes["deal"] == "msac_2005_wmc1"]
    deal = remaining_deal(part, 0.05, 0.0, Assumed(coupon=0.0, speed=0.0, lag_months=0, fee=0.0))
    cover = enhancement(deal)
    for each in breakevens(deal)[3:]:
        assert each.pool_loss == pytest.approx(cover[each.tranche], abs=1e-4)


def test_the_quick_search_agrees_with_the_slow_one(us, classes, found):
    part = classes[classes["deal"] == "msac_2005_wmc1"]
    share = break_loss.first_cover(us, "msac_2005_wmc1")
    rate = us.value("loan_rate_mean", "cmlti_2006_nc2").value
    slow = [each.pool_loss for each in breakevens(remaining_deal(part, share, rate, Assumed()))]
    base = found[(found["deal"] == "msac_2005_wmc1") & (found["assumption"] == "base")]
    assert base["break_loss"].to_numpy() == pytest.approx(np.array(slow), abs=0.004)


def test_the_order_is_fitchs_and_the_steps_are_smaller(classes, found):
    table = break_loss_tables.comparison(classes, found)
    for _, part in table.groupby("deal"):
        assert part["ours"].corr(part["fitch"], method="spearman") > 0.95
        assert (part["low"] <= part["ours"]).all() and (part["ours"] <= part["high"]).all()
    assert table["gap"].abs().mean() < 0.10
    deals = break_loss_tables.by_deal(table)
    assert deals["slope"].between(0.5, 1).all()
    whole = (found["assumption"] == "severity") & ~found["reached"]
    assert table["unhit"].sum() == whole.sum() > 0
    assert (deals["implied"] / deals["pool"]).between(0.85, 1.15).all()


def test_each_assumption_moves_our_side_the_way_it_must(found):
    moves = break_loss_tables.by_assumption(found).set_index(["assumption", "value"])["moves"]
    assert moves["severity", 0.5] < 0 and moves["speed", 0.25] < 0 < moves["speed", 0.04]
    assert moves["coupon", 0.06] < 0 < moves["coupon", 0.03]
    assert moves["cover", 0.0] < 0 < moves["cover", 2.0]


def test_nothing_of_fitchs_break_losses_enters_ours(us, classes):
    part = classes[classes["deal"] == "ace_2005_rm2"]
    other = part.assign(fitch=0.5, coverage=9.0)
    one, two = (remaining_deal(each, 0.05, 0.08, Assumed()) for each in (part, other))
    assert one == two and replace(one, name="x") != two
