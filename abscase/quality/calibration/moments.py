"""Moments of a calibration: a published number, and how model and tape give the same number.

Each reading takes it from the expected path of the model and, on a second road, from a simulated
tape with the measures of this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
import polars as pl

from abscase.quality.delinquency import delinquency
from abscase.quality.exposure import exposure
from abscase.schema import STATES
from abscase.sources.simulate import Expected, Process
from abscase.sources.simulate.tape import month_end

DEFAULT = STATES["default"]


class Reading(Protocol):
    """A way to take one number from the model and from a tape."""

    def expected(self, path: Expected, process: Process) -> float:
        """Return the number from the expected path."""

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        """Return it from a simulated tape."""


@dataclass(frozen=True)
class Stock:
    """Share of the living pool in the states ``worst_from`` to ``to``, at the end of a month."""

    date: pd.Timestamp
    worst_from: int
    to: int = 3
    by: str = "amount"

    def expected(self, path: Expected, process: Process) -> float:
        at = getattr(path, self.by)[:DEFAULT, :, :, month_of(self.date, process)].sum((1, 2))
        return float(at[self.worst_from : self.to + 1].sum() / at.sum())

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        day = month_end(process.first + month_of(self.date, process))
        table = delinquency(performance.filter(pl.col("date") == day))
        share = "balance_share" if self.by == "amount" else "loan_share"
        return float(table[share][table["state"].between(self.worst_from, self.to)].sum())


@dataclass(frozen=True)
class Bucket:
    """Balance in one state over that in another, at the end of a month."""

    date: pd.Timestamp
    state: int
    over: int

    def expected(self, path: Expected, process: Process) -> float:
        at = path.amount[:, :, :, month_of(self.date, process)].sum((1, 2))
        return float(at[self.state] / at[self.over])

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        day = month_end(process.first + month_of(self.date, process))
        table = delinquency(performance.filter(pl.col("date") == day)).set_index("state")
        return float(table["balance_amt"][self.state] / table["balance_amt"][self.over])


@dataclass(frozen=True)
class Ended:
    """Share of the loans made from one day to another that have ended in a state by a date.

    ``segment`` names a segment: only its loans count. ``of_ended``: of the loans that defaulted or
    were repaid early, not of all.
    """

    state: int
    date: pd.Timestamp
    made_from: pd.Timestamp
    made_to: pd.Timestamp
    segment: str | None = None
    of_ended: bool = False

    def expected(self, path: Expected, process: Process) -> float:
        made = process.cohorts
        low, high = (month_of(day, process) for day in (self.made_from, self.made_to))
        there = (made >= low) & (made <= high)
        names = [each.name for each in process.segments]
        mine = [self.segment in (None, name) for name in names]
        part = path.count[:, there][:, :, mine, month_of(self.date, process)]
        whole = part[DEFAULT : DEFAULT + 2] if self.of_ended else part
        return float(part[self.state].sum() / whole.sum())

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        chosen = loan.filter(pl.col("orig_date").is_between(self.made_from, self.made_to))
        if self.segment is not None:
            chosen = chosen.filter(pl.col("segment") == self.segment)
        rows = performance.filter(pl.col("date") <= self.date).join(
            chosen.select("loan_id"), on="loan_id", how="semi"
        )
        table = exposure(rows, entry_row=True)
        name = {code: name for name, code in STATES.items()}[self.state]
        ended = table[["default", "prepaid"]].to_numpy().sum()
        return float(table[name].sum() / (ended if self.of_ended else chosen.height))


@dataclass(frozen=True)
class Flow:
    """Chance a month to leave ``living`` loans for a state, mean of some months to a date.

    From current (``into`` 1) of the current loans that were so a month before; else (``into`` 4)
    of all living loans. ``yearly`` times 12.
    """

    date: pd.Timestamp
    months: int
    into: int = DEFAULT
    yearly: bool = True

    def expected(self, path: Expected, process: Process) -> float:
        last = month_of(self.date, process)
        count = path.count.sum((1, 2))
        when = np.arange(last - self.months + 1, last + 1)
        gone = count[self.into, when] - count[self.into, when - 1]
        living = count[:DEFAULT, when - 1].sum(0)
        return float((gone / living).mean()) * (12 if self.yearly else 1)

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        last = month_of(self.date, process)
        ends = month_end(process.first + np.arange(last - self.months, last + 1))
        rows = performance.filter(
            (pl.col("date") > ends[0]) & (pl.col("date") <= ends[-1])
            & pl.col("previous_state").is_not_null()
        )  # fmt: skip
        table = exposure(rows, by=("date",)).groupby("date")[["default", "at_risk"]].sum()
        return float((table["default"] / table["at_risk"]).mean()) * (12 if self.yearly else 1)


@dataclass(frozen=True)
class Growth:
    """Balance at one date over that at an earlier one."""

    early: pd.Timestamp
    late: pd.Timestamp

    def expected(self, path: Expected, process: Process) -> float:
        days = [month_of(day, process) for day in (self.early, self.late)]
        before, after = path.amount[:DEFAULT, :, :, days].sum((0, 1, 2))
        return float(after / before)

    def measured(self, loan: pl.DataFrame, performance: pl.DataFrame, process: Process) -> float:
        months = [process.first + month_of(day, process) for day in (self.early, self.late)]
        ends = month_end(months).tolist()
        table = delinquency(performance.filter(pl.col("date").is_in(ends)))
        before, after = table.groupby("date")["balance_amt"].sum()
        return float(after / before)


@dataclass(frozen=True)
class Moment:
    """A target with its interval and evidence, and how it is read."""

    name: str
    target: float
    lo: float
    hi: float
    unit: str
    grade: str
    source_id: str
    ref: str
    reading: Reading
    fitted: bool = True


def month_of(date: pd.Timestamp, process: Process) -> int:
    """Return the month of a date, counted from the first month of the process."""
    return date.year * 12 + date.month - 1 - process.first
