"""How the cases of the United States are calibrated: cards, prime and subprime mortgages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import optimize, stats
from scipy.special import expit

from abscase.case import Case, load_case
from abscase.quality.calibration_moments import (
    Bucket,
    Ended,
    Flow,
    Moment,
    Stock,
    mean_value,
    moment,
    rows_of,
)
from abscase.quality.calibration_plan import Open, Plan, steps
from abscase.ranges import Array
from abscase.schema import STATES
from abscase.sources.simulate import Process, Score, Segment

CHARGE_OFF_WAIT = 3
"""Months from 90 to 180 days past due, when US banks charge open-end credit off (FFIEC 2000)."""
TERM, RAMP = 360, 30
"""Months: a thirty-year mortgage; the PSA and SDA conventions ramp their rates up over 30."""
NEVER = -30.0
DEFAULT = STATES["default"]
PRIME_FLOW = Open(0.03, 0.07, 0.15, "chance a month that a mortgage 90 days late is liquidated")
CURE_90 = Open(0.01, 0.03, 0.08, "chance a month that a mortgage 90 days late is cured")
PRIME_PREPAY = Open(0.005, 0.012, 0.02, "chance a month that a prime mortgage is repaid early")
YEARS = tuple(range(2000, 2008))
PANEL, STATES_OF_DEAL = "panel_fico_below_660", ("AZ", "CA", "FL", "NV")


def cards_plan(case: Case) -> Plan:
    """Return the plan of cards: stocks and charge-offs of all banks, the ladder of one trust."""
    late = rows_of(case, "delinquency_30plus", "all_banks", since="2003-12", until="2012-12-31")
    late = late[late["date"].dt.month == 12].reset_index(drop=True)
    off = rows_of(case, "charge_off_rate", "all_banks", "card_fed_charge_off_nsa",
                  since="2003-12", until="2012-12-31")  # fmt: skip
    off = off[off["date"].dt.month == 12].reset_index(drop=True)
    recovered = rows_of(case, "recoveries_amt", None)["value"].sum()
    charged = rows_of(case, "charge_offs_amt", None, "card_citi_gross_amt")["value"].sum()
    lgd = float(1 - recovered / charged)
    first, months = 2003 * 12, 120
    segment = _card_segment(case)
    until = [_month(date) - first for date in late["date"]]
    cohorts = 36

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        number = len(until)
        roll = expit(theta[number : number + 2])
        return Process(
            case.name, case.currency, f"simulated-{case.name}", first, months, 3,
            np.full(cohorts, 1 / cohorts), (segment,), steps(theta[:number], until, months),
            np.full(months + 1, NEVER), np.zeros(cohorts), np.zeros(cohorts),
            np.zeros(months + 1), np.zeros(months + 1), (float(roll[0]), float(roll[1])),
            (float(1 - roll[0]), float(1 - roll[1]), fixed["cure_90"]), CHARGE_OFF_WAIT, 1.0,
            lgd=np.full(cohorts, lgd),
        )  # fmt: skip

    moments = [_stock("30+ stock, all banks", row, 1) for row in _each(late)]
    moments += [_charge_off(row, 1 - recovered / charged) for row in _each(off)]
    moments += _card_ladder(case)
    cure = Open(0.0, 0.02, 0.1, "chance a month that an account 90 days late is cured")
    start = np.array([-4.5] * len(until) + [1.5, 2.0])
    return Plan(build, start, tuple(moments), {"cure_90": cure})


def _card_segment(case: Case) -> Segment:
    """One account of the trust: mean balance of its accounts 30 to 59 days late, and its yield."""
    amount = rows_of(case, "delinquent_30_59_amt", "capital_one_trust")
    number = rows_of(case, "accounts_30_59", "capital_one_trust")
    size = amount["value"].sum() / number["value"].sum()
    rate = mean_value(rows_of(case, "portfolio_yield", "capital_one_trust"))
    return Segment("revolving account", 1.0, float(size), rate, None, product="credit card")


def _charge_off(row: pd.DataFrame, net_of: float) -> Moment:
    """The banks print charge-offs net of recoveries: gross is the same over the loss rate."""
    date, value = row["date"].iloc[0], float(row["value"].iloc[0])
    gross = value / net_of
    return moment(
        f"charge-offs, gross, year's rate {date:%Y-%m}", row, Flow(date, 3), gross,
        (value, gross * 1.05),
    )  # fmt: skip


def _card_ladder(case: Case) -> list[Moment]:
    found = []
    rows = {
        name: rows_of(case, f"delinquency_{name}", "capital_one_trust",
                      "card_capone_trust_bucket", until="2008-12-31")
        for name in ("30_59", "60_89", "90plus")
    }  # fmt: skip
    for state, over, new, old in ((2, 1, "60_89", "30_59"), (3, 2, "90plus", "60_89")):
        both = rows[new].merge(rows[old], on="date", suffixes=("", "_before"))
        if both.empty:
            continue
        ratio = both["value"] / both["value_before"]
        found.append(moment(
            f"{new} over {old} days, one trust", both, Bucket(pd.Timestamp("2006-12-31"), state,
            over), float(ratio.mean()), (float(ratio.min()), float(ratio.max())),
        ))  # fmt: skip
    return found


def prime_plan(case: Case) -> Plan:
    """Return the plan of prime mortgages: serious delinquency, and 30 to 89 days late."""
    early = rows_of(case, "serious_delinquency", "prime", "us_mba_serious_sum", "2002", "2005-12")
    path = rows_of(case, "serious_delinquency", "freddie_mac", "prime_freddie_serious_old",
                   "2007", "2010-01-31")  # fmt: skip
    path = path[path["date"].dt.month.isin([6, 12, 10])].reset_index(drop=True)
    early = early[early["date"].dt.month == 12].reset_index(drop=True)
    serious = pd.concat([early, path], ignore_index=True)
    first, months, cohorts = 1999 * 12, 134, 40
    until = [_month(date) - first for date in serious["date"]]
    sizes = [rows_of(case, name) for name in ("delinquent_90_119_amt", "loans_90_119")]
    size = float(sizes[0]["value"].sum() / sizes[1]["value"].sum())
    rate = mean_value(rows_of(load_case("us_subprime", case.root), "mortgage_rate_30y", "us"))
    segment = Segment("fixed 30 years", 1.0, size, rate, TERM, product="prime mortgage")
    ramp = np.log(np.minimum(np.arange(months + 1) + 1, RAMP) / RAMP)

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        number = len(until)
        parts = [_three(theta[number + k]) for k in (0, 1)]
        smm = fixed["prepay"]
        return Process(
            case.name, case.currency, f"simulated-{case.name}", first, months, 3,
            np.full(cohorts, 1 / cohorts), (segment,), steps(theta[:number], until, months),
            np.full(months + 1, np.log(smm / (1 - smm))), np.zeros(cohorts), np.zeros(cohorts),
            ramp, ramp, (parts[0][0], parts[1][0]), (parts[0][1], parts[1][1], fixed["cure_90"]),
            1, fixed["write_off"], secured=True,
        )  # fmt: skip

    moments = [_stock("serious", row, 3, by="count") for row in _each(serious)]
    moments += _prime_early(case)
    opened = {"write_off": PRIME_FLOW, "cure_90": CURE_90, "prepay": PRIME_PREPAY}
    return Plan(
        build, np.array([-5.5] * len(until) + [-0.5, 0.5]), tuple(moments), opened
    )  # fmt: skip


def _prime_early(case: Case) -> list[Moment]:
    """30 to 89 days: MBA's 30+ less what of its serious rate is not foreclosure, 0 to all."""
    late = rows_of(case, "delinquency_30plus", "prime", "us_mba_30plus", until="2008-01")
    serious = rows_of(case, "serious_delinquency", "prime", "us_mba_serious")
    both = late.merge(serious[["date", "value"]], on="date", suffixes=("", "_serious"))
    found = []
    for _, row in both.iterrows():
        low, high = float(row["value"] - row["value_serious"]), float(row["value"])
        found.append(moment(
            f"30 to 89 days {row['date']:%Y-%m}", row.to_frame().T.infer_objects(),
            Stock(row["date"], 1, 2, "count"), (low + high) / 2, (low, high),
        ))  # fmt: skip
    return found


def subprime_plan(case: Case) -> Plan:
    """Return the plan of subprime: outcomes of the panel by vintage, of one deal by state."""
    first, months, step = 2000 * 12, 182, 3
    loans = np.array([case.value("loans", f"{PANEL}:vintage_{year}").value for year in YEARS])
    weights = np.repeat(loans / loans.sum() / 4, 4)
    segments = _subprime_segments(case)
    score = _subprime_score(case)
    lgd = np.repeat([case.value("lgd_mean", f"{PANEL}:vintage_{year}").value for year in YEARS], 4)
    serious = rows_of(case, "serious_delinquency", "subprime", "us_mba_serious")
    before = rows_of(case, "serious_delinquency", "subprime", "us_mba_serious_sum", "2004-12")
    stocks = pd.concat([before.iloc[[-1]], serious], ignore_index=True)
    until = [_month(date) - first for date in stocks["date"]]
    ramp = np.log(np.minimum(np.arange(months + 1) + 1, RAMP) / RAMP)
    years, regions, dates = len(YEARS), len(STATES_OF_DEAL), len(until)

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        parts = np.split(theta, np.cumsum([years, years, regions, regions, dates]))
        effects = [(*parts[place], 0.0) for place in (2, 3)]
        kinds = tuple(
            _with(each, late, prepay) for each, late, prepay in zip(segments, *effects, strict=True)
        )
        zero = np.zeros(months + 1)
        rolls = [_three(value) for value in parts[5][:2]]
        return Process(
            case.name, case.currency, f"simulated-{case.name}", first, months, step, weights,
            kinds, steps(parts[4], until, months), zero, np.repeat(parts[0], 4),
            np.repeat(parts[1], 4), ramp, ramp, (rolls[0][0], rolls[1][0]),
            (rolls[0][1], rolls[1][1], fixed["cure_90"]), 1, fixed["write_off"],
            score=score, lgd=lgd, secured=True,
        )  # fmt: skip

    moments = _panel_moments(case) + _deal_moments(case)
    moments += [_stock("serious", row, 3, by="count", bounds=(0.8, 1.25)) for row in _each(stocks)]
    early = rows_of(case, "delinquency_30plus", "subprime", "us_mba_30plus", until="2007-12-31")
    moments += _subprime_early(early, serious)
    start = np.array(
        [-4.0] * years + [-4.0] * years + [0.0] * 2 * regions + [0.0] * dates + [-0.5, 0.5]
    )
    opened = {"write_off": PRIME_FLOW, "cure_90": CURE_90}
    return Plan(build, start, tuple(moments), opened)


def _with(each: Segment, late: float, prepay: float) -> Segment:
    from dataclasses import replace

    return replace(each, late=float(late), prepay=float(prepay))


def _panel_moments(case: Case) -> list[Moment]:
    """Defaulted and paid off by the end of the panel, by year of origination; sampling intervals.

    The panel follows loans from when they enter it; the model from origination.
    """
    found = []
    for year in YEARS:
        number = case.value("loans", f"{PANEL}:vintage_{year}").value
        for measure, state in (("default_share", "default"), ("payoff_share", "prepaid")):
            row = rows_of(case, measure, f"{PANEL}:vintage_{year}")
            reading = Ended(
                STATES[state], row["date"].iloc[0], pd.Timestamp(year, 1, 1),
                pd.Timestamp(year, 12, 31),
            )  # fmt: skip
            found.append(moment(f"{measure} {year}", row, reading, loans=number))
    return found


def _deal_moments(case: Case) -> list[Moment]:
    """Homes lost and loans active after 48 months in one deal of 2006, by state."""
    found = []
    for state in STATES_OF_DEAL:
        segment = f"cmlti_2006_nc2:{state}"
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


def _subprime_early(late: pd.DataFrame, serious: pd.DataFrame) -> list[Moment]:
    both = late.merge(serious[["date", "value"]], on="date", suffixes=("", "_serious"))
    found = []
    for _, row in both.iterrows():
        low, high = float(row["value"] - row["value_serious"]), float(row["value"])
        found.append(moment(
            f"30 to 89 days {row['date']:%Y-%m}", row.to_frame().T.infer_objects(),
            Stock(row["date"], 1, 2, "count"), (low + high) / 2, (low, high),
        ))  # fmt: skip
    return found


def _subprime_segments(case: Case) -> tuple[Segment, ...]:
    """States of one deal with its sizes, rates and debt ratios; the deal's own for the rest."""
    whole = "cmlti_2006_nc2"
    total = case.value("loans", whole).value
    ltv = np.average([case.value("ltv_mean", f"{PANEL}:vintage_{year}").value for year in YEARS])
    found, left = [], 1.0
    for name in (*STATES_OF_DEAL, "other"):
        segment = whole if name == "other" else f"{whole}:{name}"
        share = left if name == "other" else case.value("loans", segment).value / total
        left -= share
        found.append(Segment(
            name, share, case.value("average_loan_amt", segment).value,
            case.value("loan_rate_mean", segment).value, TERM, region=name,
            product="subprime mortgage", ltv=float(ltv),
            dti=case.value("dti_mean", segment).value,
        ))  # fmt: skip
    return tuple(found)


def _subprime_score(case: Case) -> Score:
    """Scores below 660: mean of the panel's, and its share below 620."""
    loans, means, low = (
        np.array([case.value(measure, f"{group}:vintage_{year}").value for year in YEARS])
        for measure, group in (("loans", PANEL), ("fico_mean", PANEL),
                               ("loans", "panel_fico_below_620"))
    )  # fmt: skip
    mean, share = float(np.average(means, weights=loans)), float(low.sum() / loans.sum())

    def miss(given: Array) -> list[float]:
        centre, sd = given
        ends = (300 - centre) / sd, (660 - centre) / sd
        law = stats.truncnorm(*ends, loc=centre, scale=sd)
        return [(law.mean() - mean) / 10, (law.cdf(620) - share) * 10]

    centre, sd = optimize.least_squares(miss, [mean + 20, 50.0], bounds=([400, 10], [800, 200])).x
    return Score(float(centre), float(sd), 300.0, 660.0)


def _three(value: float) -> tuple[float, float]:
    """Return the chances to roll and to be cured; a third of what does not roll stays."""
    roll = float(expit(value))
    return roll, (1 - roll) * 2 / 3


def _each(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows.iloc[[place]] for place in range(len(rows))]


def _month(date: pd.Timestamp) -> int:
    return date.year * 12 + date.month - 1


def _stock(
    name: str, row: pd.DataFrame, worst_from: int, by: str = "amount",
    bounds: tuple[float, float] | None = None,
) -> Moment:  # fmt: skip
    date, value = row["date"].iloc[0], float(row["value"].iloc[0])
    ends = None if bounds is None else (value * bounds[0], value * bounds[1])
    return moment(f"{name} {date:%Y-%m}", row, Stock(date, worst_from, 3, by), bounds=ends)
