import gzip
import json
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from abscase.case import load_case
from abscase.errors import AbscaseError, ChoiceError, DataFaults
from abscase.schema import validate
from abscase.sources import registry
from abscase.sources.dcr import NEEDED, SOURCE
from abscase.sources.panels import home_dir
from abscase.sources.registry import Source, load, source_named, source_names
from abscase.sources.tape import Tape

ROW = {
    "id": 1, "time": 25, "orig_time": 24, "mat_time": 144, "status_time": 0,
    "investor_orig_time": 0, "REtype_CO_orig_time": 0, "REtype_PU_orig_time": 0,
    "REtype_SF_orig_time": 1, "balance_time": 100.0, "LTV_time": 80.0, "interest_rate_time": 7.5,
    "hpi_time": 226.29, "balance_orig_time": 110.0, "FICO_orig_time": 610, "LTV_orig_time": 90.0,
    "Interest_Rate_orig_time": 7.0, "hpi_orig_time": 220.0, "lgd_time": "", "recovery_res": "",
    "state_orig_time": "CA",
}  # fmt: skip
LOST = {"status_time": 1, "lgd_time": 0.4, "recovery_res": 60.0}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))


@pytest.fixture
def load_rows(tmp_path):
    def run(*changes, **columns):
        frame = pd.DataFrame([ROW | change for change in changes]).assign(**columns)
        path = tmp_path / "panel.csv"
        frame.to_csv(path, index=False)
        return load("dcr", path)

    return run


def table(name):
    return load_case("us_subprime").panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert "dcr" in source_names()
    assert source_named("dcr") is SOURCE


def test_a_loan_becomes_a_row_in_the_schema(load_rows):
    load_rows({}, {"time": 26} | LOST)
    loan, performance = table("loan"), table("performance")
    first = loan.row(0, named=True)
    assert str(first["orig_date"]) == "2006-03-31"
    assert str(first["first_date"]) == "2006-06-30"
    assert (first["term_months"], first["score"], first["ltv"]) == (360, 610, 0.9)
    assert (first["orig_rate"], first["secured"], first["investor"]) == (0.07, True, False)
    assert first["segment"] == "single family"
    assert performance["state"].to_list() == [0, 4]
    assert performance["age_months"].to_list() == [3, 6]
    assert performance["previous_state"].to_list() == [None, 0]
    assert performance["loss_amt"].to_list() == [None, pytest.approx(40.0)]
    assert performance.schema["state"] == pl.Int8
    assert performance.schema["age_months"] == pl.Int16
    for name, frame in (("loan", loan), ("performance", performance)):
        validate(frame.to_pandas(), name, strict=True)


def test_the_clock_starts_in_the_second_quarter_of_2000(load_rows):
    load_rows({"time": 1, "orig_time": -2}, {"time": 2, "orig_time": -2})
    assert [str(day) for day in table("performance")["date"]] == ["2000-06-30", "2000-09-30"]
    assert str(table("loan")["orig_date"][0]) == "1999-09-30"


def test_rows_are_sorted_and_a_gap_has_no_previous_state(load_rows):
    found = load_rows({"id": 2}, {"time": 30}, {"time": 27}, {"time": 26})
    performance = table("performance")
    assert performance["loan_id"].to_list() == ["1", "1", "1", "2"]
    assert performance["previous_state"].to_list() == [None, 0, None, None]
    assert (found.gaps, found.gap_periods, found.gap_loans) == (1, 2, 1)
    assert found.continuous == pytest.approx(4 / 6)


def test_what_is_left_out_is_counted(load_rows):
    found = load_rows(
        {}, {},  # an exact copy
        {"balance_time": 90},  # another value for the same quarter
        {"time": 23},  # before the origination
        {"time": 26, "status_time": 2}, {"time": 27},  # after repayment
        {"id": 2, "status_time": 7}, {"id": 3, "balance_time": ""},
    )  # fmt: skip
    assert found.rejected == {
        "exact copy of an earlier row": 1,
        "no loan, quarter, origination, balance or status": 2,
        "other values for a loan and quarter of an earlier row": 1,
        "quarter before the origination": 1,
        "quarter after default or repayment": 1,
    }
    assert (found.rows_read, found.rows, found.loans) == (8, 2, 1)
    assert table("performance")["balance_amt"][0] == 100
    assert found.kept == pytest.approx(2 / 8)


def test_what_cannot_be_is_emptied_and_counted(load_rows):
    found = load_rows(
        {"Interest_Rate_orig_time": 0, "balance_orig_time": 0, "mat_time": 24, "LTV_time": 803.5},
        {"time": 26, "interest_rate_time": 0}, {"time": 27, "interest_rate_time": 37.5},
        {"id": 2, "LTV_orig_time": 250},
    )  # fmt: skip
    assert found.altered == {
        "LTV above 200 %: emptied": 1,
        "interest rate of 0: emptied": 1,
        "interest rate above 30 %: emptied": 1,
        "origination rate of 0: emptied": 1,
        "original amount of 0: emptied": 1,
        "term of no months: emptied": 1,
        "LTV at origination above 200 %: emptied": 1,
        "loan whose origination facts change later: first kept": 1,
    }
    assert found.missing == {
        "loan.original_amt": 1, "loan.term_months": 1, "loan.orig_rate": 1, "loan.ltv": 1,
        "performance.rate": 2, "performance.ltv": 1,
    }  # fmt: skip
    assert table("loan")["orig_rate"].to_list() == [None, 0.07]


def test_facts_are_those_of_the_first_row_but_the_state_is_the_first_known(load_rows):
    found = load_rows({"state_orig_time": ""}, {"time": 26, "orig_time": 20, "FICO_orig_time": 700})
    assert table("loan").select("score", "region").row(0) == (610, "CA")
    assert table("performance")["age_months"].to_list() == [3, 6]
    assert "1 rows have no state; 0 loans have none at all" in found.notes


def test_a_faultless_tape_has_full_quality_and_quality_is_the_product(load_rows):
    assert load_rows({}, {"time": 26}).quality == 1
    found = load_rows({}, {}, {"time": 27, "LTV_time": 300})
    assert found.quality == pytest.approx(found.kept * found.continuous * found.filled)
    assert found.quality < 1


def test_a_negative_recovery_is_a_loss_above_the_balance(load_rows):
    load_rows({}, {"time": 26, "status_time": 1, "lgd_time": 1.2, "recovery_res": -20})
    row = table("performance").row(1, named=True)
    assert (row["loss_amt"], row["recovery_amt"]) == (pytest.approx(120), -20)


def test_every_fault_of_form_is_listed(tmp_path):
    path = tmp_path / "panel.csv"
    pd.DataFrame([ROW | {"time": "x"}, ROW | {"balance_time": "1,000", "orig_time": 2.5}]).to_csv(
        path, index=False
    )
    with pytest.raises(DataFaults) as caught:
        load("dcr", path)
    found = [(fault.line, fault.column, fault.value) for fault in caught.value.faults]
    assert found == [(2, "time", "x"), (3, "orig_time", "2.5"), (3, "balance_time", "1,000")]


def test_missing_columns_are_listed_with_near_names(tmp_path):
    path = tmp_path / "panel.csv"
    pd.DataFrame([ROW]).rename(columns={"FICO_orig_time": "FICO_orig"}).drop(
        columns="hpi_time"
    ).to_csv(path, index=False)
    with pytest.raises(DataFaults, match=r"did you mean 'FICO_orig'") as caught:
        load("dcr", path)
    assert {fault.column for fault in caught.value.faults} == {"FICO_orig_time", "hpi_time"}


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 40, b"not a panel\n1\n"])
def test_another_file_is_refused_and_nothing_is_left(tmp_path, content):
    path = tmp_path / "panel.csv"
    path.write_bytes(content)
    with pytest.raises(DataFaults):
        load("dcr", path)
    assert load_case("us_subprime").panel("loan") is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("编号,时间\n张三,1\n".encode("gbk"), "is not UTF-8 but GBK"),
        (b"\x00\x9f\x92" * 99, "NUL bytes"),
        ("id,time\n".encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        (b"PAR1\x15\x04", "is a Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an Excel workbook"),
    ],
)
def test_a_file_in_another_encoding_or_format_is_named(tmp_path, content, says):
    path = tmp_path / "panel.csv"
    path.write_bytes(content)
    with pytest.raises(DataFaults, match=says):
        load("dcr", path)


def test_an_encoding_that_changes_far_into_the_file_is_named(tmp_path):
    path = tmp_path / "panel.csv"
    head, row = ",".join(NEEDED), "1," * (len(NEEDED) - 1)
    text = f"{head}\n" + f"{row}CA\n" * 1000
    path.write_bytes(text.encode() + f"{row}加州\n".encode("gbk"))
    with pytest.raises(DataFaults, match=r"panel\.csv:1002: is not UTF-8 but GBK"):
        load("dcr", path)


def test_refusals_name_the_choices(tmp_path):
    with pytest.raises(ChoiceError, match="did you mean 'dcr'"):
        load("dcrr", tmp_path)
    with pytest.raises(ChoiceError, match="choose from: us_subprime"):
        load("dcr", tmp_path, "ant")
    with pytest.raises(DataFaults, match="no such file"):
        load("dcr", tmp_path / "none.csv")


def test_provenance_names_the_file_and_no_path(load_rows, tmp_path):
    found = load_rows({})
    folder = home_dir() / "panels" / "us_subprime" / "dcr"
    assert sorted(path.name for path in folder.iterdir()) == [
        "loan.parquet", "performance.parquet", "provenance.json", "quality_report.json"
    ]  # fmt: skip
    for path in folder.glob("*.json"):
        assert str(tmp_path) not in path.read_text()
    said = load_case("us_subprime").provenance["panels"]["dcr"]
    assert (said["file"], said["sha256"]) == ("panel.csv", found.sha256)
    assert json.loads((folder / "quality_report.json").read_text())["rows"] == 1


def test_loading_again_replaces_the_panel(load_rows):
    load_rows({})
    load_rows({}, {"id": 2})
    assert table("loan").height == 2
    folder = home_dir() / "panels" / "us_subprime"
    assert [path.name for path in folder.iterdir()] == ["dcr"]


def test_a_failed_load_keeps_the_earlier_panel(load_rows):
    load_rows({})
    with pytest.raises(DataFaults, match="is not at least 0"):
        load_rows({"balance_time": -5})
    assert table("performance")["balance_amt"].to_list() == [100]
    folder = home_dir() / "panels" / "us_subprime"
    assert [path.name for path in folder.iterdir()] == ["dcr"]


class Point:
    def __init__(self, value):
        self.value = "other:SOURCE"
        self.load = lambda: value() if callable(value) else value


def test_a_plug_in_can_add_a_source(monkeypatch, tmp_path):
    frame = pl.LazyFrame({"case": ["ant"], "loan_id": ["a"], "currency": ["CNY"],
                          "original_amt": [1.0], "grade": ["B"], "source_id": ["x"],
                          "orig_date": [None], "first_date": [None]})  # fmt: skip
    history = pl.LazyFrame({"case": ["ant"], "loan_id": ["a"], "balance_amt": [1.0], "state": [0],
                            "date": [pd.Timestamp("2020-01-31")], "age_months": [1],
                            "grade": ["B"], "source_id": ["x"]})  # fmt: skip
    source = Source("other", "t", ("ant",), lambda path, case: Tape(frame, history, 1, 1))
    monkeypatch.setattr(registry, "_found", lambda: {"other": Point(source)})
    (tmp_path / "raw.txt").write_text("x")
    assert load("other", tmp_path / "raw.txt").loans == 1
    assert load_case("ant").panels == ("other",)


def test_a_broken_plug_in_is_named(monkeypatch):
    def fail():
        raise ImportError("no module")

    monkeypatch.setattr(registry, "_found", lambda: {"other": Point(fail), "odd": Point(3)})
    with pytest.raises(AbscaseError, match=r"source 'other' \(other:SOURCE\) fails to load"):
        source_named("other")
    with pytest.raises(AbscaseError, match="is not a Source"):
        source_named("odd")


@pytest.fixture
def real(samples):
    path = samples / "us" / "dcr.csv.gz"
    if not path.is_file():
        pytest.skip(f"no such real file: {path}")
    return path


@pytest.mark.real
def test_the_real_file(real):
    """Counts of the file's known faults, and what its loans did."""
    found = load("dcr", real, "us_subprime")
    assert (found.rows_read, found.rows, found.loans) == (62_178, 62_140, 5_000)
    assert found.rejected == {"exact copy of an earlier row": 38}
    assert (found.gaps, found.gap_periods, found.gap_loans) == (117, 152, 112)
    assert found.altered["origination rate of 0: emptied"] == 1_065
    assert found.altered["LTV above 200 %: emptied"] == 30
    assert found.states == {"current": 57_990, "default": 1_525, "prepaid": 2_625}
    assert any(note.startswith("350 rows have no state") for note in found.notes)
    assert (found.aged_loans, found.entry_months) == (4_183, 6)
    assert (found.first_date, found.last_date) == ("2000-06-30", "2015-03-31")
    assert 0.99 < found.quality < 1
    check_vintages()
    check_clock()
    check_previous_states(real)


def check_vintages():
    """Share of loans that ever default by year of origination, to 0.1 points."""
    published = {2003: 0.0959, 2004: 0.1352, 2005: 0.2861, 2006: 0.4879, 2007: 0.4694}
    ever = table("performance").group_by("loan_id").agg(lost=(pl.col("state") == 4).any())
    loans = table("loan").join(ever, on="loan_id").with_columns(year=pl.col("orig_date").dt.year())
    rates = dict(loans.group_by("year").agg(pl.col("lost").mean()).iter_rows())
    assert {year: rates[year] for year in published} == pytest.approx(published, abs=0.001)


def check_clock():
    """The Case-Shiller 10-City index stood at 107.83 in June 2000 and peaked in June 2006."""
    index = dict(table("performance").select("date", "house_index").unique().iter_rows())
    assert index[pd.Timestamp("2000-06-30").date()] == 107.83
    assert str(max(index, key=index.get)) == "2006-06-30"


def check_previous_states(path: Path):
    """Second road in pandas: defaults of the next quarter after a quarter that was observed."""
    with gzip.open(path, "rt") as handle:
        raw = pd.read_csv(handle, usecols=["id", "time", "status_time"]).drop_duplicates()
    later = raw.assign(time=raw["time"] - 1)
    pairs = raw.merge(later, on=["id", "time"], suffixes=("_old", "_new"))
    expected = ((pairs["status_time_old"] == 0) & (pairs["status_time_new"] == 1)).sum()
    moves = table("performance").filter((pl.col("previous_state") == 0) & (pl.col("state") == 4))
    assert moves.height == expected > 1_000


def test_the_test_file_has_the_columns_of_the_layout():
    assert set(ROW) == set(NEEDED)
