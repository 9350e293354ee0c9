"""Reduce a loan tape of any size to counts: cells of loan-periods, or one spell for each loan."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import ChoiceError, ParameterFaults
from abscase.quality.exposure import ends_wide
from abscase.quality.states import ENDS, LAST_LIVE, at_risk, end
from abscase.quality.tally import require_columns, tally

KEY = ["case", "loan_id"]
CLOCKS = ("month", "quarter", "year")
NOW = "current_"
"""Prefix of a value of the period, as against that at origination: ``current_ltv``."""


def cells(
    loan: IntoFrame,
    performance: IntoFrame,
    *,
    keys: Sequence[str] = (),
    bins: Mapping[str, Sequence[float]] | None = None,
    vintage: str = "year",
    period: str = "year",
    entry_row: bool = False,
) -> pd.DataFrame:
    r"""Count loan-periods at risk and how they end, by age, vintage, period and more.

    A regression of a binary event on these cells, weighted by the counts, has the same likelihood
    as one on the loan-periods wherever all covariates are constant within a cell.

    Parameters
    ----------
    loan, performance : frame of any engine
        The tables of that name, ``performance`` with ``previous_state``.
    keys : sequence of str
        Further columns whose every value makes a cell of its own: ``segment``, ``region``, or
        ``loan_id`` for no reduction at all. A name with the prefix ``current_`` is a column of
        ``performance`` (``current_rate``), any other one of ``loan``.
    bins : mapping of str to sequence of float
        Numeric columns to cut, each with its inner edges; a value on an edge belongs above it.
    vintage, period : {"month", "quarter", "year"}
        How finely to cut the origination and the observed period.
    entry_row : bool
        Whether a loan is at risk in its first row already: see
        :func:`abscase.quality.exposure.exposure`.

    Returns
    -------
    DataFrame
        ``age_months``; ``vintage`` and ``period`` (yyyy, yyyyq or yyyymm); the keys; for each
        binned column ``<name>_bin`` (0 is the lowest) and ``<name>`` (its mean in the cell); the
        counts ``at_risk``, ``default``, ``prepaid`` and ``matured``.

    Raises
    ------
    ChoiceError
        A vintage or period that is none of the three.
    DataFaults
        Columns that are not there.
    ParameterFaults
        Edges that do not ascend.

    Notes
    -----
    The default hazard of a cell is :math:`d/n`. A loan counts from its entry into the tape on, so
    that loans that enter aged do no harm (left truncation). Where a column is empty, the empty rows
    make cells too: a model that needs the column leaves those out and says how many.
    """
    edges = {name: list(values) for name, values in (bins or {}).items()}
    _refuse_bad(edges, vintage, period)
    by = ["age_months", "vintage", "period", *keys, *(f"{name}_bin" for name in edges)]
    means = [name for name in edges if name not in keys]
    panel = _joined(loan, performance, [*keys, *edges])
    made = {"vintage": _clock("orig_date", vintage), "period": _clock("date", period), "end": end()}
    made |= {f"{name}_bin": _bin(name, cut) for name, cut in edges.items()}
    columns = panel.collect_schema().names()
    risk = at_risk(entry_row)
    table = tally(panel.to_native(), columns, [*by, "end"], means, where=risk, made=made)
    found = ends_wide(table, by, "loans", "at_risk")
    sums = table.groupby(by, dropna=False)[means].sum()
    for name in means:
        mean = sums[name].to_numpy() / found["at_risk"]
        found[name] = mean.where(found[f"{name}_bin"].notna())
    return found[[*by, *means, "at_risk", *ENDS]]


def spells(
    loan: IntoFrame,
    performance: IntoFrame,
    *,
    columns: Sequence[str] = (),
    vintage: str = "year",
) -> pd.DataFrame:
    """Return one row for each loan: its age on entering and on leaving the tape, and how it left.

    Parameters
    ----------
    loan, performance : frame of any engine
        As in :func:`cells`.
    columns : sequence of str
        Columns of ``loan`` to keep.
    vintage : {"month", "quarter", "year"}
        How finely to cut the origination.

    Returns
    -------
    DataFrame
        ``case``, ``loan_id``, ``vintage``, ``entry_months`` and ``exit_months`` (age in the first
        and the last row; the loan is at risk after the one and up to the other), ``event`` (0 still
        there, 1 default, 2 prepaid, 3 matured) and the columns asked for, sorted by loan. A loan of
        one row was never seen at risk and is left out. A gap inside a history counts as time at
        risk.
    """
    _refuse_bad({}, vintage, vintage)
    used = [*KEY, "age_months", "state", "previous_state"]
    rows: Any = nw.from_native(performance).select(*require_columns(performance, used))
    ends = rows.filter(at_risk(entry_row=True)).with_columns(end=end()).group_by(KEY).agg(
        nw.col("age_months").min().alias("entry_months"),
        nw.col("age_months").max().alias("exit_months"), nw.col("end").max(),
    ).filter(nw.col("exit_months") > nw.col("entry_months"))  # fmt: skip
    about: Any = nw.from_native(loan).select(*require_columns(loan, [*KEY, "orig_date", *columns]))
    kept = ends.join(about, on=KEY, how="inner").with_columns(vintage=_clock("orig_date", vintage))
    shown = list(dict.fromkeys([*KEY, "vintage", "entry_months", "exit_months", "end", *columns]))
    found = tally(kept.to_native(), shown, shown).drop(columns="loans")
    found.insert(len(KEY) + 3, "event", (found.pop("end") - LAST_LIVE).clip(lower=0))
    return found


def _joined(loan: IntoFrame, performance: IntoFrame, asked: Sequence[str]) -> Any:
    fixed = [name for name in asked if not name.startswith(NOW) and name not in KEY]
    moving = {name: name.removeprefix(NOW) for name in asked if name.startswith(NOW)}
    used = [*KEY, "date", "age_months", "state", "previous_state"]
    require_columns(performance, [*used, *moving.values()])
    values = (nw.col(held).alias(name) for name, held in moving.items())
    rows: Any = nw.from_native(performance).select(*used, *values)
    about: Any = nw.from_native(loan).select(*require_columns(loan, [*KEY, "orig_date", *fixed]))
    return rows.join(about, on=KEY, how="inner")


def _clock(date: str, unit: str) -> nw.Expr:
    year, month = nw.col(date).dt.year(), nw.col(date).dt.month().cast(nw.Int32)
    if unit == "year":
        return year
    return year * 100 + month if unit == "month" else year * 10 + (month + 2) // 3


def _bin(name: str, edges: Sequence[float]) -> nw.Expr:
    above = nw.sum_horizontal(*((nw.col(name) >= edge).cast(nw.Int64) for edge in edges))
    return nw.when(~nw.col(name).is_null()).then(above)


def _refuse_bad(edges: Mapping[str, Sequence[float]], vintage: str, period: str) -> None:
    for what, unit in (("cut of vintages", vintage), ("cut of periods", period)):
        if unit not in CLOCKS:
            raise ChoiceError(what, unit, CLOCKS)
    messages = [
        f"edges of {name} are {list(cut)}; give at least one, each above the one before"
        for name, cut in edges.items()
        if not cut or any(high <= low for low, high in itertools.pairwise(cut))
    ]
    if messages:
        raise ParameterFaults(messages)
