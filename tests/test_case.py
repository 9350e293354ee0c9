from dataclasses import FrozenInstanceError

import pandas as pd
import polars as pl
import pytest

from abscase import catalog
from abscase.case import TITLES, datum, load_case
from abscase.errors import ChoiceError, DataFaults
from abscase.schema import CASES, TABLES
from abscase.sources.panels import home_dir, panel_dir

HEAD = "case,measure,segment,date,value,unit,currency,definition_id,grade,source_id,note\n"
ROWS = [
    "ant,balance,all,2019-12-31,900,amt,CNY,,A,s1,",
    "ant,balance,all,2020-06-30,1000,amt,CNY,,A,s1,as printed",
    "ant,balance,all,2020-06-30,1010,amt,CNY,,B,s2,",
    "ant,balance,huabei,2020-06-30,600,amt,CNY,,A,s1,",
    "ant,late,all,2020-06-30,0.01,decimal,,d30,A,s1,",
    "ant,late,all,2020-06-30,0.005,decimal,,d90,A,s1,",
    "us_cards,late,all,2020-06-30,0.02,decimal,,d30,A,s3,",
    "shared,fx,all,2020-06-30,7.07,index,,,A,s1,",
]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data" / "x"
    folder.mkdir(parents=True)
    (folder / "series.csv").write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    (folder / "source.csv").write_text(
        "source_id,title,reliability,grade\ns1,A,primary,A\ns2,B,copy,B\ns3,C,press,A\n"
    )
    (folder / "datapackage.json").write_text('{"resources": []}')
    catalog.refresh("x", folder.parent)
    return folder.parent


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write_panel(case, source, loans):
    folder = panel_dir(case, source)
    folder.mkdir(parents=True)
    for table in ("loan", "performance"):
        pl.DataFrame({"loan_id": loans}).write_parquet(folder / f"{table}.parquet")
    (folder / "provenance.json").write_text('{"sha256": "abc"}')


@pytest.mark.parametrize("name", TITLES)
def test_every_case_has_a_title_in_both_languages(name):
    case = load_case(name)
    assert case.name in CASES
    assert case.title["en"].isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in case.title["zh"])
    assert case.currency == ("CNY" if name in ("ant", "cn_peers") else "USD")


def test_an_unknown_case_is_named():
    with pytest.raises(ChoiceError, match="did you mean 'us_prime'"):
        load_case("us_prim")


def test_a_case_is_frozen():
    with pytest.raises(FrozenInstanceError):
        load_case("ant").name = "other"


def test_a_table_holds_the_case_and_no_other(root):
    case = load_case("ant", root)
    assert set(case.table("series")["case"]) == {"ant"}
    assert set(case.table("series", shared=True)["case"]) == {"ant", "shared"}
    assert case.table("series")["ref"].iloc[0] == "x/series.csv:2"
    assert set(case.table("source")["source_id"]) == {"s1", "s2"}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_a_case_does_not_have_is_empty(root, table):
    found = load_case("us_prime", root).table(table)
    assert found.empty
    assert set(TABLES[table].names) <= set(found.columns)


def test_a_value_carries_its_evidence(root):
    found = load_case("ant", root).value("balance", "huabei")
    assert (found.value, found.unit, found.currency, found.grade) == (600, "amt", "CNY", "A")
    assert (found.source_id, found.ref) == ("s1", "x/series.csv:5")
    assert found.date == pd.Timestamp("2020-06-30")
    assert load_case("ant", root).value("fx").value == 7.07


def test_sources_and_definitions_tell_rows_apart(root):
    case = load_case("ant", root)
    assert case.value("balance", date="2020-06-30", source_id="s2").value == 1010
    assert case.value("balance", date="2020-06-30", source_id="s1").note == "as printed"
    assert case.value("late", definition_id="d90").value == 0.005


def test_several_rows_are_refused_and_listed(root):
    with pytest.raises(DataFaults) as caught:
        load_case("ant", root).value("balance", date="2020-06-30")
    message = str(caught.value)
    assert "2 rows fit segment=all, date=2020-06-30" in message
    assert [fault.file for fault in caught.value.faults[1:]] == ["x/series.csv:3", "x/series.csv:4"]
    assert "source_id=s2" in message


def test_no_row_lists_the_candidates(root):
    with pytest.raises(DataFaults, match="no row fits segment=jiebei") as caught:
        load_case("ant", root).value("balance", "jiebei")
    assert len(caught.value.faults) == 1 + 4


def test_an_unknown_measure_is_named(root):
    with pytest.raises(ChoiceError, match="did you mean 'balance'"):
        load_case("ant", root).value("balanse")


def test_a_number_of_any_table_is_a_datum():
    row = pd.Series({"capital_amt": 5.0, "assets_amt": None, "currency": "CNY", "grade": "A",
                     "source_id": "s", "ref": "x/entity.csv:2", "note": None})  # fmt: skip
    found = datum(row, "capital_amt")
    assert (found.value, found.unit, found.date, found.note) == (5.0, "amt", None, "")
    with pytest.raises(DataFaults, match=r"x/entity\.csv:2: assets_amt: has no value"):
        datum(row, "assets_amt")


def test_grades_are_counted(root):
    found = load_case("ant", root).grades
    assert found.to_dict("index") == {"series": {"A": 5, "B": 1, "C": 0}}


def test_provenance_is_the_hash_of_the_files_read(root, home):
    found = load_case("ant", root).provenance
    digest = catalog.file_hash(root / "x" / "series.csv")
    assert found == {"files": {"x/series.csv": f"sha256:{digest}"}, "panels": {}}


def test_without_a_tape_there_is_no_panel(home):
    assert load_case("us_prime").panels == ()
    assert load_case("us_prime").panel("loan") is None


def test_a_loaded_tape_is_the_panel(home):
    write_panel("us_prime", "dcr", ["a"])
    case = load_case("us_prime")
    assert case.panel("performance").collect()["loan_id"].to_list() == ["a"]
    assert case.provenance["panels"] == {"dcr": {"sha256": "abc"}}
    assert load_case("us_subprime").panels == ()


def test_tapes_of_several_sources_are_not_mixed(home):
    write_panel("us_prime", "one", ["a"])
    write_panel("us_prime", "two", ["b"])
    case = load_case("us_prime")
    assert case.panels == ("one", "two")
    assert case.panel("loan", "two").collect()["loan_id"].to_list() == ["b"]
    with pytest.raises(ChoiceError, match="choose from: one, two"):
        case.panel("loan")
    with pytest.raises(ChoiceError, match="did you mean 'performance'"):
        case.panel("performances")


def test_a_half_written_tape_is_not_seen(home):
    write_panel("us_prime", ".dcr-x1", ["a"])
    assert load_case("us_prime").panels == ()


def test_the_home_is_the_users_data_folder_or_the_one_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path))
    assert home_dir() == tmp_path
    monkeypatch.delenv("ABSCASE_HOME")
    assert home_dir().name == "abscase"
