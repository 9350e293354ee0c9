"""Do loans that were sold default more than like loans that were kept? Where a tape can tell."""

from __future__ import annotations

from dataclasses import asdict, fields

import pandas as pd
import polars as pl

from abscase.case import Case, Datum
from abscase.errors import AbscaseError
from abscase.estimate import Estimate
from abscase.quality.cells import cells, spells
from abscase.quality.discontinuity import Jump, jump
from abscase.quality.hazard import hazard
from abscase.quality.pool import Pool, pool
from abscase.quality.risk_factors import FEWEST_EVENTS, defaulted_within, edges, risk_factors


def sale_cells(tape: Pool) -> pd.DataFrame:
    """Return cells of a hazard with ``sold``: 1 where a deal holds the loan, 0 where none does."""
    told = tape.loan.with_columns(sold=pl.col("deal_id").is_not_null().cast(pl.Int64))
    return cells(
        told, tape.performance, keys=["sold"], bins=edges(tape.loan, list(risk_factors(tape.loan))),
        vintage="quarter", entry_row=True,
    )  # fmt: skip


def comparable_tape(case: Case) -> Pool | None:
    """Return the loaded tape of a case that tells sold loans from kept ones, or None.

    It must be real, name the deal of some loans and not of others, and hold at least
    ``FEWEST_EVENTS`` defaults of each kind.
    """
    if not case.panels:
        return None
    tape = pool(case)
    if tape.simulated or "deal_id" not in tape.loan.collect_schema().names():
        return None
    defaults = sale_cells(tape).groupby("sold")["default"].sum()
    return tape if len(defaults) == 2 and (defaults >= FEWEST_EVENTS).all() else None


def tape_at_cutoff(tape: Pool, months: float) -> pd.DataFrame:
    """Return a tape's loans with ``score``, ``securitised`` and ``defaulted`` within some months.

    Where a real tape names no deals, all of its loans are taken as sold: the public tapes hold
    loans behind securities only. A simulated tape says nothing of sale, and has no such column.
    A tape without scores gives no rows.
    """
    held = tape.loan.collect_schema().names()
    if "score" not in held:
        return pd.DataFrame({"score": [], "defaulted": []})
    lives = spells(tape.loan, tape.performance, columns=["score", *({"deal_id"} & set(held))])
    found = defaulted_within(lives[lives["score"].notna()], months)
    if tape.simulated:
        return found[["score", "defaulted"]]
    named = "deal_id" in found and found["deal_id"].notna().any()
    sold = found["deal_id"].notna().astype(float) if named else 1.0
    return found.assign(securitised=sold)[["score", "securitised", "defaulted"]]


def stages_of_tape(
    loans: pd.DataFrame, cutoff: float, bandwidth: float, alpha: float = 0.05
) -> pd.DataFrame:
    """Return the stages that a tape can show at a cutoff: the first only where it tells of sale.

    Columns are ``stage`` and the fields of :class:`abscase.quality.discontinuity.Jump`; no rows
    where the tape has too few scores on a side.
    """
    rows = []
    for stage, outcome in (("first", "securitised"), ("reduced", "defaulted")):
        if outcome not in loans:
            continue
        try:
            found = jump(loans, outcome=outcome, cutoff=cutoff, bandwidth=bandwidth, alpha=alpha)
        except AbscaseError:
            continue
        if loans[outcome].min() == loans[outcome].max():
            # The same for all loans: no jump, for sure, whatever rounding leaves of the lines.
            flat = {"estimate": 0.0, "corrected": 0.0, "lo": 0.0, "hi": 0.0, "p_value": 1.0}
            rows.append({"stage": stage, **asdict(found), **flat})
        else:
            rows.append({"stage": stage, **asdict(found)})
    return pd.DataFrame(rows, columns=["stage", *(each.name for each in fields(Jump))])


def sold_excess(tape: Pool, alpha: float = 0.05) -> Estimate:
    r"""Return by how much more often sold loans default than like loans kept, a decimal.

    Parameters
    ----------
    tape : Pool
        A tape that :func:`comparable_tape` has let pass.
    alpha : float
        1 minus the confidence level.

    Notes
    -----
    The hazard ratio of ``sold`` less 1, from a cloglog hazard with the loan's facts and age beside
    it. It is a difference at equal *recorded* facts: what a lender knew and did not record is in
    it, which is the point, and so is every other reason for which it sold these loans.
    """
    numbers = {"sold": 1.0, **risk_factors(tape.loan)}
    fit = hazard(sale_cells(tape), link="cloglog", numbers=numbers, alpha=alpha)
    ratios = fit.table.loc[fit.table["term"] == "sold", ["ratio", "ratio_lo", "ratio_hi"]]
    excess, low, high = (float(value) - 1 for value in ratios.iloc[0])
    ref = f"panel:{tape.case.name}/{tape.case.panels[0]}"
    row = Datum(excess, "decimal", tape.grade, tape.sources[0], ref)
    return Estimate(excess, low, high, (row,), "claims", "sampling")
