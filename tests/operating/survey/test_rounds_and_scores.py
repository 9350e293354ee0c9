"""Delphi, entropy weights, fuzzy evaluation, rankings, and the four methods."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy as shannon

from abscase.case import load_case
from abscase.errors import ChoiceError, ParameterFaults
from abscase.operating.survey import delphi, fuzzy, methods, ranking, weights
from abscase.operating.survey.register import of_case, register


def rounds(*columns):
    return {when: pd.DataFrame({"x": column}) for when, column in enumerate(columns, 1)}


def test_a_question_settles_when_answers_are_near_and_stay():
    told = delphi.settle(rounds([1, 3, 5], [3, 3, 4], [3, 3, 3]))
    assert told["median"].tolist() == [3, 3, 3]
    assert told["iqr"].tolist() == [2, 0.5, 0]
    assert told["settled"].tolist() == [False, True, True]


def test_a_median_that_moves_settles_nothing():
    told = delphi.settle(rounds([4, 4, 4], [3, 3, 3]))
    assert told["change"].tolist()[1] == 0.25 and not told["settled"].any()
    assert not delphi.settle(rounds([4, 4, 4]))["settled"].any(), "the first round settles nothing"


def test_one_stops_when_all_are_settled():
    both = pd.concat([delphi.settle(rounds([3, 3, 3], [3, 3, 3])),
                      delphi.settle(rounds([1, 3, 5], [1, 3, 5], [3, 3, 3]))])  # fmt: skip
    told = delphi.progress(both)
    assert told["share_settled"].tolist() == [0, 0.5, 1] and told["stop"].tolist() == [
        False, False, True
    ]  # fmt: skip


def test_entropy_by_scipy_and_at_its_ends():
    x = np.random.default_rng(1).random((6, 3))
    found, weight = weights.entropy(x)
    np.testing.assert_allclose(found, shannon(x, axis=0) / np.log(6))
    assert weight.sum() == pytest.approx(1)
    _, weight = weights.entropy([[1, 0], [1, 5]])
    assert weight.tolist() == [0, 1], "a criterion that tells nothing apart weighs nothing"
    assert weights.entropy(np.ones((3, 2)))[1].tolist() == [0.5, 0.5]
    with pytest.raises(ParameterFaults):
        weights.entropy([[0, 1], [0, 2]])


def test_memberships_are_shares_of_answers():
    ratings = pd.DataFrame({"a": [1, 1], "b": [3, 5], "c": [2, 2]})
    shares = fuzzy.memberships(ratings, pd.Series({"a": "U", "b": "U", "c": "I"}))
    assert shares.loc["U"].tolist() == [0.5, 0, 0.25, 0, 0.25]
    assert shares.loc["I"].tolist() == [0, 1, 0, 0, 0]


def test_the_two_operators_by_hand():
    shares = [[0.1, 0.2, 0.4, 0.2, 0.1], [0.5, 0.3, 0.2, 0, 0]]
    plain = fuzzy.evaluate([0.6, 0.4], shares, "weighted")
    np.testing.assert_allclose(plain.membership, [0.26, 0.24, 0.32, 0.12, 0.06])
    assert (plain.step, plain.score) == (3, pytest.approx(2.48))
    zadeh = fuzzy.evaluate([0.6, 0.4], shares, "maxmin")
    np.testing.assert_allclose(zadeh.membership, np.array([0.4, 0.3, 0.4, 0.2, 0.1]) / 1.4)
    assert zadeh.step == 1, "the lower of two that tie: the operators may name different steps"
    with pytest.raises(ChoiceError):
        fuzzy.evaluate([1.0], [shares[0]], "sum")
    with pytest.raises(ParameterFaults):
        fuzzy.evaluate([0.5, 0.4], shares, "weighted")


def test_dominance_by_hand_and_under_any_numbers():
    chance, impact = np.array([1, 2, 3, 3]), np.array([1, 3, 2, 3])
    assert ranking.dominance(chance, impact).tolist() == [-3, 0, 0, 3]
    bent = ranking.dominance(np.exp(chance), impact**5)
    assert bent.tolist() == [-3, 0, 0, 3]
    assert ranking.dominance([2, 2], [4, 4]).tolist() == [0, 0], "equals do not dominate"


def test_a_unanimous_panel_has_a_sure_ranking():
    scores = pd.DataFrame([[3, 1, 2]] * 4, columns=list("abc"))
    told = ranking.rank_intervals(scores, 50, 0.05, np.random.default_rng(1))
    assert told["item"].tolist() == ["a", "c", "b"]
    assert (told["rank_low"] == told["rank"]).all() and (told["rank_high"] == told["rank"]).all()
    assert told["first_share"].tolist() == [1, 0, 0]


def test_a_divided_panel_has_wide_intervals():
    scores = pd.DataFrame([[3, 2, 1], [1, 2, 3]] * 3, columns=list("abc"))
    told = ranking.rank_intervals(scores, 400, 0.05, np.random.default_rng(1))
    assert (told["rank"] == 2).all()
    wide = (told["rank_high"] - told["rank_low"]).to_numpy()
    assert wide[[0, 2]].tolist() == [2, 2] and wide[1] == 0


def fmea_of(*risks):
    steps, names = np.array(risks), list("abcd")[: len(risks)]
    questions = ("probability", "impact", "detectability")
    frames = [pd.DataFrame(steps[None, :, place], columns=names) for place in range(3)]
    return ranking.fmea(dict(zip(questions, frames, strict=True)))


def test_products_and_their_order():
    told = fmea_of([5, 5, 5], [1, 1, 1], [2, 3, 4])
    assert told["item"].tolist() == ["a", "c", "b"] and told["rpn"].tolist() == [125, 24, 1]
    assert ranking.disagreement(told) == {"incomparable": 0, "opposed": 0, "flipped": 0}


def test_the_order_of_products_hangs_on_the_numbers():
    # 1 x 5 is less than 2 x 3; numbered 1, 2, 4, 8, 16 it is 1 x 16 against 2 x 4.
    told = ranking.disagreement(fmea_of([1, 5, 1], [2, 3, 1]))
    assert told["incomparable"] == 1 and told["flipped"] == 1


@pytest.mark.parametrize("name", ["ant", "us_subprime"])
def test_every_method_scores_the_register(name):
    risks = of_case(name).set_index("risk_id")
    found = methods.scores(load_case(name), pd.Series(1.0, risks.index))
    assert tuple(found) == methods.METHODS and list(found.index) == list(risks.index)
    assert found["comparison"].notna().all() and found["survey"].notna().all()
    assert 5 < found["decomposition"].notna().sum() < len(risks)
    own = risks.index[~risks["cases"].str.contains(" ")]
    assert (found.loc[own, "comparison"] == 0).all()
    assert set(found["process"].dropna()) <= {0, 1, 2, 3}


def test_every_event_that_a_risk_stands_for_is_in_a_fault_tree():
    trees = pd.concat([load_case(name).table("fault") for name in ("ant", "us_subprime")])
    basic = set(trees.loc[trees["gate"] == "basic", "event_id"])
    named = {each for names in register()["faults"].dropna() for each in names.split()}
    assert named == basic


def test_the_mean_correlation_and_its_interval():
    table = pd.DataFrame({"survey": np.arange(20.0), "process": np.arange(20.0) ** 2})
    found = methods.mean_correlation(table, 50, 0.05, np.random.default_rng(1))
    assert found.value == pytest.approx(1) and found.low == pytest.approx(1)
    noise = np.random.default_rng(2).random((30, 3))
    wide = methods.mean_correlation(pd.DataFrame(noise), 200, 0.05, np.random.default_rng(3))
    assert wide.low < 0 < wide.high


def test_methods_are_correlated_over_what_they_share():
    scores = pd.DataFrame({"survey": [1, 2, 3, 4], "process": [1, 2, 3, np.nan],
                           "comparison": [4, 3, 2, 1], "decomposition": np.nan})  # fmt: skip
    told = methods.correlations(scores).set_index(["one", "other"])
    assert told.loc[("survey", "process"), "rho"] == pytest.approx(1)
    assert told.loc[("survey", "comparison"), "rho"] == pytest.approx(-1)
    assert told.loc[("survey", "process"), "risks"] == 3
    assert np.isnan(told.loc[("survey", "decomposition"), "rho"])


def test_thirds_of_each_ranking():
    scores = pd.DataFrame({"survey": [6.0, 5, 4, 3, 2, 1], "process": [1.0, 1, 1, np.nan, 2, 2]})
    told = methods.thirds(scores)
    assert told["survey"].tolist() == [1, 1, 2, 2, 3, 3]
    assert told["process"].tolist()[:3] == [3, 3, 3] and np.isnan(told["process"][3])
