"""How sure a transition matrix is, and whether it stays the same from period to period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, stats

from abscase.errors import ParameterFaults
from abscase.quality.transitions import ABSORBING, count_matrix, transition_matrix
from abscase.ranges import require


@dataclass(frozen=True)
class Homogeneity:
    """Result of the test that all periods share one transition matrix.

    Attributes
    ----------
    statistic, df, p_value : float, int, float
        Likelihood ratio, its degrees of freedom, chi-squared upper tail.
    distance : float
        Mean over loans of the total variation distance between the row of their period and the
        common row, in [0, 1]: how large the differences are, where the test only says whether
        chance explains them. Large panels reject for differences that do not matter.
    thin_share : float
        Share of the cells with fewer than five expected loans, in [0, 1]; where it is large, the
        chi-squared approximation is poor.
    """

    statistic: float
    df: int
    p_value: float
    distance: float
    thin_share: float


def homogeneity(
    counts: pd.DataFrame, over: str = "date", absorbing: Sequence[int] = ABSORBING
) -> Homogeneity:
    r"""Test whether the transition matrix is the same in every period (or segment).

    Parameters
    ----------
    counts : DataFrame
        Result of :func:`~abscase.quality.transitions.transition_counts` by ``over``.
    over : str
        The column whose values are compared.
    absorbing : sequence of int
        States whose rows say nothing and are left out.

    Raises
    ------
    ParameterFaults
        Fewer than two periods have moves.

    Notes
    -----
    :math:`\Lambda = 2\sum_t\sum_{ij} N_{ijt}\ln(\hat p_{ijt}/\hat p_{ij})` with
    :math:`\sum_i (T_i-1)(m_i-1)` degrees of freedom, :math:`T_i` the periods in which state i is
    occupied and :math:`m_i` the states reached from it: cells never seen take none.

    References
    ----------
    Anderson, T. W. and Goodman, L. A. (1957). Statistical inference about Markov chains. *Annals
    of Mathematical Statistics* 28(1), 89-110, section 3.2.
    """
    live = counts[~counts["previous_state"].isin(list(absorbing))]
    cube = _cube(live, over)
    if len(cube) < 2:
        raise ParameterFaults([f"{over} has {len(cube)} value with moves; give two or more"])
    loans, rows = cube.sum(axis=2, keepdims=True), cube.sum(axis=0)
    common = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)
    expected = loans * common
    there = cube > 0
    statistic = 2 * float((cube[there] * np.log(cube[there] / expected[there])).sum())
    periods, reached = (loans[..., 0] > 0).sum(axis=0), (rows > 0).sum(axis=1)
    df = int(((periods - 1) * (reached - 1))[periods > 0].sum())
    possible = expected > 0
    return Homogeneity(
        statistic, df, float(stats.chi2.sf(statistic, df)) if df else 1.0,
        float(np.abs(cube - expected).sum() / 2 / cube.sum()),
        float((expected[possible] < 5).mean()),
    )  # fmt: skip


def _cube(counts: pd.DataFrame, over: str) -> npt.NDArray[np.float64]:
    """Counts as an array of shape (periods, states, states)."""
    period, _ = pd.factorize(counts[over])
    codes = pd.unique(counts[["previous_state", "state"]].to_numpy().ravel())
    place = pd.Series(range(len(codes)), codes)
    cube = np.zeros((int(period.max(initial=-1)) + 1, len(codes), len(codes)))
    where = period, place[counts["previous_state"]].to_numpy(), place[counts["state"]].to_numpy()
    np.add.at(cube, where, counts["loans"].to_numpy(dtype=float))
    return cube


def matrix_bands(
    counts: pd.DataFrame,
    cluster: str,
    rng: np.random.Generator,
    n_boot: int = 1000,
    alpha: float = 0.05,
    absorbing: Sequence[int] = ABSORBING,
) -> pd.DataFrame:
    """Return the cohort matrix with bootstrap bands.

    Parameters
    ----------
    counts : DataFrame
        Result of :func:`~abscase.quality.transitions.transition_counts` by ``cluster``.
    cluster : str
        What is drawn with replacement, whole: "date" carries the shocks that loans share in a
        period and suits long panels; "loan_id" carries only chance among loans.
    rng : Generator
        Source of the draws.
    n_boot : int
        Number of draws, 2 to 100,000.
    alpha : float
        1 less the coverage, in [0.001, 0.5].
    absorbing : sequence of int
        As in :func:`~abscase.quality.transitions.transition_matrix`.

    Returns
    -------
    DataFrame
        ``previous_state``, ``state``, ``probability``, ``lo``, ``hi``: percentile bands of the
        rows of live states. A draw in which a state is not occupied says nothing of its row.

    References
    ----------
    Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their Application*, sections
    3.8 and 5.3.
    """
    require(n_boot=(n_boot, 2, 100_000), alpha=(alpha, 0.001, 0.5))
    whole = count_matrix(counts)
    cells = pd.MultiIndex.from_product([whole.index, whole.columns])
    pairs = pd.MultiIndex.from_frame(counts[["previous_state", "state"]])
    cluster_code, names = pd.factorize(counts[cluster])
    table = sparse.csr_array(
        (counts["loans"].to_numpy(dtype=float), (cluster_code, cells.get_indexer(pairs))),
        shape=(len(names), len(cells)),
    )
    draws = np.empty((n_boot, *whole.shape))
    for number in range(n_boot):
        drawn = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
        draws[number] = (drawn @ table).reshape(whole.shape)
    loans = draws.sum(axis=2, keepdims=True)
    draws = np.divide(draws, loans, out=np.full(draws.shape, np.nan), where=loans > 0)
    live = ~whole.index.isin(list(absorbing)) & (whole.sum(axis=1) > 0)
    lo, hi = np.nanquantile(draws[:, live], [alpha / 2, 1 - alpha / 2], axis=0)
    best = transition_matrix(whole, absorbing)[live]
    cell = pd.MultiIndex.from_product([best.index, best.columns])
    found = {"probability": best.to_numpy().ravel(), "lo": lo.ravel(), "hi": hi.ravel()}
    return pd.DataFrame(found, cell).reset_index()
