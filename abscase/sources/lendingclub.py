"""LendingClub's accepted loans (``LoanStats`` or ``accepted_2007_to_2018Q4.csv``).

The file has the last status of each loan and no monthly history. The performance of a tape of it is
therefore **one row for each loan**, the last that is known of it:

- *fully paid*: in the month of the last payment, prepaid, or matured where the term had run; the
  balance that left is the last payment;
- *charged off*: five months after the last payment (LendingClub charges off at 150 days past due;
  the file has no date), at the latest in the file's last month. The balance that left is the
  principal never repaid, the recovery is net of the collection fee: both are in the file;
- any other: in the last month in which any loan of the file paid, with the principal outstanding.

So the file gives ever-default, loss and repayment by vintage and grade; it gives no roll rates.

References
----------
LendingClub, *LCDataDictionary*, sheet *LoanStats*.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.schema import STATES
from abscase.sources.codes import decoded
from abscase.sources.delimited import first_lines, readable, scan_named
from abscase.sources.histories import months_between
from abscase.sources.ranges import in_range
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

NEEDED = ("id", "funded_amnt", "term", "int_rate", "grade", "annual_inc", "issue_d", "loan_status",
          "addr_state", "dti", "fico_range_low", "fico_range_high", "out_prncp", "total_rec_prncp",
          "recoveries", "collection_recovery_fee", "last_pymnt_d", "last_pymnt_amnt")  # fmt: skip
OUTSIDE = "Does not meet the credit policy. Status:"
PAID, LOST = "Fully Paid", "Charged Off"
LATE = {"Issued": 0, "Current": 0, "In Grace Period": 1, "Late (16-30 days)": 16,
        "Late (31-120 days)": 31, "Default": 121}  # fmt: skip
"""The least days past due that a status can mean."""
CHARGE_OFF, NO_DTI, BUCKET = 5, 999, 30
FOOTER, NO_DATE = "line without an amount: a footer", "no month of issue"
UNKNOWN = "status that the dictionary does not list"
NOTES = (
    "one row for each loan, its last: no monthly history, no roll rates; previous_state is empty",
    "the month of a charge-off is inferred: five months after the last payment",
    "31 to 120 days past due stand as 30, the least that the status can mean",
)


def read(path: Path, case: str) -> Tape:
    """Read the CSV file (plain or gzip) as a tape of ``case``."""
    skip = int(first_lines(path)[0].startswith("Notes offered by Prospectus"))
    with readable(path):
        cells = scan_named(path, NEEDED, skip=skip).with_row_index("row", 1)
        made = _made(cells)
        faults = _faults()
        facts = made.select(
            pl.len(), pl.col("paid_month").max().alias("last"),
            *(wrong.sum().alias(reason) for reason, wrong in faults.items()),
        ).collect(engine="streaming").row(0, named=True)  # fmt: skip
        last: date | None = facts["last"]
        if last is None:
            raise DataFaults([Fault("no loan has a month of last payment such as 'Jan-2016'",
                                    "last_pymnt_d", file=path.name)])  # fmt: skip
        kept = made.filter(~pl.any_horizontal(*faults.values()))
        loan, altered = in_range(_loan(kept, case), "loan")
    rejected = {reason: int(facts[reason]) for reason in faults if facts[reason]}
    notes = (*NOTES, f"loans that still run stand in {last:%Y-%m}, the last month of the file")
    performance = _performance(kept, last, case)
    return Tape(loan, performance, 1, int(facts["len"]), rejected, altered, notes)


def _made(cells: pl.LazyFrame) -> pl.LazyFrame:
    """Give the cells their types; a loan whose number was blanked out gets that of its row."""
    money = ("funded_amnt", "annual_inc", "fico_range_low", "fico_range_high", "out_prncp",
             "total_rec_prncp", "recoveries", "collection_recovery_fee",
             "last_pymnt_amnt", "dti")  # fmt: skip
    status = pl.col("loan_status").str.strip_prefix(OUTSIDE).str.strip_chars()
    known = status.is_in([*LATE, PAID, LOST])
    return cells.with_columns(
        *(pl.col(name).cast(pl.Float64, strict=False) for name in money),
        pl.coalesce("id", pl.format("row {}", "row")).alias("loan_id"),
        status=pl.when(known).then(status),
        term=pl.col("term").str.extract(r"(\d+)").cast(pl.Float64),
        rate=pl.col("int_rate").str.strip_suffix("%").cast(pl.Float64, strict=False) / 100,
        issued=_month("issue_d"), paid_month=_month("last_pymnt_d"),
    )  # fmt: skip


def _month(name: str) -> pl.Expr:
    return (pl.lit("01-") + pl.col(name)).str.to_date("%d-%b-%Y", strict=False).dt.month_end()


def _faults() -> dict[str, pl.Expr]:
    footer, undated = pl.col("funded_amnt").is_null(), pl.col("issued").is_null()
    return {
        FOOTER: footer, NO_DATE: ~footer & undated,
        UNKNOWN: ~footer & ~undated & pl.col("status").is_null(),
    }  # fmt: skip


def _performance(loans: pl.LazyFrame, last: date, case: str) -> pl.LazyFrame:
    paid, lost = pl.col("status") == PAID, pl.col("status") == LOST
    seen = pl.coalesce("paid_month", "issued")
    off = seen.dt.offset_by(f"{CHARGE_OFF}mo").dt.month_end()
    unpaid = (pl.col("funded_amnt") - pl.col("total_rec_prncp")).clip(0)
    recovered = pl.col("recoveries").fill_null(0) - pl.col("collection_recovery_fee").fill_null(0)
    days = decoded("status", LATE, kind=pl.Int32)
    rows = loans.with_columns(
        date=pl.when(paid).then(seen).when(lost).then(pl.min_horizontal(off, pl.lit(last)))
        .otherwise(pl.lit(last)),
        balance_amt=pl.when(paid).then("last_pymnt_amnt").when(lost).then(unpaid)
        .otherwise("out_prncp").fill_null(0).clip(0),
        recovery_amt=pl.when(lost).then(recovered), days_past_due=pl.when(days > 0).then(days),
        days=days,
    ).with_columns(age_months=months_between("date", "issued"))  # fmt: skip
    repaid = pl.when(pl.col("age_months") >= pl.col("term")).then(STATES["matured"]).otherwise(
        STATES["prepaid"]
    )  # fmt: skip
    state = pl.when(paid).then(repaid).when(lost).then(STATES["default"]).otherwise(
        (pl.col("days") // BUCKET).clip(0, STATES["90"])
    )  # fmt: skip
    return rows.select(
        "loan_id", "date", "age_months", "balance_amt", "days_past_due", "rate", "recovery_amt",
        case=pl.lit(case), state=state.cast(pl.Int8),
        loss_amt=pl.when(lost).then(pl.col("balance_amt") - pl.col("recovery_amt")),
        **_evidence(pl.when(lost).then(pl.lit("inferred")).otherwise(pl.lit("read"))),
    )  # fmt: skip


def _loan(loans: pl.LazyFrame, case: str) -> pl.LazyFrame:
    outside = pl.col("loan_status").str.starts_with(OUTSIDE)
    return loans.select(
        "loan_id", case=pl.lit(case), orig_date="issued", currency=pl.lit("USD"),
        original_amt="funded_amnt", term_months="term", orig_rate="rate",
        rate_type=pl.lit("fixed"), product=pl.lit("online consumer loan"), segment="grade",
        region="addr_state", secured=pl.lit(False),
        score=(pl.col("fico_range_low") + pl.col("fico_range_high")) / 2,
        dti=pl.when(pl.col("dti") != NO_DTI).then(pl.col("dti") / 100), income_amt="annual_inc",
        **_evidence(pl.lit("read")),
        note=pl.when(outside).then(pl.lit("did not meet the lender's credit policy")),
    )  # fmt: skip


def _evidence(how: pl.Expr) -> dict[str, pl.Expr]:
    return {"grade": pl.lit("A"), "source_id": pl.lit("panel-lendingclub"), "how": how}


SOURCE = Source("lendingclub", "LendingClub accepted loans: last status only", ("us_cards",), read)
