"""The common schema: the tables of both cases, and the check that a frame fits them."""

from abscase.schema.column import Column, Table
from abscase.schema.tables import CASES, STATES, TABLES, UNITS
from abscase.schema.validate import check, read_table, read_text, table_named, validate

__all__ = [
    "CASES",
    "STATES",
    "TABLES",
    "UNITS",
    "Column",
    "Table",
    "check",
    "read_table",
    "read_text",
    "table_named",
    "validate",
]
