"""How prime mortgages are calibrated: serious delinquency, and 30 to 89 days late."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from abscase.case import Case, load_case
from abscase.quality.calibration.plan import (
    CURE_90_MORTGAGE,
    TERM,
    Open,
    Plan,
    path_through,
    ramp,
    three,
)
from abscase.quality.calibration.rows import (
    each_row,
    early_arrears,
    mean_value,
    months_of,
    rows_of,
    stock,
)
from abscase.ranges import Array
from abscase.sources.simulate import Process, Segment

WRITE_OFF = Open(0.03, 0.07, 0.15, "chance a month that a mortgage 90 days late is liquidated")
PREPAY = Open(0.005, 0.012, 0.02, "chance a month that a prime mortgage is repaid early")
FIRST, MONTHS, COHORTS, STEP = 1999 * 12, 134, 40, 3
START = (-4.4, -4.7, -4.9, -4.7, -3.8, -3.6, -0.6, 0.0)
"""Where the search begins: calendar, two rolls."""


def prime_plan(case: Case) -> Plan:
    """Return the plan: the serious rate of the bankers' survey; the agencies' to compare."""
    early = rows_of(case, "serious_delinquency", "prime", "us_mba_serious_sum", "2002", "2005-01")
    early = early[early["date"].dt.month == 12]
    later = rows_of(case, "serious_delinquency", "prime", "us_mba_serious")
    serious = pd.concat([early, later], ignore_index=True)
    until = months_of(serious, FIRST)
    segment = _segment(case)

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        number = len(until)
        (roll_30, cure_30), (roll_60, cure_60) = (three(theta[number + k]) for k in (0, 1))
        smm = fixed["prepay"]
        return Process(
            case.name, case.currency, f"simulated-{case.name}", FIRST, MONTHS, STEP,
            np.full(COHORTS, 1 / COHORTS), (segment,), path_through(theta[:number], until, MONTHS),
            np.full(MONTHS + 1, np.log(smm / (1 - smm))), np.zeros(COHORTS), np.zeros(COHORTS),
            ramp(MONTHS), ramp(MONTHS), (roll_30, roll_60), (cure_30, cure_60, fixed["cure_90"]),
            1, fixed["write_off"], secured=True,
        )  # fmt: skip

    # The survey holds every vintage, the pool those of eleven years: the rates are not of one pool.
    moments = [stock("serious", row, 3, "count", slack=0.15) for row in each_row(serious)]
    moments += early_arrears(case, "prime", "2008-01")
    for agency, definition in (("fannie_mae", "prime_fannie_serious"),
                               ("freddie_mac", "prime_freddie_serious_old")):  # fmt: skip
        path = rows_of(case, "serious_delinquency", agency, definition, "2007", "2009-01")
        for row in each_row(path.iloc[[0, -1]]):
            moments.append(stock(f"serious, {agency}", row, 3, by="count", fitted=False))
    opened = {"write_off": WRITE_OFF, "cure_90": CURE_90_MORTGAGE, "prepay": PREPAY}
    return Plan(
        build, np.array([-4.2, -4.5, -4.7, -4.5, -3.6, -3.2, -0.6, -1.2]), tuple(moments), opened
    )


def _segment(case: Case) -> Segment:
    """A thirty-year mortgage: mean size of an agency's loans 90 days late, survey rate."""
    amount, number = (
        rows_of(case, name)["value"].sum() for name in ("delinquent_90_119_amt", "loans_90_119")
    )
    rates = rows_of(load_case("us_subprime", case.root), "mortgage_rate_30y", "us")
    return Segment(
        "fixed 30 years", 1.0, float(amount / number), mean_value(rates), TERM,
        product="prime mortgage",
    )  # fmt: skip
