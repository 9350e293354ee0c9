"""Margins fixed before the run, and how an interval becomes a verdict."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from abscase import catalog
from abscase.errors import ChoiceError, DataFaults, Fault

NEEDS = {
    "above": ("low",),
    "below": ("high",),
    "inside": ("low", "high"),
    "outside": ("low", "high"),
    "none": (),
}


@dataclass(frozen=True)
class Margin:
    """One row of the table ``margins``: where an interval must lie for a claim to hold.

    The claim holds strictly ``above`` low, ``below`` high, ``inside`` (low, high) or ``outside``
    [low, high]; the margin itself does not count for the claim. ``none`` says that no data could
    decide. A rule has exactly the ends it needs.
    """

    margin_id: str
    claim_id: str
    unit: str
    rule: str
    low: float | None = None
    high: float | None = None
    measure_en: str = ""
    measure_zh: str = ""
    reason_en: str = ""
    reason_zh: str = ""
    fixed_on: pd.Timestamp | None = None
    ref: str = ""

    def __post_init__(self) -> None:
        if faults := self._faults():
            raise DataFaults([Fault(rule, column, file=self.ref) for column, rule in faults])

    def _faults(self) -> list[tuple[str, str]]:
        if self.rule not in NEEDS:
            return [("rule", f"{self.rule!r} is not one of: {', '.join(NEEDS)}")]
        found = []
        for name in ("low", "high"):
            needed, given = name in NEEDS[self.rule], getattr(self, name) is not None
            if needed != given:
                says = "needs" if needed else "takes no"
                found.append((name, f"{self.margin_id}: rule {self.rule!r} {says} {name!r}"))
        if self.low is not None and self.high is not None and not self.low < self.high:
            found.append(("low", f"{self.margin_id}: low must be under high"))
        if not self.margin_id.startswith(f"{self.claim_id}."):
            found.append(("margin_id", f"{self.margin_id!r} must begin with '{self.claim_id}.'"))
        return found


def judge(lo: float, hi: float, margin: Margin) -> str:
    """Return the verdict on a claim whose measure lies in [lo, hi].

    Returns
    -------
    str
        ``supported`` where the whole interval lies where the claim holds, ``contradicted`` where
        the whole of it lies elsewhere, ``inconclusive`` where it straddles the margin,
        ``not_identifiable`` where the rule is ``none``.

    Notes
    -----
    With the 90 % interval of a difference and the rule ``inside`` this is the two one-sided tests
    procedure at 5 % (Schuirmann 1987).

    Examples
    --------
    >>> judge(2.1, 3.4, Margin("S3a.on_book", "S3a", "times", "above", low=100))
    'contradicted'
    """
    low = float("-inf") if margin.low is None else margin.low
    high = float("inf") if margin.high is None else margin.high
    if margin.rule == "none":
        return "not_identifiable"
    within, beyond = low < lo and hi < high, hi <= low or high <= lo
    if margin.rule == "outside":
        within, beyond = hi < low or high < lo, low <= lo and hi <= high
    return "supported" if within else "contradicted" if beyond else "inconclusive"


def margins(root: Path | None = None) -> dict[str, Margin]:
    """Return every margin of ``data/``, by its name."""
    frame = catalog.read_all("margins", root)
    names = [field.name for field in fields(Margin) if field.name in frame]
    cells = frame[names].astype(object)
    rows = cells.where(cells.notna(), None).itertuples(index=False, name=None)
    found = [Margin(**dict(zip(names, row, strict=True))) for row in rows]
    return {margin.margin_id: margin for margin in found}


def margin_named(margin_id: str, root: Path | None = None) -> Margin:
    """Return one margin, or raise :class:`~abscase.errors.ChoiceError`."""
    known = margins(root)
    if margin_id not in known:
        raise ChoiceError("margin", margin_id, known)
    return known[margin_id]
