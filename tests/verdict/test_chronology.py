import pandas as pd
import pytest

from abscase.errors import ChoiceError, DataFaults
from abscase.verdict.chronology import day_of, days_before, days_between, timeline


@pytest.fixture
def event():
    return pd.DataFrame({
        "event_id": ["draft", "halt", "later"],
        "date": pd.to_datetime(["2020-11-02", "2020-11-03", "2021-04-30"]),
        "date_precision": ["day", "day", "month"], "kind": ["rule", "market", "rule"],
        "event_en": ["draft", "halt", "later"], "event_zh": ["稿", "停", "后"],
        "grade": "A", "source_id": "s", "ref": [f"ant/event.csv:{line}" for line in (2, 3, 4)],
    })  # fmt: skip


@pytest.fixture
def rule():
    return pd.DataFrame({
        "rule_id": ["draft", "notice", "notice", "year"],
        "rule_name": ["Draft", "Notice", "Notice", "Year"],
        "rule_name_zh": ["稿", None, None, "年"],
        "date": pd.to_datetime(["2020-11-02", "2017-12-01", "2017-12-01", "2021-12-31"]),
        "date_precision": ["day", "day", "day", "year"], "grade": "B", "source_id": "r",
        "ref": [f"ant/rule.csv:{line}" for line in (2, 3, 4, 5)],
    })  # fmt: skip


def test_a_rule_is_told_once(event, rule):
    found = timeline(event, rule, 2013, 2022)
    assert found["text_en"].tolist() == ["Notice", "draft", "halt", "later"]
    assert found["text_zh"].iloc[0] == "Notice"  # no Chinese name: the English one


def test_years_are_both_included(event, rule):
    assert timeline(event, rule, 2017, 2017)["text_en"].tolist() == ["Notice"]
    assert len(timeline(event, rule, 2020, 2021)) == 3


def test_either_table_may_be_empty(event, rule):
    assert len(timeline(event, rule[:0], 2013, 2022)) == 3
    assert timeline(event[:0], rule, 2013, 2022)["text_en"].tolist() == ["Notice", "Draft"]
    assert timeline(event[:0], rule[:0], 2013, 2022).empty


def test_days_between_counts_and_keeps_the_sign(event):
    draft, halt = day_of(event, "draft"), day_of(event, "halt")
    assert days_between(draft, halt) == 1
    assert days_between(halt, draft) == -1
    assert (draft.ref, draft.unit, draft.grade) == ("ant/event.csv:2", "days", "A")


def test_a_day_is_needed_for_an_order_in_days(event):
    with pytest.raises(DataFaults, match="not dated to the day"):
        day_of(event, "later")
    with pytest.raises(ChoiceError, match="did you mean 'draft'"):
        day_of(event, "drafd")


def test_days_before_leaves_out_what_came_after(event, rule):
    found = days_before(timeline(event, rule, 2013, 2022), day_of(event, "halt"))
    assert found["days_before"].tolist() == [1068, 1, 0]
