"""What the data hold, in words: companies, fields, terms, totals, values that disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from abscase.case import CURRENCY
from abscase.operating.growth import Growth
from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, date, in_unit, money, percent, plain, times
from abscase.verdict.completeness import STATES
from abscase.verdict.reconcile import Check

AMOUNT_DIGITS, SHARE_DIGITS = 5, 2
PARTIES = ("sponsor", "originator", "servicer", "manager", "trustee")


def companies(entity: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the companies of a case, each with its latest known capital and assets.

    Returns
    -------
    DataFrame
        company, role, capital, assets, grade (worst of the rows used), sources.
    """
    rows = []
    for name in entity["entity_id"].unique():
        own = entity[entity["entity_id"] == name].sort_values("date", ascending=False)
        first = own.iloc[0]
        rows.append({
            "company": _word(f"data.company.{name}", first["entity_name"], lang),
            "role": _word(f"data.role.{name}", first["role"], lang),
            "capital": _latest(own, "capital_amt", lang),
            "assets": _latest(own, "assets_amt", lang),
            "grade": own["grade"].max(),
            "sources": label("list.comma", lang).join(own["source_id"].unique()),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _word(key: str, otherwise: str, lang: str) -> str:
    return label(key, lang) if has_label(key) else otherwise


def _latest(rows: pd.DataFrame, column: str, lang: str) -> str:
    """Return the first value of a column with its date, where there is one."""
    if column not in rows or rows[column].isna().all():
        return MISSING
    row = rows[rows[column].notna()].iloc[0]
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
        _word(f"data.deal.{head}", head, lang): [
            MISSING if pd.isna(name := row.get(role)) else name for role in PARTIES
        ]
        for head, row in deals.items()
    }
    roles = [label(f"data.term.{role}", lang) for role in PARTIES]
    return pd.DataFrame({"role": roles} | names)


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
    cases = [str(name) for name in fields if name not in ("table", "column")]
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
        Deal to what `verdict.completeness.term_shares` returns.
    """
    frame = pd.DataFrame({
        _word(f"data.deal.{deal}", deal, lang): own.map(lambda share: percent(share, 0))
        for deal, own in shares.items()
    })  # fmt: skip
    frame.insert(0, "term", [label(f"data.term.{name}", lang) for name in frame.index])
    return frame.reset_index(drop=True)


def deal_scores(scores: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the completeness of deals in words; see `verdict.completeness.by_deal`."""
    ways = ("by_cell", "strict", "lenient")
    return scores.assign(
        deal_id=[_word(f"data.deal.{name}", name, lang) for name in scores["deal_id"]],
        **{way: scores[way].map(percent) for way in ways},
    )


def classes(rows: pd.DataFrame, currency: str, lang: str) -> pd.DataFrame:
    """Return the classes of a deal in words; see `verdict.known_totals.double_11_shares`."""
    return pd.DataFrame({
        "class": rows["tranche_id"],
        "amount": [money(value, currency, lang) for value in rows["original_amt"]],
        "share": [percent(value) for value in rows["share"]],
        "coupon": [percent(value, SHARE_DIGITS) for value in rows["coupon_rate"]],
        "had": [label(f"data.how.{how}", lang) for how in rows["how"]],
        "grade": rows["grade"], "source_id": rows["source_id"],
    })  # fmt: skip


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


def growth_rows(
    merchants: Growth, consumer_times: float, users_end: float, users_even: float, lang: str
) -> pd.DataFrame:
    """Return what is known of the growth of credit by users and by credit for each user.

    Parameters
    ----------
    merchants : Growth
        Of the loans to merchants, for which both numbers are known.
    consumer_times : float
        Growth of the balance of consumer credit, in times.
    users_end, users_even : float
        Users at its end, and those at its start that would split it in half.
    """
    values = {
        "merchants_growth": times(math.exp(merchants.growth_log), lang),
        "merchants_users": percent(merchants.users_share, 0),
        "merchants_intensity": percent(merchants.intensity_share, 0),
        "consumer_growth": times(consumer_times, lang), "users_end": plain(users_end),
        "users_start": label("data.growth.unknown", lang), "users_even": plain(users_even),
    }  # fmt: skip
    items = [label(f"data.growth.{name}", lang) for name in values]
    return pd.DataFrame({"item": items, "value": values.values()})
