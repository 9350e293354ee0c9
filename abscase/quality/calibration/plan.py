"""What a calibration needs: a process built of parameters, its moments, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from abscase.quality.calibration.moments import Moment
from abscase.ranges import Array
from abscase.sources.simulate import Process


@dataclass(frozen=True)
class Open:
    """A parameter that no target identifies: its range, the value used, and why it is open."""

    low: float
    used: float
    high: float
    why: str


TERM, RAMP = 360, 30
"""Months: a thirty-year mortgage; the PSA and SDA conventions ramp their rates up over 30."""
CURE_90_MORTGAGE = Open(0.01, 0.03, 0.08, "chance a month that a mortgage 90 days late is cured")


@dataclass(frozen=True)
class Plan:
    """``build(theta, open values)`` gives the process; ``start`` is where the search begins."""

    build: Callable[[Array, Mapping[str, float]], Process]
    start: Array
    moments: tuple[Moment, ...]
    open: Mapping[str, Open]


def path_through(values: Array, until: Sequence[int], months: int) -> Array:
    """Return a path over the months 0 to ``months``: straight lines between the dates of values.

    >>> path_through(np.array([1.0, 2.0]), [1, 3], 4)
    array([1. , 1. , 1.5, 2. , 2. ])
    """
    return np.interp(np.arange(months + 1), np.asarray(until), np.asarray(values))


def ramp(months: int) -> Array:
    """Return the seasoning of mortgages, as log-odds by age: a straight rise over 30 months."""
    return np.log(np.minimum(np.arange(months + 1) + 1, RAMP) / RAMP)


def three(value: float) -> tuple[float, float]:
    """Return the chances to roll and to be cured; a third of what does not roll stays."""
    roll = float(expit(value))
    return roll, (1 - roll) * 2 / 3
