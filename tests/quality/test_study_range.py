"""Every pair of cases, both ends of each range: hazards and splits come out or say they cannot."""

from functools import cache
from itertools import permutations

import numpy as np
import pytest

from abscase.case import load_case
from abscase.quality import splits, study, study_checks
from abscase.quality.pool import pool

CASES = ("ant", "us_subprime", "us_cards", "us_prime", "cn_peers")
LEAST = 5_000


@cache
def done(name, link="logit", knots=4):
    return study.study(pool(load_case(name), LEAST, 20201103), link=link, knots=knots)


@pytest.mark.parametrize("pair", list(permutations(CASES, 2)))
def test_each_pair_is_split_or_says_why_not(pair):
    frame = splits.shared_cells({name: done(name) for name in pair})
    used = splits.usable(frame, "case", pair).query("used")["factor"].tolist()
    common = splits.overlapping(frame, "case", pair, used)
    parts = splits.splits(common, "case", pair, used, np.random.default_rng(1), 10)
    assert parts.groupby(["method", "reference"]).ngroups == 6
    empty = parts["part"] == "none"
    assert parts.loc[empty, ["estimate", "lo", "hi"]].isna().all(axis=None)
    assert parts.loc[~empty, "estimate"].notna().all()
    if not empty.all():
        gap = splits.whole(parts)
        for _, held in parts[~empty].groupby(["method", "reference"]):
            pieces = held.loc[held["part"] != "gap", "estimate"].sum()
            assert pieces == pytest.approx(gap, abs=1e-12), "the parts add up to the gap"


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("link", "knots"), [("logit", 2), ("logit", 8), ("cloglog", 4)])
def test_each_case_at_both_ends_of_the_range(name, link, knots):
    one = done(name, link, knots)
    assert set(one.fits) == {cause for cause in ("default", "prepaid") if one.cells[cause].sum()}
    for cause, lines in study.curves(one).items():
        for curve in lines.values():
            assert curve[["hazard", "lo", "hi"]].notna().all(axis=None), (cause, name)
    found = study_checks.scores(one)["summary"]
    assert found["auc"].between(0, 1).all()
    assert len(study_checks.cells_beside_loans(one)) == 2
    if one.varies:
        assert len(study_checks.second_road(one).table) > 0


def test_cohorts_of_one_year_are_not_split(tmp_path):
    one = done("us_subprime")
    frame = splits.early_and_late(one)
    frame = frame[frame["vintage"] // 10 == frame["vintage"].min() // 10].assign(cohorts="early")
    pair = ("early", "late")
    shared = splits.usable(frame, "cohorts", pair)
    assert not shared["used"].any() and (shared["common"] == 0).all()
    parts = splits.splits(frame, "cohorts", pair, [], np.random.default_rng(1), 10)
    assert (parts["part"] == "none").all() and splits.whole(parts) is None
