import pandas as pd
import pytest

from abscase.case import load_case
from abscase.schema import validate
from abscase.sources.lendingclub import SOURCE
from abscase.sources.registry import load, source_named

ROW = {"id": "1", "funded_amnt": 10000, "term": " 36 months", "int_rate": " 13.56%", "grade": "C",
       "annual_inc": 60000, "issue_d": "Jan-2014", "loan_status": "Current", "addr_state": "NY",
       "dti": 18.5, "fico_range_low": 700, "fico_range_high": 704, "out_prncp": 4000,
       "total_rec_prncp": 6000, "recoveries": 0, "collection_recovery_fee": 0,
       "last_pymnt_d": "Jan-2016", "last_pymnt_amnt": 340, "desc": "two,\nlines"}  # fmt: skip
LOST = {"loan_status": "Charged Off", "out_prncp": 0, "total_rec_prncp": 2500, "recoveries": 900,
        "collection_recovery_fee": 100, "last_pymnt_d": "Mar-2015"}  # fmt: skip
PAID = {"loan_status": "Fully Paid", "out_prncp": 0, "last_pymnt_amnt": 5200}


@pytest.fixture
def file(tmp_path):
    def write(*changes, before="", after=""):
        path = tmp_path / "loans.csv"
        rows = [ROW | {"id": str(place)} | each for place, each in enumerate(changes)]
        path.write_text(before + pd.DataFrame(rows).to_csv(index=False) + after)
        return path

    return write


def table(name):
    return load_case("us_cards").panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("lendingclub") is SOURCE


def test_the_facts_of_a_loan(file):
    load("lendingclub", file({}))
    loan = table("loan").row(0, named=True)
    assert (str(loan["orig_date"]), loan["term_months"], loan["orig_rate"]) == (
        "2014-01-31", 36, pytest.approx(0.1356))  # fmt: skip
    assert (loan["segment"], loan["region"], loan["score"], loan["dti"]) == (
        "C", "NY", 702, pytest.approx(0.185))  # fmt: skip


def test_the_last_that_is_known_of_each_loan(file):
    load("lendingclub", file(
        {}, PAID, PAID | {"issue_d": "Jan-2013"}, LOST, LOST | {"last_pymnt_d": "Dec-2015"},
        {"loan_status": "Late (31-120 days)"}, {"loan_status": "Default"},
        {"loan_status": "Late (16-30 days)"},
        LOST | {"last_pymnt_d": "", "total_rec_prncp": 0, "recoveries": ""},
    ))  # fmt: skip
    frame = table("performance").sort("loan_id")
    assert frame["state"].to_list() == [0, 5, 6, 4, 4, 1, 3, 0, 4]
    assert [f"{day:%Y-%m}" for day in frame["date"]] == [
        "2016-01", "2016-01", "2016-01", "2015-08", "2016-01", "2016-01", "2016-01", "2016-01",
        "2014-06"]  # fmt: skip
    assert frame["age_months"].to_list() == [24, 24, 36, 19, 24, 24, 24, 24, 5]
    assert frame["balance_amt"].to_list() == [
        4000, 5200, 5200, 7500, 7500, 4000, 4000, 4000, 10000]  # fmt: skip
    lost = frame.filter(state=4)
    assert lost["recovery_amt"].to_list() == [800, 800, -100]
    assert lost["loss_amt"].to_list() == [6700, 6700, 10100]
    assert frame["days_past_due"].to_list() == [None] * 5 + [31, 121, 16, None]
    assert set(lost["how"]) == {"inferred"}
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 9


def test_the_line_before_the_header_and_the_footers(file):
    found = load("lendingclub", file(
        {"dti": 999}, {"id": ""}, {"loan_status": "Odd"}, {"issue_d": ""},
        {"loan_status": "Does not meet the credit policy. Status:Fully Paid"},
        before="Notes offered by Prospectus (https://example.org/prospectus)\n",
        after='"Total amount funded in policy code 1: 460296150"' + "," * 18 + "\n",
    ))  # fmt: skip
    assert found.rejected == {
        "line without an amount: a footer": 1,
        "no month of issue": 1,
        "status that the dictionary does not list": 1,
    }
    loans = table("loan")
    assert loans["loan_id"].to_list() == ["0", "4", "row 2"]
    assert loans["dti"].null_count() == 1
    assert loans["note"].to_list() == [None, "did not meet the lender's credit policy", None]
    assert table("performance")["state"].to_list() == [0, 5, 0]


def test_a_loan_listed_twice_is_refused(file, refused):
    message = refused("lendingclub", file({}, {"id": "0"}), "us_cards")
    assert "repeats the key of an earlier row" in message


def test_files_of_another_form_are_refused(file, refused, truncated):
    path = file({})
    text = path.read_text()
    path.write_text(text.replace(",", ";"))
    assert "its fields must be divided by commas" in refused("lendingclub", path, "us_cards")
    path.write_text(text.replace("loan_status", "status"))
    assert "loan_status: required column is missing" in refused("lendingclub", path, "us_cards")
    path.write_text(text.replace("Jan-2016", "2016-01"))
    assert "no loan has a month of last payment" in refused("lendingclub", path, "us_cards")
    path.write_bytes(text.encode() + text.replace("lines", "行").encode("gbk"))
    assert "is not UTF-8 but GBK" in refused("lendingclub", path, "us_cards")
    assert "is damaged" in refused("lendingclub", truncated(path, text * 2000), "us_cards")
    path.write_text("")
    assert "is empty" in refused("lendingclub", path, "us_cards")
