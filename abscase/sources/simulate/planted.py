"""Planted effects: a made-up world in which a method must find what was put there.

A teaching device and a test of methods, never evidence: every row of such a tape has grade "C".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abscase.ranges import require

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Planted:
    """Effects planted in the loans of a pool that has scores.

    Attributes
    ----------
    cutoff : float
        Score from which on a loan is easier to sell, in [300, 850].
    jump : float
        Log-odds added to the chance to fall 30 days late from the cutoff on, in [-3, 3].
    sold : tuple of float
        Chance that a loan is sold, below the cutoff and from it on; a sold loan has a ``deal_id``.
    misreported : float
        Share of the loans that are riskier than their reported fields say, in [0, 1]; their
        ``note`` says so, which no investor saw.
    effect : float
        Log-odds that a misreported loan adds, in [-3, 3].
    """

    cutoff: float = 620.0
    jump: float = 0.0
    sold: tuple[float, float] = (0.5, 0.5)
    misreported: float = 0.0
    effect: float = 0.0

    def __post_init__(self) -> None:
        require(
            cutoff=(self.cutoff, 300, 850), jump=(self.jump, -3, 3), sold=(self.sold, 0, 1),
            misreported=(self.misreported, 0, 1), effect=(self.effect, -3, 3),
        )  # fmt: skip

    def draw(
        self, score: npt.NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[Flags, Flags, npt.NDArray[np.float64]]:
        """Return who is sold, who is misreported, and the log-odds added to each loan."""
        above = score >= self.cutoff
        sold = rng.random(len(score)) < np.where(above, self.sold[1], self.sold[0])
        misreported = rng.random(len(score)) < self.misreported
        return sold, misreported, above * self.jump + misreported * self.effect
