"""Calibration of simulated loans: fit, and report of target against achieved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from abscase.case import Case, load_case
from abscase.errors import ChoiceError
from abscase.quality.calibration.cards import cards_plan
from abscase.quality.calibration.china import ant_plan, peers_plan
from abscase.quality.calibration.fit import Fit, fit, refit
from abscase.quality.calibration.plan import Plan
from abscase.quality.calibration.prime import prime_plan
from abscase.quality.calibration.store import kept
from abscase.quality.calibration.subprime import subprime_plan
from abscase.ranges import require
from abscase.sources.simulate import Process, expected, simulated_tape

PLANS: dict[str, Callable[[Case], Plan]] = {
    "ant": ant_plan, "cn_peers": peers_plan, "us_cards": cards_plan, "us_prime": prime_plan,
    "us_subprime": subprime_plan,
}  # fmt: skip
LEAST_TARGET = 1e-9
TAPE_ROWS, TAPE_SEED = 2_000_000, 1


@dataclass(frozen=True)
class Calibration:
    """A calibrated process and how well it meets its targets.

    Attributes
    ----------
    case : Case
    process : Process
        The fitted parameters.
    moments : DataFrame
        ``moment``, ``target``, ``lo``, ``hi``; ``expected`` by the model; ``achieved`` on a
        simulated tape, by the measures of this package; ``met``: the model lies in the interval;
        ``fitted``: the moment was fitted, not only compared; ``unit``, ``grade``, ``source_id``,
        ``ref`` of the rows it stands on.
    open : DataFrame
        What no target identifies: ``parameter``, ``low``, ``used``, ``high``, ``why``.
    draws : tuple of Process
        Refitted to targets drawn in their intervals, open parameters drawn over their ranges.
    sources : tuple of str
    grade : str
        "B".
    """

    case: Case
    process: Process
    moments: pd.DataFrame
    open: pd.DataFrame
    draws: tuple[Process, ...]
    sources: tuple[str, ...]
    grade: str = "B"


def calibrated(case: Case, draws: int = 0, rng: np.random.Generator | None = None) -> Calibration:
    """Fit the simulated loans of a case to its rows of ``data/``.

    Parameters
    ----------
    case : Case
    draws : int
        Processes that carry the uncertainty of the parameters, 0 to 1000.
    rng : Generator, optional
        For the draws; by default one seeded with 0.

    Returns
    -------
    Calibration

    Raises
    ------
    ChoiceError
        The case has no plan.
    DataFaults
        A row that the plan stands on is missing.

    Notes
    -----
    Least squares of the differences of logarithms of model and target, each over the relative half
    width of the target. The model's numbers are exact expectations, so the fit has no noise; what
    is achieved on the tape has that of some two million loan-months.
    """
    if case.name not in PLANS:
        raise ChoiceError("case with simulated loans", case.name, PLANS)
    require(draws=(draws, 0, 1000))
    plan, found, moments = _fitted(case.name, case.root)
    opened = {name: each.used for name, each in plan.open.items()}
    rng = rng or np.random.default_rng(0)
    table = pd.DataFrame([
        {"parameter": name, "low": each.low, "used": each.used, "high": each.high, "why": each.why}
        for name, each in plan.open.items()
    ], columns=["parameter", "low", "used", "high", "why"])  # fmt: skip
    sources = sorted({name for each in plan.moments for name in each.source_id.split(", ")})
    return Calibration(
        case, plan.build(found.theta, opened), moments.copy(), table,
        tuple(_drawn(plan, found, rng) for _ in range(draws)), tuple(sources),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _fitted(name: str, root: Path) -> tuple[Plan, Fit, pd.DataFrame]:
    plan = PLANS[name](load_case(name, root))

    def made() -> tuple[Fit, pd.DataFrame]:
        found = fit(plan)
        opened = {each: plan.open[each].used for each in plan.open}
        return found, _report(plan, plan.build(found.theta, opened))

    return plan, *kept(name, root, made)


def _drawn(plan: Plan, found: Fit, rng: np.random.Generator) -> Process:
    opened = {name: rng.uniform(each.low, each.high) for name, each in plan.open.items()}
    targets = np.array([rng.uniform(each.lo, each.hi) for each in plan.moments])
    return plan.build(refit(plan, found, opened, np.maximum(targets, LEAST_TARGET)), opened)


def _report(plan: Plan, process: Process) -> pd.DataFrame:
    path = expected(process)
    months = path.count[:4].sum()
    loan, performance = simulated_tape(process, int(TAPE_ROWS / months), TAPE_SEED)
    rows = []
    for each in plan.moments:
        model = each.reading.expected(path, process)
        rows.append({
            "moment": each.name, "target": each.target, "lo": each.lo, "hi": each.hi,
            "expected": model, "achieved": each.reading.measured(loan, performance, process),
            "met": bool(each.lo - 1e-12 <= model <= each.hi + 1e-12), "fitted": each.fitted,
            "unit": each.unit, "grade": each.grade, "source_id": each.source_id, "ref": each.ref,
        })  # fmt: skip
    return pd.DataFrame(rows)
