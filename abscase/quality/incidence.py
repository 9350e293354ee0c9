"""Cumulative incidence of default and of prepayment where each rules out the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.quality.states import ENDS
from abscase.quality.tally import grouped
from abscase.ranges import Array, require


def cumulative_incidence(
    table: pd.DataFrame,
    by: Sequence[str] = (),
    causes: Sequence[str] = tuple(ENDS),
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Return the Aalen-Johansen estimate of how loans end, by age.

    Parameters
    ----------
    table : DataFrame
        ``age_months``, ``at_risk`` and a column of counts for each cause, as
        :func:`~abscase.quality.exposure.exposure` and
        :func:`~abscase.quality.exposure.risk_table` give them. Rows of one age are added up, so a
        table by date may go in as it is.
    by : sequence of str
        Columns of ``table`` to estimate by.
    causes : sequence of str
        Every way to end that the table counts. One left out would be taken for censoring, and the
        rest overstated.
    alpha : float
        1 less the coverage, in [0.001, 0.5].

    Returns
    -------
    DataFrame
        One row for each group, cause and age: ``by``, ``cause``, ``age_months``, ``at_risk``,
        ``ends`` (of this cause), ``incidence`` (share ended so by that age), ``se``, ``lo``,
        ``hi``, ``survival`` (share still there). At each age the incidences and the survival sum to
        1. Bounds are empty while the incidence is 0.

    Raises
    ------
    DataFaults
        At some age more loans end than are at risk.

    Notes
    -----
    :math:`\hat F_k(t)=\sum_{u\le t}\hat S(u^-)\,d_k(u)/Y(u)` with
    :math:`\hat S(t)=\prod_{u\le t}\{1-\sum_k d_k(u)/Y(u)\}`: exact with any number of ties and,
    where Y counts loans from their entry, with left truncation. With entries the shares are
    conditional on being there at the first age at risk; a risk set of a few loans at young ages
    upsets all that follows, so look at ``at_risk``. The standard error treats the ends at each age
    as one multinomial draw (delta method); with no censoring it is the binomial one. The bounds
    are symmetric on the scale :math:`\ln(-\ln F)`.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov
    chains based on censored observations. *Scandinavian Journal of Statistics* 5(3), 141-150.
    Dinse, G. E. and Larson, M. G. (1986). A note on semi-Markov models for partially censored data.
    *Biometrika* 73(2), 379-386. (the variance)
    Choudhury, J. B. (2002). Non-parametric confidence interval estimation for competing risks
    analysis. *Statistics in Medicine* 21(8), 1129-1144. (the bounds)
    """
    require(alpha=(alpha, 0.001, 0.5))
    for cause in causes:
        if cause not in table.columns:
            raise ChoiceError("cause", cause, set(table.columns) - {"age_months", "at_risk", *by})
    counts = ["at_risk", *causes]
    summed = grouped(table[[*by, "age_months", *counts]], [*by, "age_months"]).sum().reset_index()
    over = summed[summed[list(causes)].sum(axis=1) > summed["at_risk"]]
    if len(over):
        raise DataFaults([
            Fault("has more ends than loans at risk", "age_months", f"{age:g}")
            for age in over["age_months"]
        ])  # fmt: skip
    parts = [
        one_incidence(group, cause, causes, alpha).assign(**_names(group, by))
        for _, group in grouped(summed, by) for cause in causes
    ]  # fmt: skip
    columns = [*by, "cause", "age_months", "at_risk", "ends", "incidence", "se", "lo", "hi",
               "survival"]  # fmt: skip
    return pd.concat(parts, ignore_index=True)[columns]


def _names(group: pd.DataFrame, by: Sequence[str]) -> dict[str, Any]:
    return {name: group[name].iloc[0] for name in by}


def one_incidence(
    group: pd.DataFrame, cause: str, causes: Sequence[str], alpha: float
) -> pd.DataFrame:
    """Return the incidence of one cause in one group, sorted by age; see cumulative_incidence."""
    at_risk = group["at_risk"].to_numpy(dtype=float)
    ends = group[cause].to_numpy(dtype=float)
    hazard = ratio(ends, at_risk)
    all_hazard = ratio(group[list(causes)].sum(axis=1).to_numpy(dtype=float), at_risk)
    survival = np.cumprod(1 - all_hazard)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * hazard)
    se = _standard_error(at_risk, hazard, all_hazard - hazard, before, incidence)
    lo, hi = _bounds(incidence, se, alpha)
    return pd.DataFrame({
        "cause": cause, "age_months": group["age_months"].to_numpy(), "at_risk": at_risk,
        "ends": ends, "incidence": incidence, "se": se, "lo": lo, "hi": hi, "survival": survival,
    }).astype({"at_risk": "int64", "ends": "int64"})  # fmt: skip


def ratio(part: Array, whole: Array) -> Array:
    """Return part over whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _standard_error(
    at_risk: Array, hazard: Array, other: Array, before: Array, incidence: Array
) -> Array:
    # Row t, column u: what a loan that ends at u takes from the incidence still to come by t.
    to_come = np.tril(incidence[:, None] - incidence[None, :])
    lost = -ratio(to_come.ravel(), np.broadcast_to(1 - hazard - other, to_come.shape).ravel())
    lost = np.tril(lost.reshape(to_come.shape))
    gained = np.tril(lost + before)
    mean = gained * hazard + lost * other
    draw = gained**2 * hazard + lost**2 * other - mean**2
    each = np.where(at_risk > 0, at_risk, np.inf)
    return np.sqrt(np.clip((draw / each).sum(axis=1), 0, None))


def _bounds(incidence: Array, se: Array, alpha: float) -> tuple[Array, Array]:
    inner = (incidence > 0) & (incidence < 1)
    share = np.where(inner, incidence, 0.5)
    width = stats.norm.isf(alpha / 2) * se / (share * -np.log(share))
    outside = np.where(incidence >= 1, 1.0, np.nan)
    lo = np.where(inner, share ** np.exp(width), outside)
    return lo, np.where(inner, share ** np.exp(-width), outside)
