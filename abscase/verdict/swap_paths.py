"""From a calibrated case to what its pool does month by month after a deal's closing."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from abscase.case import Case
from abscase.operating.swap import Side
from abscase.operating.waterfall import Deal, Scenario, shipped_deal
from abscase.place import file_hash, package_files
from abscase.quality.calibration import calibrated
from abscase.ranges import Array, require
from abscase.schema import STATES
from abscase.sources.panels import home_dir
from abscase.sources.simulate import Process, expected

PERFORMING = [STATES[name] for name in ("current", "30", "60")]
BAD = [STATES[name] for name in ("90", "default")]
PREPAID = STATES["prepaid"]
MADE_BEFORE = 12
"""Months before closing in which the loans of the closing pool were made."""
MONTHS = 240
DEALS = {"ant": "ant_d11_2016", "us_subprime": "cmlti_2006_nc2"}
BUYS = 12
"""Months of purchases in the deal of the case "ant": its last tenor."""


@dataclass(frozen=True)
class PoolAfter:
    """What the pool of a case does after a closing; the fit first, then draws of its parameters.

    ``static`` and ``revolving`` are shares of a month's balance (draw, default or prepayment,
    month), of loans made before closing, and of these and the loans made while purchases last.
    """

    static: Array
    revolving: Array
    severity: float
    sources: tuple[str, ...]

    def scenario(self, revolving: bool, multiple: float = 1.0) -> Scenario:
        """Return the scenarios for a deal whose pool decrements by months.

        Parameters
        ----------
        revolving : bool
            Whether the structure buys loans.
        multiple : float
            The yearly default rate times this, at least 0; the rate stops at 1.
        """
        require(multiple=(multiple, 0, 1000))
        flows = self.revolving if revolving else self.static
        yearly = 1 - (1 - np.clip(flows, 0, 1)) ** 12
        yearly = np.minimum(yearly * np.array([[multiple], [1.0]]), 1.0)
        return Scenario(default_rate=yearly[:, 0], prepayment_rate=yearly[:, 1],
                        severity=self.severity)  # fmt: skip


def side(case: Case, after: PoolAfter, multiple: float = 1.0) -> Side:
    """Return the deal of a case with its pool, ready for the swap.

    Parameters
    ----------
    case : Case
        One of `DEALS`.
    after : PoolAfter
        What its pool does.
    multiple : float
        Of the yearly default rate.
    """
    deal = shipped_deal(DEALS[case.name], case.root)
    buys = BUYS if any(step.name == "buy_loans" for each in deal.priorities.values()
                       for step in each) else 0  # fmt: skip
    return Side(deal, ranks_of(deal, case), after.scenario(True, multiple),
                after.scenario(False, multiple), buys)  # fmt: skip


def ranks_of(deal: Deal, case: Case) -> dict[str, tuple[str, ...]]:
    """Return the classes of a deal by rank: the first in rank, those between, the residual."""
    table = case.table("tranche")
    ranks = table[table["deal_id"] == deal.deal_id].set_index("tranche_id")["seniority"]
    first = {name for name in deal.names if name in ranks and ranks[name] == ranks.min()}
    last = {each.name for each in deal.tranches if each.kind == "residual"}
    return {
        "senior": tuple(name for name in deal.names if name in first),
        "mezzanine": tuple(name for name in deal.names if name not in first | last),
        "junior": tuple(name for name in deal.names if name in last),
    }


def pool_after(case: Case, draws: int = 0, seed: int = 0) -> PoolAfter:
    """Return the pool of a case after the closing of its deal, month by month.

    Parameters
    ----------
    case : Case
        One of `DEALS`.
    draws : int
        Draws of the parameters, 0 to 1000. Each is a refit; the paths are kept in the user's data
        folder while data, code and fit are the same.
    seed : int
        Of the draws.
    """
    fitted, buys_months = calibrated(case), BUYS
    closing = shipped_deal(DEALS[case.name], case.root).calendar.closing
    shape = f"{closing} {buys_months} {draws} {seed}"
    path = home_dir() / "swap" / f"{case.name}-{_key(fitted.process, shape)}.npy"
    paths = np.load(path) if path.exists() else None
    if paths is None:
        drawn = calibrated(case, draws, np.random.default_rng(seed)).draws if draws else ()
        paths = np.stack([
            [monthly_flows(process, closing, months) for process in (fitted.process, *drawn)]
            for months in (0, buys_months)
        ])  # fmt: skip
        if draws:
            _keep(path, paths)
    severity = severity_of(fitted.process, closing)
    return PoolAfter(paths[0], paths[1], severity, fitted.sources)


def monthly_flows(process: Process, closing: date, buys_months: int) -> Array:
    r"""Return the shares of a month's balance that default and are prepaid, (2, `MONTHS`).

    Parameters
    ----------
    process : Process
        A simulated case.
    closing : date
        Closing of the deal.
    buys_months : int
        Months after closing in which loans made join the pool.

    Notes
    -----
    :math:`d_t=\max(0,\Delta D_t)/B_{t-1}` with the balance D that is 90 days late or written off by
    then and the balance B of all other loans, both expected, of loans made from 11 months before
    closing on. A deal's default is the entry into 90 days, less cures: when a write-off follows is
    a matter of accounting that differs between the cases and that nobody published of Ant. Months
    after the last of the simulation, or after the last loan, hold the last share.
    """
    start = closing.year * 12 + closing.month - 1 - process.first
    require(closing_month=(start, 0, process.months - 1), buys_months=(buys_months, 0, 600))
    made = process.cohorts
    pool = (made > start - MADE_BEFORE) & (made <= start + buys_months)
    amounts = expected(process).amount[:, pool].sum(axis=(1, 2))
    alive = amounts[PERFORMING].sum(axis=0)[start:-1]
    months = int(np.argmax(gone)) if (gone := alive <= 1e-6 * alive.max()).any() else len(alive)
    leaving = np.diff([amounts[BAD].sum(axis=0), amounts[PREPAID]], axis=1)
    shares = np.clip(leaving[:, start : start + months], 0, None) / alive[:months]
    short = MONTHS - months
    return np.concatenate([shares, np.repeat(shares[:, -1:], max(short, 0), 1)], 1)[:, :MONTHS]


def severity_of(process: Process, closing: date) -> float:
    """Return the loss given default of loans made in the year of closing; 1 where none is known."""
    if process.lgd is None:
        return 1.0
    made = (process.first + process.cohorts) // 12 == closing.year
    return float(np.average(process.lgd[made], weights=process.weights[made]))


def _key(process: Process, shape: str) -> str:
    code = [file_hash(path) for path in package_files() if path.suffix == ".py"]
    fitted = [process.late, process.prepay, process.cohort_late, process.weights]
    lines = [*code, *(each.tobytes().hex() for each in fitted), str(process.roll), shape]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _keep(path: Path, paths: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.stem}-{os.getpid()}.tmp.npy")
    np.save(draft, paths)
    draft.replace(path)
