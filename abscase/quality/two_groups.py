"""Two groups of loans beside each other: their covariates, their fits, their resamples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit

from abscase.errors import DataFaults, Fault, NotEstimable
from abscase.quality.design import complete
from abscase.ranges import Array, require

STEPS, SMALL = 50, 1e-10


@dataclass(frozen=True)
class Side:
    """One group: covariates with a constant in front, events, loan-periods and clusters by row."""

    name: str
    x: Array
    events: Array
    at_risk: Array
    clusters: np.ndarray | None

    @property
    def rate(self) -> float:
        """Events over loan-periods."""
        return float(self.events.sum() / self.at_risk.sum())

    @property
    def means(self) -> Array:
        """Mean of each covariate over loan-periods, the constant first."""
        return self.at_risk @ self.x / self.at_risk.sum()

    def resampled(self, rng: np.random.Generator) -> Side:
        """Return a bootstrap sample, of loan-periods or of whole clusters."""
        if self.clusters is not None:
            count = int(self.clusters.max()) + 1
            times = rng.multinomial(count, np.full(count, 1 / count))[self.clusters]
            return replace(self, events=self.events * times, at_risk=self.at_risk * times)
        calm = self.at_risk - self.events
        total = self.at_risk.sum()
        drawn = rng.multinomial(round(total), np.concatenate([self.events, calm]) / total)
        events, calm = np.split(drawn.astype(float), 2)
        return replace(self, events=events, at_risk=events + calm)


def two_sides(
    frame: pd.DataFrame,
    group: str,
    pair: tuple[str, str],
    covariates: Sequence[str],
    event: str,
    cluster: str | None,
) -> tuple[Side, Side]:
    """Return both groups, or refuse a frame from which the coefficients cannot be had."""
    needed = [group, event, *covariates, *([cluster] if cluster else [])]
    rows, _ = complete(frame, needed, "at_risk")
    rows = rows[rows["at_risk"] > 0]
    held = rows[group].astype(str)
    if absent := sorted(set(pair) - set(held)):
        known = ", ".join(sorted(set(held)))
        raise DataFaults([Fault(f"no complete row of this group; there are: {known}", group, name)
                          for name in absent])  # fmt: skip
    first, second = (_side(name, rows[held == name], covariates, event, cluster) for name in pair)
    return first, second


def _side(
    name: str, rows: pd.DataFrame, covariates: Sequence[str], event: str, cluster: str | None
) -> Side:
    x = np.column_stack([np.ones(len(rows)), rows[list(covariates)].to_numpy(dtype=float)])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise NotEstimable(f"in {name} a covariate does not vary or repeats others; leave it out")
    codes = pd.factorize(rows[cluster])[0] if cluster else None
    if codes is not None and not codes.max():
        raise NotEstimable(f"{name} has one {cluster} only; clusters need two, or give None")
    events, at_risk = (rows[column].to_numpy(dtype=float) for column in (event, "at_risk"))
    return Side(name, x, events, at_risk, codes)


def stacked(a: Side, b: Side) -> Side:
    """Return both groups as one, with a dummy for the second as the last covariate."""
    dummy = np.repeat([0.0, 1.0], [len(a.x), len(b.x)])
    return Side(
        f"{a.name} and {b.name}", np.column_stack([np.vstack([a.x, b.x]), dummy]),
        np.concatenate([a.events, b.events]), np.concatenate([a.at_risk, b.at_risk]), None,
    )  # fmt: skip


def least_squares(side: Side) -> Array:
    """Return the coefficients of the linear probability model, weighted by loan-periods."""
    weighted = side.x * side.at_risk[:, None]
    return _solved(weighted.T @ side.x, side.x.T @ side.events)


def logit(side: Side) -> Array:
    """Return the coefficients of the logit by Newton's method, which a bootstrap repeats often.

    Raises
    ------
    NotEstimable
        There is no finite maximum: too few events for the covariates.
    """
    centre: Array = side.means
    scale = np.sqrt(side.at_risk @ (side.x - centre) ** 2 / side.at_risk.sum())
    # The constant stays as it is, and so does a covariate that does not vary in a resample.
    centre[0], scale[scale == 0] = 0, 1
    x = (side.x - centre) / scale
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = expit(x @ beta)
        weight = side.at_risk * chance * (1 - chance)
        slope = x.T @ (side.events - side.at_risk * chance)
        step = _solved((x * weight[:, None]).T @ x, slope)
        beta += step
        if np.abs(step).max() < SMALL:
            slopes = beta / scale
            slopes[0] -= centre[1:] @ slopes[1:]
            return slopes
    raise NotEstimable(f"the logit of {side.name} has no finite estimate: "
                       f"{side.events.sum():g} events are too few for its covariates")  # fmt: skip


def _solved(matrix: Array, right: Array) -> Array:
    # Least squares, as a resample may lose the spread of a covariate.
    return np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0], dtype=float)


def with_interval(
    split: Callable[[Side, Side], Array],
    names: Sequence[tuple[str, str]],
    sides: tuple[Side, Side],
    rng: np.random.Generator,
    n_boot: int,
    alpha: float,
) -> pd.DataFrame:
    """Return what ``split`` finds, with percentile limits over resamples of both groups.

    The limits are empty where a resample cannot be estimated: those that can are no fair draw.
    """
    require(n_boot=(n_boot, 0, 1e6), alpha=(alpha, 1e-6, 0.5))
    table = pd.DataFrame(names, columns=["part", "term"]).assign(estimate=split(*sides))
    if not n_boot:
        return table.assign(lo=np.nan, hi=np.nan)
    try:
        drawn = [split(*(side.resampled(rng) for side in sides)) for _ in range(n_boot)]
    except NotEstimable:
        return table.assign(lo=np.nan, hi=np.nan)
    lo, hi = np.quantile(drawn, [alpha / 2, 1 - alpha / 2], axis=0)
    return table.assign(lo=lo, hi=hi)
