"""The summary of the report, made of claim records and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from abscase.show.labels import label
from abscase.show.tables import HtmlTable, badge, html_table
from abscase.show.verdicts import conclusions, measurements, reading_order
from abscase.verdict.claims import ClaimRecord, Margin, scoreboard
from abscase.verdict.synthesis import of_grade

MIN_GRADE = "B"  # the default of notebook 13
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

    A record whose inputs are assumed is listed with the others, but decides no claim.

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
    counted, aside = of_grade(records, MIN_GRADE)
    board = scoreboard(counted, claims, margins)
    tested, untested = board[board["tests"] > 0], board[board["tests"] == 0]
    counts = Counter(board["verdict"])
    shown = tuple((badge("verdict", name, lang), counts[name]) for name in ORDER if counts[name])
    records = sorted(records, key=reading_order(claims))
    return Summary(
        len(board), len(tested), len(counted), shown,
        label("list.comma", lang).join(untested["claim_id"]),
        _claims_table(tested, aside, lang, links),
        _results_table(records, margins, lang, links),
    )  # fmt: skip


def _claims_table(
    tested: pd.DataFrame, aside: Sequence[ClaimRecord], lang: str, links: Mapping[str, str]
) -> HtmlTable:
    frame = conclusions(tested, lang, aside).assign(notebook=tested["notebooks"])
    frame = frame[["claim_id", "verdict", "grade", "claim", "says", "notebook"]]
    caption = label("page.scoreboard", lang)
    forms = {"notebook": lambda names: _linked(names, links)}
    return html_table(frame, lang, caption, forms, cards=True)


def _results_table(
    records: Sequence[ClaimRecord],
    margins: Mapping[str, Margin],
    lang: str,
    links: Mapping[str, str],
) -> HtmlTable:
    frame = measurements(records, margins, lang).drop(columns="sources")
    frame = frame.assign(notebook=[each.notebook for each in records])
    caption = label("page.results", lang)
    forms = {"notebook": lambda names: _linked(names, links)}
    return html_table(frame, lang, caption, forms, cards=True)


def _linked(names: str, links: Mapping[str, str]) -> Markup:
    """Return names of notebooks, separated by spaces, as links by their numbers."""
    form = Markup('<a href="{}">{}</a>')
    known = [form.format(links[name], name.partition("_")[0]) if name in links else name
             for name in names.split()]  # fmt: skip
    return Markup(" ").join(known)
