"""What the data hold, in words: fields, terms, published totals, values that disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from abscase.case import CURRENCY
from abscase.show.labels import label
from abscase.show.numbers import date, in_unit, money, percent, plain
from abscase.verdict.completeness import STATES
from abscase.verdict.reconcile import Check

AMOUNT_DIGITS, SHARE_DIGITS = 5, 2


def field_states(fields: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a field map with its states in words; see `verdict.completeness.field_map`."""
    words = {state: label(f"data.state.{state}", lang) for state in STATES}
    return fields.replace(words)


def field_counts(fields: pd.DataFrame, missing: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return one row for each table, with one cell of words for each case.

    Parameters
    ----------
    fields, missing : DataFrame
        As `verdict.completeness.field_map` and `missingness` return them.
    lang : str

    Returns
    -------
    DataFrame
        table, and a column for each case: rows, fields in use, share of cells missing.
    """
    cases = [name for name in fields if name not in ("table", "column")]
    known = {(row["table"], row["case"]): row for row in missing.to_dict("records")}
    rows = []
    for table in fields["table"].unique():
        own = fields[fields["table"] == table]
        row = {"table": str(table)}
        for case in cases:
            row[case] = label("data.state.no_table", lang)
            if facts := known.get((table, case)):
                used = own[case].isin(("filled", "partly")).sum()
                row[case] = label(
                    "data.fields", lang, rows=plain(facts["rows"]), used=used, all=len(own),
                    missing=percent(facts["missing_share"], 0),
                )  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows, columns=["table", *cases])


def term_table(shares: Mapping[str, pd.Series], lang: str) -> pd.DataFrame:
    """Return the terms of deals side by side, each as the share of its classes that is known.

    Parameters
    ----------
    shares : mapping
        Heading of the column to what `verdict.completeness.term_shares` returns.
    """
    frame = pd.DataFrame(
        {name: own.map(lambda share: percent(share, 0)) for name, own in shares.items()}
    )
    frame.insert(0, "term", [label(f"data.term.{name}", lang) for name in frame.index])
    return frame.reset_index(drop=True)


def reconciliation(checks: Sequence[Check], lang: str) -> pd.DataFrame:
    """Return each check in words.

    Returns
    -------
    DataFrame
        check, published, recomputed, difference, tolerance, agrees (flag), independent (flag),
        grade, sources.
    """
    return pd.DataFrame([
        {
            "check": _name(each.check_id, lang),
            "published": _value(each.published, each, lang),
            "recomputed": _value(each.recomputed, each, lang),
            "difference": _value(each.difference, each, lang),
            "tolerance": _value(each.tolerance, each, lang),
            "agrees": bool(each.agrees), "independent": not each.by_construction,
            "grade": each.grade, "sources": label("list.comma", lang).join(each.source_ids),
        }
        for each in checks
    ])  # fmt: skip


def _name(check_id: str, lang: str) -> str:
    """Return the words of a check; of a family of checks the part after the last "_" is a field."""
    kind, _, part = check_id.rpartition("_")
    if kind in ("enhancement", "homes_lost"):
        return label(f"data.check.{kind}", lang, part=part)
    return label(f"data.check.{check_id}", lang)


def _value(value: float, check: Check, lang: str) -> str:
    if check.unit == "amt":
        return money(value, CURRENCY[check.case], lang, AMOUNT_DIGITS)
    if check.unit == "decimal":
        return percent(value, SHARE_DIGITS)
    return in_unit(value, check.unit, lang)


def disagreeing(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the values that sources give for one quantity, each quantity in one row.

    Parameters
    ----------
    rows : DataFrame
        As `verdict.coverage.disagreements` returns them.

    Returns
    -------
    DataFrame
        measure, segment, date, values, spread, sources.
    """
    keys = ["case", "measure", "segment", "date", "unit", "currency", "definition_id"]
    found = []
    for _, own in rows.groupby([key for key in keys if key in rows], dropna=False, sort=False):
        first, comma = own.iloc[0], label("list.comma", lang)
        currency = "" if pd.isna(word := first.get("currency")) else word
        values = [in_unit(value, first["unit"], lang, currency) for value in own["value"]]
        marks = [label("data.graded", lang, value=value, grade=grade)
                 for value, grade in zip(values, own["grade"], strict=True)]  # fmt: skip
        found.append({
            "measure": first["measure"], "segment": first["segment"],
            "date": date(first["date"], lang), "values": comma.join(marks),
            "spread": percent(first["spread_share"], 0), "sources": comma.join(own["source_id"]),
        })  # fmt: skip
    columns = ["measure", "segment", "date", "values", "spread", "sources"]
    return pd.DataFrame(found, columns=columns)
