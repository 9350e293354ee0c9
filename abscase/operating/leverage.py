"""The leverage engine as a flow: a loan book is sold, the cash is lent again, and so on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from abscase.ranges import Array, require

INF = float("inf")


def cash_share(
    retained: npt.ArrayLike, advance: npt.ArrayLike = 1.0, eligible: npt.ArrayLike = 1.0
) -> Array:
    """Return the cash q that one unit of loans brings when it is sold.

    Parameters
    ----------
    retained : float or array
        Junior share r of each issue that the originator keeps, in [0, 1].
    advance : float or array
        Price paid for what is sold, net of discount and fees (a), in [0, 1].
    eligible : float or array
        Share s of a loan book that may be sold, in [0, 1].

    Notes
    -----
    q = s a (1 - r).

    >>> float(cash_share(0.08))
    0.92
    """
    require(retained=(retained, 0, 1), advance=(advance, 0, 1), eligible=(eligible, 0, 1))
    return np.multiply(eligible, advance) * (1 - np.asarray(retained, dtype=float))


def loan_books(capital: float, bank_ratio: float, q: float, rounds: int) -> Array:
    """Return the loan books L_1 .. L_n, in units of capital.

    Parameters
    ----------
    capital : float
        Own capital K, at least 0.
    bank_ratio : float
        Bank debt b over own capital, at least 0.
    q : float
        Cash for a unit sold, in [0, 1]; see `cash_share`.
    rounds : int
        Number of loan books n, at least 1.

    Notes
    -----
    L_1 = (1 + b) K, L_{j+1} = q L_j.

    >>> loan_books(3, 2, 1.0, 3).tolist()
    [9.0, 9.0, 9.0]
    """
    require(
        capital=(capital, 0, INF),
        bank_ratio=(bank_ratio, 0, INF),
        q=(q, 0, 1),
        rounds=(rounds, 1, INF),
    )
    return (1 + bank_ratio) * capital * np.power(float(q), np.arange(rounds))


def flow_multiple(bank_ratio: npt.ArrayLike, q: npt.ArrayLike, rounds: npt.ArrayLike) -> Array:
    """Return all loans made in n rounds over own capital, T_n / K, in times.

    Parameters
    ----------
    bank_ratio, q, rounds : float or array
        As in `loan_books`; arrays broadcast. ``rounds`` may be infinite where q < 1.

    Notes
    -----
    T_n / K = (1 + b) (1 - q^n) / (1 - q), and n (1 + b) at q = 1. The power is taken through
    expm1 and log1p, so that the value stays exact as q nears 1.

    References
    ----------
    The algebra is that of the money multiplier; leverage read from balance sheets: T. Adrian and
    H. S. Shin, "Liquidity and leverage", Journal of Financial Intermediation 19(3), 2010.

    >>> float(flow_multiple(2, 1.0, 40))
    120.0
    """
    require(bank_ratio=(bank_ratio, 0, INF), q=(q, 0, 1), rounds=(rounds, 1, INF))
    loss, n = np.asarray(q, dtype=float) - 1, np.asarray(rounds, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rounds_sum = np.where(loss == 0, n, np.expm1(n * np.log1p(loss)) / loss)
    return ((1 + np.asarray(bank_ratio, dtype=float)) * rounds_sum)[()]


def limit_multiple(bank_ratio: npt.ArrayLike, q: npt.ArrayLike) -> Array:
    """Return the multiple after endless rounds, (1 + b) / (1 - q), in times; infinite at q = 1.

    >>> round(float(limit_multiple(2, cash_share(0.03))), 9)
    100.0
    """
    return flow_multiple(bank_ratio, q, INF)


def retention_needed(
    target: float,
    bank_ratio: float,
    rounds: float = INF,
    advance: float = 1.0,
    eligible: float = 1.0,
) -> float:
    """Return the largest retained share at which the flow still reaches a target multiple.

    Parameters
    ----------
    target : float
        Multiple M of own capital, in times, above 0.
    bank_ratio, rounds, advance, eligible : float
        As in `flow_multiple` and `cash_share`; ``rounds`` may be infinite.

    Returns
    -------
    float
        Retained share in [0, 1]; not a number where even r = 0 falls short of the target.

    Notes
    -----
    Endless rounds: 1 - q = (1 + b) / M. A finite number: the root of T_n(q) / K = M by Brent's
    method; T_n rises with q, so it is the only one. Then r = 1 - q / (s a).

    >>> round(retention_needed(100, 2), 9), round(retention_needed(100, 2, rounds=40), 4)
    (0.03, 0.0096)
    """
    require(target=(target, 0, INF), advance=(advance, 0, 1), eligible=(eligible, 0, 1))
    most = float(cash_share(0.0, advance, eligible))

    def gap(q: float) -> float:
        return float(flow_multiple(bank_ratio, q, rounds)) - target

    if gap(most) < 0:
        return float("nan")
    if gap(0.0) >= 0:
        return 1.0
    q = 1 - (1 + bank_ratio) / target if np.isinf(rounds) else brentq(gap, 0.0, most, xtol=1e-14)
    return 1 - q / most


def retained_exposure(books: Array, retained: float) -> Array:
    """Return the junior pieces kept so far after each round, J_n = sum of r L_j.

    Notes
    -----
    With full advance and eligibility, what is kept and the cash in hand always sum to the first
    book: J_n + q^n (1 + b) K = (1 + b) K. The engine turns the whole balance sheet into first-loss
    pieces.
    """
    require(retained=(retained, 0, 1))
    return retained * np.cumsum(books)
