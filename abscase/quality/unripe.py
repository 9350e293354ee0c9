"""The part of a vintage table that a chain ladder can be built on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abscase.quality.chain_ladder import ChainLadder, chain_ladder
from abscase.quality.vintages import triangle

LEAST_AGES = 3
LEAST_SIZE = 0.1
"""Loans of a vintage over those of the largest, below which the ladder leaves it out."""
SHARES = ["latest", "projected", "lo", "hi", "defaulted"]


def project(
    table: pd.DataFrame, max_age: int, value: str = "default_count", alpha: float = 0.05
) -> ChainLadder | None:
    """Return the chain ladder of the vintages, from the first age at which all have a default.

    Parameters
    ----------
    table : DataFrame
        As :func:`~abscase.quality.vintages.vintages` returns it for one group. Vintages with less
        than ``LEAST_SIZE`` of the loans of the largest are left out.
    max_age : int
        The age to project to, in months; the oldest age reached where it is younger.
    value : str
        What to add up, as in :func:`~abscase.quality.vintages.triangle`.
    alpha : float
        As in :func:`~abscase.quality.chain_ladder.chain_ladder`.

    Returns
    -------
    ChainLadder or None
        None where fewer than ``LEAST_AGES`` ages are left at which every vintage that reached them
        has a default, or fewer than two vintages reached the last of these: nothing can be
        projected, as where loans are too young to be written off.
    """
    if table.empty:
        return None
    # A few loans without a default would make every age look empty; chosen by size, not by outcome.
    large = table[table["loans"] >= LEAST_SIZE * table["loans"].max()]
    sums = triangle(large[large["age_months"] <= max_age], value)
    sums = sums.loc[:, sums.notna().any()]
    positive = (sums.isna() | (sums > 0)).all()
    ages = [age for age in sums.columns if bool(positive[age])]
    if len(ages) < LEAST_AGES:
        return None
    kept = sums.loc[sums[ages[0]].notna(), sums.columns >= ages[0]]
    if kept[ages[LEAST_AGES - 1]].notna().sum() < 2:
        return None
    return chain_ladder(kept, alpha)


def hindsight(
    ladder: ChainLadder | None, whole: pd.DataFrame, value: str = "default_count"
) -> pd.DataFrame:
    """Return what the ladder projected beside what the same vintages came to later.

    Parameters
    ----------
    ladder : ChainLadder or None
        Of the vintages as they were seen at an earlier date; None gives no row.
    whole : DataFrame
        The vintage table of the whole tape, with the same ``value``.

    Returns
    -------
    DataFrame
        ``vintage``, ``age`` (seen), ``latest``, ``projected``, ``lo``, ``hi``, ``defaulted`` (all
        shares of the loans made) and ``inside``, whether the interval holds the outcome; only
        vintages that were unripe and have since reached the last age.
    """
    if ladder is None:
        return pd.DataFrame(columns=["vintage", "age", *SHARES, "inside"])
    last = ladder.projection["age"].max()
    told = ladder.projection[ladder.projection["age"] == last].set_index("vintage")
    seen = ladder.ultimate[ladder.ultimate["age"] < last].set_index("vintage")
    sums = triangle(whole[whole["age_months"] <= last], value)
    if last not in sums:
        sums[last] = np.nan
    table = seen[["age", "latest"]].join(told[["amount", "lo", "hi"]])
    table = table.join(sums[last].rename("defaulted")).dropna()
    loans = whole.drop_duplicates("vintage").set_index("vintage")["loans"].reindex(table.index)
    table = table.rename(columns={"amount": "projected"})
    table[SHARES] = table[SHARES].div(loans, axis=0)
    table["inside"] = table["defaulted"].between(table["lo"], table["hi"])
    return table.reset_index()
