"""The panel of *Deep Credit Risk* (Rösch and Scheule): securitised private-label US mortgages.

The file is quarterly and its clock is hidden: period t is the quarter 2000Q2 + (t - 1).

References
----------
Rösch, D. and Scheule, H. (2020). *Deep Credit Risk: Machine Learning in Python*.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.schema import STATES
from abscase.sources.delimited import first_lines, readable
from abscase.sources.registry import Source
from abscase.sources.tape import Tape

WHOLE = ("id", "time", "orig_time", "mat_time", "status_time", "investor_orig_time",
         "REtype_CO_orig_time", "REtype_PU_orig_time", "REtype_SF_orig_time")  # fmt: skip
NUMBERS = ("balance_time", "LTV_time", "interest_rate_time", "hpi_time", "balance_orig_time",
           "FICO_orig_time", "LTV_orig_time", "Interest_Rate_orig_time", "hpi_orig_time",
           "lgd_time", "recovery_res")  # fmt: skip
NEEDED = (*WHOLE, *NUMBERS, "state_orig_time")
STATUS = {0: STATES["current"], 1: STATES["default"], 2: STATES["prepaid"]}
FIXED = ("orig_time", "mat_time", "balance_orig_time", "FICO_orig_time", "LTV_orig_time",
         "hpi_orig_time", "state_orig_time")  # fmt: skip
FIRST_QUARTER = date(2000, 6, 1)
NOTES = (
    "quarterly; states are current, default and prepaid only: the file has no days past due, so "
    "there are no buckets of 30, 60 and 90 days, and current means neither defaulted nor repaid",
    "loss and recovery stand in the quarter of the default, whenever they were settled",
    "private-label mortgages of every score, not subprime alone: choose loans by their score",
)


def read(path: Path, case: str) -> Tape:
    """Read the raw CSV file (plain or gzip) as a tape of ``case``.

    Notes
    -----
    Rows left out: exact copies of an earlier row; rows of the same loan and quarter with other
    values (the first in the file stays); rows before the loan's origination or after its end.
    A zero where the file means "missing" (rates, original amount) is emptied, and so is what cannot
    be true (LTV above 200 %, a rate above 30 %, a term of no months). A loan's facts are those of
    its first row, except the state, which is the first that any of its rows has. The report counts
    all of it.
    """
    raw = _typed(_cells(path), path.name)
    rows, rejected = _sound_rows(raw)
    first = rows.group_by("id", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() if name == "state_orig_time" else pl.col(name).first()
        for name in rows.columns if name != "id"
    )  # fmt: skip
    loan, loan_altered = _loan(first, case)
    performance, altered = _performance(rows, first, case)
    moved = pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in FIXED)
    changed = int(rows.group_by("id").agg(moved=moved)["moved"].sum())
    altered |= loan_altered | {"loan whose origination facts change later: first kept": changed}
    blank = raw["state_orig_time"].null_count()
    states = (f"{blank} rows have no state; {loan['region'].null_count()} loans have none at all",)
    return Tape(
        loan.lazy(), performance.lazy(), 3, raw.height, rejected,
        {reason: count for reason, count in altered.items() if count}, NOTES + states,
    )  # fmt: skip


def _cells(path: Path) -> pl.DataFrame:
    first_lines(path)
    with readable(path):
        frame = pl.read_csv(path, infer_schema=False, null_values=["", "NA"])
    absent = [name for name in NEEDED if name not in frame.columns]
    others = [name for name in frame.columns if name not in NEEDED]
    if absent:
        raise DataFaults([
            Fault(f"required column is missing{did_you_mean(name, others)}", name, "", 1,
                  path.name)
            for name in absent
        ])  # fmt: skip
    return frame.select(NEEDED)


def _typed(cells: pl.DataFrame, file: str) -> pl.DataFrame:
    numbers = cells.with_columns(pl.col(*WHOLE, *NUMBERS).cast(pl.Float64, strict=False))
    faults: list[Fault] = []
    for name in (*WHOLE, *NUMBERS):
        bad = cells[name].is_not_null() & numbers[name].is_null()
        if name in WHOLE:
            bad |= (numbers[name] % 1 != 0).fill_null(False)
        rule = "is not a whole number" if name in WHOLE else "is not a number"
        faults += [
            Fault(rule, name, cells[name][row], row + 2, file) for row in bad.arg_true().to_list()
        ]
    if faults:
        raise DataFaults(sorted(faults, key=lambda fault: fault.line or 0))
    return numbers.with_columns(pl.col(*WHOLE).cast(pl.Int32))


def _sound_rows(raw: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the rows that stay, by loan and quarter, and how many each reason left out."""
    rows, rejected = raw, {}

    def drop(reason: str, kept: pl.DataFrame) -> None:
        nonlocal rows
        if kept.height < rows.height:
            rejected[reason] = rows.height - kept.height
        rows = kept

    drop("exact copy of an earlier row", rows.unique(keep="first", maintain_order=True))
    needed = ["id", "time", "orig_time", "balance_time"]
    known = pl.col("status_time").is_in(list(STATUS)).fill_null(False)
    drop("no loan, quarter, origination, balance or status", rows.drop_nulls(needed).filter(known))
    same = rows.unique(["id", "time"], keep="first", maintain_order=True)
    drop("other values for a loan and quarter of an earlier row", same)
    rows = rows.sort("id", "time")
    start = pl.col("orig_time").first().over("id")
    drop("quarter before the origination", rows.filter(pl.col("time") >= start))
    ended = (pl.col("status_time") > 0).cum_sum().over("id") - (pl.col("status_time") > 0)
    drop("quarter after default or repayment", rows.filter(ended == 0))
    return rows, rejected


def _quarter_end(clock: str) -> pl.Expr:
    months = pl.format("{}mo", 3 * (pl.col(clock) - 1))
    return pl.lit(FIRST_QUARTER).dt.offset_by(months).dt.month_end()


def _emptied(
    frame: pl.DataFrame, faults: Sequence[tuple[str, str, pl.Expr]]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Empty a column where its condition holds, and count how often, by reason."""
    counts = {}
    for reason, column, wrong in faults:
        counts[reason] = int(frame.select(wrong.fill_null(False).sum()).item())
        frame = frame.with_columns(pl.when(~wrong.fill_null(False)).then(column).alias(column))
    return frame, counts


def _loan(first: pl.DataFrame, case: str) -> tuple[pl.DataFrame, dict[str, int]]:
    kind = (
        pl.when(pl.col("REtype_SF_orig_time") == 1).then(pl.lit("single family"))
        .when(pl.col("REtype_CO_orig_time") == 1).then(pl.lit("condominium"))
        .when(pl.col("REtype_PU_orig_time") == 1).then(pl.lit("planned unit"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip
    frame = first.select(
        *_who(case), orig_date=_quarter_end("orig_time"), first_date=_quarter_end("time"),
        currency=pl.lit("USD"), original_amt="balance_orig_time",
        term_months=(pl.col("mat_time") - pl.col("orig_time")) * 3.0,
        orig_rate=pl.col("Interest_Rate_orig_time") / 100, rate_type=pl.lit("unknown"),
        product=pl.lit("private-label mortgage"), segment=kind, region="state_orig_time",
        secured=pl.lit(True), score="FICO_orig_time", ltv=pl.col("LTV_orig_time") / 100,
        investor=pl.col("investor_orig_time") == 1, house_index="hpi_orig_time", **_evidence(),
    )  # fmt: skip
    return _emptied(frame, [
        ("origination rate of 0: emptied", "orig_rate", pl.col("orig_rate") == 0),
        ("original amount of 0: emptied", "original_amt", pl.col("original_amt") == 0),
        ("term of no months: emptied", "term_months", pl.col("term_months") <= 0),
        ("LTV at origination above 200 %: emptied", "ltv", pl.col("ltv") > 2),
    ])  # fmt: skip


def _performance(
    rows: pl.DataFrame, first: pl.DataFrame, case: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    start = first.select("id", start="orig_time")
    frame = rows.join(start, on="id", how="left").select(
        *_who(case), date=_quarter_end("time"),
        age_months=3 * (pl.col("time") - pl.col("start")), balance_amt="balance_time",
        state=pl.col("status_time").replace_strict(STATUS, return_dtype=pl.Int8),
        rate=pl.col("interest_rate_time") / 100,
        loss_amt=pl.col("lgd_time") * pl.col("balance_time"), recovery_amt="recovery_res",
        ltv=pl.col("LTV_time") / 100, house_index="hpi_time", **_evidence(),
    )  # fmt: skip
    return _emptied(frame, [
        ("LTV above 200 %: emptied", "ltv", pl.col("ltv") > 2),
        ("interest rate of 0: emptied", "rate", pl.col("rate") == 0),
        ("interest rate above 30 %: emptied", "rate", pl.col("rate") > 0.3),
    ])  # fmt: skip


def _who(case: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(case).alias("case"), pl.col("id").cast(pl.String).alias("loan_id")


def _evidence() -> dict[str, pl.Expr]:
    return {"grade": pl.lit("A"), "source_id": pl.lit("panel-dcr"), "how": pl.lit("read")}


SOURCE = Source(
    "dcr", "Deep Credit Risk panel of securitised US mortgages, quarterly", ("us_subprime",), read
)
