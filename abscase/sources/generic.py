"""A user's own file, CSV or Parquet, read by a column map that stands beside it.

The map says which column is which (see :mod:`abscase.sources.column_map`); with a section
``performance`` each row of the file is a loan in a period, without one it is a loan.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.schema import STATES, TABLES
from abscase.schema.coerce import FLAGS
from abscase.schema.column import Column
from abscase.schema.shared import CASES
from abscase.sources.codes import decoded, filled
from abscase.sources.column_map import COLUMNS, ENDING, UNITS, ColumnMap, Spec, map_path, read_map
from abscase.sources.delimited import readable
from abscase.sources.gbk import csv_rows
from abscase.sources.histories import BUCKET, YEARS, history, tape
from abscase.sources.ranges import in_range
from abscase.sources.registry import Source, own_files
from abscase.sources.tape import Tape

PARQUET = (".parquet", ".pq")
LARGEST = {"float": 1e15, "int": 2**31 - 1}
"""Beyond which a number of a cell is none: a slip, infinity, or not a number."""
ENDS = {name: state for name, state in STATES.items() if state >= STATES["default"]}
STATE_OF = {**{str(state): state for state in STATES.values()}, **STATES}
"""States by number and by name."""
YES = {**FLAGS, "是": True, "否": False, "y": True, "n": False}
NO_ID, AGAIN = "no loan number", "loan again: its first row stays"
REPAID = "no column of state: a loan whose rows end with balance 0, not past due, was repaid"
NOTES = ("read by a column map of the user's own: the meaning of each column is theirs",)


def read(path: Path, case: str) -> Tape:
    """Read a CSV file (plain or gzip) or a Parquet file as a tape of ``case``.

    A folder of files with the same columns, such as one for each month, is read as one file; its
    map stands beside the folder and is named after it.

    Notes
    -----
    Text is turned into numbers after a percent sign and marks between full groups of three digits
    are dropped; what still is none or is out of all reason, or is not the date or code that the map
    says, is emptied and counted. Without a column of origination a loan's age counts from its first
    row.
    """
    data = path.with_name(path.name.removesuffix(ENDING))
    names, frame = columns_of(data)
    spec = read_map(map_path(data), names)
    with readable(data):
        cells = frame.with_columns(
            _value(each, TABLES[table][name], frame.collect_schema(), table, spec.decimal).alias(
                f"{table}.{name}"
            )
            for table, section in _sections(spec).items() for name, each in section.items()
        )  # fmt: skip
        unread = _unread(cells, spec)
        if spec.performance:
            return _history(cells, spec, case, unread)
        return _loans_only(cells, spec, case, unread)


def columns_of(data: Path) -> tuple[list[str], pl.LazyFrame]:
    """Return the names of the columns of a file, or of a folder of like files, and its rows."""
    if not data.exists():
        raise DataFaults([Fault("no such file", file=data.name)])
    found = {file: _rows_of(file) for file in own_files(data)}
    if not found:
        raise DataFaults([Fault("is an empty folder", file=data.name)])
    names = {file: frame.collect_schema().names() for file, frame in found.items()}
    first, *others = names
    odd = [file for file in others if names[file] != names[first]]
    if odd:
        rule = f"has other columns than {first.name}"
        raise DataFaults([Fault(rule, ", ".join(sorted(set(names[first]) ^ set(names[file]))),
                                line=1, file=file.name) for file in odd])  # fmt: skip
    return names[first], pl.concat(found.values())


def _rows_of(file: Path) -> pl.LazyFrame:
    if file.suffix.lower() not in PARQUET:
        return csv_rows(file)
    with readable(file):
        frame = pl.scan_parquet(file, glob=False)
        frame.collect_schema()
        return frame


def _raw_files(path: Path) -> list[Path]:
    data = path.with_name(path.name.removesuffix(ENDING))
    return [each for each in (*own_files(data), map_path(data)) if each.is_file()]


def _sections(spec: ColumnMap) -> dict[str, Mapping[str, Spec]]:
    return {"loan": spec.loan, "performance": spec.performance}


def _value(spec: Spec, column: Column, schema: pl.Schema, table: str, decimal: str) -> pl.Expr:
    cell = pl.col(spec.column) if spec.column else pl.lit(spec.value)
    kind: type[pl.DataType] = type(schema[spec.column]) if spec.column else pl.String
    if spec.codes:
        cell = cell.cast(pl.String).str.strip_chars()
        cell, kind = decoded(cell, spec.codes, kind=pl.String), pl.String
    if column.name == "state":
        return decoded(cell.cast(pl.String), STATE_OF, kind=pl.Int8)
    if column.kind in ("float", "int"):
        plain = _ungrouped(cell, decimal) if kind == pl.String else cell
        number = plain.cast(pl.Float64, strict=False) * UNITS.get(spec.unit, 1)
        return pl.when(number.abs() <= LARGEST[column.kind]).then(number)
    if column.kind == "date":
        return _date(cell, kind, spec.format or "%Y-%m-%d", table)
    if column.kind == "flag":
        return decoded(cell.cast(pl.String).str.to_lowercase(), YES, kind=pl.Boolean)
    return filled(cell.cast(pl.String))


def _ungrouped(cell: pl.Expr, decimal: str) -> pl.Expr:
    """Return text as a number is written in code; a mark that parts no groups of three stays."""
    bare = cell.str.replace_all(r"[%\s]", "")
    if decimal == ",":
        bare = bare.str.replace_many([".", ","], [",", "."])
    grouped = bare.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
    return pl.when(grouped).then(bare.str.replace_all(",", "")).otherwise(bare)


def _date(cell: pl.Expr, kind: type[pl.DataType], form: str, table: str) -> pl.Expr:
    """Return dates; a date of performance, or one without a day, is the last day of its month."""
    if kind != pl.String:
        day = cell.cast(pl.Date)
    elif "%d" in form:
        day = cell.str.strip_chars().str.to_date(form, strict=False)
    else:
        day = (pl.lit("01 ") + cell.str.strip_chars()).str.to_date(f"%d {form}", strict=False)
    day = pl.when(day.dt.year().is_between(*YEARS)).then(day)
    return day.dt.month_end() if table == "performance" or "%d" not in form else day


def _unread(cells: pl.LazyFrame, spec: ColumnMap) -> dict[str, int]:
    """Count, by column, the cells that hold something which could not be read."""
    sums = [
        (pl.col(f"{table}.{name}").is_null() & (pl.col(each.column).cast(pl.String) != ""))
        .fill_null(False).sum().alias(f"{table}.{name} not readable by the map: emptied")
        for table, section in _sections(spec).items() for name, each in section.items()
        if each.column
    ]  # fmt: skip
    counts = cells.select(sums).collect(engine="streaming").row(0, named=True)
    return {reason: int(count) for reason, count in counts.items() if count}


def _loans(cells: pl.LazyFrame, spec: ColumnMap) -> pl.LazyFrame:
    """Return the first row of each loan, in the columns that the map has."""
    loans = cells.select(
        pl.col(f"loan.{name}").alias(name) for name in COLUMNS["loan"] if name in spec.loan
    )
    if "original_amt" not in spec.loan:
        loans = loans.with_columns(original_amt=pl.lit(None, pl.Float64))
    known = loans.filter(pl.col("loan_id").is_not_null())
    return known.unique("loan_id", keep="first", maintain_order=True)


def _constants(spec: ColumnMap, case: str) -> dict[str, str]:
    return {"case": case, "grade": spec.grade, "source_id": "panel-generic", "how": "read"}


def _loans_only(cells: pl.LazyFrame, spec: ColumnMap, case: str, unread: Mapping[str, int]) -> Tape:
    known = cells.filter(pl.col("loan.loan_id").is_not_null())
    loan, altered = in_range(_loans(cells, spec), "loan")
    rows, named, once = (
        int(each.select(pl.len()).collect(engine="streaming").item())
        for each in (cells, known, loan)
    )
    rejected = {NO_ID: rows - named, AGAIN: named - once}
    return Tape(
        loan.with_columns(**{name: pl.lit(word) for name, word in _constants(spec, case).items()}),
        None, spec.period_months, rows,
        {reason: count for reason, count in rejected.items() if count}, {**unread, **altered},
        NOTES,
    )  # fmt: skip


def _history(cells: pl.LazyFrame, spec: ColumnMap, case: str, unread: Mapping[str, int]) -> Tape:
    rows = int(cells.select(pl.len()).collect(engine="streaming").item())
    altered = {**unread, **_disagreeing(cells, spec), **_changing(cells, spec)}
    found = history(_rows(cells, spec), ENDS, rows, altered)
    notes = NOTES if "state" in spec.performance else (*NOTES, REPAID)
    return tape([_loans(cells, spec)], [found], _constants(spec, case), notes, spec.period_months)


def _disagreeing(cells: pl.LazyFrame, spec: ColumnMap) -> dict[str, int]:
    """Count the rows of a running loan whose days past due are not of the bucket of its state."""
    if not {"state", "days_past_due"} <= set(spec.performance):
        return {}
    state = pl.col("performance.state")
    odd = (state < STATES["default"]) & (_bucket(pl.col("performance.days_past_due")) != state)
    count = int(cells.select(odd.fill_null(False).sum()).collect(engine="streaming").item())
    return {"state and days past due disagree: the worse bucket taken": count} if count else {}


def _changing(cells: pl.LazyFrame, spec: ColumnMap) -> dict[str, int]:
    """Count the loans whose own facts are not the same in all of their rows."""
    facts = cells.select(f"loan.{name}" for name in spec.loan)
    facts = facts.filter(pl.col("loan.loan_id").is_not_null()).unique()
    again = facts.group_by("loan.loan_id").len().select((pl.col("len") > 1).sum())
    count = int(again.collect(engine="streaming").item())
    return (
        {"loans with facts that change from row to row: those of the first row": count}
        if (count)
        else {}
    )


def _bucket(days: pl.Expr) -> pl.Expr:
    return (days.cast(pl.Int32) // BUCKET).clip(0, STATES["90"])


def _rows(cells: pl.LazyFrame, spec: ColumnMap) -> pl.LazyFrame:
    def of(name: str) -> pl.Expr:
        return pl.col(f"performance.{name}") if name in spec.performance else pl.lit(None)

    def number(expression: pl.Expr) -> pl.Expr:
        return expression.cast(pl.Float64)

    month, loan = pl.col("performance.date"), pl.col("loan.loan_id")
    made = month.min().over(loan)
    if "orig_date" in spec.loan:
        made = pl.col("loan.orig_date").dt.month_end()
    original = pl.col("loan.original_amt") if "original_amt" in spec.loan else pl.lit(None)
    days, code = of("days_past_due").cast(pl.Int32), pl.lit(None, pl.String)
    if "state" in spec.performance:
        state = of("state").cast(pl.Int32)
        given = (days >= 0) & state.is_not_null()
        days = pl.when(given).then(days).otherwise(state * BUCKET)
        ends = {str(number): name for name, number in ENDS.items()}
        code = decoded(state.cast(pl.String), ends, kind=pl.String)
    extra = {"ltv_now": of("ltv")} if "ltv" in spec.performance else {}
    if "state" in spec.performance:
        extra["least"] = of("state").cast(pl.Int32)
    left = pl.lit(None)
    if "state" not in spec.performance:
        code = pl.when(_repaid()).then(pl.lit("prepaid"))
        days = pl.when(code.is_not_null()).then(0).otherwise(days)
    if "term_months" in spec.loan:
        left = pl.col("loan.term_months") - (_months(month) - _months(made))
    return cells.select(
        loan_id=loan, month=month, orig_month=made, days_late=days, code=code,
        months_left=number(left), original_amt=number(original),
        balance=number(of("balance_amt")), left_amt=number(pl.lit(None)),
        recovery_amt=number(of("recovery_amt")), rate=number(of("rate")), **extra,
    )  # fmt: skip


def _repaid() -> pl.Expr:
    """True from where a loan's balance is 0 to its last row, while it is not past due."""
    balance, month, loan = (
        pl.col(name) for name in ("performance.balance_amt", "performance.date", "loan.loan_id")
    )
    owing = pl.when(balance.fill_null(1) != 0).then(month).max().over(loan)
    paid = (balance == 0) & (month > owing)
    late = _bucket(pl.col("performance.days_past_due")).fill_null(0)
    return paid & (late == STATES["current"])


def _months(date: pl.Expr) -> pl.Expr:
    return date.dt.year() * 12 + date.dt.month().cast(pl.Int32)


SOURCE = Source(
    "generic", "a file of your own, CSV or Parquet, with a column map beside it",
    tuple(name for name in CASES if name != "shared"), read, folders=True, files=_raw_files,
)  # fmt: skip
