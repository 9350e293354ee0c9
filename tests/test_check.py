import polars as pl
import pytest

from abscase.catalog import csv_files, data_dir, folders, table_of
from abscase.check import ANALYSES, Analysis, check_file
from abscase.check.file import guess_table
from abscase.errors import ChoiceError
from abscase.place import share_dir
from abscase.schema import TABLES

HEAD = "case,loan_id,date,age_months,balance_amt,state,rate,grade,source_id\n"
GOOD = "ant,1,2020-01-31,3,100,current,0.1,A,s\n"
TEN = (
    HEAD.replace("rate,", "")
    + """ant,1,2020-13-01,3,100,0,A,s
ant,2,2020-01-31,3,-5,current,A,s
ant,2,2020-01-31,3,1e3,current,A,s
antt,3,2020-01-31,3,1000,0,A,s
ant,"4
x",2020-01-31,3.5,1000,0,A,s
ant,5,2020-01-31,3,1000,9,A,s
ant,6,2020-01-31,3,"1,000",0,A,s
ant,7,2020-01-31,3,1000,0,D,s
ant,8,2020-01-31,3,1000,0,A,
ant,9,2020-01-31,3,1000,0,A
"""
)


@pytest.fixture
def check_text(tmp_path):
    def run(text, name="mine.csv", table=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return check_file(path, table)

    return run


def test_ten_different_faults_are_ten_lines(check_text):
    found = check_text(TEN)
    assert [(fault.line, fault.column) for fault in found.faults] == [
        (2, "date"), (3, "balance_amt"), (4, "case, loan_id, date"), (5, "case"),
        (6, "age_months"), (8, "state"), (9, "balance_amt"), (10, "grade"), (11, "source_id"),
        (12, ""),
    ]  # fmt: skip
    assert len({fault.rule for fault in found.faults}) == 10
    lines = found.report().splitlines()
    assert lines[1] == "10 faults"
    assert all(line.startswith("  mine.csv:") for line in lines[2:12])
    assert not found.ok


def test_a_good_file_says_what_it_can_feed(check_text):
    found = check_text(HEAD + GOOD)
    assert found.ok
    assert (found.table, found.guessed, found.rows) == ("performance", True, 1)
    ready = {each.analysis.name_en: each for each in found.readiness}
    assert ready["delinquency by month"].ready
    assert ready["roll rates"].absent == ("previous_state",)
    assert ready["vintage curves"].also == {"loan": ("loan_id", "orig_date")}
    assert "no fault" in found.report()


def test_an_absent_column_is_not_an_empty_one(check_text):
    text = HEAD.replace("rate", "loss_amt") + GOOD.replace("0.1", "")
    found = check_text(text)
    severity = next(each for each in found.readiness if each.analysis.name_en == "loss severity")
    assert (severity.empty, severity.absent, severity.ready) == (("loss_amt",), (), False)
    assert found.empty == ("loss_amt",)
    assert "rate" in found.absent
    assert "loss severity | 违约损失率: notebook" in found.report()
    assert "collected but empty: loss_amt" in found.report()


def test_a_misspelt_optional_column_is_pointed_out(check_text):
    found = check_text(HEAD.replace("rate,", "previuos_state,") + GOOD.replace("0.1", "0"))
    assert found.ok
    assert found.unknown == ("previuos_state",)
    assert "previuos_state (did you mean 'previous_state'?)" in found.report()


def test_parquet_and_csv_find_the_same(check_text, tmp_path):
    bad = HEAD + GOOD + GOOD.replace("ant,1", "ant,2").replace("100", "-1").replace(",A,", ",D,")
    text = check_text(bad)
    frame = pl.read_csv(tmp_path / "mine.csv", try_parse_dates=True)
    frame.write_parquet(tmp_path / "mine.parquet")
    found = check_file(tmp_path / "mine.parquet")
    assert found.table == text.table
    assert [(each.column, each.rule) for each in found.faults] == [
        (each.column, each.rule) for each in text.faults
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", b"\x00\x9f\x92" * 99, "NUL bytes"),
        ("a.csv", HEAD.replace(",", ";"), "separated by semicolons"),
        ("a.csv", HEAD.replace(",", "\t"), "separated by tabs"),
        ("a.csv", (HEAD + GOOD.replace("1", "张三", 1)).encode("gbk"), "seems to be GBK"),
        ("a.csv", "colour,size\nred,3\n", "one of your own after abscase map"),
        ("a.csv", "colour,size\nred,3\n", "has no column of any table of the schema: colour"),
        ("a.parquet", "no parquet", "is not a Parquet file"),
        ("a.parquet", b"PAR1", "is not a Parquet file"),
    ],
)
def test_what_cannot_be_checked_says_why(check_text, name, content, says):
    found = check_text(content, name)
    assert found.table == ""
    assert len(found.faults) == 1
    assert says in found.report()
    assert "cannot be checked" in found.report()


def test_a_missing_file_is_a_fault(tmp_path):
    for name in ("none.csv", "none.parquet"):
        assert "no such file" in check_file(tmp_path / name).report()


def test_a_column_named_twice_still_lets_the_rest_be_checked(check_text):
    found = check_text(HEAD.strip() + ",state\n" + GOOD.strip().replace("100", "x") + ",0\n")
    assert [fault.rule for fault in found.faults] == ["is the name of 2 columns", "is not a number"]


def test_the_table_may_be_named(check_text):
    found = check_text(HEAD + GOOD, table="loan")
    assert (found.table, found.guessed) == ("loan", False)
    assert {"currency", "original_amt"} <= {fault.column for fault in found.faults}
    with pytest.raises(ChoiceError, match="did you mean 'loan'"):
        check_text(HEAD, table="loans")


@pytest.mark.parametrize("table", TABLES)
def test_the_table_is_guessed_from_its_columns(table):
    assert guess_table(TABLES[table].required) == table
    assert guess_table(TABLES[table].names) == table


def test_every_file_of_the_data_is_guessed_right_and_sound():
    root = data_dir()
    for folder in folders(root):
        for path in csv_files(folder, root=root):
            found = check_file(path)
            assert found.table == table_of(path), path
            assert found.ok, found.report()


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda each: each.name_en)
def test_an_analysis_names_columns_that_are_there(analysis):
    for table, columns in analysis.needs.items():
        assert set(columns) <= set(TABLES[table].names)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in analysis.name_zh)


def test_whether_a_notebook_is_shipped_is_looked_up():
    there = {path.name[:2] for path in (share_dir() / "notebooks").glob("*.ipynb")}
    assert {each.notebook for each in ANALYSES if each.shipped} <= there
    for each in ANALYSES:
        assert each.shipped == (each.notebook in there)


def test_a_long_list_of_faults_is_cut_in_the_report_only(check_text):
    rows = "".join(GOOD.replace("ant,1", f"ant,{row}").replace("100", "x") for row in range(150))
    found = check_text(HEAD + rows)
    assert len(found.faults) == 150
    assert "... and 50 more" in found.report()


def test_nothing_of_the_file_reaches_the_terminal_unescaped(check_text):
    odd = "\x1b[2Jname"
    found = check_text(HEAD.strip() + f",{odd}\n" + GOOD.strip() + ",1\n", f"a{odd}.csv")
    alien = check_text(f"{odd},size\n1,2\n")
    cell = check_text(HEAD + GOOD.replace("100", odd))
    assert (found.unknown, found.ok, alien.ok) == ((odd,), True, False)
    for text in (found.report(), alien.report(), cell.report(), str(alien.faults[0])):
        assert "\x1b" not in text
        assert "\\x1b[2Jname" in text


def test_one_row_is_one_row(check_text):
    assert ": 1 row of the table performance" in check_text(HEAD + GOOD).report()
    two = check_text(HEAD + GOOD + GOOD.replace("ant,1", "ant,2"))
    assert ": 2 rows of the table performance" in two.report()


def test_what_this_version_has_not_stands_apart_and_faults_promise_nothing(check_text, monkeypatch):
    shipped = {"04"}
    monkeypatch.setattr(Analysis, "shipped", property(lambda self: self.notebook in shipped))
    lines = check_text(HEAD + GOOD).report().splitlines()
    can, cannot, later = (
        lines.index(title) for title in ("can feed", "cannot feed", "not in this version")
    )
    assert can < cannot < later
    assert "delinquency by month" in lines[can + 1]
    assert "roll rates" in lines[cannot + 1]
    assert all("notebook 05" not in line for line in lines[:later])
    assert any("notebook 05" in line for line in lines[later:])
    faulty = check_text(HEAD + GOOD.replace("100", "x")).report().splitlines()
    assert "can feed" not in faulty
    assert "has the columns for, but its faults stand in the way of" in faulty


def test_a_table_is_not_guessed_from_too_few_of_its_columns(check_text):
    text = "loan_id,balance_amt,colour\n1,2,red\n"
    found = check_text(text)
    assert (found.table, len(found.faults)) == ("", 1)
    assert "required columns of performance" in found.report()
    assert "--table" in found.report()
    assert check_text(text, table="performance").table == "performance"


def test_keys_that_other_programs_could_obey_are_a_warning(check_text):
    keys = ["=1+1", "+1", "-1", "@a", "<b>", "a>b", "a=b", "1-2"]
    found = check_text(HEAD + "".join(GOOD.replace("ant,1", f"ant,{key}") for key in keys))
    assert found.ok
    [warning] = found.warnings
    assert (warning.column, warning.value, warning.line) == ("loan_id", "=1+1", 2)
    assert "as 5 more of this column" in warning.rule
    assert "warning: mine.csv:2: loan_id: '=1+1' begins with" in found.report()
    assert not check_text(HEAD + GOOD).warnings
