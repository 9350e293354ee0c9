"""The table of design decisions: what each case chose, and how unlike two cases are by it.

Reference: Gower, J. (1971), A general coefficient of similarity and some of its properties,
Biometrics 27(4), 857-871.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase import catalog
from abscase.case import Case
from abscase.errors import ChoiceError, DataFaults, Fault, ParameterFaults
from abscase.ranges import require
from abscase.schema import read_text
from abscase.schema.process import THEMES

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """How the answers to one decision are told apart.

    ``places`` maps each answer to a number: its rank, its value, or nothing for a nominal one.
    """

    kind: str
    places: Mapping[str, float]

    def unlike(self, one: str, other: str) -> float:
        """Return 0 for the same answer, 1 for the most different, ranks and numbers between."""
        if self.kind == "nominal":
            return float(one != other)
        spread = max(self.places.values()) - min(self.places.values())
        return abs(self.places[one] - self.places[other]) / spread if spread else 0.0


@dataclass(frozen=True)
class Design:
    """What each case chose; ``choices`` has a row for each decision and a column for each case.

    A choice that no source settles is missing. ``scales`` has one scale for each decision.
    """

    choices: pd.DataFrame
    scales: tuple[Scale, ...]
    themes: tuple[str, ...]

    @property
    def cases(self) -> list[str]:
        """The names of the cases."""
        return [str(name) for name in self.choices]

    def unlike(self) -> Array:
        """Return the difference of each two cases on each decision, (decision, case, case).

        In [0, 1]; missing where either choice is.
        """
        count = len(self.cases)
        found = np.full((len(self.scales), count, count), np.nan)
        for row, scale in enumerate(self.scales):
            answers = list(self.choices.iloc[row])
            known = [place for place in range(count) if pd.notna(answers[place])]
            for i in known:
                for j in known:
                    found[row, i, j] = scale.unlike(answers[i], answers[j])
        return found

    def without(self, row: int) -> Design:
        """Return the design without one decision."""
        kept = [place for place in range(len(self.scales)) if place != row]
        return Design(
            self.choices.iloc[kept], tuple(self.scales[place] for place in kept),
            tuple(self.themes[place] for place in kept),
        )  # fmt: skip


def design(cases: Iterable[Case], root: Path | None = None, assumed: bool = False) -> Design:
    """Return the design of the cases from the tables ``decision`` and ``choice``.

    Parameters
    ----------
    cases : iterable of Case
    root : Path, optional
        Folder of the data.
    assumed : bool
        Whether a choice of grade C counts; if not, it is as good as missing.

    Raises
    ------
    DataFaults
        A case lacks a decision, has one that is not in the table, or chose what is no level.
    """
    decisions = catalog.read_all("decision", root)
    rows = pd.concat([case.table("choice") for case in cases], ignore_index=True)
    if found := [*_missing(decisions, rows), *_strange(decisions, rows)]:
        raise DataFaults(found)
    order = list(dict.fromkeys(rows["case"]))
    told = rows if assumed else rows.assign(option=rows["option"].where(rows["grade"] != "C"))
    answers = {(row["case"], row["decision_id"]): row["option"] for row in told.to_dict("records")}
    known = {key: option for key, option in answers.items() if pd.notna(option)}
    wide = pd.DataFrame(
        [[known.get((case, name)) for case in order] for name in decisions["decision_id"]],
        index=pd.Index(decisions["decision_id"]), columns=order, dtype=object,
    )  # fmt: skip
    scales = tuple(
        _scale(row["kind"], row["levels"], rows.loc[rows["decision_id"] == row["decision_id"]])
        for row in decisions.to_dict("records")
    )
    return Design(wide, scales, tuple(decisions["theme"]))


def _missing(decisions: pd.DataFrame, rows: pd.DataFrame) -> list[Fault]:
    wanted, faults = set(decisions["decision_id"]), []
    for case, own in rows.groupby("case"):
        found = set(own["decision_id"])
        faults += [Fault("has no row; say what is not known by an empty option", "decision_id",
                         f"{case}: {name}", file="table choice")
                   for name in sorted(wanted - found)]  # fmt: skip
        faults += [Fault("is not in the table decision", "decision_id", name, file="table choice")
                   for name in sorted(found - wanted)]  # fmt: skip
    return faults


def _strange(decisions: pd.DataFrame, rows: pd.DataFrame) -> list[Fault]:
    levels = decisions.set_index("decision_id")["levels"]
    numbers = set(decisions.loc[decisions["kind"] == "number", "decision_id"])
    faults = []
    for row in rows[rows["option"].notna()].to_dict("records"):
        name, option = row["decision_id"], row["option"]
        if name in numbers:
            sound, rule = _is_number(option), "is not a number"
        else:
            known = str(levels.get(name, "")).split()
            sound, rule = option in known, f"is not one of: {', '.join(known)}"
        if not sound:
            faults.append(Fault(rule, "option", option, file=row["ref"]))
    return faults


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _scale(kind: str, levels: str | None, rows: pd.DataFrame) -> Scale:
    if kind == "number":
        return Scale(kind, {text: float(text) for text in sorted(set(rows["option"].dropna()))})
    names = str(levels).split()
    return Scale(kind, {name: float(rank) for rank, name in enumerate(names)})


def gower(unlike: Array, weights: Array) -> Array:
    r"""Return Gower's distance of each two cases.

    .. math:: d_{ij}=\frac{\sum_k w_k\delta_{ijk}\,u_{ijk}}{\sum_k w_k\delta_{ijk}}

    with :math:`u` the difference on decision :math:`k` and :math:`\delta` 1 where both choices are
    known. A shared "no" counts as a shared choice, for it is one.

    Parameters
    ----------
    unlike : array of shape (decision, case, case)
        As :meth:`Design.unlike` returns it.
    weights : array of shape (..., decision)
        One or many weightings, at least 0.

    Returns
    -------
    array of shape (..., case, case)
        In [0, 1]; missing where two cases share no known decision of positive weight.
    """
    known = ~np.isnan(unlike)
    total = np.tensordot(weights, np.where(known, unlike, 0.0), axes=(-1, 0))
    share = np.tensordot(weights, known.astype(float), axes=(-1, 0))
    return np.divide(total, share, out=np.full_like(total, np.nan), where=share > 0)


def random_weights(count: int, draws: int, rng: np.random.Generator) -> Array:
    """Return weightings of ``count`` decisions, uniform over all that sum to one (Dirichlet)."""
    require(count=(count, 1, 10_000), draws=(draws, 1, 1_000_000))
    return rng.dirichlet(np.ones(count), size=draws)


def run_weights(
    kind: str, design: Design, draws: int, rng: np.random.Generator, path: str = ""
) -> Array:
    """Return the weightings of a run, one or many.

    Parameters
    ----------
    kind : {"equal", "ahp", "random"}
        All decisions alike; by theme, from the file ``path``; or ``draws`` uniform weightings.

    Returns
    -------
    array of shape (weighting, decision)
        Each sums to one.
    """
    size = len(design.scales)
    if kind == "equal":
        return np.full((1, size), 1 / size)
    if kind == "ahp":
        return theme_weights(Path(path), design.themes)[None, :]
    if kind == "random":
        return random_weights(size, draws, rng)
    raise ChoiceError("weights", kind, ("equal", "ahp", "random"))


def run_grade(kind: str, grade: str) -> str:
    """Return the grade of a comparison under some weights: those of experts are opinion."""
    return "C" if kind == "ahp" else grade


def theme_weights(path: Path, themes: Iterable[str]) -> Array:
    """Return the weight of each decision from a file of weights by theme (AHP).

    Parameters
    ----------
    path : Path
        CSV with the columns ``theme`` (U, I, C, S, D, R) and ``weight`` (at least 0). A theme's
        weight is shared equally by its decisions; what sums to other than one is scaled.
    themes : iterable of str
        The theme of each decision.

    Raises
    ------
    ParameterFaults
        There is no such file.
    DataFaults
        With every fault: form, a column or a theme that is needed and lacks, themes named twice, a
        weight that is no number of at least 0, or nothing but 0.
    """
    themes = list(themes)
    if not path.is_file():
        raise ParameterFaults([f"weights_csv is {str(path)!r}: no such file; give a CSV with the "
                               "columns theme and weight, or set weights to equal"])  # fmt: skip
    frame = read_text(path, path.name)
    given = pd.to_numeric(frame.get("weight", pd.Series(dtype=str)), errors="coerce")
    if faults := list(_weight_faults(frame, given, set(themes), path.name)):
        raise DataFaults(faults)
    weight = dict(zip(frame["theme"], given, strict=True))
    raw = np.array([weight[name] / themes.count(name) for name in themes], dtype=float)
    return raw / raw.sum()


def _weight_faults(
    frame: pd.DataFrame, given: pd.Series, needed: set[str], file: str
) -> Iterator[Fault]:
    lacking = [name for name in ("theme", "weight") if name not in frame]
    if lacking:
        yield from (Fault("needs this column", name, file=file) for name in lacking)
        return
    good = np.isfinite(given) & (given >= 0)
    for line, value in frame.loc[~good, "weight"].items():
        yield Fault("is not a number of at least 0", "weight", value, int(str(line)), file)
    for line, value in frame.loc[frame["theme"].duplicated(), "theme"].items():
        yield Fault("is given twice", "theme", value, int(str(line)), file)
    for name in sorted(needed - set(frame["theme"])):
        yield Fault(f"gives no weight for theme {name}", "theme", file=file,
                    fix=f"themes: {', '.join(THEMES)}")  # fmt: skip
    if good.all() and not given[frame["theme"].isin(needed)].sum():
        yield Fault("gives every weight as 0", "weight", file=file)
