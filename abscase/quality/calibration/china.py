"""How the Chinese cases are calibrated: Ant's path of arrears, its peers' ladders and tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from abscase.case import Case, load_case
from abscase.quality.calibration.moments import Bucket, Ended, Growth, Moment
from abscase.quality.calibration.plan import Open, Plan, path_through
from abscase.quality.calibration.rows import (
    each_row,
    mean_value,
    moment,
    months_of,
    rows_of,
    stock,
)
from abscase.ranges import Array
from abscase.schema import STATES
from abscase.sources.simulate import Process, Segment

WAIT = Open(3, 6, 24, "months at 90 days or more before a write-off: no source tells Ant's")
CURE_90 = Open(0.0, 0.02, 0.1, "chance a month that a loan 90 days late is cured: not published")
PEER_WAIT = 3
"""Months from 90 to 180 days past due, at which the listed lenders charge a loan off."""
DAYS_A_MONTH, DAYS_A_YEAR = 30, 365
FIRST = 2016 * 12
ROLL_MARGIN = 0.1
"""Least half width of a roll rate taken over from other lenders: their ladders are yearly."""


@dataclass(frozen=True)
class _Shape:
    """What the two plans share: calendar, growth a month, segments, ends of the steps."""

    case: Case
    months: int
    growth: float
    segments: tuple[Segment, ...]
    until: list[int]

    def process(self, theta: Array, wait: int, cure_90: float) -> Process:
        """Parameters: log-odds of 30 days late for each step, of early repayment, two rolls."""
        number, zero = len(self.until), np.zeros(self.months + 1)
        weights = (1 + self.growth) ** np.arange(self.months + 1, dtype=float)
        rolls = expit(theta[number + 1 :])
        return Process(
            self.case.name, self.case.currency, f"simulated-{self.case.name}", FIRST, self.months,
            1, weights / weights.sum(), self.segments, path_through(theta[:number], self.until,
            self.months), zero + theta[number], zero, zero, zero, zero,
            (float(rolls[0]), float(rolls[1])), (*(1 - rolls).tolist(), cure_90), wait, 1.0,
        )  # fmt: skip


def ant_plan(case: Case) -> Plan:
    """Return the plan of Ant: stocks of 30+ and 90+, growth, rolls and repayment of its peers."""
    plus30, plus90 = (rows_of(case, f"delinquency_{days}plus_rate", "all") for days in (30, 90))
    balance = rows_of(case, "consumer_credit_balance", "all")
    growth, ratio = _growth(balance)
    ends = balance.iloc[[0, -1]]
    until = months_of(plus30, FIRST)
    shape = _Shape(case, months_of(ends, FIRST)[-1], growth, _ant_segments(case), until)
    moments = [stock("30+ stock", row, 1) for row in each_row(plus30)]
    moments += [stock("90+ stock", row, 3) for row in each_row(plus90)]
    reading = Growth(ends["date"].iloc[0], ends["date"].iloc[1])
    # The early balance is printed as "at least": the growth is at most this.
    moments.append(
        moment("balance growth", ends.assign(unit="times"), reading, ratio,
               (ratio * 0.9, ratio * 1.01), fitted=False)
    )  # fmt: skip
    # That Ant's loans roll and are repaid early as those of other lenders is assumed.
    taken_over = (_peer_roll(case, plus90["date"].iloc[-1]), _early_repayment(case, shape.months))
    moments += [replace(each, grade="C") for each in taken_over]
    return Plan(
        lambda theta, fixed: shape.process(theta, round(fixed["wait"]), fixed["cure_90"]),
        np.array([-6.0, -5.7, -5.6, -5.1, -4.7, -4.5, 1.6, 2.7]), tuple(moments),
        {"wait": WAIT, "cure_90": CURE_90},
    )  # fmt: skip


def peers_plan(case: Case) -> Plan:
    """Return the plan of the listed lenders: Lexin's path of 90 to 179 days and its ladders."""
    bad, other = (
        rows_of(case, "delinquency_90_180_rate", name, until="2021-12-31")
        for name in ("lexin", "360")
    )
    growth, _ = _growth(rows_of(case, "outstanding_balance", "lexin", until="2021-12-31"))
    until = months_of(bad, FIRST)
    shape = _Shape(case, until[-1], growth, _peer_segments(case), until)
    moments = [stock("90-179 stock, Lexin", row, 3) for row in each_row(bad)]
    moments += [stock("90-179 stock, 360", row, 3, fitted=False) for row in each_row(other)]
    moments += [_peer_roll(case, pd.Timestamp("2019-12-31")), _early_repayment(case, shape.months)]
    return Plan(
        lambda theta, fixed: shape.process(theta, PEER_WAIT, fixed["cure_90"]),
        np.array([-4.8, -4.5, -4.7, -4.6, -4.3, -4.6, -3.5, -4.3, 1.7, 2.4]),
        tuple(moments), {"cure_90": CURE_90},
    )  # fmt: skip


def _growth(balance: pd.DataFrame) -> tuple[float, float]:
    """Return the growth a month between the first and the last row, and the ratio of the two."""
    early, late = months_of(balance.iloc[[0, -1]], 0)
    ratio = float(balance["value"].iloc[-1] / balance["value"].iloc[0])
    return ratio ** (1 / (late - early)) - 1, ratio


def _peer_roll(case: Case, date: pd.Timestamp) -> Moment:
    """60-89 over 30-59 days in Lexin's yearly ladders: their mean, and the range over years."""
    peers = load_case("cn_peers", case.root)
    younger, older = (
        rows_of(peers, "receivables_by_days_past_due", f"lexin {bucket}")
        for bucket in ("30-59", "60-89")
    )
    both = older.merge(younger[["date", "value", "ref"]], on="date", suffixes=("", "_younger"))
    ratio = both["value"] / both["value_younger"]
    target = float(ratio.mean())
    bounds = (min(ratio.min(), target - ROLL_MARGIN), max(ratio.max(), target + ROLL_MARGIN))
    rows = both.assign(unit="decimal", ref=both["ref"] + ", " + both["ref_younger"])
    return moment("60-89 over 30-59 days, Lexin", rows, Bucket(date, 2, 1), target, bounds)


def _early_repayment(case: Case, months: int) -> Moment:
    """The share repaid early in a lender's tables, over instalments; the range over ratings."""
    peers = load_case("cn_peers", case.root)
    due = rows_of(peers, "amount_due")[["segment", "value"]]
    early = rows_of(peers, "paid_off_early_share_of_due")
    both = early.merge(due, on="segment", suffixes=("", "_due"))
    terms = both[both["segment"].str.startswith("instalment")]
    ratings = both[both["segment"].str.startswith("rating")]["value"]
    start, run_off, end = (_month_end(FIRST + month) for month in (0, months - 18, months))
    reading = Ended(STATES["prepaid"], end, start, run_off)
    return moment(
        "repaid early, of loans run off", terms, reading, mean_value(terms, terms["value_due"]),
        (float(ratings.min()), float(ratings.max())),
    )  # fmt: skip


def _month_end(month: int) -> pd.Timestamp:
    return pd.Timestamp(month // 12, month % 12 + 1, 1) + pd.offsets.MonthEnd(0)


def _ant_segments(case: Case) -> tuple[Segment, ...]:
    """Huabei and Jiebei: mean size and rate; their shares of the loans from their balances."""
    daily = case.value("daily_rate", "huabei_most").value
    rates = {"huabei": daily * DAYS_A_YEAR,
             "jiebei": case.value("annual_rate", "jiebei", "2017-12-18").value}  # fmt: skip
    sizes = {"huabei": case.value("balance_per_user", "huabei", "2020-06-30").value,
             "jiebei": case.value("loan_size_mean", "jiebei", "2018-03-31").value}  # fmt: skip
    numbers = {name: case.value("consumer_credit_balance", name).value / size
               for name, size in sizes.items()}  # fmt: skip
    term = int(case.value("loan_term_max_days", "ali_small_loans").value) // DAYS_A_MONTH
    return tuple(
        Segment(name, numbers[name] / sum(numbers.values()), size, rates[name], term, product=name)
        for name, size in sizes.items()
    )


def _peer_segments(case: Case) -> tuple[Segment, ...]:
    """The ratings A to F of one lender, whose overdue shares set their effects on the log-odds."""
    due = rows_of(case, "amount_due")[["segment", "value"]]
    overdue = rows_of(case, "overdue_share_of_due").merge(due, on="segment", suffixes=("", "_due"))
    overdue = overdue[overdue["segment"].str.startswith("rating")]
    share = overdue["value_due"] / overdue["value_due"].sum()
    effect = logit(overdue["value"]) - logit(float((overdue["value"] * share).sum()))
    size = case.value("loan_size_mean", "ppdai").value
    rate = case.value("annual_rate", "ppdai").value
    term = round(mean_value(rows_of(case, "term_mean")))
    return tuple(
        Segment(name, float(part), size, rate, term, product="online loan", late=float(late))
        for name, part, late in zip(overdue["segment"], share, effect, strict=True)
    )
