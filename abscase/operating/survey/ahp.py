"""The analytic hierarchy process: weights from comparisons in pairs, and how consistent they are.

The random index is that of Saaty (1980), *The Analytic Hierarchy Process*, McGraw-Hill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ChoiceError, ParameterFaults
from abscase.operating.survey.register import SAATY

Matrix = npt.NDArray[np.float64]
RANDOM_INDEX = {
    1: 0.0, 2: 0.0, 3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49
}  # fmt: skip
AGGREGATES = ("geomean", "median")


@dataclass(frozen=True)
class Priorities:
    """Weights that sum to 1, the largest eigenvalue, consistency index and ratio."""

    weights: Matrix
    largest: float
    index: float
    ratio: float


def priorities(matrix: npt.ArrayLike) -> Priorities:
    r"""Return the weights of a matrix of comparisons by its principal eigenvector.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Element (i, j) says how many times i matters as much as j; positive, with
        :math:`a_{ji} = 1/a_{ij}`; n from 1 to 10.

    Returns
    -------
    Priorities

    Notes
    -----
    :math:`A w = \lambda_{max} w`, :math:`CI = (\lambda_{max} - n)/(n - 1)`,
    :math:`CR = CI/RI` (Saaty 1980); with one or two elements nothing can be inconsistent, CR is 0.

    Raises
    ------
    ParameterFaults
        The matrix is not square, positive and reciprocal, or too large for the random index.

    Examples
    --------
    >>> priorities([[1, 3], [1 / 3, 1]]).weights.tolist()
    [0.75, 0.25]
    """
    a = _reciprocal(matrix)
    values, vectors = np.linalg.eig(a)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    n, largest = len(a), float(values[place].real)
    index = max(0.0, (largest - n) / (n - 1)) if n > 2 else 0.0
    ratio = index / RANDOM_INDEX[n] if n > 2 else 0.0
    return Priorities(vector / vector.sum(), largest, index, ratio)


def _reciprocal(matrix: npt.ArrayLike) -> Matrix:
    a = np.asarray(matrix, dtype=float)
    if a.ndim != 2 or a.shape[0] != a.shape[1] or len(a) not in RANDOM_INDEX:
        shape = " x ".join(map(str, a.shape))
        raise ParameterFaults([f"the comparisons are {shape}; give n x n, n from 1 to 10"])
    if not (a > 0).all() or not np.allclose(a * a.T, 1):
        rule = "positive numbers, each the inverse of its mirror image"
        raise ParameterFaults([f"the comparisons are not reciprocal; give {rule}"])
    return a


def group(matrices: Sequence[npt.ArrayLike], how: str = "geomean") -> Matrix:
    """Return one matrix for a panel: element by element the geometric mean, or the median.

    The geometric mean is the only mean that keeps a panel's matrix reciprocal whatever the answers
    (Aczel and Saaty 1983); the median is taken of the logs, and keeps it too.

    >>> group([[[1, 4], [0.25, 1]], [[1, 1], [1, 1]]]).tolist()
    [[1.0, 2.0], [0.5, 1.0]]
    """
    if how not in AGGREGATES:
        raise ChoiceError("aggregate of the panel", how, AGGREGATES)
    logs = np.log([_reciprocal(each) for each in matrices])
    found: Matrix = np.exp(logs.mean(axis=0) if how == "geomean" else np.median(logs, axis=0))
    return found


def what_to_change(matrix: npt.ArrayLike, names: Sequence[str]) -> pd.DataFrame:
    """Return what each comparison would have to be to fit the others, the most useful first.

    Parameters
    ----------
    matrix : array of shape (n, n)
        As in `priorities`, n from 3.
    names : sequence of str

    Returns
    -------
    DataFrame
        pair ("U/I"), given, fitting (the step of the scale nearest to what the other comparisons
        imply), ratio_after (the consistency ratio with it in place), sorted by it.

    Notes
    -----
    The weights without a pair are those of Harker (1987), *Mathematical Modelling* 9(11): its two
    elements become 0 and each of its two diagonal elements 2.
    """
    a = _reciprocal(matrix)
    rows = []
    for i in range(len(a)):
        for j in range(i + 1, len(a)):
            fitting = _nearest_step(_implied(a, i, j))
            changed = a.copy()
            changed[i, j], changed[j, i] = fitting, 1 / fitting
            rows.append({"pair": f"{names[i]}/{names[j]}", "given": a[i, j], "fitting": fitting,
                         "ratio_after": priorities(changed).ratio})  # fmt: skip
    return pd.DataFrame(rows).sort_values("ratio_after", kind="stable", ignore_index=True)


def _implied(a: Matrix, i: int, j: int) -> float:
    """What the comparisons other than (i, j) say of i over j."""
    open_pair = a.copy()
    open_pair[i, j] = open_pair[j, i] = 0
    open_pair[i, i] = open_pair[j, j] = 2
    values, vectors = np.linalg.eig(open_pair)
    vector = np.abs(vectors[:, int(np.argmax(values.real))].real)
    return float(vector[i] / vector[j])


def _nearest_step(ratio: float) -> float:
    return SAATY[int(np.argmin(np.abs(np.log(SAATY) - np.log(ratio))))]


def consistency(
    matrices: Mapping[str, npt.ArrayLike], names: Sequence[str], most: float
) -> pd.DataFrame:
    """Return each respondent's consistency, and of the inconsistent what to change first.

    Parameters
    ----------
    matrices : mapping of respondent to array
    names : sequence of str
        Of the elements compared.
    most : float
        Largest consistency ratio that is accepted; 0.1 by custom.

    Returns
    -------
    DataFrame
        respondent, largest, ratio, consistent, and for the others pair, given, fitting,
        ratio_after: the one comparison whose change helps most.
    """
    rows = []
    for who, matrix in matrices.items():
        found = priorities(matrix)
        row: dict[Any, Any] = {"respondent": who, "largest": found.largest, "ratio": found.ratio,
               "consistent": found.ratio <= most}  # fmt: skip
        if not row["consistent"]:
            row |= what_to_change(matrix, names).iloc[0].to_dict()
        rows.append(row)
    columns = ["respondent", "largest", "ratio", "consistent", "pair", "given", "fitting",
               "ratio_after"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
