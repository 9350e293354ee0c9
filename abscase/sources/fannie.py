"""Fannie Mae's Single-Family Loan Performance Data, in its older and its current layout.

Files are divided by ``|`` and have no header.

- **Older**: an acquisition file (25 fields) and a performance file (31 fields) of one quarter. Give
  either: the other must stand beside it under the name in which *Acquisition* and *Performance*
  change places. Or give a folder that holds such pairs.
- **Current**: one file a quarter with both (108 fields; 110 since 2021 and 113 since 2025). Give
  the file, or a folder of them.

References
----------
Fannie Mae, *Single-Family Loan Performance Dataset and Credit Risk Transfer: Glossary and File
Layout*, and *Single-Family Loan Performance Data: Glossary* (older layout).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.sources.agency import ENDS, NOTES, code, days_late, facts
from abscase.sources.delimited import NONE, Layout, count_rows, layout_of, readable, scan_fields
from abscase.sources.histories import History, history, joined, month_end, once, tape
from abscase.sources.pairs import pair_files, pairs
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

EVIDENCE = {"grade": "A", "source_id": "panel-fannie", "how": "read"}
WORDS = (("acquisition", "performance"),)
MONTH, DIGITS = r"(0[1-9]|1[0-2])/(19|20)\d\d", r"\d{8,14}"
COSTS = tuple(f"cost_{place}" for place in range(1, 6))
PROCEEDS = tuple(f"proceeds_{place}" for place in range(1, 5))

ACQUISITION = Layout(
    "acquisition file", (25,),
    {"loan_id": 1, "orig_date": 7, "property": 16, "occupancy": 18, "state": 19, "product": 22},
    {"orig_rate": 4, "original": 5, "term": 6, "ltv": 9, "dti": 12, "score": 13},
    {"loan_id": DIGITS, "orig_date": MONTH, "state": "([A-Z]{2})?"},
)  # fmt: skip
PERFORMANCE = Layout(
    "performance file", (31,), {"loan_id": 1, "period": 2, "late": 11, "code": 13},
    {"rate": 4, "balance": 5, "left": 7, "left_amt": NONE}
    | {name: 18 + place for place, name in enumerate((*COSTS, *PROCEEDS))},
    {"loan_id": DIGITS, "period": r"\d\d/01/\d{4}"},
)  # fmt: skip
COMBINED = Layout(
    "current file", range(108, 114),
    {"loan_id": 2, "period": 3, "orig_date": 14, "property": 28, "occupancy": 30, "state": 31,
     "product": 35, "late": 40, "code": 44},
    {"orig_rate": 8, "rate": 9, "original": 10, "balance": 12, "term": 13, "left": 17, "ltv": 20,
     "dti": 23, "score": 24, "left_amt": 46}
    | {name: 54 + place for place, name in enumerate((*COSTS, *PROCEEDS))},
    {"loan_id": DIGITS, "period": r"(0[1-9]|1[0-2])(19|20)\d\d", "state": "([A-Z]{2})?"},
)  # fmt: skip


def read(path: Path, case: str) -> Tape:
    """Read a file of either layout, the pair it belongs to, or a folder of them, as a tape.

    Notes
    -----
    In a loan's first months Fannie Mae gives no balance: the original amount stands in for it. A
    loan's age counts from its month of origination, so that a modification does not reset it. The
    score is the borrower's own, not that of a co-borrower.
    """
    loans, histories = [], []
    for first, second in pairs(path, WORDS):
        with readable(second or first):
            loan, found = _pair(first, second) if second else _combined(first)
        loans.append(loan)
        histories.append(found)
    return tape(loans, histories, EVIDENCE | {"case": case}, NOTES)


def _pair(first: Path, second: Path) -> tuple[pl.LazyFrame, History]:
    cells, _ = _cells(first, ACQUISITION)
    listed, again = once(cells)
    loans = _loans(listed, "%m/%Y")
    cells, total = _cells(second, PERFORMANCE)
    rows = joined(_rows(cells, "%m/%d/%Y"), loans)
    return loans, history(rows, ENDS, total, again)


def _cells(path: Path, layout: Layout) -> tuple[pl.LazyFrame, int]:
    found, fields = layout_of(path, (layout,))
    return scan_fields(path, found, fields), count_rows(path, fields)


def _combined(path: Path) -> tuple[pl.LazyFrame, History]:
    layout, _ = layout_of(path, (ACQUISITION, PERFORMANCE, COMBINED))
    if layout is not COMBINED:
        fix = "name the two files alike but for Acquisition and Performance"
        rule = f"is a Fannie Mae {layout.name} whose name does not say where the other one is"
        raise DataFaults([Fault(rule, file=path.name, fix=fix)])
    cells, total = _cells(path, COMBINED)
    listed = cells.filter(pl.col("loan_id").is_not_null()).unique("loan_id", keep="first")
    made = {"orig_month": month_end("orig_date", "%m%Y"), "original_amt": pl.col("original")}
    rows = _rows(cells.with_columns(**made), "%m%Y")
    return _loans(listed, "%m%Y"), history(rows, ENDS, total)


def _loans(listed: pl.LazyFrame, form: str) -> pl.LazyFrame:
    return listed.select(
        "loan_id", orig_date=month_end("orig_date", form), original_amt="original",
        term_months="term", region="state", score="score", ltv=pl.col("ltv") / 100,
        dti=pl.col("dti") / 100, **facts(),
    )  # fmt: skip


def _rows(cells: pl.LazyFrame, form: str) -> pl.LazyFrame:
    settled = pl.any_horizontal(pl.col(*COSTS, *PROCEEDS).is_not_null())
    net = pl.sum_horizontal(PROCEEDS) - pl.sum_horizontal(COSTS)
    return cells.with_columns(
        month=month_end("period", form), days_late=days_late(), months_left="left",
        code=code(), rate=pl.col("rate") / 100,
        recovery_amt=pl.when(settled).then(net),
    )  # fmt: skip


SOURCE = Source(
    "fannie", "Fannie Mae single-family loan performance, both layouts", ("us_prime",), read,
    folders=True, files=partial(pair_files, words=WORDS), apart=True,
)  # fmt: skip
