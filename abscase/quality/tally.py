"""Count and sum the rows of a loan panel by group: the one step that touches every row.

Every measure of a panel reads it here, by a plain group-by on stored columns, and works on from the
small table that comes back. So one code serves every engine, and the engine does what it does best.
Where several measures are wanted of one panel, :func:`condensed` reads it once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import DataFaults, Fault, did_you_mean

CELL = ("date", "age_months", "previous_state", "state")
WEIGHT = "loans"


def tally(
    panel: IntoFrame,
    columns: Sequence[str],
    keys: Sequence[str],
    sums: Sequence[str] = (),
    where: nw.Expr | None = None,
    made: Mapping[str, nw.Expr] | None = None,
) -> pd.DataFrame:
    """Return rows and sums by group as a small pandas table, whatever engine holds the panel.

    Parameters
    ----------
    panel : frame
        pandas or Polars frame, Polars lazy frame, DuckDB relation or Spark frame. A lazy one is
        never loaded whole: Polars runs it in its streaming engine. Or the result of
        :func:`condensed`, whose rows count as the loans that they stand for.
    columns : sequence of str
        The columns of the panel that are read.
    keys, sums : sequence of str
        What to group by and what to add up: columns of the panel or of ``made``. No key is one
        group. An empty cell is a group of its own among keys and adds nothing to a sum.
    where : expression, optional
        Which rows count.
    made : mapping of str to expression, optional
        Columns computed row by row.

    Returns
    -------
    DataFrame
        The keys, sorted; ``loans``, the number of rows (int64); the sums (float64). Whole numbers
        are int64 and dates datetime64[us], from every engine.

    Raises
    ------
    DataFaults
        A column is missing; all of them are listed. Or the panel is condensed and the measure
        needs each loan by itself.
    """
    whole = WEIGHT not in nw.from_native(panel).collect_schema().names()
    if not whole and set(sums) & set(made or ()):
        fix = "give the panel itself"
        raise DataFaults([Fault("counts many loans a row; each is needed", WEIGHT, fix=fix)])
    frame = nw.from_native(panel).select(
        *require_columns(panel, [*columns, *([] if whole else [WEIGHT])])
    )
    if where is not None:
        frame = frame.filter(where)
    if made:
        frame = frame.with_columns(**made)
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars():
        frame = frame.lazy()
    count = (nw.len() if whole else nw.col(WEIGHT).sum()).alias(WEIGHT)
    totals = [count, *(nw.col(name).sum() for name in sums)]
    found = _collected(frame.group_by(*keys).agg(*totals) if keys else frame.select(*totals))
    found = pd.DataFrame({name: _plain(found[name]) for name in (*keys, "loans", *sums)})
    found = found.astype(dict.fromkeys(sums, "float64")).fillna(dict.fromkeys(sums, 0.0))
    return found.sort_values(list(keys), ignore_index=True) if keys else found


def condensed(panel: IntoFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a panel in which a row stands for all loans alike in period, age and states.

    It takes the panel's place in every measure that only counts and adds: ``delinquency``,
    ``transition_counts``, ``exposure`` and ``vintages`` then give what they give for the panel, and
    a panel of any size is read once for all of them. ``severity`` and ``concentration`` need the
    loans themselves and refuse it.

    Parameters
    ----------
    panel : frame of any engine
        In the columns of the table ``performance``.
    by : sequence of str
        Further columns of the panel that a measure will report by.

    Returns
    -------
    DataFrame
        ``by``, ``date``, ``age_months``, ``previous_state``, ``state``; ``loans``, rows of the
        panel; ``balance_amt`` and, where the panel has it, ``loss_amt``, their sums. Its size is
        that of the periods times the ages, not of the pool.
    """
    held = nw.from_native(panel).collect_schema().names()
    keys = [*by, *(name for name in CELL if name not in by)]
    sums = [name for name in ("balance_amt", "loss_amt") if name in held or name == "balance_amt"]
    return tally(panel, [*keys, *sums], keys, sums)


def require_columns(panel: IntoFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns without repeats, or raise DataFaults with every one that is missing."""
    held = nw.from_native(panel).collect_schema().names()
    wanted = list(dict.fromkeys(columns))
    absent = [name for name in wanted if name not in held]
    if absent:
        raise DataFaults([
            Fault(f"required column is missing{did_you_mean(name, held)}", name) for name in absent
        ])  # fmt: skip
    return wanted


def grouped(table: pd.DataFrame, by: Sequence[str]) -> Any:
    """Group a small table; no key is one group, and an empty cell is a group of its own."""
    keys: Any = list(by) or np.zeros(len(table), dtype=int)
    return table.groupby(keys, dropna=False, sort=True)


def every(table: pd.DataFrame, by: Sequence[str], grid: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every row of ``grid`` in every group, 0 where it had none."""
    if by:
        grid = table[list(by)].drop_duplicates().merge(grid, how="cross")
    full = grid.merge(table, how="left", on=list(grid.columns))
    rest = [name for name in table.columns if name not in grid.columns]
    return full.fillna(dict.fromkeys(rest, 0)).astype(table[rest].dtypes)


def _collected(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> pd.DataFrame:
    if isinstance(frame, nw.DataFrame):
        return frame.to_pandas()
    if frame.implementation.is_polars():
        return frame.collect(engine="streaming").to_pandas()
    # By way of Arrow: Spark's own road to pandas warns of pandas 3.
    return frame.collect("pyarrow").to_pandas()


def _plain(values: pd.Series) -> pd.Series:
    dates = pd.api.types.infer_dtype(values, skipna=True) == "date"
    if dates or pd.api.types.is_datetime64_any_dtype(values):
        return pd.to_datetime(values).astype("datetime64[us]")
    if isinstance(values.dtype, pd.StringDtype):
        return values.astype("str")
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values
    # Engines differ in the type of whole numbers, the more so where a column has empty cells.
    numbers = values.astype("float64")
    return values.astype("int64") if (numbers % 1 == 0).all() else numbers
