"""Do loans bunch on one side of a cutoff? The test of a jump in the density of a score."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from abscase.errors import AbscaseError
from abscase.quality.design import complete
from abscase.quality.local_fit import inverse, powers, triangular
from abscase.ranges import INF, Array, require

BOUNDARY = 24 / 5
"""Variance constant of a local line with the triangular kernel at a boundary."""
RULE = 3.348
"""Bandwidth constant of the same."""
FEWEST_BINS = 6


@dataclass(frozen=True)
class DensityJump:
    """The jump of the density of a score at a cutoff.

    Attributes
    ----------
    estimate, se, lo, hi : float
        Log of the density just above the cutoff less that of the density just below.
    p_value : float
        Of the hypothesis that there is no jump.
    below, above : float
        The densities at the cutoff, loans per point of score and loan.
    bandwidth, bin_width : float
        Points of score.
    loans : int
        Loans with a score.
    bins : DataFrame
        ``score`` (middle of the bin), ``density``, and ``fitted`` (local line at that place, from
        loans of its own side), sorted by score.
    """

    cutoff: float
    estimate: float
    se: float
    lo: float
    hi: float
    p_value: float
    below: float
    above: float
    bandwidth: float
    bin_width: float
    loans: int
    bins: pd.DataFrame = field(repr=False)


def density_jump(
    loans: pd.DataFrame,
    *,
    cutoff: float,
    score: str = "score",
    bin_width: float | None = None,
    bandwidth: float | None = None,
    alpha: float = 0.05,
) -> DensityJump:
    r"""Return McCrary's test of bunching at a cutoff.

    Parameters
    ----------
    loans : DataFrame
        One row for each loan; rows with an empty score are left out.
    cutoff : float
        A loan with this score or a higher one is above.
    score : str
        The running variable.
    bin_width : float, optional
        Left out: :math:`2 \hat\sigma n^{-1/2}`, rounded up to whole steps where the score comes in
        steps (whole points), lest some bins hold more steps than others.
    bandwidth : float, optional
        Left out: the rule of thumb from a polynomial of order 4 on each side.
    alpha : float
        1 minus the confidence level.

    Raises
    ------
    DataFaults, ParameterFaults, AbscaseError
        Missing columns, widths not above 0, too few bins on a side, or no density at the cutoff.

    Notes
    -----
    Counts of bins, none of which straddles the cutoff, are smoothed by local lines with the
    triangular kernel on each side. With the densities at the cutoff,

    .. math:: \hat\theta = \ln \hat f^+ - \ln \hat f^-, \qquad
        \hat\sigma_\theta^2 = \frac{1}{nh} \frac{24}{5}
        \left(\frac{1}{\hat f^+} + \frac{1}{\hat f^-}\right)

    The test sees only net movement over the cutoff, and takes scores as independent. A quantity
    that heaps on round values for reasons of its own (LTV at 80 %) fails it without manipulation.

    References
    ----------
    McCrary, J. (2008). Manipulation of the running variable in the regression discontinuity design:
    a density test. *Journal of Econometrics* 142(2), 698-714.
    """
    require(alpha=(alpha, 1e-6, 0.5), **{
        name: (value, 1e-9, INF)
        for name, value in (("bin_width", bin_width), ("bandwidth", bandwidth)) if value is not None
    })  # fmt: skip
    frame, _ = complete(loans.assign(loans=1), [score], "loans")
    x = frame[score].to_numpy(dtype=float) - cutoff
    width = bin_width or _bin_width(x)
    middle, density = _histogram(x, width)
    sides = [middle < 0, middle > 0]
    if min(int(one.sum()) for one in sides) < FEWEST_BINS:
        raise AbscaseError(f"fewer than {FEWEST_BINS} bins of {width:g} points on a side of "
                           f"{cutoff:g}: take narrower bins or another cutoff")  # fmt: skip
    h = bandwidth or float(np.mean([_rule(middle[one], density[one]) for one in sides]))
    if any((np.abs(middle[one]) < h).sum() < 2 for one in sides):
        raise AbscaseError(f"a bandwidth of {h:g} holds fewer than 2 bins: take a wider one")
    below, above = (float(_line(middle[one], density[one], np.zeros(1), h)[0]) for one in sides)
    if min(below, above) <= 0:
        raise AbscaseError(f"no density on one side of {cutoff:g}: nothing to compare")
    estimate = float(np.log(above / below))
    se = float(np.sqrt(BOUNDARY / (len(x) * h) * (1 / above + 1 / below)))
    reach = float(stats.norm.isf(alpha / 2)) * se
    fitted = np.concatenate([_line(middle[one], density[one], middle[one], h) for one in sides])
    bins = pd.DataFrame({"score": middle + cutoff, "density": density, "fitted": fitted})
    return DensityJump(
        cutoff, estimate, se, estimate - reach, estimate + reach,
        2 * float(stats.norm.sf(abs(estimate) / se)), below, above, h, width, len(x), bins,
    )  # fmt: skip


def _bin_width(x: Array) -> float:
    width = 2 * float(np.std(x, ddof=1)) * len(x) ** -0.5
    gaps = np.diff(np.unique(x))
    step = float(gaps.min()) if len(gaps) else 0.0
    if step and np.allclose(gaps / step, np.round(gaps / step), rtol=0, atol=1e-6):
        return step * float(np.ceil(width / step))
    return width


def _histogram(x: Array, width: float) -> tuple[Array, Array]:
    """Return the middles of all bins from the lowest to the highest, and the density of each."""
    # A hair up, so that a score on the edge of a bin does not fall below it by rounding.
    place = np.floor(x / width + 1e-9).astype(int)
    first = int(place.min())
    counts = np.bincount(place - first)
    middle = np.arange(first, first + len(counts), dtype=float) * width + width / 2
    return middle, counts / (len(x) * width)


def _rule(middle: Array, density: Array) -> float:
    """Return the rule-of-thumb bandwidth of one side (McCrary 2008, section 3.2)."""
    reach = float(np.abs(middle).max())
    curve = np.polynomial.Polynomial.fit(middle, density, 4)
    noise = float(((density - curve(middle)) ** 2).sum() / (len(middle) - 5))
    bend = float((curve.deriv(2)(middle) ** 2).sum())
    span = float(np.ptp(middle))
    return min(RULE * (noise * span / bend) ** 0.2, reach) if bend else reach


def _line(middle: Array, density: Array, at: Array, h: float) -> Array:
    """Return the value of the local line at each place."""
    found = np.full(len(at), np.nan)
    for row, place in enumerate(at):
        away = middle - place
        weight = triangular(away, h)
        if (weight > 0).sum() > 1:
            found[row] = (powers(away, 1) * weight[:, None] @ inverse(away, weight, 1)[0]) @ density
    return found
