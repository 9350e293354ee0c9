import pytest

from abscase.case import load_case
from abscase.schema import validate
from abscase.sources.abs_ee import SOURCE
from abscase.sources.registry import load, source_named

SPACE = "http://www.sec.gov/edgar/document/absee/{}/assetdata"
ASSET = {
    "assetTypeNumber": "DEAL 2026-1", "assetNumber": "A1",
    "reportingPeriodBeginningDate": "01-01-2026", "reportingPeriodEndingDate": "01-31-2026",
    "originationDate": "06/2025", "originalLoanAmount": "20000.00", "originalLoanTerm": "72",
    "originalInterestRatePercentage": "0.0596", "originalInterestRateTypeCode": "1",
    "vehicleNewUsedCode": "2", "vehicleValueAmount": "25000.00", "obligorCreditScore": "632",
    "obligorGeographicLocation": "CO", "remainingTermToMaturityNumber": "65",
    "reportingPeriodBeginningLoanBalanceAmount": "19000.00",
    "reportingPeriodInterestRatePercentage": "0.0496",
    "reportingPeriodActualEndBalanceAmount": "18800.00", "currentDelinquencyStatus": "0",
}  # fmt: skip
LOST = {"zeroBalanceCode": "4", "zeroBalanceEffectiveDate": "03/2026", "recoveredAmount": "500.00",
        "chargedoffPrincipalAmount": "18000.00", "repossessedProceedsAmount": "-100.00",
        "reportingPeriodActualEndBalanceAmount": "0.00"}  # fmt: skip


def document(assets, kind="autoloan"):
    records = "".join(
        "<assets>" + "".join(f"<{name}>{text}</{name}>" for name, text in (ASSET | each).items())
        + "</assets>" for each in assets
    )  # fmt: skip
    return f'<?xml version="1.0"?><assetData xmlns="{SPACE.format(kind)}">{records}</assetData>'


def month(number):
    return {"reportingPeriodEndingDate": f"{number:02d}-28-2026"}


@pytest.fixture
def folder(tmp_path):
    """Write one file for each month."""

    def write(*files, kind="autoloan"):
        target = tmp_path / "pool"
        target.mkdir(exist_ok=True)
        for number, assets in enumerate(files, 1):
            (target / f"{number}.xml").write_text(
                document([month(number) | each for each in assets], kind)
            )
        return target

    return write


def table(name, case="us_cards"):
    return load_case(case).panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("abs_ee") is SOURCE


def test_months_of_a_pool_make_a_history(folder):
    late = {"currentDelinquencyStatus": "61"}
    found = load("abs_ee", folder([{}], [late], [LOST], [LOST]), "us_cards")
    loan = table("loan").row(0, named=True)
    assert (str(loan["orig_date"]), str(loan["first_date"])) == ("2025-06-30", "2026-01-31")
    assert (loan["original_amt"], loan["term_months"], loan["ltv"]) == (20000, 72, 0.8)
    assert (loan["orig_rate"], loan["rate_type"], loan["segment"]) == (
        0.0596, "fixed", "used vehicle")  # fmt: skip
    frame = table("performance")
    assert frame["state"].to_list() == [0, 2, 4]
    assert frame["days_past_due"].to_list() == [None, 61, None]
    assert frame["age_months"].to_list() == [7, 8, 9]
    assert frame["balance_amt"].to_list() == [18800, 18800, 18000]
    assert frame["loss_amt"].to_list() == [None, None, 17600]
    assert found.rejected == {"month after the loan's end": 1}
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 3


def test_how_a_loan_can_end(folder):
    ids = [{"assetNumber": f"A{place}"} for place in range(7)]
    codes = [{"zeroBalanceCode": code, "zeroBalanceEffectiveDate": "02/2026",
              "reportingPeriodActualEndBalanceAmount": "0"}
             for code in ("1", "2", "3", "4", "5", "98", "1")]  # fmt: skip
    codes[-1]["remainingTermToMaturityNumber"] = "0"
    found = load(
        "abs_ee", folder(ids, [a | b for a, b in zip(ids, codes, strict=True)]), "us_cards"
    )
    ends = table("performance").filter(table("performance")["date"].dt.month() == 2)
    assert ends["state"].to_list() == [5, 4, 6]
    assert found.rejected == {"removed without an outcome: the loan ends in the month before": 4}
    assert ends["balance_amt"].to_list() == [19000] * 3


def test_loans_that_ended_long_before_are_left_out(folder):
    old = LOST | {"zeroBalanceEffectiveDate": "11/2025", "assetNumber": "A2"}
    unknown = {"assetNumber": "A3", "currentDelinquencyStatus": "-"}
    found = load("abs_ee", folder([{}, old, unknown, {"obligorCreditScore": "0"}]), "us_cards")
    assert found.rejected == {
        "loan that ended in an earlier month, listed again": 1,
        "other row for a loan and month of an earlier row": 1,
        "days past due unknown": 1,
    }
    assert found.rows == 1 and found.rows_read == 4


def test_rates_in_percent_are_known_by_their_size(folder):
    percent = {"originalInterestRatePercentage": "5.96",
               "reportingPeriodInterestRatePercentage": "4.96"}  # fmt: skip
    load("abs_ee", folder([percent]), "us_cards")
    assert table("loan")["orig_rate"].item() == pytest.approx(0.0596)
    assert table("performance")["rate"].item() == pytest.approx(0.0496)


def test_mortgages(folder):
    load("abs_ee", folder([{"originationDate": "06-15-2025"}], kind="rmbs"), "us_prime")
    loan = table("loan", "us_prime").row(0, named=True)
    assert (loan["product"], loan["segment"]) == ("residential mortgage", None)
    assert str(loan["orig_date"]) == "2025-06-30"


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def test_files_of_another_form_are_refused(tmp_path, refused, truncated):
    path = tmp_path / "pool.xml"
    text = document([{}, {"assetNumber": "A2"}])
    bad = {
        text.replace("?>", f"?>{BOMB}"): "pool.xml:1: declares a document type or entities",
        text[:-30]: "is not sound XML",
        document([{}], "cmbs"): "holds cmbs, which is not read (read are autoloan, rmbs)",
        text.replace("sec.gov", "example.org/absee").replace("/absee/autoloan", ""):
            "is no asset data file",
        document([]): "assets: has no assets",
        text.replace("reportingPeriodActualEndBalanceAmount", "endBalance"):
            "reportingPeriodActualEndBalanceAmount or reportPeriodEndActualBalanceAmount: no asset",
        "assetNumber,balance\n1,2\n": "is not sound XML",
        "": "is not sound XML",
    }  # fmt: skip
    for content, message in bad.items():
        path.write_text(content)
        assert message in refused("abs_ee", path, "us_cards")
    long = document([{"assetNumber": f"A{place}"} for place in range(2000)])
    assert "is damaged" in refused("abs_ee", truncated(path, long), "us_cards")
