import pandas as pd
import polars as pl
import pytest

from abscase.case import load_case
from abscase.schema import validate
from abscase.sources.registry import load, source_named
from abscase.sources.uci_card import MONTHS, SOURCE

PAID = {status: 0 for status, _ in MONTHS.values()}
OWED = {bill: 1000 * place for place, (_, bill) in enumerate(MONTHS.values(), 1)}
MARK = "default.payment.next.month"
ROW = {"ID": 1, "LIMIT_BAL": 20000, "AGE": 24} | PAID | OWED | {MARK: 0}


@pytest.fixture
def file(tmp_path):
    def write(*changes, **names):
        path = tmp_path / "cards.csv"
        pd.DataFrame([ROW | each for each in changes]).rename(columns=names).to_csv(
            path, index=False
        )  # fmt: skip
        return path

    return write


def table(name, case="us_cards"):
    return load_case(case).panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("uci_card") is SOURCE


def test_an_account_becomes_seven_rows(file):
    late = {"PAY_6": -2, "PAY_5": -1, "PAY_4": 2, "PAY_3": 3, "PAY_2": 8, "PAY_0": 1, MARK: 1}
    found = load("uci_card", file(late), "us_cards")
    frame = table("performance")
    assert [str(day) for day in frame["date"]][::6] == ["2005-04-30", "2005-10-31"]
    assert frame["state"].to_list() == [0, 0, 2, 3, 3, 1, 4]
    assert frame["days_past_due"].to_list() == [None, None, 60, 90, 240, 30, None]
    assert frame["balance_amt"].to_list() == [6000, 5000, 4000, 3000, 2000, 1000, 1000]
    assert frame["age_months"].to_list() == [0, 1, 2, 3, 4, 5, 6]
    loan = table("loan").row(0, named=True)
    assert (loan["original_amt"], loan["currency"], loan["borrower_age"]) == (20000, "TWD", 24)
    assert (found.rows_read, found.rows, found.gaps) == (7, 7, 0)
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 7


def test_an_account_without_the_mark_has_no_row_in_october(file):
    load("uci_card", file({}), "cn_peers")
    assert table("performance", "cn_peers")["state"].to_list() == [0] * 6


def test_what_is_left_out_or_changed_is_counted(file):
    rows = ({"PAY_2": 1, "BILL_AMT1": -5}, {"ID": 2, "PAY_0": 77}, {"ID": 2}, {"ID": ""},
            {"ID": 4, "BILL_AMT3": ""})  # fmt: skip
    found = load("uci_card", file(*rows), "us_cards")
    assert found.rejected == {
        "no account number": 6,
        "account again: its first row stays": 6,
        "status 1 before September 2005: that month alone shows one month past due": 1,
        "status unknown, or no balance": 2,
    }
    assert found.altered == {"balance in the holder's favour: 0 taken": 1}
    assert found.rows == 15 and found.rows_read == 30


def test_the_name_of_the_mark_may_have_spaces(file):
    found = load("uci_card", file({MARK: 1}, **{MARK: "default payment next month"}), "us_cards")
    assert found.states["default"] == 1


def test_files_of_another_form_are_refused(file, refused, truncated):
    path = file({"PAY_0": "late", MARK: "yes"})
    message = refused("uci_card", path, "us_cards")
    assert "cards.csv:2: PAY_0: 'late' is not a status of this file (it has -2 to 9)" in message
    assert "mark: 'yes' is not a status" in message
    text = file({}).read_text()
    path.write_text(text.replace(",", "\t"))
    assert "its fields must be divided by commas" in refused("uci_card", path, "us_cards")
    path.write_text(text.replace("BILL_AMT4", "BILL_4"))
    assert "BILL_AMT4: required column is missing" in refused("uci_card", path, "us_cards")
    assert "is damaged" in refused("uci_card", truncated(path, text * 2000), "us_cards")
    path.write_text("")
    assert "is empty" in refused("uci_card", path, "us_cards")


@pytest.mark.real
def test_the_real_file(real):
    """Against the tables that came with the file, which keep the 34 early rows of status 1."""
    found = load("uci_card", real("china/uci_taiwan_card_2005.csv.gz"), "cn_peers")
    early = "status 1 before September 2005: that month alone shows one month past due"
    assert found.rejected == {early: 28 + 4 + 2}
    assert (found.loans, found.states["default"]) == (30_000, 6_636)
    frame = table("performance", "cn_peers").filter(pl.col("state") < 4)
    check_months(frame, real("china/delinquency_by_month.csv"))
    check_roll_rates(frame, real("china/roll_rate_matrix_monthly.csv"))


def check_months(frame, path):
    published = pd.read_csv(path).set_index("month")
    frame = frame.with_columns(month=pl.col("date").dt.strftime("%Y-%m"))
    late, balance = pl.col("state") >= 2, pl.col("balance_amt")
    found = frame.group_by("month").agg(
        share=late.mean(), more=(pl.col("days_past_due") >= 90).fill_null(False).mean(),
        bal=balance.sum(), bal_late=balance.filter(late).sum() / balance.sum(),
    ).to_pandas().set_index("month").sort_index()  # fmt: skip
    for name, known in (("share", "share_2plus"), ("more", "share_3plus"), ("bal_late",
                        "bal_2plus")):  # fmt: skip
        assert found[name].to_numpy() == pytest.approx(published[known].to_numpy(), abs=2e-4)
    assert found["bal"].to_numpy() == pytest.approx(published["bal"].to_numpy(), rel=1e-3)
    assert found.loc["2005-09", "bal"] == published.loc["2005-09", "bal"]


def check_roll_rates(frame, path):
    published = pd.read_csv(path, index_col=0)
    bucket = (pl.col("days_past_due").fill_null(0) // 30).clip(0, 4)
    ordered = frame.sort("loan_id", "date").with_columns(to=bucket)
    same = pl.col("loan_id") == pl.col("loan_id").shift(1)
    moves = ordered.with_columns(start=pl.when(same).then(pl.col("to").shift(1)))
    counts = moves.drop_nulls("start").to_pandas().pivot_table(
        index="start", columns="to", values="date", aggfunc="count", fill_value=0
    )  # fmt: skip
    shares = counts.div(counts.sum(axis=1), axis=0)
    for start in (0, 2, 3, 4):
        expected = published.iloc[start].to_numpy()
        assert shares.loc[start].to_numpy() == pytest.approx(expected, abs=1e-3)
