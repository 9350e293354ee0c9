"""What a calibration needs: a process built of parameters, its moments, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from abscase.quality.calibration_moments import Moment
from abscase.ranges import Array
from abscase.sources.simulate import Process


@dataclass(frozen=True)
class Open:
    """A parameter that no target identifies: its range, the value used, and why it is open."""

    low: float
    used: float
    high: float
    why: str


@dataclass(frozen=True)
class Plan:
    """``build(theta, open values)`` gives the process; ``start`` is where the search begins."""

    build: Callable[[Array, Mapping[str, float]], Process]
    start: Array
    moments: tuple[Moment, ...]
    open: Mapping[str, Open]


def steps(values: Array, until: Sequence[int], months: int) -> Array:
    """Return a step path over the months 0 to ``months``: each value holds until its month.

    >>> steps(np.array([1.0, 2.0]), [1, 3], 4)
    array([1., 1., 2., 2., 2.])
    """
    place = np.searchsorted(np.asarray(until), np.arange(months + 1))
    return np.asarray(values)[np.minimum(place, len(values) - 1)]
