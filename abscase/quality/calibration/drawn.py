"""What the uncertainty of a calibration leaves of the main measures, without a draw of loans."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from abscase.quality.calibration.calibrated import Calibration
from abscase.quality.calibration.moments import DEFAULT, Ended, Flow, Reading, Stock
from abscase.quality.calibration.tapes import under
from abscase.ranges import require
from abscase.sources.simulate import Process, expected
from abscase.sources.simulate.tape import month_end

YEAR = 12


def over_draws(calibrations: Iterable[Calibration], scenario: str = "baseline") -> pd.DataFrame:
    """Return the main measures of simulated pools at the fit, and over the draws of each.

    Parameters
    ----------
    calibrations : iterable of Calibration
        Each with one draw at least, from :func:`calibrated`.
    scenario : {"baseline", "covid", "covid_high", "2007"}
        As :func:`~abscase.quality.calibration.tapes.under`.

    Returns
    -------
    DataFrame
        ``case``, ``measure`` ("arrears_30" and "arrears_90", shares of the balance in the last
        month; "roll_30", chance a month to roll from 30 to 60 days; "write_off", share of the
        loans written off a month, mean of the last year; "written_off", share of all loans made),
        ``at_fit``, ``low``, ``high`` (least and largest of fit and draws, decimals), ``grade``.

    Raises
    ------
    ParameterFaults
        A calibration has no draws.

    Notes
    -----
    The numbers are exact expectations of the model: they hold no chance among loans, only what the
    targets and the open parameters leave unknown.
    """
    tables = []
    for each in calibrations:
        require(draws=(len(each.draws), 1, 1000))
        paths = [_measures(under(process, scenario)) for process in (each.process, *each.draws)]
        values = pd.DataFrame(paths)
        tables.append(pd.DataFrame({
            "case": each.case.name, "measure": list(values), "at_fit": values.iloc[0].to_numpy(),
            "low": values.min().to_numpy(), "high": values.max().to_numpy(), "grade": each.grade,
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _measures(process: Process) -> dict[str, float]:
    path = expected(process)
    first, last = (
        pd.Timestamp(str(day)) for day in month_end(process.first + np.array([0, process.months]))
    )
    readings: dict[str, Reading] = {
        "arrears_30": Stock(last, 1), "arrears_90": Stock(last, 3),
        "write_off": Flow(last, YEAR, yearly=False),
        "written_off": Ended(DEFAULT, last, first, last),
    }  # fmt: skip
    found = {name: each.expected(path, process) for name, each in readings.items()}
    return {"roll_30": process.roll[0]} | found
