"""Whether a case is nearer to another than to its controls, whatever is not known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.case import Case, Datum
from abscase.estimate import Estimate
from abscase.operating.process.design import Array, Design, Scale, gower, random_weights


def gap(distances: Array, case: int, other: int, controls: Sequence[int]) -> Array:
    """Return the distance to ``other`` less that to the nearest control; below 0 is nearer.

    Parameters
    ----------
    distances : array of shape (..., case, case)
    case, other : int
        Places of the two cases.
    controls : sequence of int
        Places of the controls.
    """
    nearest = distances[..., case, list(controls)].min(axis=-1)
    return np.asarray(distances[..., case, other] - nearest)


def gap_bounds(
    design: Design, case: str, other: str, controls: Sequence[str], weights: Array
) -> tuple[Array, Array]:
    """Return the least and the most that the gap can be, whatever the missing choices are.

    Each missing choice may be any level of its decision (for a number: any that a case has). The
    most is exact. The least takes the missing choices apart for each control, which can only make
    it smaller.

    Parameters
    ----------
    weights : array of shape (..., decision)
    """
    ends = np.array([
        [_ends(scale, *(design.choices[name].iloc[row] for name in (case, other, control)))
         for row, scale in enumerate(design.scales)]
        for control in controls
    ])  # fmt: skip
    whole = weights.sum(axis=-1, keepdims=True)
    least = np.tensordot(weights, ends[:, :, 0], axes=(-1, 1)) / whole
    most = np.tensordot(weights, ends[:, :, 1], axes=(-1, 1)) / whole
    return least.max(axis=-1), most.max(axis=-1)


def _ends(
    scale: Scale, case: str | None, other: str | None, control: str | None
) -> tuple[float, float]:
    """The least and the most of u(case, other) - u(case, control) on one decision."""
    free = [[each] if each is not None else list(scale.places) for each in (case, other, control)]
    values = [scale.unlike(a, b) - scale.unlike(a, c) for a, b, c in product(*free)]
    return min(values), max(values)


def leave_one_out(
    design: Design, case: str, other: str, controls: Sequence[str], weights: Array
) -> pd.DataFrame:
    """Return the gap without each decision in turn.

    Returns
    -------
    DataFrame
        decision_id, gap, nearest (the nearest case of all).
    """
    names, rows = design.cases, []
    for row, decision in enumerate(design.choices.index):
        kept = np.delete(weights, row)
        distances = gower(design.without(row).unlike(), kept)
        rows.append({
            "decision_id": decision,
            "gap": float(_gap(distances, names, case, other, controls)),
            "nearest": nearest(distances, names, case),
        })  # fmt: skip
    return pd.DataFrame(rows)


def nearest(distances: Array, names: Sequence[str], case: str) -> str:
    """Return the name of the case that is nearest to ``case``."""
    own = distances[names.index(case)].copy()
    own[names.index(case)] = np.nan
    return names[int(np.nanargmin(own))]


def _gap(
    distances: Array, names: Sequence[str], case: str, other: str, controls: Sequence[str]
) -> Array:
    places = [names.index(each) for each in controls]
    return gap(distances, names.index(case), names.index(other), places)


def estimates(
    cases: Sequence[Case], design: Design, draws: int, rng: np.random.Generator,
    case: str = "ant", other: str = "us_subprime",
) -> dict[str, Estimate]:  # fmt: skip
    """Return the estimates on likeness by design, by the margin that judges each.

    ``S10b.gap`` takes equal weights; its interval runs over the decisions left out one at a time
    and over every answer to what is not known. ``S10b.nearest`` is a share of ``draws`` uniform
    weightings; its interval runs from those under which the case is nearer whatever is not known to
    those under which it may be.
    """
    names, size = design.cases, len(design.scales)
    controls = [each for each in names if each not in (case, other)]
    equal = np.full(size, 1 / size)
    point = float(_gap(gower(design.unlike(), equal), names, case, other, controls))
    least, most = gap_bounds(design, case, other, controls, equal)
    left_out = leave_one_out(design, case, other, controls, equal)["gap"]
    ends = [point, float(least), float(most), *left_out]
    some = random_weights(size, draws, rng)
    nearer = _gap(gower(design.unlike(), some), names, case, other, controls) < 0
    maybe, surely = (end < 0 for end in gap_bounds(design, case, other, controls, some))
    data = evidence(cases)
    shares = [float(np.mean(each)) for each in (nearer, surely, maybe)]
    return {
        "S10b.gap": Estimate(point, min(ends), max(ends), data, "neighbours", "parameters"),
        "S10b.nearest": Estimate(
            shares[0], min(shares), max(shares), data, "neighbours", "parameters"
        ),
    }  # fmt: skip


def evidence(cases: Sequence[Case]) -> tuple[Datum, ...]:
    """Return the choices of grade A or B of the cases, each as a value of one row."""
    rows = pd.concat([case.table("choice") for case in cases], ignore_index=True)
    rows = rows[rows["option"].notna() & (rows["grade"] != "C")]
    return tuple(
        Datum(1.0, "count", row["grade"], row["source_id"], row["ref"])
        for row in rows.to_dict("records")
    )


def neighbours(
    distances: npt.NDArray[np.float64], names: Sequence[str], unlike: Array
) -> pd.DataFrame:
    """Return the distance of each two cases with the number of decisions it rests on.

    Returns
    -------
    DataFrame
        case, other, distance (in [0, 1]), decisions; the nearest first.
    """
    known = (~np.isnan(unlike)).sum(axis=0)
    rows = [
        {"case": names[i], "other": names[j], "distance": float(distances[i, j]),
         "decisions": int(known[i, j])}
        for i in range(len(names)) for j in range(i + 1, len(names))
    ]  # fmt: skip
    return pd.DataFrame(rows).sort_values("distance", kind="stable", ignore_index=True)


def pair_bounds(design: Design, weights: Array) -> tuple[Array, Array]:
    """Return the least and the most distance of each two cases, whatever the missing choices are.

    Parameters
    ----------
    weights : array of shape (decision,)

    Returns
    -------
    tuple of arrays of shape (case, case)
    """
    count = len(design.cases)
    ends = np.zeros((len(design.scales), count, count, 2))
    for row, scale in enumerate(design.scales):
        answers = [[each] if each is not None else list(scale.places)
                   for each in design.choices.iloc[row]]  # fmt: skip
        for i, j in product(range(count), repeat=2):
            if i != j:
                values = [scale.unlike(a, b) for a, b in product(answers[i], answers[j])]
                ends[row, i, j] = min(values), max(values)
    shares = np.asarray(weights, dtype=float) / np.sum(weights)
    found = np.tensordot(shares, ends, axes=(0, 0))
    return found[..., 0], found[..., 1]
