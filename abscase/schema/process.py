"""How each case makes its securities: stages, links, checks, design decisions, fault tree."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.shared import CASE, EVIDENCE, note, opt, share, text

STAGES = (
    "application", "scoring", "funding", "pooling", "sale", "rating", "issue", "servicing",
    "purchase", "waterfall", "winddown", "resecuritisation",
)  # fmt: skip
"""The stages in the order in which a loan passes them, and a second layer of securities."""
THEMES = ("U", "I", "C", "S", "D", "R")
"""Underlying loans, information, control, structure, diffusion, regulation."""

STAGE_ID = Column("stage_id", "text", "stage of the process", choices=STAGES)

STAGE = Table(
    "stage", "One stage of the process of a case.", ("case", "stage_id"),
    (
        CASE, STAGE_ID,
        Column("presence", "text", "whether the case has the stage",
               choices=("present", "absent", "unknown")),
        note(name="actor_en", meaning="who does the work, in English"),
        note(name="actor_zh", meaning="the same in Chinese"),
        *EVIDENCE,
    ),
)  # fmt: skip

FLOW = Table(
    "flow", "A friction on a link of the process, or a channel beside its chain of stages.",
    ("case", "flow_id"),
    (
        CASE, text(name="flow_id", meaning="short name"),
        Column("from_stage", "text", "where the link starts", choices=STAGES),
        Column("to_stage", "text", "where it ends", choices=STAGES),
        opt(name="channel", kind="text", meaning="a channel beside the chain; empty on the chain",
            choices=("joint_loan", "cdo")),
        opt(name="friction", kind="int", meaning="number of the friction of Ashcraft and "
            "Schuermann that sits on the link", low=1, high=7),
        text(name="what_en", meaning="what it is in this case, in English"),
        text(name="what_zh", meaning="the same in Chinese"),
        *EVIDENCE,
    ),
)  # fmt: skip

CONTROL = Table(
    "control", "One check of the work of a stage.", ("case", "control_id"),
    (
        CASE, text(name="control_id", meaning="short name"), STAGE_ID,
        Column("exists", "text", "whether the source says that the check is made; partly where it "
               "covers one channel or one product, or only asks for a document",
               choices=("yes", "partly", "no", "unknown")),
        Column("independent", "text", "whether who checks is independent of the originator",
               choices=("yes", "no", "unknown")),
        text(name="checker_en", meaning="who checks, in English"),
        text(name="checker_zh", meaning="the same in Chinese"),
        text(name="check_en", meaning="what is checked and how, in English"),
        text(name="check_zh", meaning="the same in Chinese"),
        note(name="outcome_en", meaning="what is known of its working, in English"),
        note(name="outcome_zh", meaning="the same in Chinese"),
        *EVIDENCE,
    ),
)  # fmt: skip

DECISION = Table(
    "decision", "One design decision on which securitisations are compared.", ("decision_id",),
    (
        text(name="decision_id", meaning="short name"),
        Column("theme", "text", "group of the risk register it belongs to", choices=THEMES),
        text(name="question_en", meaning="the question, in English"),
        text(name="question_zh", meaning="the same in Chinese"),
        Column("kind", "text", "how two answers are compared: equal or not, by rank, by distance",
               choices=("nominal", "ordinal", "number")),
        note(name="levels", meaning="possible answers, separated by spaces, the least first; "
             "empty for a number"),
        *EVIDENCE,
    ),
)  # fmt: skip

CHOICE = Table(
    "choice", "What a case chose; an empty choice is one that no source settles.",
    ("case", "decision_id"),
    (
        CASE, text(name="decision_id", meaning="row of the table decision"),
        note(name="option", meaning="level of the decision, or a number; empty where not known"),
        *EVIDENCE,
    ),
)  # fmt: skip

FAULT = Table(
    "fault", "One event of a fault tree.", ("case", "event_id"),
    (
        CASE, text(name="event_id", meaning="short name"),
        Column("gate", "text", "how its inputs make it happen; basic where it has none",
               choices=("and", "or", "basic")),
        note(name="inputs", meaning="events that cause it, separated by spaces"),
        text(name="event_en", meaning="what happens, in English"),
        text(name="event_zh", meaning="the same in Chinese"),
        opt(name="per", kind="text", meaning="what a probability is counted over",
            choices=("loan", "deal", "lender")),
        share("low", "lower end of its probability; empty where there are no data"),
        share("high", "upper end of its probability"),
        *EVIDENCE,
    ),
)  # fmt: skip

TABLES = (STAGE, FLOW, CONTROL, DECISION, CHOICE, FAULT)
