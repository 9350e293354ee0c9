"""The part of a vintage table that a chain ladder can be built on."""

from __future__ import annotations

import pandas as pd

from abscase.errors import DataFaults, Fault
from abscase.quality.chain_ladder import ChainLadder, chain_ladder
from abscase.quality.vintages import triangle

LEAST_AGES = 3


def project(
    table: pd.DataFrame, max_age: int, value: str = "default_count", alpha: float = 0.05
) -> ChainLadder:
    """Return the chain ladder of the vintages, from the first age at which all have a default.

    Parameters
    ----------
    table : DataFrame
        As :func:`~abscase.quality.vintages.vintages` returns it for one group.
    max_age : int
        The age to project to, in months; the oldest age reached where it is younger.
    value : str
        What to add up, as in :func:`~abscase.quality.vintages.triangle`.
    alpha : float
        As in :func:`~abscase.quality.chain_ladder.chain_ladder`.

    Raises
    ------
    DataFaults
        No age is left at which every vintage that reached it has a default.
    """
    sums = triangle(table[table["age_months"] <= max_age], value)
    sums = sums.loc[:, sums.notna().any()]
    positive = (sums.isna() | (sums > 0)).all()
    ages = [age for age in sums.columns if bool(positive[age])]
    if len(ages) < LEAST_AGES:
        rule = "too few ages at which every vintage has a default; give more loans"
        raise DataFaults([Fault(rule, value)])
    kept = sums.loc[sums[ages[0]].notna(), sums.columns >= ages[0]]
    return chain_ladder(kept, alpha)
