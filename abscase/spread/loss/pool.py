"""A pool of loans that may default: loan by loan, or in groups of like loans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from abscase.errors import ParameterFaults
from abscase.ranges import INF, Array, require

LIMITS = {"pd": (0, 1), "lgd": (0, 1), "exposure": (0, INF), "count": (1, INF), "lgd_sd": (0, 0.5)}


@dataclass(frozen=True)
class Pool:
    """Loans, or groups of ``count`` equal loans; every array has the shape (loan or group,).

    Parameters
    ----------
    pd : array
        Probability of default over the horizon, in [0, 1].
    lgd : array
        Mean share of the exposure that a default loses, in [0, 1].
    exposure : array
        Of all loans of the group together, in currency, at least 0.
    count : array
        Equal loans in the group, at least 1; 1 for single loans.
    lgd_sd : array
        Standard deviation of a loan's loss given default around its mean, independent of all else.

    Raises
    ------
    ParameterFaults
        Every value outside its range, arrays of unlike length, or a pool without exposure.
    """

    pd: Array
    lgd: Array
    exposure: Array
    count: Array
    lgd_sd: Array

    def __post_init__(self) -> None:
        if found := list(_faults(self)):
            raise ParameterFaults(found)

    @property
    def size(self) -> float:
        """The exposure of the whole pool, in currency."""
        return float(self.exposure.sum())

    @property
    def loans(self) -> int:
        """The number of loans."""
        return round(float(self.count.sum()))

    @property
    def weight(self) -> Array:
        """What each group loses if all of it defaults, over the pool's exposure."""
        return self.exposure * self.lgd / self.size

    @property
    def square(self) -> Array:
        r"""Sum over the loans of a group of :math:`w_i^2(LGD_i^2+\sigma_i^2)`, w of exposure."""
        each = self.exposure / self.size
        return each**2 / self.count * (self.lgd**2 + self.lgd_sd**2)

    @property
    def expected_loss(self) -> float:
        """Expected loss over the pool's exposure."""
        return float(self.weight @ self.pd)


def _faults(pool: Pool) -> Iterator[str]:
    values = {name: getattr(pool, name) for name in LIMITS}
    lengths = {name: len(each) if each.ndim == 1 else -1 for name, each in values.items()}
    if len(set(lengths.values())) > 1 or -1 in lengths.values():
        told = ", ".join(f"{name} {values[name].shape}" for name in values)
        yield f"the arrays of a pool must be of one length; given {told}"
        return
    try:
        require(**{name: (each, *LIMITS[name]) for name, each in values.items()})
    except ParameterFaults as error:
        yield from error.messages
    total = float(np.sum(values["exposure"]))
    if not 0 < total < INF:
        yield f"exposure adds up to {total:g}; give a pool with some"


def pool_of(
    pd: npt.ArrayLike, lgd: npt.ArrayLike = 1.0, exposure: npt.ArrayLike = 1.0,
    count: npt.ArrayLike = 1, lgd_sd: npt.ArrayLike = 0.0,
) -> Pool:  # fmt: skip
    """Return a pool; one number stands for all loans.

    >>> pool_of(0.05, 0.5, count=100).expected_loss
    0.025
    """
    given = [np.atleast_1d(np.asarray(each, float)) for each in (pd, lgd, exposure, count, lgd_sd)]
    try:
        whole = np.broadcast_arrays(*given)
    except ValueError:
        told = ", ".join(str(each.shape) for each in given)
        raise ParameterFaults([f"pd, lgd, exposure, count, lgd_sd have shapes {told}"]) from None
    return Pool(*(each.copy() for each in whole))


def grouped(pool: Pool, groups: int = 400) -> Pool:
    """Return the pool with its loans gathered into groups of like probability of default.

    Parameters
    ----------
    pool : Pool
    groups : int
        At least 1; at most so many, close in probability of default and none with much of what
        can be lost.

    Notes
    -----
    A group keeps the loss its loans make together (exposure, loss given default, expected loss) and
    the sum of squares that its granularity comes from.
    """
    require(groups=(groups, 1, INF))
    if groups >= len(pool.pd):
        return pool
    order = np.argsort(pool.pd, kind="stable")
    weight, square, exposure = (each[order] for each in (pool.weight, pool.square, pool.exposure))
    pd = pool.pd[order]
    score = special.ndtri(np.clip(pd, 1e-9, 1 - 1e-9))
    share = (score - score[0]) / max(score[-1] - score[0], 1e-300)
    share += np.cumsum(weight) / max(weight.sum(), 1e-300)
    ends = np.searchsorted(share, np.linspace(0, share[-1], groups + 1)[1:-1])
    starts = np.unique(np.concatenate([[0], ends[ends > 0]]))
    starts = starts[starts < len(pd)]
    lost, money, squares = (np.add.reduceat(each, starts) for each in (weight, exposure, square))
    part = money / pool.size
    mean = np.divide(np.add.reduceat(weight * pd, starts), lost,
                     out=np.add.reduceat(pd, starts) * 0.0, where=lost > 0)  # fmt: skip
    lgd = np.divide(lost, part, out=np.zeros_like(lost), where=part > 0)
    count = np.divide((part * lgd) ** 2, squares, out=np.ones_like(lost), where=squares > 0)
    return Pool(mean, lgd, money, np.maximum(count, 1.0), np.zeros_like(lgd))
