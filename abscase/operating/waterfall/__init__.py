"""Waterfalls: who is paid what, when, and in which order, over many scenarios at once.

A `Deal` is data, written in Python or read from YAML (`read_deal`); `run` pays it under a
`Scenario` and gives a `Result` with every payment; the books must balance or `Imbalance` is raised.
"""

from abscase.operating.waterfall.deal import Deal, Step, Trigger
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.flows import Flows, given_flows
from abscase.operating.waterfall.invariants import Imbalance
from abscase.operating.waterfall.read import deal_from, read_deal
from abscase.operating.waterfall.result import Result
from abscase.operating.waterfall.scenario import Scenario
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

__all__ = [
    "Calendar", "Call", "Cover", "Deal", "Fee", "Flows", "Holding", "Imbalance", "Pool",
    "Reserve", "Result", "Revolving", "Scenario", "Step", "Swap", "Tranche", "Trigger",
    "deal_from", "given_flows", "read_deal", "run",
]  # fmt: skip
