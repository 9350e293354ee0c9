"""The risk register: which risks are asked of which case, and which groups are compared."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from abscase import catalog
from abscase.errors import ChoiceError
from abscase.schema.survey import ASKED, GROUPS

QUESTIONS = ("probability", "impact", "detectability")
PAIRS = tuple(f"{one}/{other}" for one, other in combinations(GROUPS, 2))
"""The comparisons that AHP needs: each two groups once, the earlier first."""
SAATY = tuple([1 / step for step in range(9, 1, -1)] + [float(step) for step in range(1, 10)])
"""The steps of a comparison, from one ninth to nine."""

__all__ = ["ASKED", "GROUPS", "PAIRS", "QUESTIONS", "SAATY", "of_case", "register"]


def register() -> pd.DataFrame:
    """Return the whole table ``risk``, each row with its ``ref``."""
    return catalog.read_all("risk")


def of_case(case: str) -> pd.DataFrame:
    """Return the risks that are asked of a case, in the order of the register.

    Raises :class:`~abscase.errors.ChoiceError` where the case has no questionnaire.

    >>> len(of_case("ant")) >= 24
    True
    """
    if case not in ASKED:
        raise ChoiceError("case of the survey", case, ASKED)
    risks = register()
    return risks[[case in cases.split() for cases in risks["cases"]]].reset_index(drop=True)
