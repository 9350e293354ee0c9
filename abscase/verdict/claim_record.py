"""One tested claim as a frozen value whose every field is checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from abscase.errors import DataFaults, Fault
from abscase.schema import CASES, UNITS
from abscase.verdict.margin import Margin, judge

VERDICTS = ("supported", "contradicted", "inconclusive", "not_identifiable")
KINDS = ("sampling", "calibration", "sources", "parameters", "exact", "none")
REASONS = {
    "inside": "the whole interval lies where the claim holds",
    "outside": "the whole interval lies where the claim fails",
    "straddles": "the interval contains the margin",
    "no_interval": "an estimate without an interval decides nothing",
    "assumed": "assumed inputs decide nothing about the world",
    "undecidable": "no data could decide",
}
CHOICES = {
    "case": CASES, "unit": UNITS, "interval_kind": KINDS, "would_be": VERDICTS,
    "verdict": VERDICTS, "reason": tuple(REASONS), "grade": ("A", "B", "C"),
}  # fmt: skip
REF = re.compile(r"\S+\.csv:\d+|(seed|panel):\S+")
NUMBERS = ("estimate", "lo", "hi", "level", "margin_low", "margin_high", "p_value")
WORDS = ("claim_id", "margin_id", "measure")


def decide(lo: float | None, hi: float | None, margin: Margin, grade: str) -> tuple[str, str, str]:
    """Return what the interval alone would say, the verdict, and the reason code of the verdict.

    Inputs of grade C never become a verdict on the world: ``would_be`` keeps what they would say.
    """
    if margin.rule == "none":
        return "not_identifiable", "not_identifiable", "undecidable"
    if lo is None or hi is None:
        return "inconclusive", "inconclusive", "no_interval"
    would_be = judge(lo, hi, margin)
    if grade == "C":
        return would_be, "inconclusive", "assumed"
    reasons = {"supported": "inside", "contradicted": "outside", "inconclusive": "straddles"}
    return would_be, would_be, reasons[would_be]


@dataclass(frozen=True)
class ClaimRecord:
    """What one notebook found on one margin of one claim; identified by ``margin_id``.

    ``estimate``, ``lo``, ``hi`` and the margin are in ``unit``. ``interval_kind`` says what the
    interval covers: chance (``sampling``, with its ``level``), fitted parameters (``calibration``),
    disagreeing ``sources``, a range of ``parameters``, nothing (``exact`` arithmetic, lo = hi), or
    that there is no interval (``none``). ``refs`` name the rows of ``data/`` ("ant/series.csv:17"),
    a sentence of the thesis ("seed:S3a") or a loaded tape ("panel:us_subprime/dcr").
    Building one raises :class:`~abscase.errors.DataFaults` with every fault at once.
    """

    margin_id: str
    claim_id: str
    case: str
    measure: str
    unit: str
    estimate: float | None
    lo: float | None
    hi: float | None
    level: float | None
    interval_kind: str
    margin_rule: str
    margin_low: float | None
    margin_high: float | None
    test: str
    p_value: float | None
    would_be: str
    verdict: str
    reason: str
    grade: str
    source_ids: tuple[str, ...]
    refs: tuple[str, ...]
    notebook: str = ""
    figure: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        found = list(_type_faults(self)) or list(_value_faults(self)) or list(_rule_faults(self))
        if found:
            name = self.margin_id if isinstance(self.margin_id, str) else "?"
            raise DataFaults([
                Fault(rule, column, repr(getattr(self, column)), file=f"claim record {name}")
                for column, rule in found
            ])  # fmt: skip

    @property
    def record_id(self) -> str:
        """The name of the record: its margin's."""
        return self.margin_id

    @property
    def margin(self) -> Margin:
        """The margin that judged it."""
        return Margin(
            self.margin_id, self.claim_id, self.unit, self.margin_rule,
            self.margin_low, self.margin_high,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self) | {"source_ids": list(self.source_ids), "refs": list(self.refs)}


def _type_faults(record: ClaimRecord) -> Iterator[tuple[str, str]]:
    for name in (*WORDS, *CHOICES, "margin_rule", "test", "notebook", "figure"):
        if not isinstance(getattr(record, name), str):
            yield name, "is not text"
    for name in NUMBERS:
        value = getattr(record, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, float | int)):
            yield name, "is not a number"
    for name in ("source_ids", "refs"):
        value = getattr(record, name)
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            yield name, "is not a tuple of texts"
    if not isinstance(record.parameters, Mapping):
        yield "parameters", "is not a mapping"


def _value_faults(record: ClaimRecord) -> Iterator[tuple[str, str]]:
    for name in WORDS:
        if not getattr(record, name).strip():
            yield name, "must not be empty"
    for name, allowed in CHOICES.items():
        if getattr(record, name) not in allowed:
            yield name, f"is not one of: {', '.join(allowed)}"
    for name in NUMBERS:
        value = getattr(record, name)
        if value is not None and not math.isfinite(value):
            yield name, "is not a finite number"
    if record.level is not None and not 0 < record.level < 1:
        yield "level", "is outside 0 to 1 (ends excluded)"
    if record.p_value is not None and not 0 <= record.p_value <= 1:
        yield "p_value", "is outside 0 to 1"
    for ref in record.refs:
        if not REF.fullmatch(ref):
            yield "refs", f"{ref!r} is neither folder/file.csv:line, seed:NAME nor panel:NAME"
    try:
        _ = record.margin
    except DataFaults as error:
        for fault in error.faults:
            column = fault.column if fault.column == "margin_id" else f"margin_{fault.column}"
            yield column, fault.rule


def _rule_faults(record: ClaimRecord) -> Iterator[tuple[str, str]]:
    kind, lo, hi, estimate = record.interval_kind, record.lo, record.hi, record.estimate
    if (kind == "sampling") != (record.level is not None) and kind not in (
        "calibration", "parameters"):  # fmt: skip
        yield "level", "an interval of kind 'sampling' needs a level, this kind takes none"
    if kind == "none":
        if lo is not None or hi is not None:
            yield "lo", "interval_kind 'none' takes no lo and hi"
    elif estimate is None or lo is None or hi is None:
        yield "estimate", f"interval_kind {kind!r} needs estimate, lo and hi"
    elif not lo <= estimate <= hi:
        yield "estimate", f"is outside its interval {lo!r} to {hi!r}"
    elif kind == "exact" and lo != hi:
        yield "lo", "interval_kind 'exact' needs lo = estimate = hi"
    if estimate is None and record.margin_rule != "none":
        yield "estimate", "may be empty only where the margin's rule is 'none'"
    if record.margin_rule != "none" and not (record.refs and record.source_ids):
        yield "refs", "a tested claim names its data rows and sources"
    would_be, verdict, reason = decide(lo, hi, record.margin, record.grade)
    for name, expected in (("would_be", would_be), ("verdict", verdict), ("reason", reason)):
        if getattr(record, name) != expected:
            yield name, f"does not follow from interval, margin and grade (that gives {expected!r})"
