"""Simulated tapes of a calibrated case, under a named scenario taken from rows of data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from abscase.case import Case, load_case
from abscase.errors import ChoiceError
from abscase.quality.calibration.calibrated import Calibration, calibrated
from abscase.quality.calibration.rows import months_of, rows_of
from abscase.quality.stress import fintech_rise
from abscase.ranges import Array
from abscase.sources.simulate import Process, simulated_tape, stressed
from abscase.sources.simulate.writing import new_folder, write_tape

SCENARIOS = ("baseline", "covid", "covid_high", "2007")
YEAR = 12
BAD, GOOD = (2006, 2007), (2003, 2004)


def simulated(
    calibration: Calibration, loans: int, seed: int, scenario: str = "baseline"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables ``loan`` and ``performance`` of a calibrated pool, all rows of grade "B".

    Parameters
    ----------
    calibration : Calibration
    loans : int
        Loans made over the window, 1 to 1,000,000,000.
    seed : int
        Names the draw.
    scenario : {"baseline", "covid", "covid_high", "2007"}
        As :func:`under`.
    """
    return simulated_tape(under(calibration.process, scenario), loans, seed)


def simulate_case(
    case: Case, loans: int, folder: str | Path, seed: int = 1, scenario: str = "baseline"
) -> tuple[Path, Path]:
    """Write the simulated tape of a case, with ``moments.csv`` beside it, into a new folder.

    Returns
    -------
    tuple of Path
        The files of the tables ``loan`` and ``performance``.

    Raises
    ------
    ChoiceError
        The case has no simulated loans, or there is no such scenario.
    AbscaseError
        The folder is there already and not empty.
    """
    target = Path(folder)
    with new_folder(target) as draft:
        found = calibrated(case)
        write_tape(draft, under(found.process, scenario), loans, seed)
        found.moments.to_csv(draft / "moments.csv", index=False)
    return target / "loan.parquet", target / "performance.parquet"


def under(process: Process, scenario: str) -> Process:
    """Return the process in a scenario.

    Notes
    -----
    baseline
        The fitted history; of Ant without the pandemic, whose months
        keep the mean odds of the year before.
    covid
        The odds to fall 30 days late, in the last months, times what took Ant's 30+ stock from
        January to May 2020; of Ant that is the fitted history.
    covid_high
        The same with a rise of the stock to three times, as reported of Chinese fintech loans.
    2007
        The odds of every month times the cumulative default hazard of the subprime vintages 2006
        and 2007 over that of 2003 and 2004; of subprime itself, every cohort as the worst one.
    """
    if scenario not in SCENARIOS:
        raise ChoiceError("scenario", scenario, SCENARIOS)
    calm = _without_shock(process) if process.case == "ant" else process
    if scenario == "baseline":
        return calm
    if scenario == "2007":
        if process.case == "us_subprime":
            worst = np.full_like(process.cohort_late, process.cohort_late.max())
            return replace(process, cohort_late=worst)
        return stressed(calm, crisis_multiplier())
    path = np.ones_like(process.late)
    rise = covid_path(scenario == "covid_high")
    path[-len(rise) :] = rise
    return stressed(calm, path)


def covid_path(high: bool = False) -> Array:
    """Return the factors on the odds to fall late that took Ant's 30+ stock up in 2020, by month.

    ``high``: factors in proportion for a stock that triples (Bao and Huang 2021).
    """
    case = load_case("ant")
    process = calibrated(case).process
    shock = _shock(process)
    factors = np.exp(process.late[shock:] - _calm(process, shock))
    if not high:
        return factors
    stock = rows_of(case, "delinquency_30plus_rate", "all")["value"]
    tripled = fintech_rise(load_case("cn_peers")).value
    return 1 + (factors - 1) * (tripled - 1) / (stock.iloc[-1] / stock.iloc[-2] - 1)


def _shock(process: Process) -> int:
    """Return the first month after the last but one date of Ant's 30+ stock, January 2020."""
    before = rows_of(load_case("ant"), "delinquency_30plus_rate", "all").iloc[[-2]]
    return months_of(before, process.first)[0] + 1


def _calm(process: Process, shock: int) -> float:
    """Return the log of the mean odds in the year before the shock."""
    return float(np.log(np.exp(process.late[shock - YEAR : shock]).mean()))


def crisis_multiplier() -> float:
    """Return the ratio of the cumulative hazards of the bad and the good subprime vintages."""
    case = load_case("us_subprime")

    def hazard(years: tuple[int, int]) -> float:
        shares, loans = (
            [case.value(measure, f"panel_fico_below_660:vintage_{year}").value for year in years]
            for measure in ("default_share", "loans")
        )
        return float(-np.log1p(-np.average(shares, weights=loans)))

    return hazard(BAD) / hazard(GOOD)


def _without_shock(process: Process) -> Process:
    late, shock = process.late.copy(), _shock(process)
    late[shock:] = _calm(process, shock)
    return replace(process, late=late)
