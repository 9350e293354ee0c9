"""Skin in the game: a lender screens the better, the more of the loss it keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abscase.ranges import INF, Array, require


@dataclass(frozen=True)
class Screening:
    r"""Default as a falling line of what the lender keeps: :math:`PD(r) = p_0 - \phi r`.

    Attributes
    ----------
    unscreened : float
        Default rate of a lender that keeps nothing, decimal.
    response : float
        Fall of the default rate for each unit of retained share, decimal.
    """

    unscreened: float
    response: float

    @property
    def limit(self) -> float:
        """The retained share up to which the line holds: there the default rate would be 0."""
        return min(1.0, self.unscreened / self.response) if self.response else 1.0

    def default_rate(self, retained: npt.ArrayLike) -> Array:
        """Return the default rate at a retained share of loss in [0, ``limit``]."""
        require(retained=(retained, 0, self.limit))
        return self.unscreened - self.response * np.asarray(retained, dtype=float)


def calibrated(default_rate: float, retained: float, rise_if_halved: float) -> Screening:
    r"""Return the line that gives a known rate and a known rise when the retained share is halved.

    Parameters
    ----------
    default_rate : float
        Default rate at the retained share, decimal, (0, 1].
    retained : float
        Share of loss that the lender keeps, decimal, (0, 1].
    rise_if_halved : float
        How much more often loans default at half of it: 0.1 to 0.25 where easier sale is read as
        half the skin in the game (Keys et al. 2010). That reading is an assumption.

    Raises
    ------
    ParameterFaults
        A value outside its range.

    Notes
    -----
    From :math:`PD(r/2) = (1 + u) PD(r)`: :math:`\phi = 2 u PD / r` and :math:`p_0 = (1 + 2u) PD`.

    Examples
    --------
    >>> found = calibrated(0.10, 0.05, 0.20)
    >>> round(float(found.default_rate(0.025)), 6)
    0.12
    """
    tiny = math.ulp(0)
    require(
        default_rate=(default_rate, tiny, 1), retained=(retained, tiny, 1),
        rise_if_halved=(rise_if_halved, 0, INF),
        default_rate_of_a_lender_that_keeps_nothing=((1 + 2 * rise_if_halved) * default_rate, 0, 1),
    )  # fmt: skip
    response = 2 * rise_if_halved * default_rate / retained
    return Screening((1 + 2 * rise_if_halved) * default_rate, response)


def from_effort(unscreened: float, power: float, lgd: float, cost: float) -> Screening:
    r"""Return the line that follows from a lender's choice of effort.

    Parameters
    ----------
    unscreened : float
        Default rate without effort, decimal, [0, 1].
    power : float
        Fall of the default rate for each unit of effort, from 0.
    lgd : float
        Loss given default, decimal, [0, 1].
    cost : float
        Curvature of the cost of effort, in shares of the loan, above 0.

    Raises
    ------
    ParameterFaults
        A value outside its range.

    Notes
    -----
    The lender takes the effort that maximises
    :math:`-r (p_0 - \kappa e) L - \frac{c}{2} e^2`, which is :math:`e^* = r \kappa L / c`; so
    :math:`PD(r) = p_0 - \phi r` with :math:`\phi = \kappa^2 L / c`.

    References
    ----------
    Holmström, B. (1979). Moral hazard and observability. *Bell Journal of Economics* 10(1), 74-91.
    """
    tiny = math.ulp(0)
    require(unscreened=(unscreened, 0, 1), power=(power, 0, INF), lgd=(lgd, 0, 1),
            cost=(cost, tiny, INF))  # fmt: skip
    return Screening(unscreened, power**2 * lgd / cost)
