"""Regression discontinuity: does an outcome jump where a score crosses a cutoff?"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import stats

from abscase.errors import AbscaseError
from abscase.quality.design import complete
from abscase.quality.local_fit import EDGE, Side, best_bandwidths, boundary, side, slope
from abscase.ranges import INF, require

FEWEST_VALUES = 4


@dataclass(frozen=True)
class Jump:
    """The jump of an outcome at a cutoff.

    Attributes
    ----------
    estimate, se : float
        From local lines: the value just above the cutoff less that just below.
    corrected, robust_se, lo, hi, p_value : float
        The same less its estimated bias, with the standard error and interval that allow for it:
        these carry the inference.
    bandwidth, bias_bandwidth : float
        Reach of the lines and of the parabolas behind the bias, in points of the score.
    below, above, slope_below, slope_above : float
        The lines: their value at the cutoff and slope.
    loans_below, loans_above : int
        Loans within the bandwidth.
    """

    cutoff: float
    estimate: float
    se: float
    corrected: float
    robust_se: float
    lo: float
    hi: float
    p_value: float
    bandwidth: float
    bias_bandwidth: float
    below: float
    above: float
    slope_below: float
    slope_above: float
    loans_below: int
    loans_above: int


def jump(
    loans: pd.DataFrame,
    *,
    outcome: str,
    cutoff: float,
    score: str = "score",
    bandwidth: float | None = None,
    alpha: float = 0.05,
) -> Jump:
    r"""Return the jump of ``outcome`` where ``score`` reaches the cutoff (sharp design).

    Parameters
    ----------
    loans : DataFrame
        One row for each loan; rows with an empty score or outcome are left out.
    outcome : str
        Numeric or true/false: default within two years, or securitised.
    cutoff : float
        A loan with this score or a higher one is above.
    score : str
        The running variable.
    bandwidth : float, optional
        Points of score on each side, for lines and bias alike; left out, both are those of least
        mean square error.
    alpha : float
        1 minus the confidence level.

    Returns
    -------
    Jump

    Raises
    ------
    DataFaults, ParameterFaults, AbscaseError
        Missing columns, a bandwidth not above 0, or too few different scores on a side.

    Notes
    -----
    .. math:: \tau = \lim_{x \downarrow c} E[y \mid x] - \lim_{x \uparrow c} E[y \mid x]

    Local lines with the triangular kernel; variances from three nearest neighbours. Scores in whole
    points are few: the interval takes them as draws from a continuum, which holds for wide
    bandwidths only roughly (Kolesár and Rothe 2018).

    A jump is the effect of the cutoff only if nothing else jumps there. At FICO 620 lenders
    screened by a rule of thumb, whether or not loans were sold more easily (Bubb and Kaufman 2014):
    read it beside :func:`two_stages` and :func:`abscase.quality.density.density_jump`.

    References
    ----------
    Calonico, S., Cattaneo, M. D. and Titiunik, R. (2014). Robust nonparametric confidence intervals
    for regression-discontinuity designs. *Econometrica* 82(6), 2295-2326.
    Keys, B. J., Mukherjee, T., Seru, A. and Vig, V. (2010). Did securitization lead to lax
    screening? *Quarterly Journal of Economics* 125(1), 307-362.
    Bubb, R. and Kaufman, A. (2014). Securitization and moral hazard: evidence from credit score
    cutoff rules. *Journal of Monetary Economics* 63, 1-18.
    Kolesár, M. and Rothe, C. (2018). Inference in regression discontinuity designs with a discrete
    running variable. *American Economic Review* 108(8), 2277-2304.
    """
    require(alpha=(alpha, 1e-6, 0.5))
    if bandwidth is not None:
        require(bandwidth=(bandwidth, 1e-9, INF))
    frame, _ = complete(loans.assign(loans=1), [score, outcome], "loans")
    x = frame[score].to_numpy(dtype=float) - cutoff
    y = frame[outcome].to_numpy(dtype=float)
    below, above = side(x[x < 0], y[x < 0]), side(x[x >= 0], y[x >= 0])
    _refuse_few(below, above, score, cutoff, INF)
    h, b = (bandwidth, bandwidth) if bandwidth else best_bandwidths(below, above)
    _refuse_few(below, above, score, cutoff, h)
    left, variance_left, left_corrected, robust_left = boundary(below, h, b)
    right, variance_right, right_corrected, robust_right = boundary(above, h, b)
    corrected, robust_se = right_corrected - left_corrected, (robust_left + robust_right) ** 0.5
    width = float(stats.norm.isf(alpha / 2)) * robust_se
    # Without any noise near the cutoff a jump is sure, and so is none.
    chance = 2 * stats.norm.sf(abs(corrected) / robust_se) if robust_se else float(not corrected)
    return Jump(
        cutoff, right - left, (variance_left + variance_right) ** 0.5, corrected, robust_se,
        corrected - width, corrected + width, float(chance), h, b, left, right,
        slope(below, h), slope(above, h), _within(below, h), _within(above, h),
    )  # fmt: skip


def two_stages(
    loans: pd.DataFrame,
    *,
    treatment: str,
    outcome: str,
    cutoff: float,
    score: str = "score",
    bandwidth: float | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return the first stage and the reduced form: does treatment jump, and does the outcome?

    Where ``treatment`` (securitised) does not jump, a jump of ``outcome`` (default) says nothing
    of treatment, and the design identifies nothing.

    Parameters are those of :func:`jump`.

    Returns
    -------
    DataFrame
        ``stage`` ("first", "reduced"), ``variable``, and the fields of :class:`Jump`.
    """
    rows = []
    for stage, name in (("first", treatment), ("reduced", outcome)):
        found = jump(
            loans, outcome=name, cutoff=cutoff, score=score, bandwidth=bandwidth, alpha=alpha
        )
        rows.append({"stage": stage, "variable": name, **asdict(found)})
    return pd.DataFrame(rows)


def binned_means(
    loans: pd.DataFrame, *, outcome: str, cutoff: float, width: float, score: str = "score"
) -> pd.DataFrame:
    """Return the mean outcome in bins of the score, none of which straddles the cutoff.

    Returns
    -------
    DataFrame
        ``score`` (middle of the bin), ``loans``, ``mean``, ``se`` (of the mean; empty for one
        loan), sorted by score.
    """
    require(width=(width, 1e-9, INF))
    frame, _ = complete(loans.assign(loans=1), [score, outcome], "loans")
    middle = cutoff + width * (np.floor((frame[score].astype(float) - cutoff) / width) + 0.5)
    found = frame[outcome].astype(float).groupby(middle).agg(["size", "mean", "sem"])
    found.columns = ["loans", "mean", "se"]
    return found.rename_axis("score").reset_index()


def _within(found: Side, h: float) -> int:
    return int((np.abs(found.x) < h).sum())


def _refuse_few(below: Side, above: Side, score: str, cutoff: float, h: float) -> None:
    for place, found in (("below", below), ("from", above)):
        held = len(np.unique(found.x[np.abs(found.x) < h * EDGE]))
        if held < FEWEST_VALUES:
            reach = f" within {h:g} points" if np.isfinite(h) else ""
            raise AbscaseError(
                f"{held} different values of {score} {place} {cutoff:g}{reach}; lines and their "
                f"bias need {FEWEST_VALUES}: take a wider bandwidth or another cutoff"
            )
