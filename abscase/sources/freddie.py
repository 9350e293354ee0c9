"""Freddie Mac's Single-Family Loan-Level Dataset: origination and monthly performance files.

Files are divided by ``|`` and have no header. An origination file has 25 to 32 fields and a
performance file 22 to 35, by release: each release added fields at the end and left those before
them in place. Give either file of a pair: the other must stand beside it under the name that
Freddie Mac gave it (``historical_data_2005Q1.txt`` and ``historical_data_time_2005Q1.txt``,
``sample_orig_2005.txt`` and ``sample_svcg_2005.txt``). Or give a folder that holds such pairs.

References
----------
Freddie Mac, *Single Family Loan-Level Dataset: General User Guide*, file layout and data
dictionary.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.sources.agency import ENDS, NOTES, code, days_late, facts, given
from abscase.sources.delimited import Layout, count_rows, layout_of, readable, scan_fields
from abscase.sources.histories import History, history, joined, month_end, once, streamed, tape
from abscase.sources.pairs import pair_files, pairs
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

EVIDENCE = {"grade": "A", "source_id": "panel-freddie", "how": "read"}
WORDS = (("sample_orig_", "sample_svcg_"), ("historical_data_", "historical_data_time_"),
         ("historical_data1_", "historical_data1_time_"))  # fmt: skip
NO_SCORE, NO_RATIO = 9999, 999
LOAN, MONTH = r"[A-Z]\d\dQ[1-4]\d{5,9}", r"(19|20)\d\d(0[1-9]|1[0-2])"

ORIGINATION = Layout(
    "origination file", range(25, 33),
    {"first_payment": 2, "occupancy": 8, "product": 16, "state": 17, "property": 18,
     "loan_id": 20},
    {"score": 1, "dti": 10, "original": 11, "ltv": 12, "orig_rate": 13, "term": 22},
    {"loan_id": LOAN, "first_payment": MONTH},
)  # fmt: skip
PERFORMANCE = Layout(
    "performance file", range(22, 36),
    {"loan_id": 1, "period": 2, "late": 4, "code": 9},
    {"balance": 3, "left": 6, "rate": 11, "from_insurance": 14, "from_sale": 15, "from_others": 16,
     "expenses": 17, "eltv": 26, "left_amt": 27},
    {"loan_id": LOAN, "period": MONTH},
)  # fmt: skip


def read(path: Path, case: str) -> Tape:
    """Read a pair of files, or a folder of pairs, as a tape.

    Notes
    -----
    The file has no date of origination: it is taken to be two months before the first payment, the
    usual distance. Age counts from it, so that a modification does not reset it.
    """
    loans, histories = [], []
    for first, second in pairs(path, WORDS):
        with readable(second or first):
            loan, found = _pair(first, second)
        loans.append(loan)
        histories.append(found)
    return tape(loans, histories, EVIDENCE | {"case": case}, NOTES)


def scan(path: Path) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Return loans and their history, from a pair of files or a folder of pairs, for one pass.

    For a first look without a panel: nothing is read before the frame is used, and then once. Rows
    are left out as :func:`read` leaves them out, but not counted, and nothing says whether a file
    is cut off or out of order: as they come from Freddie Mac they are sorted by loan and month.
    """
    loans, histories = [], []
    for first, second in pairs(path, WORDS):
        if second is None:
            raise _alone(first)
        loans.append(_loans(once(_fields(first, ORIGINATION))[0]))
        rows = joined(_rows(_fields(second, PERFORMANCE)), loans[-1])
        histories.append(streamed(rows, ENDS))
    return pl.concat(loans), pl.concat(histories)


def _pair(first: Path, second: Path | None) -> tuple[pl.LazyFrame, History]:
    if second is None:
        raise _alone(first)
    cells, _ = _cells(first, ORIGINATION)
    listed, again = once(cells)
    loans = _loans(listed)
    cells, total = _cells(second, PERFORMANCE)
    return loans, history(joined(_rows(cells), loans), ENDS, total, again)


def _alone(file: Path) -> DataFaults:
    layout, _ = layout_of(file, (ORIGINATION, PERFORMANCE))
    rule = f"is a Freddie Mac {layout.name} whose name does not say where the other one is"
    fix = "give the files the names they came with, such as sample_orig_2005.txt"
    return DataFaults([Fault(rule, file=file.name, fix=fix)])


def _cells(path: Path, layout: Layout) -> tuple[pl.LazyFrame, int]:
    _, fields = layout_of(path, (layout,))
    return _fields(path, layout), count_rows(path, fields)


def _fields(path: Path, layout: Layout) -> pl.LazyFrame:
    return scan_fields(path, *layout_of(path, (layout,)))


def _loans(listed: pl.LazyFrame) -> pl.LazyFrame:
    return listed.select(
        "loan_id",
        orig_date=month_end("first_payment", "%Y%m").dt.offset_by("-2mo").dt.month_end(),
        original_amt="original", term_months="term", region="state",
        score=given("score", NO_SCORE), ltv=given("ltv", NO_RATIO) / 100,
        dti=given("dti", NO_RATIO) / 100, **facts(),
    )  # fmt: skip


def _rows(cells: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows for :func:`history`.

    Expenses are negative in some releases and positive in others: their size is what is spent. A
    sale whose proceeds are "C" (covered) or "U" (unknown) has no known recovery.
    """
    got = pl.sum_horizontal("from_insurance", "from_sale", "from_others")
    spent = pl.col("expenses").abs().fill_null(0)
    return cells.with_columns(
        month=month_end("period", "%Y%m"), days_late=days_late(),
        months_left="left", code=code(), rate=pl.col("rate") / 100,
        recovery_amt=pl.when(pl.col("from_sale").is_not_null()).then(got - spent),
        ltv_now=given("eltv", NO_RATIO) / 100,
    )  # fmt: skip


SOURCE = Source(
    "freddie", "Freddie Mac single-family loan level, origination and performance",
    ("us_prime",), read, folders=True, files=partial(pair_files, words=WORDS), apart=True,
)  # fmt: skip
