"""The controls on the scale of a monthly flow: US cards and Chinese online lenders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from abscase.case import Datum
from abscase.estimate import MONTH_DAYS, PRINTED, Estimate, data_of, over, rounding, rows
from abscase.quality.flow import flow_from_stock

YEAR_END = pd.Timestamp("2019-12-31")
STALE_MONTHS = 6
PEER_RESIDENCE = 3.0
"""Months from 90 days past due to 180, when the peers take a loan off the books."""
CALM = ("2004-01-01", "2007-12-31")
CARD_REPORTS = ("all_banks", "capital_one:us_card", "capital_one_trust", "moodys_index")


def card_reports(series: pd.DataFrame) -> pd.DataFrame:
    """Return the mean monthly charge-off of US card balances in calm years, report by report.

    Returns
    -------
    DataFrame
        ``segment``, ``definition_id``, ``flow`` (decimal a month: the yearly rate over twelve, the
        mean weighted by the length of the periods), ``months`` (covered), ``first``, ``last``
        (dates of the first and the last period's end).

    Notes
    -----
    Most reports are net of recoveries, which makes the flow of the cards look smaller.
    """
    found = _calm(series)
    weight = found["period_months"]
    found = found.assign(months=weight, flow=found["value"] / 12 * weight)
    table = found.groupby(["segment", "definition_id"], as_index=False).agg(
        flow=("flow", "sum"), months=("months", "sum"), first=("date", "min"), last=("date", "max")
    )
    return table.assign(flow=table["flow"] / table["months"])


def _calm(series: pd.DataFrame) -> pd.DataFrame:
    found = rows(series, ["charge_off_rate", "net_loss_rate"], segment=CARD_REPORTS)
    return found[found["date"].between(*CALM)]


def card_flow(series: pd.DataFrame) -> Estimate:
    """Return the monthly flow of US card balances into charge-off in calm years.

    No report covers all of 2004 to 2007: :func:`card_reports` tells the months of each. The
    estimate is that of all banks, the interval runs over what banks and trusts report.
    """
    table = card_reports(series)
    first = table["segment"] == "all_banks"
    return over([table.loc[first, "flow"].mean(), *table["flow"]], data_of(_calm(series)))


def peer_flows(series: pd.DataFrame) -> dict[str, Estimate]:
    """Return the monthly flow of each Chinese online lender into 90 days past due, end of 2019.

    Its interval runs over the growth between its published balances of the year before, and over
    rounding. A lender without a rate within six months of the date is left out.
    """
    found = {}
    printed = _recent(rows(series, "delinquency_90_180_rate"))
    for segment, part in printed.groupby("segment"):
        row = data_of(part)[-1]
        found[str(segment)] = _peer(series, rounding(row), [row], str(segment),
                                    "outstanding_balance")  # fmt: skip
    bad = data_of(_recent(rows(series, "nonaccrual", segment="qudian_principal")))[-1]
    book = data_of(_recent(rows(series, "receivables_gross", segment="qudian")))[-1]
    share = bad.value / book.value
    found["qudian"] = _peer(series, (share,) * 3, [bad, book], "qudian", "receivables_gross")
    return found


def _recent(found: pd.DataFrame) -> pd.DataFrame:
    oldest = YEAR_END - pd.DateOffset(months=STALE_MONTHS)
    return found[found["date"].between(oldest, YEAR_END)]


def _peer(
    series: pd.DataFrame, stock: Sequence[float], data: Sequence[Datum], segment: str, measure: str
) -> Estimate:
    date = data[0].date or YEAR_END
    book = rows(series, measure, segment=segment)
    book = book[book["date"].between(date - pd.DateOffset(months=12), date)]
    last = book.iloc[-1]
    before = book[book["date"] < last["date"]]
    months = (last["date"] - before["date"]).dt.days / MONTH_DAYS
    growth = np.asarray((last["value"] / before["value"]) ** (1 / months) - 1, dtype=float)
    middle, least, most = stock
    flows = [flow_from_stock(middle, PEER_RESIDENCE, float(np.median(growth))),
             flow_from_stock(least, PEER_RESIDENCE, growth.min()),
             flow_from_stock(most, PEER_RESIDENCE, growth.max())]  # fmt: skip
    return over(flows, [*data, *data_of(book)], kind="parameters")


def peer_flow(series: pd.DataFrame) -> Estimate:
    """Return the median of the peers' flows, its interval from the least bound to the largest."""
    each = list(peer_flows(series).values())
    middle = float(np.median([flow.value for flow in each]))
    bounds = [flow.low for flow in each] + [flow.high for flow in each]
    return over([middle, *bounds], [row for flow in each for row in flow.data], kind="parameters")


def card_rises(series: pd.DataFrame) -> pd.DataFrame:
    """Return the rise of US banks' 30-day card arrears over one and two quarters, in times.

    Returns
    -------
    DataFrame
        ``date`` (of the end), ``quarters``, ``before``, ``after``, ``rise``, ``place`` (of the end
        among the rows by date).
    """
    values = rows(series, "delinquency_30plus", segment="all_banks")["value"].to_numpy(dtype=float)
    dates = rows(series, "delinquency_30plus", segment="all_banks")["date"].to_numpy()
    parts = [
        pd.DataFrame({"date": dates[lag:], "quarters": lag, "before": values[:-lag],
                      "after": values[lag:], "place": np.arange(lag, len(values))})
        for lag in (1, 2)
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    return table.assign(rise=table["after"] / table["before"])


def card_rise(series: pd.DataFrame) -> Estimate:
    """Return the largest rise of US banks' card arrears within two quarters, with rounding."""
    table = card_rises(series)
    half = 0.5 * 10.0**-PRINTED
    least = ((table["after"] - half) / (table["before"] + half)).max()
    most = ((table["after"] + half) / (table["before"] - half)).max()
    top = table.iloc[int(table["rise"].to_numpy().argmax())]
    every = data_of(rows(series, "delinquency_30plus", segment="all_banks"))
    ends = [every[int(top["place"] - top["quarters"])], every[int(top["place"])]]
    return over([top["rise"], least, most], ends)
