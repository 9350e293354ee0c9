"""The quality reports of the loan tapes that the user has loaded."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pandas as pd

from abscase.case import Case
from abscase.sources.panels import panel_dir

FACTS = ["rows_read", "rows", "loans", "first_date", "last_date", "gap_loans", "kept",
         "continuous", "filled", "quality"]  # fmt: skip


def tape_reports(cases: Iterable[Case]) -> pd.DataFrame:
    """Return one row for each loaded tape of the cases; empty where none is loaded.

    Returns
    -------
    DataFrame
        case, tape, and of its report: rows_read, rows, loans, first_date, last_date, gap_loans
        (loans whose history skips periods), kept, continuous, filled, quality (in [0, 1], the
        product of the three before it).
    """
    rows = []
    for case in cases:
        for name in case.panels:
            path = panel_dir(case.name, name) / "quality_report.json"
            report = json.loads(path.read_text(encoding="utf-8"))
            rows.append({"case": case.name, "tape": name} | {fact: report[fact] for fact in FACTS})
    return pd.DataFrame(rows, columns=["case", "tape", *FACTS])
