r"""The exact distribution of the number of defaults in a pool of like loans.

Given the factor the loans default independently, so that the number K of defaults among n is
binomial; over the factor

.. math:: P(K=k)=\int\binom nk p(y)^k(1-p(y))^{n-k}\varphi(y)\,dy .

References
----------
Vasicek, O. (1987). *Probability of loss on loan portfolio*. KMV.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from abscase.ranges import Array, require
from abscase.spread.loss.copula import MOST, Copula
from abscase.spread.loss.tranche import Tranches, tranche_loss

MOST_LOANS = 5000
PANELS, NODES = 64, 16


def default_counts(pd: float, loans: int, copula: Copula) -> Array:
    """Return the probability of 0, 1, ..., ``loans`` defaults, (loans + 1,).

    Parameters
    ----------
    pd : float
        Probability of default of each loan, in [0, 1].
    loans : int
        1 to 5,000; a larger pool is served by `conditional.tranche_risk`.
    copula : Copula

    Examples
    --------
    >>> default_counts(0.1, 2, Copula(0)).round(4).tolist()
    [0.81, 0.18, 0.01]
    """
    require(pd=(pd, 0, 1), loans=(loans, 1, MOST_LOANS))
    counts, found = np.arange(loans + 1), np.zeros(loans + 1)
    threshold = copula.threshold([pd])
    for s, part in zip(*copula.mixing(), strict=True):
        y, weight = _nodes(threshold, copula, float(s))
        p = copula.conditional(threshold, y, float(s))
        found += part * (weight @ stats.binom.pmf(counts, loans, p))
    return found


def _nodes(threshold: Array, copula: Copula, s: float) -> tuple[Array, Array]:
    """Nodes of the factor and weights, panels finer where the probability falls through a half."""
    edges = np.linspace(-MOST, MOST, PANELS + 1)
    falling = copula.conditional(threshold, edges, s)[:, 0]
    if copula.correlation > 0 and falling[0] > 0.5 > falling[-1]:
        middle = optimize.brentq(
            lambda y: copula.conditional(threshold, [y], s)[0, 0] - 0.5, -MOST, MOST
        )
        width = np.sqrt((1 - copula.correlation) / copula.correlation)
        near = middle + min(width, 1.0) * np.linspace(-8, 8, 17)
        edges = np.unique(np.clip(np.concatenate([edges, near]), -MOST, MOST))
    base, share = np.polynomial.legendre.leggauss(NODES)
    half = np.diff(edges)[:, None] / 2
    y = (edges[:-1, None] + half * (base + 1)).ravel()
    weight = (half * share).ravel() * np.exp(-(y**2) / 2)
    return y, weight / weight.sum()


def tranche_default(pd: float, loans: int, lgd: float, copula: Copula, of: Tranches) -> Array:
    """Return the probability that each tranche of a pool of like loans loses anything, (tranche,).

    ``lgd`` in [0, 1] is the loss of a default, the same for every loan.
    """
    require(lgd=(lgd, 0, 1))
    loss = np.arange(loans + 1) * lgd / loans
    return np.asarray(default_counts(pd, loans, copula) @ (tranche_loss(loss, of) > 1e-12))


def tranche_expected(pd: float, loans: int, lgd: float, copula: Copula, of: Tranches) -> Array:
    """Return the expected loss of each tranche over its width, (tranche,)."""
    require(lgd=(lgd, 0, 1))
    loss = np.arange(loans + 1) * lgd / loans
    return np.asarray(default_counts(pd, loans, copula) @ tranche_loss(loss, of))
