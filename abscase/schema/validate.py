"""Checks a frame against a table of the schema and reports all of its faults at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from abscase.errors import ChoiceError, DataFaults, Fault, did_you_mean
from abscase.schema.column import DTYPE, Column, Table
from abscase.schema.tables import TABLES

FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def table_named(name: str) -> Table:
    """Return a table of the schema, or raise :class:`ChoiceError`."""
    if name not in TABLES:
        raise ChoiceError("table", name, TABLES)
    return TABLES[name]


@cache
def pandera_schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: types, ranges, choices, empty cells and key."""
    table = table_named(name)
    return pa.DataFrameSchema(
        {column.name: _pandera_column(column) for column in table.columns},
        unique=list(table.key),
        report_duplicates="exclude_first",
    )


def _pandera_column(column: Column) -> pa.Column:
    checks = []
    if column.choices:
        checks.append(pa.Check.isin(column.choices, error=f"is not one of: {column.allowed}"))
    elif column.low is not None or column.high is not None:
        low = -float("inf") if column.low is None else column.low
        high = float("inf") if column.high is None else column.high
        checks.append(pa.Check.in_range(low, high, error=f"is outside {column.allowed}"))
    return pa.Column(DTYPE[column.kind], checks, nullable=column.nullable, required=column.required)


def validate(
    frame: pd.DataFrame, table: str, *, file: str = "", strict: bool = False
) -> pd.DataFrame:
    """Return ``frame`` with the types of ``table``, or raise with every fault.

    Parameters
    ----------
    frame : DataFrame
        Typed, or read as text (every cell a string, empty cells ""); row i stands on line i + 2.
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
    faults = _unknown_columns(frame, spec, file) if strict else []
    frame = frame.reset_index(drop=True)
    typed = frame.copy()
    bad_cells: set[tuple[str, int]] = set()
    for column in spec.columns:
        if column.name in frame:
            typed[column.name], wrong = coerce(frame[column.name], column)
            bad_cells |= {(column.name, row) for row in wrong}
            faults += [_type_fault(frame, column, row, file) for row in wrong]
    try:
        pandera_schema(table).validate(typed, lazy=True)
    except SchemaErrors as error:
        faults += _translate(error.failure_cases, frame, spec, file, bad_cells)
    return typed, sorted(faults, key=lambda fault: (fault.line or 0, fault.column))


def coerce(values: pd.Series, column: Column) -> tuple[pd.Series, list[int]]:
    """Return the values in the column's type and the positions that cannot be read as such."""
    text = values.dtype == "str" or values.dtype == object
    words = values.astype("str").str.strip() if text else values
    empty = values.isna() | (words == "") if text else values.isna()
    filled = words.where(~empty)
    if column.codes:
        filled = filled.map(lambda word: column.codes.get(str(word), word), na_action="ignore")
    if column.kind == "text":
        typed = filled.astype("str")
    elif column.kind == "date":
        typed = pd.to_datetime(filled, format="ISO8601" if text else None, errors="coerce")
        typed = typed.astype("datetime64[us]")
    elif column.kind == "flag":
        typed = filled.map(lambda word: FLAGS.get(str(word).lower()), na_action="ignore")
        typed = typed.astype("boolean")
    else:
        typed = pd.to_numeric(filled, errors="coerce").astype("float64")
        typed = typed.mask(typed.abs() == float("inf"))
        if column.kind == "int":
            typed = typed.where(typed == typed.round()).astype("Int64")
    wrong = typed.isna() & ~empty
    return typed, [int(row) for row in wrong.to_numpy().nonzero()[0]]


def read_table(path: str | Path, table: str, *, strict: bool = False) -> pd.DataFrame:
    """Read a CSV file into the types of ``table``; every fault at once if it has any."""
    return validate(read_text(path), table, file=str(path), strict=strict)


def read_text(path: str | Path) -> pd.DataFrame:
    """Read a CSV file as text: every cell a string, an empty cell "".

    Raises :class:`DataFaults` where the file is not UTF-8, has no header, or a row has more fields
    than the header.
    """
    path = Path(path)
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        fault = Fault("no such file", file=str(path))
    except UnicodeDecodeError as error:
        fault = Fault(
            f"is not UTF-8 text (byte {error.start})", file=str(path), fix="save it as UTF-8"
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        fault = Fault(f"cannot be read as CSV: {error}", file=str(path))
    raise DataFaults([fault])


def _unknown_columns(frame: pd.DataFrame, spec: Table, file: str) -> list[Fault]:
    return [
        Fault(
            f"is not a column of {spec.name}{did_you_mean(str(name), spec.names)}",
            column=str(name), line=1, file=file,
        )
        for name in frame.columns if name not in spec.names
    ]  # fmt: skip


def _type_fault(frame: pd.DataFrame, column: Column, row: int, file: str) -> Fault:
    names = {"int": "a whole number", "float": "a number", "flag": "true or false",
             "date": "a date", "text": "text"}  # fmt: skip
    fix = {"date": "write YYYY-MM-DD", "float": "no thousands mark, no % sign"}.get(column.kind, "")
    value = str(frame[column.name].iloc[row])
    return Fault(f"is not {names[column.kind]}", column.name, value, row + 2, file, fix)


def _translate(
    cases: pd.DataFrame, frame: pd.DataFrame, spec: Table, file: str, bad: set[tuple[str, int]]
) -> list[Fault]:
    """Turn pandera's failure cases into faults; cells already faulted by type are left out."""
    faults, duplicated = [], set()
    for case in cases.to_dict("records"):
        rule, name = str(case["check"]), str(case["column"])
        if rule == "column_in_dataframe":
            missing = str(case["failure_case"])
            near = did_you_mean(missing, [str(c) for c in frame.columns if c not in spec.names])
            meaning = spec[missing].meaning
            faults.append(Fault(f"required column is missing{near}", missing, "", 1, file, meaning))
            continue
        row = int(case["index"])
        if rule == "multiple_fields_uniqueness":
            duplicated.add(row)
        elif (name, row) not in bad:
            faults.append(_cell_fault(frame, spec[name], row, rule, file))
    key = ", ".join(spec.key)
    for row in sorted(duplicated):
        value = ", ".join(str(frame[name].iloc[row]) for name in spec.key if name in frame)
        faults.append(Fault("repeats the key of an earlier row", key, value, row + 2, file))
    return faults


def _cell_fault(frame: pd.DataFrame, column: Column, row: int, rule: str, file: str) -> Fault:
    value = str(frame[column.name].iloc[row])
    if rule == "not_nullable":
        return Fault("must not be empty", column.name, "", row + 2, file, column.meaning)
    fix = ""
    if column.unit.startswith("decimal"):
        fix = "write a decimal: 0.05 for 5 %"
    elif column.choices:
        fix = did_you_mean(value, map(str, column.choices)).strip(" ()")
    return Fault(rule, column.name, value, row + 2, file, fix)
