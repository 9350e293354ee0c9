"""What the data cover: how many rows, of which grade, for which year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from abscase.errors import ChoiceError
from abscase.verdict.completeness import Tables

GRADES = ("A", "B", "C")
DATE_OF = {
    "series": "date", "deal": "closing_date", "entity": "date", "fee": "date", "holder": "date",
    "account": "date", "rule": "date", "event": "date",
}  # fmt: skip
FAMILIES = {
    "deals": ("deal", "deals", "tranche", "pools", "statements"),
    "quality": ("delinquency", "vintage", "outcomes", "aging", "repayment", "allowance",
                "projections", "banks", "capital_one", "citibank", "other_trusts", "issuers",
                "indices"),
    "volume": ("balance", "originations", "issuance", "market", "lenders"),
    "price": ("price", "rates", "abx", "fee"),
    "ratings": ("ratings",),
    "harm": ("losses", "writedowns", "cdo"),
    "parties": ("entity", "holder", "account"),
    "rules": ("rule", "event"),
    "macro": ("macro",),
}  # fmt: skip
FAMILY_OF = {topic: name for name, topics in FAMILIES.items() for topic in topics}


def of_grade(frame: pd.DataFrame, min_grade: str) -> pd.DataFrame:
    """Return the rows whose grade is ``min_grade`` or better (A is the best)."""
    if min_grade not in GRADES:
        raise ChoiceError("grade", min_grade, GRADES)
    return frame if frame.empty else frame[frame["grade"] <= min_grade]


def topic(ref: str) -> str:
    """Return the topic of a row from the file it stands in: that of a series, else the table.

    >>> topic("ant/series.delinquency.csv:17"), topic("ant/rule.csv:3")
    ('delinquency', 'rule')
    """
    parts = ref.rsplit("/", 1)[-1].split(".csv", 1)[0].split(".", 1)
    return parts[-1] if parts[0] == "series" else parts[0]


def family(ref: str) -> str:
    """Return the family of measures a row belongs to; a topic of no family stands for itself.

    >>> family("ant/series.delinquency.csv:17"), family("ant/rule.csv:3")
    ('quality', 'rules')
    """
    return FAMILY_OF.get(topic(ref), topic(ref))


def coverage(cases: Mapping[str, Tables], min_grade: str = "C") -> pd.DataFrame:
    """Return the number of dated rows for each case, family and year, with their best grade.

    Parameters
    ----------
    cases : mapping
        Case name to its tables, each with the columns ``ref`` and ``grade``.
    min_grade : {"A", "B", "C"}
        Rows of a worse grade are left out.

    Returns
    -------
    DataFrame
        case (in the order given), family, year, rows, grade; rows without a date are not counted.
    """
    parts = []
    for case, own in cases.items():
        for table, column in DATE_OF.items():
            frame = of_grade(own.get(table, pd.DataFrame()), min_grade)
            if frame.empty or column not in frame:
                continue
            dated = frame[frame[column].notna()]
            parts.append(pd.DataFrame({
                "case": case, "family": dated["ref"].map(family),
                "year": dated[column].dt.year.astype("int64"), "grade": dated["grade"],
            }))  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=["case", "family", "year", "rows", "grade"])
    groups = pd.concat(parts).groupby(["case", "family", "year"])["grade"]
    counts = groups.agg(rows="size", grade="min").reset_index()
    return counts.sort_values(
        "case", key=lambda names: names.map(list(cases).index), kind="stable", ignore_index=True
    )


def source_count(cases: Mapping[str, Tables]) -> int:
    """Return how many sources the rows of the cases name."""
    return len({
        name for own in cases.values() for frame in own.values() if "source_id" in frame
        for name in frame["source_id"]
    })  # fmt: skip


def grades_by_folder(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the number of rows of each grade in each data folder.

    Parameters
    ----------
    frames : mapping
        Table name to its frame over all folders, with the columns ``ref`` and ``grade``.

    Returns
    -------
    DataFrame
        folder (of a file that stands in none, its name), A, B, C, rows (their sum).
    """
    parts = [frame[["ref", "grade"]] for frame in frames.values() if not frame.empty]
    if not parts:
        return pd.DataFrame(columns=["folder", *GRADES, "rows"])
    rows = pd.concat(parts, ignore_index=True)
    folder = rows["ref"].map(lambda ref: ref.rsplit("/" if "/" in ref else ":", 1)[0])
    counts = pd.crosstab(folder, rows["grade"]).reindex(columns=list(GRADES), fill_value=0)
    counts["rows"] = counts.sum(axis=1)
    return counts.rename_axis(index="folder", columns=None).reset_index()


def disagreements(series: pd.DataFrame) -> pd.DataFrame:
    """Return the values that sources give for one and the same quantity, where they differ.

    Rows are of one quantity where case, measure, segment, date, unit, currency and definition are
    the same.

    Returns
    -------
    DataFrame
        The rows of ``series`` that disagree, with ``spread_share``: (max - min) / max of the
        quantity, in [0, 1] for values of one sign.
    """
    keys = [
        name for name in ("case", "measure", "segment", "date", "unit", "currency", "definition_id")
        if name in series
    ]  # fmt: skip
    if series.empty:
        return series.assign(spread_share=pd.Series(dtype=float))
    groups = series.groupby(keys, dropna=False, sort=False)["value"]
    several = groups.transform("nunique") > 1
    most, least = groups.transform("max"), groups.transform("min")
    found = series.assign(spread_share=(most - least) / most)[several]
    return found.sort_values([*keys, "grade", "value"], ignore_index=True)
