"""The history of a loan from the monthly rows of a tape: its states, and what cannot be true.

The states:

- **current, 30, 60, 90**: by the days past due (90 is ninety or more);
- **default, prepaid, matured**: the loan ended so, in that month; a repayment in the month of legal
  maturity or later is matured, before it prepaid;
- a loan that was **removed** without an outcome (repurchased, sold while performing) ends in the
  month before: the row of its removal is left out.

In the row of an end, ``balance_amt`` is the balance that left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from abscase.schema import STATES, TABLES
from abscase.sources.codes import decoded, filled
from abscase.sources.order import sorted_rows
from abscase.sources.ranges import in_range
from abscase.sources.tape import Tape

REMOVED = -1
BUCKET = 30
PERFORMANCE = TABLES["performance"]
MOST_DAYS = PERFORMANCE["days_past_due"].high
RATES = PERFORMANCE["rate"].low, PERFORMANCE["rate"].high
NO_KEY = "no loan number or month"
YEARS = 1950, 2100
"""Years between which a date of a loan can lie; one outside is a slip."""
NEEDED = ("loan_id", "month", "orig_month", "days_late", "code", "months_left", "original_amt",
          "balance", "left_amt", "recovery_amt", "rate", "ltv_now", "least")  # fmt: skip
KEPT = {"loan_id", "month", "orig_month", "state", "balance_amt", "days_past_due", "recovery_amt",
        "ltv_now"}  # fmt: skip


@dataclass(frozen=True)
class History:
    """The rows of a file that stay, and how many each reason left out or changed."""

    rows: pl.LazyFrame
    rows_read: int
    rejected: Mapping[str, int]
    altered: Mapping[str, int]


def month_end(name: str, form: str) -> pl.Expr:
    """Return the last day of the month that a column of text names in a form such as "%m%Y"."""
    text = pl.col(name) if "%d" in form else pl.lit("01") + pl.col(name)
    date = text.str.to_date(form if "%d" in form else f"%d{form}", strict=False)
    # As dt.month_end(), three times as fast.
    return (date.cast(pl.Int32) - date.dt.day() + date.dt.days_in_month()).cast(pl.Date)


def months_between(later: str, earlier: str) -> pl.Expr:
    """Return the whole months from one column of dates to another."""
    count = [pl.col(name).dt.year() * 12 + pl.col(name).dt.month().cast(pl.Int32)
             for name in (later, earlier)]  # fmt: skip
    return count[0] - count[1]


def once(cells: pl.LazyFrame) -> tuple[pl.LazyFrame, dict[str, int]]:
    """Return the first row of each loan of an origination file, and how many others there are."""
    loans = cells.filter(pl.col("loan_id").is_not_null())
    others = loans.select(pl.len() - pl.col("loan_id").n_unique()).collect(engine="streaming")
    first, count = loans.unique("loan_id", keep="first"), int(others.item())
    return first, {"loan listed again in the origination file: first kept": count} if count else {}


def joined(rows: pl.LazyFrame, loans: pl.LazyFrame) -> pl.LazyFrame:
    """Add to each row what :func:`history` needs of its loan, in the order of the rows."""
    known = loans.select("loan_id", "original_amt", orig_month="orig_date")
    return rows.join(known, on="loan_id", how="left", maintain_order="left")


def history(
    rows: pl.LazyFrame, ends: Mapping[str, int], total: int,
    altered: Mapping[str, int] | None = None, rejected: Mapping[str, int] | None = None,
) -> History:  # fmt: skip
    """Turn monthly rows into states, and leave out what cannot be true.

    Parameters
    ----------
    rows : LazyFrame
        ``loan_id``, ``month`` (month end), ``orig_month`` (empty where the loan is unknown),
        ``days_late`` (empty where unknown), ``code`` (how the loan ended, empty while it runs),
        ``months_left`` (to legal maturity), ``original_amt``, ``balance``, ``left_amt`` (the
        balance at its end), ``recovery_amt`` (net), ``rate``, and where there are such ``ltv_now``
        and ``least`` (the bucket, 0 to 3, that the state of a running loan is at the least).
    ends : mapping of str to int
        The state that a code means, or ``REMOVED``.
    total : int
        Rows of the file.
    altered, rejected : mapping of str to int, optional
        What was changed or left out before.
    """
    keyed = _keyed(rows.with_columns(code=filled("code")))
    marked = _marked(keyed, ends)
    counts = _counts(marked)
    if counts["disorder"]:
        used = [name for name in NEEDED if name in keyed.collect_schema()]
        marked = _marked(sorted_rows(keyed.select(used), ("loan_id", "month")), ends)
        counts = _counts(marked)
    out = dict(rejected or {})
    out |= {NO_KEY: total - sum(out.values()) - counts["rows"]}
    out |= {name: counts[name] for name in _rejects()}
    changed = dict(altered or {}) | {name: counts[name] for name in _alters()}
    return History(_kept(marked), total, *({name: count for name, count in each.items() if count}
                                  for each in (out, changed)))  # fmt: skip


def streamed(rows: pl.LazyFrame, ends: Mapping[str, int]) -> pl.LazyFrame:
    """Return the table ``performance`` of rows as :func:`history` takes them, in one pass.

    They must be sorted by loan and month. What cannot be true is left out as there, not counted.
    """
    found = _performance(_kept(_marked(_keyed(rows), ends)))
    same = pl.col("loan_id") == pl.col("loan_id").shift(1)
    # Age counts from one date for all rows of a loan, and is cheaper than the calendar.
    follows = same & (pl.col("age_months") == pl.col("age_months").shift(1) + 1)
    return found.with_columns(previous_state=pl.when(follows).then(pl.col("state").shift(1)))


def _keyed(rows: pl.LazyFrame) -> pl.LazyFrame:
    made = pl.col("orig_month")
    return rows.filter(
        pl.col("loan_id").is_not_null(), pl.col("month").dt.year().is_between(*YEARS)
    ).with_columns(orig_month=pl.when(made.dt.year().is_between(*YEARS)).then(made))


def _kept(marked: pl.LazyFrame) -> pl.LazyFrame:
    return marked.filter(~pl.any_horizontal(*_rejects().values())).select(
        pl.when(pl.col("rate").is_between(*RATES)).then("rate").alias("rate"),
        *(name for name in sorted(marked.collect_schema().names()) if name in KEPT),
    )


def _marked(rows: pl.LazyFrame, ends: Mapping[str, int]) -> pl.LazyFrame:
    """Add to each row its state and what the rows before it say, by shifts alone: these stream."""
    new = (pl.col("loan_id") != pl.col("loan_id").shift(1)).fill_null(True)
    ended = pl.col("code").is_not_null()
    end = decoded("code", ends, kind=pl.Int8)
    repaid = pl.when(pl.col("months_left") <= 0).then(STATES["matured"]).otherwise(end)
    known = pl.coalesce(pl.when(ended, pl.col("left_amt") > 0).then("left_amt"),
                        pl.when(pl.col("balance") > 0).then("balance"))  # fmt: skip
    days = pl.when(pl.col("days_late") >= 0).then(pl.col("days_late").clip(0, MOST_DAYS))
    late = (days // BUCKET).clip(0, STATES["90"])
    if "least" in rows.collect_schema():
        late = pl.when(days.is_not_null()).then(pl.max_horizontal(late, "least"))
    return rows.with_columns(
        new=new, known=known, ends_before=end.is_not_null().cum_sum().shift(1).fill_null(0),
        state=pl.when(~ended).then(late).when(end == STATES["prepaid"]).then(repaid)
        .otherwise(end).cast(pl.Int8),
        days_past_due=pl.when(~ended & (days > 0)).then(days),
        disorder=(pl.col("loan_id") < pl.col("loan_id").shift(1))
        | (~new & (pl.col("month") < pl.col("month").shift(1))),
        repeated=~new & (pl.col("month") == pl.col("month").shift(1)),
    ).with_columns(
        ends_at_start=pl.when("new").then("ends_before").forward_fill(),
        balance_amt=pl.coalesce("known", pl.when("new").then("original_amt")).forward_fill(),
    )  # fmt: skip


def _rejects() -> dict[str, pl.Expr]:
    """Return why a row is left out; a row counts under the first reason that holds."""
    reasons = {
        "loan has no date of origination": pl.col("orig_month").is_null(),
        "other row for a loan and month of an earlier row": pl.col("repeated"),
        "month before the origination": pl.col("month") < pl.col("orig_month"),
        "month after the loan's end": pl.col("ends_before") > pl.col("ends_at_start"),
        "code of an end that the guide does not list":
            pl.col("code").is_not_null() & pl.col("state").is_null(),
        "removed without an outcome: the loan ends in the month before":
            pl.col("state") == REMOVED,
        "days past due unknown": pl.col("state").is_null(),
        "no balance known": pl.col("balance_amt").is_null(),
    }  # fmt: skip
    done, found = pl.lit(False), {}
    for reason, wrong in reasons.items():
        holds = wrong.fill_null(False)
        found[reason], done = holds & ~done, done | holds
    return found


def _alters() -> dict[str, pl.Expr]:
    kept = ~pl.any_horizontal(*_rejects().values())
    blank = kept & pl.col("known").is_null()
    negative = (pl.col("balance") < 0).fill_null(False)
    odd = ~pl.col("rate").is_between(*RATES)
    return {
        "no balance while the loan runs: the last known or the original one taken":
            blank & pl.col("code").is_null() & ~negative,
        "negative balance: the last known or the original one taken": blank & negative,
        "no balance that left at the loan's end: the last known one taken":
            blank & pl.col("code").is_not_null() & ~negative,
        f"rate outside {PERFORMANCE['rate'].allowed}: emptied": kept & odd,
    }  # fmt: skip


def _counts(marked: pl.LazyFrame) -> dict[str, int]:
    sums = _rejects() | _alters() | {"disorder": pl.col("disorder")}
    found = marked.select(
        pl.len().alias("rows"),
        *(wrong.fill_null(False).sum().alias(name) for name, wrong in sums.items()),
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    return {name: int(count or 0) for name, count in found.items()}


def tape(
    loans: Sequence[pl.LazyFrame], histories: Sequence[History], constants: Mapping[str, str],
    notes: tuple[str, ...] = (), period_months: int = 1,
) -> Tape:  # fmt: skip
    """Put loans and the histories of one or more files together.

    ``constants`` are columns of both tables: ``case``, and those of evidence.
    """
    rows = pl.concat([each.rows for each in histories])
    first = rows.group_by("loan_id").agg(first_date=pl.col("month").min())
    sound, emptied = in_range(pl.concat(loans), "loan")
    same = {name: pl.lit(value) for name, value in constants.items()}
    return Tape(
        sound.join(first, on="loan_id", how="left").with_columns(**same),
        _performance(rows).with_columns(**same), period_months,
        sum(each.rows_read for each in histories),
        _total([each.rejected for each in histories]),
        _total([*(each.altered for each in histories), emptied]), notes,
    )  # fmt: skip


def _total(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return dict(total)


def _performance(rows: pl.LazyFrame) -> pl.LazyFrame:
    loss = pl.when(pl.col("state") == STATES["default"]).then(
        pl.col("balance_amt") - pl.col("recovery_amt")
    )
    return rows.select(
        "loan_id", "balance_amt", "state", "days_past_due", "rate",
        pl.col("^ltv_now$").name.map(lambda _: "ltv"),
        date="month", age_months=months_between("month", "orig_month"), loss_amt=loss,
        recovery_amt=pl.when(loss.is_not_null()).then("recovery_amt"),
    )  # fmt: skip
