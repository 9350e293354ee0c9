import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.errors import DataFaults
from abscase.schema import TABLES
from abscase.verdict.completeness import (
    TERMS,
    by_deal,
    case_tables,
    completeness,
    evidence,
    field_map,
    field_state,
    fill_share,
    gap,
    missingness,
    term_shares,
)


@pytest.fixture
def deal():
    return pd.DataFrame(
        {"deal_id": ["x", "y"], "sponsor": ["bank", None], "original_amt": [9.0, 1.0]}
    )


@pytest.fixture
def tranche():
    return pd.DataFrame({
        "deal_id": ["x", "x", "x", "y"], "seniority": [1, 2, 3, 1],
        "coupon_rate": [0.03, 0.05, np.nan, np.nan], "holder": [None, None, None, "bank"],
    })  # fmt: skip


def test_absent_is_not_empty(tranche):
    assert fill_share(tranche, "no_such") is None
    assert fill_share(tranche, "coupon_rate") == 0.5
    names = ("seniority", "coupon_rate", "holder", "x")
    states = [field_state(tranche[:3], name) for name in names]
    assert states == ["filled", "partly", "empty", "absent"]
    assert field_state(tranche[:0], "seniority") == "no_table"


def test_every_term_is_of_columns_of_one_table():
    for columns in TERMS.values():
        (table,) = {column.partition(".")[0] for column in columns}
        assert {column.partition(".")[2] for column in columns} <= set(TABLES[table].names)


def test_completeness_by_hand(deal, tranche):
    found = completeness(deal, tranche, "x")
    assert found.terms == len(TERMS)
    # sponsor, size and order in full, the rate of two classes of three
    assert found.by_cell == pytest.approx((3 + 2 / 3) / len(TERMS))
    assert found.strict == pytest.approx(3 / len(TERMS))
    assert found.lenient == pytest.approx(4 / len(TERMS))


def test_one_of_two_columns_is_enough(deal, tranche):
    rows = tranche.assign(margin_rate=[np.nan, np.nan, 0.01, np.nan])
    assert term_shares(deal, rows, "x")["rate"] == 1
    assert term_shares(deal, rows, "y")["rate"] == 0


def test_completeness_ignores_other_deals(deal, tranche):
    alone = completeness(deal[:1], tranche[:3], "x")
    assert completeness(deal, tranche, "x") == alone
    assert completeness(deal, tranche, "y").lenient == pytest.approx(3 / len(TERMS))


def test_a_deal_without_classes_knows_nothing_of_them(deal, tranche):
    assert completeness(deal, tranche[:0], "x").lenient == pytest.approx(2 / len(TERMS))


def test_the_most_complete_deal_comes_first(deal, tranche):
    assert by_deal(deal, tranche)["deal_id"].tolist() == ["x", "y"]
    assert by_deal(deal[::-1], tranche)["deal_id"].tolist() == ["x", "y"]


def test_gap_spans_the_three_ways(deal, tranche):
    one, other = (completeness(deal, tranche, name) for name in "xy")
    mid, low, high = gap(one, other)
    assert [low, mid, high] == pytest.approx([0, (2 / 3) / len(TERMS), 1 / len(TERMS)])
    back = gap(other, one)
    assert back == pytest.approx((-mid, -high, -low))


def test_evidence_is_every_row_of_the_deal(deal, tranche):
    marks = {"grade": "A", "source_id": "s"}
    frames = [frame.assign(**marks, ref=[f"f.csv:{row}" for row in range(2, 2 + len(frame))])
              for frame in (deal, tranche)]  # fmt: skip
    assert [each.ref for each in evidence(*frames, "x")] == [
        "f.csv:2",
        *(f"f.csv:{n}" for n in (2, 3, 4)),
    ]


def test_what_another_case_collects_is_absent_here():
    ant, us = (case_tables(load_case(name)) for name in ("ant", "us_subprime"))
    assert "oc_target_share" in us["deal"] and "oc_target_share" not in ant["deal"]
    assert field_state(ant["deal"], "oc_target_share") == "absent"


@pytest.mark.parametrize("seed", range(5))
def test_the_three_counts_are_ordered(seed):
    rng = np.random.default_rng(seed)
    frames = {}
    for name in ("deal", "tranche"):
        cells = np.where(rng.random((4, len(TABLES[name].names))) < rng.random(), 1.0, np.nan)
        frames[name] = pd.DataFrame(cells, columns=TABLES[name].names).assign(deal_id="x")
    found = completeness(frames["deal"], frames["tranche"], "x")
    assert 0 <= found.strict <= found.by_cell <= found.lenient <= 1


def test_an_unknown_deal_is_refused(deal, tranche):
    with pytest.raises(DataFaults, match="table deal: deal_id: has no deal 'z'"):
        term_shares(deal, tranche, "z")


def test_field_map_has_every_column_of_the_tables_in_use(deal, tranche):
    found = field_map({"one": {"deal": deal}, "two": {"tranche": tranche}})
    assert list(found.columns) == ["table", "column", "one", "two"]
    assert len(found) == len(TABLES["deal"].names) + len(TABLES["tranche"].names)
    row = found.set_index(["table", "column"]).loc[("deal", "sponsor")]
    assert row.tolist() == ["partly", "no_table"]


def test_field_map_of_nothing_is_empty():
    assert field_map({"one": {}}).empty


def test_missingness_counts_absent_columns_as_missing(deal):
    found = missingness({"one": {"deal": deal}, "two": {}})
    assert found[["table", "case", "rows"]].to_numpy().tolist() == [["deal", "one", 2]]
    filled = 1 + 0.5 + 1  # deal_id, half of the sponsors, amounts
    assert found["missing_share"].item() == pytest.approx(1 - filled / len(TABLES["deal"].names))
