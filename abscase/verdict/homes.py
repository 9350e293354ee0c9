"""One US deal under the hazards of its own homes, state by state, beside what became of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from abscase.case import Case
from abscase.estimate import rows
from abscase.operating.waterfall import (
    Scenario,
    enhancement,
    pool_loss,
    principal_loss,
    run,
    shipped_deal,
)
from abscase.quality.flow import CauseHazards
from abscase.quality.published import deal_hazards, hazard_table
from abscase.ranges import Array

DEAL = "cmlti_2006_nc2"
HIT = 1e-6
MONTHS = 48
"""From cut-off to the count of homes."""


@dataclass(frozen=True)
class Homes:
    """The deal run once for each state, and once for the four together.

    ``regions``: ``region``, ``seen`` and ``run`` (share lost after 48 months, of loans and of
    balance), ``loss`` (of the pool, to the end), ``reaches`` (enhancement of the highest class that
    loses), ``first_safe`` (the lowest class that loses nothing, "" where all lose). ``losses``:
    classes by region, share of the face lost.
    """

    regions: pd.DataFrame
    losses: pd.DataFrame
    sources: tuple[str, ...]


def homes(case: Case, severity: float) -> Homes:
    """Return CMLTI 2006-NC2 under the constant hazards that its homes had in each state.

    Parameters
    ----------
    case : Case
        US subprime.
    severity : float
        Share of a lost home's loan that is lost, in [0, 1]; no source has it by state.

    Notes
    -----
    Each run takes the whole pool to behave like the homes of one state. That homes lost agree
    tests the arithmetic only: the hazards come from them. What the losses do to the classes is
    the model's statement; the classes' true losses were not found.
    """
    series, deal = case.table("series"), shipped_deal(DEAL)
    found, table = deal_hazards(series), hazard_table(series)
    states = [str(name) for name in table["region"]]
    lost, other = np.array([monthly_shares(found[name]) for name in states]).T
    yearly = [1 - (1 - each[:, None]) ** 12 for each in (lost, other)]
    result = run(deal, Scenario(yearly[0], yearly[1], severity))
    by_class = pd.DataFrame(principal_loss(result).T, deal.names, states)
    promised = [name for name, each in zip(deal.names, deal.tranches, strict=True)
                if each.kind != "residual"]  # fmt: skip
    by_class = by_class.loc[promised]
    gone = result.pool_in["default"][:MONTHS].sum(axis=0) / result.opening_pool
    cover = enhancement(deal)
    hit = {state: {name for name in promised if float(by_class[state][name]) >= HIT}
           for state in states}  # fmt: skip
    safe = [next((name for name in reversed(promised) if name not in hit[state]), "")
            for state in states]  # fmt: skip
    reaches = [max((cover[name] for name in hit[state]), default=0.0) for state in states]
    regions = pd.DataFrame({
        "region": table["region"], "seen": table["lost_share"], "run": gone,
        "loss": pool_loss(result), "reaches": reaches, "first_safe": safe,
    })  # fmt: skip
    segments = [f"{DEAL}:{name}" for name in table["region"] if name != "all"]
    used = rows(series, ["loans", "homes_lost", "still_active"], segment=segments)
    return Homes(regions, by_class, tuple(sorted(set(used["source_id"]))))


def monthly_shares(hazards: CauseHazards) -> Array:
    r"""Return the shares of a month's loans lost, and of the rest that leaves otherwise.

    Notes
    -----
    With the hazards l and o, both at work at once: :math:`l/(l+o)\,(1-e^{-(l+o)})`, and the same of
    o over one less the first, for the engine lets prepayments act on what defaults left.
    """
    total = hazards.lost + hazards.other
    gone = -np.expm1(-total)
    lost = hazards.lost / total * gone
    return np.array([lost, (gone - lost) / (1 - lost)])
