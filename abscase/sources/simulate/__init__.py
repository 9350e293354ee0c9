"""Simulated loan tapes: a multi-state model of loans, its exact expectation, and its draws.

``process`` states the model, ``expectation`` runs it forward without noise, ``histories`` draws
loans from it, ``tape`` puts them in the columns of the schema, ``writing`` hands them out.
"""

from abscase.sources.simulate.expectation import Expected, expected
from abscase.sources.simulate.process import Process, Score, Segment, stressed
from abscase.sources.simulate.writing import simulate_to, simulated_tape

__all__ = [
    "Expected", "Process", "Score", "Segment", "expected", "simulate_to",
    "simulated_tape", "stressed",
]  # fmt: skip
