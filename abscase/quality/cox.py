"""Cox's proportional hazards model on loan spells that may enter late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

from abscase.errors import AbscaseError, ChoiceError, NotEstimable
from abscase.quality.design import complete, design
from abscase.quality.hazard import clustered, coefficients
from abscase.quality.states import ENDS
from abscase.ranges import require

TIES = ("efron", "breslow")


@dataclass(frozen=True)
class CoxFit:
    """A fitted Cox model; ``table`` has the columns of that of a ``HazardFit``."""

    event: str
    table: pd.DataFrame
    loans: int
    events: int
    left_out: float
    clusters: int
    log_likelihood: float


def cox(
    spells: pd.DataFrame,
    *,
    event: str = "default",
    numbers: Mapping[str, float] | None = None,
    categories: Sequence[str] = (),
    cluster: str | None = None,
    ties: str = "efron",
    alpha: float = 0.05,
) -> CoxFit:
    r"""Fit a Cox model of one way to end, age being the clock; other ends are censored.

    Parameters
    ----------
    spells : DataFrame
        As :func:`abscase.quality.cells.spells` returns them: ``entry_months``, ``exit_months``,
        ``event`` (0 still there, 1 default, 2 prepaid, 3 matured) and covariates.
    event : {"default", "prepaid", "matured"}
        What the hazard is of.
    numbers, categories, cluster, alpha
        As in :func:`abscase.quality.hazard.hazard`.
    ties : {"efron", "breslow"}
        How loans that end at the same age are treated. Months make many ties, for which Efron's
        is the better approximation.

    Returns
    -------
    CoxFit
        ``table`` holds hazard ratios; there are no rows of age, for the baseline cancels.

    Raises
    ------
    ChoiceError, DataFaults, AbscaseError
        As for a discrete-time hazard.

    Notes
    -----
    .. math:: h_i(a) = h_0(a)\exp(x_i'\beta)

    A loan is in the risk set for ages after its entry and up to its exit. Needs one row a loan in
    memory; for a tape too large for that, the cloglog hazard on cells estimates the same ratios.
    Clustered errors use Breslow's score residuals whatever the ties, a few per cent too small
    where very many loans end at one age.

    References
    ----------
    Cox, D. R. (1972). Regression models and life-tables. *JRSS B* 34(2), 187-220.
    Efron, B. (1977). The efficiency of Cox's likelihood function for censored data. *JASA* 72(359),
    557-565.
    """
    if event not in ENDS:
        raise ChoiceError("way to end", event, ENDS)
    if ties not in TIES:
        raise ChoiceError("treatment of ties", ties, TIES)
    require(alpha=(alpha, 1e-6, 0.5))
    columns = [*(numbers or {}), *categories]
    if not columns:
        raise NotEstimable("a Cox model needs a covariate: its baseline is not estimated")
    needed = ["entry_months", "exit_months", "event", *columns, *([cluster] if cluster else [])]
    frame, left_out = complete(spells.assign(loans=1), needed, "loans")
    if not (frame["entry_months"] < frame["exit_months"]).all():
        raise AbscaseError("a spell must leave after it enters: exit_months above entry_months")
    events = (frame["event"] == 1 + list(ENDS).index(event)).to_numpy(dtype=float)
    if not events.any():
        raise NotEstimable(f"no spell ends by {event}")
    one = np.ones(len(frame))
    made = design(frame, one, events, numbers=numbers or {}, categories=categories)
    model = sm.PHReg(
        frame["exit_months"].to_numpy(dtype=float), made.matrix(frame), status=events,
        entry=frame["entry_months"].to_numpy(dtype=float), ties=ties,
    )  # fmt: skip
    found = model.fit()
    covariance, clusters = found.cov_params(), 0
    if cluster:
        # A loan that is at risk at no event has no score, which is one of zero.
        scores = np.nan_to_num(model.score_residuals(found.params))
        covariance, clusters = clustered(covariance, scores, frame[cluster])
    table = coefficients(made.terms, found.params, covariance, clusters, alpha)
    return CoxFit(event, table, len(frame), int(events.sum()), left_out, clusters, float(found.llf))
