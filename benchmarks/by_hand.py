"""The three tables written by hand, in Polars and in pandas.

Age and vintage come from the origination file, as in abscase: the loan age in the performance file
starts again when a loan is modified.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

FIELDS = 32
CELLS = ("loan_id", "period", "balance", "late", "code")
PLACES = (1, 2, 3, 4, 9)
DEFAULT, PREPAID = 4, 5
Tables = dict[str, pd.DataFrame]


def files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Origination and performance files, in the same order."""
    every = sorted(folder.glob("historical_data_*.txt"))
    months = [each for each in every if "_time_" in each.name]
    return [each for each in every if "_time_" not in each.name], months


def curve(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the share in default by each age to counts by vintage and age."""
    counts = counts.sort_values(["vintage", "age"], ignore_index=True).astype("int64")
    left = 1 - (counts["default"] + counts["prepaid"]) / counts["at_risk"]
    before = left.groupby(counts["vintage"]).cumprod().groupby(counts["vintage"]).shift(1)
    step = before.fillna(1.0) * counts["default"] / counts["at_risk"]
    return counts.assign(share=step.groupby(counts["vintage"]).cumsum())


def _polars_rows(folder: Path) -> Any:
    import polars as pl

    def scan(paths: Iterable[Path], places: Iterable[int], names: Iterable[str]):
        kinds = {f"f{place}": pl.String for place in range(1, FIELDS + 1)}
        if "balance" in names:
            kinds["f3"] = pl.Float64
        frame = pl.scan_csv(list(paths), has_header=False, separator="|", quote_char=None,
                            schema=kinds)  # fmt: skip
        return frame.select(pl.col(f"f{place}").alias(name)
                            for place, name in zip(places, names, strict=True))  # fmt: skip

    def month(name: str) -> pl.Expr:
        number = pl.col(name).cast(pl.Int32)
        return number // 100 * 12 + number % 100 - 1

    loans, months = files(folder)
    made = scan(loans, (20, 2), ("loan_id", "first")).select("loan_id", made=month("first") - 2)
    state = pl.when(pl.col("code") == "01").then(PREPAID).when(pl.col("code").is_not_null())
    state = state.then(DEFAULT).when(pl.col("late") == "RA").then(3)
    state = state.otherwise(pl.col("late").cast(pl.Int16, strict=False).clip(0, 3)).cast(pl.Int8)
    rows = scan(months, PLACES, CELLS).select("loan_id", "balance", month=month("period"),
                                              state=state)  # fmt: skip
    same = pl.col("loan_id") == pl.col("loan_id").shift(1)
    follows = same & (pl.col("month") == pl.col("month").shift(1) + 1)
    rows = rows.with_columns(previous_state=pl.when(follows).then(pl.col("state").shift(1)))
    return rows.join(made, on="loan_id", how="left")


def _polars_tables(rows: Any, count: Any, balance: Any) -> list:
    import polars as pl

    ended = {name: count.filter(pl.col("state") == code).sum()
             for name, code in (("default", DEFAULT), ("prepaid", PREPAID))}  # fmt: skip
    stock = rows.filter(pl.col("state") < DEFAULT).group_by("month", "state")
    rolls = rows.filter(pl.col("previous_state").is_not_null()).group_by("previous_state", "state")
    risk = rows.filter(pl.col("previous_state") < DEFAULT)
    ages = risk.group_by(vintage=pl.col("made") // 12, age=pl.col("month") - pl.col("made"))
    return [stock.agg(loans=count.sum(), balance=balance.sum()), rolls.agg(loans=count.sum()),
            ages.agg(at_risk=count.sum(), **ended)]  # fmt: skip


def _polars_done(stock: Any, rolls: Any, ages: Any) -> Tables:
    return _done(stock.to_pandas(), rolls.to_pandas(), ages.to_pandas())


def _done(stock: pd.DataFrame, rolls: pd.DataFrame, ages: pd.DataFrame) -> Tables:
    month = stock.pop("month")
    first = pd.to_datetime({"year": month // 12, "month": month % 12 + 1, "day": 1})
    stock.insert(0, "date", first + pd.offsets.MonthEnd(0))
    return {"delinquency": stock, "rolls": rolls, "vintages": curve(ages)}


def polars_raw(folder: Path) -> Tables:
    import polars as pl

    rows = _polars_rows(folder)
    queries = _polars_tables(rows.with_columns(one=pl.lit(1)), pl.col("one"), pl.col("balance"))
    return _polars_done(*pl.collect_all(queries, engine="streaming"))


def polars_once_raw(folder: Path) -> Tables:
    """As a patient author would: one pass to the finest groups, the tables from those."""
    import polars as pl

    keys = ["month", "made", "previous_state", "state"]
    rows = _polars_rows(folder).group_by(keys).agg(one=pl.len(), balance=pl.col("balance").sum())
    small = rows.collect(engine="streaming").lazy()
    return _polars_done(*pl.collect_all(_polars_tables(small, pl.col("one"), pl.col("balance"))))


def polars_canonical(folder: Path) -> Tables:
    import polars as pl

    rows = pl.scan_parquet(sorted(folder.glob("*/performance.parquet")))
    month = pl.col("date").dt.year() * 12 + pl.col("date").dt.month() - 1
    rows = rows.select("state", "previous_state", balance="balance_amt", month=month,
                       made=month - pl.col("age_months"), one=1)  # fmt: skip
    queries = _polars_tables(rows, pl.col("one"), pl.col("balance"))
    return _polars_done(*pl.collect_all(queries, engine="streaming"))


def pandas_raw(folder: Path, every: bool = False) -> Tables:
    loans, months = files(folder)
    names = [f"f{place}" for place in range(1, FIELDS + 1)]

    def read(paths: list[Path], places: Iterable[int], kinds: dict) -> pd.DataFrame:
        used = None if every else [f"f{place}" for place in places]
        parts = [pd.read_csv(path, sep="|", header=None, names=names, usecols=used, dtype=kinds,
                             low_memory=False) for path in paths]  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    made = read(loans, (20, 2), {"f20": "str"}).set_index("f20")["f2"]
    made = made // 100 * 12 + made % 100 - 3
    rows = read(months, PLACES, {"f1": "str", "f4": "str", "f9": "str"})
    late = pd.to_numeric(rows["f4"].replace("RA", "3")).clip(upper=3)
    state = late.mask(rows["f9"].notna(), DEFAULT).mask(rows["f9"] == "01", PREPAID).astype("int8")
    month = rows["f2"] // 100 * 12 + rows["f2"] % 100 - 1
    same = (rows["f1"] == rows["f1"].shift(1)) & (month == month.shift(1) + 1)
    frame = pd.DataFrame({"month": month, "state": state, "balance": rows["f3"],
                          "previous_state": state.shift(1).where(same),
                          "made": rows["f1"].map(made)})  # fmt: skip
    return _pandas_tables(frame)


def pandas_all_raw(folder: Path) -> Tables:
    return pandas_raw(folder, every=True)


def _pandas_tables(rows: pd.DataFrame) -> Tables:
    live = rows[rows["state"] < DEFAULT].groupby(["month", "state"])["balance"]
    stock = live.agg(loans="size", balance="sum").reset_index()
    rolls = rows.groupby(["previous_state", "state"]).size().rename("loans").reset_index()
    risk = rows[rows["previous_state"] < DEFAULT]
    risk = pd.DataFrame({"vintage": risk["made"] // 12, "age": risk["month"] - risk["made"],
                         "default": risk["state"] == DEFAULT,
                         "prepaid": risk["state"] == PREPAID})  # fmt: skip
    ages = risk.groupby(["vintage", "age"]).agg(
        at_risk=("default", "size"), default=("default", "sum"), prepaid=("prepaid", "sum")
    )
    return _done(stock, rolls, ages.reset_index())
