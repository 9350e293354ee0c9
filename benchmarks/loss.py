"""Tranches of a pool of a million unequal loans: time and error against every loan, one run.

Run: python benchmarks/loss.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from abscase.spread.loss.conditional import TrancheRisk, tranche_risk
from abscase.spread.loss.copula import Copula
from abscase.spread.loss.pool import Pool, pool_of
from abscase.spread.loss.tranche import tranches

LOANS = 1_000_000
BOUNDS = [0, .01, .02, .03, .04, .05, .06, .07, .08, .1, .12, .14, .16, .2, .25, .3, 1]  # fmt: skip


def pool(rng: np.random.Generator) -> Pool:
    """Return loans of unequal size, quality and severity."""
    pd, lgd = rng.beta(1.0, 9.0, LOANS), rng.uniform(0.1, 0.9, LOANS)
    return pool_of(pd, lgd, rng.lognormal(sigma=0.7, size=LOANS))


def timed(given: Pool, groups: int) -> tuple[TrancheRisk, float]:
    """Return the tranches' risk, and the seconds it took."""
    start = perf_counter()
    return tranche_risk(given, Copula(0.2), tranches(BOUNDS), groups=groups), perf_counter() - start


def main() -> None:
    """Print the time as a share of that over every loan, and the largest relative error."""
    given = pool(np.random.default_rng(20201103))
    grouped, short = min((timed(given, 400) for _ in range(3)), key=lambda each: each[1])
    whole, long = timed(given, LOANS)
    error = np.abs(grouped.expected_loss / whole.expected_loss - 1)
    print(f"{LOANS:,} loans, {len(BOUNDS) - 1} tranches, expected loss {given.expected_loss:.4f}")
    print(f"400 groups {short:.3f} s, every loan {long:.1f} s: {short / long:.2%} of the time")
    print(f"largest relative error of a tranche's expected loss {error.max():.1e}")


if __name__ == "__main__":
    main()
