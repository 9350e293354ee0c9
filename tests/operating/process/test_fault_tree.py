"""Cut sets against brute force, chances by hand, and trees that are none."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.errors import ChoiceError, DataFaults, ParameterFaults
from abscase.operating.process.fault_tree import (
    FaultTree,
    birnbaum,
    cut_sets,
    fault_tree,
    fussell_vesely,
    happens,
    importance,
    probability,
)

SHARED = FaultTree("top", {"top": ("or", ("g", "c")), "g": ("and", ("a", "b"))}, ("a", "b", "c"))


def table(rows):
    return pd.DataFrame(rows, columns=["event_id", "gate", "inputs"])


def all_states(events):
    grid = np.array(list(product((False, True), repeat=len(events))))
    return dict(zip(events, grid.T, strict=True))


def by_force(tree):
    """The minimal sets of events that bring about the top, from the whole truth table."""
    states = all_states(tree.basic)
    fires = happens(tree, states)
    sets = [
        frozenset(name for name in tree.basic if states[name][row]) for row in np.flatnonzero(fires)
    ]
    return {each for each in sets if not any(other < each for other in sets)}


def random_tree(rng):
    """Gates g0 .. gn, each over later gates and basic events, every one below the first."""
    gates, basic = int(rng.integers(2, 6)), [f"e{number}" for number in range(7)]
    made = {}
    for number in reversed(range(gates)):
        later = [f"g{each}" for each in range(number + 1, gates)]
        some = rng.choice(basic, size=int(rng.integers(1, 4)), replace=False).tolist()
        below = [f"g{number + 1}"] if later else []
        more = [each for each in later[1:] if rng.random() < 0.3]
        made[f"g{number}"] = (str(rng.choice(["and", "or"])), (*below, *more, *some))
    used = {each for _, inputs in made.values() for each in inputs}
    return FaultTree("g0", made, tuple(name for name in basic if name in used))


@pytest.mark.parametrize("seed", range(60))
def test_cut_sets_are_those_of_the_truth_table(seed):
    tree = random_tree(np.random.default_rng(seed))
    assert set(cut_sets(tree)) == by_force(tree)


@pytest.mark.parametrize("case", ["ant", "us_subprime"])
def test_cut_sets_of_the_shipped_trees(case):
    tree = fault_tree(load_case(case).table("fault"))
    found = cut_sets(tree)
    assert set(found) == by_force(tree)
    assert len(found) == {"ant": 5, "us_subprime": 7}[case]


@pytest.mark.parametrize("seed", range(20))
def test_probability_is_the_weight_of_the_states_in_which_the_top_happens(seed):
    rng = np.random.default_rng(seed)
    tree = random_tree(rng)
    chances = {name: float(rng.random()) for name in tree.basic}
    states = all_states(tree.basic)
    odds = [np.where(states[name], chances[name], 1 - chances[name]) for name in tree.basic]
    weight = np.prod(odds, axis=0)
    expected = weight[happens(tree, states)].sum()
    assert probability(cut_sets(tree), chances) == pytest.approx(expected, abs=1e-12)


def test_inclusion_and_exclusion_by_hand():
    chances = {"a": 0.5, "b": 0.4, "c": 0.1}
    assert probability(cut_sets(SHARED), chances) == pytest.approx(0.2 + 0.1 - 0.02)


def test_a_cause_that_two_cut_sets_share_is_counted_once():
    gates = {"top": ("or", ("g", "h")), "g": ("and", ("a", "b")), "h": ("and", ("a", "c"))}
    cuts = cut_sets(FaultTree("top", gates, ("a", "b", "c")))
    chances = {"a": 0.5, "b": 0.4, "c": 0.2}
    assert probability(cuts, chances) == pytest.approx(0.5 * (1 - 0.6 * 0.8))


def test_birnbaum_is_the_slope_of_the_probability():
    cuts, chances = cut_sets(SHARED), {"a": 0.5, "b": 0.4, "c": 0.1}
    found = birnbaum(cuts, chances)
    assert found == pytest.approx({"a": 0.4 * 0.9, "b": 0.5 * 0.9, "c": 1 - 0.2})
    step = 1e-6
    for name in chances:
        moved = probability(cuts, chances | {name: chances[name] + step})
        slope = (moved - probability(cuts, chances)) / step
        assert found[name] == pytest.approx(slope, rel=1e-6)


def test_fussell_vesely_by_hand():
    found = fussell_vesely(cut_sets(SHARED), {"a": 0.5, "b": 0.4, "c": 0.1})
    assert found == pytest.approx({"a": 0.2 / 0.28, "b": 0.2 / 0.28, "c": 0.1 / 0.28})
    with pytest.raises(DataFaults, match="no chance"):
        fussell_vesely(cut_sets(SHARED), dict.fromkeys("abc", 0.0))


def test_structural_importance_counts_the_states_that_hang_on_a_cause():
    tree = fault_tree(load_case("ant").table("fault"))
    found = importance(cut_sets(tree)).set_index("event_id")["structural"]
    for name in tree.basic:
        others = [each for each in tree.basic if each != name]
        states = all_states(others)
        size = 2 ** len(others)
        with_it = happens(tree, states | {name: np.ones(size, dtype=bool)})
        without = happens(tree, states | {name: np.zeros(size, dtype=bool)})
        assert found[name] == pytest.approx((with_it & ~without).mean())


def test_a_branch_is_a_tree():
    tree = fault_tree(load_case("us_subprime").table("fault")).below("not_caught")
    assert cut_sets(tree) == (frozenset({"not_sampled"}), frozenset({"waived"}))
    with pytest.raises(ChoiceError, match="gate of the fault tree"):
        tree.below("waived")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("t", "and", "a b"), ("a", "basic", None)], "no event of the tree.*|'b'"),
        ([("t", "or", None)], "needs inputs"),
        ([("t", "or", "g"), ("g", "or", "h"), ("h", "or", "g")], "causes itself"),
        ([("t", "or", "a"), ("a", "basic", None), ("s", "or", "a")], "found t, s"),
        ([("t", "xor", "a"), ("a", "basic", None)], "not one of: and, or"),
    ],
)
def test_what_is_no_tree_is_refused(rows, says):
    with pytest.raises(DataFaults, match=says):
        fault_tree(table(rows))


def test_chances_outside_their_range_and_too_many_sets_are_refused():
    with pytest.raises(ParameterFaults, match="c is 2"):
        probability(cut_sets(SHARED), {"a": 0.5, "b": 0.5, "c": 2})
    many = tuple(frozenset({f"e{number}"}) for number in range(21))
    with pytest.raises(ParameterFaults, match="number of cut sets"):
        probability(many, {f"e{number}": 0.1 for number in range(21)})
