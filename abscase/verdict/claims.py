"""From an estimate to a claim record, and from all records to a scoreboard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from abscase.case import Datum
from abscase.errors import DataFaults, Fault
from abscase.place import write_whole
from abscase.verdict.claim_record import KINDS, REASONS, VERDICTS, ClaimRecord, decide
from abscase.verdict.margin import Margin, judge, margin_named, margins

__all__ = [
    "KINDS", "REASONS", "VERDICTS", "VERSION", "ClaimRecord", "Margin", "claim_verdict", "judge",
    "margin_named", "margins", "read_records", "record", "scoreboard", "what_would_overturn",
    "write_records",
]  # fmt: skip
VERSION = 1


def record(
    margin_id: str,
    estimate: float | None,
    lo: float | None,
    hi: float | None,
    *,
    data: Sequence[Datum],
    case: str,
    interval_kind: str,
    level: float | None = None,
    measure: str = "",
    test: str = "",
    p_value: float | None = None,
    at_best: str = "A",
    notebook: str = "",
    figure: str = "",
    parameters: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> ClaimRecord:
    """Return the claim record of an estimate against a margin of ``data/margins.csv``.

    Parameters
    ----------
    margin_id : str
        Row of the table ``margins``; gives claim, unit, rule and ends.
    estimate, lo, hi : float or None
        In the margin's unit; ``None`` only where there is none (see ``interval_kind``).
    data : sequence of Datum
        Every input; the record's grade is the worst of theirs. Empty only where the margin's rule
        is ``none``: an argument without data has grade C.
    interval_kind : {"sampling", "calibration", "sources", "parameters", "exact", "none"}
        What the interval covers.
    level : float, optional
        Coverage of a ``sampling`` interval, in (0, 1).
    measure : str, optional
        Key of the measure; by default the part of ``margin_id`` after the claim.
    at_best : {"A", "B", "C"}
        The best grade the method allows: "B" for a calibrated simulation.

    Raises
    ------
    ChoiceError
        There is no such margin.
    DataFaults
        With every fault of the record.
    """
    margin = margin_named(margin_id, root)
    grade = max([at_best, *(datum.grade for datum in data)]) if data else "C"
    would_be, verdict, reason = decide(lo, hi, margin, grade)
    return ClaimRecord(
        margin_id=margin_id, claim_id=margin.claim_id, case=case,
        measure=measure or margin_id.removeprefix(f"{margin.claim_id}."), unit=margin.unit,
        estimate=_plain(estimate), lo=_plain(lo), hi=_plain(hi), level=_plain(level),
        interval_kind=interval_kind, margin_rule=margin.rule, margin_low=margin.low,
        margin_high=margin.high, test=test, p_value=_plain(p_value), would_be=would_be,
        verdict=verdict, reason=reason, grade=grade,
        source_ids=tuple(sorted({datum.source_id for datum in data})),
        refs=tuple(sorted({datum.ref for datum in data})),
        notebook=notebook, figure=figure, parameters=dict(parameters or {}),
    )  # fmt: skip


def _plain(value: float | None) -> float | None:
    return None if value is None else float(value)


def write_records(path: str | Path, records: Iterable[ClaimRecord]) -> Path:
    """Write records as JSON, whole or not at all, and return the path.

    Raises :class:`~abscase.errors.DataFaults` where a record names no notebook or two are of one
    margin.
    """
    path, records = Path(path), list(records)
    faults = [
        Fault("must name the notebook that wrote it", "notebook", each.record_id, file=path.name)
        for each in records if not each.notebook
    ] + _repeated(records, path.name)  # fmt: skip
    if faults:
        raise DataFaults(faults)
    content = {"version": VERSION, "records": [each.as_dict() for each in records]}
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    return write_whole(path, text + "\n")


def read_records(folder: str | Path) -> list[ClaimRecord]:
    """Return the records of every ``*.json`` of a folder, or raise with all of their faults."""
    folder = Path(folder)
    if not folder.is_dir():
        raise DataFaults([Fault("no such folder of claim records", file=str(folder))])
    records: list[ClaimRecord] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.json")):
        try:
            records += _read_file(path)
        except DataFaults as error:
            faults += error.faults
    if faults or (faults := _repeated(records, folder.name)):
        raise DataFaults(faults)
    return records


def _read_file(path: Path) -> list[ClaimRecord]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataFaults([Fault(f"is not JSON: {error}", file=path.name)]) from None
    if not isinstance(content, dict) or content.keys() != {"version", "records"}:
        raise DataFaults([Fault("must hold 'version' and 'records' only", file=path.name)])
    if content["version"] != VERSION:
        rule = f"has another version than {VERSION}"
        fault = Fault(rule, "version", repr(content["version"]), file=path.name,
                      fix="run the notebook again")  # fmt: skip
        raise DataFaults([fault])
    if not isinstance(content["records"], list):
        raise DataFaults([Fault("must be a list", "records", file=path.name)])
    records: list[ClaimRecord] = []
    faults: list[Fault] = []
    for position, row in enumerate(content["records"]):
        try:
            records.append(_from_dict(row, f"{path.name}, record {position + 1}"))
        except DataFaults as error:
            faults += error.faults
    if faults:
        raise DataFaults(faults)
    return records


def _from_dict(row: Any, place: str) -> ClaimRecord:
    if not isinstance(row, dict):
        raise DataFaults([Fault("is not a record", file=place)])
    names = {field.name for field in fields(ClaimRecord)}
    faults = [Fault("field is missing", name, file=place) for name in sorted(names - row.keys())]
    faults += [Fault("field is unknown", name, file=place) for name in sorted(row.keys() - names)]
    if faults:
        raise DataFaults(faults)
    lists = {
        name: tuple(row[name]) if isinstance(row[name], list) else row[name]
        for name in ("source_ids", "refs")
    }
    return ClaimRecord(**{**row, **lists})


def _repeated(records: Sequence[ClaimRecord], file: str) -> list[Fault]:
    counts = Counter(each.record_id for each in records)
    return [
        Fault(f"is written {count} times", "margin_id", name, file=file)
        for name, count in counts.items() if count > 1
    ]  # fmt: skip


def claim_verdict(records: Iterable[ClaimRecord], unmeasured: int = 0) -> str:
    """Return the verdict on a claim from the records of its tests.

    Parameters
    ----------
    records : iterable of ClaimRecord
    unmeasured : int
        Margins of the claim, fixed beforehand, that have no record.

    Returns
    -------
    str
        No record at all, ``not_tested``. Some support and some contradict, ``mixed``. One part that
        no data could decide and nothing that contradicts, ``not_identifiable``. Every margin
        decided and all agree, what they agree on. Anything else leaves a part of the claim open,
        ``inconclusive``: also a record whose inputs are assumed, and a margin that has no record.
    """
    records = list(records)
    found = {each.verdict for each in records}
    if not records:
        return "not_tested"
    if {"supported", "contradicted"} <= found:
        return "mixed"
    if "not_identifiable" in found and "contradicted" not in found:
        return "not_identifiable"
    return found.pop() if len(found) == 1 and not unmeasured else "inconclusive"


def scoreboard(
    records: Iterable[ClaimRecord], claims: pd.DataFrame, fixed: Mapping[str, Margin]
) -> pd.DataFrame:
    """Return one row for each claim of the thesis with its verdict.

    Parameters
    ----------
    records : iterable of ClaimRecord
    claims : DataFrame
        The table ``claim``.
    fixed : mapping of str to Margin
        Every margin, as :func:`margins` gives them: a claim is decided when each of its own is.

    Returns
    -------
    DataFrame
        claim_id, claim_en, claim_zh, verdict, tests (records), unmeasured (margins without one),
        one count for each verdict, grade
        (worst of the records; empty where there is none), source_ids and notebooks (separated by
        spaces), in the order of ``claims``.

    Raises
    ------
    DataFaults
        A record is of a claim that ``claims`` does not have.
    """
    records = list(records)
    known = set(claims["claim_id"])
    if stray := [each for each in records if each.claim_id not in known]:
        raise DataFaults([
            Fault("is not in the table claim", "claim_id", each.claim_id, file=each.record_id)
            for each in stray
        ])  # fmt: skip
    rows = []
    for claim in claims[["claim_id", "claim_en", "claim_zh"]].to_dict("records"):
        own = [each for each in records if each.claim_id == claim["claim_id"]]
        counts = Counter(each.verdict for each in own)
        planned = {name for name, each in fixed.items() if each.claim_id == claim["claim_id"]}
        unmeasured = len(planned - {each.margin_id for each in own})
        rows.append(claim | {
            "verdict": claim_verdict(own, unmeasured), "tests": len(own), "unmeasured": unmeasured,
            **{name: counts[name] for name in VERDICTS},
            "grade": max((each.grade for each in own), default=""),
            "source_ids": " ".join(sorted({name for each in own for name in each.source_ids})),
            "notebooks": " ".join(sorted({each.notebook for each in own})),
        })  # fmt: skip
    return pd.DataFrame(rows)


def what_would_overturn(record: ClaimRecord) -> float | None:
    """Return how far the interval would have to move to change what it says, in its unit.

    The distance of the nearer end of the interval to the nearer margin, at least 0; ``None`` where
    there is no interval or no margin.
    """
    ends = [end for end in (record.lo, record.hi) if end is not None]
    limits = [limit for limit in (record.margin_low, record.margin_high) if limit is not None]
    return min((abs(end - limit) for end in ends for limit in limits), default=None)
