"""The parts of a securitisation as data: pool, classes, fees, accounts, cover, swap, call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

INF = float("inf")
MOST = 1e18
"""No amount of money is larger, in any currency."""


def term(default: Any = ..., low: float = -INF, high: float = INF, choices: Any = ()) -> Any:
    """Return a field with its closed range or its choices; without a default it must be given."""
    limits = {"low": low, "high": high, "choices": tuple(choices)}
    return field(metadata=limits) if default is ... else field(default=default, metadata=limits)


@dataclass(frozen=True)
class Calendar:
    """When the deal pays: closing day, first payment day, then one day of the month.

    ``months`` is the time between payments, ``periods`` the number of payments (without it: as many
    as the pool needs). Loans pay each month from the pool's origin on; ``collection`` counts that
    money on the day it is due or at month end, and never before closing.
    """

    closing: date = date(2000, 1, 1)
    first_payment: date = date(2000, 2, 1)
    payment_day: int | None = term(None, 1, 31)
    months: int = term(1, 1, 12)
    collection: str = term("due", choices=("due", "month_end"))
    periods: int | None = term(None, 1, 600)


@dataclass(frozen=True)
class Holding:
    """A class of another deal that the pool holds: ``share`` of all its payments."""

    deal: str
    tranche: str
    share: float = term(1.0, 0, 1)


@dataclass(frozen=True)
class Pool:
    """The loans: one level line with its assumptions, or ``holdings`` of other deals' classes.

    Rates are yearly. ``order`` says which of default, prepayment and scheduled principal comes
    first; each acts on what those before it left. ``interest_on`` "opening" charges the balance at
    the start, "performing" what is left when the scheduled payment is due. ``decrement`` "days"
    turns a yearly default or prepayment rate r into 1 - (1 - r)^(days/365), "months" into
    1 - (1 - r)^(1/12). Recoveries come ``recovery_lag_months`` after default. Loans that will
    default within ``delinquent_months`` count as delinquent. With ``count_defaulted`` a defaulted
    loan stays in the balance of tests and write-downs until its recovery. ``guaranteed`` pays
    defaults at par on the spot, from outside.
    """

    balance: float = term(0.0, 0, MOST)
    rate: float = term(0.0, 0, 10)
    term_months: int = term(360, 1, 600)
    amortisation: str = term("level", choices=("level", "linear", "bullet"))
    origin: date | None = None
    order: tuple[str, ...] = ("scheduled", "default", "prepayment")
    interest_on: str = term("opening", choices=("opening", "performing"))
    decrement: str = term("months", choices=("months", "days"))
    default_rate: float = term(0.0, 0, 1)
    prepayment_rate: float = term(0.0, 0, 1)
    severity: float = term(1.0, 0, 1)
    recovery_lag_months: int = term(0, 0, 120)
    delinquent_months: int = term(3, 0, 24)
    count_defaulted: bool = False
    guaranteed: bool = False
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True)
class Revolving:
    """How collections buy new loans, run by the step ``buy_loans``.

    Loans are bought at ``price`` up to the pool level of closing. ``eligible_share`` of the cash
    finds loans that may be bought. Bought loans run ``term_months``; their default rate rises by
    ``drift`` for each month since closing: d (1 + drift)^t.
    """

    price: float = term(1.0, 0.01, 2)
    eligible_share: float = term(1.0, 0, 1)
    drift: float = term(0.0, -1, 1)
    term_months: int = term(12, 1, 600)


@dataclass(frozen=True)
class Reserve:
    """The reserve account: filled to max(floor, share of the base), from ``initial`` at closing."""

    initial: float = term(0.0, 0, MOST)
    target_share: float = term(0.0, 0, 1)
    base: str = term("pool", choices=("pool", "closing_pool", "classes"))
    floor: float = term(0.0, 0, MOST)


@dataclass(frozen=True)
class Cover:
    """The overcollateralisation target and its step-down.

    Before: ``target_share`` of the closing pool. While every trigger of ``when`` holds and none of
    ``unless``: max(``floor_share`` of the closing pool, ``stepped_share`` of the pool). Steps
    that pay to the "enhancement" aim at ``enhancement_multiple`` times the enhancement at closing.
    """

    target_share: float = term(0.0, 0, 1)
    stepped_share: float = term(0.0, 0, 1)
    floor_share: float = term(0.0, 0, 1)
    enhancement_multiple: float = term(1.0, 0, 100)
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Swap:
    """The trust pays ``fixed_rate`` and receives the index on a notional (a cap never pays).

    The notional is ``share`` of the rated classes; it ends after ``periods``.
    """

    fixed_rate: float = term(0.0, 0, 1)
    kind: str = term("swap", choices=("swap", "cap"))
    share: float = term(1.0, 0, 1)
    periods: int = term(600, 1, 600)


@dataclass(frozen=True)
class Call:
    """The option to buy the pool at par once its factor is at or below ``pool_factor``.

    It is used, if at all, in the first period in which par pays every rated class in full.
    """

    pool_factor: float = term(0.1, 0, 1)
    exercised: bool = False


@dataclass(frozen=True)
class Fee:
    """A fee: ``amount`` a payment, a year or once, or ``rate`` a year on a base.

    ``accrual`` "period" charges the opening balance for the whole period; "average" follows the
    balance day by day up to the payment, "collected" up to the last collection day before it.
    """

    name: str
    amount: float = term(0.0, 0, MOST)
    rate: float = term(0.0, 0, 1)
    every: str = term("period", choices=("once", "period", "year"))
    base: str = term("pool", choices=("pool", "classes"))
    accrual: str = term("period", choices=("period", "average", "collected"))


@dataclass(frozen=True)
class Tranche:
    """One class. ``balance`` or ``share`` of the pool; rates are yearly.

    Kinds: "fixed" pays ``rate``; "floating" pays the index plus ``margin`` within ``floor`` and
    ``cap``; "residual" takes what is left; "io" pays ``rate`` on the balance of ``notional_of``.
    From payment ``step_up_period`` on, or once the trigger ``step_up_on`` has tripped,
    ``rate_after`` or ``margin_after`` hold. ``funds_cap`` limits the coupon to the pool's interest
    after fees. ``pik`` adds unpaid interest to the balance. No principal is paid before
    ``first_principal``. A residual with ``tracks_cover`` has for balance what the pool exceeds the
    rated classes by.
    """

    name: str
    balance: float | None = term(None, 0, MOST)
    share: float | None = term(None, 0, 1)
    kind: str = term("fixed", choices=("fixed", "floating", "residual", "io"))
    rate: float = term(0.0, 0, 1)
    margin: float = term(0.0, 0, 1)
    floor: float = term(0.0, 0, 1)
    cap: float = term(INF, 0)
    rate_after: float | None = term(None, 0, 1)
    margin_after: float | None = term(None, 0, 1)
    step_up_period: int | None = term(None, 1, 600)
    step_up_on: str | None = None
    funds_cap: bool = False
    pik: bool = False
    notional_of: tuple[str, ...] = ()
    first_principal: int = term(1, 1, 600)
    tracks_cover: bool = False


def limits(kind: type) -> dict[str, Mapping[str, Any]]:
    """Return the range and choices of each term of a dataclass."""
    return {each.name: each.metadata for each in fields(kind)}
