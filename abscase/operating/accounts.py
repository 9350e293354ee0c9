"""Accounts of the "100 times": the multiple that each one's own figures give, beside the stated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.leverage import INF, flow_multiple

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


def account_table(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return each account with the multiples its own figures give and whether they reproduce it.

    Parameters
    ----------
    accounts : DataFrame
        The table ``account``.

    Returns
    -------
    DataFrame
        One row an account: ``account_id``, ``who``, ``stated`` and ``bound``; ``ratio``, the
        resulting loans over capital; ``recycled``, the flow of its rounds without retention; both
        in times, and ``ratio_outcome``, ``recycled_outcome`` of ``OUTCOMES``; ``grade``,
        ``source_id``, ``ref``. An account that does not qualify its multiple is read as ``about``.

    Notes
    -----
    ratio = loans / K; recycled = n (1 + D / K). They are two roads: the first asks whether the two
    ends of the account agree, the second whether its mechanism leads from one to the other.
    """
    capital = accounts["capital_amt"].astype(float)
    bound = accounts["bound"].astype(object).where(accounts["bound"].notna(), "about")
    stated = accounts["leverage_times"].astype(float)
    ratio = accounts["loans_amt"].astype(float) / capital
    recycled = _recycled(accounts["bank_amt"] / capital, accounts["rounds"])
    return pd.DataFrame({
        "account_id": accounts["account_id"], "who": accounts["who"],
        "stated": stated, "bound": bound,
        "ratio": ratio, "ratio_outcome": outcome(ratio, stated, bound),
        "recycled": recycled, "recycled_outcome": outcome(recycled, stated, bound),
        "grade": accounts["grade"], "source_id": accounts["source_id"], "ref": accounts["ref"],
    })  # fmt: skip


def _recycled(bank_ratio: pd.Series, rounds: pd.Series) -> npt.NDArray[np.float64]:
    """The flow multiple without retention, where both inputs are given."""
    known = (bank_ratio.notna() & rounds.notna()).to_numpy()
    found = np.full(len(known), np.nan)
    found[known] = flow_multiple(
        bank_ratio[known].to_numpy(dtype=float), 1.0, rounds[known].to_numpy(dtype=float)
    )
    return found
