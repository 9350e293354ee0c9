"""Nearness whatever is not known: bounds against every completion of the blanks."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from abscase.case import TITLES, load_case
from abscase.operating.process import likeness
from abscase.operating.process.design import Design, Scale, design, gower, random_weights

SCALES = (
    Scale("nominal", {"x": 0.0, "y": 1.0, "z": 2.0}),
    Scale("ordinal", {"low": 0.0, "middle": 1.0, "high": 2.0}),
    Scale("nominal", {"no": 0.0, "yes": 1.0}),
)
NAMES = ["case", "other", "one", "two"]


def made(rows):
    choices = pd.DataFrame(rows, index=["d0", "d1", "d2"], columns=NAMES, dtype=object)
    return Design(choices, SCALES, ("U", "S", "D"))


HOLES = made([["x", None, "x", "y"], ["low", "high", None, "middle"], [None, "yes", "no", "no"]])


def completions(given):
    """Every way to fill the blanks."""
    holes = [(row, place) for row, place in product(range(3), range(4))
             if given.choices.iloc[row, place] is None]  # fmt: skip
    for fill in product(*(SCALES[row].places for row, _ in holes)):
        choices = given.choices.copy()
        for (row, place), answer in zip(holes, fill, strict=True):
            choices.iloc[row, place] = answer
        yield Design(choices, SCALES, given.themes)


def gaps_of(given, weights):
    return [float(likeness.gap(gower(each.unlike(), weights), 0, 1, [2, 3]))
            for each in completions(given)]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_bounds_hold_every_completion_and_the_upper_one_is_reached(seed):
    weights = random_weights(3, 1, np.random.default_rng(seed))[0]
    least, most = likeness.gap_bounds(HOLES, "case", "other", ["one", "two"], weights)
    gaps = gaps_of(HOLES, weights)
    assert float(most) == pytest.approx(max(gaps))
    assert float(least) <= min(gaps) + 1e-12


def test_without_blanks_the_bounds_meet_in_the_gap():
    full = next(completions(HOLES))
    weights = np.full(3, 1 / 3)
    least, most = likeness.gap_bounds(full, "case", "other", ["one", "two"], weights)
    point = likeness.gap(gower(full.unlike(), weights), 0, 1, [2, 3])
    assert float(least) == pytest.approx(float(point)) == float(most)


def test_bounds_of_a_pair_hold_every_completion():
    weights = np.full(3, 1 / 3)
    least, most = likeness.pair_bounds(HOLES, weights)
    every = np.array([gower(each.unlike(), weights) for each in completions(HOLES)])
    assert least == pytest.approx(every.min(axis=0))
    assert most == pytest.approx(every.max(axis=0))


@pytest.fixture(scope="module")
def shipped():
    cases = [load_case(name) for name in TITLES]
    return cases, design(cases)


def test_estimates_lie_in_their_intervals_and_rest_on_no_assumption(shipped):
    found = likeness.estimates(*shipped, 500, np.random.default_rng(1))
    assert set(found) == {"S10b.gap", "S10b.nearest"}
    for each in found.values():
        assert each.low <= each.value <= each.high
        assert each.grade == "B" and all(row.grade != "C" for row in each.data)
    assert 0 <= found["S10b.nearest"].low <= found["S10b.nearest"].high <= 1


def test_leaving_one_out_is_the_distance_of_the_rest(shipped):
    _, built = shipped
    names, size = built.cases, len(built.scales)
    controls = [name for name in names if name not in ("ant", "us_subprime")]
    left = likeness.leave_one_out(built, "ant", "us_subprime", controls, np.ones(size))
    assert list(left["decision_id"]) == list(built.choices.index)
    weights = np.ones(size)
    weights[3] = 0  # a decision of no weight is a decision left out
    places = [names.index(name) for name in controls]
    distances = gower(built.unlike(), weights)
    found = likeness.gap(distances, names.index("ant"), names.index("us_subprime"), places)
    assert left.loc[3, "gap"] == pytest.approx(float(found))


def test_the_result_is_the_same_for_the_same_seed(shipped):
    one, other = (
        likeness.estimates(*shipped, 200, np.random.default_rng(5))["S10b.nearest"]
        for _ in range(2)
    )
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)


def test_pairs_are_listed_once_the_nearest_first(shipped):
    _, built = shipped
    unlike = built.unlike()
    pairs = likeness.neighbours(gower(unlike, np.ones(len(built.scales))), built.cases, unlike)
    assert len(pairs) == 10 and pairs["distance"].is_monotonic_increasing
    known = built.choices[["ant", "us_cards"]].notna().all(axis=1).sum()
    row = pairs[(pairs["case"] == "ant") & (pairs["other"] == "us_cards")].iloc[0]
    assert row["decisions"] == known
