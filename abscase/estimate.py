"""An estimate made of published rows: its bounds, the rows behind it, and the rows by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.case import Datum, datum
from abscase.errors import DataFaults, Fault

MONTH_DAYS = 365.25 / 12
PRINTED = 4  # decimals of the printed rates: hundredths of a per cent


@dataclass(frozen=True)
class Estimate:
    """A number, its interval, the rows of ``data/`` it stands on, and the figure that shows it.

    ``kind`` says what the interval runs over: published ``sources`` that disagree, or unpublished
    ``parameters``; ``at_best`` is "C" where a term had to be assumed.
    """

    value: float
    low: float
    high: float
    data: tuple[Datum, ...]
    figure: str = ""
    kind: str = "sources"
    at_best: str = "A"

    @property
    def grade(self) -> str:
        """The grade of the worst input."""
        return max(self.at_best, *(row.grade for row in self.data))

    @property
    def sources(self) -> list[str]:
        """The sources of the rows, each once."""
        return sorted({row.source_id for row in self.data})

    @property
    def fields(self) -> dict[str, Any]:
        """The arguments by which a claim record is made of it."""
        return {
            "estimate": self.value, "lo": self.low, "hi": self.high, "data": self.data,
            "interval_kind": self.kind, "at_best": self.at_best, "figure": self.figure,
        }  # fmt: skip


def over(values: npt.ArrayLike, data: Iterable[Datum], figure: str = "", **more: str) -> Estimate:
    """Return the estimate at the first of the values, its interval over all of them."""
    numbers = np.asarray(values, dtype=float).ravel()
    low, high = float(numbers.min()), float(numbers.max())
    return Estimate(float(numbers[0]), low, high, tuple(data), figure, **more)


def ratio(part: Estimate, whole: Estimate, figure: str = "", kind: str = "parameters") -> Estimate:
    """Return one positive estimate over another; the bounds are the outer corners of both."""
    return Estimate(
        part.value / whole.value, part.low / whole.high, part.high / whole.low,
        (*part.data, *whole.data), figure, kind, max(part.at_best, whole.at_best),
    )  # fmt: skip


def rows(series: pd.DataFrame, measure: str | Sequence[str], **where: Any) -> pd.DataFrame:
    """Return the rows of a measure, those of grade C left out, by date.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of a case.
    measure : str or sequence of str
        What is measured.
    **where
        Column to the value it must hold, or to a list of allowed values; dates as text.

    Raises
    ------
    DataFaults
        No row fits.
    """
    fits = series["measure"].isin([measure] if isinstance(measure, str) else list(measure))
    for column, wanted in where.items():
        allowed = [wanted] if isinstance(wanted, str | float | int) else list(wanted)
        held = series[column]
        if column == "date":
            allowed = [pd.Timestamp(text) for text in allowed]
        fits &= held.isin(allowed).fillna(False).astype(bool)
    found = series[fits & (series["grade"] != "C")]
    if found.empty:
        given = ", ".join(f"{column}={wanted}" for column, wanted in where.items())
        raise DataFaults([Fault(f"no published row fits {given or 'any row'}", "measure",
                                str(measure))])  # fmt: skip
    return found.sort_values(["date", "grade"], kind="stable")


def data_of(found: pd.DataFrame) -> list[Datum]:
    """Return each row with its evidence."""
    return [datum(row) for _, row in found.iterrows()]


def rounding(row: Datum, digits: int = PRINTED) -> tuple[float, float, float]:
    """Return a printed rate and the least and largest that print so to ``digits`` decimals."""
    half = 0.5 * 10.0**-digits
    return row.value, row.value - half, row.value + half
