import gc
import gzip
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import polars as pl
import pytest

from abscase.errors import DataFaults
from abscase.sources.xml_records import batches, namespace, scan

RECORDS = '<d xmlns="urn:d"><r><a>1</a><b> x&amp;y </b><c>no</c></r>\n<r><a>2</a><a>9</a></r></d>'


@pytest.fixture
def file(tmp_path):
    def write(text, name="made.xml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_wanted_leaves_of_each_record(file):
    path = file(RECORDS)
    assert namespace(path, "r") == "urn:d"
    rows = [frame.rows() for frame in batches(path, "r", ["a", "b", "z"], size=1)]
    assert [row for part in rows for row in part] == [("1", "x&y", None), ("2", None, None)]


def test_prefix_and_gzip_make_no_difference(file):
    text = RECORDS.replace("<d xmlns=", "<p:d xmlns:p=").replace("</d>", "</p:d>")
    for tag in "rabc":
        text = text.replace(f"<{tag}>", f"<p:{tag}>").replace(f"</{tag}>", f"</p:{tag}>")
    path = file(gzip.compress(text.encode()))
    assert scan(path, "r", ["a"]).collect()["a"].to_list() == ["1", "2"]


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_frame_answers_any_question_and_leaves_nothing_behind(file, scratch):
    frame = scan(file(RECORDS), "r", ["a", "b"])
    assert frame.select(pl.len()).collect().item() == 2
    assert frame.filter(pl.col("a") == "2").select("b").collect().rows() == [(None,)]
    assert frame.head(1).collect(engine="streaming").rows() == [("1", "x&y")]
    assert len(list(scratch.iterdir())) == 1
    del frame
    gc.collect()
    assert list(scratch.iterdir()) == []


BOMB = """<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<d><r><a>&c;</a></r></d>"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "made.xml:2: declares a document type or entities"),
        ('<!DOCTYPE d SYSTEM "file:///etc/hostname"><d/>', "declares a document type"),
        (RECORDS[:-20], "is not sound XML: no element found (is the file cut off?)"),
        (RECORDS.replace("</b>", "</x>"), "made.xml:1: is not sound XML: mismatched tag"),
        ("a,b\n1,2\n", "is not sound XML"),
        ("", "is not sound XML: no element found"),
        (gzip.compress(RECORDS.encode() * 3, mtime=0)[:-20], "is damaged"),
        (RECORDS.replace("no", "中").encode("gbk"), "is not sound XML: not well-formed"),
    ],
)
def test_unsound_files_are_refused(file, scratch, text, message):
    with pytest.raises(DataFaults) as caught:
        scan(file(text), "r", ["a"])
    assert message in str(caught.value)
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read in /proc")
def test_memory_does_not_grow_with_the_file(file):
    """A file of 60 MB is read in a process of its own within 40 MB above the start."""
    leaves = "".join(f"<leaf{place}>{place}.00000000</leaf{place}>" for place in range(60))
    record = f"<r><a>1</a>{leaves}</r>\n"
    path = file(f"<d>{record * (60_000_000 // len(record))}</d>")
    script = """
        import sys
        from pathlib import Path
        from abscase.sources.xml_records import scan
        # ru_maxrss would start at the peak of the process that this one was forked from.
        status = Path("/proc/self/status")
        peak = lambda: int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
        start = peak()
        scan(Path(sys.argv[1]), "r", ["a", "leaf7"])
        print(peak() - start)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40


def test_an_encoding_of_many_bytes_is_named(tmp_path):
    path = tmp_path / "loans.xml"
    path.write_text('<?xml version="1.0" encoding="gbk"?><a></a>')
    with pytest.raises(DataFaults, match="declares an encoding that cannot be read"):
        list(batches(path, "a", ["b"]))
