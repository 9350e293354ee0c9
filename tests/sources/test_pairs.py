import pytest

from abscase.errors import DataFaults
from abscase.sources.pairs import pairs

WORDS = (("acquisition", "performance"), ("data_", "data_time_"))


@pytest.fixture
def folder(tmp_path):
    for name in ("Acquisition_Q1.txt", "Performance_Q1.txt", "data_Q2.txt", "data_time_Q2.txt"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize("given", ["Acquisition_Q1.txt", "Performance_Q1.txt"])
def test_either_file_leads_to_the_other(folder, given):
    expected = (folder / "Acquisition_Q1.txt", folder / "Performance_Q1.txt")
    assert pairs(folder / given, WORDS) == [expected]


def test_a_folder_gives_each_pair_once_and_files_that_stand_alone(folder):
    (folder / "2007Q3.csv").write_text("")
    assert pairs(folder, WORDS) == [
        (folder / "2007Q3.csv", None),
        (folder / "Acquisition_Q1.txt", folder / "Performance_Q1.txt"),
        (folder / "data_Q2.txt", folder / "data_time_Q2.txt"),
    ]


def test_a_missing_mate_and_an_empty_folder_are_named(folder, tmp_path):
    (folder / "Performance_Q1.txt").unlink()
    with pytest.raises(DataFaults, match=r"Performance_Q1.txt: the other file .* is missing"):
        pairs(folder, WORDS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataFaults, match="is an empty folder"):
        pairs(tmp_path / "empty", WORDS)
