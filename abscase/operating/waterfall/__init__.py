"""Waterfalls: who is paid what, when, and in which order, over many scenarios at once.

A `Deal` is data, written in Python or read from YAML (`read_deal`); `run` pays it under a
`Scenario` and gives a `Result` with every payment; the books must balance or `Imbalance` is raised.
"""

from abscase.operating.waterfall.deal import Deal, Step, Trigger
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.flows import Flows, given_flows
from abscase.operating.waterfall.invariants import Imbalance
from abscase.operating.waterfall.laws import laws
from abscase.operating.waterfall.lesson import trigger_lesson
from abscase.operating.waterfall.measures import (
    average_life,
    classes,
    enhancement,
    internal_yield,
    payment_stack,
    pool_loss,
    principal_loss,
    still_owed,
    trigger_line,
    unpaid_interest,
)
from abscase.operating.waterfall.read import deal_from, read_deal
from abscase.operating.waterfall.resecuritise import flows_of, look_through, run_held
from abscase.operating.waterfall.result import Result
from abscase.operating.waterfall.scenario import Scenario
from abscase.operating.waterfall.shipped import deal_card, shipped, shipped_deal
from abscase.operating.waterfall.stress import (
    Breakeven,
    break_losses,
    breakeven,
    breakevens,
)
from abscase.operating.waterfall.terms import (
    Calendar,
    Call,
    Cover,
    Fee,
    Holding,
    Pool,
    Reserve,
    Revolving,
    Swap,
    Tranche,
)
from abscase.operating.waterfall.variants import STRUCTURES, variant

__all__ = [
    "STRUCTURES", "Breakeven", "Calendar", "Call", "Cover", "Deal", "Fee", "Flows", "Holding",
    "Imbalance", "Pool", "Reserve", "Result", "Revolving", "Scenario", "Step", "Swap", "Tranche",
    "Trigger", "average_life", "break_losses", "breakeven", "breakevens", "classes", "deal_card",
    "deal_from", "enhancement", "flows_of", "given_flows", "internal_yield", "laws", "look_through",
    "payment_stack", "pool_loss", "principal_loss", "read_deal", "run", "run_held", "shipped",
    "shipped_deal", "still_owed", "trigger_lesson", "trigger_line",
    "unpaid_interest", "variant",
]  # fmt: skip
