"""A panel small enough to count by hand, a random one, and the names of the engines."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

HAND_PANEL = pl.DataFrame(
    [
        ("A", date(2020, 2, 29), 1, 90.0, 0, None, None, None),
        ("A", date(2020, 3, 31), 2, 90.0, 1, 0, None, None),
        ("A", date(2020, 4, 30), 3, 90.0, 4, 1, 50.0, 40.0),
        ("B", date(2020, 3, 31), 2, 150.0, 0, None, None, None),
        ("B", date(2020, 4, 30), 3, 140.0, 0, 0, None, None),
        ("B", date(2020, 5, 31), 4, 0.0, 5, 0, None, None),
    ],
    {"loan_id": pl.String, "date": pl.Date, "age_months": pl.Int16, "balance_amt": pl.Float64,
     "state": pl.Int8, "previous_state": pl.Int8, "loss_amt": pl.Float64,
     "recovery_amt": pl.Float64},
    orient="row",
)  # fmt: skip
HAND_LOANS = pl.DataFrame(
    {"loan_id": ["A", "B"], "orig_date": [date(2020, 1, 31)] * 2, "original_amt": [100.0, 200.0]}
)
ENGINES = ("pandas", "pandas nullable", "polars", "polars lazy", "duckdb",
           pytest.param("spark", marks=pytest.mark.spark))  # fmt: skip


def simulate(loans, periods, rng):
    """Loans and their months as Polars frames; the moves differ from month to month."""
    made, enters = rng.integers(0, periods - 2, loans), rng.integers(1, 6, loans)
    first = 2018 * 12
    ladder = np.array([
        [0.93, 0.04, 0, 0, 0, 0.025, 0.005], [0.3, 0.3, 0.35, 0, 0, 0.04, 0.01],
        [0.1, 0.15, 0.2, 0.5, 0.02, 0.03, 0], [0.05, 0.02, 0.05, 0.48, 0.38, 0.02, 0],
    ])  # fmt: skip
    state, before = np.zeros(loans, int), np.full(loans, -1)
    balance = rng.lognormal(9, 1, loans)
    original, region = balance.copy(), rng.choice(["AZ", "CA", "FL", None], loans)
    rows = []
    for month in range(1, periods + 1):
        age = month - made
        alive = (age >= enters) & (state <= 3)
        moves = np.cumsum(ladder[np.minimum(state, 3)], axis=1)
        new = (rng.random(loans)[:, None] > moves).sum(axis=1).clip(max=6)
        before = np.where(alive & (age > enters), before, -1)
        state = np.where(alive & (age > enters), new, state)
        balance *= np.where(alive, rng.uniform(0.95, 1, loans), 1)
        reported = alive & ((rng.random(loans) < 0.98) | (state > 3))
        known = (state == 4) & (rng.random(loans) < 0.9)
        loss = np.where(known, balance * rng.uniform(-0.1, 1.2, loans), np.nan)
        at = np.flatnonzero(reported)
        rows.append(pd.DataFrame({
            "loan_id": at, "date": month_end(first + month), "age_months": age[at],
            "balance_amt": np.where(state[at] >= 5, 0.0, balance[at]), "state": state[at],
            "previous_state": before[at], "loss_amt": loss[at],
            "recovery_amt": np.where(known, balance - loss, np.nan)[at], "region": region[at],
        }))  # fmt: skip
        before = np.where(reported, state, -1)
    panel = pl.from_pandas(pd.concat(rows, ignore_index=True)).with_columns(
        pl.col("loan_id").cast(pl.String),
        pl.col("date").cast(pl.Date),
        pl.col("age_months").cast(pl.Int16),
        pl.col("state").cast(pl.Int8),
        previous_state=pl.when(pl.col("previous_state") >= 0).then("previous_state").cast(pl.Int8),
    )
    loan = pl.DataFrame({
        "loan_id": np.arange(loans), "orig_date": [month_end(first + month) for month in made],
        "original_amt": original, "region": region.tolist(),
    }).with_columns(pl.col("loan_id").cast(pl.String))  # fmt: skip
    return loan, panel


def month_end(months):
    return (pd.Timestamp(months // 12, months % 12 + 1, 1) + pd.offsets.MonthEnd(0)).date()
