"""Published balances of Ant's two lenders, set side by side by date."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from abscase.case import Datum, datum
from abscase.errors import DataFaults, Fault

LENDERS = ("xiaowei", "shangcheng")
TOGETHER = "xiaowei_shangcheng"
STALE_MONTHS = 6
"""Oldest credit balance that a published own share may be multiplied with."""


def select(series: pd.DataFrame, measure: str, **where: str) -> list[Datum]:
    """Return the values of a measure, best grade first.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of the case.
    measure : str
        What is measured.
    **where
        Column to the text it must hold; a ``date`` is given as text too.

    Raises
    ------
    DataFaults
        No row fits.
    """
    fits = series["measure"] == measure
    for column, text in where.items():
        wanted = pd.Timestamp(text) if column == "date" else text
        fits &= (series[column] == wanted).fillna(False)
    if not fits.any():
        given = ", ".join(f"{column}={text}" for column, text in where.items())
        raise DataFaults([Fault(f"no published row fits {given or 'any row'}", "measure", measure)])
    return [datum(row) for _, row in series[fits].sort_values("grade", kind="stable").iterrows()]


class Capital(NamedTuple):
    """Registered capital of the two lenders together, from a date, and its rows of ``data/``."""

    date: pd.Timestamp
    value: float
    rows: tuple[Datum, ...]


class Own(NamedTuple):
    """Loans on the lenders' own books and the rows of ``data/`` they follow from."""

    value: float
    rows: tuple[Datum, ...]


def capital_around(entity: pd.DataFrame, date: str) -> list[Capital]:
    """Return the registered capital around a date, that in force first.

    The values of the same month; or else the last one before and the first one after it. Copies of
    one value count once, by the date of the first.
    """
    every, day = _capital(entity), pd.Timestamp(date)
    same = [each for each in every if each.date.to_period("M") == day.to_period("M")]
    before = [each for each in every if each.date <= day][-1:]
    found = same or before + [each for each in every if each.date > day][:1]
    if not found:
        raise DataFaults([Fault(f"no registered capital around {date}", "capital_amt")])
    return found


def _capital(entity: pd.DataFrame) -> list[Capital]:
    """Printed for both together, or the sum of the two by one source at one date."""
    rows = entity[entity["capital_amt"].notna() & entity["entity_id"].isin([*LENDERS, TOGETHER])]
    found = []
    for _, group in rows.groupby(["date", "source_id"]):
        names = set(group["entity_id"])
        if names in ({TOGETHER}, set(LENDERS)):
            data = tuple(datum(row, "capital_amt") for _, row in group.iterrows())
            found.append(Capital(group["date"].iloc[0], float(group["capital_amt"].sum()), data))
    found.sort(key=lambda each: each.date)
    repeated = [after for before, after in pairwise(found) if after.value == before.value]
    return [each for each in found if each not in repeated]


def printed(series: pd.DataFrame, measure: str, date: str) -> list[Datum]:
    """Return a measure at a date: one row for the whole, or one for each part.

    Where sources differ in rounding, the value printed to the most digits counts; of these the one
    of the best grade. Empty where nothing was printed.
    """
    rows = series[(series["measure"] == measure) & (series["date"] == pd.Timestamp(date))]
    if (rows["segment"] == "all").any():
        rows = rows[rows["segment"] == "all"]
    digits = rows["value"].map(lambda value: len(f"{value:.12g}".replace(".", "").strip("0")))
    ranked = rows.assign(digits=digits).sort_values(["digits", "grade"], ascending=[False, True])
    return [datum(row) for _, row in ranked.drop_duplicates("segment").iterrows()]


def credit_at(series: pd.DataFrame, date: str) -> list[Datum]:
    """Return the parts of all credit that the platform arranged, as far as printed for a date."""
    measures = ("consumer_credit_balance", "smb_credit_balance")
    return [row for measure in measures for row in printed(series, measure, date)]


def assets_at(entity: pd.DataFrame, date: str) -> list[Datum]:
    """Return the total assets of each of the two lenders at a date, or nothing."""
    fits = entity["entity_id"].isin(LENDERS) & (entity["date"] == pd.Timestamp(date))
    rows = entity[fits & entity["assets_amt"].notna()]
    return [datum(row, "assets_amt") for _, row in rows.iterrows()]


def own_at(series: pd.DataFrame, date: str) -> Own:
    """Return the loans on the lenders' own books at a date.

    Printed; or the published own share of the same month times the last credit balance, where that
    is not older than ``STALE_MONTHS``; or not a number.
    """
    if rows := printed(series, "own_book_loans", date):
        return Own(rows[0].value, (rows[0],))
    day = pd.Timestamp(date)
    shares = series[(series["measure"] == "own_book_share")
                    & (series["date"].dt.to_period("M") == day.to_period("M"))]  # fmt: skip
    dates = series.loc[series["measure"] == "consumer_credit_balance", "date"]
    recent = dates[(dates <= day) & (dates >= day - pd.DateOffset(months=STALE_MONTHS))]
    if shares.empty or recent.empty:
        return Own(float("nan"), ())
    share, credit = datum(shares.iloc[0]), credit_at(series, str(recent.max()))
    return Own(share.value * _sum(credit), (share, *credit))


def balance_sheet(entity: pd.DataFrame, series: pd.DataFrame) -> tuple[pd.DataFrame, list[Datum]]:
    """Return what is known of the two lenders at each date, and the rows it stands on.

    Parameters
    ----------
    entity, series : DataFrame
        The tables of the case.

    Returns
    -------
    DataFrame
        ``date``, ``capital``, ``credit``, ``assets``, ``own``, ``abs``, in currency units; empty
        where nothing was printed. A date on which two capitals may have been in force has two rows.
    list of Datum
        Every row of ``data/`` used.
    """
    measures = ("consumer_credit_balance", "abs_outstanding", "own_book_loans")
    held = entity["entity_id"].isin(LENDERS) & entity["assets_amt"].notna()
    dates = {*series.loc[series["measure"].isin(measures), "date"], *entity.loc[held, "date"]}
    rows, used = [], []
    for day in sorted(dates):
        date = str(day)
        credit, assets = credit_at(series, date), assets_at(entity, date)
        securities, own = printed(series, "abs_outstanding", date), own_at(series, date)
        capital = capital_around(entity, date)
        known = {"date": day, "credit": _sum(credit), "assets": _sum(assets), "own": own.value,
                 "abs": _sum(securities)}  # fmt: skip
        rows += [known | {"capital": each.value} for each in capital]
        used += [*credit, *assets, *securities, *own.rows]
        used += [row for each in capital for row in each.rows]
    columns = ["date", "capital", "credit", "assets", "own", "abs"]
    return pd.DataFrame(rows, columns=columns), list(dict.fromkeys(used))


def _sum(rows: list[Datum]) -> float:
    return float(np.sum([row.value for row in rows])) if rows else float("nan")
