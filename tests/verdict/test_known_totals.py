"""Known answers: the published totals come out of the data again."""

import pytest

from abscase.case import load_case
from abscase.errors import DataFaults
from abscase.verdict.known_totals import (
    best_value,
    double_11_shares,
    enhancement_checks,
    known_totals,
    market_checks,
    outcome_checks,
    platform_checks,
    pool_check,
    resecuritisation_checks,
)
from abscase.verdict.reconcile import require


@pytest.fixture(scope="module")
def ant():
    return load_case("ant")


@pytest.fixture(scope="module")
def us():
    return load_case("us_subprime")


def test_all_agree(ant, us):
    checks = known_totals(ant, us)
    require(checks)
    assert len({check.check_id for check in checks}) == len(checks)


def test_enhancement_of_cmlti_2006_nc2(us):
    printed = [22.15, 18.00, 13.35, 11.85, 10.15, 8.40, 7.25, 6.20, 5.30, 4.05, 2.60, 1.45]
    checks = enhancement_checks(us)
    assert [100 * check.recomputed for check in checks] == pytest.approx(printed, abs=0.005)
    assert [100 * check.published for check in checks] == pytest.approx(printed)


def test_pool_of_cmlti_2006_nc2(us):
    check = pool_check(us)
    assert check.published == pytest.approx(948.6e6, abs=0.05e6)
    assert check.recomputed == 4499 * 210_580
    assert check.recomputed / check.published == pytest.approx(1, abs=0.002)


def test_platform_credit_of_ant(ant):
    total, own, moved = platform_checks(ant)
    assert total.recomputed == pytest.approx(2153.7e9)
    assert own.recomputed == pytest.approx(36.2 / 2153.7)
    assert 100 * own.recomputed == pytest.approx(1.68, abs=0.005)
    assert (moved.published, round(moved.recomputed, 3)) == (0.98, 0.983)


def test_shares_of_the_double_11_deal(ant):
    found = double_11_shares(ant)
    assert (100 * found["share"]).tolist() == pytest.approx([45, 40.6, 6.4, 8.0])
    assert found["how"].tolist()[-1] == "computed"


def test_write_down_of_structured_finance_cdos(us):
    (check,) = resecuritisation_checks(us.table("finding"))
    assert 100 * check.recomputed == pytest.approx(65.5, abs=0.05)
    finding = us.table("finding").set_index("finding_id")
    assert finding.loc["cordell-multiplier", "effect"] == pytest.approx(140 / 64)
    assert resecuritisation_checks(us.table("finding")[:0]) == []


def test_homes_lost_by_state(us):
    found = {check.check_id[-2:]: 100 * check.recomputed for check in outcome_checks(us)}
    assert found == pytest.approx({"AZ": 48.6, "CA": 54.2, "FL": 35.4, "NV": 67.3}, abs=0.05)


def test_what_cannot_fail_says_so(ant, us):
    fixed = {check.check_id for check in known_totals(ant, us) if check.by_construction}
    assert fixed == {
        "double_11_size", "enhancement_M-11",
        "homes_lost_AZ", "homes_lost_CA", "homes_lost_FL", "homes_lost_NV",
    }  # fmt: skip


def test_counts_of_several_houses_need_not_agree(ant):
    to_2017, in_2017 = market_checks(ant, "ant_abs_market_csa")
    assert to_2017.agrees and 100 * to_2017.recomputed == pytest.approx(58.82, abs=0.005)
    assert not in_2017.agrees and in_2017.recomputed == pytest.approx(269.2 / 489.4)


def test_best_value_prefers_what_most_sources_give(ant):
    assert best_value(ant, "consumer_credit_balance", "2020-06-30").value == 1.732e12
    assert best_value(ant, "credit_balance", "2020-06-30", of="max").value == 2.15e12
    with pytest.raises(DataFaults, match="no row on 1999-01-01"):
        best_value(ant, "credit_balance", "1999-01-01")
