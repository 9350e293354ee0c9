"""How far the hazards of a tape may be trusted: another model, later periods, single loans."""

from __future__ import annotations

from functools import partial

import pandas as pd

from abscase.quality import fit
from abscase.quality.cells import cells, spells
from abscase.quality.cox import CoxFit, cox
from abscase.quality.hazard import hazard, predicted
from abscase.quality.study import Study

CHECKED_LOANS = 2_000


def second_road(done: Study) -> CoxFit:
    """Return the Cox model of default on the same facts, one row a loan, none of them cut."""
    columns = [*done.numbers, *(["segment"] if "segment" in done.categories else [])]
    lives = spells(done.pool.loan, done.pool.performance, columns=columns)
    lives["cohort"] = _as_fitted(lives["vintage"].astype(str), done, "cohort")
    if "segment" in lives:
        lives["segment"] = _as_fitted(lives["segment"].astype(str), done, "segment")
    return cox(lives, numbers=done.numbers, categories=done.categories, alpha=done.alpha)


def scores(done: Study) -> dict[str, pd.DataFrame]:
    """Return how well default is predicted, fitted on the early periods and tried on the later.

    Returns
    -------
    dict
        "summary" as :func:`abscase.quality.fit.out_of_time` returns it; "fitted" and "later" as
        :func:`abscase.quality.fit.calibration` does. Cohorts are left out of the model, for those
        still to come are not known when it is fitted.
    """
    categories = [name for name in done.categories if name != "cohort"]
    model = partial(hazard, numbers=done.numbers, categories=categories, link=done.link,
                    knots=done.knots, cluster=None)  # fmt: skip
    early = done.cells["period"] <= done.last
    first = model(done.cells[early])
    groups = {}
    for name, mask in (("fitted", early), ("later", ~early)):
        part = done.cells[mask].assign(chance=predicted(first, done.cells[mask]))
        part = part[part["chance"].notna()]
        groups[name] = fit.calibration(
            part["default"], part["chance"], part["at_risk"], alpha=done.alpha
        )
    return {"summary": fit.out_of_time(done.cells, done.last, model), **groups}


def cells_beside_loans(done: Study) -> pd.DataFrame:
    """Return one coefficient of default by cells and by loan-periods, on the same few loans.

    Returns
    -------
    DataFrame
        ``way`` ("cells", "loans"), ``rows`` that the fit ran on, ``at_risk``, ``default``, and the
        ``estimate`` and ``se`` of the first fact, which is not cut here.
    """
    name = next(iter(done.numbers), None)
    few = done.pool.loan.head(CHECKED_LOANS)
    rows = []
    for way, keys in (("cells", []), ("loans", ["loan_id"])):
        found = cells(
            few,
            done.pool.performance,
            keys=[*keys, *([name] if name else [])],
            entry_row=done.entry_row,
        )  # fmt: skip
        numbers = {name: done.numbers[name]} if name else {}
        one = hazard(found, numbers=numbers, link=done.link, knots=3, cluster=None)
        row = one.table.iloc[-1]
        rows.append([way, len(found), one.at_risk, one.events, row["estimate"], row["se"]])
    return pd.DataFrame(rows, columns=["way", "rows", "at_risk", "default", "estimate", "se"])


def _as_fitted(values: pd.Series, done: Study, name: str) -> pd.Series:
    if name not in done.categories:
        return values
    levels = done.fits["default"].design.levels[name]
    return values.where(values.isin(levels), "other" if "other" in levels else levels[0])
