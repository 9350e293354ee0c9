r"""Dependence of defaults through one factor: Gaussian, Student t and double t.

A loan defaults where its latent value falls under a threshold that gives its probability p. With a
factor M and a term :math:`\epsilon` of its own,

.. math:: X=\sqrt\rho\,M+\sqrt{1-\rho}\,\epsilon .

References
----------
Vasicek, O. (2002). The distribution of loan portfolio value. *Risk* 15(12), 160-162.
Demarta, S. and McNeil, A. (2005). The t copula and related copulas. *International Statistical
Review* 73(1), 111-129.
Hull, J. and White, A. (2004). Valuation of a CDO and an n-th to default CDS without Monte Carlo
simulation. *Journal of Derivatives* 12(2), 8-23.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from abscase.errors import ChoiceError, ParameterFaults
from abscase.ranges import Array, require

KINDS = ("gauss", "t", "double_t")
RHO_KINDS = ("asset_correlation", "loading")
MIXING_NODES = 48
MOST = 8.5
"""The factor is integrated over this many standard deviations on either side."""


@dataclass(frozen=True)
class Copula:
    """A one-factor copula.

    Parameters
    ----------
    rho : float
        In [0, 1): the correlation of two latent values, or the loading on the factor.
    rho_kind : {"asset_correlation", "loading"}
        What ``rho`` is. A loading b is an asset correlation of b^2; papers differ, results with it.
    kind : {"gauss", "t", "double_t"}
        Gaussian; Student t (factor and own terms share one mixing variable, so that extremes come
        together); double t (factor and own terms are independent t, scaled to variance 1).
    dof : float
        Degrees of freedom of the t kinds, above 2, at most 1000.
    """

    rho: float
    rho_kind: str = "asset_correlation"
    kind: str = "gauss"
    dof: float = 4.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ChoiceError("copula", self.kind, KINDS)
        if self.rho_kind not in RHO_KINDS:
            raise ChoiceError("rho_kind", self.rho_kind, RHO_KINDS)
        require(rho=(self.rho, 0, 1), dof=(self.dof, 2, 1000))
        if self.rho == 1 or (self.kind != "gauss" and self.dof == 2):
            raise ParameterFaults(["rho must be below 1, and dof above 2"])

    @property
    def correlation(self) -> float:
        """The asset correlation."""
        return self.rho if self.rho_kind == "asset_correlation" else self.rho**2

    def threshold(self, pd: npt.ArrayLike) -> Array:
        """Return the latent value under which a loan of each probability defaults."""
        p = np.asarray(pd, dtype=float)
        if self.kind == "gauss":
            return np.asarray(special.ndtri(p))
        if self.kind == "t":
            return np.asarray(stats.t.ppf(p, self.dof))
        return _double_t_threshold(p, self.correlation, self.dof)

    def mixing(self) -> tuple[Array, Array]:
        """Return values of the mixing variable and their weights (one of each but for "t").

        The value s stands for sqrt(V / dof) with V chi-squared.
        """
        if self.kind != "t":
            return np.ones(1), np.ones(1)
        nodes, weights = np.polynomial.legendre.leggauss(MIXING_NODES)
        level = special.ndtr(6 * nodes)
        density = 6 * np.exp(-18 * nodes**2) / np.sqrt(2 * np.pi) * weights
        return np.sqrt(stats.chi2.ppf(level, self.dof) / self.dof), density / density.sum()

    def conditional(self, threshold: npt.ArrayLike, y: npt.ArrayLike, s: float = 1.0) -> Array:
        r"""Return the probability of default given the factor, (factor, loan).

        Parameters
        ----------
        threshold : array (loan,)
        y : array (factor,)
            The factor as a normal score: M for the Gaussian and t kinds, the normal quantile of the
            probability of M for the double t.
        s : float
            The mixing variable.

        Notes
        -----
        :math:`p(m)=G\big((c\,s-\sqrt\rho\,m)/\sqrt{1-\rho}\big)`, G the distribution of the own
        term.
        """
        rho, score = self.correlation, np.atleast_1d(np.asarray(y, dtype=float))
        m = score if self.kind != "double_t" else _unit_t_quantile(special.ndtr(score), self.dof)
        with np.errstate(invalid="ignore"):
            x = (np.atleast_1d(threshold) * s - np.sqrt(rho) * m[:, None]) / np.sqrt(1 - rho)
        if self.kind == "double_t":
            return np.asarray(stats.t.cdf(x * _spread(self.dof), self.dof))
        return np.asarray(special.ndtr(x))


def _spread(dof: float) -> float:
    """The standard deviation of Student's t."""
    return float(np.sqrt(dof / (dof - 2)))


def _unit_t_quantile(level: Array, dof: float) -> Array:
    return np.asarray(stats.t.ppf(level, dof) / _spread(dof))


def _double_t_threshold(pd: Array, rho: float, dof: float) -> Array:
    """Return the quantiles of sqrt(rho) M + sqrt(1 - rho) e with M, e of unit t."""
    grid, levels = _double_t_table(rho, dof)
    inside = np.interp(special.ndtri(np.clip(pd, 1e-12, 1 - 1e-12)), levels, grid)
    return np.where(pd <= 0, -np.inf, np.where(pd >= 1, np.inf, inside))


@lru_cache(maxsize=64)
def _double_t_table(rho: float, dof: float) -> tuple[Array, Array]:
    """Return values of the sum, and the normal scores of their probabilities, both rising."""
    nodes, weights = np.polynomial.legendre.leggauss(2000)
    y = MOST * nodes
    density = MOST * weights * np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi)
    m = _unit_t_quantile(special.ndtr(y), dof)
    tail = _unit_t_quantile(np.array([1e-13]), dof)[0]
    grid = np.sinh(np.linspace(np.arcsinh(tail), np.arcsinh(-tail), 4001))
    own = (grid[:, None] - np.sqrt(rho) * m) / np.sqrt(1 - rho) * _spread(dof)
    levels = stats.t.cdf(own, dof) @ (density / density.sum())
    kept = np.concatenate([[True], np.diff(levels) > 0]) & (levels > 0) & (levels < 1)
    return grid[kept], special.ndtri(levels[kept])
