"""Says what the codes of a column mean."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import polars as pl


def filled(cell: pl.Expr | str, empty: str = "") -> pl.Expr:
    """Return text without blanks around it, null where nothing is left, or the mark of nothing."""
    text = (pl.col(cell) if isinstance(cell, str) else cell).str.strip_chars()
    return pl.when(~text.is_in(["", empty])).then(text)


def decoded(
    cell: pl.Expr | str, codes: Mapping[str, Any], otherwise: Any = None, kind: Any = None
) -> pl.Expr:
    """Return what each code means, and ``otherwise``, a value or an expression, for any other.

    A chain of conditions, not ``Expr.replace``: that one holds the column in memory and so grows
    with the file.

    >>> pl.select(decoded(pl.lit("x"), {"x": 1}), other=decoded(pl.lit("y"), {"x": 1}, 9)).row(0)
    (1, 9)
    """
    code = pl.col(cell) if isinstance(cell, str) else cell
    rest = otherwise if isinstance(otherwise, pl.Expr) else pl.lit(otherwise)
    meanings: dict[Any, list[str]] = {}
    for word, meaning in codes.items():
        meanings.setdefault(meaning, []).append(word)
    value = reduce(
        lambda other, item: pl.when(code.is_in(item[1])).then(pl.lit(item[0])).otherwise(other),
        meanings.items(), rest,
    )  # fmt: skip
    return value if kind is None else value.cast(kind)
