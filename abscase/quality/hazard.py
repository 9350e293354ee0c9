"""Discrete-time hazard models on cells of loan-periods."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm
from scipy import special, stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from abscase.errors import AbscaseError, ChoiceError, NotEstimable
from abscase.quality.design import Design, complete, design
from abscase.ranges import Array, require

LARGEST = 1e3
"""On the scale of the link, where 10 is already a hazard ratio of 22,000."""
LINKS = {"logit": sm.families.links.Logit, "cloglog": sm.families.links.CLogLog}


@dataclass(frozen=True)
class HazardFit:
    """A fitted discrete-time hazard.

    Attributes
    ----------
    event, link : str
        What the hazard is of, and the link.
    table : DataFrame
        One row for each coefficient: ``kind`` ("age", "number", "category"), ``term``, ``level``,
        ``step``, ``estimate``, ``se``, ``lo``, ``hi`` (scale of the link), ``ratio``, ``ratio_lo``,
        ``ratio_hi`` (odds ratio for logit, hazard ratio for cloglog; empty for rows of age, whose
        estimate is the link of the hazard at that age) and ``p_value``.
    at_risk, events : int
        Loan-periods and events fitted.
    left_out : float
        Share of loan-periods left out because a covariate is empty.
    clusters : int
        Clusters behind the standard errors; 0 for those of the model.
    log_likelihood : float
        Binomial, without the constant of the counts.
    """

    event: str
    link: str
    table: pd.DataFrame
    at_risk: int
    events: int
    left_out: float
    clusters: int
    alpha: float
    log_likelihood: float
    design: Design = field(repr=False)
    coefficients: Array = field(repr=False)
    covariance: Array = field(repr=False)


def hazard(
    cells: pd.DataFrame,
    *,
    event: str = "default",
    link: str = "logit",
    numbers: Mapping[str, float] | None = None,
    categories: Sequence[str] = (),
    knots: int | Sequence[float] = 4,
    cluster: str | None = "vintage",
    alpha: float = 0.05,
) -> HazardFit:
    r"""Fit the hazard of one way to end, given that the loan was at risk.

    Parameters
    ----------
    cells : DataFrame
        As :func:`abscase.quality.cells.cells` returns them, or any frame with ``age_months``,
        ``at_risk``, a count of events and the covariates; loan-periods are cells of one.
    event : str
        Column of events; all other ways to end count as lost from sight (cause-specific hazard).
    link : {"logit", "cloglog"}
        Coefficients are log odds ratios, or log hazard ratios as in Cox's model on grouped time.
    numbers : mapping of str to float
        Numeric covariates and the step that a coefficient is for: ``{"score": 20, "ltv": 0.1}``.
    categories : sequence of str
        Categories; the largest level is the reference.
    knots : int or sequence of float
        Knots of the natural cubic spline in age: how many, or their ages.
    cluster : str, optional
        Column whose values may hold dependent loan-periods: a cohort, or ``loan_id`` where it is a
        key of the cells. None: standard errors of the model, which take loan-periods as
        independent.
    alpha : float
        1 minus the confidence level; with clusters, limits use Student's t with one degree of
        freedom less than there are clusters.

    Returns
    -------
    HazardFit

    Raises
    ------
    ChoiceError
        No such link.
    DataFaults
        Columns that are not there, or no complete row.
    NotEstimable
        No event, nothing but events, one cluster only, or a covariate that cannot be estimated.

    Notes
    -----
    .. math:: g(h_{it}) = \sum_j \alpha_j s_j(a_{it}) + (x_{it} - \bar x)'\beta

    with natural cubic splines :math:`s_j`. The covariance with clusters :math:`c` is
    :math:`\frac{C}{C-1} I^{-1} \left(\sum_c u_c u_c'\right) I^{-1}` with the observed information
    :math:`I` and the sum of scores :math:`u_c`.

    References
    ----------
    Shumway, T. (2001). Forecasting bankruptcy more accurately: a simple hazard model. *Journal of
    Business* 74(1), 101-124.
    Prentice, R. L. and Gloeckler, L. A. (1978). Regression analysis of grouped survival data.
    *Biometrics* 34(1), 57-67.
    Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear
    models. *Biometrika* 73(1), 13-22.
    """
    if link not in LINKS:
        raise ChoiceError("link", link, LINKS)
    require(alpha=(alpha, 1e-6, 0.5))
    needed = ["age_months", event, *(numbers or {}), *categories, *([cluster] if cluster else [])]
    frame, left_out = complete(cells, needed, "at_risk")
    frame = frame[frame["at_risk"] > 0].reset_index(drop=True)
    events, risk = (frame[name].to_numpy(dtype=float) for name in (event, "at_risk"))
    _refuse_one_sided(event, events, risk)
    made = design(frame, risk, events, numbers=numbers or {}, categories=categories, knots=knots)
    family = sm.families.Binomial(link=LINKS[link]())
    model = sm.GLM(np.column_stack([events, risk - events]), made.matrix(frame), family=family)
    found = _fit(model, f"{link} hazard of {event}")
    covariance, clusters = found.cov_params(), 0
    if cluster:
        information = -model.hessian(found.params)
        scores = model.score_obs(found.params)
        covariance, clusters = clustered(np.linalg.inv(information), scores, frame[cluster])
    table = coefficients(made.terms, found.params, covariance, clusters, alpha)
    chance = found.fittedvalues
    return HazardFit(
        event, link, table, int(risk.sum()), int(events.sum()), left_out, clusters, alpha,
        _log_likelihood(events, risk, chance), made, found.params, covariance,
    )  # fmt: skip


def predicted(fit: HazardFit, cells: pd.DataFrame) -> Array:
    """Return the fitted hazard of each row, NaN where a covariate is empty."""
    whole = cells[fit.design.needed].notna().all(axis=1).to_numpy()
    chance = np.full(len(cells), np.nan)
    line = fit.design.matrix(cells[whole]) @ fit.coefficients
    chance[whole] = LINKS[fit.link]().inverse(line)
    return chance


def hazard_by_age(
    fit: HazardFit, ages: npt.ArrayLike, values: Mapping[str, float | str] | None = None
) -> pd.DataFrame:
    """Return the fitted hazard of one loan by age, with its interval (delta method on the link).

    ``values`` fixes covariates; the others stand at their mean or level of reference. Columns:
    ``age_months``, ``hazard``, ``lo``, ``hi`` (decimals for one period of the cells).
    """
    rows = fit.design.at(ages, values)
    line = rows @ fit.coefficients
    width = quantile(fit.clusters, fit.alpha) * np.sqrt(
        np.einsum("ij,jk,ik->i", rows, fit.covariance, rows)
    )
    back = LINKS[fit.link]().inverse
    return pd.DataFrame({
        "age_months": np.atleast_1d(ages), "hazard": back(line), "lo": back(line - width),
        "hi": back(line + width),
    })  # fmt: skip


def clustered(bread: Array, scores: Array, cluster: pd.Series) -> tuple[Array, int]:
    """Return the cluster-robust covariance and the number of clusters."""
    codes, names = pd.factorize(cluster)
    count = len(names)
    if count < 2:
        raise NotEstimable(f"{cluster.name} has one value only; clusters need two, or give None")
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, codes, scores)
    return count / (count - 1) * bread @ (sums.T @ sums) @ bread, count


def quantile(clusters: int, alpha: float) -> float:
    """Return the two-sided quantile: normal, or Student's t with clusters - 1 degrees."""
    return float(stats.t.isf(alpha / 2, clusters - 1) if clusters else stats.norm.isf(alpha / 2))


def coefficients(
    terms: pd.DataFrame, estimate: Array, covariance: Array, clusters: int, alpha: float
) -> pd.DataFrame:
    """Return the tidy table of estimates described in :class:`HazardFit`."""
    se = np.sqrt(np.diag(covariance))
    width = quantile(clusters, alpha) * se
    tail = stats.t(clusters - 1) if clusters else stats.norm
    table = terms.assign(estimate=estimate, se=se, lo=estimate - width, hi=estimate + width)
    covariate = table["kind"] != "age"
    for name, source in (("ratio", "estimate"), ("ratio_lo", "lo"), ("ratio_hi", "hi")):
        table[name] = np.exp(table[source].where(covariate))
    table["p_value"] = pd.Series(2 * tail.sf(np.abs(estimate / se))).where(covariate)
    return table


def _fit(model: sm.GLM, what: str) -> Any:
    with warnings.catch_warnings():
        # It also warns of a saturated model, which is sound; separation never converges.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = model.fit(tol=1e-12, tol_criterion="params", maxiter=50)
    if not found.converged or np.abs(found.params).max() > LARGEST:
        raise NotEstimable(
            f"the {what} has no finite estimate: a covariate tells events from the rest without "
            "fail, or repeats another; leave one out"
        )
    return found


def _log_likelihood(events: Array, risk: Array, chance: Array) -> float:
    return float(np.sum(special.xlogy(events, chance) + special.xlog1py(risk - events, -chance)))


def _refuse_one_sided(event: str, events: Array, risk: Array) -> None:
    if (events > risk).any() or (events < 0).any():
        raise AbscaseError(f"{event} must lie between 0 and at_risk in every cell")
    if not 0 < events.sum() < risk.sum():
        raise NotEstimable(f"{int(events.sum())} of {int(risk.sum())} loan-periods end by {event}: "
                           "a hazard needs some that do and some that do not")  # fmt: skip
