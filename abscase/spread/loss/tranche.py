"""Slices of a pool's loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abscase.errors import ParameterFaults
from abscase.ranges import Array


@dataclass(frozen=True)
class Tranches:
    """Slices [attach, detach] of the loss over exposure, from the first loss upwards.

    Parameters
    ----------
    attach, detach : array (tranche,)
        Shares of the exposure in [0, 1], attach below detach; slices do not overlap.

    Raises
    ------
    ParameterFaults
        Every slice that is empty, out of range, out of order, or overlaps the one before.
    """

    attach: Array
    detach: Array

    def __post_init__(self) -> None:
        if found := list(_faults(self.attach, self.detach)):
            raise ParameterFaults(found)

    @property
    def width(self) -> Array:
        """Detachment less attachment."""
        return self.detach - self.attach

    def __len__(self) -> int:
        return len(self.attach)


def _faults(attach: Array, detach: Array) -> Iterator[str]:
    if attach.shape != detach.shape or attach.ndim != 1 or not len(attach):
        yield f"attach and detach have shapes {attach.shape}, {detach.shape}; give one row of each"
        return
    for k, (low, high) in enumerate(zip(attach, detach, strict=True)):
        if not 0 <= low < high <= 1:
            yield f"tranche {k + 1} is {low:g} to {high:g}; give 0 <= attach < detach <= 1"
        if k and low < detach[k - 1] - 1e-12:
            yield f"tranche {k + 1} begins at {low:g}, within the one before it"


def tranches(bounds: npt.ArrayLike) -> Tranches:
    """Return the slices between rising bounds that begin at 0.

    >>> tranches([0, 0.06, 0.12, 1]).width.tolist()
    [0.06, 0.06, 0.88]
    """
    ends = np.asarray(bounds, dtype=float)
    return Tranches(ends[:-1], ends[1:])


def tranche_loss(loss: npt.ArrayLike, of: Tranches) -> Array:
    r"""Return what each slice loses, over its width, (..., tranche).

    Notes
    -----
    :math:`\min(\max(L-a,0),\,d-a)/(d-a)`.

    >>> tranche_loss([0.03, 0.09], tranches([0, 0.06, 0.12, 1])).tolist()
    [[0.5, 0.0, 0.0], [1.0, 0.5, 0.0]]
    """
    x = np.asarray(loss, dtype=float)[..., None]
    return np.asarray(np.clip(x - of.attach, 0, of.width) / of.width)
