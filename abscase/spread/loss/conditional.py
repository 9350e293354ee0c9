r"""Tranches of a large pool: loss given the factor, in panels split where tranches begin.

Given the factor, losses are independent, so that the loss of a large pool is close to normal with

.. math::

   \mu(y)=\sum_i w_i\,p_i(y),\qquad
   \sigma^2(y)=\sum_i w_i^2\big((1+c_i^2)p_i(y)-p_i(y)^2\big),

w the exposure times loss given default over the pool's exposure, c the coefficient of variation of
loss given default. The expected loss of a tranche is the integral over the factor of a function
with a kink where :math:`\mu` meets the tranche's ends; the panels of the quadrature end there.

References
----------
Andersen, L., Sidenius, J. and Basu, S. (2003). All your hedges in one basket. *Risk*, November.
Gordy, M. (2003). A risk-factor model foundation for ratings-based bank capital rules. *Journal of
Financial Intermediation* 12(3), 199-232.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from abscase.ranges import INF, Array, require
from abscase.spread.loss.copula import MOST, Copula
from abscase.spread.loss.pool import Pool, grouped
from abscase.spread.loss.recovery import FIXED, Recovery
from abscase.spread.loss.tranche import Tranches

WIDEST = 0.75
"""Longest panel, in standard deviations of the factor."""
SEARCH = 257
NEWTON = 60
EDGES = (-6.0, -2.0, 0.0, 2.0, 6.0)
"""Panels end at a kink and at these multiples of its width, which granularity gives it."""


@dataclass(frozen=True)
class TrancheRisk:
    """Of each tranche: expected loss over its width, and the probability that it is hit."""

    expected_loss: Array
    pd: Array

    @property
    def lgd(self) -> Array:
        """Expected loss given that the tranche is hit."""
        hit = self.pd > 0
        return np.divide(self.expected_loss, self.pd, out=np.zeros_like(self.pd), where=hit)


@dataclass(frozen=True)
class Conditional:
    """A pool given its factor, for one value ``s`` of the mixing variable."""

    pool: Pool
    copula: Copula
    recovery: Recovery
    threshold: Array
    s: float = 1.0

    def moments(self, y: npt.ArrayLike) -> tuple[Array, Array]:
        """Return mean and standard deviation of the loss over exposure, (factor,)."""
        score = np.atleast_1d(np.asarray(y, dtype=float))
        p = self.copula.conditional(self.threshold, score, self.s)
        scale = self.recovery.scale(self.pool.lgd, score)
        weight, square = self.pool.weight, self.pool.square
        alone = self.pool.exposure**2 / self.pool.size**2 / self.pool.count * self.pool.lgd**2
        if scale is None:
            return p @ weight, np.sqrt(np.maximum(p @ square - p**2 @ alone, 0))
        mean = (p * scale) @ weight
        spread = (p * scale**2) @ square - (p * scale) ** 2 @ alone
        return mean, np.sqrt(np.maximum(spread, 0))


def tranche_risk(
    pool: Pool, copula: Copula, of: Tranches, recovery: Recovery = FIXED, groups: int = 400,
    nodes: int = 8,
) -> TrancheRisk:  # fmt: skip
    """Return expected loss and probability of loss of the tranches of a large pool.

    Parameters
    ----------
    pool : Pool
        Loans or groups of loans.
    copula : Copula
    of : Tranches
    recovery : Recovery
        Whether loss given default follows the factor.
    groups : int
        Loans are gathered into at most so many groups of like probability of default.
    nodes : int
        Nodes of the quadrature in each panel, 2 to 64.

    Returns
    -------
    TrancheRisk
        Arrays (tranche,), decimals.

    Notes
    -----
    Given the factor the loss is taken as normal: a pool of fewer than some hundred loans is better
    served by `exact.loss_distribution`.
    """
    require(nodes=(nodes, 2, 64), groups=(groups, 1, INF))
    small = grouped(pool, groups)
    threshold = copula.threshold(small.pd)
    expected, hit = np.zeros(len(of)), np.zeros(len(of))
    for s, share in zip(*copula.mixing(), strict=True):
        given = Conditional(small, copula, recovery, threshold, float(s))
        y, weight = _panels(given, np.unique([*of.attach, *of.detach]), nodes)
        mean, spread = given.moments(y)
        lost = _over(of.attach, mean, spread) - _over(of.detach, mean, spread)
        expected += share * (weight @ lost)
        hit += share * (weight @ _beyond(of.attach, mean, spread))
    return TrancheRisk(expected / of.width, hit)


def loss_cdf(
    pool: Pool, copula: Copula, x: npt.ArrayLike, recovery: Recovery = FIXED, groups: int = 400,
    nodes: int = 8,
) -> Array:  # fmt: skip
    """Return the probability that the loss over exposure is at most each x, (x,)."""
    require(nodes=(nodes, 2, 64))
    points = np.atleast_1d(np.asarray(x, dtype=float))
    small = grouped(pool, groups)
    threshold = copula.threshold(small.pd)
    found = np.zeros(len(points))
    ends = np.unique(np.clip(points, 0, 1))
    for s, share in zip(*copula.mixing(), strict=True):
        given = Conditional(small, copula, recovery, threshold, float(s))
        y, weight = _panels(given, ends, nodes)
        found += share * (weight @ (1 - _beyond(points, *given.moments(y))))
    return np.where(points < 0, 0.0, np.where(points >= 1, 1.0, np.clip(found, 0, 1)))


def _panels(given: Conditional, ends: Array, nodes: int) -> tuple[Array, Array]:
    """Return nodes of the factor and their weights, panels split where the mean meets an end."""
    kinks = _meets(given, ends)
    edges = [np.array([-MOST, MOST])]
    if len(kinks):
        width = given.moments(kinks)[1] / np.maximum(_slope(given, kinks), 1e-12)
        width = np.clip(width, 1e-6, 1.0)
        edges.append((kinks[:, None] + width[:, None] * np.array(EDGES)).ravel())
    cuts = np.unique(np.clip(np.concatenate(edges), -MOST, MOST))
    cuts = cuts[np.concatenate([[True], np.diff(cuts) > 1e-9])]
    extra = np.maximum(np.ceil(np.diff(cuts) / WIDEST), 1).astype(int)
    pieces = zip(cuts[:-1], cuts[1:], extra, strict=True)
    fine = np.concatenate(
        [np.linspace(a, b, n, endpoint=False) for a, b, n in pieces] + [cuts[-1:]]
    )
    base, share = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(fine)[:, None] / 2
    y = (fine[:-1, None] + half * (base + 1)).ravel()
    weight = (half * share).ravel() * np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi)
    return y, weight


def _meets(given: Conditional, ends: Array) -> Array:
    """Return the factors at which the mean loss equals each end, where it does."""
    grid = np.linspace(-MOST, MOST, SEARCH)
    mean = given.moments(grid)[0]
    inside = ends[(ends > mean.min()) & (ends < mean.max())]
    if not len(inside):
        return inside
    place = np.clip(np.searchsorted(-mean, -inside), 1, SEARCH - 1)
    low, high = grid[place - 1], grid[place]
    for _ in range(NEWTON):
        middle = (low + high) / 2
        above = given.moments(middle)[0] > inside
        low, high = np.where(above, middle, low), np.where(above, high, middle)
        if np.max(high - low) < 1e-10:
            break
    return (low + high) / 2


def _slope(given: Conditional, y: Array) -> Array:
    step = 1e-4
    return np.abs(given.moments(y + step)[0] - given.moments(y - step)[0]) / (2 * step)


def _over(x: Array, mean: Array, spread: Array) -> Array:
    """E max(L - x, 0) of a normal L, (factor, x); the loss lies within 0 and 1, whatever x."""
    gap, sd = mean[:, None] - x, spread[:, None]
    z = np.divide(gap, sd, out=np.sign(gap) * 40.0, where=sd > 0)
    over = gap * special.ndtr(z) + sd * np.exp(-(np.clip(z, -40, 40) ** 2) / 2) / np.sqrt(2 * np.pi)
    return np.where(x <= 0, mean[:, None], np.where(x >= 1, 0.0, over))


def _beyond(x: Array, mean: Array, spread: Array) -> Array:
    gap, sd = mean[:, None] - x, spread[:, None]
    z = np.divide(gap, sd, out=np.sign(gap) * 40.0, where=sd > 0)
    return np.asarray(special.ndtr(z))
