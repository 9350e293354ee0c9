import pandas as pd
import pytest

from abscase.case import load_case
from abscase.sources.ppdai import SOURCE
from abscase.sources.registry import load, source_named

ROW = {"listing_id": "1", "amount": 2000, "year_rate": 10, "term_months": 6, "userRate": "AA",
       "age": 26, "end_time": "2017/7/9", "progress_pct": 100, "male": "男"}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(*changes, encoding="utf-8"):
        path = tmp_path / "listings.csv"
        pd.DataFrame([ROW | each for each in changes]).to_csv(
            path, index=False, encoding=encoding
        )  # fmt: skip
        return path

    return write


def loans():
    return load_case("cn_peers").panel("loan").collect()


def test_the_source_is_found_by_its_entry_point():
    assert source_named("ppdai") is SOURCE


def test_a_listing_becomes_a_loan_without_history(file):
    found = load("ppdai", file({}, {"listing_id": "2", "progress_pct": 37}))
    first, second = loans().rows(named=True)
    assert (str(first["orig_date"]), first["original_amt"], first["term_months"]) == (
        "2017-07-09", 2000, 6)  # fmt: skip
    assert (first["orig_rate"], first["segment"], first["borrower_age"]) == (0.1, "AA", 26)
    assert (first["note"], second["note"]) == (None, "not filled when last seen: 37 %")
    assert load_case("cn_peers").panel("performance").collect().height == 0
    assert (found.rows, found.loans, found.first_date, found.quality) == (0, 2, "", 1)
    assert found.notes[-1] == "1 of 2 listings were not filled when last seen"


def test_what_is_left_out_or_emptied_is_counted(file):
    found = load("ppdai", file({}, {"amount": 5}, {"listing_id": ""}, {"listing_id": 3, "age": 7}))
    assert found.rejected == {
        "no listing number": 1, "listing again: its first row stays": 1}  # fmt: skip
    assert found.altered == {"borrower_age outside 16 to 110: emptied": 1}
    assert loans()["original_amt"].to_list() == [2000, 2000]
    assert found.kept == 0.5


def test_files_of_another_form_are_refused(file, refused, truncated, tmp_path):
    path = file({}, {"listing_id": "2"}, encoding="gbk")
    message = refused("ppdai", path, "cn_peers")
    assert "listings.csv:2: is not UTF-8 but GBK (convert it: iconv -f GB18030" in message
    path = file({})
    text = path.read_text()
    path.write_bytes((text * 3).encode() + text.encode("gbk"))
    assert "mixes encodings: UTF-8 (line 2), GBK (line 8)" in refused("ppdai", path, "cn_peers")
    assert "is damaged" in refused("ppdai", truncated(path, text * 2000), "cn_peers")
    path.write_text(text.replace(",", ";"))
    assert "its fields must be divided by commas" in refused("ppdai", path, "cn_peers")
    path.write_text("")
    assert "is empty" in refused("ppdai", path, "cn_peers")
    path.write_text(text.replace("year_rate", "rate"))
    assert "year_rate: required column is missing" in refused("ppdai", path, "cn_peers")


@pytest.mark.real
def test_the_real_file(real):
    """Amounts, rates and terms by rating against the table that came with the file."""
    found = load("ppdai", real("china/ppdai_listings_2017.csv.gz"))
    assert (found.rows_read, found.loans, found.rejected) == (164_396, 164_396, {})
    assert found.notes[-1] == "7755 of 164396 listings were not filled when last seen"
    published = pd.read_csv(real("china/ppdai_listings_2017_by_rating.csv"), index_col="userRate")
    grouped = loans().to_pandas().groupby("segment")
    assert (grouped.size() == published["n"]).all()
    for column, name, unit in (("original_amt", "amt", 1), ("orig_rate", "rate", 100),
                               ("term_months", "term", 1)):  # fmt: skip
        expected = published[name].to_dict()
        assert (grouped[column].mean() * unit).to_dict() == pytest.approx(expected, abs=1e-6)
    assert grouped["original_amt"].median().to_dict() == published["med"].to_dict()
