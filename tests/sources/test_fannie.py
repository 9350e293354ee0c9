import csv
import gzip
from collections import Counter

import pytest

from abscase.case import load_case
from abscase.schema import validate
from abscase.sources.fannie import ACQUISITION, COMBINED, PERFORMANCE, SOURCE
from abscase.sources.registry import load, source_named

LOAN = {"loan_id": 100006457919, "orig_rate": 6.5, "original": 200000, "term": 360,
        "orig_date": "06/2007", "ltv": 80, "dti": 36, "score": 720, "property": "SF",
        "occupancy": "I", "state": "CA", "product": "FRM"}  # fmt: skip
MONTH = {"loan_id": 100006457919, "rate": 6.5, "balance": 199000, "left": 350, "late": 0}
SOLD = {"code": "09", "late": "X", "balance": "", "proceeds_1": 150000, "cost_1": 5000,
        "proceeds_4": 1000}  # fmt: skip


def line(layout, fields, cells):
    places = {**layout.text, **layout.numbers}
    row = [""] * fields
    for name, value in cells.items():
        row[places[name] - 1] = str(value)
    return "|".join(row) + "\n"


@pytest.fixture
def pair(tmp_path):
    """Write both files of the older layout and return the second."""

    def write(loans, months):
        acquisition, performance = (tmp_path / f"{name}_2007Q3.txt"
                                    for name in ("Acquisition", "Performance"))  # fmt: skip
        acquisition.write_text("".join(line(ACQUISITION, 25, LOAN | each) for each in loans))
        performance.write_text("".join(line(PERFORMANCE, 31, MONTH | each) for each in months))
        return performance

    return write


@pytest.fixture
def current(tmp_path):
    """Write a file of the current layout, of a number of fields."""

    def write(months, fields=110):
        path = tmp_path / "2007Q3.csv"
        start = LOAN | {"orig_date": "062007"} | MONTH
        path.write_text("".join(line(COMBINED, fields, start | each) for each in months))
        return path

    return write


def table(name):
    return load_case("us_prime").panel(name).collect()


def months(*changes, form="%02d/01/2007", first=8):
    return [{"period": form % (first + place)} | each for place, each in enumerate(changes)]


def test_the_source_is_found_by_its_entry_point():
    assert source_named("fannie") is SOURCE


def test_a_loan_of_the_older_layout(pair):
    load("fannie", pair([{}], months({"balance": ""}, {}, {"late": 1}, {"late": 7}, SOLD)))
    loan = table("loan").row(0, named=True)
    assert (str(loan["orig_date"]), str(loan["first_date"])) == ("2007-06-30", "2007-08-31")
    assert (loan["orig_rate"], loan["ltv"], loan["dti"]) == (0.065, 0.8, 0.36)
    assert (loan["rate_type"], loan["segment"]) == ("fixed", "single family")
    assert (loan["region"], loan["score"], loan["investor"], loan["secured"]) == (
        "CA", 720, True, True)  # fmt: skip
    frame = table("performance")
    assert frame["state"].to_list() == [0, 0, 1, 3, 4]
    assert frame["previous_state"].to_list() == [None, 0, 0, 1, 3]
    assert frame["days_past_due"].to_list() == [None, None, 30, 210, None]
    assert frame["age_months"].to_list() == [2, 3, 4, 5, 6]
    assert frame["balance_amt"].to_list() == [200_000, *[199_000] * 4]
    assert frame["recovery_amt"].to_list() == [None] * 4 + [146_000]
    assert frame["loss_amt"].to_list() == [None] * 4 + [53_000]
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 5


def test_the_current_layout_gives_the_same_as_the_older(pair, current):
    rows = [{"balance": ""}, {}, {"late": 1}, {"late": 7}, SOLD]
    older = pair([{}], months(*rows))
    load("fannie", older)
    expected = table("loan"), table("performance")
    newer = months(*(each | {"late": f"{int(each['late']):02d}"} if each.get("late") in (1, 7)
                     else each for each in rows), form="%02d2007")  # fmt: skip
    newer[0]["balance"] = "0.00"
    for fields in (108, 110, 113):
        load("fannie", current(newer, fields))
        for found, wanted in zip((table("loan"), table("performance")), expected, strict=True):
            assert found.equals(wanted.select(found.columns))


def test_how_a_loan_can_end(pair):
    codes = {"01": 5, "02": 4, "03": 4, "09": 4, "15": 4, "97": 4, "98": 4}
    loans = [{"loan_id": 10_000_000 + place} for place in range(11)]
    rows = []
    for loan, code in zip(loans, [*codes, "06", "16", "96", "01"], strict=True):
        rows += [each | loan for each in months({}, {"code": code, "late": "X"})]
    rows[-1]["left"] = 0
    found = load("fannie", pair(loans, rows))
    ends = table("performance").filter(date=table("performance")["date"].max())["state"].to_list()
    assert ends == [*codes.values(), 6]
    assert found.rejected == {"removed without an outcome: the loan ends in the month before": 3}


def test_rows_that_cannot_be_true_are_left_out_and_counted(pair):
    rows = months({}, {}, {"late": "X"}, {"code": "77"}, {"code": "01", "balance": 198000})
    rows += [{"period": period} for period in ("13/01/2007", "09/01/2007", "05/01/2007",
                                               "01/01/2008", "02/01/2008")]  # fmt: skip
    rows.append({"period": "09/01/2007", "loan_id": 100_000_001})
    found = load("fannie", pair([{}, {"score": 700}, {"loan_id": 9**9, "score": 100}], rows))
    assert found.rejected == {
        "no loan number or month": 1,
        "loan has no date of origination": 1,
        "other row for a loan and month of an earlier row": 1,
        "month before the origination": 1,
        "month after the loan's end": 2,
        "code of an end that the guide does not list": 1,
        "days past due unknown": 1,
    }
    assert found.altered == {
        "loan listed again in the origination file: first kept": 1,
        "score outside 250 to 900: emptied": 1,
    }
    assert table("performance")["state"].to_list() == [0, 0, 5]
    assert found.rows_read == found.rows + sum(found.rejected.values())


def test_an_unlisted_code_does_not_end_a_loan(pair):
    found = load("fannie", pair([{}], months({}, {"code": "77"}, {})))
    assert found.rejected == {"code of an end that the guide does not list": 1}
    assert table("performance")["state"].to_list() == [0, 0]


def test_the_order_of_the_rows_does_not_matter(pair):
    rows = months({}, {"late": 1}, {"code": "01", "balance": ""})
    rows += [each | {"loan_id": 99_000_000} for each in rows]
    loans = [{}, {"loan_id": 99_000_000}]
    load("fannie", pair(loans, rows))
    expected = table("performance")
    for order in (rows[::-1], rows[::2] + rows[1::2]):
        load("fannie", pair(loans, order))
        assert table("performance").equals(expected)


def test_a_folder_of_files_is_one_tape(pair, current, tmp_path):
    pair([{}], months({}, {}))
    current([each | {"loan_id": 100_000_001} for each in months({}, {}, {}, form="%02d2007")])
    found = load("fannie", tmp_path)
    assert (found.rows, found.loans, found.rows_read) == (5, 2, 5)


def test_files_that_are_none_of_these_are_refused(pair, tmp_path, refused, truncated):
    good = pair([{}], months({}, {}))
    text = good.read_text()
    bad = {
        "": "is empty",
        text.replace("|", ","): "its fields are divided by ','",
        "loan" + text: "is not what field 1 of the performance file holds",
        "a|b|c\n": "which no known layout has",
        text * 20 + "1|" * 40 + "\n": "Performance_2007Q3.txt:41: has 41 fields, unlike the first",
        text * 20 + text[:60]: "has 26 fields, unlike the first line: 31 (is the file cut off?)",
    }
    for content, message in bad.items():
        good.write_text(content)
        assert message in refused("fannie", good, "us_prime")
    good.write_bytes((text * 50).encode() + line(
        PERFORMANCE, 31, MONTH | {"code": "贷", "period": "08/01/2007"}).encode("gbk"))  # fmt: skip
    assert "is not UTF-8 but GBK" in refused("fannie", good, "us_prime")
    assert "is damaged" in refused("fannie", truncated(good, text * 5000), "us_prime")
    alone = good.rename(tmp_path / "mine.txt")
    alone.write_text(text)
    assert "does not say where the other one is" in refused("fannie", alone, "us_prime")


@pytest.mark.real
def test_the_real_files(real):
    """States against a second road: the raw cells counted without Polars."""
    path = real("us/fannie_performance_2007Q3.txt.gz")
    found = load("fannie", path)
    with gzip.open(path, "rt") as handle:
        rows = list(csv.reader(handle, delimiter="|"))
    codes = Counter(row[12] for row in rows)
    late = Counter(min(int(row[10]), 3) for row in rows if not row[12])
    assert (found.rows_read, found.loans) == (len(rows), 10_000)
    assert found.rejected == {
        "removed without an outcome: the loan ends in the month before": codes["06"]
    }
    states = table("performance")["state"]
    assert {state: (states == state).sum() for state in range(5)} == late | {
        4: codes["03"] + codes["09"]}  # fmt: skip
    assert states.is_in([5, 6]).sum() == codes["01"]
    blank = sum(row[4] == "" for row in rows)
    assert blank == found.altered[
        "no balance while the loan runs: the last known or the original one taken"]  # fmt: skip
    scores = table("loan")["score"].drop_nulls()
    assert (len(scores), 700 < scores.mean() < 730) == (9_978, True)
