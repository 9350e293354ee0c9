"""What misreported loans add to the default rate of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from abscase.ranges import INF, Array, require

Range = tuple[float, float, float]
"""Low, best and high value."""


@dataclass(frozen=True)
class Adjusted:
    """A default rate with misreporting allowed for, each with its low and high value.

    ``rise`` is the rate's relative increase, decimal.
    """

    rate: float
    lo: float
    hi: float
    rise: float
    rise_lo: float
    rise_hi: float


def true_default_rate(
    disclosed_rate: npt.ArrayLike, share: npt.ArrayLike, effect: npt.ArrayLike
) -> Array:
    r"""Return the default rate of a pool in which some loans are not what they are said to be.

    Parameters
    ----------
    disclosed_rate : float or array
        Default rate if all loans were as disclosed, decimal, [0, 1].
    share : float or array
        Share of loans that are misreported, decimal, [0, 1].
    effect : float or array
        How much more often than a like loan a misreported one defaults: 0.7 is 70 % more; from -1.

    Raises
    ------
    ParameterFaults
        A value outside its range, or misreported loans that would default more than always.

    Notes
    -----
    .. math:: PD' = (1 - m) PD + m\,PD (1 + \delta) = PD (1 + m \delta)

    References
    ----------
    Piskorski, T., Seru, A. and Witkin, J. (2015). Asset quality misrepresentation by financial
    intermediaries: evidence from the RMBS market. *Journal of Finance* 70(6), 2635-2678.

    Examples
    --------
    >>> round(float(true_default_rate(0.10, 0.10, 0.7)), 6)
    0.107
    """
    rates, shares, effects = (
        np.asarray(part, dtype=float) for part in (disclosed_rate, share, effect)
    )
    require(disclosed_rate=(rates, 0, 1), share=(shares, 0, 1), effect=(effects, -1, INF))
    require(default_rate_of_misreported_loans=(rates * (1 + effects), 0, 1))
    return rates * (1 + shares * effects)


def with_misreporting(
    disclosed_rate: float | Range, share: float | Range, effect: float | Range
) -> Adjusted:
    """Return the adjusted rate with the interval that the ranges of its parts allow.

    Each part is a number or (low, best, high). The limits take all parts at their low or at their
    high value together: the widest interval, whatever the dependence of the parts.

    Examples
    --------
    >>> found = with_misreporting(0.10, (0.07, 0.10, 0.14), 0.7)
    >>> round(found.rise_lo, 3), round(found.rise, 3), round(found.rise_hi, 3)
    (0.049, 0.07, 0.098)
    """
    ranges = [_range(part) for part in (disclosed_rate, share, effect)]
    names = ("disclosed_rate", "share", "effect")
    for name, (low, best, high) in zip(names, ranges, strict=True):
        require(**{name: (best, low, high)})
    corners = np.array(list(product(*((low, high) for low, _, high in ranges))))
    rates = true_default_rate(*corners.T)
    rises = corners[:, 1] * corners[:, 2]
    rate, share_of_all, more = (best for _, best, _ in ranges)
    return Adjusted(
        float(true_default_rate(rate, share_of_all, more)), float(rates.min()), float(rates.max()),
        share_of_all * more, float(rises.min()), float(rises.max()),
    )  # fmt: skip


def _range(part: float | Range) -> Range:
    return part if isinstance(part, tuple) else (part, part, part)
