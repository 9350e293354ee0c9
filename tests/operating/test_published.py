import numpy as np
import pytest

from abscase.case import load_case
from abscase.operating import balances, published
from abscase.verdict.claims import margins, record


@pytest.fixture(scope="module")
def ant():
    return load_case("ant")


@pytest.fixture(scope="module")
def found(ant):
    return published.estimates(ant)


def test_totals_of_mid_2020(ant, found):
    """1,732 and 421.7 bn are 2,153.7 bn; the 36.2 bn on the books are 1.68 per cent of them."""
    series = ant.table("series")
    credit = sum(row.value for row in balances.credit_at(series, "2020-06-30"))
    assert credit == pytest.approx(2153.7e9)
    assert balances.own_at(series, "2020-06-30").value / credit == pytest.approx(0.0168, abs=5e-5)
    assert found["S3b.nominal"].value == pytest.approx(0.9832, abs=5e-5)
    (capital,) = balances.capital_around(ant.table("entity"), "2020-06-30")
    assert credit / capital.value == pytest.approx(134.6, abs=0.05)
    facilitated = found["S3a.facilitated"]
    assert facilitated.value == pytest.approx(2150 / 16) and facilitated.grade == "B"
    assert facilitated.low == pytest.approx(1700 / 16), "consumer credit alone"


def test_the_published_junior_pieces(ant):
    shares = published.junior_shares(ant.table("tranche"))
    assert shares["ant_d11_2016"].value == pytest.approx(0.08)
    assert shares["ant_ali_01"].value == shares["ant_ali_programme"].value == pytest.approx(0.10)
    assert "ant_huabei_debon_2016_1" not in shares, "its amounts were not read"
    us = published.junior_shares(load_case("us_subprime").table("tranche"))
    assert us["cmlti_2006_nc2"].value == pytest.approx(0.0145, abs=5e-5)


def test_flow_and_stock_of_the_accounts(found):
    assert found["S2a.flow_no_retention"].value == pytest.approx(120)
    kept = found["S2a.flow_published_retention"]
    assert kept.value == pytest.approx(36.2, abs=0.05) and kept.low == pytest.approx(29.6, abs=0.05)
    stock = found["S2a.stock_published"]
    assert stock.value == pytest.approx(25.9, abs=0.1), "a loan life of 56 days, not of two months"
    assert stock.high < kept.high


def test_stock_observed_before_and_after_the_increase(found):
    seen = found["S2a.observed_stock"]
    assert (seen.value, seen.low, seen.high) == pytest.approx((98.16, 31.08, 98.16), abs=0.005)
    assert seen.grade == "A"


def test_on_book_over_the_capital_before_and_after(found):
    """53.5 bn of assets at the end of 2019 over 12 and over 16 bn."""
    seen = found["S3a.on_book"]
    assert (seen.low, seen.high) == pytest.approx((3.34, 4.46), abs=0.005)


def test_what_is_assumed_is_of_grade_c(found):
    assert {name for name, each in found.items() if each.at_best == "C"} == {
        "S3a.recourse", "S3a.el_weighted"
    }  # fmt: skip
    low, high = found["S3a.recourse"].low, found["S3a.recourse"].high
    assert (low, high) == pytest.approx((36.2 / 16, 2153.7 / 16))


def test_recourse_moves_the_estimate_not_the_interval(ant, found):
    half = published.estimates(ant, recourse=0.5)["S3a.recourse"]
    assert half.value == pytest.approx((36.2 + 0.5 * (2153.7 - 36.2)) / 16)
    assert (half.low, half.high) == (found["S3a.recourse"].low, found["S3a.recourse"].high)


def test_every_estimate_becomes_a_record_and_every_margin_of_the_notebook_is_met(found):
    here = {name for name in margins() if name.startswith(("S2a.", "S3a."))}
    assert set(found) == here | {"S3b.nominal"}
    records = {name: record(name, case="ant", **each.fields) for name, each in found.items()}
    for name, each in found.items():
        assert records[name].grade == each.grade
        assert each.low <= each.value <= each.high


def test_capital_in_force(ant):
    entity = ant.table("entity")
    assert [each.value for each in balances.capital_around(entity, "2017-12-04")] == [3.8e9, 12e9]
    assert [each.value for each in balances.capital_around(entity, "2017-09-30")] == [3.8e9]
    assert [each.value for each in balances.capital_around(entity, "2019-12-31")] == [12e9, 16e9]
    (last,) = balances.capital_around(entity, "2020-06-30")
    assert last.value == 16e9 and len(last.rows) == 2


def test_the_most_exact_value_is_taken(ant):
    (consumer,) = balances.printed(ant.table("series"), "consumer_credit_balance", "2020-06-30")
    assert consumer.value == 1732e9
    parts = balances.printed(ant.table("series"), "abs_outstanding", "2017-12-04")
    assert sorted(row.value for row in parts) == [178e9, 195e9]


def test_balance_sheet_says_what_is_not_known(ant):
    frame, used = balances.balance_sheet(ant.table("entity"), ant.table("series"))
    last = frame.iloc[-1]
    assert last["credit"] == pytest.approx(2153.7e9) and np.isnan(last["abs"])
    assert frame["capital"].notna().all()
    end_2017 = frame[frame["abs"].notna()]
    assert end_2017["capital"].tolist() == [3.8e9, 12e9] and end_2017["abs"].tolist() == [373e9] * 2
    assert {row.ref.split("/")[0] for row in used} == {"ant"}


def test_a_year_of_spread_is_taken_at_the_dearest_class(ant):
    spread = published.yearly_spread(ant)
    assert spread.value == spread.low == pytest.approx(0.146 - 0.05)
    assert spread.high == pytest.approx(0.146 - 0.0335)


def test_the_typical_share_counts_each_size_once(ant):
    shares = published.junior_shares(ant.table("tranche")).values()
    assert published.typical_share(shares) == pytest.approx(0.08)
