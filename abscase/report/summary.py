"""The summary of the report, made of claim records and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from abscase.case import CURRENCY
from abscase.show.labels import label
from abscase.show.numbers import MISSING, in_unit
from abscase.show.tables import HtmlTable, badge, html_table
from abscase.verdict.claims import ClaimRecord, Margin, scoreboard

ORDER = (
    "supported", "contradicted", "mixed", "inconclusive", "not_identifiable", "not_tested"
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What the first page says: counts (badge, number), tables of claims and measurements."""

    claims: int
    tested: int
    records: int
    counts: tuple[tuple[Markup, int], ...]
    untested: str
    scoreboard: HtmlTable
    results: HtmlTable


def summarise(
    records: Sequence[ClaimRecord],
    claims: pd.DataFrame,
    margins: Mapping[str, Margin],
    lang: str,
    links: Mapping[str, str],
) -> Summary | None:
    """Return the summary of the claims that ``records`` test, or None where there is no record.

    Parameters
    ----------
    records : sequence of ClaimRecord
    claims : DataFrame
        The table ``claim``.
    margins : mapping of margin_id to Margin
        For the wording of each measure.
    lang : str
    links : mapping of notebook to address
        Where the page of each notebook stands, seen from the first page.
    """
    if not records:
        return None
    board, order = scoreboard(records, claims), list(claims["claim_id"])
    records = sorted(records, key=lambda each: (order.index(each.claim_id), each.margin_id))
    tested, untested = board[board["tests"] > 0], board[board["tests"] == 0]
    counts = Counter(board["verdict"])
    shown = tuple((badge("verdict", name, lang), counts[name]) for name in ORDER if counts[name])
    return Summary(
        len(board), len(tested), len(records), shown,
        label("list.comma", lang).join(untested["claim_id"]),
        _claims_table(tested, lang, links), _results_table(records, margins, lang, links),
    )  # fmt: skip


def _claims_table(board: pd.DataFrame, lang: str, links: Mapping[str, str]) -> HtmlTable:
    columns = {"claim_id": "claim_id", "verdict": "verdict", "grade": "grade",
               f"claim_{lang}": "claim", "tests": "tests", "notebooks": "notebook"}  # fmt: skip
    frame = board[list(columns)].rename(columns=columns)
    caption = label("page.scoreboard", lang)
    return html_table(frame, lang, caption, {"notebook": lambda names: _linked(names, links)})


def _results_table(
    records: Sequence[ClaimRecord],
    margins: Mapping[str, Margin],
    lang: str,
    links: Mapping[str, str],
) -> HtmlTable:
    rows = [
        {
            "claim_id": each.claim_id, "measure": _measure(each, margins, lang),
            "estimate": _value(each.estimate, each, lang), "interval": _interval(each, lang),
            "margin": _limits(each, lang), "verdict": each.verdict, "grade": each.grade,
            "notebook": each.notebook,
        }
        for each in records
    ]  # fmt: skip
    formats = dict.fromkeys(("estimate", "interval", "margin"), _unbroken)
    formats["notebook"] = lambda name: _linked(name, links)
    return html_table(pd.DataFrame(rows), lang, label("page.results", lang), formats)


def _unbroken(text: str) -> Markup:
    return Markup('<span class="nowrap">{}</span>').format(text)


def _measure(record: ClaimRecord, margins: Mapping[str, Margin], lang: str) -> str:
    margin = margins.get(record.margin_id)
    return getattr(margin, f"measure_{lang}", "") or record.measure


def _value(value: float | None, record: ClaimRecord, lang: str) -> str:
    return in_unit(value, record.unit, lang, CURRENCY.get(record.case, ""))


def _interval(record: ClaimRecord, lang: str) -> str:
    if record.interval_kind == "exact":
        return label("interval.exact", lang)
    if record.lo is None or record.hi is None:
        return MISSING
    ends = {"lo": _value(record.lo, record, lang), "hi": _value(record.hi, record, lang)}
    return label("interval", lang, **ends)


def _limits(record: ClaimRecord, lang: str) -> str:
    ends = {"low": record.margin_low, "high": record.margin_high}
    texts = {name: _value(end, record, lang) for name, end in ends.items()}
    return label(f"margin.{record.margin_rule}", lang, **texts)


def _linked(names: str, links: Mapping[str, str]) -> Markup:
    """Return names of notebooks, separated by spaces, as links by their numbers."""
    form = Markup('<a href="{}">{}</a>')
    known = [form.format(links[name], name.partition("_")[0]) if name in links else name
             for name in names.split()]  # fmt: skip
    return Markup(" ").join(known)
