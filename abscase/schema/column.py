"""What a column and a table of the common schema are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "float", "int", "date", "flag"]
DTYPE: Mapping[Kind, str] = {
    "text": "str",
    "float": "float64",
    "int": "Int64",
    "date": "datetime64[us]",
    "flag": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One typed column: its meaning, unit and range.

    ``required`` columns must be present; ``nullable`` ones may hold empty cells. An optional column
    that is absent says "not collected"; one that is present and empty says "collected, nothing
    there". ``codes`` maps words that a file may use to the integers that are stored.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str | int, ...] = ()
    required: bool = True
    nullable: bool = False
    codes: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def allowed(self) -> str:
        """The range or the choices in words.

        >>> Column("ltv", "float", "loan to value", low=0, high=5).allowed
        '0 to 5'
        """
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        low = "" if self.low is None else f"{self.low:g}"
        high = "" if self.high is None else f"{self.high:g}"
        if low and high:
            return f"{low} to {high}"
        return f"at least {low}" if low else f"at most {high}" if high else ""


@dataclass(frozen=True)
class Table:
    """One table of the common schema; ``key`` names the columns that identify a row."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)
