"""How vintages that are not yet ripe will end: the chain ladder with Mack's standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from abscase.errors import DataFaults, Fault
from abscase.ranges import Array, require


@dataclass(frozen=True)
class ChainLadder:
    """Completed triangle.

    Attributes
    ----------
    factors : DataFrame
        ``age`` (from), ``factor``, ``sigma2``, ``vintages`` (that the factor is estimated from).
    projection : DataFrame
        ``vintage``, ``age``, ``observed`` (flag), ``amount`` (cumulative), ``se``, ``lo``, ``hi``.
    ultimate : DataFrame
        ``vintage``, ``age`` (latest), ``latest``, ``ultimate``, ``to_come``, ``se``.
    to_come, se : float
        Of all vintages together; the error allows for the factors that they share.
    """

    factors: pd.DataFrame
    projection: pd.DataFrame
    ultimate: pd.DataFrame
    to_come: float
    se: float


def chain_ladder(triangle: pd.DataFrame, alpha: float = 0.05) -> ChainLadder:
    r"""Project cumulative amounts to the last age.

    Parameters
    ----------
    triangle : DataFrame
        Cumulative amounts or counts, vintages down and ages across, ascending; empty from the first
        age that a vintage has not reached. One vintage at least must be complete.
    alpha : float
        1 less the coverage of ``lo`` and ``hi``, in [0.001, 0.5].

    Raises
    ------
    DataFaults
        Amounts that are not above 0, holes, ages that no vintage has passed, or fewer than two
        factors with two vintages each; all of them are listed.

    Notes
    -----
    :math:`\hat f_a=\sum_v C_{v,a+1}/\sum_v C_{v,a}` over the vintages that have reached a + 1,
    :math:`\hat\sigma^2_a=\frac{1}{n_a-1}\sum_v C_{v,a}(C_{v,a+1}/C_{v,a}-\hat f_a)^2`, and with one
    vintage :math:`\min(\hat\sigma^4_{a-1}/\hat\sigma^2_{a-2}, \hat\sigma^2_{a-1},
    \hat\sigma^2_{a-2})`. The mean squared error grows along the ladder by

    .. math:: \frac{mse_{a+1}}{C_{a+1}^2} = \frac{mse_a}{C_a^2} + \frac{\hat\sigma_a^2}{\hat f_a^2}
              \left(\frac{1}{C_a} + \frac{1}{\sum_v C_{v,a}}\right).

    The bounds take what is still to come as lognormal. The method assumes that all vintages grow
    by the same factors: it fails where, as in 2007, a shock in calendar time hits all at once.

    References
    ----------
    Mack, T. (1993). Distribution-free calculation of the standard error of chain ladder reserve
    estimates. *ASTIN Bulletin* 23(2), 213-225; theorem 3 and its corollary.
    Mack, T. (1999). The standard error of chain ladder reserve estimates: recursive calculation and
    inclusion of a tail factor. *ASTIN Bulletin* 29(2), 361-366.
    """
    require(alpha=(alpha, 0.001, 0.5))
    amounts = triangle.to_numpy(dtype=float)
    reached = _checked(triangle, amounts)
    factor, sigma2, base, number = _factors(amounts)
    if np.isnan(sigma2).any():
        rule = "needs two vintages beyond each of the first two ages; give more vintages"
        raise DataFaults([Fault(rule, "triangle")])
    full, error = _projected(amounts, reached, factor, sigma2, base)
    latest = amounts[np.arange(len(amounts)), reached]
    growth = sigma2 / factor**2 / base
    factors = pd.DataFrame(
        {"age": triangle.columns[:-1], "factor": factor, "sigma2": sigma2, "vintages": number}
    )
    ultimate = pd.DataFrame({
        "vintage": triangle.index, "age": triangle.columns[reached], "latest": latest,
        "ultimate": full[:, -1], "to_come": full[:, -1] - latest, "se": error[:, -1],
    })  # fmt: skip
    projection = _long(triangle, full, error, latest, reached, alpha)
    total = _total_error(full[:, -1], error[:, -1], reached, growth)
    return ChainLadder(factors, projection, ultimate, float(ultimate["to_come"].sum()), total)


def _checked(triangle: pd.DataFrame, amounts: Array) -> npt.NDArray[np.int64]:
    """Return the column that each vintage has reached, or raise with every fault."""
    there = ~np.isnan(amounts)
    faults = [
        Fault("must be above 0; start at a later age", f"age {triangle.columns[column]}",
              f"{amounts[row, column]:g}", file=str(triangle.index[row]))
        for row, column in np.argwhere(there & ~(amounts > 0))
    ]  # fmt: skip
    holes = there != (np.cumprod(there, axis=1) == 1)
    faults += [
        Fault("stands behind an empty cell", f"age {triangle.columns[column]}",
              file=str(triangle.index[row])) for row, column in np.argwhere(holes)
    ]  # fmt: skip
    held = zip(triangle.index, np.any(there, axis=1).tolist(), strict=True)
    faults += [Fault("holds no amount", file=str(name)) for name, ok in held if not ok]
    seen = zip(triangle.columns, np.any(there, axis=0).tolist(), strict=True)
    faults += [Fault("no vintage has reached it", f"age {age}") for age, ok in seen if not ok]
    if amounts.shape[1] < 2:
        faults.append(Fault("needs two ages or more", "triangle"))
    if faults:
        raise DataFaults(faults)
    return there.sum(axis=1) - 1


def _factors(amounts: Array) -> tuple[Array, Array, Array, npt.NDArray[np.int64]]:
    """Factor, its variance parameter, the amounts it stands on and their number, by age."""
    steps = amounts.shape[1] - 1
    factor, sigma2, base = np.empty(steps), np.full(steps, np.nan), np.empty(steps)
    number = np.empty(steps, dtype=np.int64)
    for age in range(steps):
        both = ~np.isnan(amounts[:, age + 1])
        start, ahead = amounts[both, age], amounts[both, age + 1]
        base[age], number[age] = start.sum(), both.sum()
        factor[age] = ahead.sum() / base[age]
        if number[age] > 1:
            sigma2[age] = (start * (ahead / start - factor[age]) ** 2).sum() / (number[age] - 1)
        elif age > 1:
            one, two = sigma2[age - 1], sigma2[age - 2]
            sigma2[age] = min(one**2 / two, one, two) if two > 0 else 0.0
    return factor, sigma2, base, number


def _projected(
    amounts: Array, reached: npt.NDArray[np.int64], factor: Array, sigma2: Array, base: Array
) -> tuple[Array, Array]:
    """The completed amounts and their standard errors."""
    full, mse = amounts.copy(), np.zeros_like(amounts)
    for age in range(len(factor)):
        ahead = reached <= age
        start = full[ahead, age]
        full[ahead, age + 1] = start * factor[age]
        drawn = start**2 * sigma2[age] * (1 / start + 1 / base[age])
        mse[ahead, age + 1] = drawn + factor[age] ** 2 * mse[ahead, age]
    return full, np.sqrt(mse)


def _long(
    triangle: pd.DataFrame, full: Array, error: Array, latest: Array,
    reached: npt.NDArray[np.int64], alpha: float,
) -> pd.DataFrame:  # fmt: skip
    to_come, z = full - latest[:, None], stats.norm.isf(alpha / 2)
    rising = to_come > 0
    mean = np.where(rising, to_come, 1.0)
    spread = np.sqrt(np.log1p((error / mean) ** 2))
    bounds = []
    for side in (-z, z):
        lognormal = mean * np.exp(side * spread - spread**2 / 2)
        bounds.append(latest[:, None] + np.where(rising, lognormal, to_come + side * error))
    observed = np.arange(full.shape[1]) <= reached[:, None]
    grid = pd.MultiIndex.from_product([triangle.index, triangle.columns], names=["vintage", "age"])
    lo, hi = (np.where(observed, full, bound).ravel() for bound in bounds)
    return pd.DataFrame(
        {"observed": observed.ravel(), "amount": full.ravel(), "se": error.ravel(), "lo": lo,
         "hi": hi}, grid,
    ).reset_index()  # fmt: skip


def _total_error(
    ultimate: Array, se: Array, reached: npt.NDArray[np.int64], growth: Array
) -> float:
    # Two vintages share the factors from the age of the older of the two open ladders on.
    from_age = np.append(np.cumsum(growth[::-1])[::-1], 0.0)
    shared = from_age[np.maximum.outer(reached, reached)] * np.multiply.outer(ultimate, ultimate)
    np.fill_diagonal(shared, se**2)
    return float(np.sqrt(shared.sum()))
