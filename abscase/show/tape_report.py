"""How a loan tape was read, in words: the whole quality report of a load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from abscase.show.labels import has_label, label
from abscase.show.numbers import date, percent, plain

SCORE = ("kept", "continuous", "filled", "quality")
SCORE_DIGITS = 2
AGAIN = re.compile(r"copy|again|of an earlier row")
OUTSIDE = re.compile(r"(?P<name>\S+) outside (?P<range>.+): emptied")
UNREAD = re.compile(r"(?P<name>\S+) not readable by the map: emptied")


def quality_report(report: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return the quality report of a loaded tape, one row for each fact.

    Parameters
    ----------
    report : mapping
        Content of its ``quality_report.json``.
    lang : str

    Returns
    -------
    DataFrame
        part (read, left out, changed, missing, gaps, states, quality, note), item, value; all in
        words. Rows left out stand by reason, repeats of a row or loan once more together.
    """
    rows = [*_read(report, lang), *_counts(report, lang), *_rest(report, lang)]
    frame = pd.DataFrame(rows, columns=["part", "item", "value"])
    frame["part"] = [label(f"tape.part.{name}", lang) for name in frame["part"]]
    return frame


def quality_reports(
    reports: Mapping[tuple[str, str], Mapping[str, Any]], lang: str
) -> pd.DataFrame:
    """Return the reports of several tapes below one another.

    Parameters
    ----------
    reports : mapping
        By case and source, as :func:`~abscase.sources.panels.panel_reports` returns them.
    lang : str

    Returns
    -------
    DataFrame
        case, tape, and the columns of :func:`quality_report`; empty where there is no tape.
    """
    frames = [pd.DataFrame(columns=["case", "tape", "part", "item", "value"], dtype="str")]
    for (case, tape), report in reports.items():
        frames.append(quality_report(report, lang).assign(case=case, tape=tape))
    return pd.concat(frames, ignore_index=True)


def reason(words: str, lang: str) -> str:
    """Return the reason for which a row was left out or a value changed, in a language."""
    for pattern, key in ((OUTSIDE, "outside"), (UNREAD, "unread")):
        if found := pattern.fullmatch(words):
            return label(f"tape.reason.{key}", lang, **found.groupdict())
    key = f"tape.reason.{re.sub('[^0-9a-z]+', '_', words.lower()).strip('_')}"
    return label(key, lang) if has_label(key) else words


def _item(name: str, lang: str, **fields: str) -> str:
    return label(f"tape.item.{name}", lang, **fields)


def _read(report: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str, str]]:
    values = {name: plain(report[name]) for name in ("rows_read", "rows", "loans")}
    values["file"] = report["file"]
    if report["first_date"]:
        first, last = (date(report[name], lang) for name in ("first_date", "last_date"))
        values["dates"] = _item("date_range", lang, first=first, last=last)
    values |= {name: plain(report[name]) for name in ("period_months", "aged_loans")}
    values["entry_months"] = plain(report["entry_months"], 1)
    values["not_collected"] = label("list.comma", lang).join(report["not_collected"])
    yield from (("rows", _item(name, lang), value) for name, value in values.items() if value)


def _counts(report: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str, str]]:
    repeats = sum(count for words, count in report["rejected"].items() if AGAIN.search(words))
    for part in ("rejected", "altered"):
        counts = report[part]
        yield from ((part, reason(words, lang), plain(count)) for words, count in counts.items())
        if part == "rejected":
            yield part, _item("duplicates", lang), plain(repeats)
    for part in ("missing", "states"):
        yield from ((part, name, plain(count)) for name, count in report[part].items())


def _rest(report: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str, str]]:
    for name in ("gaps", "gap_periods", "gap_loans"):
        yield "gaps", _item(name, lang), plain(report[name])
    for name in SCORE:
        yield "quality", _item(name, lang), percent(report[name], SCORE_DIGITS)
    yield from (("note", _item("note", lang), note) for note in report["notes"])
