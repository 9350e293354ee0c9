import pytest
from freddie_lines import LOAN, MONTH, line
from polars.testing import assert_frame_equal

from abscase.case import load_case
from abscase.schema import validate
from abscase.sources.freddie import ORIGINATION, PERFORMANCE, SOURCE, scan
from abscase.sources.registry import load, source_named


@pytest.fixture
def pair(tmp_path):
    """Write both files of a release, told by their numbers of fields; return the second."""

    def write(loans, months, fields=(32, 32), names=("sample_orig_2005", "sample_svcg_2005")):
        first, second = (tmp_path / f"{name}.txt" for name in names)
        first.write_text("".join(line(ORIGINATION, fields[0], LOAN | each) for each in loans))
        second.write_text("".join(line(PERFORMANCE, fields[1], MONTH | each) for each in months))
        return second

    return write


def months(*changes, first=5):
    return [{"period": 200500 + first + place} | each for place, each in enumerate(changes)]


def table(name):
    return load_case("us_prime").panel(name).collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("freddie") is SOURCE


SOLD = {"code": "09", "late": "", "balance": 0, "left_amt": 198000, "from_sale": 120000,
        "from_insurance": 30000, "from_others": 0, "expenses": -9000}  # fmt: skip


def test_a_loan_from_its_first_month_to_its_loss(pair):
    load("freddie", pair([{}], months({}, {"late": 2}, {"late": "RA", "eltv": 999}, SOLD)))
    loan = table("loan").row(0, named=True)
    assert (str(loan["orig_date"]), str(loan["first_date"])) == ("2005-02-28", "2005-05-31")
    assert (loan["score"], loan["dti"], loan["segment"]) == (None, None, "condominium")
    assert (loan["orig_rate"], loan["investor"]) == (0.05875, False)
    frame = table("performance")
    assert frame["state"].to_list() == [0, 2, 3, 4]
    assert frame["days_past_due"].to_list() == [None, 60, 90, None]
    assert frame["age_months"].to_list() == [3, 4, 5, 6]
    assert frame["balance_amt"].to_list() == [199_000] * 3 + [198_000]
    assert frame["ltv"].round(9).to_list() == [0.7, 0.7, None, 0.7]
    assert frame["recovery_amt"].to_list() == [None] * 3 + [141_000]
    assert frame["loss_amt"].to_list() == [None] * 3 + [57_000]
    assert len(validate(frame.to_pandas(), "performance", strict=True)) == 4


@pytest.mark.parametrize("fields", [(26, 23), (27, 26), (31, 31), (32, 35)])
def test_every_release_is_read(pair, fields):
    end = {"code": "1", "balance": 0, "left_amt": 198500}
    found = load("freddie", pair([{}], months({}, {}, end), fields))
    assert table("performance")["state"].to_list() == [0, 0, 5]
    given = fields[1] >= 27
    assert table("performance")["balance_amt"].to_list()[-1] == (198_500 if given else 199_000)
    assert (len(found.altered) == 1) is not given


@pytest.mark.parametrize(
    "names",
    [("historical_data_2005Q1", "historical_data_time_2005Q1"),
     ("historical_data1_Q12005", "historical_data1_time_Q12005")],
)  # fmt: skip
def test_pairs_by_the_names_they_came_with(pair, names, tmp_path):
    second = pair([{}], months({}, {}), names=names)
    assert load("freddie", tmp_path / f"{names[0]}.txt").rows == 2
    assert load("freddie", second).rows == 2


def test_a_sale_of_unknown_proceeds_has_no_loss(pair):
    for word in ("U", "C", ""):
        load("freddie", pair([{}], months({}, SOLD | {"from_sale": word})))
        assert table("performance")["loss_amt"].to_list() == [None, None]


def test_expenses_of_either_sign_are_spent(pair):
    for expenses in (9000, -9000):
        load("freddie", pair([{}], months({}, SOLD | {"expenses": expenses})))
        assert table("performance")["loss_amt"].to_list() == [None, 57_000]


def test_status_unknown_is_left_out_and_counted(pair):
    found = load("freddie", pair([{}], months({}, {"late": "XX"}, {"late": " "}, {"late": 1})))
    assert found.rejected == {"days past due unknown": 2}
    assert (found.gaps, found.gap_periods) == (1, 2)
    assert table("performance")["previous_state"].to_list() == [None, None]


def test_files_of_another_form_are_refused(pair, tmp_path, refused, truncated):
    good = pair([{}], months({}, {}))
    text = good.read_text()
    bad = {
        "": "is empty",
        text.replace("|", "\t"): "its fields are divided by '\\t'",
        text.replace("F05Q1", "1000"): "is not what field 1 of the performance file holds",
        text * 20 + text.replace("\n", "|\n"): "sample_svcg_2005.txt:41: has 33 fields, unlike",
        line(ORIGINATION, 32, LOAN): "loan_id: '9999' is not what field 1",
    }
    for content, message in bad.items():
        good.write_text(content)
        assert message in refused("freddie", good, "us_prime")
    assert "is damaged" in refused("freddie", truncated(good, text * 5000), "us_prime")
    good.with_name("sample_orig_2005.txt").unlink()
    message = refused("freddie", good, "us_prime")
    assert "sample_orig_2005.txt: the other file of the pair is missing" in message
    good.rename(tmp_path / "mine.txt").write_text(text)
    message = refused("freddie", tmp_path / "mine.txt", "us_prime")
    assert "is a Freddie Mac performance file whose name does not say" in message


def test_a_scan_gives_the_rows_that_loading_gives(pair):
    loans = [{}, {"loan_id": "F05Q10000002"}, {"loan_id": "F05Q10000003"}]
    second = {"loan_id": "F05Q10000002"}
    history = [
        *months({}, {"late": 2}, {"late": "RA"}, SOLD, {}),
        *(row | second for row in months({}, {"balance": "", "period": 200507},
                                          {"code": "06", "period": 200508})),
        *(row | {"loan_id": "F05Q10000003"} for row in months({"late": "XX"}, {}, {"code": "01"})),
        {"loan_id": "F05Q10000009", "period": 200506},
    ]  # fmt: skip
    file = pair(loans, history)
    loaded = load("freddie", file)
    assert len(loaded.rejected) == 4
    loan, performance = (frame.collect() for frame in scan(file))
    assert loan["loan_id"].to_list() == table("loan")["loan_id"].to_list()
    whole = table("performance").select(performance.columns)
    assert_frame_equal(performance, whole, check_dtypes=False)
