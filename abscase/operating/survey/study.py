"""A panel's answers about one case, and the tables that are made of them round by round."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.case import Datum
from abscase.errors import NotEstimable
from abscase.operating.survey import agreement, ahp, answers, delphi, fuzzy, ranking, weights
from abscase.operating.survey.panel import SOURCE
from abscase.operating.survey.register import GROUPS, QUESTIONS, of_case

DRAWS = 2000  # orderings of the permutation test
EVALUATED = ["question", "operator", *(f"step_{n}" for n in range(1, 6)), "step", "score", "differ"]
W_COLUMNS = ("w", "low", "high", "chi2", "p_chi2", "p_permutation")


@dataclass(frozen=True)
class Panel:
    """Answers about a case: ``ratings`` by round and question, matrices by respondent, evidence."""

    case: str
    ratings: Mapping[int, Mapping[str, pd.DataFrame]]
    comparisons: Mapping[str, npt.NDArray[np.float64]]
    data: tuple[Datum, ...]

    @property
    def last(self) -> Mapping[str, pd.DataFrame]:
        """The ratings of the last round, by question."""
        return self.ratings[max(self.ratings)]

    @property
    def grade(self) -> str:
        """The worst grade of the answers."""
        return max(row.grade for row in self.data)

    @property
    def made_up(self) -> bool:
        """Whether the answers are those that come with abscase, which are nobody's."""
        return SOURCE in self.sources

    @property
    def sources(self) -> list[str]:
        """The sources of the answers, each once."""
        return sorted({row.source_id for row in self.data})

    @property
    def scores(self) -> dict[int, pd.DataFrame]:
        """How each respondent orders the risks, by round."""
        return {when: ranking.respondent_scores(each) for when, each in self.ratings.items()}


def panel(given: pd.DataFrame, case: str, n_rounds: int) -> Panel:
    """Return the panel of a table of answers about a case, with at most so many rounds."""
    kept = answers.rounds(given, case, n_rounds)
    ratings = {
        when: {name: answers.ratings(given, case, name, when) for name in QUESTIONS}
        for when in kept
    }
    used = given[given["round"].isin(kept)]
    compared = answers.comparisons(used, case)
    return Panel(case, ratings, compared, answers.evidence(used, case))


def concordances(of: Panel, n_boot: int, alpha: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return Kendall's W of each round.

    Returns
    -------
    DataFrame
        round, respondents, risks, w, low, high (of the bootstrap), chi2, p_chi2, p_permutation;
        missing where so few, or such equal, answers do not say it.
    """
    rows = []
    for when, scores in of.scores.items():
        m, n = scores.shape
        row = {"round": when, "respondents": m, "risks": n, **dict.fromkeys(W_COLUMNS, np.nan)}
        with suppress(NotEstimable):
            found = agreement.concordance(scores, rng, DRAWS)
            row |= {"w": found.w, "chi2": found.chi2, "p_chi2": found.p_chi2,
                    "p_permutation": found.p_permutation}  # fmt: skip
            ends = agreement.w_interval(scores, n_boot, alpha, rng)
            row |= {"low": ends.low, "high": ends.high}
        rows.append(row)
    return pd.DataFrame(rows)


def kappas(of: Panel, n_boot: int, alpha: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return Fleiss' kappa of each question in each round: round, question, kappa, low, high."""
    rows = []
    for when, questions in of.ratings.items():
        for name, ratings in questions.items():
            row = {"round": when, "question": name, "kappa": np.nan, "low": np.nan, "high": np.nan}
            with suppress(NotEstimable):
                found = agreement.kappa(ratings, n_boot, alpha, rng)
                row |= {"kappa": found.value, "low": found.low, "high": found.high}
            rows.append(row)
    return pd.DataFrame(rows)


def convergence(of: Panel) -> pd.DataFrame:
    """Return the progress of each question, as `delphi.progress` does, with a column question."""
    parts = [
        delphi.progress(delphi.settle({when: each[name] for when, each in of.ratings.items()}))
        .assign(question=name)
        for name in QUESTIONS
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def group_weights(of: Panel, how: str, cr_max: float) -> tuple[pd.DataFrame, ahp.Priorities]:
    """Return the weights of the groups, of all respondents and of the consistent ones.

    Returns
    -------
    DataFrame
        theme (a group), weight (missing where nobody compared), weight_consistent (missing where
        nobody is consistent), by weight.
    Priorities
        Of the whole panel.
    """
    every = list(of.comparisons.values())
    if not every:
        unknown = np.full(len(GROUPS), np.nan)
        none = pd.DataFrame({"theme": GROUPS, "weight": unknown, "weight_consistent": unknown})
        return none, ahp.Priorities(unknown, np.nan, np.nan, np.nan)
    good = [each for each in every if ahp.priorities(each).ratio <= cr_max]
    whole = ahp.priorities(ahp.group(every, how))
    kept = ahp.priorities(ahp.group(good, how)).weights if good else np.nan
    frame = pd.DataFrame({"theme": GROUPS, "weight": whole.weights, "weight_consistent": kept})
    return frame.sort_values("weight", ascending=False, ignore_index=True), whole


def evaluations(of: Panel, group_weight: npt.ArrayLike, first: str = "weighted") -> pd.DataFrame:
    """Return the fuzzy evaluation of each question by both operators.

    Parameters
    ----------
    of : Panel
    group_weight : array of shape (6,)
        In the order of the groups.
    first : {"weighted", "maxmin"}
        The operator that stands first.

    Returns
    -------
    DataFrame
        question, operator, step_1 to step_5 (memberships), step (the highest), score, differ:
        whether the operators name different steps. No rows where the groups have no weights.
    """
    if not np.isfinite(group_weight).all():
        return pd.DataFrame(columns=EVALUATED)
    groups = of_case(of.case).set_index("risk_id")["group"]
    operators = sorted(fuzzy.OPERATORS, key=lambda name: name != first)
    rows = []
    for name in QUESTIONS:
        shares = fuzzy.memberships(of.last[name], groups).reindex(list(GROUPS))
        both = [fuzzy.evaluate(group_weight, shares, operator) for operator in operators]
        differ = len({each.step for each in both}) > 1
        rows += [
            {"question": name, "operator": each.operator}
            | {f"step_{n + 1}": share for n, share in enumerate(each.membership)}
            | {"step": each.step, "score": each.score, "differ": differ}
            for each in both
        ]
    return pd.DataFrame(rows)


def criteria(of: Panel) -> pd.DataFrame:
    """Return the entropy weights of the three questions: question, entropy, weight."""
    means = np.column_stack([of.last[name].mean(axis=0) for name in QUESTIONS])
    found, weight = weights.entropy(means)
    return pd.DataFrame({"question": QUESTIONS, "entropy": found, "weight": weight})
