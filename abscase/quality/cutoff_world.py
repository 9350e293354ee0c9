"""Worlds in which the answer at a score cutoff is known: to see what a design finds and what not.

They are made up, grade C: a teaching device, from which nothing follows for the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from abscase.quality.discontinuity import Jump, binned_means, jump, two_stages
from abscase.ranges import require

SCORE_MEAN, SCORE_SD, SCORE_ENDS = 640.0, 50.0, (350, 850)
DEFAULT_AT_CUTOFF, FALL_A_POINT = 0.15, 0.008
SOLD_AT_CUTOFF = 0.35
BIN = 5.0


@dataclass(frozen=True)
class World:
    """What is planted at a cutoff.

    Attributes
    ----------
    cutoff : float
        Score from which on it holds.
    sold_jump : float
        Rise of the share of loans that are sold, decimal.
    sold_excess : float
        How much more often a sold loan defaults than a like loan kept.
    rule_excess : float
        How much more often any loan defaults from the cutoff up, sold or not: lenders look at those
        below more closely.
    thinned : float
        Share of applications below the cutoff that lenders turn down for being below it.
    """

    cutoff: float = 620.0
    sold_jump: float = 0.0
    sold_excess: float = 0.0
    rule_excess: float = 0.0
    thinned: float = 0.0

    @property
    def default_jump(self) -> float:
        """The true jump of the default rate at the cutoff, decimal."""
        below = DEFAULT_AT_CUTOFF * (1 + self.sold_excess * SOLD_AT_CUTOFF)
        sold = SOLD_AT_CUTOFF + self.sold_jump
        above = DEFAULT_AT_CUTOFF * (1 + self.rule_excess) * (1 + self.sold_excess * sold)
        return above - below


def worlds(cutoff: float) -> dict[str, World]:
    """Return three worlds: sale loosens screening; nothing happens; a rule of thumb of lenders.

    In the first the share sold nearly doubles and default rises by about a fifth, the size of the
    published findings; in the third default rises as much while sale does not move at all.
    """
    return {
        "planted": World(cutoff, sold_jump=0.3, sold_excess=0.9),
        "smooth": World(cutoff),
        "rule": World(cutoff, rule_excess=0.27, thinned=0.3),
    }


def draw(
    world: World,
    loans: int,
    rng: np.random.Generator,
    misreport: float = 0.0,
    misreport_effect: float = 0.0,
) -> pd.DataFrame:
    """Return loans of a world: ``score``, ``securitised``, ``misreported``, ``defaulted``.

    Parameters
    ----------
    world : World
    loans : int
        Applications; those turned down are not in the frame.
    rng : Generator
    misreport, misreport_effect : float
        Share of loans whose fields are false, and how much more often they default: no default
        rate given the score changes with it, for the truly reported default less often instead.

    Raises
    ------
    ParameterFaults
        A parameter outside its range.
    """
    require(
        loans=(loans, 100, 1e8), misreport=(misreport, 0, 0.5),
        misreport_effect=(misreport_effect, 0, 2), cutoff=(world.cutoff, *SCORE_ENDS),
    )  # fmt: skip
    score = np.round(rng.normal(SCORE_MEAN, SCORE_SD, loans)).clip(*SCORE_ENDS)
    score = score[(score >= world.cutoff) | (rng.random(loans) >= world.thinned)]
    away, above = score - world.cutoff, score >= world.cutoff
    share = (SOLD_AT_CUTOFF + 0.0005 * away + world.sold_jump * above).clip(0, 1)
    sold = rng.random(len(score)) < share
    false = rng.random(len(score)) < misreport
    start = np.log(DEFAULT_AT_CUTOFF / (1 - DEFAULT_AT_CUTOFF))
    chance = expit(start - FALL_A_POINT * away)
    chance *= (1 + world.rule_excess * above) * (1 + world.sold_excess * sold)
    chance *= (1 + misreport_effect * false) / (1 + misreport * misreport_effect)
    defaulted = rng.random(len(score)) < chance.clip(0, 1)
    return pd.DataFrame({
        "score": score, "securitised": sold.astype(float), "misreported": false,
        "defaulted": defaulted.astype(float),
    })  # fmt: skip


def false_cutoffs(
    loans: pd.DataFrame, cutoffs: Sequence[float], true_cutoff: float, bandwidth: float,
    alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Return the jump of default at each cutoff, from loans that lie on its side of the true one.

    Returns
    -------
    DataFrame
        The fields of :class:`abscase.quality.discontinuity.Jump`, one row for each cutoff.
    """
    rows = []
    for cutoff in cutoffs:
        above = loans["score"] >= true_cutoff
        part = loans if cutoff == true_cutoff else loans[above == (cutoff > true_cutoff)]
        found = jump(part, outcome="defaulted", cutoff=cutoff, bandwidth=bandwidth, alpha=alpha)
        rows.append(asdict(found))
    return pd.DataFrame(rows)


def stage_panels(
    drawn: Mapping[str, pd.DataFrame], cutoff: float, bandwidth: float, alpha: float = 0.05
) -> dict[str, dict[str, tuple[Jump, pd.DataFrame]]]:
    """Return the jump and the binned means of both outcomes in each world."""
    return {
        name: {
            outcome: (
                jump(loans, outcome=outcome, cutoff=cutoff, bandwidth=bandwidth, alpha=alpha),
                binned_means(loans, outcome=outcome, cutoff=cutoff, width=BIN),
            )
            for outcome in ("securitised", "defaulted")
        }
        for name, loans in drawn.items()
    }


def both_stages(
    panels: Mapping[str, Mapping[str, tuple[Jump, pd.DataFrame]]],
    drawn: Mapping[str, pd.DataFrame], truth: Mapping[str, World], alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Return both stages of each world, as in the panels and at the bandwidths of least error."""
    parts = []
    for name, loans in drawn.items():
        world = truth[name]
        fixed = pd.DataFrame([
            {"stage": stage, **asdict(found)}
            for stage, (found, _) in zip(("first", "reduced"), panels[name].values(), strict=True)
        ])  # fmt: skip
        best = two_stages(
            loans, treatment="securitised", outcome="defaulted", cutoff=world.cutoff, alpha=alpha
        )
        true = [world.sold_jump, world.default_jump]
        parts += [each.assign(world=name, planted=true) for each in (fixed, best)]
    return pd.concat(parts, ignore_index=True)


def by_report(loans: pd.DataFrame) -> pd.DataFrame:
    """Return the default rate of truly and of falsely reported loans, and of all.

    Returns
    -------
    DataFrame
        Rows "true", "false", "all": ``report``, ``loans``, ``rate``.
    """
    parts = {"true": loans[~loans["misreported"]], "false": loans[loans["misreported"]],
             "all": loans}  # fmt: skip
    return pd.DataFrame([
        {"report": name, "loans": len(part), "rate": float(part["defaulted"].mean())}
        for name, part in parts.items()
    ])  # fmt: skip
