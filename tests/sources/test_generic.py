import gzip
from datetime import date

import pandas as pd
import pytest

from abscase.case import load_case
from abscase.report.listing import loaded
from abscase.schema import validate
from abscase.sources.column_map import map_path
from abscase.sources.gbk import csv_rows, is_gbk
from abscase.sources.generic import SOURCE
from abscase.sources.registry import load, source_named

ROWS = pd.DataFrame({
    "合同号": ["甲", "甲", "甲", "乙", "乙"], "放款日": ["20200105"] * 3 + ["20200220"] * 2,
    "金额": ["1.5"] * 3 + ["2"] * 2, "利率": ["14.6%"] * 3 + ["18%"] * 2,
    "省份": ["浙江"] * 5, "月份": ["2020-01", "2020-02", "2020-03", "2020-02", "2020-03"],
    "余额": ["15,000", "14,000", "0", "20,000", "19,000"],
    "状态": ["正常", "M1", "核销", "正常", "结清"], "回收": ["", "", "4000", "", ""],
})  # fmt: skip
MAP = """
loan:
  loan_id: 合同号
  currency: {value: CNY}
  orig_date: {column: 放款日, format: "%Y%m%d"}
  original_amt: {column: 金额, unit: ten_thousand}
  orig_rate: {column: 利率, unit: percent}
  region: 省份
  secured: {value: "no"}
performance:
  date: {column: 月份, format: "%Y-%m"}
  balance_amt: 余额
  recovery_amt: 回收
  state: {column: 状态, codes: {正常: current, M1: 30, 核销: default, 结清: prepaid}}
"""


@pytest.fixture
def file(tmp_path):
    """Write a data file and its map."""

    def write(rows=ROWS, text=MAP, name="loans.csv"):
        path = tmp_path / name
        if name.endswith(".parquet"):
            rows.to_parquet(path)
        else:
            rows.to_csv(path, index=False)
        map_path(path).write_text(text, encoding="utf-8")
        return path

    return write


def table(name):
    return load_case("cn_peers").panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("generic") is SOURCE


def test_a_file_becomes_a_tape(file):
    found = load("generic", file(), "cn_peers")
    assert (found.rows_read, found.rows, found.loans) == (5, 5, 2)
    loan = table("loan").row(1, named=True)
    assert (loan["loan_id"], loan["original_amt"], loan["orig_rate"]) == (
        "甲", 15000, pytest.approx(0.146))  # fmt: skip
    assert (loan["region"], loan["secured"], loan["currency"], loan["grade"]) == (
        "浙江", False, "CNY", "A")  # fmt: skip
    assert (loan["orig_date"], loan["first_date"]) == (date(2020, 1, 5), date(2020, 1, 31))
    frame = table("performance")
    assert frame["state"].to_list() == [0, 5, 0, 1, 4]
    assert frame["balance_amt"].to_list() == [20000, 19000, 15000, 14000, 14000]
    assert frame["age_months"].to_list() == [0, 1, 0, 1, 2]
    assert frame["loss_amt"].to_list() == [None] * 4 + [10000]
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 5


def test_parquet_with_types_gives_the_same(file):
    load("generic", file(), "cn_peers")
    expected = table("loan"), table("performance")
    typed = ROWS.assign(
        放款日=pd.to_datetime(ROWS["放款日"]), 月份=pd.to_datetime(ROWS["月份"]),
        金额=ROWS["金额"].astype(float), 余额=[15000, 14000, 0, 20000, 19000],
        回收=pd.to_numeric(ROWS["回收"]), 利率=[14.6] * 3 + [18] * 2,
    )  # fmt: skip
    load("generic", file(typed, name="loans.parquet"), "cn_peers")
    assert table("loan").equals(expected[0]) and table("performance").equals(expected[1])


def test_state_by_days_past_due_and_age_from_the_first_row(file):
    rows = ROWS.assign(天=["0", "29", "30", "61", "x"])
    text = """
    loan: {loan_id: 合同号, currency: {value: CNY}}
    performance:
      date: {column: 月份, format: "%Y-%m"}
      balance_amt: 余额
      days_past_due: 天
    grade: B
    """
    found = load("generic", file(rows, text), "cn_peers")
    frame = table("performance")
    assert frame["state"].to_list() == [2, 0, 0, 1]
    assert frame["days_past_due"].to_list() == [61, None, 29, 30]
    assert frame["age_months"].to_list() == [0, 0, 1, 2]
    assert found.rejected == {"days past due unknown": 1}
    assert found.altered["performance.days_past_due not readable by the map: emptied"] == 1
    assert set(frame["grade"]) == {"B"}


def test_a_map_without_performance_gives_loans_only(file):
    text = MAP.partition("performance:")[0]
    rows = ROWS.assign(
        放款日=["20200105", "bad", "20200105", "2020", ""], 合同号=["甲", "甲", "丙", "乙", ""]
    )
    found = load("generic", file(rows, text), "cn_peers")
    assert (found.rows, found.loans, found.kept) == (0, 3, 0.6)
    assert found.rejected == {"no loan number": 1, "loan again: its first row stays": 1}
    assert found.altered == {"loan.orig_date not readable by the map: emptied": 2}


def test_every_fault_of_a_map_is_named(file, refused):
    text = """
    loans: {}
    loan:
      loan_id: 合同
      region: {column: 省份, value: x}
      original_amt: {column: 金额, unit: 万}
      scor: 金额
      product: {column: 省份, unit: percent, format: "%Y"}
    performance:
      date: {column: 月份, format: "?"}
      state: {column: 状态, codes: {正常: "?", M1: 30}}
    period_months: 2
    """
    message = refused("generic", file(text=text), "cn_peers")
    for part in (
        "loans: is no part of a map (did you mean 'loan'?)",
        "loan.loan_id: '合同' is no column of the file (did you mean '合同号'?)",
        "loan.region: needs either a column or a value",
        "loan.original_amt: '万' is not a unit (units are percent,",
        "loan.scor: is not a column that can be mapped (did you mean 'score'?)",
        "loan.product: 'percent' has no unit: no number",
        "loan.product: '%Y' has no format: it is no date",
        "performance.date: '?' is not a format of dates",
        "performance.state: '?' the code '正常' means what the column does not allow",
        "loan.currency: is missing from the map",
        "performance.balance_amt: is missing from the map",
        "period_months: '2' is not one of: 1, 3",
    ):
        assert part in message, part
    assert all(line.startswith("loans.csv.map.yml: ") for line in message.splitlines())


def test_files_of_another_form_are_refused(file, refused, truncated):
    path = file()
    text = path.read_text()
    path.write_bytes(text.encode() + text.splitlines()[1].encode("gbk"))
    assert "mixes encodings: UTF-8 (line 1), GBK (line 7)" in refused("generic", path, "cn_peers")
    path.write_text(text.replace(",", ";"))
    assert "loans.csv:1: is separated by semicolons" in refused("generic", path, "cn_peers")
    assert "is damaged" in refused("generic", truncated(path, text * 5000), "cn_peers")
    path.write_text("")
    assert "is empty" in refused("generic", path, "cn_peers")
    parquet = file(name="loans.parquet")
    parquet.write_bytes(parquet.read_bytes()[:200])
    assert "cannot be read" in refused("generic", parquet, "cn_peers")
    map_path(path).write_text("loan: [")
    path.write_text(text)
    assert "is not sound YAML" in refused("generic", path, "cn_peers")
    map_path(path).unlink()
    assert "loans.csv: has no map: write loans.csv.map.yml" in refused("generic", path, "cn_peers")


@pytest.mark.parametrize("form", [str.encode, lambda text: text.encode("gbk"),
                                  lambda text: gzip.compress(text.encode("gbk")),
                                  lambda text: text.encode("utf-8-sig"),
                                  lambda text: text.replace("\n", "\r\n").encode()])  # fmt: skip
def test_encodings_and_line_ends_make_no_difference(file, form):
    path = file()
    load("generic", path, "cn_peers")
    expected = table("loan"), table("performance")
    path.write_bytes(form(path.read_text(encoding="utf-8")))
    load("generic", path, "cn_peers")
    assert table("loan").equals(expected[0]) and table("performance").equals(expected[1])


def test_two_bytes_that_could_be_utf_8_do_not_hide_gbk(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("姓,名\n陆,1\n张,2\n".encode("gbk"))
    assert "陆".encode("gbk").decode("utf-8") != "陆"
    assert is_gbk(path)
    assert csv_rows(path).collect()["姓"].to_list() == ["陆", "张"]


def test_a_folder_of_months_is_one_history(file, tmp_path):
    whole = file()
    load("generic", whole, "cn_peers")
    expected = table("performance")
    folder = tmp_path / "months"
    folder.mkdir()
    for month, rows in ROWS.groupby("月份"):
        rows.to_csv(folder / f"{month}.csv", index=False)
    map_path(folder).write_text(MAP, encoding="utf-8")
    load("generic", folder, "cn_peers")
    assert table("performance").equals(expected)
    assert expected["previous_state"].to_list() == [None, 0, None, 0, 1]


def test_a_folder_whose_files_differ_is_refused(tmp_path, refused):
    folder = tmp_path / "months"
    folder.mkdir()
    ROWS.to_csv(folder / "1.csv", index=False)
    ROWS.drop(columns="省份").to_csv(folder / "2.csv", index=False)
    assert "2.csv:1: 省份: has other columns than 1.csv" in refused("generic", folder, "cn_peers")


def test_state_and_days_that_disagree_give_the_worse_bucket(file):
    rows = ROWS.assign(天=["240", "10", "300", "95", "0"])
    text = MAP.replace("  balance_amt: 余额", "  balance_amt: 余额\n  days_past_due: 天")
    found = load("generic", file(rows, text), "cn_peers")
    frame = table("performance")
    assert frame["state"].to_list() == [3, 5, 3, 1, 4]
    assert frame["days_past_due"].to_list() == [95, None, 240, 10, None]
    assert found.altered["state and days past due disagree: the worse bucket taken"] == 3


def test_without_states_a_loan_whose_rows_end_with_nothing_owed_was_repaid(file):
    days = pd.date_range("2020-01-31", periods=4, freq="ME").strftime("%Y-%m-%d")
    rows = pd.DataFrame({
        "id": ["a"] * 4 + ["b"] * 3 + ["c"] * 2 + ["d"] * 3,
        "date": [*days, *days[:3], *days[:2], *days[:3]],
        "bal": [9, 0, 5, 0, 9, 0, 0, 9, 0, 9, -1, 5], "dpd": [0] * 8 + [95] + [0] * 3,
        "term": [3] * 4 + [36] * 8,
    })  # fmt: skip
    text = """
    loan: {loan_id: id, currency: {value: CNY}, term_months: term}
    performance: {date: date, balance_amt: bal, days_past_due: dpd}
    """
    found = load("generic", file(rows, text), "cn_peers")
    frame = table("performance")
    states = {key[0]: part["state"].to_list() for key, part in frame.group_by("loan_id")}
    assert states == {"a": [0, 0, 0, 6], "b": [0, 5], "c": [0, 3], "d": [0, 0, 0]}
    assert found.altered["negative balance: the last known or the original one taken"] == 1
    assert found.rejected == {"month after the loan's end": 1}
    assert any("was repaid" in note for note in found.notes)


def test_what_was_never_mapped_is_not_missing_and_no_history_is_said(file):
    rows = pd.DataFrame({
        "id": ["a", "b"], "date": ["2020-01-31", "x"], "bal": [9, 9], "dpd": [0, 0],
    })  # fmt: skip
    head = "loan: {loan_id: id, currency: {value: CNY}}\n"
    body = "performance: {date: date, balance_amt: bal, days_past_due: dpd}\n"
    found = load("generic", file(rows, head + body), "cn_peers")
    assert {"loan.original_amt", "performance.rate"} <= set(found.not_collected)
    assert found.missing == {"loan.first_date": 1}
    assert found.filled == pytest.approx(1 - 1 / sum_of_cells(found))
    assert "1 of 2 loans have no history" in found.notes
    listed = loaded(load("generic", file(rows, head), "cn_peers"), "read")
    assert "0 rows of 2, no history" in listed


def sum_of_cells(found):
    """Cells of the columns that count: case, id, currency, first date; six of the one row."""
    return 4 * found.loans + 6 * found.rows


def test_a_number_is_read_in_one_style_and_what_fits_none_is_emptied(file):
    cells = ["1,234.5", "1000,50", "1.234,5", "inf", "nan", "1e40"]
    rows = pd.DataFrame({"id": list("abcdef"), "amt": cells})
    text = "loan:\n  loan_id: id\n  currency: {value: CNY}\n  original_amt: amt\n"
    load("generic", file(rows, text), "cn_peers")
    amounts = table("loan").sort("loan_id")["original_amt"].to_list()
    assert amounts == [1234.5, None, None, None, None, None]
    report = load("generic", file(rows, 'decimal: ","\n' + text, "comma.csv"), "cn_peers")
    amounts = table("loan").sort("loan_id")["original_amt"].to_list()
    assert amounts == [None, 1000.5, 1234.5, None, None, None]
    assert report.altered == {"loan.original_amt not readable by the map: emptied": 4}


def test_one_slip_leaves_out_its_row_alone(file):
    rows = ROWS.assign(余额=["15,000", "14,000", "inf", "20,000", "NaN"])
    rows["月份"] = ["2020-01", "2020-02", "2020-03", "9999-02", "2020-03"]
    report = load("generic", file(rows), "cn_peers")
    assert sum(report.rejected.values()) == 1 and report.rejected["no loan number or month"] == 1
    assert report.altered["performance.date not readable by the map: emptied"] == 1
    assert set(table("loan")["loan_id"]) == {"甲", "乙"}


def test_days_past_due_beyond_reason_are_emptied(file):
    text = MAP[: MAP.index("  state:")] + "  days_past_due: 天数\n"
    rows = ROWS.assign(天数=["0", "31", "100000000000", "0", "0"])
    report = load("generic", file(rows, text), "cn_peers")
    assert report.altered["performance.days_past_due not readable by the map: emptied"] == 1


def test_loans_whose_facts_change_are_counted(file):
    rows = ROWS.assign(金额=["1.5", "1.5", "1.6", "2", "2"])
    report = load("generic", file(rows), "cn_peers")
    reason = "loans with facts that change from row to row: those of the first row"
    assert report.altered[reason] == 1
    assert table("loan").sort("loan_id")["original_amt"].to_list()[-1] == 15000


def test_amounts_of_two_currencies_are_refused(file, refused):
    rows = ROWS.assign(币种=["CNY"] * 3 + ["USD"] * 2)
    path = file(rows, MAP.replace("currency: {value: CNY}", "currency: 币种"))
    assert "several currencies" in refused("generic", path, "cn_peers")
