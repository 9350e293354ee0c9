"""Refuse arguments outside their range, all of them in one error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from abscase.errors import ParameterFaults

INF = float("inf")
Array = npt.NDArray[np.float64]
"""Numbers in, numbers out: a scalar argument gives a scalar result."""


def require(**given: tuple[npt.ArrayLike, float, float]) -> None:
    """Raise where a value lies outside its closed range.

    Parameters
    ----------
    **given
        name=(value or array, least, most).

    Raises
    ------
    ParameterFaults
        One line for each argument with a value that is not a number or lies outside.

    >>> require(retained=(0.08, 0, 1))
    >>> require(retained=(8, 0, 1))
    Traceback (most recent call last):
    abscase.errors.ParameterFaults: retained is 8; give a value from 0 to 1
    """
    messages = []
    for name, (value, low, high) in given.items():
        values = np.atleast_1d(np.asarray(value, dtype=float))
        wrong = values[~((values >= low) & (values <= high))]
        if wrong.size:
            messages.append(f"{name} is {wrong[0]:g}; give a value from {low:g} to {high:g}")
    if messages:
        raise ParameterFaults(messages)
