"""Empties what the schema does not allow in a column that may be empty, and counts it."""

from __future__ import annotations

import polars as pl

from abscase.schema import TABLES


def in_range(frame: pl.LazyFrame, table: str) -> tuple[pl.LazyFrame, dict[str, int]]:
    """Return the frame with values outside their range emptied, and how many of each column.

    Only columns that may be empty are touched: a fault in another one stays for the check of the
    whole table to refuse.
    """
    names = frame.collect_schema().names()
    wrong = {}
    for column in TABLES[table].columns:
        if column.name in names and column.nullable and (column.low, column.high) != (None, None):
            value = pl.col(column.name)
            low = pl.lit(False) if column.low is None else value < column.low
            high = pl.lit(False) if column.high is None else value > column.high
            wrong[column.name] = ((low | high | value.is_nan()).fill_null(False), column.allowed)
    if not wrong:
        return frame, {}
    sums = [holds.sum().alias(name) for name, (holds, _) in wrong.items()]
    counts = frame.select(sums).collect(engine="streaming").row(0, named=True)
    changed = [
        pl.when(~holds).then(name).alias(name) for name, (holds, _) in wrong.items() if counts[name]
    ]
    return frame.with_columns(changed), {
        f"{name} outside {wrong[name][1]}: emptied": int(count)
        for name, count in counts.items() if count
    }  # fmt: skip
