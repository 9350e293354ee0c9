"""Gower's distance by hand and by its properties; the shipped table of decisions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from abscase.case import TITLES, load_case
from abscase.catalog import read_all
from abscase.errors import ChoiceError, DataFaults, ParameterFaults
from abscase.operating.process import design as module
from abscase.operating.process.design import Design, Scale, design, gower, theme_weights

# Three cases on a nominal, an ordinal and a numeric decision, as in Gower's own example.
THREE = Design(
    pd.DataFrame(
        [["red", "red", "blue"], ["low", "high", None], ["1", "3", "5"]],
        index=["colour", "rank", "size"], columns=["a", "b", "c"], dtype=object,
    ),
    (
        Scale("nominal", {"red": 0.0, "blue": 1.0}),
        Scale("ordinal", {"low": 0.0, "middle": 1.0, "high": 2.0}),
        Scale("number", {"1": 1.0, "3": 3.0, "5": 5.0}),
    ),
    ("U", "S", "S"),
)  # fmt: skip
EQUAL = np.full(3, 1 / 3)


@pytest.fixture(scope="module")
def cases():
    return [load_case(name) for name in TITLES]


@pytest.fixture(scope="module")
def built(cases):
    return design(cases)


def test_three_rows_by_hand():
    found = gower(THREE.unlike(), EQUAL)
    assert found[0, 1] == pytest.approx((0 + 1 + 0.5) / 3)
    assert found[0, 2] == pytest.approx((1 + 1) / 2), "the unknown rank does not count"
    assert found[1, 2] == pytest.approx((1 + 0.5) / 2)


def test_weights_by_hand():
    found = gower(THREE.unlike(), np.array([0.5, 0.25, 0.25]))
    assert found[0, 1] == pytest.approx(0.25 * 1 + 0.25 * 0.5)
    assert found[1, 2] == pytest.approx((0.5 * 1 + 0.25 * 0.5) / 0.75)


def test_scale_of_the_weights_does_not_matter():
    assert gower(THREE.unlike(), 7 * EQUAL) == pytest.approx(gower(THREE.unlike(), EQUAL))


def test_where_two_cases_share_nothing_the_distance_is_missing():
    found = gower(THREE.unlike(), np.array([0.0, 1.0, 0.0]))
    assert found[0, 1] == 1 and np.isnan(found[0, 2])


def test_shipped_distances_have_the_properties_of_a_distance(built):
    found = gower(built.unlike(), np.full(len(built.scales), 1.0))
    assert found == pytest.approx(found.T)
    assert np.diag(found) == pytest.approx(0)
    assert (found >= 0).all() and (found <= 1).all()


def test_many_weightings_at_once_are_as_one_by_one(built):
    some = module.random_weights(len(built.scales), 5, np.random.default_rng(2))
    together = gower(built.unlike(), some)
    for row, each in zip(together, some, strict=True):
        assert row == pytest.approx(gower(built.unlike(), each))


def test_random_weights_are_uniform_over_those_that_sum_to_one():
    """Dirichlet(1, .., 1): each mean 1/k, each variance (k-1) / (k^2 (k+1))."""
    some = module.random_weights(4, 20_000, np.random.default_rng(3))
    assert some.sum(axis=1) == pytest.approx(1)
    assert some.mean(axis=0) == pytest.approx(0.25, abs=0.005)
    assert some.var(axis=0) == pytest.approx(3 / (16 * 5), rel=0.05)


def test_every_case_answers_every_decision_or_says_that_it_is_not_known(cases):
    decisions = set(read_all("decision")["decision_id"])
    assert 20 <= len(decisions) <= 26
    for case in cases:
        rows = case.table("choice")
        assert set(rows["decision_id"]) == decisions and len(rows) == len(decisions)
        blank = rows[rows["option"].isna()]
        assert (blank["grade"] == "C").all() and (blank["how"] == "assumed").all()
        assert blank["note"].notna().all(), "a blank says what was not read"


def test_what_is_assumed_does_not_count(cases, built):
    rows = pd.concat([case.table("choice") for case in cases])
    told = (rows["option"].notna() & (rows["grade"] != "C")).sum()
    assert built.choices.notna().to_numpy().sum() == told


def frame_of(case, rows):
    class Own:
        def table(self, name):
            return rows if name == "choice" else case.table(name)

    return Own()


def test_a_missing_decision_and_a_strange_answer_are_all_named():
    case = load_case("ant")
    rows = case.table("choice")
    rows = rows[rows["decision_id"] != "pool"].copy()
    rows.loc[rows["decision_id"] == "coupon", "option"] = "wobbly"
    rows.loc[rows["decision_id"] == "classes", "option"] = "four"
    with pytest.raises(DataFaults) as caught:
        design([frame_of(case, rows)])
    text = str(caught.value)
    assert "pool" in text and "'wobbly' is not one of: fixed, floating" in text
    assert "'four' is not a number" in text


def test_theme_weights_are_shared_within_a_theme(tmp_path):
    path = tmp_path / "weights.csv"
    path.write_text("theme,weight\nU,3\nS,1\nR,9\n")
    found = theme_weights(path, THREE.themes)
    assert found == pytest.approx([0.75, 0.125, 0.125])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("theme,weight\nU,1\nR,1\n", "gives no weight for theme S"),
        ("theme,weight\nU,-1\nS,1\nR,1\n", "csv:2: weight: '-1' is not a number of at least 0"),
        ("theme,weight\nU,inf\nS,x\nR,1\n", "'inf' is not a number(.|\n)*'x' is not a number"),
        ("theme,weight\nU,1\nU,2\nS,1\nR,1\n", "csv:3: theme: 'U' is given twice"),
        ("theme,weight\nU,0\nS,0\nR,0\n", "every weight as 0"),
        ("group,weight\nU,1\n", "theme(.|\n)*needs this column"),
        ("", "is empty|holds no"),
    ],
)
def test_bad_files_of_weights_are_refused(tmp_path, text, says):
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(DataFaults, match=says):
        theme_weights(path, THREE.themes)


def test_weights_of_a_run(tmp_path):
    rng = np.random.default_rng(1)
    assert module.run_weights("equal", THREE, 9, rng) == pytest.approx(np.full((1, 3), 1 / 3))
    assert module.run_weights("random", THREE, 9, rng).shape == (9, 3)
    with pytest.raises(ParameterFaults, match="no such file"):
        module.run_weights("ahp", THREE, 9, rng, str(tmp_path / "none.csv"))
    with pytest.raises(ChoiceError, match="weights"):
        module.run_weights("equall", THREE, 9, rng)


def test_a_design_without_a_decision():
    assert list(THREE.without(1).choices.index) == ["colour", "size"]
    assert replace(THREE).cases == ["a", "b", "c"]


def test_a_file_of_weights_that_is_not_utf_8_is_a_fault(tmp_path):
    path = tmp_path / "w.csv"
    path.write_bytes("theme,weight\nU,1\n# 权重\n".encode("gbk"))
    with pytest.raises(DataFaults, match="UTF-8"):
        theme_weights(path, THREE.themes)
