"""Entropy weights: a criterion on which the items hardly differ gets little weight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from abscase.errors import ParameterFaults

Array = npt.NDArray[np.float64]


def entropy(scores: npt.ArrayLike) -> tuple[Array, Array]:
    r"""Return the entropy and the weight of each criterion.

    Parameters
    ----------
    scores : array of shape (n, k)
        What each of n items scores on each of k criteria; not negative, no column all 0.

    Returns
    -------
    tuple of array of shape (k,)
        Entropy, from 0 to 1, and weights that sum to 1.

    Notes
    -----
    With shares :math:`p_{ij} = x_{ij}/\sum_i x_{ij}`,
    :math:`e_j = -\frac{1}{\ln n}\sum_i p_{ij}\ln p_{ij}` and
    :math:`w_j = (1 - e_j)/\sum_k (1 - e_k)` (after Shannon 1948). The weight says how much a
    criterion tells the items apart, not how much it matters. Where no criterion does, all weights
    are equal.

    Examples
    --------
    >>> [each.round(3).tolist() for each in entropy([[1, 1], [1, 3]])]
    [[1.0, 0.811], [0.0, 1.0]]
    """
    x = np.asarray(scores, dtype=float)
    if x.ndim != 2 or len(x) < 2 or not (x >= 0).all() or not (x.sum(axis=0) > 0).all():
        raise ParameterFaults(["scores must be at least 2 rows of numbers from 0, no column all 0"])
    share = x / x.sum(axis=0)
    logs = np.log(np.where(share > 0, share, 1))
    found = np.clip(-(share * logs).sum(axis=0) / np.log(len(x)), 0, 1)
    tells = np.where(found > 1 - 1e-12, 0, 1 - found)
    weights = tells / tells.sum() if tells.sum() else np.full(len(tells), 1 / len(tells))
    return found, weights
