"""Checks a frame against a table of the schema and reports all of its faults at once.

pandera is imported where it is used: it costs half a second that most commands need not pay.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from abscase.errors import ChoiceError, DataFaults, Fault, did_you_mean
from abscase.schema.coerce import coerce
from abscase.schema.column import Column, Table
from abscase.schema.reading import read_text
from abscase.schema.tables import TABLES

WORDS = {"int": "a whole number", "float": "a number", "flag": "true or false",
         "date": "a date", "text": "text"}  # fmt: skip
FIXES = {"date": "write YYYY-MM-DD", "float": "no thousands mark, no % sign",
         "int": "no thousands mark, no decimals"}  # fmt: skip
REPEATED = "repeats the key of an earlier row"


def table_named(name: str) -> Table:
    """Return a table of the schema, or raise :class:`ChoiceError`."""
    if name not in TABLES:
        raise ChoiceError("table", name, TABLES)
    return TABLES[name]


@cache
def _pandera() -> ModuleType:
    """Import pandera quietly: with its first check it imports pyspark where there is one, and that
    warns of pandas 3.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandera.pandas

        pandera.pandas.DataFrameSchema({}).validate(pd.DataFrame())
    return pandera.pandas


@cache
def pandera_schema(name: str) -> Any:
    """Return the pandera schema of a table: ranges, choices and empty cells.

    Types are left to :func:`~abscase.schema.coerce.coerce`, which names the cell that has another.
    """
    pa, table = _pandera(), table_named(name)
    return pa.DataFrameSchema({column.name: _pandera_column(column) for column in table.columns})


def _pandera_column(column: Column) -> Any:
    pa, checks = _pandera(), []
    if column.choices:
        checks.append(pa.Check.isin(column.choices, error=f"is not one of: {column.allowed}"))
    elif column.low is not None or column.high is not None:
        low = -float("inf") if column.low is None else column.low
        high = float("inf") if column.high is None else column.high
        within = "within " if column.low is not None and column.high is not None else ""
        checks.append(pa.Check.in_range(low, high, error=f"is not {within}{column.allowed}"))
    return pa.Column(None, checks, nullable=column.nullable, required=column.required)


def validate(
    frame: pd.DataFrame, table: str, *, file: str = "", strict: bool = False
) -> pd.DataFrame:
    """Return ``frame`` with the types of ``table``, or raise with every fault.

    Parameters
    ----------
    frame : DataFrame
        Typed, or read as text (every cell a string, empty cells ""). An index named ``line`` says
        where each row stands; without one, row i stands on line i + 2.
    table : str
        Name of a table of the schema.
    file : str
        Named in each fault.
    strict : bool
        Also refuse columns that the table does not have.

    Raises
    ------
    ChoiceError
        There is no such table.
    DataFaults
        With one :class:`~abscase.errors.Fault` per offending cell, column or row.
    """
    typed, faults = check(frame, table, file=file, strict=strict)
    if faults:
        raise DataFaults(faults)
    return typed


def check(
    frame: pd.DataFrame, table: str, *, file: str = "", strict: bool = False
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the typed frame and the list of all faults; see :func:`validate`."""
    spec = table_named(table)
    typed, faults = check_cells(frame, table, file=file)
    faults += missing_columns(frame, spec, file)
    faults += unknown_columns(frame, spec, file) if strict else []
    if set(spec.key) <= set(typed):
        again = typed.duplicated(list(spec.key)).to_numpy().nonzero()[0]
        rows = [int(row) for row in again]
        faults += [repeated_key(typed, spec, row, line_of(frame, row), file) for row in rows]
    return typed, sorted(faults, key=lambda fault: (fault.line or 0, fault.column))


def as_types(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a frame that is known to be without fault in the types of its table."""
    typed = frame.reset_index(drop=True)
    for column in table_named(table).columns:
        if column.name in typed:
            typed[column.name], _ = coerce(typed[column.name], column)
    return typed


def check_cells(
    frame: pd.DataFrame, table: str, *, file: str = ""
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the typed frame and one fault for each cell that does not fit its column."""
    spec = table_named(table)
    typed = frame.reset_index(drop=True)
    faults: list[Fault] = []
    bad_cells: set[tuple[str, int]] = set()
    for column in spec.columns:
        if column.name in typed:
            values = typed[column.name]
            typed[column.name], wrong = coerce(values, column)
            bad_cells |= {(column.name, row) for row in wrong}
            faults += [_type_fault(values, column, row, line_of(frame, row), file) for row in wrong]
    try:
        pandera_schema(table).validate(typed, lazy=True)
    except _pandera().errors.SchemaErrors as error:
        for case in error.failure_cases.to_dict("records"):
            name, row = str(case["column"]), case["index"]
            if case["check"] != "column_in_dataframe" and (name, row) not in bad_cells:
                line, rule = line_of(frame, int(row)), str(case["check"])
                faults.append(_cell_fault(frame, spec[name], int(row), rule, line, file))
    return typed, faults


def line_of(frame: pd.DataFrame, row: int) -> int:
    """Return the line on which row ``row`` (from 0) of a frame stands."""
    return int(frame.index[row]) if frame.index.name == "line" else row + 2


def read_table(path: str | Path, table: str, *, strict: bool = False) -> pd.DataFrame:
    """Read a CSV file into the types of ``table``; every fault at once if it has any."""
    return validate(read_text(path), table, file=str(path), strict=strict)


def missing_columns(frame: pd.DataFrame, spec: Table, file: str) -> list[Fault]:
    """Return a fault for every required column that is absent."""
    others = [str(name) for name in frame.columns if name not in spec.names]
    return [
        Fault(f"required column is missing{did_you_mean(name, others)}", name, "", 1, file,
              spec[name].meaning)
        for name in spec.required if name not in frame
    ]  # fmt: skip


def unknown_columns(frame: pd.DataFrame, spec: Table, file: str) -> list[Fault]:
    """Return a fault for every column that the table does not have."""
    return [
        Fault(
            f"is not a column of {spec.name}{did_you_mean(str(name), spec.names)}",
            column=str(name), line=1, file=file,
        )
        for name in frame.columns if name not in spec.names
    ]  # fmt: skip


def repeated_key(typed: pd.DataFrame, spec: Table, row: int, line: int, file: str) -> Fault:
    """Return the fault of a row whose key an earlier row has."""
    values = [typed[name].iloc[row] for name in spec.key]
    words = [f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
             for value in values]  # fmt: skip
    return Fault(REPEATED, ", ".join(spec.key), ", ".join(words), line, file)


def _type_fault(values: pd.Series, column: Column, row: int, line: int, file: str) -> Fault:
    rule = f"is not {WORDS[column.kind]}"
    return Fault(rule, column.name, str(values.iloc[row]), line, file, FIXES.get(column.kind, ""))


def _cell_fault(
    frame: pd.DataFrame, column: Column, row: int, rule: str, line: int, file: str
) -> Fault:
    value = str(frame[column.name].iloc[row])
    if rule == "not_nullable":
        return Fault("must not be empty", column.name, "", line, file, column.meaning)
    fix = ""
    if column.unit.startswith("decimal"):
        fix = "write a decimal: 0.05 for 5 %"
    elif column.choices:
        fix = did_you_mean(value, map(str, column.choices)).strip(" ()")
    return Fault(rule, column.name, value, line, file, fix)
