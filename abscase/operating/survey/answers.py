"""Reads a file of answers and lists every fault of it: form, range, and what a panel must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase import catalog
from abscase.case import Datum
from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.operating.survey.register import ASKED, GROUPS, PAIRS, QUESTIONS, SAATY, of_case
from abscase.schema import check, read_text

ILLUSTRATIVE = "illustrative"
"""Stands for the answers that come with abscase: made up, nobody's opinion."""
CODE = re.compile(r"\w[\w-]{0,39}")
TOLERANCE = 0.005  # of a ratio written with a few decimals


def read_answers(given: str | Path) -> pd.DataFrame:
    """Return the table ``answer`` of a file, or that of abscase, each row with its ``ref``.

    Parameters
    ----------
    given : path
        A CSV file in the table ``answer``, or "illustrative".

    Raises
    ------
    DataFaults
        With every fault: file, line, column, value and rule.
    """
    if str(given) == ILLUSTRATIVE:
        return catalog.read_all("answer")
    path = Path(given)
    answers, faults = check_answers(read_text(path, path.name), path.name)
    if faults:
        raise DataFaults(faults)
    return answers


def check_answers(text: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the typed answers with their ``ref``, and all faults of them.

    Parameters
    ----------
    text : DataFrame
        As :func:`abscase.schema.read_text` gives it: its index holds the lines.
    file : str
        Named in each fault.
    """
    answers, faults = check(text, "answer", file=file, strict=True)
    name = re.sub(r"\s", "_", file)  # a reference holds no blank
    answers["ref"] = [f"{name}:{line}" for line in text.index]
    if faults:
        return answers, faults
    lines = dict(zip(answers["ref"], text.index, strict=True))
    for row in answers.to_dict("records"):
        line = int(lines[row["ref"]])
        faults += [
            Fault(rule, column, value, line, file, fix)
            for column, value, rule, fix in _row_faults(row)
        ]
    return answers, faults or list(_missing(answers, file))


def _row_faults(row: Mapping[Any, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield column, value, rule and remedy of each fault of one row."""
    if not CODE.fullmatch(row["respondent"]):
        rule = "is not a code of at most 40 letters, digits, - and _"
        yield "respondent", row["respondent"], rule, "give a code, not a name"
    risks, item = list(of_case(row["about"])["risk_id"]), row["item"]
    if item not in risks and item not in PAIRS:
        rule = f"is neither a risk asked of {row['about']} nor a pair of groups"
        yield "item", item, rule, did_you_mean(item, [*risks, *PAIRS]).strip(" ()")
        return
    wanted = ("ratio",) if item in PAIRS else QUESTIONS
    for column in (*QUESTIONS, "ratio"):
        filled = column in row and pd.notna(row[column])
        if filled != (column in wanted):
            kind = "a pair of groups" if item in PAIRS else "a risk"
            says = (
                f"must not be empty for {kind}" if column in wanted else f"is not asked of {kind}"
            )
            yield column, str(row[column]) if filled else "", says, ""
    ratio = row.get("ratio")
    if item in PAIRS and pd.notna(ratio) and np.min(np.abs(np.array(SAATY) - ratio)) > TOLERANCE:
        yield "ratio", f"{ratio:g}", "is no step of the scale", "give 1 to 9, or 1/2 to 1/9"


def _missing(answers: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Yield a fault for each respondent and round that leaves out risks, or some of the pairs."""
    for (about, who, when), rows in answers.groupby(["about", "respondent", "round"], sort=False):
        given = set(rows["item"])
        absent = [risk for risk in of_case(str(about))["risk_id"] if risk not in given]
        pairs = [pair for pair in PAIRS if pair not in given]
        if len(pairs) < len(PAIRS):
            absent += pairs
        if absent:
            rule = f"has no answer in round {when} about {about} to: {', '.join(absent)}"
            yield Fault(rule, "respondent", str(who), file=file, fix="answer every question")


def ratings(answers: pd.DataFrame, about: str, question: str, when: int) -> pd.DataFrame:
    """Return the answers to one question: a row for each respondent, a column for each risk.

    Parameters
    ----------
    answers : DataFrame
    about : str
        The case.
    question : {"probability", "impact", "detectability"}
    when : int
        Round, from 1.

    Returns
    -------
    DataFrame
        Whole numbers from 1 to 5; respondents who took part in the round, risks of the register.
    """
    risks = list(of_case(about)["risk_id"])
    chosen = answers[(answers["about"] == about) & (answers["round"] == when)]
    chosen = chosen[chosen["item"].isin(risks)]
    wide = chosen.set_index(["respondent", "item"])[question].unstack()  # noqa: PD010
    return wide[risks].astype(int) if len(wide) else pd.DataFrame(columns=risks, dtype=int)


def rounds(answers: pd.DataFrame, about: str, most: int) -> list[int]:
    """Return the rounds that a case has answers of, at most ``most`` of them; faults if none."""
    found = sorted(int(each) for each in answers.loc[answers["about"] == about, "round"].unique())
    if not found:
        held = ", ".join(name for name in ASKED if (answers["about"] == name).any())
        raise DataFaults([Fault(f"no answers about {about}; there are answers about: {held}")])
    return found[:most]


def comparisons(answers: pd.DataFrame, about: str) -> dict[str, npt.NDArray[np.float64]]:
    """Return each respondent's matrix of comparisons of the groups, from their latest round."""
    chosen = answers[(answers["about"] == about) & answers["item"].isin(PAIRS)]
    chosen = chosen.sort_values("round").drop_duplicates(["respondent", "item"], keep="last")
    wide = chosen.set_index(["respondent", "item"])["ratio"].unstack()  # noqa: PD010
    return {str(who): _matrix(row) for who, row in wide.iterrows()}


def _matrix(row: pd.Series) -> npt.NDArray[np.float64]:
    """A reciprocal matrix; a rounded ratio becomes the step of the scale it stands for."""
    matrix = np.ones((len(GROUPS), len(GROUPS)))
    for pair in PAIRS:
        one, other = (GROUPS.index(name) for name in pair.split("/"))
        matrix[one, other] = SAATY[int(np.argmin(np.abs(np.array(SAATY) - row[pair])))]
        matrix[other, one] = 1 / matrix[one, other]
    return matrix


def evidence(answers: pd.DataFrame, about: str) -> tuple[Datum, ...]:
    """Return one datum for each respondent and round: its number of answers, the worst grade."""
    own = answers[answers["about"] == about]
    return tuple(
        Datum(float(len(rows)), "count", max(rows["grade"]), rows["source_id"].iloc[0],
              rows["ref"].iloc[0])
        for _, rows in own.groupby(["respondent", "round"], sort=False)
    )  # fmt: skip
