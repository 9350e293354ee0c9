"""From a stock of bad loans to a flow, and from a final outcome to a flow: one scale for both.

The share of a balance that is 90 days late says little about how many loans go bad: a loan stays in
that bucket until it is written off, and the balance grows meanwhile. The share of a closed pool
that was lost in the end adds up years. The monthly flow into default can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from abscase.errors import ParameterFaults
from abscase.quality.speeds import yearly_rate
from abscase.ranges import INF, Array, require

FIRST_AGE = 4
"""Age in months at which a loan that is never paid enters the 90+ bucket: its first instalment
falls due after one month, and is 90 days late three months on."""
LONGEST, GROWTH = 600, (-0.5, 1.0)


def stock_per_flow(residence_months: npt.ArrayLike, growth: npt.ArrayLike = 0.0) -> Array:
    r"""Return the 90+ stock, as a share of the balance, that a flow of 1 a month keeps up.

    Parameters
    ----------
    residence_months : float or array
        W, months that a loan stays in the bucket before it is written off, above 0 to 600.
    growth : float or array
        g, growth of the balance a month, decimal in [-0.5, 1].

    Returns
    -------
    float or array
        Months; W itself where the balance does not grow.

    Notes
    -----
    :math:`\sum_{a=4}^{3+W}(1+g)^{-a}`, for W between whole months its closed form
    :math:`(1+g)^{-4}\,(1-(1+g)^{-W})/(1-(1+g)^{-1})`.

    >>> round(float(stock_per_flow(3, 0.04)), 4)
    2.467
    """
    require(
        residence_months=(residence_months, np.nextafter(0, 1), LONGEST), growth=(growth, *GROWTH)
    )
    months = np.asarray(residence_months, dtype=float)
    log_step = np.log1p(np.asarray(growth, dtype=float))
    still = log_step == 0
    safe = np.where(still, 1.0, log_step)
    terms = np.where(still, months, np.expm1(-months * safe) / np.expm1(-safe))
    return (terms * np.exp(-FIRST_AGE * log_step))[()]


def flow_from_stock(
    stock_rate: npt.ArrayLike, residence_months: npt.ArrayLike, growth: npt.ArrayLike = 0.0
) -> Array:
    r"""Return the monthly flow into 90+ behind a stock of 90+.

    Parameters
    ----------
    stock_rate : float or array
        Balance 90 or more days late over the balance, decimal in [0, 1].
    residence_months, growth : float or array
        As in :func:`stock_per_flow`.

    Returns
    -------
    float or array
        Share of a month's balance that goes 90 days late, decimal a month.

    Notes
    -----
    :math:`\lambda = D^{90}\big/\sum_{a=4}^{3+W}(1+g)^{-a}`: in a steady state the bucket holds the
    bad loans of the balances of 4 to 3 + W months ago.

    >>> round(float(flow_from_stock(0.0105, 3)), 6)
    0.0035
    >>> round(float(flow_from_stock(0.0105, 9)), 6)
    0.001167
    """
    require(stock_rate=(stock_rate, 0, 1))
    return np.asarray(stock_rate, dtype=float) / stock_per_flow(residence_months, growth)


def stock_from_flow(
    flow: npt.ArrayLike, residence_months: npt.ArrayLike, growth: npt.ArrayLike = 0.0
) -> Array:
    """Return the 90+ stock that a monthly flow keeps up: the inverse of :func:`flow_from_stock`."""
    require(flow=(flow, 0, 1))
    return np.asarray(flow, dtype=float) * stock_per_flow(residence_months, growth)


def flow_interval(
    stock_rate: float, residence_months: tuple[float, float], growth: tuple[float, float]
) -> tuple[float, float]:
    """Return the least and the largest monthly flow that a stock allows.

    Parameters
    ----------
    stock_rate : float
        As in :func:`flow_from_stock`.
    residence_months, growth : (float, float)
        Least and largest value held possible.

    Returns
    -------
    (float, float)
        Bounds, not a confidence interval: nothing is said of what lies between.

    Notes
    -----
    The flow falls with the time in the bucket and rises with growth, so the corners are bounds.

    >>> [round(bound, 6) for bound in flow_interval(0.0105, (3, 9), (0, 0.04))]
    [0.001167, 0.004256]
    """
    for name, (low, high) in {"residence_months": residence_months, "growth": growth}.items():
        if not low <= high:
            raise ParameterFaults([f"{name} runs from {low:g} to {high:g}; give the least first"])
    least = flow_from_stock(stock_rate, residence_months[1], growth[0])
    return float(least), float(flow_from_stock(stock_rate, residence_months[0], growth[1]))


def flow_grid(
    stock_rate: float, residence_months: Sequence[float], growth: Sequence[float]
) -> pd.DataFrame:
    """Return the flow for every pair of residence and growth.

    Returns
    -------
    DataFrame
        ``residence_months``, ``growth``, ``flow`` (decimal a month), ``flow_yearly`` (decimal a
        year, :func:`~abscase.quality.speeds.yearly_rate` of it).
    """
    months, rates = np.meshgrid(residence_months, growth, indexing="ij")
    table = pd.DataFrame({"residence_months": months.ravel(), "growth": rates.ravel()})
    table["flow"] = flow_from_stock(stock_rate, table["residence_months"], table["growth"])
    return table.assign(flow_yearly=yearly_rate(table["flow"]))


@dataclass(frozen=True)
class CauseHazards:
    """Constant hazards of a closed pool, a month; ``lo`` and ``hi`` bound ``lost``."""

    lost: float
    other: float
    lost_se: float
    lo: float
    hi: float


def cause_hazards(
    lost: int, other: int, active: int, months: float, alpha: float = 0.05
) -> CauseHazards:
    r"""Return the constant monthly hazards that lead to an outcome of a closed pool.

    Parameters
    ----------
    lost, other, active : int
        Loans lost, gone otherwise (repaid, refinanced, sold) and still there at the end; the first
        and the last at least 1.
    months : float
        Months from start to end, above 0.
    alpha : float
        1 less the coverage of the bounds, in [0.001, 0.5].

    Returns
    -------
    CauseHazards
        Intensities a month; :func:`hazard_to_probability` makes them a share.

    Raises
    ------
    ParameterFaults
        With nobody lost or nobody left no constant hazard is identified, or a number is negative.

    Notes
    -----
    :math:`\lambda_k = \frac{-\ln S}{T}\,\frac{F_k}{1-S}`, with the share S still there and
    :math:`F_k` gone by cause k after T months. Bounds by the delta method on the multinomial
    shares, on the log scale; they hold chance among independent loans only, not the common shock.
    That the hazard is constant is an assumption: true ones rise and fall.

    >>> round(cause_hazards(88, 69, 24, 48).lost, 4)
    0.0236
    """
    require(lost=(lost, 1, INF), other=(other, 0, INF), active=(active, 1, INF),
            months=(months, np.nextafter(0, 1), INF), alpha=(alpha, 0.001, 0.5))  # fmt: skip
    loans = lost + other + active
    gone_lost, left = lost / loans, active / loans
    total = -np.log(left) / months
    hazard = total * gone_lost / (1 - left)
    by_lost = total / (1 - left)
    by_left = gone_lost / months * (-1 / (left * (1 - left)) - np.log(left) / (1 - left) ** 2)
    variance = (
        by_lost**2 * gone_lost * (1 - gone_lost) + by_left**2 * left * (1 - left)
        - 2 * by_lost * by_left * gone_lost * left
    ) / loans  # fmt: skip
    se = float(np.sqrt(variance))
    factor = np.exp(stats.norm.isf(alpha / 2) * se / hazard)
    return CauseHazards(float(hazard), float(total - hazard), se, float(hazard / factor),
                        float(hazard * factor))  # fmt: skip


def hazard_to_probability(hazard: npt.ArrayLike, months: npt.ArrayLike = 1.0) -> Array:
    r"""Return the share lost in a number of months to a constant hazard, :math:`1-e^{-\lambda m}`.

    >>> round(float(hazard_to_probability(0.0236, 12)), 3)
    0.247
    """
    require(hazard=(hazard, 0, INF), months=(months, 0, INF))
    return -np.expm1(-np.asarray(hazard, dtype=float) * months)


def probability_to_hazard(probability: npt.ArrayLike, months: npt.ArrayLike = 1.0) -> Array:
    r"""Return the constant monthly hazard behind a share lost, :math:`-\ln(1-p)/m`; p below 1."""
    require(probability=(probability, 0, np.nextafter(1, 0)),
            months=(months, np.nextafter(0, 1), INF))  # fmt: skip
    return -np.log1p(-np.asarray(probability, dtype=float)) / months
