"""Competing risks: exact values, other programs, closed forms."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from abscase.errors import ChoiceError, DataFaults
from abscase.quality.exposure import exposure, risk_table
from abscase.quality.incidence import cumulative_incidence

# 400 simulated loans with many ties: month, then loans censored, in default and prepaid in it.
TIED = [
    (1, 0, 14, 12), (2, 0, 9, 5), (3, 0, 11, 6), (4, 0, 8, 5), (5, 0, 6, 5), (6, 11, 8, 7),
    (7, 8, 8, 11), (8, 12, 3, 9), (9, 7, 7, 13), (10, 5, 4, 5), (11, 9, 5, 4), (12, 1, 4, 7),
    (13, 5, 4, 4), (14, 5, 5, 5), (15, 9, 2, 5), (16, 7, 7, 1), (17, 5, 4, 3), (18, 6, 2, 1),
    (19, 1, 1, 1), (20, 3, 3, 1), (21, 6, 2, 1), (22, 7, 1, 4), (23, 6, 0, 2), (24, 3, 5, 0),
    (25, 4, 1, 1), (26, 2, 2, 1), (27, 7, 1, 2), (28, 1, 0, 2), (29, 6, 0, 2), (30, 2, 0, 0),
    (31, 3, 1, 0), (32, 4, 0, 0), (34, 2, 0, 0),
]  # fmt: skip
MONTH = np.repeat([row[0] for row in TIED], [sum(row[1:]) for row in TIED])
EVENT = np.concatenate([np.repeat([0, 1, 2], row[1:]) for row in TIED])


def of(table, cause):
    return table[table["cause"] == cause].set_index("age_months")


def test_ties_are_exact():
    # R's survival::survfit (multi-state): 0.4188145, 0.4137622, 0.1674233; the values by month
    # agree with scikit-survival to the last digit.
    found = cumulative_incidence(risk_table(MONTH, EVENT))
    default, prepaid = of(found, "default"), of(found, "prepaid")
    assert default["incidence"].iloc[-1] == pytest.approx(0.4188145, abs=5e-8)
    assert prepaid["incidence"].iloc[-1] == pytest.approx(0.4137622, abs=5e-8)
    assert default["survival"].iloc[-1] == pytest.approx(0.1674233, abs=5e-8)
    known = {1: 0.035, 6: 0.14, 7: 0.16075085324232083, 12: 0.2272726399022556,
             20: 0.32809637716125534, 27: 0.4002118823610873}  # fmt: skip
    for month, value in known.items():
        assert default.loc[month, "incidence"] == pytest.approx(value, abs=1e-15)


def test_prepayment_is_no_censoring():
    # 1 - KM, which takes the prepaid for censored, would give 0.583 where 0.419 ended so.
    km = 1 - SurvfuncRight(MONTH, EVENT == 1).surv_prob[-1]
    assert km == pytest.approx(0.5831374146376676)
    found = cumulative_incidence(risk_table(MONTH, EVENT))
    assert of(found, "default")["incidence"].iloc[-1] < km - 0.16


def test_statsmodels_agrees():
    theirs = CumIncidenceRight(MONTH, EVENT)
    found = cumulative_incidence(risk_table(MONTH, EVENT))
    for number, cause in enumerate(("default", "prepaid")):
        ours = of(found, cause).loc[theirs.times]
        assert ours["incidence"].to_numpy() == pytest.approx(theirs.cinc[number], abs=1e-12)
        assert ours["se"].to_numpy() == pytest.approx(theirs.cinc_se[number], rel=1e-9)


def test_late_entries_agree_with_statsmodels():
    rng = np.random.default_rng(11)
    entry = rng.integers(0, 12, 3000)
    time = entry + rng.integers(1, 24, 3000)
    event = rng.integers(0, 3, 3000)
    found = of(cumulative_incidence(risk_table(time, event, entry)), "default")
    theirs = SurvfuncRight(time, event > 0, entry=entry)
    ours = found.loc[theirs.surv_times, "survival"].to_numpy()
    assert ours == pytest.approx(theirs.surv_prob, abs=1e-12)


def test_aged_loans_do_not_lower_the_estimate():
    # Half of all loans of one hazard enter at month 10, if still there; those gone are not seen.
    rng = np.random.default_rng(2)
    time = rng.geometric(0.05, 40_000)
    entry = np.where(np.arange(40_000) % 2, 10, 0)
    seen = time > entry
    time, entry = np.minimum(time[seen], 30), entry[seen]
    event = np.where(time < 30, 1, 0)
    found = of(cumulative_incidence(risk_table(time, event, entry)), "default")
    true = 1 - 0.95**20
    assert found.loc[20, "incidence"] == pytest.approx(true, abs=0.01)
    assert (event[time <= 20].sum() / len(time)) < true - 0.05


def test_without_censoring_the_error_is_binomial():
    rng = np.random.default_rng(4)
    table = risk_table(rng.integers(1, 8, 90), rng.integers(1, 4, 90))
    found = cumulative_incidence(table)
    share = found["incidence"]
    assert found["se"].to_numpy() == pytest.approx(np.sqrt(share * (1 - share) / 90), abs=1e-14)


def test_with_censoring_the_error_is_that_of_the_bootstrap():
    rng = np.random.default_rng(8)
    values = []
    for _ in range(200):
        rows = rng.integers(0, len(MONTH), len(MONTH))
        found = of(cumulative_incidence(risk_table(MONTH[rows], EVENT[rows])), "default")
        values.append(found.loc[:24, "incidence"].iloc[-1])
    ours = of(cumulative_incidence(risk_table(MONTH, EVENT)), "default").loc[24, "se"]
    assert ours == pytest.approx(np.std(values), rel=0.15)


def test_the_bounds_cover():
    rng = np.random.default_rng(9)
    inside = 0
    for _ in range(200):
        end, seen = rng.geometric(0.06, 120), rng.integers(5, 40, 120)
        cause = np.where(rng.random(120) < 0.4, 1, 2)
        table = risk_table(np.minimum(end, seen), np.where(end <= seen, cause, 0))
        found = of(cumulative_incidence(table, alpha=0.1), "default").loc[:12].iloc[-1]
        inside += found["lo"] <= 0.4 * (1 - 0.94**12) <= found["hi"]
    assert inside / 200 == pytest.approx(0.9, abs=0.06)


def test_shares_add_up_and_never_fall(random_tape):
    found = cumulative_incidence(exposure(random_tape[1], ["region"]), by=["region"])
    assert found["region"].nunique(dropna=False) == 4
    keys = [found["region"].fillna("none"), found["age_months"]]
    total = found["incidence"].groupby(keys).sum() + found["survival"].groupby(keys).first()
    assert total.to_numpy() == pytest.approx(1)
    steps = found["incidence"].groupby([keys[0], found["cause"]]).diff().dropna()
    assert (steps >= 0).all()


def test_by_hand(hand_panel):
    found = cumulative_incidence(exposure(hand_panel, ["date"]))
    default = of(found, "default")
    assert default["incidence"].tolist() == [0, 0.5, 0.5]
    assert default["survival"].tolist() == [1, 0.5, 0]
    assert default.loc[3, "se"] == pytest.approx(np.sqrt(0.25 / 2))
    assert default.loc[2, ["lo", "hi"]].isna().all()
    assert of(found, "prepaid")["incidence"].tolist() == [0, 0, 0.5]


def test_faults_are_named():
    table = pd.DataFrame({"age_months": [1, 2], "at_risk": [3, 1], "default": [1, 2]})
    with pytest.raises(DataFaults, match="more ends than loans"):
        cumulative_incidence(table, causes=["default"])
    with pytest.raises(ChoiceError, match="'prepaid'"):
        cumulative_incidence(table, causes=["default", "prepaid"])
