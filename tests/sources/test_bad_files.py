"""Every source refuses what it cannot read in words that name the file, and leaves nothing."""

import gzip

import pytest
from freddie_lines import LOAN, MONTH, ORIGINATION, PERFORMANCE, line

from abscase.case import load_case
from abscase.sources.column_map import map_path
from abscase.sources.registry import load, source_named, source_names

NOISE = "".join(f"{place},{place * 7919 % 1009},wort {place}\n" for place in range(3000))
XML = "is not sound XML"
FILES = {
    "zero bytes": (b"", ("is empty", XML)),
    "blank lines": (b"\n\n\n", ("is empty", XML)),
    "binary": (b"\x00\x01\x02" * 500, ("NUL bytes", XML)),
    "a workbook": (b"PK\x03\x04" + b"\x00" * 100, ("is a zip archive", "is a ZIP archive")),
    "another layout": (b"name;colour\nrose;red\n", ("missing", "is separated by", "fields", XML)),
    "a gzip cut off": (gzip.compress(NOISE.encode())[:-4000], ("is damaged",)),
    "GBK after UTF-8": (
        ("编号,时间\n" * 30).encode() + "张三,1\n".encode("gbk"),
        ("mixes encodings: UTF-8 (line 1), GBK (line 31)", "missing", "fields", XML),
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("source", source_names())
def test_a_bad_file(tmp_path, refused, source, kind):
    content, says = FILES[kind]
    path = tmp_path / "tape.csv"
    path.write_bytes(content)
    map_path(path).write_text("loan: {loan_id: id, currency: {value: USD}}\n")
    message = refused(source, path, source_named(source).cases[0])
    assert any(words in message for words in says)
    assert all(line.startswith("tape.csv:") for line in message.splitlines())


@pytest.mark.parametrize("source", source_names())
def test_a_folder_that_is_empty_or_not_wanted(tmp_path, refused, source):
    folder = tmp_path / "raw"
    folder.mkdir()
    message = refused(source, folder, source_named(source).cases[0])
    assert "is an empty folder" in message or "is a folder (give one file)" in message


@pytest.mark.parametrize("form", [lambda text: text.replace("\n", "\r\n").encode(),
                                  lambda text: text.encode("utf-8-sig"),
                                  lambda text: gzip.compress(text.encode())])  # fmt: skip
def test_line_ends_marks_and_gzip_make_no_difference(tmp_path, form):
    def tape():
        return load_case("us_prime").panel("performance").collect()

    first, second = tmp_path / "sample_orig_2005.txt", tmp_path / "sample_svcg_2005.txt"
    months = [MONTH | {"period": 200505}, MONTH | {"period": 200506, "late": 1, "eltv": 71}]
    first.write_text(line(ORIGINATION, 32, LOAN))
    second.write_text("".join(line(PERFORMANCE, 26, each) for each in months))
    load("freddie", first)
    expected = tape()
    for path in (first, second):
        path.write_bytes(form(path.read_text()))
    load("freddie", first)
    assert tape().equals(expected) and expected["ltv"].round(9).to_list() == [0.7, 0.71]
