"""Whether a canonical Parquet file fits its table, at the speed of Polars.

The check of the schema names the cell of every fault, but its road by pandas is slow and wide. So
a file is first asked, as a stream, whether there is any doubt at all.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from abscase.schema import TABLES
from abscase.schema.column import Column
from abscase.schema.parts import check_parts, parquet_parts, refuse

KINDS = {
    "text": (pl.String,), "float": (pl.Float64,), "date": (pl.Date,), "flag": (pl.Boolean,),
    "int": (pl.Int8, pl.Int16, pl.Int32, pl.Int64),
}  # fmt: skip


def require_sound(file: Path, table: str, name: str) -> None:
    """Raise :class:`~abscase.errors.DataFaults` with the faults of a Parquet file in key order.

    Parameters
    ----------
    file : Path
        Sorted by the key of the table.
    table : str
        Name of a table of the schema.
    name : str
        What faults call the file.
    """
    if doubtful(file, table):
        refuse(check_parts(parquet_parts(file, name), table, file=name, strict=True))


def doubtful(file: Path, table: str) -> bool:
    """Return whether some cell, column or key of a sorted file could break the schema."""
    frame, spec = pl.scan_parquet(file, glob=False), TABLES[table]
    schema = frame.collect_schema()
    if set(schema) - set(spec.names) or set(spec.required) - set(schema):
        return True
    columns = [column for column in spec.columns if column.name in schema]
    if any(schema[column.name] not in KINDS[column.kind] for column in columns):
        return True
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in spec.key)
    # One column at a time: a stream of all of them holds several row groups of each.
    asked = [again, *(_odd(column) for column in columns)]
    return not frame.select(pl.len()).collect().item() or any(
        frame.select(odd.fill_null(False).any()).collect(engine="streaming").item() for odd in asked
    )


def _odd(column: Column) -> pl.Expr:
    """True where a cell may not be what the column allows."""
    cell = pl.col(column.name)
    odd = pl.lit(False) if column.nullable else cell.is_null()
    if column.kind == "text":
        odd |= cell.str.strip_chars() == ""
    if column.kind == "float":
        odd |= ~cell.is_finite()
    if column.choices:
        odd |= ~cell.is_in(list(column.choices))
    if column.low is not None:
        odd |= cell < column.low
    if column.high is not None:
        odd |= cell > column.high
    return odd
