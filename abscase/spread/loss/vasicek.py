r"""The large homogeneous pool: closed forms.

Without granularity the loss rate given the factor is certain, and with loss given default 1

.. math:: P(L\le x)=\Phi\Big(\frac{\sqrt{1-\rho}\,\Phi^{-1}(x)-\Phi^{-1}(p)}{\sqrt\rho}\Big).

References
----------
Vasicek, O. (2002). The distribution of loan portfolio value. *Risk* 15(12), 160-162.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from abscase.ranges import Array, require

LEAST = 1e-300
REACH, PANELS, NODES = 12.0, 48, 16


def _check(p: float, rho: float) -> None:
    require(p=(p, LEAST, 1 - 1e-16), rho=(rho, 1e-12, 1 - 1e-12))


def cdf(x: npt.ArrayLike, p: float, rho: float) -> Array:
    """Return the probability that the loss rate is at most x in [0, 1]; ``rho`` of assets."""
    _check(p, rho)
    z = special.ndtri(np.asarray(x, dtype=float))
    return np.asarray(special.ndtr((np.sqrt(1 - rho) * z - special.ndtri(p)) / np.sqrt(rho)))


def quantile(level: npt.ArrayLike, p: float, rho: float) -> Array:
    r"""Return the loss rate that is not exceeded with a probability in (0, 1).

    Notes
    -----
    :math:`\Phi\big((\Phi^{-1}(p)+\sqrt\rho\,\Phi^{-1}(\alpha))/\sqrt{1-\rho}\big)`.

    >>> round(float(quantile(0.999, 0.01, 0.12)), 6)
    0.090326
    """
    _check(p, rho)
    z = special.ndtri(np.asarray(level, dtype=float))
    return np.asarray(special.ndtr((special.ndtri(p) + np.sqrt(rho) * z) / np.sqrt(1 - rho)))


def density(x: npt.ArrayLike, p: float, rho: float) -> Array:
    """Return the density of the loss rate in (0, 1)."""
    _check(p, rho)
    z = special.ndtri(np.asarray(x, dtype=float))
    inner = (np.sqrt(1 - rho) * z - special.ndtri(p)) / np.sqrt(rho)
    return np.asarray(np.sqrt((1 - rho) / rho) * np.exp((z**2 - inner**2) / 2))


def expected_shortfall(level: float, p: float, rho: float) -> float:
    r"""Return the mean loss rate beyond a quantile.

    Notes
    -----
    :math:`\Phi_2(\Phi^{-1}(p),-\Phi^{-1}(\alpha);\sqrt\rho)/(1-\alpha)`.
    """
    _check(p, rho)
    require(level=(level, 0, 1 - 1e-12))
    return _tail(float(special.ndtri(1 - level)), p, rho) / (1 - level)


def tranche_expected_loss(attach: float, detach: float, p: float, rho: float) -> float:
    r"""Return the expected loss of a slice over its width, with loss given default 1.

    Notes
    -----
    :math:`E\min(L,x)=p-\Phi_2(-\Phi^{-1}(x),\Phi^{-1}(p);-\sqrt{1-\rho})`, and the difference at
    the two ends over the width. With a constant loss given default divide both ends by it.
    """
    _check(p, rho)
    require(attach=(attach, 0, 1), detach=(detach, 0, 1))
    over = [_excess(each, p, rho) for each in (attach, detach)]
    return (over[0] - over[1]) / (detach - attach)


def _excess(x: float, p: float, rho: float) -> float:
    """E max(L - x, 0): the factor lies below the point at which the loss rate is x."""
    if x <= 0:
        return p
    if x >= 1:
        return 0.0
    edge = float((special.ndtri(p) - np.sqrt(1 - rho) * special.ndtri(x)) / np.sqrt(rho))
    return _tail(edge, p, rho) - x * float(special.ndtr(edge))


def _tail(edge: float, p: float, rho: float) -> float:
    r"""The bivariate normal :math:`\Phi_2(\Phi^{-1}(p), edge;\sqrt\rho)`, by quadrature."""
    low, high = -REACH, min(edge, REACH)
    if high <= low:
        return 0.0
    panels = np.linspace(low, high, PANELS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = np.diff(panels)[:, None] / 2
    z = panels[:-1, None] + half * (nodes + 1)
    rate = special.ndtr((special.ndtri(p) - np.sqrt(rho) * z) / np.sqrt(1 - rho))
    return float((rate * np.exp(-(z**2) / 2) * half * weights).sum() / np.sqrt(2 * np.pi))
