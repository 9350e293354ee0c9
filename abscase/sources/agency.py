"""What the mortgage tapes of Fannie Mae and Freddie Mac share: their codes and what they mean.

Both count whole months past due, and end a loan by a code of zero balance.
"""

from __future__ import annotations

import polars as pl

from abscase.schema import STATES
from abscase.sources.codes import decoded, filled
from abscase.sources.histories import BUCKET, REMOVED

CREDIT, REPAID = STATES["default"], STATES["prepaid"]
ENDS = {
    "01": REPAID, "02": CREDIT, "03": CREDIT, "06": REMOVED, "09": CREDIT, "15": CREDIT,
    "16": REMOVED, "96": REMOVED, "97": CREDIT, "98": CREDIT,
}  # fmt: skip
"""Codes of zero balance: 01 prepaid or matured, 02 third-party sale, 03 short sale or charge-off,
06 repurchased, 09 deed in lieu or sale of foreclosed property, 15 sale of a non-performing note or
whole loan, 16 sale or securitisation of a reperforming one, 96 removed for another reason (such as
a defect), and at Fannie Mae 97 and 98: removed through a credit event."""
TAKEN = {"R": 3, "RA": 3}
"""Property that the lender has taken and not yet sold: shown as three months past due."""
KINDS = {"SF": "single family", "CO": "condominium", "PU": "planned unit",
         "MH": "manufactured housing", "CP": "co-operative"}  # fmt: skip
NOTES = (
    "default is the month in which the balance went to zero through a credit event; a loan whose "
    "property was taken counts as 90 days past due until then",
    "loss is the balance that left less the net recovery (proceeds less costs); interest lost "
    "while the loan was past due is not in it",
    "days past due are 30 for each month past due: the least that the month can mean",
)


def facts() -> dict[str, pl.Expr]:
    """Return the columns of a loan that both make in the same way from their codes."""
    rates = {"FRM": "fixed", "ARM": "adjustable"}
    return {
        "orig_rate": pl.col("orig_rate") / 100,
        "rate_type": decoded("product", rates, "unknown"),
        "segment": decoded("property", KINDS, "other"),
        "investor": pl.col("occupancy") == "I",
        "secured": pl.lit(True), "currency": pl.lit("USD"), "product": pl.lit("agency mortgage"),
    }  # fmt: skip


def days_late(column: str = "late") -> pl.Expr:
    """Return months past due as days; what is no number of months is empty."""
    cell = pl.col(column).str.strip_chars()
    return decoded(cell, TAKEN, cell.cast(pl.Int32, strict=False)) * BUCKET


def code() -> pl.Expr:
    """Return the code of zero balance in two digits, empty where there is none."""
    return filled("code").str.zfill(2)


def given(name: str, missing: float) -> pl.Expr:
    """Return a column of numbers, empty where it holds the code for missing."""
    return pl.when(pl.col(name) != missing).then(name)
