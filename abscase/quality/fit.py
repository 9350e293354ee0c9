"""How well a model predicts: discrimination, calibration, and both out of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from abscase.errors import NotEstimable, ParameterFaults
from abscase.quality.design import complete
from abscase.quality.hazard import HazardFit, predicted
from abscase.ranges import Array, require


@dataclass(frozen=True)
class Auc:
    """Area under the ROC curve with its standard error and interval; Gini is 2 AUC - 1."""

    auc: float
    se: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Brier:
    """Brier score and its parts; see :func:`brier` for how they add up."""

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float


def auc(
    events: npt.ArrayLike,
    chance: npt.ArrayLike,
    at_risk: npt.ArrayLike | None = None,
    alpha: float = 0.05,
) -> Auc:
    r"""Return the chance that a loan with the event was given a higher chance than one without.

    Parameters
    ----------
    events : array
        0 or 1, or the events of each cell.
    chance : array
        What the model predicts, on any scale.
    at_risk : array, optional
        Loan-periods of each cell; left out, 1.
    alpha : float
        1 minus the confidence level.

    Raises
    ------
    ParameterFaults
        Arrays of different lengths, an empty value, or events outside 0 to ``at_risk``.
    NotEstimable
        Fewer than two loan-periods with or without the event.

    Notes
    -----
    Mann-Whitney: :math:`\theta = \frac{1}{mn} \sum_i \sum_j \left[1\{x_i > y_j\} + \frac12
    1\{x_i = y_j\}\right]`. Variance by DeLong: with the share of the others that a loan
    stands above, :math:`V` for loans with the event and :math:`W` for those without,
    :math:`\frac{1}{m} s^2_V + \frac{1}{n} s^2_W`. It takes loan-periods as independent.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two or
    more correlated receiver operating characteristic curves. *Biometrics* 44(3), 837-845.

    Examples
    --------
    >>> round(auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).auc, 3)
    0.75
    """
    require(alpha=(alpha, 1e-6, 0.5))
    hit, prediction, total = _counts(events, chance, at_risk)
    miss = total - hit
    m, n = hit.sum(), miss.sum()
    if min(m, n) < 2:
        raise NotEstimable(f"{m:g} loan-periods with the event and {n:g} without: two are needed")
    levels, place = np.unique(prediction, return_inverse=True)
    hits, misses = (np.bincount(place, part, len(levels)) for part in (hit, miss))
    above = (np.cumsum(misses) - misses / 2) / n
    below = 1 - (np.cumsum(hits) - hits / 2) / m
    area = float(hits @ above / m)
    variance = hits @ (above - area) ** 2 / (m - 1) / m + misses @ (below - area) ** 2 / (n - 1) / n
    reach = float(stats.norm.isf(alpha / 2) * np.sqrt(variance))
    return Auc(area, float(np.sqrt(variance)), max(0.0, area - reach), min(1.0, area + reach))


def brier(
    events: npt.ArrayLike,
    chance: npt.ArrayLike,
    at_risk: npt.ArrayLike | None = None,
    groups: int = 10,
) -> Brier:
    r"""Return the mean squared error of predicted chances, split in its parts.

    Parameters are those of :func:`auc`; ``groups`` is the number of groups of equal size by
    prediction, behind the split.

    Notes
    -----
    score = reliability - resolution + uncertainty + within_variance - within_covariance.

    For groups :math:`k` with share :math:`w_k`, mean prediction :math:`f_k` and observed rate
    :math:`o_k`: reliability :math:`\sum w_k (f_k - o_k)^2`, resolution
    :math:`\sum w_k (o_k - \bar o)^2`, uncertainty :math:`\bar o (1 - \bar o)`. The last two parts
    are the variance of predictions within groups and twice their covariance with the outcome; both
    are 0 where a group holds one prediction only.

    References
    ----------
    Murphy, A. H. (1973). A new vector partition of the probability score. *Journal of Applied
    Meteorology* 12(4), 595-600.
    Stephenson, D. B., Coelho, C. A. S. and Jolliffe, I. T. (2008). Two extra components in the
    Brier score decomposition. *Weather and Forecasting* 23(4), 752-757.
    """
    hit, prediction, total = _counts(events, chance, at_risk)
    require(chance=(prediction, 0, 1))
    group = _groups(prediction, total, groups)
    size, hits, mass = (np.bincount(group, part) for part in (total, hit, total * prediction))
    share, f, o = size / size.sum(), mass / size, hits / size
    rate = hits.sum() / size.sum()
    off = prediction - f[group]
    return Brier(
        float((hit * (1 - prediction) ** 2 + (total - hit) * prediction**2).sum() / size.sum()),
        float(share @ (f - o) ** 2), float(share @ (o - rate) ** 2), float(rate * (1 - rate)),
        float(total @ off**2 / size.sum()), float(2 * (hit @ off) / size.sum()),
    )  # fmt: skip


def calibration(
    events: npt.ArrayLike,
    chance: npt.ArrayLike,
    at_risk: npt.ArrayLike | None = None,
    groups: int = 10,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return predicted beside observed rates in groups of equal size by prediction.

    Parameters are those of :func:`brier`. A cell is never split, so that sizes are equal only
    nearly.

    Returns
    -------
    DataFrame
        ``group`` (1 is the lowest), ``at_risk``, ``events``, ``predicted``, ``observed``, and
        ``lo`` and ``hi`` of the observed rate (Wilson), decimals.
    """
    require(alpha=(alpha, 1e-6, 0.5))
    hit, prediction, total = _counts(events, chance, at_risk)
    group = _groups(prediction, total, groups)
    size, hits, mass = (np.bincount(group, part) for part in (total, hit, total * prediction))
    z, observed = float(stats.norm.isf(alpha / 2)), hits / size
    middle = (observed + z**2 / (2 * size)) / (1 + z**2 / size)
    reach = z * np.sqrt(observed * (1 - observed) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return pd.DataFrame({
        "group": np.arange(len(size)) + 1,
        "at_risk": size.round().astype(np.int64), "events": hits.round().astype(np.int64),
        "predicted": mass / size, "observed": observed, "lo": middle - reach, "hi": middle + reach,
    })  # fmt: skip


def out_of_time(
    cells: pd.DataFrame, last: float, model: Callable[[pd.DataFrame], HazardFit]
) -> pd.DataFrame:
    """Fit on periods up to ``last``, and return how well that predicts them and the later ones.

    Parameters
    ----------
    cells : DataFrame
        As :func:`abscase.quality.cells.cells` returns them.
    last : number
        Last value of ``period`` that the fit may see.
    model : callable
        Takes cells and returns a fit:
        ``functools.partial(hazard, numbers={"score": 20}, cluster=None)``.

    Returns
    -------
    DataFrame
        Rows "fitted" and "later": ``sample``, ``at_risk``, ``events``, ``predicted`` and
        ``observed`` rate, ``auc``, ``auc_se``, ``auc_lo``, ``auc_hi``, ``brier`` and ``skill`` (1
        less the Brier score over that of the sample's own mean rate). Cells with an empty covariate
        are left out.

    Raises
    ------
    NotEstimable
        No period up to ``last``, or none after it.
    """
    frame, _ = complete(cells, ["period"], "at_risk")
    early = frame["period"] <= last
    if early.all() or not early.any():
        raise NotEstimable(f"periods run from {frame['period'].min()} to {frame['period'].max()}; "
                           f"{last} leaves nothing on one side")  # fmt: skip
    fit = model(frame[early])
    rows = [_scored(sample, fit, part) for sample, part in
            (("fitted", frame[early]), ("later", frame[~early]))]  # fmt: skip
    return pd.DataFrame(rows)


def _scored(sample: str, fit: HazardFit, cells: pd.DataFrame) -> dict[str, object]:
    chance = predicted(fit, cells)
    known = ~np.isnan(chance)
    hit, total = (cells[name].to_numpy(dtype=float)[known] for name in (fit.event, "at_risk"))
    area, error = auc(hit, chance[known], total), brier(hit, chance[known], total)
    return {
        "sample": sample, "at_risk": int(total.sum()), "events": int(hit.sum()),
        "predicted": float(np.average(chance[known], weights=total)),
        "observed": float(hit.sum() / total.sum()), "auc": area.auc,
        **{f"auc_{name}": value for name, value in asdict(area).items() if name != "auc"},
        "brier": error.score, "skill": 1 - error.score / error.uncertainty,
    }  # fmt: skip


def _groups(prediction: Array, total: Array, groups: int) -> npt.NDArray[np.int64]:
    """Return groups of nearly equal size, without gaps; equal predictions stay together."""
    require(groups=(groups, 1, 1000))
    _, place = np.unique(prediction, return_inverse=True)
    size = np.bincount(place, total)
    middle = (np.cumsum(size) - size / 2) / size.sum()
    raw = np.minimum((middle * groups).astype(int), groups - 1)
    return np.unique(raw, return_inverse=True)[1][place]


def _counts(
    events: npt.ArrayLike, chance: npt.ArrayLike, at_risk: npt.ArrayLike | None
) -> tuple[Array, Array, Array]:
    hit, prediction = np.asarray(events, dtype=float), np.asarray(chance, dtype=float)
    total = np.ones_like(hit) if at_risk is None else np.asarray(at_risk, dtype=float)
    if not len(hit) == len(prediction) == len(total):
        raise ParameterFaults([
            f"events, chance and at_risk have {len(hit)}, {len(prediction)} and {len(total)} "
            "values; give as many each"
        ])  # fmt: skip
    messages = []
    if np.isnan(np.concatenate([hit, prediction, total])).any():
        messages.append("events, chance or at_risk has empty values; leave those rows out")
    if ((hit < 0) | (hit > total)).any():
        messages.append("events must lie between 0 and at_risk")
    if messages:
        raise ParameterFaults(messages)
    held = total > 0
    return hit[held], prediction[held], total[held]
