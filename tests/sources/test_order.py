import gc
import tempfile

import polars as pl
import pytest

from abscase.sources import order
from abscase.sources.order import in_order, sorted_file, sorted_rows

KEYS = ("loan_id", "date")


@pytest.fixture
def small_files(monkeypatch):
    monkeypatch.setattr(order, "ROWS", 700)
    monkeypatch.setattr(order, "SAMPLE", 10)
    monkeypatch.setattr(order, "BATCH", 300)


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def shuffled(loans=400, months=25):
    rows = pl.DataFrame({"loan_id": [f"L{i:04d}" for i in range(loans)]}).join(
        pl.DataFrame({"date": range(months)}), how="cross"
    )
    return rows.sample(fraction=1, shuffle=True, seed=3).with_row_index("came")


@pytest.mark.parametrize(
    ("loans", "dates", "expected"),
    [
        ("AAB", [1, 2, 1], True), ("AAB", [2, 1, 3], False), ("ABA", [1, 2, 3], False),
        ("AAA", [1, 1, 2], True), ("A", [1], True), ("", [], True), ("BA", [1, 2], False),
    ],
)  # fmt: skip
def test_order_is_that_of_the_keys(tmp_path, loans, dates, expected):
    file = tmp_path / "x.parquet"
    pl.DataFrame({"loan_id": list(loans), "date": dates},
                 {"loan_id": pl.String, "date": pl.Int64}).write_parquet(file)  # fmt: skip
    assert in_order(file, KEYS) is expected


def test_sorting_by_ranges_equals_a_sort_in_memory(small_files, scratch, tmp_path):
    rows = shuffled()
    rows.write_parquet(tmp_path / "x.parquet")
    expected = rows.sort(KEYS)
    assert sorted_rows(rows.lazy(), KEYS).collect().equals(expected)
    frame = sorted_file(tmp_path / "x.parquet", KEYS)
    assert len(list(scratch.rglob("*.sorted"))) == -(-rows.height // 700)
    assert frame.collect(engine="streaming").equals(expected)
    assert frame.filter(pl.col("date") == 3).select("came").collect().equals(
        expected.filter(pl.col("date") == 3).select("came"))  # fmt: skip
    assert frame.head(950).collect().equals(expected.head(950))
    assert (tmp_path / "x.parquet").exists()


def test_rows_with_the_same_keys_stay_in_their_order(small_files, scratch):
    rows = pl.concat([shuffled(100, 5)] * 4).drop("came").with_row_index("came")
    found = sorted_rows(rows.lazy(), KEYS).collect()
    assert found.equals(rows.sort(KEYS, maintain_order=True))


def test_a_loan_that_fills_several_ranges_stays_whole(small_files, scratch):
    rows = pl.DataFrame({"loan_id": ["A"] * 3000, "date": range(3000)}).sample(
        fraction=1, shuffle=True, seed=1
    )
    assert sorted_rows(rows.lazy(), KEYS).collect().equals(rows.sort(KEYS))


def test_nothing_is_left_when_the_frame_is_gone(small_files, scratch):
    frame = sorted_rows(shuffled().lazy(), KEYS)
    assert list(scratch.iterdir())
    del frame
    gc.collect()
    assert list(scratch.iterdir()) == []
