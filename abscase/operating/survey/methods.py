"""The four methods of the thesis side by side: do they name the same risks?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

METHODS = ("survey", "process", "decomposition", "comparison")


def by_comparison(risks: pd.DataFrame) -> pd.Series:
    """Return how far the comparison of the two cases bears each risk out, by risk.

    Parameters
    ----------
    risks : DataFrame
        The table ``risk``.

    Returns
    -------
    Series
        2 where the register has it of both cases and a source documents it, 1 where it has it of
        both without a source, 0 where it is one case's own.
    """
    both = risks["cases"].str.contains(" ")
    score = both.astype(int) + (both & (risks["grade"] < "C")).astype(int)
    return pd.Series(score.to_numpy(float), risks["risk_id"], name="comparison")


def correlations(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rank correlation of each two methods over the risks that both score.

    Parameters
    ----------
    scores : DataFrame
        A row for each risk, a column for each method; higher is riskier, missing where the method
        says nothing of the risk. A column may be missing whole.

    Returns
    -------
    DataFrame
        one, other, risks (that both score), rho (Spearman's, -1 to 1; missing where fewer than
        three risks are shared or a method ties them all).
    """
    rows = []
    for one, other in combinations(scores.columns, 2):
        shared = scores[[one, other]].dropna()
        told = len(shared) > 2 and (shared.max() > shared.min()).all()
        rho = float(spearmanr(shared[one], shared[other]).statistic) if told else np.nan
        rows.append({"one": one, "other": other, "risks": len(shared), "rho": rho})
    return pd.DataFrame(rows, columns=["one", "other", "risks", "rho"])


def thirds(scores: pd.DataFrame) -> pd.DataFrame:
    """Return for each method in which third of its own ranking each risk stands.

    Returns
    -------
    DataFrame
        Of the same shape: 1 the riskiest third, 3 the least risky; missing as in ``scores``. Risks
        that a method ties stand together, in the third of their mean rank.
    """
    ranks = scores.rank(ascending=False, method="average")
    return (3 * ranks / scores.notna().sum()).apply(np.ceil).clip(1, 3)
