"""Who did what, and when, in words: companies, parties to a deal, dated rules and events."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, date, money

MONEY = ("capital_amt", "assets_amt")
PARTIES = ("sponsor", "originator", "servicer", "manager", "trustee")


def companies(entity: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the companies of a case, each with its latest known capital and assets.

    Returns
    -------
    DataFrame
        company, role, capital, assets, grade (worst of the rows shown), sources.
    """
    rows = []
    for name in entity["entity_id"].unique():
        own = entity[entity["entity_id"] == name].sort_values("date", ascending=False)
        first = own.iloc[0]
        used = [row for row in (_latest(own, column) for column in MONEY) if row is not None]
        shown = used or [first]
        rows.append({
            "company": named(f"data.company.{name}", first["entity_name"], lang),
            "role": named(f"data.role.{name}", first["role"], lang),
            "capital": _as_of(_latest(own, "capital_amt"), "capital_amt", lang),
            "assets": _as_of(_latest(own, "assets_amt"), "assets_amt", lang),
            "grade": max(row["grade"] for row in shown),
            "sources": label("list.comma", lang).join(
                dict.fromkeys(row["source_id"] for row in shown)
            ),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _latest(rows: pd.DataFrame, column: str) -> pd.Series | None:
    """Return the first row that has a value in a column, where there is one."""
    if column not in rows or rows[column].isna().all():
        return None
    return rows[rows[column].notna()].iloc[0]


def _as_of(row: pd.Series | None, column: str, lang: str) -> str:
    if row is None:
        return MISSING
    when = date(row["date"], lang, row["date_precision"])
    return label("data.as_of", lang, value=money(row[column], row["currency"], lang), date=when)


def parties(deals: Mapping[str, pd.Series], lang: str) -> pd.DataFrame:
    """Return who did what in each deal, one row for each role.

    Parameters
    ----------
    deals : mapping
        Deal to its row of the table ``deal``.
    """
    names = {
        named(f"data.deal.{head}", head, lang): [
            MISSING if pd.isna(name := row.get(role)) else name for role in PARTIES
        ]
        for head, row in deals.items()
    }
    roles = [label(f"data.term.{role}", lang) for role in PARTIES]
    return pd.DataFrame({"role": roles} | names)


def dated(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return dated rules and events in words; see `verdict.chronology.days_before`.

    Returns
    -------
    DataFrame
        date, days_before, kind, what, grade, source_id.
    """
    when = [
        date(day, lang, exact)
        for day, exact in zip(rows["date"], rows["date_precision"], strict=True)
    ]
    return pd.DataFrame({
        "date": when, "days_before": rows["days_before"].astype(int).to_list(),
        "kind": [label(f"claims.kind.{kind}", lang) for kind in rows["kind"]],
        "what": rows[f"text_{lang}"].to_list(), "grade": rows["grade"].to_list(),
        "source_id": rows["source_id"].to_list(),
    })  # fmt: skip


def named(key: str, otherwise: str, lang: str) -> str:
    """Return the label of a key, or where there is none what it is called otherwise."""
    return label(key, lang) if has_label(key) else otherwise
