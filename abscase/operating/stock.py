"""The leverage engine as a stock: what of the issues is outstanding at one time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.leverage import (
    INF,
    cash_share,
    flow_multiple,
    limit_multiple,
    loan_books,
    retained_exposure,
)
from abscase.ranges import Array, require


def outstanding_share(
    age: npt.ArrayLike, revolving_months: npt.ArrayLike, life_months: npt.ArrayLike
) -> Array:
    """Return the share of a pool that is outstanding at an age.

    Parameters
    ----------
    age : float or array
        Months since issue; 0 outstanding before the issue.
    revolving_months : float or array
        Length R of the revolving period, in which repaid principal buys new loans; 0 is a static
        pool.
    life_months : float or array
        Life tau of a loan, repaid in equal parts, above 0.

    Notes
    -----
    w(u) = 1 for 0 <= u <= R, then max(0, 1 - (u - R) / tau).
    """
    require(revolving_months=(revolving_months, 0, INF), life_months=(life_months, 1e-9, INF))
    months = np.asarray(age, dtype=float)
    run_off = np.clip(1 - np.subtract(months, revolving_months) / life_months, 0, 1)
    # A tick of tolerance: an issue at month j * cycle is alive at that very month.
    return np.where(months >= -1e-9, run_off, 0.0)[()]


def stock(
    months: npt.ArrayLike,
    books: Array,
    cycle_months: float,
    revolving_months: float,
    life_months: float,
) -> Array:
    """Return the loans outstanding at each month, in the unit of the books.

    Parameters
    ----------
    months : float or array
        Months since the first issue.
    books : array of shape (n,)
        Loan books in order of issue; see `loan_books`.
    cycle_months : float
        Months from one issue to the next, at least 0.
    revolving_months, life_months : float
        As in `outstanding_share`.

    Returns
    -------
    array of the shape of ``months``

    Notes
    -----
    O(t) = sum over j of L_{j+1} w(t - j D), with D the cycle time.
    """
    require(cycle_months=(cycle_months, 0, INF))
    age = np.asarray(months, dtype=float)[..., None] - np.arange(len(books)) * cycle_months
    return outstanding_share(age, revolving_months, life_months) @ np.asarray(books)


def loans_made(months: npt.ArrayLike, books: Array, cycle_months: float) -> Array:
    """Return the running total of the loan books made by each month, in the unit of the books."""
    return stock(months, books, cycle_months, INF, 1.0)


def peak_stock(
    books: Array, cycle_months: float, revolving_months: float, life_months: float
) -> float:
    """Return the largest stock ever outstanding, in the unit of the books.

    Notes
    -----
    Between two issues the stock never rises, so the largest of the stocks at the issue dates is
    the largest of all.

    >>> round(peak_stock(loan_books(1, 2, 1.0, 40), 0.9, 12, 2), 1)
    44.9
    """
    issues = np.arange(len(books)) * cycle_months
    return float(stock(issues, books, cycle_months, revolving_months, life_months).max())


def by_retention(
    retained: Iterable[float], capital: float, bank_ratio: float, advance: float, rounds: int,
    cycle_months: float, revolving_months: float, life_months: float,
) -> pd.DataFrame:  # fmt: skip
    """Return flow and stock of the engine, one row for each retained share.

    Parameters
    ----------
    retained : iterable of float
        Shares r, each in [0, 1]; repeated ones count once.
    capital, bank_ratio, advance, rounds, cycle_months, revolving_months, life_months
        As in `loan_books`, `cash_share` and `stock`.

    Returns
    -------
    DataFrame
        ``retained``; ``made_amt`` and ``peak_amt``, loans made and the most outstanding, in the
        unit of ``capital``; then in times ``flow`` (loans made), ``limit`` (in endless rounds),
        ``peak`` (most outstanding) and ``kept`` (junior pieces kept).
    """
    rows = []
    for kept in sorted(set(retained)):
        q = float(cash_share(kept, advance))
        books = loan_books(capital, bank_ratio, q, rounds)
        peak = peak_stock(books, cycle_months, revolving_months, life_months)
        rows.append({
            "retained": kept, "made_amt": books.sum(), "peak_amt": peak,
            "flow": float(flow_multiple(bank_ratio, q, rounds)),
            "limit": float(limit_multiple(bank_ratio, q)), "peak": peak / capital,
            "kept": retained_exposure(books, kept)[-1] / capital,
        })  # fmt: skip
    return pd.DataFrame(rows)
