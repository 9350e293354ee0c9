"""One tape's hazards whole: the facts it has, its cells, the fit of each cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
from narwhals.stable.v2.typing import IntoFrame

from abscase.case import Case
from abscase.errors import DataFaults, Fault, ParameterFaults
from abscase.quality.cells import cells
from abscase.quality.competing import CAUSES, cause_specific
from abscase.quality.exposure import exposure
from abscase.quality.hazard import HazardFit, hazard_by_age
from abscase.quality.incidence import cumulative_incidence
from abscase.quality.pool import Pool, pool
from abscase.quality.risk_factors import ages, edges, lumped, middles, risk_factors
from abscase.quality.tally import tally

GROUPS = 5


@dataclass(frozen=True)
class Study:
    """The hazards of one tape.

    Attributes
    ----------
    pool : Pool
        The tape.
    numbers : mapping of str to float
        Numeric facts with the step of their coefficient.
    categories : tuple of str
        ``segment`` and ``cohort``, where they vary.
    cells : DataFrame
        As :func:`abscase.quality.cells.cells` returns them, with ``cohort``.
    fits : mapping of str to HazardFit
        One for each cause by which loans of the tape end: "default", and "prepaid" if any.
    link, knots, alpha
        What the fits were made with.
    """

    pool: Pool
    numbers: Mapping[str, float]
    categories: tuple[str, ...]
    cells: pd.DataFrame
    fits: Mapping[str, HazardFit]
    link: str
    knots: int
    alpha: float

    @property
    def entry_row(self) -> bool:
        """Whether a loan is at risk in its first row.

        A real tape begins with loans that are alive, and a first row may already end one; a
        simulated loan's first row is its making.
        """
        return not self.pool.simulated

    @property
    def varies(self) -> bool:
        """Whether any fact beside age differs among the loans, so that a ratio can be had."""
        return bool(self.numbers or self.categories)

    @property
    def references(self) -> dict[str, str]:
        """The level of reference of each category."""
        return {name: held[0] for name, held in self.fits["default"].design.levels.items()}

    @property
    def last(self) -> int:
        """The period by which half of the defaults have come, one that leaves later ones."""
        sums = self.cells.groupby("period")["default"].sum().cumsum()
        early = sums.index[sums < sums.iloc[-1]]
        reached = sums.index[sums >= sums.iloc[-1] / 2]
        return int(min(reached[0], early[-1]))


def two_pools(first: Case, second: Case, loans: int, seed: int) -> tuple[Pool, Pool]:
    """Return the tapes of two cases, or raise :class:`ParameterFaults` where they are one."""
    if first.name == second.name:
        raise ParameterFaults([f"both cases are {first.name}; give two different ones"])
    return pool(first, loans, seed), pool(second, loans, seed)


def study(
    tape: Pool, *, link: str = "logit", knots: int = 4, alpha: float = 0.05, groups: int = GROUPS
) -> Study:
    """Fit the hazards of default and prepayment on all facts that the tape has.

    Parameters
    ----------
    tape : Pool
    link, knots, alpha
        As in :func:`abscase.quality.hazard.hazard`; errors are clustered by quarter of origination.
    groups : int
        Groups into which each fact is cut.

    Raises
    ------
    DataFaults
        The tape has no dates of origination, or no default.

    Notes
    -----
    A fact that is the same for all loans of a segment tells nothing beside the segment and is left
    out. Levels with few defaults are put together.
    """
    _refuse_undated(tape)
    numbers, segmented = _facts(tape.loan)
    keys = ["segment"] if segmented else []
    found = cells(
        tape.loan, tape.performance, keys=keys, bins=edges(tape.loan, list(numbers), groups),
        vintage="quarter", entry_row=not tape.simulated,
    )  # fmt: skip
    if not found["default"].sum():
        raise _unfit(tape, "no loan of it defaults, so there is no hazard to fit",
                     "map the code that stands for default and load it again")  # fmt: skip
    found["cohort"] = lumped((found["vintage"] // 10).astype(str), found["default"])
    if segmented:
        found["segment"] = lumped(found["segment"].astype(str), found["default"])
    categories = tuple(name for name in (*keys, "cohort") if len(found[name].unique()) > 1)
    fits = cause_specific(
        found, numbers=numbers, categories=categories, link=link, knots=knots, alpha=alpha
    )
    return Study(tape, numbers, categories, found, fits, link, knots, alpha)


def curves(done: Study) -> dict[str, dict[tuple[str, str, float], pd.DataFrame]]:
    """Return the fitted hazard of each cause by age, of a mean loan and of loans around it.

    Returns
    -------
    dict
        Cause to (which, term, value) to what ``hazard_by_age`` returns. Which is "mean", "low",
        "high" (the quarters of the first numeric fact), or "level" with the segment as the term.
    """
    at = ages(done.cells, done.pool.period_months)
    who: dict[tuple[str, str, float], dict[str, Any]] = {("mean", "", 0.0): {}}
    if done.numbers:
        name = next(iter(done.numbers))
        ends = zip(("low", "high"), middles(done.cells, [name])[name], strict=True)
        who |= {(which, name, value): {name: value} for which, value in ends}
    elif "segment" in done.categories:
        levels = done.fits["default"].design.levels["segment"]
        who = {("level", level, 0.0): {"segment": level} for level in levels}
    return {
        cause: {key: hazard_by_age(each, at, values) for key, values in who.items()}
        for cause, each in done.fits.items()
    }


def observed(done: Study) -> dict[str, pd.DataFrame]:
    """Return ``age_months`` and ``rate``, ends over loans at risk, of each cause."""
    sums = done.cells.groupby("age_months")[["at_risk", *CAUSES]].sum()
    sums = sums.loc[sums.index.isin(ages(done.cells, done.pool.period_months))]
    return {cause: (sums[cause] / sums["at_risk"]).rename("rate").reset_index() for cause in CAUSES}


def incidences(done: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cumulative incidence of every way to end, and what 1 - KM makes of default.

    The second is the same estimate with default as the only way to end, which takes a loan repaid
    for one that could still default: it is no share of any loans, and shown to warn of it.
    """
    counts = exposure(done.pool.performance, entry_row=done.entry_row)
    at = ages(counts, done.pool.period_months)
    counts = counts[counts["age_months"] <= at.max()]
    every = cumulative_incidence(counts, alpha=done.alpha)
    return every, cumulative_incidence(counts, causes=("default",), alpha=done.alpha)


def incidence_at(every: pd.DataFrame, naive: pd.DataFrame, months: float) -> pd.DataFrame:
    """Return what :func:`incidences` says at an age and at its last age.

    Returns
    -------
    DataFrame
        ``age_months``; the shares ``incidence`` (of default), ``prepaid_share``,
        ``matured_share`` and ``alive_share``, which add up to one; and ``naive``. One row where no
        age after ``months`` is known; where ``months`` is between two ages, the one before.
    """
    known = every["age_months"]
    found = every.pivot_table("incidence", "age_months", "cause")
    found["alive_share"] = every.groupby("age_months")["survival"].first()
    found["naive"] = naive.set_index("age_months")["incidence"]
    names = {"default": "incidence", "prepaid": "prepaid_share", "matured": "matured_share"}
    shown = sorted({max(known[known <= months], default=known.max()), known.max()})
    columns = [*names.values(), "alive_share", "naive"]
    return found.rename(columns=names).loc[shown, columns].reset_index().rename_axis(
        columns=None
    )  # fmt: skip


def defaulted_by(every: pd.DataFrame, months: float) -> float:
    """Return the cumulative incidence of default at an age, or at the last one before it."""
    shares = every[(every["cause"] == "default") & (every["age_months"] <= months)]["incidence"]
    return float(shares.iloc[-1]) if len(shares) else 0.0


def summary(studies: Mapping[str, Study]) -> pd.DataFrame:
    """Return what each tape is: one row for each."""
    rows = []
    for name, done in studies.items():
        loans = int(done.pool.loan.select(pl.len()).collect().item())
        sums = done.cells[["at_risk", *CAUSES]].sum().astype(int)
        rows.append({
            "case": name, "tape": "simulated" if done.pool.simulated else "loaded",
            "period": done.pool.period_months, "loans": loans, **sums.to_dict(),
            "grade": done.pool.grade,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _refuse_undated(tape: Pool) -> None:
    known = "orig_date" in tape.loan.collect_schema()
    if not known or not tape.loan.select(pl.col("orig_date").count()).collect().item():
        raise _unfit(tape, "its loans have no orig_date, so there are no cohorts",
                     "map a date of origination and load it again")  # fmt: skip


def _unfit(tape: Pool, rule: str, first: str) -> DataFaults:
    ways = [first, "choose another case with case_a or case_b"]
    if not tape.simulated:
        ways.append("remove the folder of the tape, and simulated loans take its place")
    return DataFaults([Fault(f"{tape.name}: {rule}", tape.case.name, fix="; or ".join(ways))])


def _facts(loan: IntoFrame) -> tuple[dict[str, float], bool]:
    numbers = risk_factors(loan)
    if "segment" not in nw.from_native(loan).collect_schema().names():
        return numbers, False
    names = tally(loan, ["segment"], ["segment"])["segment"]
    if names.isna().any() or len(names) < 2:
        return numbers, False
    pairs = {name: len(tally(loan, ["segment", name], ["segment", name])) for name in numbers}
    return {name: numbers[name] for name, held in pairs.items() if held > len(names)}, True
