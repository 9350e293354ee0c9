"""Turn cells into the matrix of a hazard model: a spline in age, steps of numbers, categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.interpolate import CubicSpline

from abscase.errors import DataFaults, Fault, NotEstimable, ParameterFaults
from abscase.quality.tally import require_columns
from abscase.ranges import Array

OUTER = 0.05
"""Share of events before the first knot and after the last, where the spline is a line."""


@dataclass(frozen=True)
class Design:
    """What makes the columns of a matrix from a frame.

    Attributes
    ----------
    knots : tuple of float
        Ages at which the baseline has a coefficient each, months.
    steps, centres : mapping of str to float
        Numeric covariates: the step that a coefficient is for, and the value it counts from.
    levels : mapping of str to tuple of str
        Categories: the levels, the one of reference first.
    """

    knots: tuple[float, ...]
    steps: Mapping[str, float]
    centres: Mapping[str, float]
    levels: Mapping[str, tuple[str, ...]]

    @property
    def needed(self) -> list[str]:
        """The columns that a frame must have."""
        return [*(["age_months"] if self.knots else []), *self.steps, *self.levels]

    @property
    def terms(self) -> pd.DataFrame:
        """One row for each column of the matrix: ``kind``, ``term``, ``level``, ``step``."""
        rows = [("age", "age_months", f"{knot:g}", np.nan) for knot in self.knots]
        rows += [("number", name, "", step) for name, step in self.steps.items()]
        rows += [("category", name, level, np.nan)
                 for name, levels in self.levels.items() for level in levels[1:]]  # fmt: skip
        return pd.DataFrame(rows, columns=["kind", "term", "level", "step"])

    def matrix(self, frame: pd.DataFrame) -> Array:
        """Return the matrix of a frame without empty cells, shape (rows, terms)."""
        parts = [spline(frame["age_months"], self.knots)] if self.knots else []
        for name, step in self.steps.items():
            values = frame[name].to_numpy(dtype=float)
            parts.append(((values - self.centres[name]) / step)[:, None])
        for name, levels in self.levels.items():
            _refuse_unknown(frame[name], levels)
            held = frame[name].astype(str).to_numpy()
            parts.append((held[:, None] == np.array(levels[1:])[None, :]).astype(float))
        return np.hstack([np.empty((len(frame), 0)), *parts])

    def at(self, ages: npt.ArrayLike, values: Mapping[str, float | str] | None = None) -> Array:
        """Return the matrix of one loan over ages; what is not given is at centre or reference."""
        given = {**self.centres, **{name: levels[0] for name, levels in self.levels.items()}}
        if unknown := sorted(set(values or {}) - set(given)):
            raise ParameterFaults([
                f"{name} is no covariate of the model; it has: {', '.join(given) or 'none'}"
                for name in unknown
            ])  # fmt: skip
        age = np.atleast_1d(np.asarray(ages, dtype=float))
        return self.matrix(pd.DataFrame({"age_months": age, **given, **(values or {})}))


def design(
    frame: pd.DataFrame,
    weight: npt.ArrayLike,
    events: npt.ArrayLike,
    *,
    numbers: Mapping[str, float],
    categories: Sequence[str] = (),
    knots: int | Sequence[float] = 0,
) -> Design:
    """Return the design for a frame without empty cells.

    Parameters
    ----------
    frame : DataFrame
        ``age_months`` where there are knots, and the covariates.
    weight, events : array
        Loan-periods and events of each row.
    numbers : mapping of str to float
        Numeric covariates, each with the step that its coefficient is for (20 points of score). A
        covariate counts from its mean over loan-periods.
    categories : sequence of str
        Categories; the level of most loan-periods is the reference.
    knots : int or sequence of float
        How many knots, at even quantiles of the age at the event from 5 to 95 %; or their ages; 0
        for a model without baseline.

    Raises
    ------
    ParameterFaults
        A step of 0, or knots that do not ascend.
    NotEstimable
        A covariate or category that does not vary or repeats others, or a level without any event
        or with nothing else, for which no finite coefficient exists.
    """
    weights, counts = np.asarray(weight, dtype=float), np.asarray(events, dtype=float)
    if zero := [name for name, step in numbers.items() if not step]:
        raise ParameterFaults([f"step of {name} is 0; give what one coefficient is for"
                               for name in zero])  # fmt: skip
    ages = _knots(frame, counts, knots)
    levels = {name: _levels(frame[name], weights, counts) for name in categories}
    still = [name for name in numbers if frame[name].nunique() < 2]
    still += [name for name, found in levels.items() if len(found) < 2]
    if still:
        raise NotEstimable(f"does not vary in these loans: {', '.join(still)}; leave it out")
    centres = {name: float(np.average(frame[name].astype(float), weights=weights))
               for name in numbers}  # fmt: skip
    made = Design(ages, dict(numbers), centres, levels)
    if np.linalg.matrix_rank(made.matrix(frame)) < len(made.terms):
        raise NotEstimable("covariates repeat each other: one follows from the others in every row")
    return made


def spline(age: npt.ArrayLike, knots: Sequence[float]) -> Array:
    r"""Return the natural cubic spline through each knot in turn, shape (ages, knots).

    A coefficient is the value of the curve at its knot. The columns of a row sum to 1, so that no
    further constant is needed; one knot is a constant; beyond the outer knots curves are lines.

    Notes
    -----
    Column :math:`j` is the natural cubic spline with :math:`s_j(k_i) = 1\{i = j\}`.

    References
    ----------
    Wood, S. N. (2017). *Generalized Additive Models*, 2nd ed., section 5.3.1 (cubic regression
    splines). CRC Press.
    """
    ages, places = np.asarray(age, dtype=float), np.asarray(knots, dtype=float)
    if len(places) == 1:
        return np.ones((len(ages), 1))
    curves = CubicSpline(places, np.eye(len(places)), bc_type="natural")
    inside = np.clip(ages, places[0], places[-1])
    return curves(inside) + (ages - inside)[:, None] * curves(inside, 1)


def complete(
    frame: pd.DataFrame, needed: Sequence[str], counted: str
) -> tuple[pd.DataFrame, float]:
    """Return the rows without empty cells, and the share of ``counted`` that they leave out."""
    require_columns(frame, [*needed, counted])
    whole = frame[list(needed)].notna().all(axis=1)
    total = float(frame[counted].sum())
    if not total or not whole.any():
        raise DataFaults([Fault(f"no row has all of: {', '.join(needed)}", counted)])
    return frame[whole].reset_index(drop=True), 1 - float(frame[counted][whole].sum()) / total


def _knots(frame: pd.DataFrame, events: Array, knots: int | Sequence[float]) -> tuple[float, ...]:
    if not isinstance(knots, int):
        places = tuple(float(knot) for knot in knots)
        if not places or any(np.diff(places) <= 0):
            raise ParameterFaults([f"knots are {places}; give ages, each above the one before"])
        return places
    if knots < 1:
        return ()
    order = np.argsort(frame["age_months"].to_numpy(), kind="stable")
    share = np.cumsum(events[order]) / events.sum()
    quantiles = np.linspace(OUTER, 1 - OUTER, knots) if knots > 1 else np.array([0.5])
    rows = np.searchsorted(share, quantiles - 1e-12)
    return tuple(float(age) for age in np.unique(frame["age_months"].to_numpy()[order][rows]))


def _levels(values: pd.Series, weight: Array, events: Array) -> tuple[str, ...]:
    sums = pd.DataFrame({"weight": weight, "events": events}).groupby(values.astype(str)).sum()
    lost = sums.index[(sums["events"] <= 0) | (sums["events"] >= sums["weight"])]
    if len(lost) and len(sums) > 1:
        raise NotEstimable(
            f"{values.name} has levels with no event, or with nothing else: {', '.join(lost)}; "
            "join them with others"
        )
    ranked = sums.sort_index().sort_values("weight", ascending=False, kind="stable")
    return tuple(ranked.index)


def _refuse_unknown(values: pd.Series, levels: Sequence[str]) -> None:
    unknown = sorted(set(values.astype(str)) - set(levels))
    if unknown:
        raise DataFaults([
            Fault(f"level is not in the fitted model, which has: {', '.join(levels)}",
                  str(values.name), level) for level in unknown
        ])  # fmt: skip
