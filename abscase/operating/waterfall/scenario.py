"""What may happen to a deal: rates, severities and events, in as many scenarios as wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from abscase.errors import ParameterFaults
from abscase.operating.waterfall.deal import Deal
from abscase.ranges import INF, Array, require

Values = npt.ArrayLike | None
LIMITS = {
    "default_rate": (0, 1), "prepayment_rate": (0, 1), "severity": (0, 1),
    "eligible_share": (0, 1), "drift": (-1, 1), "index_rate": (0, 1),
    "originator_default": (0, INF), "recovery_lag_months": (0, 120),
}  # fmt: skip
ONE_EACH = ("drift", "originator_default")


@dataclass(frozen=True)
class Scenario:
    """Assumptions by scenario and month; what is None is taken from the deal.

    Every array broadcasts to (scenario, month): a number, a path ``(month,)``, one number a
    scenario ``(scenario, 1)``, or all of them. Rates are yearly decimals. Paths hold their last
    value.

    Parameters
    ----------
    default_rate, prepayment_rate, severity, eligible_share : array, optional
        In [0, 1], by month since the pool's origin.
    drift : array, optional
        Monthly growth of the default rate of bought loans, one number a scenario.
    index_rate : array, optional
        Index of the floating classes and of the swap, by payment.
    originator_default : array, optional
        The payment at which the originator fails, one number a scenario; infinite is never.
    recovery_lag_months : int, optional
        Months from default to recovery, 0 to 120.

    Raises
    ------
    ParameterFaults
        Every value that is no number in its range, and numbers of scenarios that differ.
    """

    default_rate: Values = None
    prepayment_rate: Values = None
    severity: Values = None
    eligible_share: Values = None
    drift: Values = None
    index_rate: Values = None
    originator_default: Values = None
    recovery_lag_months: int | None = None

    def __post_init__(self) -> None:
        found = [*_range_faults(self), *_shape_faults(self)]
        if found:
            raise ParameterFaults(found)

    def scaled(self, deal: Deal, on: str, factor: npt.ArrayLike) -> Scenario:
        """Return the scenario with one assumption times a factor for each scenario.

        Parameters
        ----------
        deal : Deal
            Gives the assumption where the scenario has none.
        on : {"default", "severity", "speed"}
            The default rate, the severity or the prepayment rate. Rates stop at 1.
        factor : array of shape (scenario,)
            At least 0.
        """
        named = {"default": "default_rate", "severity": "severity", "speed": "prepayment_rate"}
        if on not in named:
            raise ParameterFaults([f"on is {on!r}; give one of {', '.join(named)}"])
        given = getattr(self, named[on])
        base = np.atleast_1d(getattr(deal.pool, named[on]) if given is None else given)
        scaled = np.minimum(base * np.reshape(factor, (-1, 1)), 1.0)
        return replace(self, **{named[on]: scaled})

    @property
    def count(self) -> int:
        """The number of scenarios."""
        return max(_counts(self).values(), default=1)


def _counts(scenario: Scenario) -> dict[str, int]:
    """Return how many scenarios each assumption is given for, by its name."""
    shapes = {name: np.shape(value) for name, value in _given(scenario)}
    found = {name: shape[0] for name, shape in shapes.items() if len(shape) == 2}
    return found | {name: int(np.prod(shapes[name])) for name in ONE_EACH if name in shapes}


def _given(scenario: Scenario) -> list[tuple[str, npt.ArrayLike]]:
    values = [(each.name, getattr(scenario, each.name)) for each in fields(scenario)]
    return [(name, value) for name, value in values if value is not None]


def _range_faults(scenario: Scenario) -> Iterator[str]:
    for name, value in _given(scenario):
        try:
            require(**{name: (value, *LIMITS[name])})
        except ParameterFaults as error:
            yield from error.messages
        except (TypeError, ValueError):
            yield f"{name} is {value!r}; give numbers"
    lag = scenario.recovery_lag_months
    if lag is not None and (isinstance(lag, bool) or not isinstance(lag, int | np.integer)):
        yield f"recovery_lag_months is {lag!r}; give a whole number of months"


def _shape_faults(scenario: Scenario) -> Iterator[str]:
    for name, value in _given(scenario):
        try:
            shape = np.shape(value)
        except ValueError:  # rows of unequal length
            yield f"{name} has rows of unequal length; give (scenario, month)"
            return
        if len(shape) > 2 or not np.size(value):
            yield f"{name} has the shape {shape}; give (scenario, month)"
    counts = {name: count for name, count in _counts(scenario).items() if count > 1}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} of {count}" for name, count in counts.items())
        yield f"the numbers of scenarios differ: {told}; give as many, or one"


def path(values: npt.ArrayLike, months: int, count: int) -> Array:
    """Return values as an array (month, scenario); a short path holds its last value."""
    given = np.atleast_2d(np.asarray(values, dtype=float))
    if given.shape[1] < months:
        given = np.concatenate([given, np.repeat(given[:, -1:], months - given.shape[1], 1)], 1)
    return np.broadcast_to(np.ascontiguousarray(given[:, :months].T), (months, count))


@dataclass(frozen=True)
class Paths:
    """A scenario laid out for one run: arrays (month, scenario), or (scenario,).

    ``index_rate`` is (payment, scenario).
    """

    default_rate: Array
    prepayment_rate: Array
    severity: Array
    eligible_share: Array
    index_rate: Array
    drift: Array
    originator_default: Array
    recovery_lag_months: int


def paths_of(deal: Deal, scenario: Scenario, months: int, payments: int, count: int) -> Paths:
    """Return the paths of a scenario, the deal's own assumptions where it has none."""
    pool, buys = deal.pool, deal.revolving

    def pick(name: str, own: float) -> npt.ArrayLike:
        given = getattr(scenario, name)
        return own if given is None else given

    rates = {
        "default_rate": pick("default_rate", pool.default_rate),
        "prepayment_rate": pick("prepayment_rate", pool.prepayment_rate),
        "severity": pick("severity", pool.severity),
        "eligible_share": pick("eligible_share", buys.eligible_share if buys else 1.0),
    }
    index = pick("index_rate", deal.index_rate)
    drift = pick("drift", buys.drift if buys else 0.0)
    lag = scenario.recovery_lag_months
    return Paths(
        **{name: path(each, months, count) for name, each in rates.items()},
        index_rate=path(index, payments, count),
        drift=np.broadcast_to(np.ravel(drift), (count,)).astype(float),
        originator_default=np.broadcast_to(
            np.ravel(pick("originator_default", INF)), (count,)
        ).astype(float),
        recovery_lag_months=pool.recovery_lag_months if lag is None else lag,
    )
