"""Do the experts agree? Kendall's W of rankings and Fleiss' kappa of ratings, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, rankdata
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from abscase.errors import NotEstimable
from abscase.ranges import require

Array = npt.NDArray[np.float64]
EXACT_MOST = 50_000  # orderings that are counted one by one rather than drawn


@dataclass(frozen=True)
class Concordance:
    """Kendall's W with its tests; ``exact`` says whether every ordering was counted."""

    w: float
    chi2: float
    dof: int
    p_chi2: float
    p_permutation: float
    exact: bool
    respondents: int
    items: int


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its interval."""

    value: float
    low: float
    high: float


def kendall_w(scores: npt.ArrayLike) -> float:
    r"""Return Kendall's coefficient of concordance, corrected for ties.

    Parameters
    ----------
    scores : array of shape (m, n)
        What each of m respondents gives to each of n items; only its order counts.

    Returns
    -------
    float
        From 0 (no agreement) to 1 (the same order by all).

    Notes
    -----
    With mid-ranks, :math:`W = 12 S / (m^2 (n^3 - n) - m \sum_j T_j)`, where S is the sum of squares
    of the rank sums about their mean and :math:`T_j = \sum (t^3 - t)` over the ties of respondent j
    (Kendall and Babington Smith 1939, *Annals of Mathematical Statistics* 10(3)).

    Raises
    ------
    NotEstimable
        Fewer than two respondents or items, a value that is missing, or nobody tells any two apart.
    """
    return float(_concordance(_ranks(scores)[None])[0])


def concordance(
    scores: npt.ArrayLike, rng: np.random.Generator, draws: int = 10_000
) -> Concordance:
    r"""Return Kendall's W with the test that the respondents answer independently.

    Parameters
    ----------
    scores : array of shape (m, n)
        As in `kendall_w`.
    rng : Generator
    draws : int
        Random orderings where there are too many to count them all.

    Notes
    -----
    :math:`\chi^2 = m (n - 1) W` with n - 1 degrees of freedom is good for n above 7. The
    permutation test shuffles the ranks of each respondent and is good for any m and n; with draws,
    the observed ordering counts as one of them.
    """
    ranks = _ranks(scores)
    m, n = ranks.shape
    w = float(_concordance(ranks[None])[0])
    statistic = m * (n - 1) * w
    exact = math.factorial(n) ** (m - 1) <= EXACT_MOST
    shuffled = _all_orders(ranks) if exact else _random_orders(ranks, draws, rng)
    least = w - 1e-12
    reached = int((_concordance(shuffled) >= least).sum())
    p = reached / len(shuffled) if exact else (reached + 1) / (draws + 1)
    return Concordance(w, statistic, n - 1, float(chi2.sf(statistic, n - 1)), p, exact, m, n)


def w_interval(
    scores: npt.ArrayLike, n_boot: int, alpha: float, rng: np.random.Generator
) -> Interval:
    r"""Return Kendall's W with a percentile interval from a bootstrap over respondents.

    Parameters
    ----------
    scores : array of shape (m, n)
        As in `kendall_w`, m from 3.
    n_boot : int
    alpha : float
        One minus the coverage.
    rng : Generator

    Notes
    -----
    A respondent drawn twice would agree with itself and push W up. So the bootstrap is that of the
    mean agreement between *different* respondents, :math:`\bar r`, the covariance of their ranks
    over the mean variance, and :math:`W = 1/m + (1 - 1/m)\,\bar r`, which is Kendall's W exactly;
    without ties :math:`\bar r` is the mean of Spearman's correlations.
    """
    require(n_boot=(n_boot, 10, 1e6), alpha=(alpha, 0.001, 0.5))
    ranks = _ranks(scores)
    m = len(ranks)
    if m < 3:
        raise NotEstimable(f"{m} respondents give no interval; ask at least 3")
    shared = np.cov(ranks, bias=True)
    counts = rng.multinomial(m, np.full(m, 1 / m), n_boot).astype(float)
    own = np.diag(shared)
    cross = np.einsum("bi,ij,bj->b", counts, shared, counts) - (counts**2) @ own
    pairs = m**2 - (counts**2).sum(axis=1)
    kept = pairs > 0  # a sample of one respondent only says nothing of agreement
    mean = (cross[kept] / pairs[kept]) / ((counts[kept] @ own) / m)
    drawn = 1 / m + (1 - 1 / m) * mean
    low, high = np.quantile(drawn, [alpha / 2, 1 - alpha / 2])
    value = kendall_w(scores)
    return Interval(value, min(float(low), value), max(float(high), value))


def kappa(ratings: npt.ArrayLike, n_boot: int, alpha: float, rng: np.random.Generator) -> Interval:
    r"""Return Fleiss' kappa with a percentile interval from a bootstrap over items.

    Parameters
    ----------
    ratings : array of shape (m, n)
        The category that each of m respondents puts each of n items in, whole numbers.
    n_boot, alpha, rng
        As in `w_interval`; items are redrawn and not respondents, who would agree with themselves.

    Returns
    -------
    Interval
        1 is full agreement, 0 what chance gives, below 0 less than that.

    Notes
    -----
    :math:`\kappa = (\bar P - \bar P_e)/(1 - \bar P_e)` with :math:`\bar P` the share of pairs of
    respondents who agree on an item and :math:`\bar P_e` that of pairs who would by chance
    (Fleiss 1971, *Psychological Bulletin* 76(5)). Categories count as names: 4 beside 5 is as far
    apart as 1 beside 5.
    """
    require(n_boot=(n_boot, 10, 1e6), alpha=(alpha, 0.001, 0.5))
    given = np.asarray(ratings, dtype=int)
    if given.ndim != 2 or min(given.shape) < 2:
        raise NotEstimable("kappa needs at least 2 respondents and 2 items")
    table = aggregate_raters(given.T)[0]
    if table.shape[1] < 2:
        raise NotEstimable("every answer is the same: kappa has no chance to compare with")
    value = float(fleiss_kappa(table))
    picks = rng.integers(len(table), size=(n_boot, len(table)))
    drawn = [_plain_kappa(table[pick]) for pick in picks]
    low, high = np.nanquantile(drawn, [alpha / 2, 1 - alpha / 2])
    return Interval(value, min(float(low), value), max(float(high), value))


def _plain_kappa(table: npt.NDArray[np.int_]) -> float:
    """Kappa of a resample, or nan where all its answers are the same."""
    return float(fleiss_kappa(table)) if (table.sum(axis=0) > 0).sum() > 1 else math.nan


def _ranks(scores: npt.ArrayLike) -> Array:
    given = np.asarray(scores, dtype=float)
    if given.ndim != 2 or min(given.shape) < 2 or not np.isfinite(given).all():
        raise NotEstimable("a ranking needs at least 2 respondents and 2 items, and every answer")
    if (given == given[:, :1]).all():
        raise NotEstimable("nobody tells any two items apart: there is no ranking to compare")
    ranks: Array = rankdata(given, axis=1)
    return ranks


def _concordance(ranks: Array) -> Array:
    """W of each of a stack of rankings, shape (b, m, n)."""
    m, n = ranks.shape[1:]
    squares = ((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum(axis=1)
    # (n^3 - n - T_j) / 12 is the sum of squares of a respondent's mid-ranks about their mean.
    own = ((ranks - (n + 1) / 2) ** 2).sum(axis=(1, 2))
    found: Array = squares / (m * own)
    return found


def _all_orders(ranks: Array) -> Array:
    """Every ordering of the other respondents' ranks beside the first respondent's."""
    orders = [[list(each) for each in permutations(row)] for row in ranks[1:]]
    return np.array([[ranks[0], *rest] for rest in product(*orders)], dtype=float)


def _random_orders(ranks: Array, draws: int, rng: np.random.Generator) -> Array:
    return rng.permuted(np.broadcast_to(ranks, (draws, *ranks.shape)), axis=2)
