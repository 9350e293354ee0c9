"""Accounts of the "100 times": the multiple that each one's own figures give, beside the stated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.leverage import INF, cash_share, flow_multiple

TOLERANCE = {"exact": (0.995, 1.005), "about": (0.9, 1.1), "at_least": (1.0, INF)}
"""Computed over stated multiple, least and most, for each bound of the table ``account``."""

OUTCOMES = ("reproduces", "does_not", "cannot")


def outcome(
    computed: npt.ArrayLike, stated: npt.ArrayLike, bound: npt.ArrayLike
) -> npt.NDArray[np.str_]:
    """Return whether a computed multiple reproduces the stated one.

    Parameters
    ----------
    computed, stated : float or array
        Multiples, in times; not a number where there is none.
    bound : str or array
        How the account qualifies its multiple: a key of ``TOLERANCE``.

    Returns
    -------
    array of str
        ``reproduces``, ``does_not``, or ``cannot`` (be computed) where either number is missing.

    >>> outcome([120, 105, float("nan")], 100, ["about", "at_least", "about"]).tolist()
    ['does_not', 'reproduces', 'cannot']
    """
    limits = np.array([TOLERANCE[name] for name in np.atleast_1d(bound)])
    ratio = np.asarray(np.divide(computed, stated), dtype=float)
    inside = (ratio >= limits[:, 0]) & (ratio <= limits[:, 1])
    return np.where(np.isnan(ratio), "cannot", np.where(inside, "reproduces", "does_not"))


def claimed_multiple(accounts: pd.DataFrame) -> float:
    """Return the leverage that the thesis states, in times."""
    (stated,) = accounts.loc[accounts["account_id"] == "thesis", "leverage_times"]
    return float(stated)


def account_table(accounts: pd.DataFrame, kept: float) -> pd.DataFrame:
    """Return each account with the multiples its own figures give and whether they reproduce it.

    Parameters
    ----------
    accounts : DataFrame
        The table ``account``.
    kept : float
        Retained share r of each issue for the third road, in [0, 1].

    Returns
    -------
    DataFrame
        One row an account: ``account_id``, ``who``, ``stated``, ``bound``, ``grade``; three
        multiples in times, ``ratio``, ``recycled`` and ``recycled_kept``, each with its
        ``.._outcome`` of ``OUTCOMES``; ``source_id``, ``ref``. An account that does not qualify
        its multiple is read as ``about``.

    Notes
    -----
    ratio = loans / K asks whether the two ends of the account agree; recycled = n (1 + D / K),
    whether its mechanism leads from one to the other; recycled_kept, whether it still does once
    the share r is kept back. Where no multiple is stated, the mechanism must lead to the ratio.
    """
    capital = accounts["capital_amt"].astype(float)
    bound = accounts["bound"].astype(object).where(accounts["bound"].notna(), "about")
    stated = accounts["leverage_times"].astype(float)
    ratio = accounts["loans_amt"].astype(float) / capital
    target = stated.fillna(ratio)
    bank_ratio = accounts["bank_amt"].astype(float) / capital
    recycled = _recycled(bank_ratio, accounts["rounds"], 0.0)
    recycled_kept = _recycled(bank_ratio, accounts["rounds"], kept)
    return pd.DataFrame({
        "account_id": accounts["account_id"], "who": accounts["who"],
        "stated": stated, "bound": bound, "grade": accounts["grade"],
        "ratio": ratio, "ratio_outcome": outcome(ratio, stated, bound),
        "recycled": recycled, "recycled_outcome": outcome(recycled, target, bound),
        "recycled_kept": recycled_kept,
        "recycled_kept_outcome": outcome(recycled_kept, target, bound),
        "source_id": accounts["source_id"], "ref": accounts["ref"],
    })  # fmt: skip


def _recycled(bank_ratio: pd.Series, rounds: pd.Series, kept: float) -> npt.NDArray[np.float64]:
    """The flow multiple where bank debt and rounds are given."""
    known = (bank_ratio.notna() & rounds.notna()).to_numpy()
    ratios, counts = (column[known].to_numpy(dtype=float) for column in (bank_ratio, rounds))
    found = np.full(len(known), np.nan)
    found[known] = flow_multiple(ratios, cash_share(kept), counts)
    return found
