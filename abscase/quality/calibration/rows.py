"""From rows of ``data/`` to the moments of a calibration, with their intervals and evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abscase.case import Case
from abscase.errors import DataFaults, Fault
from abscase.quality.calibration.moments import Moment, Reading, Stock

NORMAL_95 = 1.96


def rows_of(
    case: Case, measure: str, segment: str | None = None, definition: str | None = None,
    since: str = "1900", until: str = "2100", table: str = "series",
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of a measure, by date, one a date: of several the best graded, then last."""
    rows = case.table(table)
    rows = rows[rows["measure"] == measure]
    for column, value in (("segment", segment), ("definition_id", definition)):
        if value is not None:
            rows = rows[rows[column] == value]
    inside = rows["date"].isna() | rows["date"].between(since, until)
    rows = rows[inside].sort_values(["date", "grade"], ascending=[True, False], kind="stable")
    if rows.empty:
        raise DataFaults([Fault("no such row", measure, segment or "", file=case.name)])
    keys = ["date"] if segment is not None else ["date", "segment"]
    return rows.drop_duplicates(keys, keep="last").reset_index(drop=True)


def moment(
    name: str, rows: pd.DataFrame, reading: Reading, target: float | None = None,
    bounds: tuple[float, float] | None = None, loans: float | None = None, fitted: bool = True,
) -> Moment:  # fmt: skip
    """Return a moment that stands on some rows.

    The interval is ``bounds``; or that of a sample of so many ``loans``; or, of one row, what its
    printed digits leave open.
    """
    value = float(rows["value"].iloc[0]) if target is None else target
    if bounds is None:
        half = rounding(value)
        if loans is not None:
            half = NORMAL_95 * float(np.sqrt(value * (1 - value) / loans))
        bounds = (max(value - half, 0.0), value + half)
    return Moment(
        name, value, *bounds, str(rows["unit"].iloc[0]), max(rows["grade"]),
        ", ".join(dict.fromkeys(rows["source_id"])), ", ".join(rows["ref"]), reading, fitted,
    )  # fmt: skip


def rounding(value: float) -> float:
    """Return half a unit of the last digit in which a share is printed, one of 0.0001 at least.

    >>> rounding(0.0108), rounding(0.05)
    (5e-05, 5e-05)
    """
    digits = len(f"{value:.10f}".rstrip("0").partition(".")[2])
    return 0.5 * 10.0 ** -min(max(digits, 4), 6)


def mean_value(rows: pd.DataFrame, weights: pd.Series | None = None) -> float:
    """Return the mean of the rows' values."""
    return float(np.average(rows["value"], weights=weights))


def each_row(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows as frames of one row."""
    return [rows.iloc[[place]] for place in range(len(rows))]


def months_of(rows: pd.DataFrame, first: int) -> list[int]:
    """Return the months of the rows' dates, counted from the month ``first``."""
    return [date.year * 12 + date.month - 1 - first for date in rows["date"]]


def stock(
    name: str, row: pd.DataFrame, worst_from: int, by: str = "amount", slack: float = 0.0,
    fitted: bool = True,
) -> Moment:  # fmt: skip
    """Return the moment of a stock of arrears; ``slack`` widens its interval by such a share."""
    date, value = row["date"].iloc[0], float(row["value"].iloc[0])
    ends = (value / (1 + slack), value * (1 + slack)) if slack else None
    reading = Stock(date, worst_from, 3, by)
    return moment(f"{name} {date:%Y-%m}", row, reading, bounds=ends, fitted=fitted)


def early_arrears(case: Case, segment: str, until: str) -> list[Moment]:
    """Return moments of 30 to 89 days late where only 30+ and the serious rate are printed.

    The 30+ rate leaves foreclosures out and the serious rate holds them, so that the share at 30 to
    89 days lies between their difference and the 30+ rate itself.
    """
    late = rows_of(case, "delinquency_30plus", segment, "us_mba_30plus", until=until)
    serious = rows_of(case, "serious_delinquency", segment, "us_mba_serious")
    both = late.merge(serious[["date", "value"]], on="date", suffixes=("", "_serious"))
    found = []
    for row in each_row(both):
        date, high = row["date"].iloc[0], float(row["value"].iloc[0])
        low = high - float(row["value_serious"].iloc[0])
        found.append(
            moment(f"30 to 89 days {date:%Y-%m}", row, Stock(date, 1, 2, "count"),
                   (low + high) / 2, (low, high))
        )  # fmt: skip
    return found
