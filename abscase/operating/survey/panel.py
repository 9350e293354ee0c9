"""The illustrative panel: answers drawn by lot, so that every step can be shown before a survey.

The order of the risks is drawn too. It is nobody's opinion, not even the authors', and means
nothing; only the mechanics of the analysis can be read off it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.survey.register import ASKED, GROUPS, PAIRS, QUESTIONS, SAATY, of_case

RESPONDENTS, ROUNDS, SEED = 7, 3, 20201103
SHARED, OWN, HABIT = 1.0, 1.1, 0.3
"""Standard deviations, in steps: what all see in a risk, what each sees in it, and how high each
respondent answers in general."""
PULL, NUDGE = (0.1, 0.7), 0.25
"""How far an answer moves to the median of the round before, evenly drawn for each respondent, and
the standard deviation of second thoughts, in steps."""
CARELESS = 1.2
"""Noise of the last respondent's comparisons, in logs; that of the others is a quarter of it."""
EVEN = 4.0
"""Parameter of the Dirichlet distribution of the group weights: the larger, the more alike."""
SOURCE = "survey-02"


def illustrative(case: str, seed: int = SEED) -> pd.DataFrame:
    """Return made-up answers of a panel about a case, in the table ``answer``.

    Parameters
    ----------
    case : str
    seed : int

    Notes
    -----
    Answer of respondent i to a question on risk j in round 1:
    3 + SHARED z_j + HABIT a_i + OWN e_ij, rounded and kept within 1 to 5, with z, a, e standard
    normal. Before each later round the answer, not yet rounded, moves a part PULL of the way to the
    median of the round before, and by NUDGE times a standard normal number. A comparison is the
    step of the scale nearest to w_k / w_l exp(noise), with group weights w from a symmetric
    Dirichlet distribution.
    """
    rng = np.random.default_rng([seed, ASKED.index(case)])
    risks = list(of_case(case)["risk_id"])
    shape = (len(QUESTIONS), RESPONDENTS, len(risks))
    score = 3 + SHARED * rng.standard_normal((len(QUESTIONS), 1, len(risks)))
    score = score + HABIT * rng.standard_normal((1, RESPONDENTS, 1))
    score = score + OWN * rng.standard_normal(shape)
    pull = rng.uniform(*PULL, (1, RESPONDENTS, 1))
    parts = [_compared(rng)]
    for when in range(1, ROUNDS + 1):
        steps = np.clip(np.rint(score), 1, 5).astype(int)
        parts.append(_rated(steps, risks, when))
        score = score + pull * (np.median(steps, axis=1, keepdims=True) - score)
        score = score + NUDGE * rng.standard_normal(shape)
    answers = pd.concat(parts, ignore_index=True).sort_values(
        ["respondent", "round"], kind="stable"
    )
    fixed = {"grade": "C", "source_id": SOURCE, "how": "assumed"}
    answers = answers.assign(about=case, **fixed)
    order = ["about", "respondent", "round", "item", *QUESTIONS, "ratio", *fixed]
    return answers[order].reset_index(drop=True)


def _rated(steps: npt.NDArray[np.int_], risks: list[str], when: int) -> pd.DataFrame:
    rows = [
        {"respondent": f"sim{who + 1}", "round": when, "item": risk}
        | {name: steps[place, who, column] for place, name in enumerate(QUESTIONS)}
        for who in range(RESPONDENTS) for column, risk in enumerate(risks)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(QUESTIONS, "Int64"))


def _compared(rng: np.random.Generator) -> pd.DataFrame:
    weight = rng.dirichlet(np.full(len(GROUPS), EVEN))
    rows = []
    for who in range(RESPONDENTS):
        noise = CARELESS if who == RESPONDENTS - 1 else CARELESS / 4
        for pair in PAIRS:
            one, other = (weight[GROUPS.index(name)] for name in pair.split("/"))
            log = np.log(one / other) + noise * rng.standard_normal()
            step = SAATY[int(np.argmin(np.abs(np.log(SAATY) - log)))]
            rows.append({"respondent": f"sim{who + 1}", "round": 1, "item": pair,
                         "ratio": round(step, 4)})  # fmt: skip
    return pd.DataFrame(rows)
