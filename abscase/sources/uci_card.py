"""Credit-card accounts of a bank in Taiwan, April to September 2005, and default in October.

References
----------
Yeh, I.-C. and Lien, C. (2009). The comparisons of data mining techniques for the predictive
accuracy of probability of default of credit card clients. *Expert Systems with Applications* 36(2),
2473-2480. UCI Machine Learning Repository, *Default of Credit Card Clients*.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.schema import STATES
from abscase.sources.delimited import header_of, readable, scan_named
from abscase.sources.ranges import in_range
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

MONTHS = {
    date(2005, 9, 30): ("PAY_0", "BILL_AMT1"), date(2005, 8, 31): ("PAY_2", "BILL_AMT2"),
    date(2005, 7, 31): ("PAY_3", "BILL_AMT3"), date(2005, 6, 30): ("PAY_4", "BILL_AMT4"),
    date(2005, 5, 31): ("PAY_5", "BILL_AMT5"), date(2005, 4, 30): ("PAY_6", "BILL_AMT6"),
}  # fmt: skip
FIRST, LAST, NEXT = min(MONTHS), max(MONTHS), date(2005, 10, 31)
DEFAULT = ("default.payment.next.month", "default payment next month")
NEEDED = ("ID", "LIMIT_BAL", "AGE", *(name for pair in MONTHS.values() for name in pair))
STATUSES, BUCKET = range(-2, 10), 30
EARLY = "status 1 before September 2005: that month alone shows one month past due"
UNKNOWN = "status unknown, or no balance"
CREDIT = "balance in the holder's favour: 0 taken"
NO_ID, AGAIN = "no account number", "account again: its first row stays"
NOTES = (
    "status 1 (one month past due) stands in September only: before it such accounts hide in the "
    "other states, so the share of 30 days past due jumps; compare 60 days and more",
    "default is the bank's mark that the payment of October 2005 was missed, far wider than a "
    "charge-off; the balance in that row is September's, and accounts without the mark have no row",
    "age counts from April 2005, the first month in the file: no account says when it was opened",
    "the original amount is the credit limit",
)


def read(path: Path, case: str) -> Tape:
    """Read the CSV file (plain or gzip) as a tape of ``case``.

    Notes
    -----
    Status -2 (no use), -1 (paid in full) and 0 (minimum paid) are current; 1 is 30 days past due, 2
    is 60, 3 and more are 90. Six months make six rows of an account.
    """
    with readable(path):
        mark = next((name for name in DEFAULT if name in header_of(path)), DEFAULT[0])
        cells = scan_named(path, (*NEEDED, mark)).rename({mark: "mark"}).collect()
    _check(cells, path.name)
    named = cells.drop_nulls("ID")
    accounts = named.unique("ID", keep="first", maintain_order=True)
    rows = _months(accounts)
    early = ((rows["status"] == 1) & (rows["date"] < LAST)).fill_null(False)
    unknown = rows["state"].is_null() | rows["bill"].is_null()
    kept = rows.filter(~early & ~unknown)
    loan, altered = in_range(_loan(accounts.lazy(), case), "loan")
    rejected = {
        NO_ID: len(MONTHS) * (cells.height - named.height),
        AGAIN: len(MONTHS) * (named.height - accounts.height),
        EARLY: int(early.sum()), UNKNOWN: int((unknown & ~early).sum()),
    }  # fmt: skip
    altered |= {CREDIT: int((kept["bill"] < 0).sum())}
    return Tape(
        loan, _performance(kept, case).lazy(), 1, kept.height + sum(rejected.values()),
        _some(rejected), _some(altered), NOTES,
    )  # fmt: skip


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in counts.items() if count}


def _check(cells: pl.DataFrame, file: str) -> None:
    """Refuse a file of which a column is full of what cannot be a status or a mark."""
    allowed = {name: [str(status) for status in STATUSES] for name, _ in MONTHS.values()}
    faults = []
    for name, words in (allowed | {"mark": ["0", "1"]}).items():
        odd = cells[name].is_not_null() & ~cells[name].is_in(words)
        if int(odd.sum()) * 2 > cells.height:
            row = odd.arg_true()[0]
            rule = f"is not a status of this file (it has {words[0]} to {words[-1]})"
            faults.append(Fault(rule, name, cells[name][row], row + 2, file))
    if faults:
        raise DataFaults(faults)


def _months(accounts: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each account and month, and one for each account in default."""
    parts = [
        accounts.select("ID", "mark", date=pl.lit(day), status=_whole(status), bill=_number(bill))
        for day, (status, bill) in MONTHS.items()
    ]
    status = pl.col("status")
    known = pl.when(status.is_in(list(STATUSES))).then(status.clip(0, STATES["90"]))
    rows = pl.concat(parts).with_columns(
        state=known.cast(pl.Int8), days=pl.when(status > 0).then(status * BUCKET)
    )
    ends = rows.filter(date=LAST).filter(pl.col("mark") == "1").with_columns(
        date=pl.lit(NEXT), state=pl.lit(STATES["default"], pl.Int8), status=None, days=None
    )  # fmt: skip
    return pl.concat([rows, ends], how="vertical_relaxed")


def _performance(rows: pl.DataFrame, case: str) -> pl.DataFrame:
    return rows.select(
        case=pl.lit(case), loan_id="ID", date="date",
        age_months=pl.col("date").dt.month().cast(pl.Int32) - FIRST.month,
        balance_amt=pl.col("bill").clip(0), state="state", days_past_due="days", **_evidence(),
    )  # fmt: skip


def _loan(accounts: pl.LazyFrame, case: str) -> pl.LazyFrame:
    return accounts.select(
        case=pl.lit(case), loan_id="ID", first_date=pl.lit(FIRST), currency=pl.lit("TWD"),
        original_amt=_number("LIMIT_BAL"), product=pl.lit("credit card"), secured=pl.lit(False),
        borrower_age=_number("AGE"), **_evidence(),
    )  # fmt: skip


def _whole(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int32, strict=False)


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64, strict=False)


def _evidence() -> dict[str, pl.Expr]:
    return {"grade": pl.lit("A"), "source_id": pl.lit("panel-uci_card"), "how": pl.lit("read")}


SOURCE = Source(
    "uci_card", "Credit-card accounts in Taiwan, 2005, with default in the next month",
    ("cn_peers", "us_cards"), read,
)  # fmt: skip
