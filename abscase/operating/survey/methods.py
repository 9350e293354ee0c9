"""The four methods of the thesis side by side: do they fear the same risks?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import rankdata, spearmanr

from abscase.case import Case, Datum
from abscase.operating.process.fault_tree import cut_sets, fault_tree, importance
from abscase.operating.process.stages import stage_states
from abscase.operating.survey.agreement import Interval
from abscase.operating.survey.register import of_case
from abscase.ranges import require

METHODS = ("survey", "process", "decomposition", "comparison")
UNCHECKED = {"checked": 0.0, "partly": 1.0, "own": 2.0, "none": 3.0}
"""How far a stage goes without an independent check; of a stage left open nothing is said."""


def scores(case: Case, survey: pd.Series) -> pd.DataFrame:
    """Return what each method says of each risk asked of a case; higher is riskier.

    Parameters
    ----------
    case : Case
    survey : Series
        The panel's score of each risk, by risk.

    Returns
    -------
    DataFrame
        A row for each risk in the order of the register and a column for each method, missing
        where the method says nothing: ``survey``; ``process``, how far the stage at which the risk
        arises goes unchecked (0 checked by an independent party, 1 in part, 2 by the originator,
        3 by nobody); ``decomposition``, the structural importance in the fault tree of the most
        important event that the risk stands for; ``comparison``, 2 where the register has the risk
        of both cases and a source documents it, 1 where of both without a source, else 0.
    """
    risks = of_case(case.name).set_index("risk_id")
    states = stage_states([case]).set_index("stage_id")["state"]
    events = importance(cut_sets(fault_tree(case.table("fault"))))
    weight = events.set_index("event_id")["structural"].to_dict()
    stands_for = risks["faults"].fillna("").str.split()
    both = risks["cases"].str.contains(" ").astype(float)
    return pd.DataFrame({
        "survey": survey.reindex(risks.index),
        "process": risks["stage"].map(states).map(UNCHECKED),
        "decomposition": [
            max((weight[name] for name in names if name in weight), default=np.nan)
            for names in stands_for
        ],
        "comparison": both + both * (risks["grade"] < "C"),
    })  # fmt: skip


def correlations(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rank correlation of each two methods over the risks that both score.

    Parameters
    ----------
    table : DataFrame
        As `scores` returns it.

    Returns
    -------
    DataFrame
        one, other, risks (that both score), rho (Spearman's, -1 to 1; missing where fewer than
        three risks are shared or a method ties them all).
    """
    rows = []
    for one, other in combinations(table.columns, 2):
        shared = table[[one, other]].dropna()
        told = len(shared) > 2 and (shared.max() > shared.min()).all()
        rho = float(spearmanr(shared[one], shared[other]).statistic) if told else np.nan
        rows.append({"one": one, "other": other, "risks": len(shared), "rho": rho})
    return pd.DataFrame(rows, columns=["one", "other", "risks", "rho"])


def mean_correlation(
    table: pd.DataFrame, n_boot: int, alpha: float, rng: np.random.Generator
) -> Interval:
    """Return the mean rank correlation over pairs of methods, with a bootstrap over risks.

    Parameters
    ----------
    table : DataFrame
        As `scores` returns it.
    n_boot, alpha, rng
        Resamples of the risks, one minus the coverage, generator. The interval says how the mean
        hangs on which risks were listed, not on who was asked.

    Notes
    -----
    A resample in which a pair ties wholly leaves that pair out of its mean.
    """
    require(n_boot=(n_boot, 10, 1e6), alpha=(alpha, 0.001, 0.5))
    value = float(correlations(table)["rho"].mean())
    plain = table.to_numpy(float)
    picks = rng.integers(len(plain), size=(n_boot, len(plain)))
    drawn = [_mean_rho(plain[pick]) for pick in picks]
    low, high = np.nanquantile(drawn, [alpha / 2, 1 - alpha / 2])
    return Interval(value, min(float(low), value), max(float(high), value))


def _mean_rho(rows: np.ndarray) -> float:
    """The mean over pairs of columns of the correlation of mid-ranks, missing values left out."""
    found = []
    for one, other in combinations(rows.T, 2):
        shared = ~(np.isnan(one) | np.isnan(other))
        a, b = rankdata(one[shared]), rankdata(other[shared])
        if shared.sum() > 2 and np.ptp(a) and np.ptp(b):
            found.append(np.corrcoef(a, b)[0, 1])
    return float(np.mean(found)) if found else np.nan


def thirds(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each method in which third of its own ranking each risk stands.

    Returns
    -------
    DataFrame
        Of the same shape: 1 the riskiest third, 3 the least risky; missing as in ``table``. Risks
        that a method ties stand together, in the third of their mean rank.
    """
    ranks = table.rank(ascending=False, method="average")
    return (3 * ranks / table.notna().sum()).apply(np.ceil).clip(1, 3)


def evidence(case: Case) -> tuple[Datum, ...]:
    """Return the rows of checks and of the fault tree that the other methods rest on."""
    frames = [case.table(name) for name in ("control", "fault")]
    return tuple(
        Datum(1.0, "count", row["grade"], row["source_id"], row["ref"])
        for frame in frames for row in frame.to_dict("records")
    )  # fmt: skip
