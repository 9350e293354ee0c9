"""Verdicts in words: what the records say, what would overturn them, what stays open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from abscase.case import CURRENCY
from abscase.errors import ChoiceError
from abscase.show.labels import label
from abscase.show.numbers import MISSING, in_unit, percent
from abscase.verdict.claims import VERDICTS, ClaimRecord, Margin
from abscase.verdict.synthesis import open_claims, overturning

BOX, BLANK = "☐", "…… %"
SECTIONS = {
    "board": ("conclusions", "map"),
    "regulator": ("conclusions", "map", "measurements", "overturn", "argument", "open"),
    "student": (
        "conclusions", "map", "measurements", "overturn", "arguments", "argument", "open",
    ),
}  # fmt: skip
COEFFICIENTS = ("S8.agreement", "S8.methods")


def shows(audience: str, section: str) -> bool:
    """Return whether a section is shown to an audience: a board, a regulator or a student.

    >>> shows("board", "map"), shows("board", "overturn")
    (True, False)
    """
    if audience not in SECTIONS:
        raise ChoiceError("audience", audience, SECTIONS)
    return section in SECTIONS[audience]


def reading_order(claims: pd.DataFrame) -> Callable[[ClaimRecord], tuple[int, str]]:
    """Return the sort key that puts records in the order of the claims."""
    place = {name: order for order, name in enumerate(claims["claim_id"])}
    return lambda record: (place.get(record.claim_id, len(place)), record.margin_id)


def conclusions(board: pd.DataFrame, lang: str, aside: Sequence[ClaimRecord] = ()) -> pd.DataFrame:
    """Return one sentence for each claim that was tested, made of its counts.

    Parameters
    ----------
    board : DataFrame
        As `verdict.claims.scoreboard` returns it.
    lang : str
    aside : sequence of ClaimRecord
        Measurements that do not count; the sentence says how many.

    Returns
    -------
    DataFrame
        claim_id, claim, verdict, grade, says.
    """
    tested = board[board["tests"] > 0]
    left = Counter(each.claim_id for each in aside)
    says = [_says(row, left[row["claim_id"]], lang) for row in tested.to_dict("records")]
    columns = {"claim_id": "claim_id", f"claim_{lang}": "claim", "verdict": "verdict",
               "grade": "grade"}  # fmt: skip
    return tested[list(columns)].rename(columns=columns).assign(says=says)


def _says(row: Mapping[Any, Any], left: int, lang: str) -> str:
    counts = {label(f"verdict.{name}", lang): row[name] for name in VERDICTS if row[name]}
    if left:
        counts[label("verdict.aside", lang)] = left
    if unmeasured := row["unmeasured"] - left:
        counts[label("verdict.unmeasured", lang)] = unmeasured
    parts = [label("verdict.map.count", lang, verdict=name, n=n) for name, n in counts.items()]
    lead = label(f"verdict.says.{row['verdict']}", lang)
    return label("verdict.says", lang, lead=lead, counts=label("list.comma", lang).join(parts))


def measurements(
    records: Sequence[ClaimRecord], margins: Mapping[str, Margin], lang: str
) -> pd.DataFrame:
    """Return each record in words.

    Returns
    -------
    DataFrame
        claim_id, measure, estimate (with its interval), margin, verdict, grade, sources.
    """
    rows = [
        {
            "claim_id": each.claim_id, "measure": measure(each, margins, lang),
            "estimate": _estimate(each, lang), "margin": _margin(each, lang),
            "verdict": each.verdict, "grade": each.grade,
            "sources": label("list.comma", lang).join(each.source_ids) or MISSING,
        }
        for each in records
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["claim_id", "measure", "estimate", "margin", "verdict", "grade", "sources"]
    )


def overturn(
    records: Sequence[ClaimRecord], margins: Mapping[str, Margin], lang: str
) -> pd.DataFrame:
    """Return how far each interval is from another verdict, the nearest first.

    Returns
    -------
    DataFrame
        claim_id, measure, verdict, estimate, distance (in its unit), relative (to the margin).
    """
    known = {each.margin_id: each for each in records}
    rows = []
    for row in overturning(records).to_dict("records"):
        each = known[row["margin_id"]]
        rows.append({
            "claim_id": each.claim_id, "measure": measure(each, margins, lang),
            "verdict": each.verdict, "estimate": _value(each.estimate, each, lang),
            "distance": _value(row["distance"], each, lang),
            "relative": percent(row["relative_share"], 0),
        })  # fmt: skip
    return pd.DataFrame(
        rows, columns=["claim_id", "measure", "verdict", "estimate", "distance", "relative"]
    )


def arguments(board: pd.DataFrame, claims: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the best argument for and against each claim beside its verdict.

    Returns
    -------
    DataFrame
        claim_id, verdict, for, against.
    """
    both = board[["claim_id", "verdict"]].merge(claims, on="claim_id", validate="one_to_one")
    return pd.DataFrame({
        "claim_id": both["claim_id"], "verdict": both["verdict"],
        "for": both[f"for_{lang}"], "against": both[f"against_{lang}"],
    })  # fmt: skip


def open_questions(
    board: pd.DataFrame, records: Sequence[ClaimRecord], claims: pd.DataFrame, lang: str,
    aside: Sequence[ClaimRecord] = (),
) -> pd.DataFrame:  # fmt: skip
    """Return why claims stay open, and what would count against each.

    Parameters
    ----------
    board : DataFrame
        Rows of a scoreboard; those with a verdict that closes the claim are left out.
    records : sequence of ClaimRecord
    claims : DataFrame
        The table ``claim``.
    lang : str
    aside : sequence of ClaimRecord
        Measurements that do not count, for their grade.

    Returns
    -------
    DataFrame
        claim_id, verdict, why, refuted.
    """
    opened = open_claims(board).merge(claims, on="claim_id", suffixes=("", "_claim"))
    rows = []
    for row in opened.to_dict("records"):
        why = _why_open(row, records, aside, lang)
        rows.append({
            "claim_id": row["claim_id"], "verdict": row["verdict"],
            "why": label("verdict.join", lang).join(dict.fromkeys(why)),
            "refuted": row[f"refuted_{lang}"],
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["claim_id", "verdict", "why", "refuted"])


def _why_open(
    row: Mapping[Any, Any], records: Sequence[ClaimRecord], aside: Sequence[ClaimRecord], lang: str
) -> list[str]:
    reasons = [each.reason for each in records if each.claim_id == row["claim_id"]
               and each.verdict in ("inconclusive", "not_identifiable")]  # fmt: skip
    set_aside = [each for each in aside if each.claim_id == row["claim_id"]]
    if set_aside:
        reasons.append("aside")
    if row["tests"] and row["unmeasured"] > len(set_aside):
        reasons.append("unmeasured")
    return [label(f"verdict.reason.{reason}", lang, notebooks=row["notebook"])
            for reason in reasons or ["not_tested"]]  # fmt: skip


def margin_table(margins: Mapping[str, Margin], lang: str) -> pd.DataFrame:
    """Return the margins in words.

    Returns
    -------
    DataFrame
        claim_id, measure, margin, because.
    """
    return pd.DataFrame([
        {
            "claim_id": each.claim_id, "measure": getattr(each, f"measure_{lang}"),
            "margin": _holds(each, "", lang), "because": getattr(each, f"reason_{lang}"),
        }
        for each in margins.values()
    ])  # fmt: skip


def prediction_form(claims: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a form with one row for each claim and a box to tick for each verdict."""
    choices = ("supported", "contradicted", "mixed", "inconclusive", "not_identifiable")
    form = claims[["claim_id", f"claim_{lang}"]].rename(columns={f"claim_{lang}": "claim"})
    boxes = [f"{BOX}\u00a0{label(f'verdict.{name}', lang)}" for name in choices]
    return form.assign(tick=" ".join(boxes), sure=BLANK)


def claim_table(claims: pd.DataFrame, lang: str, chinese: bool) -> pd.DataFrame:
    """Return the claims with what must be true of each and what would refute it.

    Parameters
    ----------
    claims : DataFrame
        The table ``claim``.
    lang : str
    chinese : bool
        Whether an English table gives the claim in Chinese as well.

    Returns
    -------
    DataFrame
        claim_id, claim, hypothesis, refuted, notebook.
    """
    claim = claims[f"claim_{lang}"]
    if chinese and lang == "en":
        claim = claim + " " + claims["claim_zh"]
    return pd.DataFrame({
        "claim_id": claims["claim_id"], "claim": claim, "hypothesis": claims[f"hypothesis_{lang}"],
        "refuted": claims[f"refuted_{lang}"],
        "notebook": claims["notebook"].str.replace(r"_\w+", "", regex=True),
    })  # fmt: skip


def measure(record: ClaimRecord, margins: Mapping[str, Margin], lang: str) -> str:
    """Return what a record measures, in words where its margin is known."""
    known = margins.get(record.margin_id)
    return str(getattr(known, f"measure_{lang}")) if known else record.measure


def _value(value: float | None, record: ClaimRecord, lang: str) -> str:
    unit = _shown_unit(record.margin_id, record.unit)
    return in_unit(value, unit, lang, CURRENCY.get(record.case, ""))


def _shown_unit(margin_id: str, unit: str) -> str:
    """A coefficient of agreement is a share of nothing, so it is not shown in per cent."""
    return "index" if margin_id in COEFFICIENTS else unit


def _estimate(record: ClaimRecord, lang: str) -> str:
    value = _value(record.estimate, record, lang)
    if record.lo is None or record.hi is None:
        return value
    if record.lo == record.hi:
        return label("verdict.value.exact", lang, value=value)
    lo, hi = _value(record.lo, record, lang), _value(record.hi, record, lang)
    return label("verdict.value.interval", lang, value=value, lo=lo, hi=hi)


def _margin(record: ClaimRecord, lang: str) -> str:
    return _holds(record.margin, CURRENCY.get(record.case, ""), lang)


def _holds(margin: Margin, currency: str, lang: str) -> str:
    unit = _shown_unit(margin.margin_id, margin.unit)
    low, high = (in_unit(end, unit, lang, currency) for end in (margin.low, margin.high))
    return label(f"margin.{margin.rule}", lang, low=low, high=high)
