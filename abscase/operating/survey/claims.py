"""What the survey reports to the verdict: agreement of experts, agreement of methods."""

from __future__ import annotations

from typing import Any

import pandas as pd

from abscase.case import Case
from abscase.operating.survey import methods
from abscase.operating.survey.agreement import Interval
from abscase.operating.survey.study import Panel


def estimates(
    of: Panel, case: Case, concordance: pd.DataFrame, mean_rho: Interval
) -> dict[str, dict[str, Any]]:
    """Return by margin the arguments of its claim record, but for case and level.

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
    first = concordance.iloc[0]
    experts = {"estimate": first["w"], "lo": first["low"], "hi": first["high"], "data": of.data,
               "test": "Kendall's W of round 1, permutation", "figure": "rounds",
               "p_value": first["p_permutation"]}  # fmt: skip
    across = {"estimate": mean_rho.value, "lo": mean_rho.low, "hi": mean_rho.high,
              "data": (*of.data, *methods.evidence(case)), "at_best": "C",
              "test": "mean of Spearman's rho over pairs of methods",
              "figure": "overlap"}  # fmt: skip
    kind = {"interval_kind": "sampling"}
    return {"S8.agreement": experts | kind, "S8.methods": across | kind}
