"""Turns the cells of a column into its type, and says which cannot be."""

from __future__ import annotations

import pandas as pd

from abscase.schema.column import Column

FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
DAY = r"\d{4}-\d{2}-\d{2}(?:[ T]00:00:00)?"


def coerce(values: pd.Series, column: Column) -> tuple[pd.Series, list[int]]:
    """Return the values in the column's type and the positions that cannot be read as such."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    text = values.dtype == "str" or values.dtype == object
    filled = values
    if text:
        words = values.astype("str").str.strip()
        filled = words.mask((words == "").fillna(True).astype(bool))
    if column.kind == "text":
        return filled.astype("str"), []
    if column.codes:
        codes = {word: column.codes.get(str(word), word) for word in filled.dropna().unique()}
        filled = filled.map(codes, na_action="ignore")
    typed = _typed(filled, column, text)
    wrong = typed.isna() & filled.notna()
    return typed, [int(row) for row in wrong.to_numpy().nonzero()[0]]


def _typed(filled: pd.Series, column: Column, text: bool) -> pd.Series:
    if column.kind == "date":
        return _dates(filled, text)
    if column.kind == "flag":
        found = filled.map(lambda word: FLAGS.get(str(word).lower()), na_action="ignore")
        return found.astype("boolean")
    number = pd.to_numeric(filled, errors="coerce").astype("float64")
    number = number.mask(number.abs() == float("inf"))
    if column.kind == "int":
        return number.where(number == number.round()).astype("Int64")
    return number


def _dates(filled: pd.Series, text: bool) -> pd.Series:
    """Only whole days: a bare year or month would silently become its first day."""
    if text:
        days = filled.where(filled.astype("str").str.fullmatch(DAY).fillna(False).astype(bool))
        return pd.to_datetime(days, format="ISO8601", errors="coerce").astype("datetime64[us]")
    if not pd.api.types.is_datetime64_any_dtype(filled):
        return pd.Series(pd.NaT, filled.index, dtype="datetime64[us]")
    return filled.dt.tz_localize(None).astype("datetime64[us]")
