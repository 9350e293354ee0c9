import pandas as pd
import pytest

from abscase.catalog import data_dir
from abscase.errors import ChoiceError
from abscase.verdict.coverage import (
    FAMILIES,
    FAMILY_OF,
    coverage,
    disagreements,
    family,
    grades_by_folder,
    of_grade,
    source_count,
    topic,
)


@pytest.fixture
def series():
    return pd.DataFrame({
        "case": "ant", "measure": ["issued", "issued", "issued", "balance", "balance"],
        "segment": "all", "definition_id": [None, None, None, "d", "e"],
        "date": pd.to_datetime(["2017-12-31"] * 3 + ["2020-06-30"] * 2),
        "value": [269.2e9, 243e9, 238e9, 1.0, 2.0], "unit": "amt",
        "grade": ["A", "A", "B", "C", "B"],
        "ref": [*(f"ant/series.issuance.csv:{line}" for line in (2, 3, 4)),
                *(f"ant/series.balance.csv:{line}" for line in (2, 3))],
    })  # fmt: skip


def test_topic_is_that_of_the_series_or_the_table():
    assert topic("ant/series.delinquency.csv:17") == "delinquency"
    assert topic("us_subprime/tranche.cmlti.csv:2") == "tranche"
    assert topic("margins.csv:2") == "margins"


def test_every_topic_is_in_one_family():
    topics = [name for names in FAMILIES.values() for name in names]
    assert len(topics) == len(set(topics))
    assert family("ant/series.balance.csv:2") == "volume"
    assert family("margins.csv:2") == "margins"


def test_every_file_of_the_cases_has_a_family():
    files = [path.name for path in data_dir().glob("*/series.*.csv")]
    assert files and {topic(name) for name in files} <= FAMILY_OF.keys()


def test_rows_of_a_worse_grade_are_left_out(series):
    assert [len(of_grade(series, grade)) for grade in "ABC"] == [2, 4, 5]
    with pytest.raises(ChoiceError, match="no grade named 'D'"):
        of_grade(series, "D")


def test_coverage_counts_by_year_with_the_best_grade(series):
    found = coverage({"ant": {"series": series}, "us_cards": {}})
    assert found.to_numpy().tolist() == [
        ["ant", "volume", 2017, 3, "A"], ["ant", "volume", 2020, 2, "B"],
    ]  # fmt: skip
    assert coverage({"ant": {"series": series}}, "A")["rows"].tolist() == [2]


def test_rows_without_a_date_are_not_counted(series):
    series.loc[0, "date"] = pd.NaT
    assert coverage({"ant": {"series": series}})["rows"].sum() == 4


def test_nothing_is_covered_by_nothing():
    found = coverage({"ant": {}})
    assert found.empty and list(found.columns) == ["case", "family", "year", "rows", "grade"]


def test_grades_add_up_to_the_rows(series):
    other = pd.DataFrame({"ref": ["margins.csv:2"], "grade": ["C"]})
    found = grades_by_folder({"series": series, "margins": other, "fee": other[:0]})
    assert found.to_numpy().tolist() == [["ant", 2, 2, 1, 5], ["margins.csv", 0, 0, 1, 1]]


def test_disagreements_need_one_quantity_and_two_values(series):
    found = disagreements(series)
    assert found["value"].tolist() == [243e9, 269.2e9, 238e9]  # grade A first
    assert found["spread_share"].unique() == pytest.approx([1 - 238 / 269.2])
    assert disagreements(series[1:2]).empty
    assert disagreements(series.assign(value=1.0)).empty
    assert disagreements(series[:0]).empty


def test_a_source_counts_once():
    one, two = (pd.DataFrame({"source_id": names}) for names in (["a", "b", "a"], ["b", "c"]))
    assert source_count({"ant": {"series": one, "fee": two}, "us_cards": {"series": two}}) == 3
