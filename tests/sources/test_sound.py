from datetime import date

import polars as pl
import pytest

from abscase.errors import DataFaults
from abscase.sources.sound import doubtful, require_sound

ROWS = pl.DataFrame(
    {"case": "ant", "loan_id": ["A", "A", "B"], "date": [date(2020, 1, 31), date(2020, 2, 29),
     date(2020, 1, 31)], "age_months": [1, 2, 3], "balance_amt": [9.0, 8.0, 7.0],
     "state": [0, 1, 0], "rate": [0.1, None, 0.1], "grade": "A", "source_id": "s"}
).with_columns(pl.col("state").cast(pl.Int8))  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(**columns):
        path = tmp_path / "x.parquet"
        ROWS.with_columns(**columns).write_parquet(path)
        return path

    return write


def test_a_sound_file_passes_without_the_slow_check(file, monkeypatch):
    monkeypatch.setattr("abscase.sources.sound.check_parts", lambda *_, **__: 1 / 0)
    require_sound(file(), "performance", "x")


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("balance_amt", [9.0, -1.0, 7.0], "x:2: balance_amt: '-1.0' is not at least 0"),
        ("balance_amt", [9.0, None, 7.0], "x:2: balance_amt: must not be empty"),
        ("balance_amt", [9.0, float("nan"), 7.0], "x:2: balance_amt"),
        ("balance_amt", [9.0, float("inf"), 7.0], "x:2: balance_amt: 'inf' is not a number"),
        ("state", [0, 9, 0], "x:2: state: '9' is not one of"),
        ("rate", [0.1, 7.0, None], "x:2: rate: '7.0' is not within -0.05 to 1.5"),
        ("loan_id", ["A", " ", "B"], "x:2: loan_id: must not be empty"),
        ("case", ["ant", "ant", "bee"], "x:3: case: 'bee' is not one of"),
        ("date", [date(2020, 1, 31)] * 3, "x:2: case, loan_id, date: repeats the key"),
        ("age_months", [1, 2, 700], "x:3: age_months: '700' is not within 0 to 600"),
        ("colour", ["a", "b", "c"], "x:1: colour: is not a column of performance"),
    ],
)
def test_every_fault_raises_doubt_and_is_named(file, column, values, says):
    path = file(**{column: pl.Series(values)})
    assert doubtful(path, "performance")
    with pytest.raises(DataFaults) as caught:
        require_sound(path, "performance", "x")
    assert says in str(caught.value)


def test_absent_columns_other_types_and_no_rows_raise_doubt(file, tmp_path):
    path = file(date=pl.col("date").cast(pl.String))
    assert doubtful(path, "performance")
    ROWS.drop("state").write_parquet(path)
    assert doubtful(path, "performance")
    ROWS.clear().write_parquet(path)
    assert doubtful(path, "performance")
