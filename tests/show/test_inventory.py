import pandas as pd
import pytest

from abscase.case import Datum
from abscase.operating.growth import decompose
from abscase.show.inventory import (
    classes,
    deal_scores,
    disagreeing,
    field_counts,
    field_states,
    growth_rows,
    reconciliation,
    term_table,
)
from abscase.show.labels import LANGS, has_label
from abscase.verdict.completeness import TERMS, field_map, missingness, term_shares
from abscase.verdict.reconcile import Check

ROW = Datum(1.0, "amt", "A", "s1", "ant/series.csv:2")


@pytest.fixture
def cases():
    deal = pd.DataFrame({"deal_id": ["x", "y"], "sponsor": ["bank", None]})
    return {"ant": {"deal": deal}, "us_cards": {}}


def test_states_in_words(cases):
    found = field_states(field_map(cases), "zh").set_index("field")
    assert found.loc["sponsor", "ant"] == "部分"
    assert found.loc["trustee", "ant"] == "未收集"
    assert "deal_id" not in found.index  # filled: nothing to tell
    assert "grade" not in found.index and "us_cards" not in found


def test_counts_of_fields_by_table(cases):
    found = field_counts(field_map(cases), missingness(cases), "en")
    assert found["table"].tolist() == ["deal"]
    assert found["ant"].item().startswith("2 rows, 2 of ")
    assert found["us_cards"].item() == "no such table"


def test_terms_side_by_side(cases):
    shares = term_shares(cases["ant"]["deal"], pd.DataFrame({"deal_id": []}), "x")
    found = term_table({"x": shares}, "en")
    assert list(found.columns) == ["term", "x"]
    assert found.set_index("term").loc["sponsor", "x"] == "100%"
    assert all(has_label(f"data.term.{name}") for name in TERMS)


@pytest.mark.parametrize("lang", LANGS)
def test_checks_in_words(lang):
    checks = [
        Check("platform_credit", "ant", 2.15e12, 2.1537e12, "amt", 5e9, (ROW,)),
        Check("enhancement_M-1", "us_subprime", 0.18, 0.1800004, "decimal", 5e-5, (ROW,), True),
    ]
    found = reconciliation(checks, lang)
    assert found["agrees"].tolist() == [True, True]
    assert found["independent"].tolist() == [True, False]
    assert "M-1" in found["check"][1]
    assert found["difference"][0] == {
        "en": "CNY 3.7000 bn (±CNY 5.0000 bn)", "zh": "37.000亿元（±50.000亿元）"
    }[lang]  # fmt: skip
    assert found["printed"][1] == "18.00%"
    assert "0.005%" in found["difference"][1]


def test_disagreeing_values_stand_in_one_row():
    rows = pd.DataFrame({
        "case": "ant", "measure": "issued", "segment": "all", "date": pd.Timestamp("2017-12-31"),
        "unit": "amt", "currency": "CNY", "definition_id": None, "value": [243e9, 238e9],
        "grade": ["A", "B"], "source_id": ["s1", "s2"], "spread_share": 0.02,
    })  # fmt: skip
    found = disagreeing(rows, "en")
    assert len(found) == 1
    assert found["values"].item() == "CNY 243 bn (A), CNY 238 bn (B)"
    assert found["sources"].item() == "s1, s2"
    assert found["measure"].item() == "issued"  # no words known: its code
    named = disagreeing(rows.assign(measure="abs_issued"), "zh")
    assert named[["measure", "segment"]].to_numpy().tolist() == [["期内ABS发行额", "全部"]]
    assert disagreeing(rows[:0], "en").empty


def test_scores_and_classes_in_words():
    scores = pd.DataFrame({"deal_id": ["ant_d11_2016", "new"], "by_cell": [0.5, 0.25],
                           "strict": 0.1, "lenient": 1.0, "terms": 21})  # fmt: skip
    found = deal_scores(scores, "zh")
    assert found["deal_id"].tolist() == ["花呗“双11”（2016年）", "new"]
    assert found["by_cell"].tolist() == ["50.0%", "25.0%"]
    rows = pd.DataFrame({
        "tranche_id": ["A1", "junior"], "original_amt": [1.8e9, 3.2e8], "share": [0.45, 0.08],
        "coupon_rate": [0.0335, None], "how": ["read", "computed"], "grade": ["A", "B"],
        "source_id": "s",
    })  # fmt: skip
    assert classes(rows, "CNY", "en")["coupon"].tolist() == ["3.35%", "–"]
    assert classes(rows, "CNY", "zh")["had"].tolist() == ["读取", "推算"]


@pytest.mark.parametrize("lang", LANGS)
def test_growth_in_words(lang):
    found = growth_rows(decompose(26e9, 170e9, 129_000, 700_000), 2.9, 5e8, 294_295_678.9, lang)
    assert found["value"].tolist()[1:3] == ["90%", "10%"]
    assert found["value"].tolist()[-1] == "294,295,679"
