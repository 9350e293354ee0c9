"""How much of the common schema a case, or a single deal, fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from abscase.errors import DataFaults, Fault
from abscase.schema import TABLES

Tables = Mapping[str, pd.DataFrame]
"""The tables of one case, by name."""

STATES = ("filled", "partly", "empty", "absent", "no_table")
DEAL_TABLES = ("deal", "tranche")
NOT_TERMS = {
    "case", "deal_id", "tranche_id", "deal_name", "currency", "date_precision",
    "grade", "source_id", "how", "note",
}  # fmt: skip


def fill_share(frame: pd.DataFrame, column: str) -> float | None:
    """Return the share of cells of a column that are not empty, in [0, 1].

    ``None`` where the frame has no such column or no row: absent is not the same as empty.
    """
    if column not in frame or frame.empty:
        return None
    return float(frame[column].notna().mean())


def field_state(frame: pd.DataFrame, column: str) -> str:
    """Return ``filled``, ``partly``, ``empty``, ``absent`` (no such column) or ``no_table``."""
    if frame.empty:
        return "no_table"
    share = fill_share(frame, column)
    if share is None:
        return "absent"
    return "filled" if share == 1 else "partly" if share > 0 else "empty"


def field_map(cases: Mapping[str, Tables]) -> pd.DataFrame:
    """Return the state of every column of the schema in every case.

    Parameters
    ----------
    cases : mapping
        Case name to its tables; tables that are left out count as ``no_table``.

    Returns
    -------
    DataFrame
        table, column, and one column of states (see :func:`field_state`) for each case; one row
        for each column of every schema table that at least one case has.
    """
    names = [name for name in TABLES if any(not _table(own, name).empty for own in cases.values())]
    return pd.DataFrame(
        [
            {"table": name, "column": column}
            | {case: field_state(_table(own, name), column) for case, own in cases.items()}
            for name in names
            for column in TABLES[name].names
        ],
        columns=["table", "column", *cases],
    )


def missingness(cases: Mapping[str, Tables]) -> pd.DataFrame:
    """Return rows and the share of missing cells of every table in every case.

    A cell counts as missing where it is empty or its column is absent; columns are those of the
    schema.

    Returns
    -------
    DataFrame
        table, case, rows, missing_share (in [0, 1]); no row for a table that a case lacks.
    """
    rows = []
    for name, table in TABLES.items():
        for case, own in cases.items():
            frame = _table(own, name)
            if frame.empty:
                continue
            shares = [fill_share(frame, column) or 0.0 for column in table.names]
            rows.append({
                "table": name, "case": case, "rows": len(frame),
                "missing_share": 1 - sum(shares) / len(shares),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "case", "rows", "missing_share"])


def _table(own: Tables, name: str) -> pd.DataFrame:
    return own.get(name, pd.DataFrame())


@dataclass(frozen=True)
class Completeness:
    """The share of a deal's terms that are known, by three ways of counting; all in [0, 1].

    ``strict`` counts a term only where every class has it, ``lenient`` where any class has it,
    ``by_cell`` by the share of classes that have it. ``fields`` is the number of terms asked for.
    """

    deal_id: str
    by_cell: float
    strict: float
    lenient: float
    fields: int


def term_shares(deal: pd.DataFrame, tranche: pd.DataFrame, deal_id: str) -> pd.Series:
    """Return the share filled of every term of a deal, by "table.column".

    A term is a column of the schema's tables ``deal`` and ``tranche`` that describes the deal;
    keys, names, units and evidence columns are left out.
    """
    shares = {}
    for name, frame in zip(DEAL_TABLES, (deal, tranche), strict=True):
        own = frame[frame["deal_id"] == deal_id]
        if own.empty:
            raise DataFaults([Fault(f"has no deal {deal_id!r}", "deal_id", file=f"table {name}")])
        for column in TABLES[name].names:
            if column not in NOT_TERMS:
                shares[f"{name}.{column}"] = fill_share(own, column) or 0.0
    return pd.Series(shares, name=deal_id, dtype=float)


def completeness(deal: pd.DataFrame, tranche: pd.DataFrame, deal_id: str) -> Completeness:
    r"""Return how complete the known terms of one deal are.

    Parameters
    ----------
    deal, tranche : DataFrame
        The tables of the schema; other deals in them are ignored.
    deal_id : str

    Notes
    -----
    With :math:`s_f` the share of classes for which term :math:`f` of :math:`m` is known:
    by cell :math:`\frac{1}{m}\sum_f s_f`, strict :math:`\frac{1}{m}\#\{s_f=1\}`, lenient
    :math:`\frac{1}{m}\#\{s_f>0\}`. A term that does not apply to a deal counts as not known.

    Raises
    ------
    DataFaults
        One of the tables has no such deal.
    """
    shares = term_shares(deal, tranche, deal_id)
    return Completeness(
        deal_id,
        by_cell=float(shares.mean()),
        strict=float((shares == 1).mean()),
        lenient=float((shares > 0).mean()),
        fields=len(shares),
    )
