"""How loans move between states: counts, the cohort matrix, the duration estimator, roll rates."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame
from scipy import linalg

from abscase.errors import DataFaults, Fault, ParameterFaults
from abscase.quality.states import ENDS, LAST_LIVE
from abscase.quality.tally import grouped, tally
from abscase.ranges import INF, require

ABSORBING = tuple(ENDS.values())


def transition_counts(panel: IntoFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many loans moved from each state to each state in one period.

    Parameters
    ----------
    panel : frame of any engine
        With ``previous_state`` and ``state``, whole numbers of any coding.
    by : sequence of str
        Columns of the panel to count by: ``("date",)`` for a matrix each period, ``("loan_id",)``
        for :func:`~abscase.quality.stationarity.matrix_bands` on a small tape.

    Returns
    -------
    DataFrame
        ``by``, ``previous_state``, ``state``, ``loans``; only moves that occur. A row without a
        known previous state (the first of a loan, or after a gap) is no move.
    """
    keys = [*by, "previous_state", "state"]
    return tally(panel, keys, keys, where=~nw.col("previous_state").is_null())


def count_matrix(counts: pd.DataFrame, states: Sequence[int] | None = None) -> pd.DataFrame:
    """Return the moves as a square matrix, summed over everything but the two states.

    Parameters
    ----------
    counts : DataFrame
        Result of :func:`transition_counts`.
    states : sequence of int, optional
        Codes to keep, in order; by default those that occur on either side.

    Raises
    ------
    DataFaults
        A state that occurs is not among ``states``.
    """
    seen = sorted({int(code) for code in (*counts["previous_state"], *counts["state"])})
    kept = seen if states is None else list(states)
    if lost := [code for code in seen if code not in kept]:
        allowed = ", ".join(str(code) for code in kept)
        raise DataFaults([Fault(f"is not among {allowed}", "state", str(code)) for code in lost])
    wide = counts.pivot_table("loans", "previous_state", "state", aggfunc="sum", fill_value=0)
    return wide.reindex(index=kept, columns=kept, fill_value=0).rename_axis(
        index="previous_state", columns="state"
    )


def transition_matrix(matrix: pd.DataFrame, absorbing: Sequence[int] = ABSORBING) -> pd.DataFrame:
    r"""Return the cohort estimate of the transition probabilities of one period.

    Parameters
    ----------
    matrix : DataFrame
        Square counts (or balances) from :func:`count_matrix`.
    absorbing : sequence of int
        States that no loan leaves: their row is 1 on the diagonal whatever was counted.

    Returns
    -------
    DataFrame
        Rows sum to 1; the row of a live state from which no move was seen is empty.

    Notes
    -----
    :math:`\hat p_{ij} = N_{ij}/\sum_k N_{ik}`, the maximum-likelihood estimate of a chain that is
    homogeneous in time and over loans.

    References
    ----------
    Anderson, T. W. and Goodman, L. A. (1957). Statistical inference about Markov chains. *Annals
    of Mathematical Statistics* 28(1), 89-110, equation 2.6.
    """
    totals = matrix.sum(axis=1)
    found = matrix.div(totals.where(totals > 0), axis=0)
    for code in set(absorbing) & set(found.index):
        found.loc[code] = (found.columns == code).astype(float)
    return found


def generator(
    matrix: pd.DataFrame, period_months: float = 1, absorbing: Sequence[int] = ABSORBING
) -> pd.DataFrame:
    r"""Return the duration estimate of the monthly transition intensities.

    Parameters
    ----------
    matrix : DataFrame
        Square counts from :func:`count_matrix`.
    period_months : float
        Length of a period, above 0.
    absorbing : sequence of int
        States that no loan leaves: their row is 0.

    Returns
    -------
    DataFrame
        Intensities a month; rows sum to 0, and the row of a live state from which no move was seen
        is empty.

    Notes
    -----
    :math:`\hat q_{ij} = N_{ij}/\int Y_i(s)\,ds` for :math:`i\ne j`, moves over time at risk. A
    panel shows the state at period ends only: a move is taken to fall in the middle of its period,
    so the time in :math:`i` is half the loans that begin a period there plus half of those that end
    one there. Two moves within a period count as one; where many loans move every period, as down a
    ladder of arrears, the cohort matrix is the better estimate.

    References
    ----------
    Lando, D. and Skødeberg, T. M. (2002). Analyzing rating transitions and rating drift with
    continuous observations. *Journal of Banking & Finance* 26(2-3), 423-444.
    """
    require(period_months=(period_months, np.nextafter(0, 1), INF))
    counts = matrix.to_numpy(dtype=float, copy=True)
    ends = np.isin(matrix.index, list(absorbing))
    counts[ends] = 0
    time = (counts.sum(axis=1) + counts.sum(axis=0)) / 2 * period_months
    left = counts.sum(axis=1) > 0
    rates = counts / np.where(left, time, np.nan)[:, None]
    np.fill_diagonal(rates, 0)
    np.fill_diagonal(rates, -rates.sum(axis=1))
    rates[ends] = 0
    return pd.DataFrame(rates, matrix.index, matrix.columns)


def transitions_after(intensities: pd.DataFrame, months: float) -> pd.DataFrame:
    r"""Return the transition probabilities over any number of months, :math:`P = e^{Qm}`.

    Parameters
    ----------
    intensities : DataFrame
        Result of :func:`generator`.
    months : float
        At least 0.

    Raises
    ------
    ParameterFaults
        A live state has no estimate, or ``months`` is negative.
    """
    require(months=(months, 0, INF))
    unknown = intensities.index[intensities.isna().any(axis=1)]
    if len(unknown):
        states = ", ".join(str(code) for code in unknown)
        raise ParameterFaults([f"no move was seen from state {states}; leave it out of the matrix"])
    found = linalg.expm(intensities.to_numpy() * months)
    return pd.DataFrame(found, intensities.index, intensities.columns)


def roll_rates(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return, for each live state, the shares that get worse, stay, get better and end.

    Parameters
    ----------
    counts : DataFrame
        Result of :func:`transition_counts`, in the codes of the schema.
    by : sequence of str
        Columns of ``counts`` to report by.

    Returns
    -------
    DataFrame
        ``by``, ``previous_state``, ``loans``; ``worse`` (a later bucket, or default), ``same``,
        ``better``, ``ended`` (prepaid or matured): decimals of the loans in ``previous_state``
        that sum to 1.
    """
    keys = [*by, "previous_state"]
    live = counts[counts["previous_state"] <= LAST_LIVE]
    ended = live["state"].isin([ENDS["prepaid"], ENDS["matured"]])
    step = (live["state"] - live["previous_state"]).clip(-1, 1).mask(ended, 2)
    wide = live[keys].assign(loans=live["loans"])
    for name, code in {"worse": 1, "same": 0, "better": -1, "ended": 2}.items():
        wide[name] = live["loans"].where(step == code, 0)
    table = grouped(wide, keys).sum().reset_index()
    shares = ["worse", "same", "better", "ended"]
    table[shares] = table[shares].div(table["loans"], axis=0)
    return table
