"""Refuse arguments outside their range, all of them in one error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from abscase.errors import ParameterFaults

Array = npt.NDArray[np.float64]
"""Numbers in, numbers out: a scalar argument gives a scalar result."""
INF = float("inf")


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
    """
    messages = []
    for name, (value, low, high) in given.items():
        values = np.atleast_1d(np.asarray(value, dtype=float))
        wrong = values[~((values >= low) & (values <= high))]
        if wrong.size:
            messages.append(f"{name} is {wrong[0]:g}; give a value from {low:g} to {high:g}")
    if messages:
        raise ParameterFaults(messages)
