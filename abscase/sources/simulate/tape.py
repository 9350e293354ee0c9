"""Drawn loans in the columns of the tables ``loan`` and ``performance``, as Arrow tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from abscase.sources.simulate.histories import DEFAULT, Histories, Loans
from abscase.sources.simulate.process import Process, annuity_share

GRADE = "B"
"""A simulated row is never measured: the grade is no argument."""
RECOVERY_SPREAD = 0.25
DAYS = 30


def month_end(month: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
    """Return the last day of months counted since the year 0."""
    since_1970 = (np.asarray(month) - 1970 * 12).astype("datetime64[M]")
    ends = (since_1970 + 1).astype("datetime64[D]").astype(np.int64) - 1
    return ends.astype("datetime64[D]")


def constant(text: str | None, rows: int) -> pa.Array:
    """Return a text column of one value."""
    if text is None:
        return pa.nulls(rows, pa.string())
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [text])


def loan_ids(first: int, number: int) -> pa.Array:
    """Return the names of loans: their number with leading zeros, so that text sorts as number."""
    return pa.array([f"{each:011d}" for each in range(first, first + number)], pa.string())


def loan_table(process: Process, cohort: int, first: int, loans: Loans) -> pa.Table:
    """Return the loans of a cohort in the table ``loan``; ``first`` is the first loan's number."""
    rows = len(loans.amount)
    made = month_end(process.first + process.cohorts[cohort])

    def words(name: str) -> pa.Array:
        choices = [getattr(each, name) or None for each in process.segments]
        return pa.array(choices, pa.string()).take(pa.array(loans.segment))

    def numbers(name: str) -> pa.Array:
        choices = [getattr(each, name) for each in process.segments]
        return pa.array(choices, pa.float64()).take(pa.array(loans.segment))

    return pa.table({
        "case": constant(process.case, rows), "loan_id": loan_ids(first, rows),
        "orig_date": pa.array(np.full(rows, made)), "first_date": pa.array(np.full(rows, made)),
        "currency": constant(process.currency, rows), "original_amt": loans.amount,
        "term_months": pa.array(
            loans.term.astype(float), mask=loans.term == 0, type=pa.float64()
        ),
        "orig_rate": numbers("rate"), "product": words("product"), "segment": words("name"),
        "region": words("region"), "secured": pa.array(np.full(rows, process.secured)),
        "score": pa.nulls(rows, pa.float64()) if loans.score is None else pa.array(loans.score),
        "ltv": numbers("ltv"), "dti": numbers("dti"),
        "grade": constant(GRADE, rows), "source_id": constant(process.source_id, rows),
        "how": constant("computed", rows),
    })  # fmt: skip


def performance_table(
    process: Process, cohort: int, first: int, loans: Loans, rows: Histories,
    rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """Return the months of a cohort's loans in the table ``performance``."""
    number = len(rows.loan)
    ends = month_end(process.first + process.cohorts[cohort] + np.arange(process.months + 1))
    before = np.empty_like(rows.state)
    before[1:] = rows.state[:-1]
    balance = _balance(loans, rows)
    lost, recovered = _loss(process, cohort, rows, balance, rng)
    live = rows.state <= DEFAULT
    return pa.table({
        "case": constant(process.case, number),
        "loan_id": pa.DictionaryArray.from_arrays(rows.loan, loan_ids(first, len(loans.amount))),
        "date": pa.array(ends[rows.age]), "age_months": rows.age, "balance_amt": balance,
        "state": rows.state, "previous_state": pa.array(before, mask=rows.age == 0),
        "days_past_due": np.where(live, rows.behind * DAYS, 0).astype(np.int16),
        "loss_amt": lost, "recovery_amt": recovered,
        "grade": constant(GRADE, number),
        "source_id": constant(process.source_id, number),
    })  # fmt: skip


def _balance(loans: Loans, rows: Histories) -> npt.NDArray[np.float64]:
    """The balance after what is paid; that of an early repayment is what was repaid."""
    amount = loans.amount[rows.loan]
    term = loans.term[rows.loan]
    if not term.any():
        return amount
    paid = rows.age - rows.behind - (rows.state == DEFAULT + 1)
    paid = np.clip(paid, 0, term)
    return amount * annuity_share(paid, loans.rate[rows.loan], np.maximum(term, 1))


def _loss(
    process: Process, cohort: int, rows: Histories, balance: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[pa.Array, pa.Array]:  # fmt: skip
    """Loss and recovery of each default: a beta share of the balance about the cohort's LGD."""
    number = len(rows.loan)
    if process.lgd is None:
        return pa.nulls(number, pa.float64()), pa.nulls(number, pa.float64())
    fell = rows.state == DEFAULT
    mean = min(max(float(process.lgd[cohort]), 0.01), 0.99)
    size = mean * (1 - mean) / RECOVERY_SPREAD**2 - 1
    size = max(size, 1.0)
    lost = np.zeros(number)
    lost[fell] = balance[fell] * rng.beta(mean * size, (1 - mean) * size, int(fell.sum()))
    return pa.array(lost, mask=~fell), pa.array(balance - lost, mask=~fell)
