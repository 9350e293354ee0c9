"""All claim records side by side: which count, what would overturn them, what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from abscase.errors import ChoiceError
from abscase.verdict.claims import ClaimRecord, what_would_overturn

GRADES = ("A", "B", "C")
OPEN = ("not_tested", "inconclusive", "not_identifiable")


def of_grade(
    records: Iterable[ClaimRecord], min_grade: str
) -> tuple[list[ClaimRecord], list[ClaimRecord]]:
    """Return the records of grade ``min_grade`` or better (A is the best), and the others.

    A record of an undecidable question (rule ``none``) is kept whatever its grade: no better
    evidence could exist for it.
    """
    if min_grade not in GRADES:
        raise ChoiceError("grade", min_grade, GRADES)
    kept: list[ClaimRecord] = []
    aside: list[ClaimRecord] = []
    for each in records:
        good = each.grade <= min_grade or each.reason == "undecidable"
        (kept if good else aside).append(each)
    return kept, aside


def overturning(records: Iterable[ClaimRecord]) -> pd.DataFrame:
    """Return how far each record's interval is from changing its verdict, the nearest first.

    Returns
    -------
    DataFrame
        margin_id, claim_id, verdict, unit, estimate, distance (in ``unit``, at least 0),
        relative_share (distance over the nearest margin's absolute value, or missing where that
        margin is 0); records without an interval or a margin are left out.
    """
    rows = []
    for each in records:
        distance = what_would_overturn(each)
        if distance is None:
            continue
        rows.append({
            "margin_id": each.margin_id, "claim_id": each.claim_id, "verdict": each.verdict,
            "unit": each.unit, "estimate": each.estimate, "distance": distance,
            "relative_share": _relative(each, distance),
        })  # fmt: skip
    columns = ["margin_id", "claim_id", "verdict", "unit", "estimate", "distance", "relative_share"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["relative_share", "margin_id"], ignore_index=True)


def _relative(record: ClaimRecord, distance: float) -> float | None:
    limits = [limit for limit in (record.margin_low, record.margin_high) if limit is not None]
    ends = [end for end in (record.lo, record.hi) if end is not None]
    _, nearest = min((abs(end - limit), abs(limit)) for end in ends for limit in limits)
    return distance / nearest if nearest else None


def open_claims(board: pd.DataFrame, verdicts: Sequence[str] = OPEN) -> pd.DataFrame:
    """Return the rows of a scoreboard whose verdict leaves the claim open."""
    return board[board["verdict"].isin(verdicts)].reset_index(drop=True)


def verdict_of(board: pd.DataFrame) -> dict[str, str]:
    """Return the verdict of every claim of a scoreboard, by claim."""
    return dict(zip(board["claim_id"], board["verdict"], strict=True))
