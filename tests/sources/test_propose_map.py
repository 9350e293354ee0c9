import pandas as pd
import pytest
import yaml

from abscase.errors import DataFaults
from abscase.sources.column_map import map_path, read_map
from abscase.sources.propose_map import propose_map, write_map
from abscase.sources.registry import load

CHINESE = pd.DataFrame({
    "合同号": ["甲", "甲"], "放款日": ["20200105"] * 2, "金额": ["15000"] * 2,
    "年利率": ["14.6%", "18%"], "月份": ["2020-01", "2020-02"], "余额": ["15000", "14000"],
    "状态": ["正常", "M1"], "备注": ["", ""],
})  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(rows):
        path = tmp_path / "mine.csv"
        rows.to_csv(path, index=False)
        return path

    return write


def test_a_proposal_that_needs_no_correction_loads(file):
    path = file(CHINESE)
    text = propose_map(path)
    assert text.splitlines()[1] == "# Not used: 备注"
    content = yaml.safe_load(text)
    assert content["loan"] == {
        "loan_id": "合同号", "orig_date": {"column": "放款日", "format": "%Y%m%d"},
        "original_amt": "金额", "orig_rate": {"column": "年利率", "unit": "percent"},
        "currency": {"value": "CNY"},
    }  # fmt: skip
    assert content["performance"] == {
        "date": {"column": "月份", "format": "%Y-%m"}, "balance_amt": "余额",
        "state": {"column": "状态", "codes": {"正常": "current", "M1": "30"}},
    }  # fmt: skip
    map_path(path).write_text(text, encoding="utf-8")
    assert load("generic", path, "cn_peers").states == {"current": 1, "30": 1}


def test_what_is_not_known_is_left_open_and_loading_refuses_it(file):
    path = file(CHINESE.assign(状态=["正常", "怪"], 月份=["一月", "二月"]))
    content = yaml.safe_load(propose_map(path))
    assert content["performance"]["state"]["codes"]["怪"] == "?"
    assert content["performance"]["date"]["format"] == "?"
    map_path(path).write_text(propose_map(path), encoding="utf-8")
    with pytest.raises(Exception, match="the code '怪' means what the column does not allow"):
        read_map(map_path(path), list(CHINESE.columns))


def test_names_in_english_of_any_form_and_values_that_tell(file):
    path = file(pd.DataFrame({
        "Loan Number": [1, 2], "intRate": [0.05, 0.06], "LTV": [80, 95], "State": ["CA", "NY"],
        "Issue_D": ["Dec-2015", "Jan-2016"], "Balance": [1, 2],
    }))  # fmt: skip
    text = propose_map(path)
    assert yaml.safe_load(text) == {"loan": {
        "loan_id": "Loan Number", "orig_rate": "intRate",
        "ltv": {"column": "LTV", "unit": "percent"}, "region": "State",
        "orig_date": {"column": "Issue_D", "format": "%b-%Y"}, "currency": {"value": "USD"},
    }}  # fmt: skip
    assert "# Not used: Balance" in text


def test_a_needed_column_that_is_not_found_is_named(file):
    text = propose_map(file(pd.DataFrame({"x": [1], "余额": [2]})))
    assert "# Not found, but needed: loan.loan_id" in text
    assert "# Not used: x, 余额" in text


def test_what_is_a_guess_is_said(file):
    text = propose_map(file(pd.DataFrame({
        "贷款合同编号": ["甲"], "客户放款日期": ["03/04/2020"], "贷款年利率": ["14.6"],
        "金额": ["1"],
    })))  # fmt: skip
    assert yaml.safe_load(text)["loan"]["loan_id"] == "贷款合同编号"
    for line in ("loan.loan_id: '贷款合同编号', for it holds '合同编号'",
                 "loan.orig_date: month before day, but it could be the other way round",
                 "loan.orig_rate: in percent, for its middle value is 14.6",
                 "loan.currency: CNY, for the names are Chinese"):  # fmt: skip
        assert f"# Unsure: {line}\n" in text
    assert "loan.original_amt" not in text


def test_a_file_in_gbk_gives_the_same_proposal(file):
    path = file(CHINESE)
    expected = propose_map(path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    assert propose_map(path) == expected


def test_a_map_is_written_beside_the_file_once(file):
    path = file(CHINESE)
    assert write_map(path) == map_path(path)
    assert map_path(path).read_text(encoding="utf-8") == propose_map(path)
    with pytest.raises(DataFaults, match=r"mine\.csv\.map\.yml: is there already"):
        write_map(path)


@pytest.mark.parametrize(("text", "says"), [
    ("<?xml version='1.0'?><a></a>", "is XML, not a table"),
    ("id,amount\n", "holds no row"),
])  # fmt: skip
def test_what_no_map_can_be_made_of_is_refused(tmp_path, text, says):
    path = tmp_path / "loans.csv"
    path.write_text(text)
    with pytest.raises(DataFaults, match=says):
        propose_map(path)
