"""The stages of each case and who is known to check their work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from abscase.case import Case, Datum
from abscase.estimate import Estimate
from abscase.schema.process import STAGES

SETS: Mapping[str, tuple[str, ...]] = {
    "full": STAGES,
    "short": ("scoring", "pooling", "rating", "servicing", "waterfall", "resecuritisation"),
}
STATES = ("checked", "partly", "own", "none", "open", "absent")
"""An independent check; one of a part; the originator's own; none; nothing known; no such stage."""


def stage_states(cases: Iterable[Case], stages: Sequence[str] = STAGES) -> pd.DataFrame:
    """Return what is known of the checks of each stage of each case.

    A row of grade C settles nothing: a stage on which only such rows speak stays open.

    Returns
    -------
    DataFrame
        case, stage_id, state (one of ``STATES``), checkers (how many independent ones are known, of
        the whole work or a part of it), grade (worst of the rows that settle the state; empty where
        it is open).
    """
    return pd.DataFrame([
        {"case": case.name, "stage_id": stage, **_state(case, stage)}
        for case in cases for stage in stages
    ])  # fmt: skip


def _state(case: Case, stage: str) -> dict[str, object]:
    """The state of one stage, by the strongest check that a source of grade A or B names."""
    known = case.table("stage")
    presence = known.loc[known["stage_id"] == stage, "presence"]
    if presence.eq("absent").any():
        return {"state": "absent", "checkers": 0, "grade": ""}
    rows = case.table("control")
    rows = rows[(rows["stage_id"] == stage) & (rows["grade"] != "C")]
    outside = rows["independent"] == "yes"
    by_state = {
        "checked": rows[outside & (rows["exists"] == "yes")],
        "partly": rows[rows["exists"] == "partly"],
        "own": rows[(rows["independent"] == "no") & (rows["exists"] == "yes")],
        "none": rows[rows["exists"] == "no"],
    }
    state = next((name for name, found in by_state.items() if len(found)), "open")
    grades = by_state.get(state, rows[:0])["grade"]
    checks = rows[outside & rows["exists"].isin(["yes", "partly"])]
    return {
        "state": state, "checkers": len(checks),
        "grade": max(grades) if len(grades) else "",
    }  # fmt: skip


def unchecked(case: Case) -> Estimate:
    r"""Return the share of the stages of a case at which nobody independent is known to check.

    With :math:`n` stages that the case has, :math:`c` of them at which an independent party is
    known to check the work or a part of it, and :math:`m` of which a source says that nobody
    checks, the share is :math:`1-c/n` and its interval :math:`[m/n, 1-c/n]`: the rest, on which no
    source speaks for or against an independent check, counts on both sides. In [0, 1].
    """
    states = stage_states([case]).set_index("stage_id")
    states = states[states["state"] != "absent"]
    most = float((states["checkers"] == 0).mean())
    least = float((states["state"] == "none").mean())
    return Estimate(most, least, most, _evidence(case, states), "controls")


def _evidence(case: Case, states: pd.DataFrame) -> tuple[Datum, ...]:
    """The rows that settle a stage: its independent checks, or that there is none."""
    rows = case.table("control")
    rows = rows[rows["grade"] != "C"]
    checks = rows["exists"].isin(["yes", "partly"]) & (rows["independent"] == "yes")
    kept = [
        rows[(checks if row["checkers"] else rows["exists"] == "no") & (rows["stage_id"] == stage)]
        for stage, row in states.iterrows()
    ]  # fmt: skip
    return tuple(
        Datum(1.0, "count", row["grade"], row["source_id"], row["ref"], note=row["control_id"])
        for frame in kept for row in frame.to_dict("records")
    )  # fmt: skip


def originator_only(case: Case) -> list[str]:
    """Return the stages on which a source names the originator's own check and no other."""
    states = stage_states([case])
    return list(states.loc[states["state"] == "own", "stage_id"])


def friction_table(cases: Iterable[Case], stages: Sequence[str] = STAGES) -> pd.DataFrame:
    """Return the seven frictions of each case with the link they sit on and its checks.

    Returns
    -------
    DataFrame
        friction (1 to 7), case, from_stage, to_stage, what_en, what_zh, state (of the checks of
        the stage where the link starts), grade; by friction and case. Frictions that sit on a
        stage outside ``stages`` at both ends are left out.
    """
    cases = list(cases)
    states = stage_states(cases).set_index(["case", "stage_id"])["state"]
    rows = []
    for case in cases:
        flows = case.table("flow")
        flows = flows[flows["friction"].notna()]
        flows = flows[flows["from_stage"].isin(stages) | flows["to_stage"].isin(stages)]
        for row in flows.to_dict("records"):
            rows.append({
                "friction": int(row["friction"]), "case": case.name,
                **{name: row[name] for name in ("from_stage", "to_stage", "what_en", "what_zh")},
                "state": states[case.name, row["from_stage"]], "grade": row["grade"],
            })  # fmt: skip
    return pd.DataFrame(rows).sort_values(["friction", "case"], kind="stable", ignore_index=True)
