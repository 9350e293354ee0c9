"""Split a difference in default rates into what covariates explain and what they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
from scipy.special import expit

from abscase.errors import ChoiceError
from abscase.quality.two_groups import (
    Side,
    least_squares,
    logit,
    stacked,
    two_sides,
    with_interval,
)
from abscase.ranges import Array, require

REFERENCES = ("first", "second", "pooled")


def twofold(
    frame: pd.DataFrame,
    *,
    group: str,
    pair: tuple[str, str],
    covariates: Sequence[str],
    rng: np.random.Generator,
    event: str = "default",
    reference: str = "first",
    cluster: str | None = None,
    n_boot: int = 1000,
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Return the two-fold Oaxaca-Blinder split of a difference in event rates.

    Parameters
    ----------
    frame : DataFrame
        One row for each cell or loan-period of both groups: ``at_risk``, a count of events, the
        group and numeric covariates that both groups have (rate, term, size, age).
    group : str
        Column that names the group.
    pair : (str, str)
        The two groups; the gap is the rate of the second less that of the first.
    covariates : sequence of str
        Numeric columns.
    rng : Generator
        For the bootstrap.
    event : str
        Column of events.
    reference : {"first", "second", "pooled"}
        Whose coefficients price the difference in covariates: those of one group, or of both with
        a dummy for the group (Jann 2008).
    cluster : str, optional
        Column of clusters to resample whole, each group on its own; None resamples loan-periods.
    n_boot : int
        Bootstrap samples; 0 for no interval.
    alpha : float
        1 minus the confidence level of the percentile interval.

    Returns
    -------
    DataFrame
        ``part`` ("gap", "explained", "unexplained"), ``term`` ("all" or, for the explained part,
        a covariate), ``estimate``, ``lo``, ``hi`` (decimals of a period, as the rates are). The
        unexplained part is not split by covariate: that split depends on where each one's zero is.

    Raises
    ------
    ChoiceError, DataFaults, NotEstimable
        No such reference or group, missing columns, or a group whose covariates do not vary.

    Notes
    -----
    With the reference "first", :math:`\bar h_B - \bar h_A = (\bar X_B - \bar X_A)\beta_A +
    \bar X_B(\beta_B - \beta_A)`, :math:`\beta` by least squares weighted by loan-periods.
    ``statsmodels.stats.oaxaca`` does the same on loans, without weights or single covariates.

    References
    ----------
    Oaxaca, R. (1973). Male-female wage differentials in urban labor markets. *International
    Economic Review* 14(3), 693-709.
    Blinder, A. S. (1973). Wage discrimination: reduced form and structural estimates. *Journal of
    Human Resources* 8(4), 436-455.
    Jann, B. (2008). The Blinder-Oaxaca decomposition for linear regression models. *Stata Journal*
    8(4), 453-479.
    """
    _refuse_reference(reference)

    def split(a: Side, b: Side) -> Array:
        move = (b.means - a.means) * _prices(a, b, reference, least_squares)
        gap = b.rate - a.rate
        return np.array([gap, move.sum(), gap - move.sum(), *move[1:]])

    names = [("gap", "all"), ("explained", "all"), ("unexplained", "all")]
    names += [("explained", name) for name in covariates]
    sides = two_sides(frame, group, pair, covariates, event, cluster)
    return with_interval(split, names, sides, rng, n_boot, alpha)


def threefold(
    frame: pd.DataFrame,
    *,
    group: str,
    pair: tuple[str, str],
    covariates: Sequence[str],
    rng: np.random.Generator,
    event: str = "default",
    cluster: str | None = None,
    n_boot: int = 1000,
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Return the three-fold Oaxaca-Blinder split of a difference in event rates.

    Parameters are those of :func:`twofold`. The parts are ``endowments`` (also by covariate),
    ``coefficients`` and ``interaction``, seen from the first group.

    Notes
    -----
    .. math:: \bar h_B - \bar h_A = (\bar X_B - \bar X_A)\beta_A + \bar X_A(\beta_B - \beta_A)
        + (\bar X_B - \bar X_A)(\beta_B - \beta_A)
    """

    def split(a: Side, b: Side) -> Array:
        first, second = least_squares(a), least_squares(b)
        move, turn = b.means - a.means, second - first
        ends = [b.rate - a.rate, move @ first, a.means @ turn, move @ turn]
        return np.array([*ends, *(move * first)[1:]])

    parts = ("gap", "endowments", "coefficients", "interaction")
    names = [(part, "all") for part in parts] + [("endowments", name) for name in covariates]
    sides = two_sides(frame, group, pair, covariates, event, cluster)
    return with_interval(split, names, sides, rng, n_boot, alpha)


def fairlie(
    frame: pd.DataFrame,
    *,
    group: str,
    pair: tuple[str, str],
    covariates: Sequence[str],
    rng: np.random.Generator,
    event: str = "default",
    reference: str = "first",
    cluster: str | None = None,
    n_orders: int = 24,
    n_boot: int = 200,
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Return Fairlie's split of a difference in event rates, which keeps them in [0, 1].

    Parameters are those of :func:`twofold`; ``n_orders`` is the number of orders in which
    covariates are exchanged, all of them where there are no more. Columns and parts are the same.

    Notes
    -----
    With the logit :math:`\Lambda` and coefficients :math:`\beta` of the reference, the explained
    part is :math:`\bar\Lambda(X_B\beta) - \bar\Lambda(X_A\beta)`. For one covariate, loans of A
    and B of the same rank of :math:`\Lambda(X\beta)` are paired and the covariate of A is exchanged
    for that of B, after those before it in the order; the contribution is the mean change over
    pairs. Pooled coefficients come with the constant of the first group.

    Fairlie averages over random subsamples of the larger group, paired one to one. Here the ranks
    of both whole groups are paired by weight, which is what that average tends to, so that the
    contributions add up to the explained part exactly. Where all orders are taken, they are Shapley
    values.

    References
    ----------
    Fairlie, R. W. (2005). An extension of the Blinder-Oaxaca decomposition technique to logit and
    probit models. *Journal of Economic and Social Measurement* 30(4), 305-316.
    Fairlie, R. W. (2017). Addressing path dependence and incorporating sample weights in the
    nonlinear Blinder-Oaxaca decomposition technique. SIEPR working paper 17-013.
    """
    _refuse_reference(reference)
    orders = _orders(len(covariates), n_orders, rng)

    def split(a: Side, b: Side) -> Array:
        prices = _prices(a, b, reference, logit)
        moves = _exchange(a, b, prices, orders, rng)
        gap = b.rate - a.rate
        return np.array([gap, moves.sum(), gap - moves.sum(), *moves])

    names = [("gap", "all"), ("explained", "all"), ("unexplained", "all")]
    names += [("explained", name) for name in covariates]
    sides = two_sides(frame, group, pair, covariates, event, cluster)
    return with_interval(split, names, sides, rng, n_boot, alpha)


def _prices(a: Side, b: Side, reference: str, fit: Callable[[Side], Array]) -> Array:
    if reference == "pooled":
        return fit(stacked(a, b))[:-1]
    return fit(a if reference == "first" else b)


def _orders(count: int, n_orders: int, rng: np.random.Generator) -> Array:
    require(n_orders=(n_orders, 1, 1e6))
    if factorial(count) <= n_orders:
        return np.array(list(permutations(range(count))))
    return np.array([rng.permutation(count) for _ in range(n_orders)])


def _exchange(a: Side, b: Side, prices: Array, orders: Array, rng: np.random.Generator) -> Array:
    """Return the mean change from exchanging each covariate, averaged over orders."""
    row_a, row_b, share = _paired(a, b, prices, rng)
    move = (b.x[row_b] - a.x[row_a])[:, 1:] * prices[1:]
    start = a.x[row_a] @ prices
    moves = np.zeros(move.shape[1])
    for order in orders:
        line, before = start.copy(), share @ expit(start)
        for covariate in order:
            line += move[:, covariate]
            after = share @ expit(line)
            moves[covariate] += after - before
            before = after
    return moves / len(orders)


def _paired(
    a: Side, b: Side, prices: Array, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, Array]:
    """Return rows of both groups of equal rank of the predicted chance, and the share of each."""
    order, ends = zip(*(_ranked(side, prices, rng) for side in (a, b)), strict=True)
    stops = np.union1d(*ends)
    share = np.diff(stops, prepend=0.0)
    middle = stops - share / 2
    rows = [
        rank[np.minimum(np.searchsorted(end, middle), len(rank) - 1)]
        for rank, end in zip(order, ends, strict=True)
    ]
    return rows[0], rows[1], share


def _ranked(side: Side, prices: Array, rng: np.random.Generator) -> tuple[np.ndarray, Array]:
    # Shuffled first, so that rows of equal chance stand in no order that the file gave them.
    mixed = rng.permutation(len(side.x))
    order = mixed[np.argsort((side.x @ prices)[mixed], kind="stable")]
    ends = np.cumsum(side.at_risk[order])
    return order, ends / ends[-1]


def _refuse_reference(reference: str) -> None:
    if reference not in REFERENCES:
        raise ChoiceError("reference", reference, REFERENCES)
