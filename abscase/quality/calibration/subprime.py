"""How subprime mortgages are calibrated: a panel's outcomes by vintage, one deal's by state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import optimize, stats
from scipy.special import expit

from abscase.case import Case
from abscase.quality.calibration.moments import Ended, Moment
from abscase.quality.calibration.plan import CURE_90_MORTGAGE, TERM, Plan, path_through, ramp, three
from abscase.quality.calibration.rows import (
    each_row,
    early_arrears,
    moment,
    months_of,
    rows_of,
    stock,
)
from abscase.ranges import Array
from abscase.schema import STATES
from abscase.sources.simulate import Process, Score, Segment

YEARS = tuple(range(2000, 2008))
PANEL, LOWER = "panel_fico_below_660", "panel_fico_below_620"
LEAST, LOWER_BELOW, BELOW = 300.0, 620.0, 660.0
DEAL, REGIONS = "cmlti_2006_nc2", ("AZ", "CA", "FL", "NV")
DEFAULT = STATES["default"]
FIRST, MONTHS, STEP, COHORTS_A_YEAR = 2000 * 12 + 2, 180, 3, 4
START = (
    *[-5.1, -4.9, -5.2, -5.4, -4.5, -2.6, -1.3, -1.3], -2.8, *[-0.2, 0.1, -0.7, 0.8], *[0.0] * 4,
    *[2.9, -0.2, -0.4, 1.2], -1.4, 1.3, -2.1,
)  # fmt: skip
"""Where the search begins: vintages, repayment, regions, calendar, two rolls, write-off."""


def subprime_plan(case: Case) -> Plan:
    """Return the plan: outcomes of the panel by vintage, of one deal by state, serious rates."""
    segments, score = _segments(case), _score(case)
    loans = _panel(case, "loans")
    weights = np.repeat(loans / loans.sum() / COHORTS_A_YEAR, COHORTS_A_YEAR)
    lgd = np.repeat(_panel(case, "lgd_mean"), COHORTS_A_YEAR)
    before = rows_of(case, "serious_delinquency", "subprime", "us_mba_serious_sum", "2004-12")
    after = rows_of(case, "serious_delinquency", "subprime", "us_mba_serious")
    serious = pd.concat([before.iloc[[-1]], after], ignore_index=True)
    until = months_of(serious, FIRST)
    sizes = [len(YEARS), 1, len(REGIONS), len(REGIONS), len(until)]

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        late, prepay, late_in, prepay_in, calendar, rest = np.split(theta, np.cumsum(sizes))
        kinds = tuple(
            replace(each, late=float(one), prepay=float(two))
            for each, one, two in zip(segments, _effects(late_in), _effects(prepay_in), strict=True)
        )
        (roll_30, cure_30), (roll_60, cure_60) = three(rest[0]), three(rest[1])
        return Process(
            case.name, case.currency, f"simulated-{case.name}", FIRST, MONTHS, STEP, weights,
            kinds, path_through(calendar, until, MONTHS), np.zeros(MONTHS + 1),
            np.repeat(late, COHORTS_A_YEAR), np.full(len(weights), prepay[0]),
            ramp(MONTHS), ramp(MONTHS), (roll_30, roll_60), (cure_30, cure_60, fixed["cure_90"]),
            1, float(expit(rest[2])), score=score, lgd=lgd, secured=True,
        )  # fmt: skip

    moments = _panel_moments(case) + _deal_moments(case)
    # Vintages after 2007 are in the survey and not in the pool: the rates are not of one pool.
    moments += [stock("serious", row, 3, "count", slack=0.25) for row in each_row(serious)]
    moments += early_arrears(case, "subprime", "2007-12-31")
    start = np.array(START)
    return Plan(build, start, tuple(moments), {"cure_90": CURE_90_MORTGAGE})


def _effects(by_region: Array) -> Array:
    """Return the effects of the regions about their mean, and 0 for the other states."""
    return np.append(by_region - by_region.mean(), 0.0)


def _panel(case: Case, measure: str, group: str = PANEL) -> Array:
    return np.array([case.value(measure, f"{group}:vintage_{year}").value for year in YEARS])


def _panel_moments(case: Case) -> list[Moment]:
    """Defaulted, of the loans that ended, by year of origination; sampling intervals.

    The panel loses sight of loans, so that its shares of all loans are not those of a lifetime.
    """
    found = []
    for year in YEARS:
        segment = f"{PANEL}:vintage_{year}"
        rows = [rows_of(case, name, segment) for name in ("default_share", "payoff_share")]
        bad, good = (float(row["value"].iloc[0]) for row in rows)
        ended = case.value("loans", segment).value * (bad + good)
        made = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        reading = Ended(DEFAULT, rows[0]["date"].iloc[0], *made, of_ended=True)
        found.append(moment(f"defaulted, of ended, {year}", pd.concat(rows), reading,
                            bad / (bad + good), loans=ended))  # fmt: skip
    return found


def _deal_moments(case: Case) -> list[Moment]:
    """Homes lost and loans active after 48 months in one deal of 2006, by state."""
    found = []
    for state in REGIONS:
        segment = f"{DEAL}:{state}"
        number = case.value("loans", segment).value
        lost = rows_of(case, "homes_lost_share", segment)
        left = rows_of(case, "still_active_share", segment)
        date = lost["date"].iloc[0]
        made = pd.Timestamp(2006, 1, 1), pd.Timestamp(2006, 12, 31)
        gone = 1 - float(lost["value"].iloc[0]) - float(left["value"].iloc[0])
        found.append(moment(f"homes lost, {state}", lost,
                            Ended(DEFAULT, date, *made, state), loans=number))  # fmt: skip
        found.append(moment(f"repaid, {state}", pd.concat([left, lost]),
                            Ended(STATES["prepaid"], date, *made, state), gone,
                            loans=number))  # fmt: skip
    return found


def _segments(case: Case) -> tuple[Segment, ...]:
    """States of one deal with its sizes, rates and debt ratios; the deal's own for the rest."""
    total = case.value("loans", DEAL).value
    ltv = float(np.average(_panel(case, "ltv_mean"), weights=_panel(case, "loans")))
    shares = {name: case.value("loans", f"{DEAL}:{name}").value / total for name in REGIONS}
    shares["other"] = 1 - sum(shares.values())
    found = []
    for name, share in shares.items():
        where = DEAL if name == "other" else f"{DEAL}:{name}"
        size, rate, dti = (case.value(measure, where).value for measure in
                           ("average_loan_amt", "loan_rate_mean", "dti_mean"))  # fmt: skip
        found.append(Segment(
            name, share, size, rate, TERM, region=name, product="subprime mortgage", ltv=ltv,
            dti=dti,
        ))  # fmt: skip
    return tuple(found)


def _score(case: Case) -> Score:
    """Scores below 660 with the panel's mean and its share below 620, and their effect."""
    loans, means = _panel(case, "loans"), _panel(case, "fico_mean")
    mean = float(np.average(means, weights=loans))
    share = float(_panel(case, "loans", LOWER).sum() / loans.sum())

    def miss(given: Array) -> list[float]:
        law = stats.truncnorm((LEAST - given[0]) / given[1], (BELOW - given[0]) / given[1], *given)
        return [(law.mean() - mean) / 10, (law.cdf(LOWER_BELOW) - share) * 10]

    bounds = ([400.0, 10.0], [800.0, 200.0])
    centre, sd = optimize.least_squares(miss, [mean + 20, 50.0], bounds=bounds).x
    return Score(float(centre), float(sd), LEAST, BELOW, score_effect(case) * float(sd))


def score_effect(case: Case) -> float:
    r"""Return the change of the log-odds to fall late for one point of score.

    Notes
    -----
    :math:`\sum_v w_v (\log H_{v,hi}-\log H_{v,lo}) / \sum_v w_v (m_{v,hi}-m_{v,lo})` over the
    vintages v, weighted by loans, with the cumulative hazards :math:`H=-\log(1-p)` and the mean
    scores m of the loans below 620 (lo) and from 620 to 659 (hi).
    """
    loans, low = _panel(case, "loans"), _panel(case, "loans", LOWER)
    share, low_share = (_panel(case, "default_share", group) for group in (PANEL, LOWER))
    score, low_score = (_panel(case, "fico_mean", group) for group in (PANEL, LOWER))
    high_share = (loans * share - low * low_share) / (loans - low)
    high_score = (loans * score - low * low_score) / (loans - low)
    good = high_share > 0
    rise = np.log(np.log1p(-high_share[good]) / np.log1p(-low_share[good]))
    return float((loans[good] * rise).sum() / (loans[good] * (high_score - low_score)[good]).sum())
