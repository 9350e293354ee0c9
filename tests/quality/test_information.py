import pytest

from abscase.case import Case, load_case
from abscase.quality import information
from abscase.verdict.claims import margins, record


@pytest.fixture(scope="module")
def us():
    return load_case("us_subprime")


@pytest.fixture(scope="module")
def found(us):
    return information.estimates(us)


def test_sale_runs_from_no_part_to_the_largest_excess_in_print(found):
    seen = found["S9b.sold_us"]
    assert (seen.low, seen.value, seen.high) == pytest.approx((0.0, 0.175, 0.25))
    assert seen.grade == "B", "a zero read from words is not a printed one"
    assert seen.sources == ["lit-bubb-2011", "lit-keys-2010"]


def test_the_zero_of_the_first_comes_from_the_paper_against_it(us, monkeypatch):
    finding = us.table("finding")
    kept = finding[finding["finding_id"] != information.NO_PART]
    assert len(kept) == len(finding) - 1
    monkeypatch.setattr(Case, "table", lambda case, name: kept)
    seen = information.estimates(us)["S9b.sold_us"]
    assert (seen.low, seen.high) == pytest.approx((0.1, 0.25))
    made = record("S9b.sold_us", case=us.name, **seen.fields)
    assert made.verdict == "supported", "with no paper against it the claim can be supported"


def test_misreporting_multiplies_the_published_ends(found):
    """7 to 14 per cent of the loans, 60 to 70 per cent more often: 4.2 to 9.8 per cent more."""
    seen = found["S9b.misreported_us"]
    assert (seen.low, seen.value, seen.high) == pytest.approx((0.042, 0.07, 0.098))
    assert seen.grade == "B"


def test_records_meet_their_margins_and_neither_is_decided(found):
    made = [record(name, case="us_subprime", **each.fields) for name, each in found.items()]
    assert {each.margin_id for each in made} < set(margins())
    assert {each.verdict for each in made} == {"inconclusive"}
    assert all(each.reason == "straddles" for each in made)


def test_both_sides_are_told_and_those_in_favour_come_first(us):
    table = information.readings(us)
    assert set(table["side"]) == {"for", "against"}
    assert list(dict.fromkeys(table["topic"])) == list(information.TOPICS)
    moral = table[table["topic"] == "moral hazard"]
    assert moral["side"].tolist() == ["for", "for", "against"]


def test_a_rate_adjusted_by_hand(us):
    parts = information.published_parts(us)
    table = information.adjusted_rates(0.2, parts, 0.1, 0.5).set_index("source")
    assert table.loc["given", "adjusted"] == pytest.approx(0.21)
    assert table.loc["published", "adjusted_hi"] == pytest.approx(0.2 * 1.098)


def test_half_of_the_loss_kept_raises_default_by_the_rise(us):
    rises = [row.value for row in information.published_responses(us)]
    assert rises == [0.1, 0.25]
    table = information.retained_rates(0.2, rises, [0.05, 0.025, 0.0])
    half = table[table["retained"] == 0.025]["rate"].tolist()
    assert half == pytest.approx([0.22, 0.25])
    assert table["rate"].max() == pytest.approx(0.3), "nothing kept: twice the rise"
