"""Makes a folder of loan files in the layout of Freddie Mac's loan-level dataset, of any size.

One pair of files for each quarter of origination, sorted by loan and month as the real ones are.
The loans are invented: the layout, the number and the length of the fields are what matters here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

QUARTERS = tuple(f"{year}Q{quarter}" for year in (2004, 2005, 2006) for quarter in (1, 2, 3, 4))
LAST = 84
"""Months for which a loan is followed at most."""
LOANS = 20_000
"""Loans made at a time: the memory that making takes does not grow with the panel."""
PREPAID, DEFAULT = 5, 4
MOVES = np.cumsum([
    [0.974, 0.010, 0.000, 0.000, 0.0000, 0.016],
    [0.350, 0.330, 0.300, 0.000, 0.0000, 0.020],
    [0.120, 0.100, 0.280, 0.490, 0.0000, 0.010],
    [0.030, 0.010, 0.020, 0.900, 0.0350, 0.005],
], axis=1)  # fmt: skip
"""Cumulative chances to move from current, 30, 60 and 90 days to each of these, default, prepaid.
"""


def make(folder: Path, rows: int, seed: int = 1) -> None:
    """Write files with exactly so many rows of performance; the last loan of a file may be cut."""
    rng = np.random.default_rng(seed)
    shares = [rows // len(QUARTERS)] * (len(QUARTERS) - 1)
    for quarter, wanted in zip(QUARTERS, [*shares, rows - sum(shares)], strict=True):
        first, second = (folder / f"historical_data_{kind}{quarter}.txt" for kind in ("", "time_"))
        with first.open("wb") as loan_file, second.open("wb") as month_file:
            done = number = 0
            while done < wanted:
                count = min(LOANS, max((wanted - done) // 20, 100))
                loans = _loans(quarter, number, count, rng)
                months = _months(loans, rng).head(wanted - done)
                seen = loans.filter(pl.col("loan").is_in(months["loan"].unique().implode()))
                _write(_origination(seen), loan_file)
                _write(_performance(months), month_file)
                done, number = done + len(months), number + count


def _write(frame: pl.DataFrame, file: object) -> None:
    frame.write_csv(file, include_header=False, separator="|", quote_style="never")  # type: ignore[arg-type]


def _loans(quarter: str, number: int, count: int, rng: np.random.Generator) -> pl.DataFrame:
    year, part = int(quarter[:4]), int(quarter[-1])
    made = year * 12 + (part - 1) * 3 + rng.integers(0, 3, count)
    return pl.DataFrame({
        "loan": np.arange(number, number + count),
        "loan_id": [f"F{quarter[2:]}{each:07d}" for each in range(number, number + count)],
        "made": made, "amount": rng.integers(40, 600, count) * 1000,
        "rate": rng.integers(4_000, 8_000, count) / 1000, "score": rng.integers(560, 820, count),
        "ltv": rng.integers(40, 97, count), "state": rng.choice(["CA", "FL", "TX", "NY"], count),
    })  # fmt: skip


def _paths(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """State (loan by month, -1 after its end) and months past due of each loan."""
    state, late = np.zeros(count, np.int64), np.zeros(count, np.int64)
    states, lates = np.empty((2, count, LAST), np.int8)
    for month in range(LAST):
        states[:, month], lates[:, month] = state, late
        moved = (rng.random(count)[:, None] > MOVES[np.clip(state, 0, 3)]).sum(axis=1)
        late = np.where(moved == 3, np.maximum(late + 1, 3), np.where(moved < 3, moved, late))
        state = np.where((state < 0) | (state > 3), -1, moved)
    return states, lates


def _months(loans: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    states, lates = _paths(len(loans), rng)
    at, month = np.nonzero(states >= 0)
    return pl.DataFrame({
        "row": at, "age": month + 1, "code": states[at, month], "late": lates[at, month],
        "chance": rng.random(len(at)),
    }).with_columns(
        loans[at].select("loan", "loan_id", "made", "amount", "rate", "ltv")
    ).with_columns(month=pl.col("made") + pl.col("age"))  # fmt: skip


def _yyyymm(month: str) -> pl.Expr:
    return (pl.col(month) // 12 * 100 + pl.col(month) % 12 + 1).cast(pl.String)


def _origination(loans: pl.DataFrame) -> pl.DataFrame:
    blank, text = pl.lit(""), pl.lit
    first = pl.col("made") + 2
    return loans.with_columns(first=first, end=first + 359).select(
        a1="score", a2=_yyyymm("first"), a3=text("N"), a4=_yyyymm("end"), a5=text("12345"),
        a6=text("000"), a7=text("1"), a8=text("P"), a9="ltv", a10=text("35"), a11="amount",
        a12="ltv", a13="rate", a14=text("R"), a15=text("N"), a16=text("FRM"), a17="state",
        a18=text("SF"), a19=text("90000"), a20="loan_id", a21=text("P"), a22=text("360"),
        a23=text("2"), a24=text("Other sellers"), a25=text("Other servicers"), a26=blank,
        a27=blank, a28=text("9"), a29=blank, a30=text("2"), a31=text("N"), a32=text("7"),
    )  # fmt: skip


def _performance(months: pl.DataFrame) -> pl.DataFrame:
    gone, lost = pl.col("code") > 3, pl.col("code") == DEFAULT
    owed = (pl.col("amount") * (1 - pl.col("age") / 400)).round(2)
    taken = ~gone & (pl.col("late") > 9) & (pl.col("chance") < 0.1)
    ends = pl.when(lost & (pl.col("chance") < 0.5)).then(pl.lit("09"))
    ends = ends.when(lost).then(pl.lit("03")).when(gone).then(pl.lit("01"))
    rest = {f"b{place}": pl.lit("") for place in (7, 8, 12, 18, 19, 20, 21, 23, 24, 25, 29, 30, 31)}
    made = months.select(
        b1="loan_id", b2=_yyyymm("month"), b3=pl.when(gone).then(0.0).otherwise(owed),
        b4=pl.when(taken).then(pl.lit("RA")).otherwise(pl.col("late").cast(pl.String)),
        b5=pl.col("age") - 1, b6=361 - pl.col("age"), b9=ends,
        b10=pl.when(gone).then(_yyyymm("month")), b11="rate", b13=_yyyymm("month"),
        b14=pl.when(lost).then(0.0), b15=pl.when(lost).then((owed * pl.col("chance")).round(0)),
        b16=pl.when(lost).then(0.0), b17=pl.when(lost).then(-(owed * 0.08).round(0)),
        b22=pl.when(lost).then(-(owed * (1.08 - pl.col("chance"))).round(0)),
        b26="ltv", b27=pl.when(gone).then(owed), b28=pl.when(lost).then((owed * 0.05).round(2)),
        b32=pl.when(gone).then(0.0).otherwise(owed), **rest,
    )  # fmt: skip
    return made.select(f"b{place}" for place in range(1, 33))
