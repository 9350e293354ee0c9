"""Chances that are known within a range only."""

import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.operating.process import chances
from abscase.operating.process.fault_tree import FaultTree, cut_sets, fault_tree, probability

AND = cut_sets(FaultTree("t", {"t": ("and", ("a", "b"))}, ("a", "b")))
OR = cut_sets(FaultTree("t", {"t": ("or", ("a", "b"))}, ("a", "b")))


@pytest.fixture
def branch():
    us = load_case("us_subprime").table("fault")
    tree = fault_tree(us).below("faulty_pool")
    return cut_sets(tree), chances.known_chances(us, tree)


def test_an_event_without_data_may_have_any_chance(branch):
    _, (lows, highs) = branch
    assert (lows["not_sampled"], highs["not_sampled"]) == (0, 1)
    assert (lows["breach"], highs["breach"]) == (0.20, 0.42)
    assert (lows["originator_gone"], highs["originator_gone"]) == (0, 1)


def test_the_range_by_hand(branch):
    cuts, ends = branch
    least, most = chances.probability_range(cuts, *ends)
    assert least == 0, "whether anyone buys a loan back is known per lender, not per loan"
    assert most == pytest.approx(0.42)
    rows = load_case("us_subprime").table("fault").assign(per="loan")
    both = chances.known_chances(rows, fault_tree(rows).below("faulty_pool"))
    assert chances.probability_range(cuts, *both)[0] == pytest.approx(0.20 * 0.29 * 0.48)


def test_frechet_bounds():
    """Of two events with chances a and b: max(0, a+b-1) to min(a, b), and max(a, b) to a+b."""
    given = {"a": 0.7, "b": 0.6}
    assert chances.dependence_range(AND, given, given) == pytest.approx((0.3, 0.6))
    assert chances.dependence_range(OR, given, given) == pytest.approx((0.7, 1.0))
    few = {"a": 0.2, "b": 0.3}
    assert chances.dependence_range(AND, few, few) == pytest.approx((0.0, 0.2))
    assert chances.dependence_range(OR, few, few) == pytest.approx((0.3, 0.5))


def test_any_dependence_is_at_least_as_wide_as_none(branch):
    cuts, ends = branch
    least, most = chances.probability_range(cuts, *ends)
    wide = chances.dependence_range(cuts, *ends)
    assert wide[0] <= least + 1e-9 and most <= wide[1] + 1e-9


def test_importance_lies_within_its_range(branch):
    cuts, (lows, highs) = branch
    found = chances.importance_ranges(cuts, lows, highs).set_index("event_id")
    rng = np.random.default_rng(1)
    for _ in range(50):
        some = {name: float(rng.uniform(lows[name], highs[name])) for name in lows}
        for name in lows:
            ends = [probability(cuts, some | {name: end}) for end in (1.0, 0.0)]
            assert found.loc[name, "birnbaum_low"] - 1e-9 <= ends[0] - ends[1]
            assert ends[0] - ends[1] <= found.loc[name, "birnbaum_high"] + 1e-9
    assert found.to_numpy().min() >= 0 and found.to_numpy().max() <= 1


def test_lenders_gone_is_counted_from_the_table_of_lenders():
    us = load_case("us_subprime")
    fates = (
        us.table("entity")
        .query("source_id == 'us-140'")["note"]
        .str.extract(r"fate by November 2008: (.*)$")[0]
    )
    gone = fates.str.startswith(("shut down", "bankrupt")).sum()
    changed = gone + fates.str.startswith(("seized", "bought", "wholesale unit shut")).sum()
    row = us.table("fault").set_index("event_id").loc["originator_gone"]
    assert (row["low"], row["high"]) == pytest.approx((gone / len(fates), changed / len(fates)))
    assert len(fates) == 25


def test_only_rows_with_a_chance_are_evidence():
    us = load_case("us_subprime")
    found = chances.chance_data(us, fault_tree(us.table("fault")))
    assert len(found) == 2
    assert pd.Series([row.grade for row in found]).eq("A").all()
