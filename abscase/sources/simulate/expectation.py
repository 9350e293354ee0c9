"""The expected path of a simulated pool: the chain run forward on shares, without a draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.ranges import Array
from abscase.schema import STATES
from abscase.sources.simulate.process import Process, annuity_share

NODES = 3
"""Points of the Gauss-Legendre rule that stand for the distribution of the score."""


@dataclass(frozen=True)
class Expected:
    """Expected shares of the loans ever made, and of their amounts.

    ``count`` and ``amount`` have the axes state (as coded in the schema; ends are cumulative),
    cohort, segment and month. ``amount`` is in the segment's mean amounts; an end carries the
    balance with which it came.
    """

    count: Array
    amount: Array


@dataclass
class _Now:
    """The pool at one age: the axes are cohort and kind of loan (``bad``: months there first)."""

    current: Array
    late: list[Array]
    bad: Array
    bad_amount: Array
    ends: Array
    end_amounts: Array

    def first(self, cohorts: int) -> None:
        """Keep the first cohorts only: the others have come to the end of the window."""
        self.current, self.late = self.current[:cohorts], [part[:cohorts] for part in self.late]
        self.bad, self.bad_amount = self.bad[:, :cohorts], self.bad_amount[:, :cohorts]
        self.ends, self.end_amounts = self.ends[:, :cohorts], self.end_amounts[:, :cohorts]


def expected(process: Process) -> Expected:
    """Return the expected path of a process; exact up to the rule over the scores."""
    sizes, effects, shares, owner = _kinds(process)
    balance = _balances(process)[owner]
    terms = np.array([each.term or process.months + 9 for each in process.segments])[owner]
    start = process.weights[:, None] * shares
    now = _Now(
        start, [np.zeros_like(start)] * 2, *np.zeros((2, process.wait, *start.shape)),
        *np.zeros((2, 3, *start.shape)),
    )  # fmt: skip
    cohorts, segments = len(process.weights), len(process.segments)
    path = np.zeros((2, len(STATES), cohorts, segments, process.months + 1))
    for age in range(process.months + 1):
        month = process.cohorts + age
        there = int((month <= process.months).sum())
        now.first(there)
        if age:
            _step(process, now, age, month[:there], effects, balance, terms)
        living = [now.current, *now.late]
        worth = [part * balance[:, max(age - behind, 0)] for behind, part in enumerate(living)]
        stocks = np.array([
            [*living, now.bad.sum(0), *now.ends],
            [*worth, now.bad_amount.sum(0), *now.end_amounts],
        ])  # fmt: skip
        by_segment = stocks.reshape(2, len(STATES), there, segments, -1).sum(-1)
        path[:, :, np.arange(there), :, month[:there]] = np.moveaxis(by_segment, 2, 0)
    return Expected(path[0], path[1] * sizes[:, None])


def _kinds(process: Process) -> tuple[Array, Array, Array, np.ndarray]:
    """Return segment sizes; log-odds (late, prepay), shares and segment of each kind of loan."""
    segments, score = process.segments, process.score
    points, weights = np.array([0.0]), np.array([1.0])
    if score is not None and score.late:
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        weights = weights / 2
        points = (score.at((nodes + 1) / 2) - score.mean) / score.sd * score.late
    owner = np.repeat(np.arange(len(segments)), len(points))
    late = np.array([each.late for each in segments])[owner] + np.tile(points, len(segments))
    prepay = np.array([each.prepay for each in segments])[owner]
    shares = np.array([each.share for each in segments])[owner] * np.tile(weights, len(segments))
    sizes = np.array([each.amount for each in segments])
    return sizes, np.exp([late, prepay]), shares, owner


def _balances(process: Process) -> Array:
    """Return the balance, as a share of the amount, by segment and instalments paid."""
    paid = np.arange(process.months + 1)
    return np.array([
        np.ones(len(paid)) if each.term is None
        else annuity_share(np.minimum(paid, each.term), each.rate, each.term)
        for each in process.segments
    ])  # fmt: skip


def _step(
    process: Process, now: _Now, age: int, month: np.ndarray, effects: Array, balance: Array,
    terms: np.ndarray,
) -> None:  # fmt: skip
    """Move the pool from one age to the next, in place."""
    odds = process.odds(np.arange(len(month)), age, month)
    late, prepay = odds[0][:, None] * effects[0], odds[1][:, None] * effects[1]
    total = 1 + late + prepay
    over = age > terms
    roll = [np.where(over, 1 - process.cure[k], process.roll[k]) for k in range(2)]
    into_30, repaid = now.current * late / total, now.current * prepay / total
    cured = sum(now.late[k] * process.cure[k] for k in range(2)) + now.bad.sum(0) * process.cure[2]
    into_60, into_90 = now.late[0] * roll[0], now.late[1] * roll[1]
    left = now.current - into_30 - repaid + cured
    mature = age >= terms
    now.late = [
        now.late[0] * (1 - process.cure[0] - roll[0]) + into_30,
        now.late[1] * (1 - process.cure[1] - roll[1]) + into_60,
    ]
    now.current = np.where(mature, 0.0, left)
    entered = into_90 * balance[:, max(age - 3, 0)]
    gone, gone_amount = _age_bad(process, now, into_90, entered)
    now.ends = now.ends + np.array([gone, repaid, np.where(mature, left, 0.0)])
    repaid_amount = repaid * balance[:, age - 1]
    now.end_amounts = now.end_amounts + np.array([gone_amount, repaid_amount, 0 * left])


def _age_bad(process: Process, now: _Now, entered: Array, amount: Array) -> tuple[Array, Array]:
    """Age the loans 90 days late by a month, and return those written off and their balance."""
    written = []
    for part, new in ((now.bad, entered), (now.bad_amount, amount)):
        kept = part * (1 - process.cure[2])
        off = np.minimum(part[-1] * process.write_off, kept[-1])
        last = kept[-1] - off
        part[1:] = kept[:-1]
        part[0] = new
        part[-1] += last
        written.append(off)
    return written[0], written[1]
