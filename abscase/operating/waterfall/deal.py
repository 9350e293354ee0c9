"""A deal as data: its parts, triggers and priority lists; nothing here happens yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from abscase.errors import DataFaults
from abscase.operating.waterfall.terms import (
    Calendar,
    Call,
    Cover,
    Fee,
    Pool,
    Reserve,
    Revolving,
    Swap,
    Tranche,
    term,
)

Groups = tuple[tuple[str, ...], ...]
"""Names in order of payment; the names of one inner tuple rank equally."""


@dataclass(frozen=True)
class Trigger:
    """A test at each payment; where it fails, the deal moves to state ``to`` (or raises a flag).

    ``level`` holds throughout, ``levels`` from each period on; ``months`` periods are averaged. A
    trigger that is ``curable`` is judged anew each period, any other stays. ``sources`` are the
    states it can move from; without them, every state that stands before ``to`` in the file.
    """

    name: str
    kind: str
    level: float | None = term(None, 0)
    levels: Mapping[int, float] = field(default_factory=dict)
    months: int = term(1, 1, 120)
    classes: tuple[str, ...] = ()
    period: int | None = term(None, 1, 600)
    to: str | None = None
    sources: tuple[str, ...] = ()
    curable: bool = False


@dataclass(frozen=True)
class Step:
    """One line of a priority list; see `abscase.operating.waterfall.steps` for the names.

    ``source`` is the cash it may use, ``amount`` caps principal; without ``lockout`` principal is
    paid before a class's ``first_principal`` too. It is taken where every trigger
    of ``when`` holds and none of ``unless``.
    """

    name: str
    classes: Groups = ()
    source: str = term("all", choices=("all", "interest", "principal"))
    amount: str = term("available", choices=("available", "cover", "enhancement"))
    lockout: bool = True
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the step, in order."""
        return tuple(name for group in self.classes for name in group)


@dataclass(frozen=True)
class Deal:
    """A securitisation, whole: it is checked when it is built.

    The first state of ``priorities`` is the state at closing; states only move down that list.
    ``index_rate`` is the index of floating classes where the scenario has none. ``deal_id`` and
    ``case`` name the published rows the deal stands on, ``data`` the terms read from them,
    ``assumed`` the terms that no source gives, each with its reason.

    Raises
    ------
    DataFaults
        Every fault of the terms, each with its place ("tranches[1].rate").
    """

    name: str
    tranches: tuple[Tranche, ...]
    priorities: Mapping[str, tuple[Step, ...]]
    pool: Pool = field(default_factory=Pool)
    calendar: Calendar = field(default_factory=Calendar)
    fees: tuple[Fee, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    reserve: Reserve = field(default_factory=Reserve)
    cover: Cover = field(default_factory=Cover)
    revolving: Revolving | None = None
    swap: Swap | None = None
    call: Call | None = None
    index_rate: float = term(0.0, 0, 1)
    day_count: str = term("30/360", choices=("30/360", "ACT/360", "ACT/365"))
    rounding: str = term("none", choices=("none", "cents", "cents_down"))
    interest_on_shortfall: bool = False
    currency: str = "USD"
    deal_id: str = ""
    case: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from abscase.operating.waterfall.check import faults  # the checks read these terms

        found = faults(self)
        if found:
            raise DataFaults(found)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of the file."""
        return tuple(each.name for each in self.tranches)

    @property
    def start(self) -> str:
        """The state the deal begins in: the first of the file."""
        return next(iter(self.priorities))

    def face(self, tranche: Tranche) -> float:
        """Return the balance of a class at closing, in currency."""
        if tranche.balance is not None:
            return tranche.balance
        return (tranche.share or 0.0) * self.pool.balance
