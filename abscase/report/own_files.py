"""The user's own files that notebooks take, and what reads each: their faults are told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from abscase.errors import DataFaults, Fault


def _answers(path: Path) -> Any:
    from abscase.operating.survey.answers import read_answers

    return read_answers(path)


def _weights(path: Path) -> Any:
    from abscase.operating.process.design import theme_weights
    from abscase.schema.process import THEMES

    return theme_weights(path, THEMES)


def _deal(path: Path) -> Any:
    from abscase.operating.waterfall import read_deal

    deal = read_deal(path)
    if deal.pool.holdings:
        rule = "holds classes of other deals; a notebook runs a deal of loans"
        raise DataFaults([Fault(rule, "pool.holdings", file=path.name)])
    return deal


def _any(path: Path) -> None:
    """A file that only its notebook knows how to read."""


READERS: Mapping[str, Callable[[Path], Any]] = {
    "survey_csv": _answers, "weights_csv": _weights, "deal_yaml": _deal,
}  # fmt: skip
"""By parameter. A reader is imported when it is needed: most runs take no file."""


def check_own(files: Mapping[str, Path]) -> None:
    """Raise where a file would stop the notebook that is to read it.

    Parameters
    ----------
    files : mapping of parameter to path

    Raises
    ------
    DataFaults
        With every fault of every file.
    """
    faults: list[Fault] = []
    for name, path in files.items():
        try:
            READERS.get(name, _any)(path)
        except DataFaults as error:
            faults += error.faults
    if faults:
        raise DataFaults(faults)
