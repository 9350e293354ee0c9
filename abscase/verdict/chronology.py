"""Dated events and rules in one order: what came before what, and by how many days."""

from __future__ import annotations

import pandas as pd

from abscase.case import Datum
from abscase.errors import ChoiceError, DataFaults, Fault

COLUMNS = ["date", "date_precision", "kind", "text_en", "text_zh", "grade", "source_id", "ref"]


def timeline(event: pd.DataFrame, rule: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return events, and rules that no event of the same day tells of, in order of time.

    Parameters
    ----------
    event, rule : DataFrame
        The tables of the schema.
    first, last : int
        Years, both included.

    Returns
    -------
    DataFrame
        date, date_precision, kind, text_en, text_zh, grade, source_id, ref. Rules are listed once,
        by name, where they are dated to the day; a rule without a Chinese name keeps the English.
    """
    parts = []
    if not event.empty:
        parts.append(event.rename(columns={"event_en": "text_en", "event_zh": "text_zh"})[COLUMNS])
    if not rule.empty:
        day = rule["date_precision"].fillna("day") == "day"
        told = rule["date"].isin(event["date"]) if len(event) else False
        once = rule[day & ~pd.Series(told, index=rule.index)].drop_duplicates("rule_id")
        once = once.assign(kind="rule", text_en=once["rule_name"], text_zh=once["rule_name"])
        if "rule_name_zh" in once:
            once["text_zh"] = once["rule_name_zh"].fillna(once["rule_name"])
        parts.append(once[COLUMNS])
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["date"].dt.year.between(first, last)]
    return rows.sort_values(["date", "text_en"], ignore_index=True)


def day_of(event: pd.DataFrame, event_id: str) -> Datum:
    """Return the day of an event with its evidence; the value counts days since 1 January 1970.

    Raises
    ------
    ChoiceError
        There is no such event.
    DataFaults
        The event is not dated to the day.
    """
    rows = event[event["event_id"] == event_id]
    if rows.empty:
        raise ChoiceError("event", event_id, event["event_id"])
    row = rows.iloc[0]
    if row.get("date_precision") != "day":
        raise DataFaults([
            Fault("is not dated to the day", "date_precision", str(row.get("date_precision")),
                  file=row["ref"])
        ])  # fmt: skip
    date = pd.Timestamp(row["date"])
    return Datum(
        float((date - pd.Timestamp(0)).days),
        "days",
        row["grade"],
        row["source_id"],
        row["ref"],
        date,
    )


def days_between(first: Datum, then: Datum) -> float:
    """Return the days from one dated event to another; negative where ``then`` came first.

    Parameters
    ----------
    first, then : Datum
        As :func:`day_of` gives them.
    """
    return then.value - first.value


def days_before(rows: pd.DataFrame, event: Datum) -> pd.DataFrame:
    """Return the rows of a timeline up to an event, with ``days_before`` it (0 or more)."""
    before = rows.assign(days_before=event.value - (rows["date"] - pd.Timestamp(0)).dt.days)
    return before[before["days_before"] >= 0].reset_index(drop=True)
