from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu
from statsmodels.stats.proportion import proportion_confint

from abscase.errors import AbscaseError, ParameterFaults
from abscase.quality.fit import auc, brier, calibration, out_of_time
from abscase.quality.hazard import hazard

RNG = np.random.default_rng(12)
CHANCE = np.round(RNG.beta(2, 8, 400), 2)
EVENTS = (RNG.random(400) < CHANCE).astype(int)
CELLS = (
    pd.DataFrame({"chance": CHANCE, "events": EVENTS, "at_risk": 1})
    .groupby("chance", as_index=False)
    .sum()
)


def by_pairs(events: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Scores of all pairs of a loan with and one without the event."""
    gap = chance[events == 1][:, None] - chance[events == 0][None, :]
    return (gap > 0) + 0.5 * (gap == 0)


def test_auc_is_the_share_of_pairs_in_order_with_ties_at_half():
    assert len(np.unique(CHANCE)) < 100
    found = auc(EVENTS, CHANCE)
    assert found.auc == pytest.approx(by_pairs(EVENTS, CHANCE).mean())
    pair = mannwhitneyu(CHANCE[EVENTS == 1], CHANCE[EVENTS == 0])
    assert found.auc == pytest.approx(pair.statistic / EVENTS.sum() / (1 - EVENTS).sum())


def test_delong_by_its_definition():
    pairs = by_pairs(EVENTS, CHANCE)
    v, w = pairs.mean(axis=1), pairs.mean(axis=0)
    se = np.sqrt(v.var(ddof=1) / len(v) + w.var(ddof=1) / len(w))
    found = auc(EVENTS, CHANCE, alpha=0.1)
    assert found.se == pytest.approx(se)
    assert found.hi - found.auc == pytest.approx(1.6448536 * se)


def test_delong_is_the_spread_of_samples():
    areas, errors = [], []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        x = np.concatenate([rng.normal(0, 1, 150), rng.normal(1, 1, 60)])
        found = auc(np.repeat([0, 1], [150, 60]), x)
        areas.append(found.auc)
        errors.append(found.se)
    # The area for two normal scores one deviation apart is Phi(1 / sqrt 2).
    assert np.mean(areas) == pytest.approx(0.760250, abs=0.006)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.12)


@pytest.mark.parametrize("measure", [auc, brier])
def test_cells_give_what_the_loans_give(measure):
    one = measure(EVENTS, CHANCE)
    two = measure(CELLS["events"], CELLS["chance"], CELLS["at_risk"])
    assert list(vars(one).values()) == pytest.approx(list(vars(two).values()))


def test_auc_at_its_ends():
    assert auc([0, 0, 1, 1], [1, 2, 3, 4]).auc == 1
    assert auc([1, 1, 0, 0], [1, 2, 3, 4]).auc == 0
    assert auc([0, 1, 0, 1], [5, 5, 5, 5]).auc == 0.5


@pytest.mark.parametrize("groups", [1, 4, 10, 500])
def test_the_parts_of_the_brier_score_add_up(groups):
    found = brier(EVENTS, CHANCE, groups=groups)
    assert found.score == pytest.approx(np.mean((CHANCE - EVENTS) ** 2))
    total = (
        found.reliability - found.resolution + found.uncertainty
        + found.within_variance - found.within_covariance
    )  # fmt: skip
    assert total == pytest.approx(found.score)


def test_brier_of_two_groups_by_hand():
    found = brier([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75], groups=2)
    assert found.reliability == pytest.approx(0.25**2)
    assert found.resolution == pytest.approx(0.25**2)
    assert found.uncertainty == pytest.approx(0.75 * 0.25)
    assert (found.within_variance, found.within_covariance) == (0, 0)
    assert found.score == pytest.approx((0.25**2 + 0.75**2 + 2 * 0.25**2) / 4)


def test_a_constant_prediction_at_the_mean_is_all_uncertainty():
    found = brier(EVENTS, np.full(400, EVENTS.mean()))
    assert found.score == pytest.approx(found.uncertainty)
    assert found.reliability == pytest.approx(0, abs=1e-12)


def test_deciles_hold_a_tenth_each_and_every_event():
    chance = RNG.random(5000)
    events = RNG.random(5000) < chance
    found = calibration(events, chance)
    assert found["at_risk"].tolist() == pytest.approx([500] * 10, abs=1)
    assert found["events"].sum() == events.sum()
    assert found["predicted"].is_monotonic_increasing
    assert (np.abs(found["predicted"] - found["observed"]) < 0.08).all()
    lo, hi = proportion_confint(found["events"], found["at_risk"], method="wilson")
    assert found["lo"].tolist() == pytest.approx(lo.tolist())
    assert found["hi"].tolist() == pytest.approx(hi.tolist())


def test_a_model_that_doubles_the_chance_is_seen():
    chance = RNG.uniform(0, 0.4, 8000)
    events = RNG.random(8000) < chance
    found = calibration(events, 2 * chance)
    assert (found["predicted"] > found["hi"])[1:].all()
    assert auc(events, 2 * chance).auc == pytest.approx(auc(events, chance).auc)


def test_empty_cells_change_nothing():
    assert brier([3, 0, 5], [0.1, 0.15, 0.2], [30, 0, 30]) == brier([3, 5], [0.1, 0.2], [30, 30])


def test_cells_of_one_prediction_are_one_group():
    found = calibration([3, 5], [0.1, 0.2], [30, 30])
    assert found["group"].tolist() == [1, 2]
    assert found["at_risk"].tolist() == [30, 30]


def periods(jump: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({
        "age_months": 1, "period": rng.integers(2001, 2009, 20_000), "at_risk": 1,
        "score": rng.choice([560.0, 620, 680, 740], 20_000),
    })  # fmt: skip
    line = -2.5 - 0.01 * (frame["score"] - 650) + jump * (frame["period"] > 2006)
    return frame.assign(default=(rng.random(20_000) < 1 / (1 + np.exp(-line))).astype(int))


def test_out_of_time_sees_a_shift_that_the_ranking_does_not():
    model = partial(hazard, numbers={"score": 20}, cluster=None)
    calm = out_of_time(periods(0.0), 2006, model).set_index("sample")
    shock = out_of_time(periods(1.0), 2006, model).set_index("sample")
    assert calm.loc["fitted", "predicted"] == pytest.approx(calm.loc["fitted", "observed"])
    assert calm.loc["later", "predicted"] == pytest.approx(calm.loc["later", "observed"], rel=0.1)
    assert shock.loc["later", "observed"] > 1.7 * shock.loc["later", "predicted"]
    assert shock.loc["later", "auc"] == pytest.approx(calm.loc["fitted", "auc"], abs=0.04)
    assert calm.loc["later", "skill"] > 0
    assert shock.loc["later", "skill"] < calm.loc["later", "skill"]
    assert calm["at_risk"].sum() == 20_000


def test_out_of_time_leaves_rows_without_a_covariate_out():
    frame = periods(0.0)
    frame.loc[:99, "score"] = np.nan
    found = out_of_time(frame, 2006, partial(hazard, numbers={"score": 20}, cluster=None))
    assert found["at_risk"].sum() == 19_900


def test_faults_are_named():
    with pytest.raises(AbscaseError, match="0 loan-periods with the event"):
        auc([0, 0], [0.1, 0.2])
    with pytest.raises(ParameterFaults, match="3, 2 and 3"):
        auc([0, 1, 1], [0.1, 0.2])
    with pytest.raises(ParameterFaults) as caught:
        calibration([2, np.nan], [0.1, 0.2])
    assert len(caught.value.messages) == 2
    with pytest.raises(ParameterFaults, match="chance is 1"):
        brier([0, 1], [0.5, 1.5])
    with pytest.raises(AbscaseError, match="from 2001 to 2008; 2010 leaves nothing"):
        out_of_time(periods(0.0), 2010, hazard)
