"""What a tape shows of itself: its size, its arrears over time, whether one matrix fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import polars as pl
from narwhals.stable.v2.typing import IntoFrame

from abscase.quality.delinquency import delinquency
from abscase.quality.pool import Pool
from abscase.quality.states import LIVE
from abscase.quality.stationarity import homogeneity
from abscase.quality.tally import tally
from abscase.quality.transitions import transition_counts


def tape_facts(pools: Mapping[str, Pool]) -> pd.DataFrame:
    """Return what each tape is: real or simulated, its loans, its dates, its grade.

    Parameters
    ----------
    pools : mapping of str to Pool
        By a code of what is shown, such as "ant" or "covid".

    Returns
    -------
    DataFrame
        ``tape`` (the code), ``kind`` ("simulated" or "real"), ``loans``, ``rows``, ``start``,
        ``end``, ``period_months``, ``score_below`` (only such loans; empty: all), ``buckets``
        (whether it tells 30, 60 and 90 days apart), ``grade``, ``source_id``.
    """
    found = []
    for name, pool in pools.items():
        months = tally(pool.performance, ["date", "state"], ["date", "state"])
        found.append({
            "tape": name, "kind": "simulated" if pool.simulated else "real",
            "loans": int(tally(pool.loan, ["loan_id"], [])["loans"].iloc[0]),
            "rows": int(months["loans"].sum()), "start": months["date"].min(),
            "end": months["date"].max(), "period_months": pool.period_months,
            "score_below": pool.score_below,
            "buckets": bool(months["state"].isin(list(LIVE.values())[1:]).any()),
            "grade": pool.grade, "source_id": " ".join(pool.sources),
        })  # fmt: skip
    return pd.DataFrame(found)


def as_of(pool: Pool, date: str) -> Pool:
    """Return the tape as it could be seen at an earlier date: loans made by then, rows by then."""
    day = pd.Timestamp(date).date()
    loan = pool.loan.filter(pl.col("orig_date") <= day)
    return replace(pool, loan=loan, performance=pool.performance.filter(pl.col("date") <= day))


def arrears(performance: IntoFrame, dpd: int) -> pd.DataFrame:
    """Return the share of the balance so many or more days past due, by date.

    Parameters
    ----------
    performance : frame of any engine
        In the columns of the table ``performance``.
    dpd : {30, 60, 90}
        Days past due.
    """
    table = delinquency(performance)
    part = table[table["state"] == LIVE[str(dpd)]]
    kept = part.rename(columns={"balance_share_plus": "share"})[["date", "share"]]
    return kept.dropna().reset_index(drop=True)


def one_matrix(pools: Mapping[str, Pool]) -> pd.DataFrame:
    """Test for each tape whether one transition matrix holds in every period.

    Returns
    -------
    DataFrame
        ``tape``, ``periods``, ``statistic``, ``df``, ``p_value``, ``distance``, ``thin_share``
        (see :class:`~abscase.quality.stationarity.Homogeneity`), ``grade``.
    """
    found = []
    for name, pool in pools.items():
        counts = transition_counts(pool.performance, by=["date"])
        test = homogeneity(counts)
        found.append({
            "tape": name, "periods": counts["date"].nunique(), "statistic": test.statistic,
            "df": test.df, "p_value": test.p_value, "distance": test.distance,
            "thin_share": test.thin_share, "grade": pool.grade,
        })  # fmt: skip
    return pd.DataFrame(found)
