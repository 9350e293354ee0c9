"""The deals that come with abscase: structure from a YAML file, figures from the case's rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from abscase.case import Case, Datum, datum, load_case
from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.read import deal_from
from abscase.place import package_dir

OWN = "as the deal file gives it, without a source"
CHANGED = "set for this run, in place of the deal's own"
CARD = ["term", "value", "grade", "source_id", "ref", "note"]


def folder() -> Path:
    """Return the folder of the deal files."""
    return package_dir() / "operating" / "deals"


def shipped() -> list[str]:
    """Return the names of the deals that come with abscase."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def shipped_deal(name: str, root: Path | None = None) -> Deal:
    """Return a deal that comes with abscase.

    Parameters
    ----------
    name : str
        One of `shipped`.
    root : Path, optional
        Another folder ``data/``.

    Raises
    ------
    ChoiceError
        There is no such deal.
    DataFaults
        The file or its rows have faults.
    """
    if name not in shipped():
        raise ChoiceError("deal", name, shipped())
    text = (folder() / f"{name}.yaml").read_text(encoding="utf-8")
    head = yaml.safe_load(text)
    rows: dict[str, Any] = {}
    if head.get("deal_id"):
        evidence = published_terms(head["deal_id"], load_case(head["case"], root), head)
        for place, found in evidence.items():
            _lay(rows, place, found.value if isinstance(found, Datum) else found)
    return deal_from(text, f"{name}.yaml", rows)


def _lay(rows: dict[str, Any], place: str, value: Any) -> None:
    """Put a value at its place: "pool.rate", or "tranches/A-1/balance"."""
    *path, last = place.split("/") if "/" in place else place.split(".")
    for key in path:
        rows = rows.setdefault(key, {})
    rows[last] = value


def published_terms(deal_id: str, case: Case, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms that rows of a case give, by place: a `Datum`, or a plain word.

    Parameters
    ----------
    deal_id : str
        Deal in the tables ``deal`` and ``tranche``.
    case : Case
        The case whose rows are read.
    head : mapping
        The deal file; ``data`` names places whose value is a row of the table ``series``.
    """
    deals = case.table("deal")
    row = deals[deals["deal_id"] == deal_id]
    if len(row) != 1:
        raise DataFaults([Fault(f"{len(row)} deals of that name", "deal_id", deal_id)])
    found: dict[str, Any] = _deal_terms(row.iloc[0])
    tranches = case.table("tranche")
    for _, each in tranches[tranches["deal_id"] == deal_id].iterrows():
        for term, value in _class_terms(each).items():
            found[f"tranches/{each['tranche_id']}/{term}"] = value
    for place, key in (head.get("data") or {}).items():
        found[place] = case.value(**key)
    return found


def _deal_terms(row: pd.Series) -> dict[str, Any]:
    size = "pool_amt" if pd.notna(row["pool_amt"]) else "original_amt"
    found: dict[str, Any] = {"name": row["deal_name"], "currency": row["currency"]}
    if pd.notna(row[size]):
        found["pool.balance"] = datum(row, size)
    if pd.notna(row["oc_target_share"]):
        found["cover.target_share"] = datum(row, "oc_target_share")
    if pd.notna(row["closing_date"]):
        found["calendar.closing"] = row["closing_date"].date()
    return found


def _class_terms(row: pd.Series) -> dict[str, Any]:
    kind = row["rate_type"]
    named = {"original_amt": "balance"}
    if kind == "fixed":
        named["coupon_rate"] = "rate"
    if kind == "floating":
        named |= {"margin_rate": "margin", "margin_after_rate": "margin_after"}
    found = {term: datum(row, column) for column, term in named.items() if pd.notna(row[column])}
    return found if kind == "unknown" or pd.isna(kind) else {"kind": kind, **found}


def deal_card(deal: Deal, root: Path | None = None, native: Deal | None = None) -> pd.DataFrame:
    """Return what a deal stands on, one row a term: published rows first, then assumptions.

    Parameters
    ----------
    deal : Deal
        A shipped deal, or one with ``assumed``.
    root : Path, optional
        Another folder ``data/``.
    native : Deal, optional
        The deal before it was changed; terms that differ are marked as such.

    Returns
    -------
    DataFrame
        ``term`` (place in the deal), ``value``, ``grade``, ``source_id``, ``ref``, ``note``. What
        no source gives has grade C, and its reason for note.
    """
    rows: list[list[Any]] = []
    if deal.deal_id:
        head = {"data": deal.data}
        for place, found in published_terms(deal.deal_id, load_case(deal.case, root), head).items():
            if isinstance(found, Datum) and place not in deal.assumed:
                given = [found.value, found.grade, found.source_id, found.ref, found.note]
                rows.append([place.replace("/", "."), *given])
    told = deal.assumed if deal.deal_id or deal.assumed else dict.fromkeys(_places(deal), OWN)
    for place, reason in told.items():
        rows.append([place, value_at(deal, place), "C", "", "", reason])
    if native is not None:
        rows = [_changed(row, deal, native) for row in rows]
    return pd.DataFrame(rows, columns=CARD)


def _changed(row: list[Any], deal: Deal, native: Deal) -> list[Any]:
    """Return a row of the card, with a term that is no longer the native deal's marked as such."""
    place = row[0]
    if _at(deal, place) == _at(native, place):
        return row
    return [place, value_at(deal, place), "C", "", "", CHANGED]


def _places(deal: Deal) -> list[str]:
    """Return the main terms of a deal that names no source: its pool and its classes."""
    main = [f"pool.{name}" for name in ("balance", "rate", "term_months")]
    main += ["cover.target_share"] if deal.cover.target_share else []
    return main + [f"tranches.{each.name}.{term}" for each in deal.tranches
                   for term in ("balance", "share", "rate")
                   if getattr(each, term, None) is not None]  # fmt: skip


def value_at(deal: Deal, place: str) -> Any:
    """Return the value of a term by its place, None where the deal leaves the term out.

    A class, fee or trigger is named ("tranches.A-1.rate").
    """
    value = _at(deal, place)
    plain = value is None or isinstance(value, str | int | float)
    return value if plain else "see the deal file"


def _at(deal: Deal, place: str) -> Any:
    value: Any = deal
    for key in place.replace("states", "priorities").split("."):
        if value is None:
            return None
        if isinstance(value, tuple):
            value = next((each for each in value if each.name == key), None)
        elif isinstance(value, Mapping):
            value = value.get(key)
        else:
            value = getattr(value, key)
    return value
