"""How much of the common schema a case, or a single deal, fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import pandas as pd

from abscase import catalog
from abscase.case import Case, Datum
from abscase.errors import DataFaults, Fault
from abscase.schema import TABLES

Tables = Mapping[str, pd.DataFrame]
"""The tables of one case, by name."""

STATES = ("filled", "partly", "empty", "absent", "no_table")
TERMS = {
    "sponsor": ("deal.sponsor",), "originator": ("deal.originator",),
    "servicer": ("deal.servicer",), "manager": ("deal.manager",), "trustee": ("deal.trustee",),
    "closing": ("deal.closing_date",), "collateral": ("deal.collateral",),
    "size": ("deal.original_amt",), "pool": ("deal.pool_amt",), "loans": ("deal.loans_count",),
    "revolving": ("deal.revolving_months",), "call": ("deal.clean_up_share",),
    "overcollateral": ("deal.oc_target_share",), "triggers": ("deal.triggers",),
    "order": ("tranche.seniority",), "amount": ("tranche.original_amt", "tranche.share"),
    "enhancement": ("tranche.subordination_share", "tranche.original_amt"),
    "rating": ("tranche.rating_sp", "tranche.rating_moodys", "tranche.rating_other"),
    "rate": ("tranche.coupon_rate", "tranche.margin_rate"),
    "life": ("tranche.expected_life_months", "tranche.maturity_date"),
    "holder": ("tranche.holder",),
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
    ``by_cell`` by the share of classes that have it. ``terms`` is the number of terms asked for.
    """

    deal_id: str
    by_cell: float
    strict: float
    lenient: float
    terms: int


def term_shares(deal: pd.DataFrame, tranche: pd.DataFrame, deal_id: str) -> pd.Series:
    """Return for every term of ``TERMS`` the share of the deal's rows for which it is known.

    A term is known where any of its columns is filled: a floater has a margin and no coupon, and an
    enhancement follows from the amounts. A deal without classes has none of the terms of a class.
    """
    if deal_id not in set(deal["deal_id"]):
        raise DataFaults([Fault(f"has no deal {deal_id!r}", "deal_id", file="table deal")])
    tables = {"deal": deal, "tranche": tranche}
    own = {name: frame[frame["deal_id"] == deal_id] for name, frame in tables.items()}
    shares = {}
    for term, columns in TERMS.items():
        frame = own[columns[0].partition(".")[0]]
        names = [name for _, _, name in (column.partition(".") for column in columns)]
        known = frame[[name for name in names if name in frame]].notna().any(axis=1)
        shares[term] = float(known.mean()) if len(frame) else 0.0
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
        The table ``deal`` has no such deal.
    """
    shares = term_shares(deal, tranche, deal_id)
    return Completeness(
        deal_id,
        by_cell=float(shares.mean()),
        strict=float((shares == 1).mean()),
        lenient=float((shares > 0).mean()),
        terms=len(shares),
    )


def by_deal(deal: pd.DataFrame, tranche: pd.DataFrame) -> pd.DataFrame:
    """Return the completeness of every deal, the most complete first.

    Returns
    -------
    DataFrame
        deal_id, by_cell, strict, lenient (all in [0, 1]), terms.
    """
    rows = [asdict(completeness(deal, tranche, name)) for name in deal["deal_id"]]
    frame = pd.DataFrame(rows, columns=[each.name for each in fields(Completeness)])
    return frame.sort_values("by_cell", ascending=False, kind="stable", ignore_index=True)


def gap(one: Completeness, other: Completeness) -> tuple[float, float, float]:
    """Return how much more complete ``one`` is than ``other``: by cell, and the least and the most.

    The least sets one's strictest count against the other's most lenient, the most the reverse; all
    in [-1, 1].
    """
    return one.by_cell - other.by_cell, one.strict - other.lenient, one.lenient - other.strict


def evidence(deal: pd.DataFrame, tranche: pd.DataFrame, deal_id: str) -> list[Datum]:
    """Return the rows a deal's completeness rests on, each as a value of one row."""
    rows = pd.concat([frame[frame["deal_id"] == deal_id] for frame in (deal, tranche)])
    return [
        Datum(1.0, "count", row["grade"], row["source_id"], row["ref"])
        for row in rows.to_dict("records")
    ]


def case_tables(case: Case) -> dict[str, pd.DataFrame]:
    """Return the tables of a case, each with the columns that its own files have.

    A column that only another case collects is left out, so that absent and empty stay two facts.
    Tables without a row are left out.
    """
    found = {}
    for name in TABLES:
        frame = case.table(name) if "case" in TABLES[name].names else pd.DataFrame()
        if frame.empty:
            continue
        files = {ref.rpartition(":")[0] for ref in frame["ref"]}
        present = {column for file in files for column in catalog.read(case.root / file, case.root)}
        found[name] = frame[[column for column in frame if column in present]]
    return found
