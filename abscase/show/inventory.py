"""What the data hold, in words: fields, terms, published totals, values that disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from abscase.case import CURRENCY
from abscase.operating.growth import Growth
from abscase.show.actors import named
from abscase.show.labels import label
from abscase.show.numbers import date, in_unit, money, percent, plain, times
from abscase.verdict.completeness import STATES
from abscase.verdict.reconcile import Check

AMOUNT_DIGITS, SHARE_DIGITS = 5, 2
EVIDENCE = ("grade", "source_id", "how", "note")


def field_states(fields: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the fields that not every case fills, with their states in words.

    Cases that have none of the tables are left out, and so are columns of evidence.

    Parameters
    ----------
    fields : DataFrame
        Rows of what `verdict.completeness.field_map` returns.
    """
    words = {state: label(f"data.state.{state}", lang) for state in STATES}
    states = fields.drop(columns=["table", "column"])
    cases = [name for name in states if (states[name] != "no_table").any()]
    notable = (states[cases] != "filled").any(axis=1) & ~fields["column"].isin(EVIDENCE)
    shown = fields.loc[notable, ["table", "column", *cases]]
    return shown.rename(columns={"column": "field"}).replace(words)


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
        named(f"data.deal.{deal}", deal, lang): own.map(lambda share: percent(share, 0))
        for deal, own in shares.items()
    })  # fmt: skip
    frame.insert(0, "term", [label(f"data.term.{name}", lang) for name in frame.index])
    return frame.reset_index(drop=True)


def deal_scores(scores: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the completeness of deals in words; see `verdict.completeness.by_deal`."""
    ways = ("by_cell", "strict", "lenient")
    return scores.assign(
        deal_id=[named(f"data.deal.{name}", name, lang) for name in scores["deal_id"]],
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
        check, printed, recomputed, difference (with the tolerance), agrees (flag), independent
        (flag), grade, sources.
    """
    return pd.DataFrame([
        {
            "check": _name(each.check_id, lang),
            "printed": _value(each.published, each, lang),
            "recomputed": _value(each.recomputed, each, lang),
            "difference": label(
                "data.within", lang, value=_value(each.difference, each, lang),
                tolerance=_value(each.tolerance, each, lang, 1),
            ),
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


def _value(value: float, check: Check, lang: str, more: int = 0) -> str:
    """Return a number of a check in words; ``more`` decimals for a share."""
    if check.unit == "amt":
        return money(value, CURRENCY[check.case], lang, AMOUNT_DIGITS)
    if check.unit == "decimal":
        return percent(value, SHARE_DIGITS + more)
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
            "measure": named(f"data.measure.{first['measure']}", first["measure"], lang),
            "segment": named(f"data.segment.{first['segment']}", first["segment"], lang),
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
