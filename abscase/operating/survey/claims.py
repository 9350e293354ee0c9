"""What the survey reports to the verdict: agreement of experts, agreement of methods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from abscase.case import Case
from abscase.operating.survey import methods
from abscase.operating.survey.agreement import Interval
from abscase.operating.survey.study import Panel


def estimates(
    of: Panel, case: Case, concordance: pd.DataFrame, mean_rho: Interval
) -> dict[str, dict[str, Any]]:
    """Return by margin the arguments of its claim record, but for case and level.

    What the answers are too few for, or hold no first round of, has no record.

    Parameters
    ----------
    of : Panel
    case : Case
        The case that the panel was asked about.
    concordance : DataFrame
        As `study.concordances` returns it. The first round counts: later ones have seen the
        others' answers, and agree because they have.
    mean_rho : Interval
        As `methods.mean_correlation` returns it. Its grade is C whatever the survey's is: the
        structure of a fault tree and the score of a comparison are set by hand.
    """
    kind = {"interval_kind": "sampling"}
    found: dict[str, dict[str, Any]] = {}
    first = concordance[(concordance["round"] == 1) & concordance["low"].notna()]
    if len(first):
        found["S8.agreement"] = _agreement(first.iloc[0], of) | kind
    if np.isfinite(mean_rho.value):
        found["S8.methods"] = {
            "estimate": mean_rho.value, "lo": mean_rho.low, "hi": mean_rho.high,
            "data": (*of.data, *methods.evidence(case)), "at_best": "C",
            "test": "mean of Spearman's rho over pairs of methods", "figure": "overlap",
        } | kind  # fmt: skip
    return found


def _agreement(first: pd.Series, of: Panel) -> dict[str, Any]:
    return {"estimate": first["w"], "lo": first["low"], "hi": first["high"], "data": of.data,
            "test": "Kendall's W of round 1, permutation", "figure": "rounds",
            "p_value": first["p_permutation"]}  # fmt: skip
