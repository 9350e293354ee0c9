"""Delphi rounds: do the answers settle, and when may one stop asking?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

SPREAD, CHANGE = 1.0, 0.15
"""A question is settled where the answers lie within one step of each other in their middle half,
and their median moved by less than 15 % since the round before."""


def settle(by_round: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Return median, spread and movement of each item in each round, and whether it is settled.

    Parameters
    ----------
    by_round : mapping of round to DataFrame
        A row for each respondent, a column for each item; steps from 1 to 5. Rounds in order.

    Returns
    -------
    DataFrame
        round, item, median, iqr (interquartile range, in steps), change (relative to the median of
        the round before, a decimal; missing in the first), settled.

    Notes
    -----
    The first round settles nothing: nobody has seen the others' answers yet.
    """
    parts, before = [], None
    for when, answers in by_round.items():
        low, middle, high = np.quantile(answers.to_numpy(float), [0.25, 0.5, 0.75], axis=0)
        part = pd.DataFrame({"round": when, "item": answers.columns, "median": middle,
                             "iqr": high - low})  # fmt: skip
        part["change"] = np.nan if before is None else np.abs(middle - before) / before
        part["settled"] = (part["iqr"] <= SPREAD) & (part["change"] < CHANGE)
        parts.append(part)
        before = middle
    return pd.concat(parts, ignore_index=True)


def progress(settled: pd.DataFrame) -> pd.DataFrame:
    """Return for each round the share of items settled, their mean spread, and whether to stop.

    Parameters
    ----------
    settled : DataFrame
        As `settle` returns it; several questions may stand one under the other.

    Returns
    -------
    DataFrame
        round, share_settled (decimal), mean_iqr (steps), mean_change (decimal), stop: every item
        is settled.
    """
    rounds = settled.groupby("round", as_index=False).agg(
        share_settled=("settled", "mean"), mean_iqr=("iqr", "mean"), mean_change=("change", "mean")
    )
    return rounds.assign(stop=rounds["share_settled"] == 1)
