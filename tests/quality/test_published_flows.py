"""The published flows: known answers, closed forms, and the bounds of every estimate."""

import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.errors import DataFaults
from abscase.estimate import Estimate, over, ratio, rounding, rows
from abscase.quality import controls, published, scale, stress
from abscase.quality.flow import flow_from_stock, hazard_to_probability
from abscase.quality.pool_summary import POOLS, pool_summary
from abscase.quality.projections import agency_projections, deal_outcomes, housing, revisions
from abscase.verdict.claims import margins, record

HERE = {"S9a.flow_vs_cards", "S9a.flow_vs_peers", "S9a.stress", "S10a.hazard", "S10a.nearer"}


@pytest.fixture(scope="module")
def cases():
    names = ("ant", "us_subprime", "us_cards", "us_prime", "cn_peers")
    return {name: load_case(name) for name in names}


@pytest.fixture(scope="module")
def series(cases):
    return {name: case.table("series") for name, case in cases.items()}


@pytest.fixture(scope="module")
def found(cases):
    return published.estimates(cases)


def exact(value, low=None, high=None):
    row = rounding_row(value)
    return Estimate(value, value if low is None else low, value if high is None else high, (row,))


def rounding_row(value):
    from abscase.case import Datum

    return Datum(value, "decimal", "A", "here", "here/x.csv:1")


def test_hazards_of_the_four_states(series):
    """A month in per cent: Arizona 2.36, California 2.64, Florida 1.73, Nevada 3.73."""
    hazards = published.deal_hazards(series["us_subprime"])
    seen = {state: round(100 * hazards[state].lost, 2) for state in published.STATES}
    assert seen == {"AZ": 2.36, "CA": 2.64, "FL": 1.73, "NV": 3.73}
    states = [hazards[state].lost for state in published.STATES]
    assert min(states) < hazards["all"].lost < max(states)
    flow = published.deal_flow(series["us_subprime"], "AZ")
    assert flow.value == pytest.approx(hazard_to_probability(hazards["AZ"].lost))
    assert flow.value < hazards["AZ"].lost, "a share is below the intensity"
    assert len(flow.data) == 3


def test_hazard_table_shows_the_shares_lost(series):
    """48.6, 54.2, 35.4 and 67.3 per cent of the homes."""
    table = published.hazard_table(series["us_subprime"]).set_index("region")
    lost = (100 * table.loc[list(published.STATES), "lost_share"]).round(1).tolist()
    assert lost == [48.6, 54.2, 35.4, 67.3]
    assert table.loc["all", ["loans", "lost", "left"]].tolist() == [1762, 855, 226]
    assert (table["flow"] < table["hazard"]).all()


def test_the_pooled_hazard_is_that_of_the_summed_loans(series):
    every = published.deal_hazards(series["us_subprime"])["all"]
    left, lost = 226 / 1762, 855 / 1762
    assert every.lost == pytest.approx(-np.log(left) / 48 * lost / (1 - left))


def test_flow_of_ant_and_its_bounds(series):
    """0.0105 over 3 months without growth is 0.350 %, over 9 months 0.117 %."""
    assert published.ant_stock(series["ant"]).value == pytest.approx(0.0105)
    still = published.ant_flow(series["ant"], 3, 0.0)
    least_growth = published.growth_rates(series["ant"])["growth"].min()
    assert still.value == pytest.approx(0.0105 / sum((1 + least_growth) ** -a for a in (4, 5, 6)))
    flow = published.ant_flow(series["ant"], 9, 0.03)
    assert (flow.low, flow.high) == (still.low, still.high), "bounds do not move with a parameter"
    assert flow.low < flow.value < flow.high
    assert flow.high == pytest.approx(
        0.01055 / sum((1 + published.growth_rates(series["ant"])["growth"].max()) ** -a
                      for a in (4, 5, 6)))  # fmt: skip
    assert published.ant_flow(series["ant"], 1, 0.15).value <= flow.high


def test_growth_between_published_balances(series):
    table = published.growth_rates(series["ant"])
    assert set(table["start_amt"]) == {530e9, 600e9}, "the parts of 2017 are added up"
    long = table[(table["start_amt"] == 600e9) & (table["end_amt"] == 1732e9)].iloc[0]
    assert pytest.approx(long["growth"], abs=2e-4) == (1732 / 600) ** (1 / 27) - 1
    assert long["months"] == 27


def test_cards_are_weighted_by_the_months_they_cover(series):
    table = controls.card_reports(series["us_cards"]).set_index("definition_id")
    moodys = [0.0629 * 12, 0.0406 * 3, 0.0477, 0.0468, 0.0459 * 3]
    assert table.loc["card_moodys_charge_off", "flow"] == pytest.approx(sum(moodys) / 20 / 12)
    assert table.loc["card_moodys_charge_off", "months"] == 20
    assert table.loc["card_fed_charge_off_nsa", "last"] == pd.Timestamp("2006-06-30")
    assert table["months"].max() < 48, "no report covers all four years"
    flow = controls.card_flow(series["us_cards"])
    assert flow.low <= flow.value <= flow.high
    assert all(pd.Timestamp("2004") <= row.date < pd.Timestamp("2008") for row in flow.data)


def test_peers_at_the_end_of_2019(series):
    peers = controls.peer_flows(series["cn_peers"])
    assert set(peers) == {"360", "lexin", "qudian"}, "X Financial prints no rate of that time"
    assert peers["360"].low < 0.0131 / 2.5 < peers["360"].high
    steady = 629975114 / 9423515633 / 3
    assert peers["qudian"].value == pytest.approx(steady, rel=0.03)
    whole = controls.peer_flow(series["cn_peers"])
    assert whole.low == min(each.low for each in peers.values())
    assert whole.value == pytest.approx(np.median([each.value for each in peers.values()]))


def test_rise_of_arrears_with_rounding(series):
    ant = published.arrears_rise(series["ant"])
    assert ant.value == pytest.approx(3.01 / 1.76)
    assert (ant.low, ant.high) == pytest.approx((3.005 / 1.765, 3.015 / 1.755))
    cards = controls.card_rise(series["us_cards"])
    every = controls.card_rises(series["us_cards"])
    assert cards.value == every["rise"].max() == pytest.approx(0.0651 / 0.0480)
    assert {row.value for row in cards.data} == {0.0651, 0.0480}
    assert set(every["quarters"]) == {1, 2}


def test_nearer_is_bounded_by_every_point_inside():
    rng = np.random.default_rng(3)
    ant, sub, cards = (
        exact(0.004, 0.001, 0.03),
        exact(0.02, 0.015, 0.025),
        exact(0.004, 0.003, 0.005),
    )
    bounds = published.nearer(ant, sub, cards)
    draws = [np.exp(rng.uniform(np.log(each.low), np.log(each.high), 20_000))
             for each in (ant, sub, cards)]  # fmt: skip
    logs = [np.log(each) for each in draws]
    inside = np.abs(logs[0] - logs[1]) - np.abs(logs[0] - logs[2])
    assert bounds.low <= inside.min() and inside.max() <= bounds.high
    assert inside.min() == pytest.approx(bounds.low, abs=0.05)
    assert inside.max() == pytest.approx(bounds.high, abs=0.05)


def test_a_ratio_keeps_what_was_assumed():
    one = Estimate(2.0, 1.0, 4.0, (), at_best="C")
    assert ratio(one, exact(4.0, 2.0, 8.0)).grade == "C" == ratio(exact(1.0, 1.0, 1.0), one).grade


def test_a_ratio_takes_the_outer_corners():
    one, other = exact(2.0, 1.0, 4.0), exact(4.0, 2.0, 8.0)
    found = ratio(one, other)
    assert (found.value, found.low, found.high) == (0.5, 0.125, 2.0)


def test_every_estimate_becomes_a_record(found):
    assert set(found) == HERE <= set(margins())
    for name, each in found.items():
        made = record(name, case="ant", **each.fields)
        grade = "B" if name == "S9a.stress" else "C"
        assert made.grade == each.grade == grade, "the time to write-off is assumed"
        assert made.verdict == "inconclusive" or grade != "C"
        assert each.low <= each.value <= each.high


def test_the_parameters_move_the_estimate_only(cases, found):
    other = published.estimates(cases, 12, 0.03)
    for name in HERE - {"S9a.stress"}:
        assert (other[name].low, other[name].high) == (found[name].low, found[name].high)
        assert other[name].value != found[name].value


def test_rows_refuse_what_is_not_there(series):
    with pytest.raises(DataFaults, match="no published row fits"):
        rows(series["ant"], "delinquency_90plus_rate", segment="nobody")
    assert (rows(series["us_subprime"], "projected_loss")["grade"] != "C").all()


def test_rounding_and_over():
    assert rounding(rounding_row(0.0105)) == pytest.approx((0.0105, 0.01045, 0.01055))
    made = over([2, 1, 3], [rounding_row(1.0)])
    assert (made.value, made.low, made.high) == (2, 1, 3)


def test_projections_of_the_agencies(series):
    table = agency_projections(series["us_subprime"])
    assert set(table["vintage"]) == {"2005", "2006", "2007"}
    assert (table["low"] <= table["high"]).all() and (table["grade"] != "C").all()
    growth = revisions(table).set_index(["vintage", "agency"])["times"]
    expected = {
        ("2005", "moodys"): 18.7 / 13, ("2006", "moodys"): 38.4 / 16, ("2006", "sp"): 19 / 6.5,
        ("2007", "moodys"): 48.1 / 35,
    }  # fmt: skip
    assert growth.to_dict() == pytest.approx(expected), "an agency is divided by itself only"


def test_assumption_at_issue_against_outcome(series):
    """5.3 and 8.0 per cent assumed; 15.1 and 24.5 per cent lost by March 2013."""
    table = deal_outcomes(series["us_subprime"])
    assert table["assumed"].tolist() == pytest.approx([0.053, 0.08])
    assert table["realised"].tolist() == pytest.approx([0.151, 0.245])


def test_housing_has_one_row_for_a_date(series):
    table = housing(series["us_subprime"], series["us_prime"])
    assert not table.duplicated(["what", "date"]).any()
    assert set(table["what"]) == {"subprime_arm", "subprime", "prime_arm", "prime", "house_price"}
    assert table.loc[table["what"] == "house_price", "value"].max() == 1


def test_pool_summary(cases):
    table = pool_summary(cases).set_index("pool")
    assert list(table.index) == list(POOLS)
    assert table.loc["cmlti_2006_nc2", ["loans", "size_amt", "score"]].tolist() == [
        4499,
        210580,
        620,
    ]
    assert table.loc["huabei", "rate"] == pytest.approx(0.146), "0.04 per cent a day"
    assert table.loc["jiebei", ["score", "dti", "ltv"]].isna().all(), "nobody published them"
    assert not table.loc["jiebei", "secured"]


def test_growth_beyond_the_published_means_lies_above_the_bounds(series):
    """At 8 per cent a month the upper ratio to cards is 1.70, not 1.41: the span is no bound."""
    stock, cards = published.ant_stock(series["ant"]), controls.card_flow(series["us_cards"])
    _, _, most = rounding(stock)
    at = {rate: flow_from_stock(most, published.RESIDENCE[0], rate) / cards.low
          for rate in (published.growth_rates(series["ant"])["growth"].max(), 0.08)}  # fmt: skip
    assert list(at.values()) == pytest.approx([1.41, 1.70], abs=0.005)


def test_the_hazard_of_the_deal_is_its_share_of_a_month(series):
    share = published.deal_flow(series["us_subprime"]).value
    hazard = published.deal_hazards(series["us_subprime"])["all"].lost
    assert share == pytest.approx(-np.expm1(-hazard))
    assert hazard / share - 1 == pytest.approx(0.01, abs=0.005), "the notebook says so"


def test_a_broker_s_estimate_is_not_graded_as_published(series):
    balances = rows(series["ant"], "consumer_credit_balance", date="2017-09-30")
    assert set(balances["segment"]) == {"huabei", "jiebei"}
    assert set(balances["grade"]) == {"B"}


def test_stresses_multiply_the_flow(cases, series):
    flow = published.ant_flow(series["ant"], 6, 0.03)
    table = stress.stressed(cases, flow, 2.5).set_index("scenario")
    assert table.loc["yours", "flow"] == pytest.approx(2.5 * flow.value)
    assert table.loc["covid", "multiple"] == pytest.approx(3.01 / 1.76)
    rise = published.arrears_rise(series["ant"])
    assert rise.low < rise.value < rise.high, "a printed rate is rounded"
    widened = [rise.low * flow.low, rise.high * flow.high]
    assert table.loc["covid", ["low", "high"]].tolist() == pytest.approx(widened)
    assert table.loc["tripled", "multiple"] == 3
    deal = published.deal_flow(series["us_subprime"])
    assert table.loc["hazard_2007", "flow"] == pytest.approx(deal.value)
    assert (table.loc["hazard_2007", ["low", "high"]].tolist()) == [deal.low, deal.high]
    assert table.loc["calm", "yearly"] == pytest.approx(1 - (1 - flow.value) ** 12)


def test_one_scale(cases):
    table = scale.on_one_scale(cases, 3, 0.04)
    assert not table["who"].duplicated().any()
    assert (table["low"] <= table["flow"]).all() and (table["flow"] <= table["high"]).all()
    assert set(table["case"]) == {"ant", "us_subprime", "us_cards", "cn_peers"}
