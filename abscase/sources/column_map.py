"""The column map of a user's own file: which of its columns is which column of the schema.

A map is a YAML file beside the data, named after it: ``loans.csv.map.yml`` for ``loans.csv``::

    period_months: 1                    # 1 or 3; 1 where it is left out
    decimal: "."                        # "." (1,234.5) or "," (1.234,5); "." where it is left out
    grade: A                            # evidence; A where it is left out
    loan:
      loan_id: 合同号                    # a column of the file
      currency: {value: CNY}            # the same for every row
      original_amt: {column: 金额, unit: ten_thousand}
      orig_date: {column: 放款日, format: "%Y%m%d"}
    performance:                        # leave it out where the file has no history
      date: {column: 月份, format: "%Y-%m"}
      balance_amt: 余额
      state: {column: 状态, codes: {正常: current, M1: 30, M2: 60, M3+: 90, 核销: default}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.schema import TABLES
from abscase.schema.column import Column

ENDING = ".map.yml"
UNITS = {
    "percent": 1e-2, "basis_points": 1e-4, "per_mille": 1e-3, "thousand": 1e3,
    "ten_thousand": 1e4, "million": 1e6, "hundred_million": 1e8, "billion": 1e9, "years": 12,
}  # fmt: skip
"""What a unit is times the schema's own: fractions, whole currency units, months."""
OWN = {"case", "grade", "source_id", "how", "first_date"}
"""Columns that loading fills."""
COLUMNS = {
    "loan": tuple(name for name in TABLES["loan"].names if name not in OWN),
    "performance": ("date", "balance_amt", "state", "days_past_due", "rate", "recovery_amt", "ltv"),
}  # fmt: skip
NEEDED = {"loan": ("loan_id", "currency"), "performance": ("date", "balance_amt")}
TOP = ("period_months", "decimal", "grade", *COLUMNS)
PARTS, PERIODS = ("column", "value", "unit", "format", "codes"), (1, 3)
GRADES, DECIMALS = ("A", "B", "C"), (".", ",")


@dataclass(frozen=True)
class Spec:
    """Where one column of the schema comes from."""

    column: str = ""
    value: str = ""
    unit: str = ""
    format: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnMap:
    """A map that was read and checked; ``performance`` is empty where the file has no history."""

    loan: Mapping[str, Spec]
    performance: Mapping[str, Spec]
    period_months: int = 1
    grade: str = "A"
    decimal: str = "."


def map_path(data: Path) -> Path:
    """Return where the map of a data file stands."""
    return data.with_name(data.name + ENDING)


def read_map(path: Path, columns: Sequence[str]) -> ColumnMap:
    """Read a map and check it against the schema and the columns of the data file.

    Raises :class:`~abscase.errors.DataFaults` with every fault of the map.
    """
    content = _content(path)
    faults = [
        Fault(f"is no part of a map{did_you_mean(str(name), TOP)}", str(name))
        for name in content if name not in TOP
    ]  # fmt: skip
    specs: dict[str, dict[str, Spec]] = {}
    for table in COLUMNS:
        specs[table], found = _section(content.get(table) or {}, table, columns)
        faults += found
    faults += _absent(specs)
    for name, allowed in (("period_months", PERIODS), ("grade", GRADES), ("decimal", DECIMALS)):
        if content.get(name, allowed[0]) not in allowed:
            words = ", ".join(map(str, allowed))
            faults.append(Fault(f"is not one of: {words}", name, str(content[name])))
    if faults:
        raise DataFaults([Fault(each.rule, each.column, each.value, None, path.name, each.fix)
                          for each in faults])  # fmt: skip
    return ColumnMap(
        specs["loan"], specs["performance"], content.get("period_months", 1),
        content.get("grade", "A"), content.get("decimal", "."),
    )  # fmt: skip


def _content(path: Path) -> dict[str, Any]:
    if not path.is_file():
        rule = f"has no map: write {path.name} beside it"
        fix = "abscase map FILE proposes one"
        raise DataFaults([Fault(rule, file=path.name.removesuffix(ENDING), fix=fix)])
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())
        raise DataFaults([Fault(f"is not sound YAML: {words}", file=path.name)]) from None
    if not isinstance(content, dict):
        raise DataFaults([Fault("is not a map of names to columns", file=path.name)])
    return content


def _section(
    section: Any, table: str, columns: Sequence[str]
) -> tuple[dict[str, Spec], list[Fault]]:
    if not isinstance(section, dict):
        return {}, [Fault("is not a map of names to columns", table, str(section))]
    specs, faults = {}, []
    for name, given in section.items():
        place, allowed = f"{table}.{name}", COLUMNS[table]
        if name not in allowed:
            rule = f"is not a column that can be mapped{did_you_mean(str(name), allowed)}"
            faults.append(Fault(rule, place, fix=f"it has {', '.join(allowed)}"))
            continue
        parts = given if isinstance(given, dict) else {"column": given}
        specs[name] = _spec(parts)
        faults += _faults(parts, place, TABLES[table][name], columns)
    return specs, faults


def _spec(parts: Mapping[str, Any]) -> Spec:
    words = {part: str(parts[part]) for part in ("column", "value", "unit", "format")
             if part in parts}  # fmt: skip
    codes = parts.get("codes")
    known = codes if isinstance(codes, dict) else {}
    return Spec(**words, codes={str(code): str(word) for code, word in known.items()})


def _faults(
    parts: dict[str, Any], place: str, column: Column, columns: Sequence[str]
) -> list[Fault]:
    found = [Fault(f"is no part of a column{did_you_mean(str(part), PARTS)}", place, str(part))
             for part in parts if part not in PARTS]  # fmt: skip
    if ("column" in parts) == ("value" in parts):
        found.append(Fault("needs either a column or a value", place))
    given = str(parts.get("column", ""))
    if given and given not in columns:
        fix = f"it has {', '.join(columns)}"
        found.append(
            Fault(f"is no column of the file{did_you_mean(given, columns)}", place, given, fix=fix)
        )
    unit, numeric = str(parts.get("unit", "")), column.kind in ("float", "int")
    if unit and (unit not in UNITS or not numeric):
        rule = f"is not a unit{did_you_mean(unit, UNITS)}" if numeric else "has no unit: no number"
        found.append(Fault(rule, place, unit, fix=f"units are {', '.join(UNITS)}"))
    if "format" in parts and column.kind != "date":
        found.append(Fault("has no format: it is no date", place, str(parts["format"])))
    if "format" in parts and "%" not in str(parts["format"]):
        fix = "such as %Y-%m-%d or %Y%m"
        found.append(Fault("is not a format of dates", place, str(parts["format"]), fix=fix))
    return found + _code_faults(parts.get("codes", {}), place, column)


def _code_faults(codes: Any, place: str, column: Column) -> list[Fault]:
    if not isinstance(codes, dict):
        return [Fault("codes are not a map of words to values", place, str(codes))]
    allowed = {str(word) for word in (*column.choices, *column.codes)}
    return [
        Fault(f"the code {code!r} means what the column does not allow", place, str(word),
              fix=f"allowed are {', '.join(column.codes) or column.allowed}")
        for code, word in codes.items() if allowed and str(word) not in allowed
    ]  # fmt: skip


def _absent(specs: Mapping[str, Mapping[str, Spec]]) -> list[Fault]:
    tables = [table for table in NEEDED if specs[table] or table == "loan"]
    absent = [f"{table}.{name}" for table in tables for name in NEEDED[table]
              if name not in specs[table]]  # fmt: skip
    if specs["performance"] and not {"state", "days_past_due"} & set(specs["performance"]):
        absent.append("performance.state or performance.days_past_due")
    return [Fault("is missing from the map", name) for name in absent]
