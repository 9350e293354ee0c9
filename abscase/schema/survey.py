"""The risk register and the answers of a panel of experts about it."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.process import STAGES
from abscase.schema.shared import EVIDENCE, note, opt, text

GROUPS = ("U", "I", "C", "S", "D", "R")
"""Underlying assets, information, control, structure, diffusion, regulation."""
ASKED = ("ant", "us_subprime")
STEPS = 5
ROUNDS = 4


def _step(name: str, meaning: str) -> Column:
    return opt(name=name, kind="int", meaning=meaning, low=1, high=STEPS)


RISK = Table(
    "risk", "One risk of the register: a cause, an event and an effect.", ("risk_id",),
    (
        text(name="risk_id", meaning="short name, as RU1: R, the group, a number"),
        Column("group", "text", "underlying assets, information, control, structure, diffusion, "
               "regulation", choices=GROUPS),
        text(name="cases", meaning="cases it is asked of, separated by spaces"),
        Column("stage", "text", "stage of the process at which the event arises", choices=STAGES),
        note(name="faults", meaning="basic events of the fault trees that it stands for, separated "
             "by spaces"),
        text(name="name_en", meaning="name"),
        text(name="name_zh", meaning="name, in Chinese"),
        text(name="cause_en", meaning="what brings it about"),
        text(name="cause_zh", meaning="the same in Chinese"),
        text(name="event_en", meaning="what happens"),
        text(name="event_zh", meaning="the same in Chinese"),
        text(name="effect_en", meaning="what it does to investors, lender or borrower"),
        text(name="effect_zh", meaning="the same in Chinese"),
        text(name="owner_en", meaning="who could do something about it"),
        text(name="owner_zh", meaning="the same in Chinese"),
        *EVIDENCE,
    ),
)  # fmt: skip

ANSWER = Table(
    "answer",
    "What one respondent of a panel says of one risk, or of two groups of risks side by side; the "
    "grade says who speaks: A the respondent, B another who wrote it down, C nobody (made up).",
    ("about", "respondent", "round", "item"),
    (
        Column("about", "text", "case the answer is about", choices=ASKED),
        text(name="respondent", meaning="code of the respondent: letters, digits, - and _"),
        Column("round", "int", "round of the survey", low=1, high=ROUNDS),
        text(name="item", meaning="a risk, as RU1, or two groups, as U/I"),
        _step("probability", "of a risk: 1 very unlikely to 5 very likely over the life of a deal"),
        _step("impact", "of a risk: 1 negligible to 5 ruinous for holders of the senior class"),
        _step("detectability", "of a risk: 1 seen at once to 5 not seen before the loss"),
        opt(name="ratio", kind="float", low=0.11, high=9,
            meaning="of two groups: how many times the first matters as much as the second, "
            "1 to 9, or 1/2 (0.5) to 1/9 (0.1111) where the second matters more"),
        *EVIDENCE,
    ),
)  # fmt: skip
