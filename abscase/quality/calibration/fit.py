"""The fit of a plan's parameters to its targets, and quick refits to targets near by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from abscase.quality.calibration.moments import Moment
from abscase.quality.calibration.plan import Plan
from abscase.ranges import Array
from abscase.sources.simulate import expected

LEAST_WIDTH = 0.02
"""Least relative half width of a target in the fit, so that no target counts without bound."""
PULL = 0.05
"""Weight that draws a parameter to its start where the targets say nothing of it."""
REACH = 12.0
"""Furthest that a parameter may move from its start, in log-odds."""
CHORD_STEPS, SEARCH_STEPS = 5, 6
ENOUGH = 4.0
"""A refit whose sum of squares is within this of the fit's own, plus one, is taken."""


@dataclass(frozen=True)
class Fit:
    """Fitted parameters, the slopes of the misses in them, and half the sum of squared misses."""

    theta: Array
    slopes: Array
    cost: float


def fit(plan: Plan) -> Fit:
    """Fit a plan to its targets, open parameters at the values used."""
    opened = {name: each.used for name, each in plan.open.items()}
    targets = np.array([each.target for each in plan.moments])
    return _search(plan, misses(plan, opened, targets), plan.start, 60)


def refit(plan: Plan, found: Fit, opened: Mapping[str, float], targets: Array) -> Array:
    """Fit to other targets and open parameters, from a fit near by.

    Steps along the slopes of that fit come first (chord method); where they do not lead down, a
    short search follows.
    """
    miss = misses(plan, opened, targets)
    inverse = np.linalg.pinv(found.slopes)
    best, least = found.theta, miss(found.theta)
    for _ in range(CHORD_STEPS):
        theta = np.clip(best - inverse @ least, plan.start - REACH, plan.start + REACH)
        now = miss(theta)
        if (now**2).sum() >= (least**2).sum():
            break
        best, least = theta, now
    if (least**2).sum() / 2 <= ENOUGH * found.cost + 1:
        return best
    return _search(plan, miss, best, SEARCH_STEPS).theta


def misses(plan: Plan, opened: Mapping[str, float], targets: Array) -> Callable[[Array], Array]:
    """Return the function that gives the misses of the fitted moments, each over its width."""
    chosen = [place for place, each in enumerate(plan.moments) if each.fitted]
    aims = np.log(targets[chosen])
    wide = np.array([_width(plan.moments[place]) for place in chosen])

    def miss(theta: Array) -> Array:
        process = plan.build(theta, opened)
        path = expected(process)
        found = [plan.moments[place].reading.expected(path, process) for place in chosen]
        gap = (np.log(np.maximum(found, 1e-12)) - aims) / wide
        return np.concatenate([gap, PULL * (theta - plan.start)])

    return miss


def _search(plan: Plan, miss: Callable[[Array], Array], start: Array, steps: int) -> Fit:
    bounds = (plan.start - REACH, plan.start + REACH)
    result = optimize.least_squares(
        miss, start, bounds=bounds, max_nfev=steps, ftol=1e-5, xtol=1e-5
    )
    return Fit(result.x, result.jac, float(result.cost))


def _width(each: Moment) -> float:
    return max((each.hi - each.lo) / 2 / each.target, LEAST_WIDTH)
