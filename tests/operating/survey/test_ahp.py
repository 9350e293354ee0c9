"""Published examples, closed forms, and the advice on what to change."""

from fractions import Fraction

import numpy as np
import pytest

from abscase.errors import ChoiceError, ParameterFaults
from abscase.operating.survey import ahp


def matrix(text):
    return np.array([[float(Fraction(cell)) for cell in row.split()] for row in text.split("\n")])


# Saaty (1980), The Analytic Hierarchy Process: wealth of seven nations.
WEALTH = matrix("""1 4 9 6 6 5 5
1/4 1 7 5 5 3 4
1/9 1/7 1 1/5 1/5 1/7 1/5
1/6 1/5 5 1 1 1/3 1/3
1/6 1/5 5 1 1 1/3 1/3
1/5 1/3 7 3 3 1 2
1/5 1/4 5 3 3 1/2 1""")
# Saaty (1990), European Journal of Operational Research 48, 9-26: what matters in a house.
HOUSE = matrix("""1 5 3 7 6 6 1/3 1/4
1/5 1 1/3 5 3 3 1/5 1/7
1/3 3 1 6 3 4 6 1/5
1/7 1/5 1/6 1 1/3 1/4 1/7 1/8
1/6 1/3 1/3 3 1 1/2 1/5 1/6
1/6 1/3 1/4 4 2 1 1/5 1/6
3 5 1/6 7 5 5 1 1/2
4 7 5 8 6 6 2 1""")
HOUSE_NAMES = ["size", "bus", "area", "age", "yard", "modern", "state", "money"]


def test_the_wealth_of_nations():
    found = ahp.priorities(WEALTH)
    assert found.weights.round(3).tolist() == [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094]
    assert found.largest == pytest.approx(7.61, abs=0.005)
    assert found.ratio == pytest.approx(0.08, abs=0.005)


def test_the_house_and_its_most_inconsistent_comparison():
    found = ahp.priorities(HOUSE)
    assert found.weights.round(3).tolist() == [
        0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333
    ]  # fmt: skip
    assert found.largest == pytest.approx(9.669, abs=0.0005)
    assert found.ratio == pytest.approx(0.17, abs=0.005)
    first = ahp.what_to_change(HOUSE, HOUSE_NAMES).iloc[0]
    assert (first["pair"], first["given"], first["fitting"]) == ("area/state", 6, 0.5)
    assert first["ratio_after"] == pytest.approx(0.08, abs=0.005)


@pytest.mark.parametrize("n", range(1, 11))
def test_a_consistent_matrix_gives_back_its_weights(n):
    weights = np.arange(1, n + 1) / (n * (n + 1) / 2)
    found = ahp.priorities(weights[:, None] / weights)
    np.testing.assert_allclose(found.weights, weights)
    assert found.largest == pytest.approx(n)
    assert found.ratio == pytest.approx(0, abs=1e-12)


def test_three_elements_have_a_closed_form():
    a, b, c = 2.0, 8.0, 3.0  # a12, a13, a23
    cube = np.cbrt(b / (a * c))
    found = ahp.priorities([[1, a, b], [1 / a, 1, c], [1 / b, 1 / c, 1]])
    assert found.largest == pytest.approx(1 + cube + 1 / cube)
    means = np.cbrt([a * b, c / a, 1 / (b * c)])
    np.testing.assert_allclose(found.weights, means / means.sum())


def test_one_spoiled_comparison_is_found_and_mended():
    weights = np.array([1.0, 2.0, 4.0, 1.0, 2.0])
    spoiled = weights[:, None] / weights
    spoiled[1, 3], spoiled[3, 1] = 1 / 7, 7
    first = ahp.what_to_change(spoiled, list("abcde")).iloc[0]
    assert (first["pair"], first["fitting"]) == ("b/d", 2)
    assert first["ratio_after"] == pytest.approx(0, abs=1e-9)


def test_the_inconsistent_are_flagged_and_told_what_to_change():
    told = ahp.consistency({"a": np.ones((8, 8)), "b": HOUSE}, HOUSE_NAMES, 0.1)
    assert told["consistent"].tolist() == [True, False]
    assert told.loc[1, "pair"] == "area/state" and told["pair"].isna()[0]
    assert ahp.consistency({"b": HOUSE}, HOUSE_NAMES, 0.17)["consistent"].all()


@pytest.mark.parametrize("how", ahp.AGGREGATES)
def test_a_group_stays_reciprocal_and_unanimity_is_kept(how):
    rng = np.random.default_rng(3)
    upper = np.triu(np.exp(rng.normal(size=(4, 5, 5))), 1)
    each = [m + np.tril(1 / (m.T + (m.T == 0)), -1) + np.eye(5) for m in upper]
    found = ahp.group(each, how)
    np.testing.assert_allclose(found * found.T, 1)
    np.testing.assert_allclose(ahp.group([each[0]] * 3, how), each[0])


def test_mean_and_median_differ_where_one_stands_apart():
    even, odd = np.ones((2, 2)), np.array([[1, 8], [1 / 8, 1]])
    assert ahp.group([even, even, odd], "geomean")[0, 1] == pytest.approx(2)
    assert ahp.group([even, even, odd], "median")[0, 1] == 1


@pytest.mark.parametrize(
    "wrong", [[[1, 2], [2, 1]], [[1, -2], [-0.5, 1]], [[1, 2]], np.ones((11, 11))]
)
def test_what_is_no_matrix_of_comparisons_is_refused(wrong):
    with pytest.raises(ParameterFaults):
        ahp.priorities(wrong)


def test_another_aggregate_is_refused():
    with pytest.raises(ChoiceError, match="did you mean 'geomean'"):
        ahp.group([np.ones((2, 2))], "geomaen")
