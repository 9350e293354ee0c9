"""Draws of loans: the months of one cohort's loans, all loans at once and month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abscase.schema import STATES
from abscase.sources.simulate.process import Process

DEFAULT, PREPAID, MATURED = STATES["default"], STATES["prepaid"], STATES["matured"]
NONE = np.int8(-1)


@dataclass(frozen=True)
class Loans:
    """Loans of one cohort: their segment, score, terms and effects on the odds."""

    segment: npt.NDArray[np.int16]
    amount: npt.NDArray[np.float64]
    rate: npt.NDArray[np.float64]
    term: npt.NDArray[np.int32]
    late: npt.NDArray[np.float32]
    prepay: npt.NDArray[np.float32]
    score: npt.NDArray[np.float64] | None


@dataclass(frozen=True)
class Histories:
    """Rows of the loans, by loan and age: state, and instalments overdue at the month's end."""

    loan: npt.NDArray[np.int32]
    age: npt.NDArray[np.int16]
    state: npt.NDArray[np.int8]
    behind: npt.NDArray[np.int16]


def draw_loans(process: Process, number: int, rng: np.random.Generator) -> Loans:
    """Draw the loans of a cohort: segment, amount (log-normal about its mean) and score."""
    shares = np.array([each.share for each in process.segments])
    segment = rng.choice(len(shares), number, p=shares / shares.sum()).astype(np.int16)

    def column(name: str) -> npt.NDArray:
        return np.array([float(getattr(each, name) or 0) for each in process.segments])[segment]

    spread = column("amount_spread")
    amount = column("amount") * np.exp(spread * rng.standard_normal(number) - spread**2 / 2)
    late, score = column("late"), None
    if process.score is not None:
        score = process.score.at(rng.random(number))
        late = late + process.score.late * (score - process.score.mean) / process.score.sd
        score = np.round(score)
    return Loans(
        segment, np.maximum(np.round(amount, 2), 1.0), column("rate"),
        column("term").astype(np.int32), np.exp(late).astype(np.float32),
        np.exp(column("prepay")).astype(np.float32), score,
    )  # fmt: skip


def draw_histories(
    process: Process, cohort: int, loans: Loans, rng: np.random.Generator
) -> Histories:
    """Draw the months of the loans of one cohort, from its making to the end of the window."""
    number, start = len(loans.amount), int(process.cohorts[cohort])
    ages = process.months - start
    states = np.full((ages + 1, number), NONE)
    behind = np.zeros((ages + 1, number), dtype=np.int16)
    states[0] = 0
    live = np.arange(number, dtype=np.int32)
    state, overdue = np.zeros(number, np.int8), np.zeros(number, np.int16)
    late, prepay, term = loans.late, loans.prepay, loans.term
    for age in range(1, ages + 1):
        odds = process.odds(cohort, age, start + age)
        chance = rng.random(len(live), dtype=np.float32)
        new, owed = _next(process, age, odds, chance, state, overdue, late, prepay, term)
        states[age, live], behind[age, live] = new, owed
        stays = new < DEFAULT
        if stays.all():
            state, overdue = new, owed
            continue
        live, state, overdue = live[stays], new[stays], owed[stays]
        late, prepay, term = late[stays], prepay[stays], term[stays]
        if not len(live):
            break
    return _rows(states, behind)


def _next(
    process: Process, age: int, odds: list, chance: npt.NDArray, state: npt.NDArray,
    overdue: npt.NDArray, late: npt.NDArray, prepay: npt.NDArray, term: npt.NDArray,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int16]]:  # fmt: skip
    """Return states and instalments overdue one month on."""
    to_30, repay = late * np.float32(odds[0]), prepay * np.float32(odds[1])
    scaled = chance * (1 + to_30 + repay)
    new = (scaled < to_30).astype(np.int8)
    new[(scaled >= to_30) & (scaled < to_30 + repay)] = PREPAID
    owed = (new == 1).astype(np.int16)
    past = np.flatnonzero(state)
    if len(past):
        over = (term[past] > 0) & (age > term[past])
        new[past], owed[past] = _from_late(process, chance[past], state[past], overdue[past], over)
    new[(term > 0) & (age >= term) & (new == 0)] = MATURED
    return new, owed


def _from_late(
    process: Process, chance: npt.NDArray, state: npt.NDArray, overdue: npt.NDArray,
    over: npt.NDArray,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int16]]:  # fmt: skip
    """The same for loans that were past due; ``over`` the term they may not stay at 30 or 60."""
    cure = np.array([0.0, *process.cure])[state]
    roll = np.array([0.0, *process.roll, 0.0])[state]
    bad = state == STATES["90"]
    # At 90 days the loan stays unless it is written off, which cures leave room for.
    off = np.where(overdue - 3 >= process.wait - 1, np.minimum(process.write_off, 1 - cure), 0.0)
    roll = np.where(bad, off, np.where(over, 1 - cure, roll))
    cured = chance < cure
    rolled = ~cured & (chance < cure + roll)
    rolled |= ~cured & (cure + roll >= 1)
    new = np.where(cured, 0, np.where(rolled, state + 1, state)).astype(np.int8)
    worse = bad | rolled
    owed = np.where(cured, 0, np.where(worse, overdue + 1, overdue)).astype(np.int16)
    return new, owed


def _rows(states: npt.NDArray[np.int8], behind: npt.NDArray[np.int16]) -> Histories:
    """Put the months of each loan, which have no gaps, one after the other."""
    there = np.ascontiguousarray((states != NONE).T)
    lengths = there.sum(1)
    loan = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    age = (np.arange(len(loan)) - first).astype(np.int16)
    return Histories(loan, age, states.T[there], behind.T[there])
