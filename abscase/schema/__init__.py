"""The common schema: the tables of both cases, and the check that a frame fits them."""

from abscase.schema.column import DTYPE, Column, Table
from abscase.schema.reading import csv_parts, read_text
from abscase.schema.tables import CASES, STATES, TABLES, UNITS
from abscase.schema.validate import as_types, check, read_table, table_named, validate

__all__ = [
    "CASES",
    "DTYPE",
    "STATES",
    "TABLES",
    "UNITS",
    "Column",
    "Table",
    "as_types",
    "check",
    "csv_parts",
    "read_table",
    "read_text",
    "table_named",
    "validate",
]
