"""The grain of published pools: how many loans there are, and what that adds to the tail."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from abscase.case import Case, Datum
from abscase.estimate import data_of, rows
from abscase.quality.concentration import concentration, granularity_adjustment
from abscase.quality.flow import hazard_to_probability, probability_to_hazard
from abscase.quality.pool import Pool
from abscase.ranges import require

RHO, QUANTILE = 0.15, 0.999
"""Asset correlation, assumed for both cases so that only the grain differs; loss quantile."""
COUNTED = {"ant": ("users", "all"), "us_subprime": ("loans", "cmlti_2006_nc2")}
"""The published number of borrowers or loans of a case."""


def grain(
    cases: Mapping[str, Case], pools: Mapping[str, Pool], flows: Mapping[str, float],
    rho: float = RHO,
) -> pd.DataFrame:  # fmt: skip
    """Return the concentration of each case's published pool and its granularity adjustment.

    Parameters
    ----------
    cases, pools : mapping by name of case
        The tape gives how unequal loans are: its number of loans times its HHI.
    flows : mapping by name of case
        Monthly flow into default, decimal.
    rho : float
        Asset correlation, in (0, 1).

    Returns
    -------
    DataFrame
        ``case``, ``exposures`` (published), ``hhi`` (unequal as the tape, as many as published),
        ``effective_number``, ``pd_rate`` (a year), ``tail`` (loss quantile of an endless pool, all
        of a defaulted loan lost), ``granularity`` (what the grain adds to it), ``grade``: "C",
        because the correlation is assumed.
    """
    require(rho=(rho, 1e-9, 1 - 1e-9))
    found = []
    for name in pools:
        count = _count(cases[name])
        index = min(1.0, _unequal(pools[name]) / count.value)
        yearly = float(hazard_to_probability(probability_to_hazard(flows[name]), 12))
        found.append({
            "case": name, "exposures": count.value, "hhi": index, "effective_number": 1 / index,
            "pd_rate": yearly, "tail": _endless(yearly, rho),
            "granularity": granularity_adjustment(yearly, rho, index, quantile=QUANTILE),
            "grade": "C",
        })  # fmt: skip
    return pd.DataFrame(found)


def _count(case: Case) -> Datum:
    measure, segment = COUNTED[case.name]
    return data_of(rows(case.table("series"), measure, segment=segment))[-1]


def _unequal(pool: Pool) -> float:
    """Loans times HHI on the date with the largest balance: 1 where all loans are equal."""
    table = concentration(pool.performance)
    row = table.iloc[int(table["balance_amt"].to_numpy().argmax())]
    return float(row["exposures"] * row["hhi"])


def _endless(pd_rate: float, rho: float) -> float:
    shift = stats.norm.ppf(pd_rate) + np.sqrt(rho) * stats.norm.ppf(QUANTILE)
    return float(stats.norm.cdf(shift / np.sqrt(1 - rho)))
