"""The loans of a case to measure: the tape the user loaded, else simulated and calibrated ones."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl

from abscase.case import Case
from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.quality.calibration import Calibration, calibrated
from abscase.quality.calibration.tapes import SCENARIOS, simulated
from abscase.ranges import require
from abscase.sources.panels import panel_dir

SUBPRIME_BELOW = 660.0
"""FICO score at or below which the agencies' guidance of 31 January 2001 lists a borrower as
subprime; 620 is the stricter line of lenders."""


@dataclass(frozen=True)
class Pool:
    """A loan tape in the canonical tables, and what it is.

    Attributes
    ----------
    case : Case
    loan, performance : LazyFrame
    grade : str
        "A" a real tape, "B" simulated.
    sources : tuple of str
    simulated : bool
    period_months : int
        Months from one row of a loan to the next.
    name : str
        What it is, in English.
    calibration : Calibration or None
    score_below : float or None
        Only loans with a lower score are in it; those without one are left out. None: all.
    """

    case: Case
    loan: pl.LazyFrame
    performance: pl.LazyFrame
    grade: str
    sources: tuple[str, ...]
    simulated: bool
    period_months: int
    name: str
    calibration: Calibration | None = None
    score_below: float | None = None


def pool(
    case: Case, loans: int = 20_000, seed: int = 1, scenario: str = "baseline",
    score_below: float | None = SUBPRIME_BELOW,
) -> Pool:  # fmt: skip
    """Return the loans of a case: the one loaded tape that has outcomes, else simulated ones.

    Parameters
    ----------
    case : Case
    loans, seed, scenario
        Of the simulated tape, as :func:`~abscase.quality.calibration.tapes.simulated`. A scenario
        other than "baseline" is always simulated.
    score_below : float, optional
        Of a loaded subprime tape, loans with a score below it only, in [300, 900]; None for all.

    Raises
    ------
    ChoiceError
        There is no such scenario.
    DataFaults
        The case has several loaded tapes with outcomes, or no loan of the tape is left.
    """
    if scenario not in SCENARIOS:
        raise ChoiceError("scenario", scenario, SCENARIOS)
    if scenario == "baseline" and (real := _loaded(case)):
        return _real(case, real, score_below)
    found = calibrated(case)
    loan, performance = simulated(found, loans, seed, scenario)
    return Pool(
        case, loan.lazy(), performance.lazy(), "B", found.sources, True, 1,
        f"simulated loans, calibrated ({scenario})", found,
    )  # fmt: skip


def _loaded(case: Case) -> str | None:
    """Return the loaded tape that has outcomes, if there is one."""
    names = []
    for name in case.panels:
        performance = case.panel("performance", name)
        if performance is not None and performance.select(pl.len()).collect().item():
            names.append(name)
    if len(names) > 1:
        raise DataFaults([
            Fault("several loaded tapes have outcomes, and a case is measured on one: keep one",
                  f"{case.name}/{name}", fix=f"to drop it, remove {panel_dir(case.name, name)}")
            for name in names
        ])  # fmt: skip
    return names[0] if names else None


def _real(case: Case, source: str, score_below: float | None) -> Pool:
    loan, performance = case.panel("loan", source), case.panel("performance", source)
    assert loan is not None and performance is not None
    name = f"loaded tape {source}"
    has_score = "score" in loan.collect_schema()
    if case.name == "us_subprime" and score_below is not None and has_score:
        require(score_below=(score_below, 300, 900))
        loan = loan.filter(pl.col("score") < score_below)
        performance = performance.join(
            loan.select("loan_id"), on="loan_id", how="semi", maintain_order="left"
        )
        name = f"{name}, scores below {score_below:g}"
    else:
        score_below = None
    evidence = loan.select(pl.col("grade").max(), pl.col("source_id").first()).collect()
    if evidence["grade"][0] is None:
        raise DataFaults([Fault("no loans of the tape are left; load another or widen it", name)])
    report = json.loads((panel_dir(case.name, source) / "quality_report.json").read_text("utf-8"))
    return Pool(
        case, loan, performance, evidence["grade"][0], (evidence["source_id"][0],), False,
        int(report["period_months"]), name, None, score_below,
    )  # fmt: skip
