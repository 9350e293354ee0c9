"""Rankings of risks that no choice of numbers for the steps can change, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from abscase.ranges import require

Array = npt.NDArray[np.float64]
OTHER_STEPS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
"""Another set of numbers for the five steps: each twice the one before."""


def dominance(*criteria: npt.ArrayLike) -> Array:
    r"""Return for each item how many it dominates less how many dominate it.

    Parameters
    ----------
    *criteria : arrays of shape (..., n)
        The steps of n items, one array for each criterion; more is worse.

    Returns
    -------
    array of shape (..., n)
        Whole numbers from -(n - 1) to n - 1.

    Notes
    -----
    j dominates k where it is at least as high on every criterion and higher on one. Only the order
    of the steps enters: any numbers that keep it give the same result.

    Examples
    --------
    >>> dominance([1, 2, 2], [5, 5, 1]).tolist()
    [-1.0, 2.0, -1.0]
    """
    over = _over(*criteria)
    return (over.sum(axis=-1) - over.sum(axis=-2)).astype(float)


def _over(*criteria: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether item j dominates item k, shape (..., j, k)."""
    values = [np.asarray(each, dtype=float) for each in criteria]
    least = np.ones((*values[0].shape, values[0].shape[-1]), dtype=bool)
    more = np.zeros_like(least)
    for each in values:
        one, other = each[..., :, None], each[..., None, :]
        least &= one >= other
        more |= one > other
    return least & more


def upper_median(ratings: pd.DataFrame) -> pd.Series:
    """Return the panel's step for each risk: of an even panel the higher of the two middle ones.

    It is a step that somebody gave, on a scale that has no halves.
    """
    return ratings.quantile(0.5, interpolation="higher").astype(int)


def frontier(*criteria: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return which items nothing dominates, in the sense of `dominance`.

    >>> frontier([1, 2, 2], [5, 5, 1]).tolist()
    [False, True, False]
    """
    return np.logical_not(_over(*criteria).any(axis=-2))


def respondent_scores(ratings: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how each respondent orders the risks: dominance on probability and impact.

    Parameters
    ----------
    ratings : mapping of question to DataFrame
        A row for each respondent, a column for each risk.

    Returns
    -------
    DataFrame
        Of the same shape; higher is riskier.
    """
    chance = ratings["probability"]
    scores = dominance(chance.to_numpy(), ratings["impact"].to_numpy())
    return pd.DataFrame(scores, chance.index, chance.columns)


def rank_intervals(
    scores: pd.DataFrame, n_boot: int, alpha: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the panel's ranking with percentile intervals from a bootstrap over respondents.

    Parameters
    ----------
    scores : DataFrame
        A row for each respondent, a column for each risk; higher is riskier.
    n_boot : int
    alpha : float
        One minus the coverage of each interval.
    rng : Generator

    Returns
    -------
    DataFrame
        item, mean_rank (over respondents), rank (1 the riskiest, ties share the mean),
        rank_low, rank_high, first_share (of resamples in which it is the riskiest, alone or with
        others), by rank.
    """
    require(n_boot=(n_boot, 10, 1e6), alpha=(alpha, 0.001, 0.5))
    own = rankdata(-scores.to_numpy(float), axis=1)
    m = len(own)
    counts = rng.multinomial(m, np.full(m, 1 / m), n_boot)
    drawn = rankdata((counts @ own / m).round(9), axis=1)
    low, high = np.quantile(drawn, [alpha / 2, 1 - alpha / 2], axis=0)
    mean = own.mean(axis=0)
    rank = rankdata(mean.round(9))
    first = (drawn == drawn.min(axis=1, keepdims=True)).mean(axis=0)
    frame = pd.DataFrame({
        "item": scores.columns, "mean_rank": mean, "rank": rank,
        "rank_low": np.minimum(low, rank), "rank_high": np.maximum(high, rank),
        "first_share": first,
    })  # fmt: skip
    return frame.sort_values(["rank", "item"], ignore_index=True)


def fmea(ratings: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the risk priority number of each risk beside a ranking that needs no numbers.

    Parameters
    ----------
    ratings : mapping of question to DataFrame
        ``probability``, ``impact`` and ``detectability``; the panel's median step is taken.

    Returns
    -------
    DataFrame
        item, probability, impact, detectability (medians), rpn (their product), rpn_rank,
        dominance (on the three), dominance_rank, in the order of rpn. Rank 1 is the riskiest.

    Notes
    -----
    A product of steps is no measure: that 4 is twice 2 was never asked (Bowles 2003,
    *Annual Reliability and Maintainability Symposium*, 380-386). See `disagreement` for what that
    does to the order.
    """
    medians = {name: each.median(axis=0).to_numpy(float) for name, each in ratings.items()}
    frame = pd.DataFrame({"item": ratings["probability"].columns, **medians})
    frame["rpn"] = frame[list(medians)].prod(axis=1)
    frame["rpn_rank"] = rankdata(-frame["rpn"])
    frame["dominance"] = dominance(*medians.values())
    frame["dominance_rank"] = rankdata(-frame["dominance"])
    return frame.sort_values(["rpn_rank", "item"], ignore_index=True)


def disagreement(table: pd.DataFrame) -> dict[str, float]:
    """Return how far the order by risk priority number hangs on the numbers given to the steps.

    Parameters
    ----------
    table : DataFrame
        As `fmea` returns it.

    Returns
    -------
    dict
        Shares of all pairs of risks, decimals: ``incomparable``, each higher on one criterion, so
        that only numbers decide; ``opposed``, ordered one way by the product and the other way by
        dominance; ``flipped``, ordered the other way by the product if the five steps are numbered
        1, 2, 4, 8, 16.
    """
    steps = table[["probability", "impact", "detectability"]].to_numpy(float)
    i, j = np.triu_indices(len(table), 1)
    higher, lower = (steps[i] > steps[j]).any(axis=1), (steps[i] < steps[j]).any(axis=1)
    other = np.interp(steps, np.arange(1, 6), OTHER_STEPS).prod(axis=1)
    product, order = table["rpn"].to_numpy(float), table["dominance"].to_numpy(float)
    signs = [np.sign(each[i] - each[j]) for each in (product, order, other)]
    return {
        "incomparable": float((higher & lower).mean()),
        "opposed": float((signs[0] * signs[1] < 0).mean()),
        "flipped": float((signs[0] * signs[2] < 0).mean()),
    }
