r"""The model of simulated loans: a discrete-time multi-state process, month by month.

A loan is current, 30, 60 or 90 or more days past due until it defaults (is written off), is repaid
early or matures. Of loan :math:`i`, made in cohort :math:`c`, that is current at age :math:`a-1`,
in the month :math:`t`:

.. math::

    \log\frac{P(\text{30})}{P(\text{current})} &= \mu^L_t + \nu^L_c + f_a + \beta z_i + \ell_{s}
        + \sigma F_t \\
    \log\frac{P(\text{prepaid})}{P(\text{current})} &= \mu^P_t + \nu^P_c + g_a + \pi_{s}

with the calendar (macro) effects :math:`\mu`, the vintage effects :math:`\nu`, the seasoning
:math:`f, g`, the score :math:`z_i` in standard deviations, the effects :math:`\ell, \pi` of its
segment :math:`s`, and a factor :math:`F_t` common to all loans. From 30 and 60 days a loan rolls on
with :math:`r_k`, is cured (pays all that is overdue) with :math:`c_k`, or pays one instalment and
stays. From 90 days it is cured with :math:`c_3`; once it has stood there :math:`W` months it is
written off with the hazard :math:`\delta` a month. Nothing is 30 days late before the age of 2
months. What is still overdue at the term may not stay: it is cured or rolls.

A balance is that of an annuity after the instalments paid; a loan 90 days late pays nothing. A
revolving account (no term) keeps its balance: purchases replace what is paid.

References
----------
Cyert, R. M., Davidson, H. J. and Thompson, G. L. (1962). Estimation of the allowance for doubtful
accounts by Markov chains. *Management Science* 8(3), 287-303.
Schönbucher, P. J. (2003). *Credit Derivatives Pricing Models*, section 8.3 (multi-state chains).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from abscase.ranges import Array, require

FIRST_LATE_AGE = 2
"""Months: with it the first loans are 90 days late at 4 months, as where the first instalment is
never paid. Later an instalment counts as 30 days late at the end of the month that misses it."""


@dataclass(frozen=True)
class Segment:
    """A kind of loan: its share of the loans made, its terms, its effects on the log-odds.

    ``amount`` is the mean amount, ``amount_spread`` the standard deviation of its logarithm;
    ``rate`` a decimal a year; ``term`` in months, None for a revolving account.
    """

    name: str
    share: float
    amount: float
    rate: float
    term: int | None
    amount_spread: float = 0.5
    region: str | None = None
    product: str = ""
    late: float = 0.0
    prepay: float = 0.0
    ltv: float | None = None
    dti: float | None = None


@dataclass(frozen=True)
class Score:
    """Normal credit scores between ``low`` and ``high``; ``late`` is the effect of one ``sd``."""

    mean: float
    sd: float
    low: float = 300.0
    high: float = 850.0
    late: float = 0.0

    def at(self, chance: npt.ArrayLike) -> Array:
        """Return the score below which the given share of the loans lies."""
        ends = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        return stats.truncnorm.ppf(chance, *ends, loc=self.mean, scale=self.sd)


@dataclass(frozen=True)
class Process:
    """The parameters of one simulated pool; the module gives the equations.

    Attributes
    ----------
    first : int
        Month of the first cohort, as months since the year 0.
    months : int
        Last month simulated, counted from ``first``.
    step : int
        Months between cohorts.
    weights : array
        Share of the loans in each cohort.
    late, prepay : array
        Log-odds of the calendar months 0 to ``months``.
    cohort_late, cohort_prepay : array
        Log-odds of the cohorts.
    age_late, age_prepay : array
        Log-odds of the ages 0 to ``months``.
    roll : tuple of float
        Chances to roll from 30 to 60 and from 60 to 90 days.
    cure : tuple of float
        Chances to be cured from 30, 60 and 90 days.
    wait, write_off : int, float
        Months at 90 or more days before a write-off can come, and its chance a month from then.
    lgd : array, optional
        Loss given default of each cohort; None where no source tells it: losses stay empty.
    factor : array, optional
        Common factor, already times its size, of the calendar months.
    """

    case: str
    currency: str
    source_id: str
    first: int
    months: int
    step: int
    weights: Array
    segments: tuple[Segment, ...]
    late: Array
    prepay: Array
    cohort_late: Array
    cohort_prepay: Array
    age_late: Array
    age_prepay: Array
    roll: tuple[float, float]
    cure: tuple[float, float, float]
    wait: int
    write_off: float
    score: Score | None = None
    lgd: Array | None = None
    secured: bool = False
    factor: Array | None = None

    def __post_init__(self) -> None:
        stay = [1 - self.roll[0] - self.cure[0], 1 - self.roll[1] - self.cure[1]]
        require(
            wait=(self.wait, 1, 600), write_off=(self.write_off, 0, 1), roll=(self.roll, 0, 1),
            cure=(self.cure, 0, 1), roll_and_cure=(stay, -1e-12, 1), weights=(self.weights, 0, 1),
            shares=(sum(each.share for each in self.segments), 1 - 1e-9, 1 + 1e-9),
        )  # fmt: skip

    @property
    def cohorts(self) -> npt.NDArray[np.int64]:
        """Months of the cohorts, counted from ``first``."""
        return np.arange(len(self.weights)) * self.step

    def odds(self, cohort: int | npt.NDArray, age: int, month: int | npt.NDArray) -> list[Array]:
        """Return the odds of 30 days late and of prepayment against current, all else at 0."""
        factor = 0.0 if self.factor is None else self.factor[month]
        late = self.late[month] + self.cohort_late[cohort] + self.age_late[age] + factor
        prepay = self.prepay[month] + self.cohort_prepay[cohort] + self.age_prepay[age]
        able = age >= FIRST_LATE_AGE
        return [np.exp(late) if able else np.zeros_like(late), np.exp(prepay)]


def stressed(process: Process, multipliers: npt.ArrayLike) -> Process:
    """Return the process with the odds to fall 30 days late times a path over the months."""
    path = np.broadcast_to(np.asarray(multipliers, dtype=float), process.late.shape)
    require(multipliers=(path, 1e-6, 1e6))
    return replace(process, late=process.late + np.log(path))


def annuity_share(paid: npt.ArrayLike, rate: npt.ArrayLike, term: npt.ArrayLike) -> Array:
    r"""Return the balance of an annuity after some instalments, as a share of the amount lent.

    Notes
    -----
    :math:`(1-(1+r)^{k-n})/(1-(1+r)^{-n})` with the monthly rate r; :math:`1-k/n` where r is 0.

    >>> float(annuity_share(6, 0.0, 12))
    0.5
    """
    log_rate = np.log1p(np.asarray(rate, dtype=float) / 12)
    months, total = np.asarray(paid, dtype=float), np.asarray(term, dtype=float)
    still = log_rate == 0
    safe = np.where(still, 1e-3, log_rate)
    share = np.expm1((months - total) * safe) / np.expm1(-total * safe)
    return np.clip(np.where(still, 1 - months / total, share), 0.0, 1.0)
