"""Fuzzy comprehensive evaluation: from shares of answers and weights to a grade of risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ChoiceError, ParameterFaults

Array = npt.NDArray[np.float64]
OPERATORS = ("weighted", "maxmin")
STEPS = np.arange(1.0, 6.0)


@dataclass(frozen=True)
class Evaluation:
    """Membership in each of the five steps (sums to 1), the step it is highest at, and a score."""

    operator: str
    membership: Array
    step: int
    score: float


def memberships(ratings: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return for each group of risks the share of answers at each step.

    Parameters
    ----------
    ratings : DataFrame
        A row for each respondent, a column for each risk; steps from 1 to 5.
    groups : Series
        Group of each risk, by risk.

    Returns
    -------
    DataFrame
        A row for each group, columns 1 to 5; each row sums to 1.
    """
    long = ratings.melt(var_name="risk", value_name="step")
    table = pd.crosstab(long["risk"].map(groups), long["step"], normalize="index")
    return table.reindex(columns=STEPS.astype(int), fill_value=0.0)


def evaluate(weights: npt.ArrayLike, shares: npt.ArrayLike, operator: str) -> Evaluation:
    r"""Return the evaluation of groups of risks taken together.

    Parameters
    ----------
    weights : array of shape (g,)
        Of the groups, not negative, summing to 1.
    shares : array of shape (g, 5)
        Membership of each group in each step, as `memberships` returns it.
    operator : {"weighted", "maxmin"}
        :math:`b_j = \sum_i w_i r_{ij}`, or Zadeh's :math:`b_j = \max_i \min(w_i, r_{ij})` scaled
        to sum 1.

    Notes
    -----
    The score is :math:`b \cdot (1, ..., 5)`; it takes the steps for equal. The step is the one of
    largest membership, the lower of two that tie. The max-min operator forgets all but one
    group in each step, so the two may differ.

    Examples
    --------
    >>> evaluate([0.6, 0.4], [[0, 1, 0, 0, 0], [0, 0, 0, 1, 0]], "weighted").score
    2.8
    """
    w, r = np.asarray(weights, dtype=float), np.asarray(shares, dtype=float)
    if operator not in OPERATORS:
        raise ChoiceError("fuzzy operator", operator, OPERATORS)
    if r.shape != (len(w), len(STEPS)) or not np.isclose(w.sum(), 1) or (w < 0).any():
        raise ParameterFaults(["give a weight for each group, summing to 1, and 5 shares for each"])
    b = w @ r if operator == "weighted" else np.minimum(w[:, None], r).max(axis=0)
    b = b / b.sum()
    return Evaluation(operator, b, int(np.argmax(b.round(12))) + 1, round(float(b @ STEPS), 12))
