"""Cause-specific hazards of default and prepayment, and the cumulative incidence they imply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import AbscaseError, ParameterFaults
from abscase.quality.hazard import LINKS, HazardFit, hazard
from abscase.ranges import Array, require

CAUSES = ("default", "prepaid")


def cause_specific(
    cells: pd.DataFrame, causes: Sequence[str] = CAUSES, **settings: Any
) -> dict[str, HazardFit]:
    """Fit the hazard of each cause with :func:`abscase.quality.hazard.hazard`.

    A loan that ends by another cause leaves the risk set, in a period that it survived as far as
    this cause is concerned. So each hazard is what it is in the presence of the others, and says
    nothing of a world without them. A cause by which no loan ends is left out.

    References
    ----------
    Prentice, R. L. et al. (1978). The analysis of failure times in the presence of competing risks.
    *Biometrics* 34(4), 541-554.
    """
    held = [cause for cause in causes if cells[cause].sum() > 0]
    return {cause: hazard(cells, event=cause, **settings) for cause in held}


def fitted_incidence(
    fits: Mapping[str, HazardFit],
    ages: npt.ArrayLike,
    values: Mapping[str, float | str] | None = None,
    *,
    rng: np.random.Generator,
    n_draws: int = 1000,
    alpha: float = 0.05,
) -> pd.DataFrame:
    r"""Return the share of loans that have ended by each cause, by age.

    Parameters
    ----------
    fits : mapping of str to HazardFit
        One fit for each cause.
    ages : array of float
        Age at the end of each period in turn, as the cells have it (3, 6, 9, ... for quarters).
    values : mapping, optional
        Covariates of the loan; what is not given stands at its mean or level of reference.
    rng : Generator
        For the interval.
    n_draws : int
        Draws of the coefficients from their joint normal distribution, at least 100.
    alpha : float
        1 minus the confidence level.

    Returns
    -------
    DataFrame
        ``age_months``, ``alive``, and for each cause its cumulative share with ``<cause>_lo`` and
        ``<cause>_hi``.

    Raises
    ------
    ParameterFaults
        Ages that do not ascend in even steps.
    AbscaseError
        The hazards of a period sum to more than 1.

    Notes
    -----
    .. math:: F_k(a) = \sum_{s \le a} h_k(s) \prod_{r < s} \Bigl(1 - \sum_j h_j(r)\Bigr)

    The fits of two causes share loans, not coefficients; their estimates are asymptotically
    independent, and are drawn so.
    """
    require(n_draws=(n_draws, 100, 1e6), alpha=(alpha, 1e-6, 0.5))
    at = np.atleast_1d(np.asarray(ages, dtype=float))
    if len(at) > 1 and (np.ptp(np.diff(at)) > 1e-9 or at[1] <= at[0]):
        raise ParameterFaults(["ages must ascend in even steps, one for each period"])
    point = {cause: fit.coefficients[:, None] for cause, fit in fits.items()}
    drawn = {
        cause: rng.multivariate_normal(fit.coefficients, fit.covariance, n_draws).T
        for cause, fit in fits.items()
    }
    alive, shares = _accumulate(_hazards(fits, point, at, values))
    _, random = _accumulate(np.minimum(_hazards(fits, drawn, at, values), 1 / len(fits)))
    table = pd.DataFrame({"age_months": at, "alive": alive[:, 0]})
    for row, cause in enumerate(fits):
        table[cause] = shares[row, :, 0]
        limits = np.quantile(random[row], [alpha / 2, 1 - alpha / 2], axis=1)
        table[f"{cause}_lo"], table[f"{cause}_hi"] = limits
    return table


def _hazards(
    fits: Mapping[str, HazardFit],
    coefficients: Mapping[str, Array],
    ages: Array,
    values: Mapping[str, float | str] | None,
) -> Array:
    """Return hazards, shape (causes, ages, draws)."""
    lines = [(fit.link, fit.design.at(ages, values) @ coefficients[cause])
             for cause, fit in fits.items()]  # fmt: skip
    return np.stack([LINKS[link]().inverse(line) for link, line in lines])


def _accumulate(hazards: Array) -> tuple[Array, Array]:
    """Return who is alive (ages, draws) and the cumulative shares (causes, ages, draws)."""
    total = hazards.sum(axis=0)
    if total.max() > 1:
        raise AbscaseError(f"the hazards of one period sum to {total.max():.3g}, above 1: "
                           "the fits do not hold for these ages and values")  # fmt: skip
    alive = np.cumprod(1 - total, axis=0)
    before = np.vstack([np.ones_like(alive[:1]), alive[:-1]])
    return alive, np.cumsum(hazards * before, axis=1)
