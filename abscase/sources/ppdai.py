"""Listings of the Chinese online lender Paipaidai (PPDAI, now FinVolution), summer of 2017.

Each row is the last snapshot of a listing: what the borrower asked for, at what rate and term, the
platform's rating, and the borrower's own past. What became of the loan is not in the file, so that
a tape of it has loans and no performance: it gives the marginals of amount, rate, term, rating and
age, and nothing on default.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from abscase.sources.delimited import readable, scan_named
from abscase.sources.ranges import in_range
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

NEEDED = ("listing_id", "amount", "year_rate", "term_months", "userRate", "age", "end_time",
          "progress_pct")  # fmt: skip
FULL = 100
NO_ID, AGAIN = "no listing number", "listing again: its first row stays"
NOTES = (
    "listings without outcome: no performance, no default; marginals only",
    "read in a copy that others made of the platform's public pages, hence grade B",
    "the rating is the platform's own, from AA (safest) to F",
)


def read(path: Path, case: str) -> Tape:
    """Read the CSV file (plain or gzip) as loans of ``case``.

    Notes
    -----
    A listing that was not yet filled when it was last seen may never have become a loan: its row
    says so in ``note``, and the report says how many there are.
    """
    with readable(path):
        cells = scan_named(path, NEEDED)
        known = cells.filter(pl.col("listing_id").is_not_null())
        first = known.unique("listing_id", keep="first", maintain_order=True)
        loan, altered = in_range(_loan(first, case), "loan")
        counts = pl.collect_all(
            [cells.select(pl.len()), known.select(pl.len()), first.select(pl.len()),
             loan.select(pl.col("note").count())], engine="streaming",
        )  # fmt: skip
    rows, listed, once, short = (int(each.item()) for each in counts)
    rejected = {NO_ID: rows - listed, AGAIN: listed - once}
    return Tape(
        loan, None, 1, rows, {reason: count for reason, count in rejected.items() if count},
        altered, (*NOTES, f"{short} of {once} listings were not filled when last seen"),
    )  # fmt: skip


def _loan(cells: pl.LazyFrame, case: str) -> pl.LazyFrame:
    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64, strict=False)

    progress = pl.col("progress_pct")
    return cells.select(
        case=pl.lit(case), loan_id="listing_id",
        orig_date=pl.col("end_time").str.to_date("%Y/%m/%d", strict=False),
        currency=pl.lit("CNY"), original_amt=number("amount"), term_months=number("term_months"),
        orig_rate=number("year_rate") / 100, rate_type=pl.lit("fixed"),
        product=pl.lit("online consumer loan"), segment="userRate", secured=pl.lit(False),
        borrower_age=number("age"), grade=pl.lit("B"), source_id=pl.lit("panel-ppdai"),
        how=pl.lit("read"),
        note=pl.when(progress.cast(pl.Float64, strict=False) < FULL).then(
            pl.format("not filled when last seen: {} %", progress)
        ),
    )  # fmt: skip


SOURCE = Source("ppdai", "Paipaidai listings, 2017: loans without outcome", ("cn_peers",), read)
