"""Makes the questionnaire: one HTML page that works without a network, or a CSV to fill in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from abscase.errors import AbscaseError, ChoiceError
from abscase.operating.survey.answers import ratings, read_answers, rounds
from abscase.operating.survey.register import ASKED, GROUPS, PAIRS, QUESTIONS, of_case
from abscase.place import write_whole
from abscase.schema import TABLES
from abscase.schema.survey import ROUNDS

LANGS = ("en", "zh")
TEMPLATE = Path(__file__).with_name("form.html")
PLACE = "/*DATA*/"
TEXTS = ("name", "cause", "event", "effect")
OWN = {"grade": "A", "source_id": "survey-own", "how": "read"}


def survey_new(
    path: str | Path, lang: str = "en", case: str = "ant", answers: str | Path | None = None
) -> Path:
    """Write a questionnaire and return its path.

    Parameters
    ----------
    path : path
        Ending in ``.html``: a page that a respondent opens, fills in and saves a CSV from; both
        languages are in it. Ending in ``.csv``: the rows of the answers, to be filled in.
    lang : {"en", "zh"}
        Language in which the page opens.
    case : str
        The case that is asked about.
    answers : path, optional
        Answers collected so far: the page is then that of the next round, and shows the median and
        the middle half of the round before.

    Raises
    ------
    ChoiceError
        Unknown language or case.
    AbscaseError
        Another ending, or no further round.
    """
    path = Path(path)
    if lang not in LANGS:
        raise ChoiceError("language", lang, LANGS)
    if case not in ASKED:
        raise ChoiceError("case of the survey", case, ASKED)
    when, told = (1, {}) if answers is None else _so_far(answers, case)
    if path.suffix == ".html":
        return write_whole(path, page(lang, case, when, told))
    if path.suffix == ".csv":
        return write_whole(path, blank(case, when))
    raise AbscaseError(f"{path} ends in {path.suffix or 'nothing'}; end it in .html or .csv")


def blank(case: str, when: int = 1) -> str:
    """Return the CSV of a questionnaire without answers."""
    items = [*of_case(case)["risk_id"], *PAIRS]
    rows = [{"about": case, "round": when, "item": item} | OWN for item in items]
    names = [name for name in TABLES["answer"].names if name != "note"]
    return pd.DataFrame(rows, columns=names).to_csv(index=False, lineterminator="\n")


def page(lang: str, case: str, when: int, told: Mapping[str, Any]) -> str:
    """Return the HTML of a questionnaire; ``told`` holds what the panel said before, by risk."""
    risks = of_case(case)
    data = {
        "lang": lang, "about": case, "round": when, "own": OWN, "told": dict(told),
        "groups": GROUPS, "pairs": PAIRS, "questions": QUESTIONS,
        "columns": [name for name in TABLES["answer"].names if name != "note"],
        "risks": [_texts(row) for row in risks.to_dict("records")],
    }  # fmt: skip
    return TEMPLATE.read_text(encoding="utf-8").replace(PLACE, embedded(data))


def embedded(data: Any) -> str:
    r"""Return JSON that may stand inside a script element, whatever text it holds.

    >>> embedded("</script><b>&")
    '"\\u003c/script\\u003e\\u003cb\\u003e\\u0026"'
    """
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _texts(row: Mapping[Any, Any]) -> dict[str, Any]:
    words = {lang: {name: row[f"{name}_{lang}"] for name in TEXTS} for lang in LANGS}
    return {"id": row["risk_id"], "group": row["group"], **words}


def _so_far(given: str | Path, case: str) -> tuple[int, dict[str, Any]]:
    """Return the next round, and for each risk and question the quartiles of the last one."""
    answers = read_answers(given)
    last = rounds(answers, case, ROUNDS)[-1]
    if last == ROUNDS:
        raise AbscaseError(f"{given} holds round {ROUNDS}, the last one: stop and read the answers")
    told: dict[str, Any] = {}
    for question in QUESTIONS:
        parts = ratings(answers, case, question, last).quantile([0.25, 0.5, 0.75])
        for risk in parts:
            told.setdefault(str(risk), {})[question] = parts[risk].tolist()
    return last + 1, told
