import gzip

import pytest

from abscase.errors import DataFaults
from abscase.sources.delimited import NONE, Layout, layout_of, scan_fields, scan_named

LAYOUT = Layout(
    "made file", (3, 4), {"id": 1, "note": 3, "late": NONE}, {"rate": 2}, {"id": r"\d+"}
)


@pytest.fixture
def file(tmp_path):
    def write(content, name="made.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def fault_of(call, *arguments):
    with pytest.raises(DataFaults) as caught:
        call(*arguments)
    return str(caught.value)


def test_fields_by_position_numbers_that_are_none_are_empty(file):
    path = file(b'1|5.5|a"b\n2|x|\n3\n')
    frame = scan_fields(path, LAYOUT, 3).collect()
    assert frame.columns == ["id", "note", "late", "rate"]
    assert frame.rows() == [("1", 'a"b', None, 5.5), ("2", None, None, None), ("3",) + (None,) * 3]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_plain_and_gzip_whatever_the_name(file, pack):
    path = file(pack(b"1|2|3\n"))
    assert scan_fields(path, *layout_of(path, (LAYOUT,))).collect().height == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\0\1\2\0", "is not text"),
        (b"PK\x03\x04rest", "is a ZIP archive (unpack it first)"),
        (gzip.compress(b"1|2|3\n" * 9, mtime=0)[:-12], "is damaged"),
        (b"1,2,3\n", "its fields are divided by ','; '|' is needed"),
        (b"1|2\n", "has 2 fields divided by '|', which no known layout has (made file: 3 to 4)"),
        (b"id|rate|note\n", "id: 'id' is not what field 1 of the made file holds"),
        ("1|2|中\n".encode("gbk"), "is not UTF-8 but GBK (convert it: iconv -f GB18030"),
        (
            "1|2|中文\n".encode() + "1|2|中文\n".encode("gbk"),
            "made.txt:2: mixes encodings: UTF-8 (line 1), GBK (line 2)",
        ),
        (b"1|2|\xff\xff\n", "is not UTF-8 but an unknown encoding"),
    ],
)
def test_a_file_of_another_form_is_named(file, content, message):
    assert message in fault_of(layout_of, file(content), (LAYOUT,))


def test_needed_columns_of_a_header(file):
    path = file(b"id,amount,more\n1, 5 ,\n")
    assert scan_named(path, ["amount"], ["more", "absent"]).collect().rows() == [("5", None)]
    message = fault_of(scan_named, path, ["ammount", "rate"])
    assert "ammount: required column is missing (did you mean 'amount'?)" in message
    assert "rate: required column is missing" in message
    other = file(b"id;amount\n1;2\n", "other.csv")
    assert "its fields must be divided by commas" in fault_of(scan_named, other, ["amount"])
