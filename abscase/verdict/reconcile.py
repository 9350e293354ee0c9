"""Published figures beside the same figures recomputed from other rows of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from abscase.case import Datum
from abscase.errors import DataFaults, Fault


@dataclass(frozen=True)
class Check:
    """One published figure beside its recomputation, both in ``unit``.

    ``tolerance`` is in ``unit`` too: half of the last digit that was printed, or as much as the
    rounding of the inputs can explain. ``data`` are all rows used, the published one included.
    Where ``by_construction`` one of the two was had from the other, so that they cannot disagree
    unless the data were damaged.
    """

    check_id: str
    case: str
    published: float
    recomputed: float
    unit: str
    tolerance: float
    data: tuple[Datum, ...]
    by_construction: bool = False

    @property
    def difference(self) -> float:
        """Recomputed less published."""
        return self.recomputed - self.published

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the tolerance; a hair is left for binary rounding."""
        return abs(self.difference) <= self.tolerance * (1 + 1e-9)

    @property
    def grade(self) -> str:
        """The worst grade of the rows used."""
        return max(datum.grade for datum in self.data)

    @property
    def source_ids(self) -> tuple[str, ...]:
        """The sources of the rows used."""
        return tuple(sorted({datum.source_id for datum in self.data}))


def credit_enhancement(
    balance: Sequence[float], seniority: Sequence[int], pool_amt: float
) -> np.ndarray:
    r"""Return the initial credit enhancement of each class, as a share of the pool.

    Parameters
    ----------
    balance : array-like, shape (n,)
        Balance of each class, money.
    seniority : array-like of int, shape (n,)
        1 is paid first; equal numbers rank equally and share one enhancement.
    pool_amt : float
        Pool at cut-off, money; what it exceeds all classes by is overcollateralisation.

    Returns
    -------
    ndarray, shape (n,)
        Decimal share; negative where the classes paid up to then exceed the pool.

    Notes
    -----
    .. math:: CE_k = 1 - \frac{\sum_{j:\,s_j \le s_k} B_j}{P}

    Examples
    --------
    >>> credit_enhancement([70, 20], [1, 2], 100).round(2).tolist()
    [0.3, 0.1]
    """
    amounts, ranks = np.asarray(balance, dtype=float), np.asarray(seniority, dtype=int)
    if not pool_amt > 0:
        raise DataFaults([Fault("must be above 0", "pool_amt", f"{pool_amt:g}")])
    paid = (ranks[None, :] <= ranks[:, None]) @ amounts
    return np.asarray(1 - paid / pool_amt)


def class_shares(balance: Sequence[float]) -> np.ndarray:
    """Return the share of each class in the deal; the shares add up to 1.

    >>> class_shares([45, 40.6, 6.4, 8]).round(3).tolist()
    [0.45, 0.406, 0.064, 0.08]
    """
    amounts = np.asarray(balance, dtype=float)
    return np.asarray(amounts / amounts.sum())


def pool_balance(loans_count: float, average_amt: float) -> float:
    """Return the pool in money: number of loans times the average balance.

    >>> round(pool_balance(4499, 210_580) / 1e6, 1)
    947.4
    """
    return loans_count * average_amt


def share(part: float, whole: float) -> float:
    """Return a part as a decimal share of the whole.

    >>> round(share(36.2, 1732 + 421.7), 4)
    0.0168
    """
    if not whole > 0:
        raise DataFaults([Fault("must be above 0 to take a share of it", "whole", f"{whole:g}")])
    return part / whole


def as_frame(checks: Iterable[Check]) -> pd.DataFrame:
    """Return the reconciliation table, one row for each check, in the order given.

    Returns
    -------
    DataFrame
        check_id, case, published, recomputed, difference, tolerance, unit, agrees,
        by_construction, grade, source_ids (separated by spaces).
    """
    return pd.DataFrame([
        {
            "check_id": each.check_id, "case": each.case, "published": each.published,
            "recomputed": each.recomputed, "difference": each.difference,
            "tolerance": each.tolerance, "unit": each.unit, "agrees": each.agrees,
            "by_construction": each.by_construction, "grade": each.grade,
            "source_ids": " ".join(each.source_ids),
        }
        for each in checks
    ])  # fmt: skip


def require(checks: Iterable[Check]) -> None:
    """Raise :class:`~abscase.errors.DataFaults` naming every check that does not agree."""
    faults = [
        Fault(
            f"recomputed {each.recomputed:.6g}, published {each.published:.6g}: further apart than "
            f"{each.tolerance:.3g} {each.unit}", each.check_id, file=each.data[0].ref,
        )
        for each in checks if not each.agrees
    ]  # fmt: skip
    if faults:
        raise DataFaults(faults)
