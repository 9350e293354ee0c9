"""What a survey reports: the first round only, and nothing from too few answers."""

import numpy as np
import pandas as pd

from abscase.case import load_case
from abscase.operating.survey.agreement import Interval
from abscase.operating.survey.claims import estimates
from abscase.operating.survey.panel import illustrative
from abscase.operating.survey.register import PAIRS
from abscase.operating.survey.study import concordances, panel

NONE = Interval(np.nan, np.nan, np.nan)


def test_agreement_is_that_of_the_first_round_wherever_it_stands():
    case, of = load_case("ant"), panel(illustrative("ant").assign(ref="made-up"), "ant", 2)
    rounds = pd.DataFrame({"round": [2, 1], "w": [0.9, 0.4], "low": [0.8, 0.3],
                           "high": [0.95, 0.5], "p_permutation": [0.001, 0.01]})  # fmt: skip
    found = estimates(of, case, rounds, NONE)
    assert found["S8.agreement"]["estimate"] == 0.4
    assert "S8.methods" not in found
    assert estimates(of, case, rounds[rounds["round"] == 2], NONE) == {}
    unknown = rounds.assign(low=np.nan)
    assert estimates(of, case, unknown, NONE) == {}


def test_one_respondent_without_comparisons_runs_and_reports_no_agreement():
    case, made = load_case("ant"), illustrative("ant").assign(ref="made-up")
    alone = made[(made["respondent"] == "sim1") & ~made["item"].isin(PAIRS)]
    of = panel(alone.reset_index(drop=True), "ant", 2)
    found = concordances(of, 100, 0.05, np.random.default_rng(1))
    assert "S8.agreement" not in estimates(of, case, found, NONE)
