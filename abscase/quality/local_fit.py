"""Local polynomials on one side of a cutoff: the fit, its variance, the best bandwidth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.ranges import Array

NEIGHBOURS = 3
FEWEST = 10
PILOT = 2.576
"""Rule-of-thumb factor of the triangular kernel for a normal density."""
NORMAL_IQR = 1.349
EDGE = 1 + 1e-8
"""So that the loan at the edge of a window keeps a weight above 0."""


@dataclass(frozen=True)
class Side:
    """Loans on one side of a cutoff, sorted: distance to it, outcome, and residual.

    ``residual`` is the outcome less the mean of its nearest neighbours, scaled to the variance of
    the outcome given the distance.
    """

    x: Array
    y: Array
    residual: Array


def side(x: Array, y: Array) -> Side:
    """Return one side from distances to the cutoff and outcomes in any order."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    return Side(x, y, _residuals(x, y))


def triangular(x: Array, bandwidth: float) -> Array:
    """Return weights max(0, 1 - |x| / h) / h."""
    return np.maximum(0, 1 - np.abs(x) / bandwidth) / bandwidth


def slope(found: Side, h: float) -> float:
    """Return the slope of the local line."""
    return float(_weights(found.x, triangular(found.x, h), 1, 1) @ found.y)


def powers(x: Array, order: int) -> Array:
    """Return 1, x, ..., x^order, shape (n, order + 1)."""
    return np.vander(x, order + 1, increasing=True)


def inverse(x: Array, weight: Array, order: int) -> Array:
    """Return the inverse of the weighted cross product of powers, by QR in units of the reach."""
    reach = float(np.abs(x[weight > 0]).max())
    root = powers(x / reach, order) * np.sqrt(weight)[:, None]
    upper = np.linalg.qr(root, mode="r")
    half = np.linalg.inv(upper)
    scale = reach ** -np.arange(order + 1.0)
    return (half @ half.T) * np.outer(scale, scale)


def boundary(found: Side, h: float, b: float) -> tuple[float, float, float, float]:
    r"""Return the value at the cutoff: conventional, its variance, bias-corrected, its variance.

    Notes
    -----
    Local line with bandwidth :math:`h`; its bias is estimated by a local parabola with bandwidth
    :math:`b`, and the second variance is that of the difference of both.

    References
    ----------
    Calonico, S., Cattaneo, M. D. and Titiunik, R. (2014). Robust nonparametric confidence intervals
    for regression-discontinuity designs. *Econometrica* 82(6), 2295-2326, section 2.
    """
    x, y = found.x, found.y
    near, wide = triangular(x, h), triangular(x, b)
    weights = _weights(x, near, 1, 0)
    corrected = weights - (weights @ x**2) * _weights(x, wide, 2, 2)
    return (
        float(weights @ y), float(weights**2 @ found.residual**2),
        float(corrected @ y), float(corrected**2 @ found.residual**2),
    )  # fmt: skip


def best_bandwidths(below: Side, above: Side) -> tuple[float, float]:
    r"""Return the bandwidths of the line and of its bias that minimise the mean square error.

    Notes
    -----
    For the coefficient :math:`\nu` of a local polynomial of order :math:`p`, with variance
    :math:`V`, bias :math:`B` and regularisation :math:`R` (three times the variance of the bias) of
    each side, :math:`h = \left(\frac{V_- + V_+}{(B_+ - B_-)^2 + R_- + R_+}\right)^{1/(2p + 3)}`.
    Three rounds, each with the bias taken at the bandwidth of the one before: the third derivative
    of a cubic, the second of a parabola (bandwidth of the bias), the value of a line. None is wider
    than the data, nor so narrow that a side has fewer than ten different distances.

    References
    ----------
    Imbens, G. and Kalyanaraman, K. (2012). Optimal bandwidth choice for the regression
    discontinuity estimator. *Review of Economic Studies* 79(3), 933-959.
    Calonico, Cattaneo and Titiunik (2014), supplement: bandwidth selection.
    """
    x = np.concatenate([below.x, above.x])
    reach = float(np.abs(x).max())
    few = max(_tenth(below.x), _tenth(above.x))
    quarter, third = np.quantile(x, [0.25, 0.75])
    spread = min(float(np.std(x, ddof=1)), float(third - quarter) / NORMAL_IQR or np.inf)
    pilot = max(min(PILOT * spread * len(np.unique(x)) ** -0.2, reach), few)
    width = [np.abs(one.x).max() * EDGE for one in (below, above)]
    for order, derivative in ((3, 3), (2, 2), (1, 0)):
        parts = [
            _criterion(one, order, derivative, pilot, wide, regular=order < 3)
            for one, wide in zip((below, above), width, strict=True)
        ]
        (v0, b0, r0), (v1, b1, r1) = parts
        error = (b1 - b0) ** 2 + r0 + r1
        best = ((v0 + v1) / error) ** (1 / (2 * order + 3)) if error else reach
        best = max(min(best, reach), few)
        bias, width = width[0], [best, best]
    return best, bias


def _criterion(
    found: Side, order: int, derivative: int, h: float, wide: float, regular: bool
) -> tuple[float, float, float]:
    """Return variance, bias and regularisation of one side, free of the bandwidth."""
    x, noise = found.x, found.residual**2
    near, far = triangular(x, h), triangular(x, wide)
    weights = _weights(x, near, order, derivative)
    top = _weights(x, far, order + 1, order + 1)
    variance = (2 * derivative + 1) * h ** (2 * derivative + 1) * float(weights**2 @ noise)
    unit = h ** (derivative - order - 1) * float(weights @ x ** (order + 1))
    factor = 2 * (order + 1 - derivative)
    return (
        variance, factor**0.5 * unit * float(top @ found.y),
        3 * factor * unit**2 * float(top**2 @ noise) if regular else 0.0,
    )  # fmt: skip


def _weights(x: Array, kernel: Array, order: int, coefficient: int) -> Array:
    """Return what each outcome counts in one coefficient of a local polynomial."""
    found: Array = (powers(x, order) * kernel[:, None]) @ inverse(x, kernel, order)[coefficient]
    return found


def _tenth(x: Array) -> float:
    """Return the distance that takes in ten different values of one side."""
    distances = np.unique(np.abs(x))
    return float(distances[min(FEWEST, len(distances)) - 1]) * EDGE


def _residuals(x: Array, y: Array) -> Array:
    """Return scaled differences from the mean of the nearest neighbours; ``x`` is sorted.

    Ties count together: a window takes in whole values of ``x``, the nearer first, until it holds
    enough neighbours.
    """
    value, start, count = np.unique(x, return_index=True, return_counts=True)
    total = np.concatenate([[0.0], np.cumsum(y)])
    stop = start + count
    wanted = min(NEIGHBOURS, len(x) - 1)
    first, last = np.arange(len(value)), np.arange(len(value))
    for at in np.flatnonzero(count - 1 < wanted):
        low = high = at
        while stop[high] - start[low] - 1 < wanted:
            left = value[at] - value[low - 1] if low else np.inf
            right = value[high + 1] - value[at] if high + 1 < len(value) else np.inf
            low, high = low - (left <= right), high + (right <= left)
        first[at], last[at] = low, high
    near = np.repeat(stop[last] - start[first] - 1, count)
    others = np.repeat(total[stop[last]] - total[start[first]], count) - y
    scaled: Array = np.sqrt(near / (near + 1)) * (y - others / near)
    return scaled
