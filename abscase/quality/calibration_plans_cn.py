"""How the Chinese cases are calibrated: Ant's path of arrears, its peers' ladders and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from abscase.case import Case, load_case
from abscase.quality.calibration_moments import (
    Bucket,
    Ended,
    Growth,
    Moment,
    Stock,
    mean_value,
    moment,
    month_of,
    rows_of,
)
from abscase.quality.calibration_plan import Open, Plan, steps
from abscase.ranges import Array
from abscase.schema import STATES
from abscase.sources.simulate import Process, Segment

RESIDENCE = Open(3, 6, 24, "months at 90 days or more before a write-off: no source tells Ant's")
PEER_WAIT = 3
"""Months from 90 to 180 days past due, at which the listed lenders charge a loan off."""
DAYS_A_MONTH, DAYS_A_YEAR = 30, 365
CN = load_case


@dataclass(frozen=True)
class _Shape:
    """What the two Chinese plans share: calendar, segments, growth, dates of the steps."""

    case: Case
    first: int
    months: int
    growth: float
    segments: tuple[Segment, ...]
    ends: tuple[pd.Timestamp, ...] = field(default=())

    def process(self, theta: Array, wait: int, cure_90: float) -> Process:
        """Parameters: a log-odds of 30 days late for each step, of prepayment, two rolls."""
        number = len(self.ends)
        cohorts = self.months
        weights = (1 + self.growth) ** np.arange(cohorts, dtype=float)
        zero, none = np.zeros(self.months + 1), np.zeros(cohorts)
        rolls = expit(theta[number + 1 : number + 3])
        until = [end.year * 12 + end.month - 1 - self.first for end in self.ends]
        return Process(
            self.case.name, self.case.currency, f"simulated-{self.case.name}", self.first,
            self.months, 1, weights / weights.sum(), self.segments,
            steps(theta[:number], until, self.months), np.full(self.months + 1, theta[number]),
            none, none, zero, zero, (float(rolls[0]), float(rolls[1])),
            (float(1 - rolls[0]), float(1 - rolls[1]), cure_90), wait, 1.0,
        )  # fmt: skip


def ant_plan(case: Case) -> Plan:
    """Return the plan of Ant: five stocks of 30+, three of 90+, growth, peers' rolls."""
    plus30, plus90 = (rows_of(case, f"delinquency_{days}plus_rate", "all") for days in (30, 90))
    balance = rows_of(case, "consumer_credit_balance", "all")
    early, late = balance.iloc[[0]], balance.iloc[[-1]]
    gap = month_index(late["date"].iloc[0]) - month_index(early["date"].iloc[0])
    ratio = float(late["value"].iloc[0] / early["value"].iloc[0])
    shape = _Shape(
        case, 2016 * 12, 54, ratio ** (1 / gap) - 1, _ant_segments(case), tuple(plus30["date"])
    )
    moments = [_stock("30+ stock", row, 1) for row in _each(plus30)]
    moments += [_stock("90+ stock", row, 3) for row in _each(plus90)]
    moments.append(moment(
        "balance growth", pd.concat([early, late]), Growth(early["date"].iloc[0],
        late["date"].iloc[0]), ratio, (ratio * 0.9, ratio * 1.0), fitted=False,
    ))  # fmt: skip
    moments += _peer_rolls(plus30["date"].iloc[2], fitted=True)
    moments.append(_early_repayment(shape.first, shape.months))
    open_ = {"wait": RESIDENCE, "cure_90": CURE_90}
    return Plan(
        lambda theta, fixed: shape.process(theta, round(fixed["wait"]), fixed["cure_90"]),
        np.array([-5.0] * len(plus30) + [-4.5, 1.5, 1.5]),
        tuple(moments),
        open_,
    )


CURE_90 = Open(0.0, 0.02, 0.1, "chance a month that a loan 90 days late is cured: not published")


def peers_plan(case: Case) -> Plan:
    """Return the plan of the listed lenders: Lexin's path of 90 to 179 days, ladders, ratings."""
    stocks = rows_of(case, "delinquency_90_180_rate", "lexin", until="2021-12-31")
    other = rows_of(case, "delinquency_90_180_rate", "360", until="2021-12-31")
    balance = rows_of(case, "outstanding_balance", "lexin", until="2021-12-31")
    gap = month_index(balance["date"].iloc[-1]) - month_index(balance["date"].iloc[0])
    ratio = float(balance["value"].iloc[-1] / balance["value"].iloc[0])
    shape = _Shape(
        case, 2016 * 12, 72, ratio ** (1 / gap) - 1, _peer_segments(case), tuple(stocks["date"])
    )
    moments = [_stock("90-179 stock, Lexin", row, 3) for row in _each(stocks)]
    moments += [_stock("90-179 stock, 360", row, 3, fitted=False) for row in _each(other)]
    for date in rows_of(case, "nonaccrual", "lexin", since="2019")["date"]:
        moments += _peer_rolls(date, fitted=True, only_date=True)
    moments.append(_early_repayment(shape.first, shape.months))
    return Plan(
        lambda theta, fixed: shape.process(theta, PEER_WAIT, fixed["cure_90"]),
        np.array([-5.0] * len(stocks) + [-4.5, 1.5, 1.5]),
        tuple(moments),
        {"cure_90": CURE_90},
    )


def month_index(date: pd.Timestamp) -> int:
    """Return months since the year 0."""
    return date.year * 12 + date.month - 1


def _each(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows.iloc[[place]] for place in range(len(rows))]


def _stock(name: str, row: pd.DataFrame, worst_from: int, fitted: bool = True) -> Moment:
    date = row["date"].iloc[0]
    return moment(f"{name} {date:%Y-%m}", row, Stock(date, worst_from), fitted=fitted)


def _ladder(case: Case, lender: str, bucket: str) -> pd.DataFrame:
    return rows_of(case, "receivables_by_days_past_due", f"{lender} {bucket}")


def _peer_rolls(date: pd.Timestamp, fitted: bool, only_date: bool = False) -> list[Moment]:
    """60-89 over 30-59 and 90+ over 60-89 days of Lexin's ladders; the range over its years."""
    case = CN("cn_peers")
    ladders = [_ladder(case, "lexin", "30-59"), _ladder(case, "lexin", "60-89")]
    joined = ladders[1].merge(ladders[0], on="date", suffixes=("", "_before"))
    ratio = joined["value"] / joined["value_before"]
    rows = pd.concat(ladders)
    rows = rows[rows["date"].isin(joined["date"])].assign(unit="decimal")
    here = ratio[joined["date"] == date] if only_date else ratio
    if here.empty:
        return []
    target, margin = float(here.mean()), 0.1
    bounds = (min(ratio.min(), target - margin), max(ratio.max(), target + margin))
    return [moment("60-89 over 30-59 days", rows, Bucket(date, 2, 1), target, bounds, None, fitted)]


def _early_repayment(first: int, months: int) -> Moment:
    """The share repaid early, over instalments; the range that over ratings."""
    case = CN("cn_peers")
    due = rows_of(case, "amount_due")
    early = rows_of(case, "paid_off_early_share_of_due")
    both = early.merge(due[["segment", "value"]], on="segment", suffixes=("", "_due"))
    terms = both[both["segment"].str.startswith("instalment")]
    ratings = both[both["segment"].str.startswith("rating")]
    start, end = (pd.Timestamp(year=(first + k) // 12, month=(first + k) % 12 + 1, day=28)
                  for k in (0, months - 18))  # fmt: skip
    last = pd.Timestamp(year=(first + months) // 12, month=(first + months) % 12 + 1, day=1)
    reading = Ended(STATES["prepaid"], last + pd.offsets.MonthEnd(0), start, end)
    return moment(
        "repaid early, of loans run off", terms, reading,
        mean_value(terms, terms["value_due"]),
        (float(ratings["value"].min()), float(ratings["value"].max())),
    )  # fmt: skip


def _ant_segments(case: Case) -> tuple[Segment, ...]:
    """Huabei and Jiebei: mean size and rate; their shares of the loans from their balances."""
    sizes = {"huabei": case.value("balance_per_user", "huabei", "2020-06-30").value,
             "jiebei": case.value("loan_size_mean", "jiebei", "2018-03-31").value}  # fmt: skip
    daily = case.value("daily_rate", "huabei_most").value
    rates = {"huabei": daily * DAYS_A_YEAR,
             "jiebei": case.value("annual_rate", "jiebei", "2017-12-18").value}  # fmt: skip
    term = int(case.value("loan_term_max_days", "ali_small_loans").value) // DAYS_A_MONTH
    numbers = {name: case.value("consumer_credit_balance", name).value / size
               for name, size in sizes.items()}  # fmt: skip
    return tuple(
        Segment(name, numbers[name] / sum(numbers.values()), size, rates[name], term, product=name)
        for name, size in sizes.items()
    )


def _peer_segments(case: Case) -> tuple[Segment, ...]:
    """The ratings A to F of one lender, whose overdue shares set their effects on the log-odds."""
    due = rows_of(case, "amount_due")
    due = due[due["segment"].str.startswith("rating")]
    overdue = rows_of(case, "overdue_share_of_due").merge(
        due[["segment", "value"]], on="segment", suffixes=("", "_due")
    )
    share = overdue["value_due"] / overdue["value_due"].sum()
    odds = logit(overdue["value"].to_numpy())
    effect = odds - logit(float((overdue["value"] * share).sum()))
    size = case.value("loan_size_mean", "ppdai").value
    rate = case.value("annual_rate", "ppdai").value
    term = round(mean_value(rows_of(case, "term_mean")))
    return tuple(
        Segment(name, float(part), size, rate, term, product="online loan", late=float(late))
        for name, part, late in zip(overdue["segment"], share, effect, strict=True)
    )


PLANS: Mapping[str, object] = {"ant": ant_plan, "cn_peers": peers_plan}
__all__ = ["PLANS", "ant_plan", "month_of", "peers_plan"]
