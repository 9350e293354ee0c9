"""A loan tape in the schema, and the report on how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from abscase.schema import STATES, TABLES

EVENT_COLUMNS = {"previous_state", "loss_amt", "recovery_amt", "days_past_due"}
"""Filled only where something happened, so that an empty cell is not a gap."""
NO_HISTORY = {
    "case": pl.String, "loan_id": pl.String, "date": pl.Date, "age_months": pl.Int32,
    "balance_amt": pl.Float64, "state": pl.Int8, "previous_state": pl.Int8, "grade": pl.String,
    "source_id": pl.String,
}  # fmt: skip
"""The table ``performance`` of a tape that has none."""
EVIDENCE = {"grade", "source_id", "how", "note"}


@dataclass(frozen=True)
class Tape:
    """Loans and their history as a source reads them, in the columns that the source has.

    Attributes
    ----------
    loan, performance : LazyFrame
        In the tables of that name; ``previous_state`` is added on loading. ``performance`` is None
        where the source knows no outcome.
    period_months : int
        Months from one row of a loan to the next: 1 or 3.
    rows_read : int
        Rows of the raw file.
    rejected : mapping of str to int
        Rows left out, by reason.
    altered : mapping of str to int
        Values changed or emptied, by reason.
    notes : tuple of str
        What a user of the tape must know.
    """

    loan: pl.LazyFrame
    performance: pl.LazyFrame | None
    period_months: int
    rows_read: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    altered: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadReport:
    """How a tape was read.

    ``missing`` counts the empty cells of each column that the tape has; columns that it does not
    have, or that are empty in every row, are in ``not_collected``. ``gaps`` counts the
    places where a loan's history skips periods, ``gap_periods`` the periods skipped.
    ``aged_loans`` entered after their origination;
    ``entry_months`` is the median age at entry over all loans.

    ``quality`` is the share of what a faultless tape would hold that this one delivers, in [0, 1]:
    ``kept`` (rows kept over rows read) x ``continuous`` (rows over rows and skipped periods) x
    ``filled`` (cells that hold something, over the columns that the tape has, columns of evidence
    and of events left out).
    """

    source: str
    case: str
    file: str
    sha256: str
    rows_read: int
    rows: int
    loans: int
    first_date: str
    last_date: str
    period_months: int
    states: Mapping[str, int]
    missing: Mapping[str, int]
    not_collected: tuple[str, ...]
    rejected: Mapping[str, int]
    altered: Mapping[str, int]
    gaps: int
    gap_periods: int
    gap_loans: int
    aged_loans: int
    entry_months: float
    kept: float
    continuous: float
    filled: float
    quality: float
    notes: tuple[str, ...]


def with_previous_state(performance: pl.LazyFrame, period_months: int) -> pl.LazyFrame:
    """Add ``previous_state``, empty in the first row of a loan and after a gap.

    The rows of a loan must stand together, by date.
    """
    follows = ~_new() & (_step() == period_months)
    return performance.with_columns(previous_state=pl.when(follows).then(pl.col("state").shift(1)))


def _new() -> pl.Expr:
    """True in the first row of a loan."""
    return (pl.col("loan_id") != pl.col("loan_id").shift(1)).fill_null(True)


def _step() -> pl.Expr:
    month = pl.col("date").dt.year() * 12 + pl.col("date").dt.month().cast(pl.Int32)
    return month - month.shift(1)


def report(tape: Tape, loan: pl.LazyFrame, performance: pl.LazyFrame, **origin: str) -> LoadReport:
    """Return the report on a tape from its canonical tables; ``origin`` names file and source."""
    facts = _row(performance.select(
        rows=pl.len(), first=pl.col("date").min(), last=pl.col("date").max()
    ))  # fmt: skip
    gaps = _gaps(performance, tape.period_months)
    loans, rows = int(_row(loan.select(rows=pl.len()))["rows"]), int(facts["rows"])
    missing = _missing(loan, "loan") | _missing(performance, "performance")
    size = {"loan": loans, "performance": rows}
    blank = {name for name, count in missing.items() if 0 < count == size[name.split(".")[0]]}
    missing = {name: count for name, count in missing.items() if name not in blank}
    entry = _counts(performance.filter(_new()), "age_months")
    names = _counts(performance, "state")
    stay = loans if tape.performance is None else rows
    kept = stay / tape.rows_read if tape.rows_read else 0.0
    continuous = stay / (stay + gaps["periods"]) if stay else 0.0
    filled = _filled(missing, size)
    return LoadReport(
        **origin, rows_read=tape.rows_read, rows=rows, loans=loans,
        first_date=str(facts["first"] or ""), last_date=str(facts["last"] or ""),
        period_months=tape.period_months,
        states={name: names[code] for name, code in STATES.items() if code in names},
        missing={name: count for name, count in missing.items() if count},
        not_collected=tuple(
            f"{table}.{name}"
            for table, frame in (("loan", loan), ("performance", performance))
            for name in TABLES[table].names
            if name not in frame.collect_schema() or f"{table}.{name}" in blank
        ),
        rejected=dict(tape.rejected), altered=dict(tape.altered),
        gaps=gaps["gaps"], gap_periods=gaps["periods"], gap_loans=gaps["loans"],
        aged_loans=sum(count for age, count in entry.items() if age > 0),
        entry_months=_median(entry),
        kept=kept, continuous=continuous, filled=filled, quality=kept * continuous * filled,
        notes=(*tape.notes, *_without_history(tape, loans, sum(entry.values()))),
    )  # fmt: skip


def _without_history(tape: Tape, loans: int, seen: int) -> tuple[str, ...]:
    if tape.performance is None or seen >= loans:
        return ()
    return (f"{loans - seen:,} of {loans:,} loans have no history",)


def _row(frame: pl.LazyFrame) -> dict[str, Any]:
    return frame.collect(engine="streaming").row(0, named=True)


def _counts(frame: pl.LazyFrame, column: str) -> dict[int, int]:
    """Return how many rows hold each value, the least value first."""
    found = frame.group_by(column).len().collect(engine="streaming")
    return {int(value): int(count) for value, count in found.sort(column).iter_rows()}


def _median(counts: Mapping[int, int]) -> float:
    if not counts:
        return 0.0
    upto, half = np.cumsum(list(counts.values())), sum(counts.values()) / 2
    values = np.array(list(counts))
    low = values[np.searchsorted(upto, half)]
    return float(low + values[np.searchsorted(upto, half, side="right")]) / 2


def _gaps(performance: pl.LazyFrame, period_months: int) -> dict[str, int]:
    skipped = _step() // period_months - 1
    rows = performance.select("loan_id", skipped=pl.when(~_new()).then(skipped)).filter(
        pl.col("skipped") > 0
    )
    found = _row(rows.select(
        gaps=pl.len(), periods=pl.col("skipped").sum(), loans=pl.col("loan_id").n_unique()
    ))  # fmt: skip
    return {name: int(count or 0) for name, count in found.items()}


def _missing(frame: pl.LazyFrame, table: str) -> dict[str, int]:
    # One column at a time: a stream of all of them holds several row groups of each.
    names = [name for name in frame.collect_schema() if name not in EVIDENCE | EVENT_COLUMNS]
    return {f"{table}.{name}": int(_row(frame.select(pl.col(name).null_count()))[name])
            for name in names}  # fmt: skip


def _filled(missing: Mapping[str, int], rows: Mapping[str, int]) -> float:
    cells = sum(rows[name.split(".")[0]] for name in missing)
    return 1 - sum(missing.values()) / cells if cells else 0.0
