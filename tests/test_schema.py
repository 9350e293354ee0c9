import numpy as np
import pandas as pd
import polars as pl
import pytest

from abscase.catalog import data_dir
from abscase.errors import ChoiceError, DataFaults
from abscase.schema import STATES, TABLES, check, read_table, read_text, table_named, validate
from abscase.schema.docs import BEGIN, END, markdown, with_docs
from abscase.schema.frictionless import table_schema
from abscase.schema.parts import KEPT, check_parts, csv_parts, parquet_parts

HEAD = "case,loan_id,date,age_months,balance_amt,state,rate,grade,source_id\n"
GOOD = "ant,{},2020-01-31,3,100.5,current,0.1,A,s\n"


@pytest.fixture
def write(tmp_path):
    def to(text, name="performance.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to


def faults_of(path, table="performance", **how):
    with pytest.raises(DataFaults) as caught:
        read_table(path, table, **how)
    return [(fault.line, fault.column, fault.rule) for fault in caught.value.faults]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_table_is_complete(table):
    assert table.meaning.endswith(".")
    assert set(table.key) <= set(table.names)
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table.columns)
    assert {"grade", "source_id"} <= set(table.names)
    for column in table.columns:
        assert not column.name.endswith("_amt") or column.kind == "float"
        assert column.required or column.nullable


def test_types_of_a_good_file(write):
    found = read_table(write(HEAD + GOOD.format(1)), "performance", strict=True)
    kinds = {name: str(kind) for name, kind in found.dtypes.items()}
    assert kinds["date"] == "datetime64[us]"
    assert (kinds["age_months"], kinds["balance_amt"], kinds["loan_id"]) == (
        "Int64", "float64", "str"
    )  # fmt: skip
    assert found["state"].tolist() == [0]


@pytest.mark.parametrize("word", STATES)
def test_states_are_read_as_words_and_as_codes(word):
    frame = pd.DataFrame([GOOD.strip().format(1).split(",")], columns=HEAD.strip().split(","))
    assert validate(frame.assign(state=word), "performance")["state"].tolist() == [STATES[word]]
    typed = validate(frame.assign(state=str(STATES[word])), "performance")
    assert typed["state"].tolist() == [STATES[word]]
    assert validate(typed, "performance").equals(typed)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("age_months", "3.5", "is not a whole number"),
        ("age_months", "three", "is not a whole number"),
        ("age_months", "-1", "is not within 0 to 600"),
        ("age_months", "", "must not be empty"),
        ("balance_amt", "1,000", "is not a number"),
        ("balance_amt", "inf", "is not a number"),
        ("balance_amt", "nan", "is not a number"),
        ("balance_amt", "-0.01", "is not at least 0"),
        ("rate", "5", "is not within -0.05 to 1.5"),
        ("rate", "5%", "is not a number"),
        ("date", "2020-01", "is not a date"),
        ("date", "2020", "is not a date"),
        ("date", "31/01/2020", "is not a date"),
        ("date", "2020-02-30", "is not a date"),
        ("date", "20200131", "is not a date"),
        ("state", "late", "is not a whole number"),
        ("state", "7", "is not one of: 0, 1, 2, 3, 4, 5, 6"),
        ("grade", "D", "is not one of: A, B, C"),
        ("loan_id", " ", "must not be empty"),
    ],
)
def test_a_bad_cell_is_one_fault(write, column, value, rule):
    cells = dict(zip(HEAD.strip().split(","), GOOD.format(2).strip().split(","), strict=True))
    row = ",".join(f'"{cell}"' for cell in (cells | {column: value}).values())
    assert faults_of(write(HEAD + GOOD.format(1) + row)) == [(3, column, rule)]


def test_faults_say_how_to_mend_them(write):
    text = HEAD.replace("rate", "raet").replace("state", "sate") + GOOD.format(1)
    with pytest.raises(DataFaults) as caught:
        read_table(write(text.replace("ant,", "antt,")), "performance", strict=True)
    message = str(caught.value)
    assert "required column is missing (did you mean 'sate'?)" in message
    assert "is not a column of performance (did you mean 'rate'?)" in message
    assert "'antt' is not one of: ant" in message
    assert "did you mean 'ant'" in message


def test_a_repeated_key_is_a_fault(write):
    path = write(HEAD + GOOD.format(1) + GOOD.format(2) + GOOD.format(1))
    key = "case, loan_id, date"
    assert faults_of(path) == [(4, key, "repeats the key of an earlier row")]


def test_lines_are_true_where_a_cell_holds_line_breaks(write):
    broken = GOOD.format('"a\nb\nc"')
    path = write(HEAD + broken + "\n" + GOOD.format(2).replace("100.5", "x"))
    assert list(read_text(path).index) == [2, 6]
    assert faults_of(path) == [(6, "balance_amt", "is not a number")]


def test_a_byte_order_mark_and_windows_lines_are_no_fault(write):
    text = b"\xef\xbb\xbf" + (HEAD + GOOD.format(1)).replace("\n", "\r\n").encode()
    assert len(read_table(write(text), "performance")) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", None, "is empty"),
        ("\n\n", None, "is empty"),
        (HEAD, None, "has a header but no rows"),
        (HEAD.replace(",", ";") + "ant;1\n", 1, "is separated by semicolons"),
        (HEAD.replace(",", "\t") + "ant\t1\n", 1, "is separated by tabs"),
        ((HEAD + GOOD.format("张三")).encode("gb18030"), 2, "it seems to be GBK"),
        ((HEAD + GOOD.format("Zoë")).encode("latin-1"), 2, "is not UTF-8 text (byte 0xeb)"),
        ((HEAD + GOOD.format(1)).encode("utf-16"), None, "is UTF-16 text"),
        (b"\x00\x01\x02" * 50, None, "is not text (it holds NUL bytes)"),
        (b"PK\x03\x04 and so on", None, "an Excel workbook"),
        (b"\x1f\x8b and so on", None, "is compressed by gzip"),
        (b"PAR1 and so on", None, "is a Parquet file"),
        (
            HEAD + GOOD.format(1).replace(",A,", ",A,more,"),
            2,
            "has 10 fields where the header has 9",
        ),
        (HEAD + "ant,1\n", 2, "has 2 fields where the header has 9"),
        (HEAD + GOOD.format('"1') + GOOD.format(2), 2, "cannot be read on"),
        ("case,loan_id,\n" + "ant,1,\n", 1, "column 3 has no name"),
        ("case,loan_id,case\nant,1,us\n", 1, "is the name of 2 columns"),
    ],
)
def test_faults_of_form(write, text, line, says):
    with pytest.raises(DataFaults) as caught:
        read_text(write(text))
    (fault,) = caught.value.faults
    assert says in str(fault)
    assert fault.line == line


def test_all_faults_of_form_are_listed(write):
    with pytest.raises(DataFaults) as caught:
        read_text(write("case,case,\nant\nant,1,2\nant,1\n"))
    assert [fault.line for fault in caught.value.faults] == [1, 1, 2, 4]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataFaults, match=r"none\.csv: no such file"):
        read_text(tmp_path / "none.csv")


def test_parts_find_what_the_whole_finds(write):
    rows = [GOOD.format(number % 90).replace("100.5", str(50 - number)) for number in range(100)]
    path = write(HEAD + "".join(rows))
    whole = check(read_text(path), "performance")[1]
    parts = check_parts(csv_parts(path, rows=7), "performance")
    places = [(fault.line, fault.column, fault.rule) for fault in parts.faults]
    assert places == [(fault.line, fault.column, fault.rule) for fault in whole]
    assert len(places) == 49 + 10
    assert (parts.rows, parts.filled["balance_amt"]) == (100, 100)


def test_beyond_a_thousand_faults_of_one_kind_are_counted(write):
    bad = "".join(GOOD.format(number).replace("100.5", "x") for number in range(KEPT + 5))
    found = check_parts(csv_parts(write(HEAD + bad)), "performance")
    assert len(found.faults) == KEPT
    assert found.unlisted == {("balance_amt", "is not a number"): 5}


def test_parquet_is_checked_in_parts(tmp_path):
    path = tmp_path / "performance.parquet"
    rows = 50
    frame = pl.DataFrame({
        "case": pl.Series(["ant"] * rows, dtype=pl.Categorical),
        "loan_id": [str(number) for number in range(rows - 1)] + ["0"],
        "date": [pd.Timestamp("2020-01-31").date()] * rows, "age_months": list(range(rows)),
        "balance_amt": [1.0] * 10 + [-1.0] + [1.0] * 39, "state": [0] * 20 + [9] + [0] * 29,
        "grade": ["A"] * rows, "source_id": ["s"] * rows,
    }, schema_overrides={"state": pl.Int8})  # fmt: skip
    frame.write_parquet(path, row_group_size=20)
    found = check_parts(parquet_parts(path, rows=8), "performance")
    assert [(fault.line, fault.column) for fault in found.faults] == [
        (11, "balance_amt"), (21, "state"), (50, "case, loan_id, date")
    ]  # fmt: skip
    frame.clear().write_parquet(path)
    assert "has no rows" in str(check_parts(parquet_parts(path), "performance").faults[0])


def test_numbers_are_no_dates():
    frame = pd.DataFrame({"date": [20200131], "case": ["ant"]})
    faults = check(frame, "performance")[1]
    assert (2, "date", "is not a date") in [(each.line, each.column, each.rule) for each in faults]


def test_the_frame_given_is_not_changed():
    frame = pd.DataFrame([GOOD.strip().format(1).split(",")], columns=HEAD.strip().split(","))
    before = frame.copy()
    validate(frame, "performance")
    assert frame.equals(before)
    assert np.all(frame.dtypes == before.dtypes)


def test_an_unknown_table_is_named():
    with pytest.raises(ChoiceError, match="did you mean 'loan'"):
        table_named("loans")


def test_the_generated_tables_are_current():
    readme = (data_dir() / "README.md").read_text(encoding="utf-8")
    assert with_docs(readme) == readme, "run `make data`"
    assert markdown().count("\n### ") == len(TABLES) - 1


def test_the_tables_stand_between_their_marks():
    assert with_docs(f"a\n{BEGIN}\nold\n{END}\nb").startswith(f"a\n{BEGIN}\n\n### `deal`")
    with pytest.raises(ValueError, match="needs the lines"):
        with_docs("no marks")


def test_a_frictionless_schema_says_what_the_table_says():
    found = table_schema(TABLES["tranche"], ["deal_id", "share", "other"])
    assert [field["name"] for field in found["fields"]] == ["deal_id", "share"]
    assert found["fields"][1]["constraints"] == {"minimum": 0, "maximum": 1}
    assert found["primaryKey"] == ["deal_id"]
