"""Describes the columns of a table in the words of a Frictionless data package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from abscase.schema.column import Column, Table

TYPES = {
    "text": "string", "float": "number", "int": "integer", "date": "date", "flag": "boolean"
}  # fmt: skip


def table_schema(table: Table, header: Iterable[str]) -> dict[str, Any]:
    """Return the Frictionless Table Schema of the columns of ``table`` that ``header`` names."""
    names = [name for name in header if name in table.names]
    return {
        "fields": [_field(table[name]) for name in names],
        "primaryKey": [key for key in table.key if key in names],
    }


def _field(column: Column) -> dict[str, Any]:
    field = {"name": column.name, "type": TYPES[column.kind],
             "description": column.meaning, "unit": column.unit}  # fmt: skip
    limits: dict[str, Any] = {"required": True} if not column.nullable else {}
    if column.choices:
        limits["enum"] = list(column.choices)
    limits |= {"minimum": column.low} if column.low is not None else {}
    limits |= {"maximum": column.high} if column.high is not None else {}
    filled: dict[str, Any] = {key: value for key, value in field.items() if value}
    return filled | ({"constraints": limits} if limits else {})
