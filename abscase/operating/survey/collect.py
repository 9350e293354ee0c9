"""Merges the files that respondents send back into one, or says everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from abscase.csv_text import csv_text
from abscase.errors import DataFaults, Fault
from abscase.operating.survey.answers import check_answers
from abscase.place import write_whole
from abscase.schema import TABLES, read_text

SAME = ["about", "respondent", "round"]


def survey_collect(folder: str | Path, out: str | Path) -> str:
    """Merge every ``*.csv`` of a folder into one file of answers, and say what it holds.

    Parameters
    ----------
    folder : path
        One file for each respondent and round, as the form saves them.
    out : path
        The file to write, whole or not at all; it may lie in the folder.

    Returns
    -------
    str
        One line: respondents, rounds and answers.

    Raises
    ------
    DataFaults
        With every fault of every file, and every respondent who answered a round twice.
    """
    folder, out = Path(folder), Path(out)
    paths = [path for path in sorted(folder.iterdir() if folder.is_dir() else [])
             if path.suffix.lower() == ".csv" and path.resolve() != out.resolve()]  # fmt: skip
    if not paths:
        raise DataFaults([Fault("holds no answers (*.csv)", file=str(folder))])
    parts, faults = [], []
    for path in paths:
        part, found = _read(path)
        parts.append(part)
        faults += found
    if not faults:
        faults = [*_twice(parts, paths), *_mixed(parts, paths)]
    if faults:
        raise DataFaults(faults)
    answers = pd.concat(parts, ignore_index=True)
    answers = answers.sort_values(SAME, kind="stable", ignore_index=True)
    names = [name for name in TABLES["answer"].names if name in answers]
    write_whole(out, csv_text(answers[names]))
    return _summary(answers, out)


def _read(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    try:
        return check_answers(read_text(path, path.name), path.name)
    except DataFaults as error:
        return pd.DataFrame(), list(error.faults)


def _twice(parts: Sequence[pd.DataFrame], paths: Sequence[Path]) -> Iterator[Fault]:
    """Yield a fault for each respondent whose answers to one round stand in two files."""
    seen: dict[tuple[str, str, int], str] = {}
    for part, path in zip(parts, paths, strict=True):
        for about, who, when in part[SAME].drop_duplicates().itertuples(index=False, name=None):
            first = seen.setdefault((about, who, when), path.name)
            if first != path.name:
                rule = f"answered round {when} about {about} in {first} already"
                yield Fault(rule, "respondent", who, file=path.name, fix="keep one of the two")


def _mixed(parts: Sequence[pd.DataFrame], paths: Sequence[Path]) -> Iterator[Fault]:
    """Yield a fault for each file of made-up answers among answers that somebody gave."""
    grades = [set(part["grade"]) for part in parts]
    if all("C" in each for each in grades):
        return
    for each, path in zip(grades, paths, strict=True):
        if "C" in each:
            rule = "holds made-up answers (grade C) among others' own"
            yield Fault(rule, "grade", "C", file=path.name, fix="collect them apart")


def _summary(answers: pd.DataFrame, out: Path) -> str:
    counts = [answers["respondent"].nunique(), answers["round"].nunique(), len(answers)]
    names = ("respondent", "round", "answer")
    words = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in zip(counts, names, strict=True)]
    return f"{out}: {', '.join(words)}, grade {answers['grade'].max()}"
