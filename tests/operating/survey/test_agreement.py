"""Published examples of W and kappa, closed forms, and a second road to W."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import friedmanchisquare, spearmanr

from abscase.errors import NotEstimable, ParameterFaults
from abscase.operating.survey import agreement

# Siegel (1956), Nonparametric Statistics: three executives rank six applicants.
APPLICANTS = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
# Kendall, Rank Correlation Methods; Siegel and Castellan (1988): three rankings with ties.
TIED = [
    [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
    [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
    [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
]
# Fleiss (1971), Psychological Bulletin 76(5): six diagnoses of each of thirty patients.
FLEISS = """444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444
222333 144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224
111155 224444 133333 555555"""
DIAGNOSES = np.array([[int(sign) for sign in patient] for patient in FLEISS.split()]).T


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_published_concordances():
    assert agreement.kendall_w(APPLICANTS) == pytest.approx(0.162, abs=0.0005)
    assert agreement.kendall_w(TIED) == pytest.approx(0.828, abs=0.0005)


def test_same_rankings_agree_wholly_and_opposed_pairs_not_at_all():
    assert agreement.kendall_w([[1, 2, 3, 4]] * 5) == pytest.approx(1)
    assert agreement.kendall_w([[1, 1, 2, 3]] * 3) == pytest.approx(1), "ties shared by all"
    assert agreement.kendall_w([[1, 2, 3], [3, 2, 1]]) == pytest.approx(0)


def test_only_the_order_counts():
    scores = np.array(TIED)
    assert agreement.kendall_w(np.exp(scores)) == agreement.kendall_w(scores)


def test_second_road_by_the_mean_of_spearman(rng):
    scores = rng.permuted(np.tile(np.arange(9.0), (5, 1)), axis=1)
    rho = np.mean([spearmanr(one, other).statistic for one, other in combinations(scores, 2)])
    assert agreement.kendall_w(scores) == pytest.approx(1 / 5 + (1 - 1 / 5) * rho)


def test_third_road_by_friedman(rng):
    scores = rng.integers(1, 6, (7, 12))
    found = agreement.concordance(scores, rng, 200)
    other = friedmanchisquare(*scores.T)
    assert found.chi2 == pytest.approx(other.statistic)
    assert found.p_chi2 == pytest.approx(other.pvalue)


def test_small_panels_are_counted_exactly(rng):
    # Two rankings of three: 6 orders of the second, one of which is the first's own.
    found = agreement.concordance([[1, 2, 3], [1, 2, 3]], rng)
    assert found.exact and found.p_permutation == pytest.approx(1 / 6)
    # Kendall's table: m = 3, n = 3, S = 18 (W = 1) has probability 1/36 = 0.028.
    found = agreement.concordance([[1, 2, 3]] * 3, rng)
    assert found.p_permutation == pytest.approx(1 / 36)


def test_drawn_orders_agree_with_counted_ones(rng, monkeypatch):
    scores = [[1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4]]
    exact = agreement.concordance(scores, rng)
    monkeypatch.setattr(agreement, "EXACT_MOST", 0)
    drawn = agreement.concordance(scores, rng, 4000)
    assert exact.exact and not drawn.exact
    assert drawn.p_permutation == pytest.approx(exact.p_permutation, abs=0.03)


def test_respondents_by_lot_do_not_agree(rng):
    p = [agreement.concordance(rng.random((4, 8)), rng, 200).p_permutation for _ in range(60)]
    assert 0.3 < np.mean(p) < 0.7


def test_the_interval_covers_and_does_not_count_self_agreement(rng):
    flat = rng.random((8, 30))
    found = agreement.w_interval(flat, 400, 0.05, rng)
    assert found.low <= found.value <= found.high
    assert found.high < 0.35, "a plain bootstrap of W would be pushed up by doubled respondents"
    same = agreement.w_interval([[1, 2, 3, 4]] * 4, 100, 0.05, rng)
    assert (same.low, same.high) == (pytest.approx(1), pytest.approx(1))


def test_published_kappa(rng):
    found = agreement.kappa(DIAGNOSES, 300, 0.05, rng)
    assert found.value == pytest.approx(0.430, abs=0.0005)
    # The standard error of Fleiss, Nee and Landis is about 0.024 under chance alone.
    assert 0.25 < found.low < 0.40 and 0.46 < found.high < 0.60


def test_full_agreement_is_one(rng):
    found = agreement.kappa([[1, 2, 3, 4, 5]] * 3, 50, 0.05, rng)
    assert found.value == pytest.approx(1) and found.high == pytest.approx(1)


@pytest.mark.parametrize("wrong", [[[1, 2, 3]], [[1], [2]], [[1, 2], [1, np.nan]], [[1, 1]] * 3])
def test_what_is_no_ranking_is_refused(wrong):
    with pytest.raises(NotEstimable):
        agreement.kendall_w(wrong)


def test_too_few_for_an_interval_or_a_kappa(rng):
    with pytest.raises(NotEstimable, match="at least 3"):
        agreement.w_interval([[1, 2], [2, 1]], 100, 0.05, rng)
    with pytest.raises(NotEstimable, match="every answer is the same"):
        agreement.kappa([[3, 3], [3, 3]], 100, 0.05, rng)
    with pytest.raises(ParameterFaults, match="n_boot"):
        agreement.kappa(DIAGNOSES, 1, 0.05, rng)
