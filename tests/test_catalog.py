import json

import pandas as pd
import pytest

from abscase import catalog
from abscase.errors import ChoiceError, DataFaults
from abscase.schema import TABLES

SOURCE = "source_id,title,reliability,grade\ns1,A paper,primary,A\ns2,A post,copy,B\n"
DEAL = "case,deal_id,deal_name,currency,grade,source_id\nant,d1,Deal one,CNY,A,s1\n"
SERIES = "case,measure,segment,date,value,unit,grade,source_id\n"


@pytest.fixture
def root(tmp_path):
    write(tmp_path, "ant/source.csv", SOURCE)
    write(tmp_path, "ant/deal.csv", DEAL)
    write(tmp_path, "ant/series.one.csv", SERIES + "ant,m,all,2020-06-30,1,amt,B,s2\n")
    write(tmp_path, "ant/series.two.csv", SERIES + "ant,m,all,2019-06-30,2,amt,A,s1\n")
    return tmp_path


def write(root, name, text):
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if not (path.parent / "datapackage.json").exists():
        (path.parent / "datapackage.json").write_text('{"name": "x", "resources": []}')
    catalog.refresh(path.parent.name, root)


def faults(root):
    return [(fault.file, fault.column, fault.rule) for fault in catalog.faults(root)]


def test_a_sound_folder_has_no_faults(root):
    assert faults(root) == []
    assert catalog.folders(root) == ["ant"]


def test_files_of_one_table_are_one_frame(root):
    found = catalog.read_all("series", root)
    assert found["ref"].tolist() == ["ant/series.one.csv:2", "ant/series.two.csv:2"]
    assert found["value"].tolist() == [1.0, 2.0]
    assert list(found.columns) == [*TABLES["series"].names, "ref"]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_nobody_has_is_empty_and_typed(tmp_path, table):
    found = catalog.read_all(table, tmp_path)
    assert found.empty
    assert list(found.columns) == [*TABLES[table].names, "ref"]
    floats = [column.name for column in TABLES[table].columns if column.kind == "float"]
    assert (found[floats].dtypes == "float64").all()


def test_a_frame_given_away_can_be_changed(root):
    path = root / "ant" / "deal.csv"
    given = catalog.read(path, root)
    given["deal_id"] = "changed"
    given.loc[0, "deal_name"] = "changed"
    again = catalog.read(path, root).loc[0]
    assert (again["deal_id"], again["deal_name"]) == ("d1", "Deal one")


def test_an_edit_is_seen(root):
    path = root / "ant" / "deal.csv"
    assert len(catalog.read(path, root)) == 1
    write(root, "ant/deal.csv", DEAL + "ant,d2,Deal two,CNY,A,s1\n")
    assert len(catalog.read(path, root)) == 2


def test_a_fault_is_raised_on_reading_with_file_and_line(root):
    before = (root / "ant" / "datapackage.json").read_text()
    for act in (write, lambda root, *_: catalog.read_all("deal", root)):
        with pytest.raises(DataFaults, match=r"ant/deal\.csv:2: currency: 'RMB'"):
            act(root, "ant/deal.csv", DEAL.replace("CNY", "RMB"))
    assert (root / "ant" / "datapackage.json").read_text() == before


def test_refs_are_true_lines(root):
    write(root, "ant/deal.csv", DEAL.replace("Deal one", '"Deal\none"') + "ant,d2,D,CNY,A,s1\n")
    assert catalog.read_all("deal", root)["ref"].tolist() == ["ant/deal.csv:2", "ant/deal.csv:4"]


def test_an_edit_without_a_new_hash_is_a_fault(root):
    path = root / "ant" / "deal.csv"
    path.write_text(DEAL + "ant,d2,Deal two,CNY,A,s1\n")
    assert faults(root) == [
        ("ant/deal.csv", "", "has another hash than its package says"),
        ("ant/deal.csv", "", "has another size than its package says"),
    ]


def test_files_and_package_must_agree(root):
    (root / "ant" / "deal.csv").rename(root / "ant" / "deal.new.csv")
    found = [(file, rule) for file, _, rule in faults(root)]
    assert ("ant/deal.csv", "is listed or present, but not both") in found
    assert ("ant/deal.new.csv", "is listed or present, but not both") in found


def test_a_folder_without_a_package_is_a_fault(root):
    (root / "extra").mkdir()
    (root / "extra" / "deal.csv").write_text(DEAL)
    assert ("extra", "", "holds CSV files but no datapackage.json") in faults(root)


def test_a_file_of_no_table_is_a_fault(root):
    package = json.loads((root / "ant" / "datapackage.json").read_text())
    (root / "ant" / "deals.csv").write_text(DEAL)
    assert len(package["resources"]) == 4
    assert "is named after no table of the schema (deals)" in [rule for *_, rule in faults(root)]


def test_a_file_that_cannot_be_read_does_not_hide_other_faults(root):
    (root / "ant" / "deal.csv").write_text(DEAL.replace("CNY", "RMB"))
    (root / "ant" / "source.csv").write_bytes(SOURCE.replace("paper", "论文").encode("gbk"))
    rules = [rule for *_, rule in faults(root)]
    assert any("GBK" in rule for rule in rules)
    assert any("is not one of: CNY" in rule for rule in rules)


@pytest.mark.parametrize(
    ("name", "text", "column", "rule"),
    [
        ("ant/series.csv", SERIES + "ant,m,all,2018-06-30,2,amt,A,s9\n", "source_id",
         "is not in the table source"),
        ("ant/series.csv", SERIES + "ant,m,all,2018-06-30,2,amt,A,s2\n", "grade",
         "is better than its source allows (B)"),
        ("ant/series.csv", SERIES.replace("unit", "unit,definition_id")
         + "ant,m,all,2018-06-30,2,amt,none,A,s1\n", "definition_id",
         "is not in the table definition"),
        ("us/source.csv", SOURCE, "source_id", "repeats the key of a row of another file"),
        ("us/deal.csv", DEAL, "deal_id", "repeats the key of a row of another file"),
        ("ant/tranche.csv",
         "case,deal_id,tranche_id,seniority,currency,grade,source_id\nant,d9,A,1,CNY,A,s1\n",
         "deal_id", "is not in the table deal"),
    ],
)  # fmt: skip
def test_rows_must_stand_on_evidence(root, name, text, column, rule):
    write(root, name, text)
    assert (column, rule) in [(each, says) for _, each, says in faults(root)]


def test_a_row_may_be_worse_than_its_source(root):
    write(root, "ant/series.csv", SERIES + "ant,m,all,2018-06-30,2,amt,C,s1\n")
    assert faults(root) == []


def test_refresh_keeps_titles_and_writes_what_frictionless_asks(root):
    path = root / "ant" / "datapackage.json"
    package = json.loads(path.read_text())
    package["resources"][0]["title"] = "Deals"
    path.write_text(json.dumps(package))
    catalog.refresh("ant", root)
    item = json.loads(path.read_text())["resources"][0]
    assert (item["path"], item["title"], item["name"]) == ("deal.csv", "Deals", "deal")
    assert item["bytes"] == (root / "ant" / "deal.csv").stat().st_size
    assert item["schema"]["primaryKey"] == ["deal_id"]
    assert sorted(each.name for each in (root / "ant").glob("*.tmp")) == []


def test_names_that_are_not_there(root):
    with pytest.raises(ChoiceError, match="did you mean 'ant'"):
        catalog.csv_files("antt", root=root)
    with pytest.raises(ChoiceError, match="did you mean 'series'"):
        catalog.read_all("serie", root)


def test_the_data_folder_can_be_named(root, monkeypatch):
    monkeypatch.setenv("ABSCASE_DATA", str(root))
    assert catalog.data_dir() == root
    assert isinstance(catalog.read_all("deal"), pd.DataFrame)
    assert len(catalog.read_all("deal")) == 1
