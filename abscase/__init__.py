"""Comparative case studies of asset-backed securitisation.

The face of the package: ``load_case`` gives a case, ``validate`` checks a frame against the common
schema, ``TABLES`` describes the schema, and every error on purpose is an ``AbscaseError``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from abscase.errors import AbscaseError

if TYPE_CHECKING:
    from abscase.case import Case, Datum, load_case
    from abscase.schema import TABLES, validate

__all__ = ["TABLES", "AbscaseError", "Case", "Datum", "load_case", "validate"]
__version__ = "0.1.0"

_HOME = {
    "Case": "abscase.case",
    "Datum": "abscase.case",
    "load_case": "abscase.case",
    "TABLES": "abscase.schema",
    "validate": "abscase.schema",
}


def __getattr__(name: str) -> Any:
    # pandas and polars are imported when they are first needed: a command that has nothing to do
    # must answer at once.
    if name not in _HOME:
        raise AttributeError(f"module 'abscase' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
