"""A frame as CSV text that a spreadsheet opens without running anything in it."""

from __future__ import annotations

from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV without its index; before what could be a formula stands an apostrophe.

    >>> csv_text(pd.DataFrame({"x": ["=1+1", "a"], "y": [-1, 2]}))
    "x,y\\n'=1+1,-1\\na,2\\n"
    """
    safe = frame.rename(columns=_guard)
    for name in [name for name in safe if not pd.api.types.is_numeric_dtype(safe[name])]:
        safe[name] = safe[name].map(_guard)
    return safe.to_csv(index=False, lineterminator="\n")


def _guard(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
