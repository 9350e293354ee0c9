"""Delinquency by period and bucket, by count and by balance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import DataFaults, Fault
from abscase.quality.states import LIVE, alive
from abscase.quality.tally import every, grouped, tally


def delinquency(panel: IntoFrame, by: Sequence[str] = ("date",)) -> pd.DataFrame:
    r"""Return the stock of loans in each bucket of days past due, and its shares.

    Parameters
    ----------
    panel : frame of any engine
        In the columns of the table ``performance``.
    by : sequence of str
        Columns of the panel to report by.

    Returns
    -------
    DataFrame
        One row for each group and bucket, empty ones too: ``by``; ``state`` (0 current, 1, 2 and 3
        for 30, 60 and 90 days); ``loans``; ``balance_amt``; ``loan_share`` and ``balance_share`` of
        the bucket; ``loan_share_plus`` and ``balance_share_plus`` of it and all worse ones, so that
        the usual "30+" stands in the row of state 1. Shares are decimals of the loans that are
        there; of a group whose balance is nil they are empty.

    Notes
    -----
    :math:`d^{k+}_t = \sum_{j\ge k} B_{j,t} / \sum_{j\ge 0} B_{j,t}`. Loans that defaulted, were
    prepaid or matured stand in neither sum: the ratio is a stock over a stock, low where bad loans
    leave quickly and where the balance grows.
    """
    columns = [*by, "state", "balance_amt"]
    table = tally(panel, columns, [*by, "state"], ["balance_amt"], where=alive())
    table = every(table, by, pd.DataFrame({"state": list(LIVE.values())}))
    table = table.sort_values([*by, "state"], ignore_index=True)
    for amount, name in (("loans", "loan_share"), ("balance_amt", "balance_share")):
        total = grouped(table, by)[amount].transform("sum")
        table[name] = table[amount] / total.where(total > 0)
        worst_first = table.iloc[::-1]
        table[f"{name}_plus"] = grouped(worst_first, by)[name].cumsum()
    return table[
        [*by, "state", "loans", "balance_amt", "loan_share", "balance_share",
         "loan_share_plus", "balance_share_plus"]
    ]  # fmt: skip


def net_roll_rates(
    ladder: pd.DataFrame, period_months: int = 1, open_state: int | None = LIVE["90"]
) -> pd.DataFrame:
    r"""Return the net roll rates of a ladder of delinquent balances.

    Parameters
    ----------
    ladder : DataFrame
        ``date``, ``state`` (consecutive codes, worse is higher) and ``balance_amt``: the result of
        :func:`delinquency` by date, or a published ladder.
    period_months : int
        Width of a bucket in months, at least 1: rates run from one date to the date so much later.
    open_state : int, optional
        The bucket without an upper end. No rate into it is given, for what sat in it before
        cannot be told from what rolled in. None where every bucket has an end.

    Returns
    -------
    DataFrame
        ``date`` (of arrival), ``from_state``, ``state``, ``roll_rate`` (decimal of the balance a
        period before; above 1 where the older bucket grew). A date without a predecessor has none.

    Raises
    ------
    DataFaults
        A date has two rows for one state.

    Notes
    -----
    :math:`r_{k,t} = B_{k,t}/B_{k-1,t-1}`. It nets cures against new arrears and equals the share
    that rolls only where nobody skips or falls back; :func:`roll_rates` counts loans instead.

    References
    ----------
    Cyert, R. M., Davidson, H. J. and Thompson, G. L. (1962). Estimation of the allowance for
    doubtful accounts by Markov chains. *Management Science* 8(3), 287-303.
    """
    twice = ladder[ladder.duplicated(["date", "state"])]
    if len(twice):
        raise DataFaults([
            Fault("has two rows for a date and state; sum or choose first", "state",
                  f"{row.date:%Y-%m-%d}, {row.state}") for row in twice.itertuples()
        ])  # fmt: skip
    rows = ladder[["date", "state", "balance_amt"]].copy()
    rows["month"] = month_index(rows["date"])
    before = rows.assign(month=rows["month"] + period_months, from_state=rows["state"])
    before["state"] = before["state"] + 1
    before = before.rename(columns={"balance_amt": "before_amt"}).drop(columns="date")
    pairs = rows.merge(before, on=["month", "state"])
    pairs["roll_rate"] = pairs["balance_amt"] / pairs["before_amt"].replace(0, np.nan)
    pairs = pairs[pairs["state"] != open_state].sort_values(["date", "state"], ignore_index=True)
    return pairs[["date", "from_state", "state", "roll_rate"]]


def month_index(date: pd.Series) -> pd.Series:
    """Return months since the year 0, so that months can be added and taken off."""
    return date.dt.year * 12 + date.dt.month - 1
