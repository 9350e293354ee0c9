import json
import os
import re
import signal
import subprocess
import sys

import polars as pl
import pytest

from abscase.case import load_case
from abscase.errors import DataFaults
from abscase.sources import canonical
from abscase.sources.convert import convert
from abscase.sources.registry import load

HEADER = "id,day,balance,dpd\n"
MAP = """
loan: {loan_id: id, currency: {value: CNY}}
performance: {date: {column: day, format: "%Y-%m"}, balance_amt: balance, days_past_due: dpd}
"""


@pytest.fixture
def raw(tmp_path):
    """Write a file with its map: lines of loan, month, days past due."""

    def write(name, *rows):
        path = tmp_path / name
        path.write_text(HEADER + "".join(f"{loan},{day},100,{dpd}\n" for loan, day, dpd in rows))
        path.with_name(f"{path.name}.map.yml").write_text(MAP)
        return path

    return write


@pytest.fixture
def two(raw):
    """Two vintages, the rows of the first out of order."""
    first = raw("a.csv", ("A2", "2020-02", 0), ("A1", "2020-02", 31), ("A1", "2020-01", 0))
    return [first, raw("b.csv", ("B1", "2020-01", 0), ("B1", "2020-03", 95))]


def rows(folder):
    return pl.concat(
        pl.read_parquet(path) for path in sorted(folder.glob("[!.]*/performance.parquet"))
    )


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}


def test_each_file_becomes_a_part_with_the_state_before(two, tmp_path):
    said, out = [], tmp_path / "out"
    found = convert("generic", two, out, "cn_peers", say=said.append)
    frame = rows(out)
    assert frame["loan_id"].to_list() == ["A1", "A1", "A2", "B1", "B1"]
    assert frame["state"].to_list() == [0, 1, 0, 0, 3]
    assert frame["previous_state"].to_list() == [None, 0, None, None, None]
    assert [line.split(":")[0] for line in said] == ["1/2 a", "2/2 b"]
    assert (found.loans, found.rows, found.rows_read, found.gaps) == (3, 5, 5, 1)
    report = json.loads((out / "quality_report.json").read_text())
    assert report["parts"] == ["a", "b"] and report["rows"] == 5
    part = json.loads((out / "b" / "quality_report.json").read_text())
    assert (part["rows"], part["gaps"], part["file"]) == (2, 1, "b.csv")


def test_a_part_equals_what_load_writes(two, tmp_path):
    convert("generic", two[:1], tmp_path / "out", "cn_peers")
    load("generic", two[0], "cn_peers")
    for name in ("loan", "performance"):
        loaded = load_case("cn_peers").panel(name).collect()
        assert loaded.equals(pl.read_parquet(tmp_path / "out" / "a" / f"{name}.parquet"))


def test_what_is_done_is_not_done_again(two, tmp_path, raw):
    out, said = tmp_path / "out", []
    convert("generic", two, out, "cn_peers")
    before = files(out / "a")
    raw("b.csv", ("B1", "2020-01", 0))
    found = convert("generic", two, out, "cn_peers", say=said.append)
    assert said[0] == "1/2 a: stands, not made again" and "1 loans, 1 rows" in said[1]
    assert files(out / "a") == before and found.rows == 4
    two[0].with_name("a.csv.map.yml").write_text(MAP + "grade: B\n")
    convert("generic", two, out, "cn_peers")
    assert set(rows(out)["grade"]) == {"A", "B"}


def test_a_loan_in_two_files_is_refused_and_a_folder_is_the_way(raw, tmp_path):
    months = [raw("jan.csv", ("A1", "2020-01", 0)), raw("feb.csv", ("A1", "2020-02", 31))]
    out = tmp_path / "out"
    with pytest.raises(DataFaults, match=r"feb: loan_id: 'A1' holds 1 loans that part 'jan'") as e:
        convert("generic", months, out, "cn_peers")
    assert "into a folder and give the folder" in str(e.value)
    assert sorted(path.name for path in out.iterdir()) == [".lock", "jan"]
    pool = tmp_path / "pool"
    pool.mkdir()
    for path in months:
        path.rename(pool / path.name)
    (tmp_path / "pool.map.yml").write_text(MAP)
    convert("generic", [pool], tmp_path / "new", "cn_peers")
    assert rows(tmp_path / "new")["previous_state"].to_list() == [None, 0]


def test_a_bad_file_leaves_nothing_and_the_parts_before_it(two, tmp_path):
    two[1].write_text("id;day\n1;2\n")
    with pytest.raises(DataFaults, match=r"b\.csv:1: is separated by semicolons"):
        convert("generic", two, tmp_path / "out", "cn_peers")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".lock", "a"]


def test_strict_refuses_with_every_reason(raw, tmp_path):
    path = raw("a.csv", ("A1", "2020-01", 0), ("A1", "2020-01", 0), ("A1", "2020-02", "x"))
    with pytest.raises(DataFaults) as caught:
        convert("generic", [path], tmp_path / "out", "cn_peers", strict=True)
    assert len(caught.value.faults) == 3
    assert "a.csv: 1 would be left out: other row for a loan and month" in str(caught.value)
    assert "a.csv: 1 would be changed: performance.days_past_due not readable" in str(caught.value)
    assert convert("generic", [path], tmp_path / "out", "cn_peers").rows == 1


def test_parts_of_one_name_or_of_another_case_are_refused(two, raw, tmp_path):
    (tmp_path / "x").mkdir()
    other = raw("x/a.csv", ("C", "2020-01", 0))
    with pytest.raises(DataFaults, match="gives a part of the name 'a', and so does"):
        convert("generic", [two[0], other], tmp_path / "out", "cn_peers")
    convert("generic", two, tmp_path / "out", "cn_peers")
    with pytest.raises(DataFaults, match="a: holds a part of generic for cn_peers"):
        convert("generic", two, tmp_path / "out", "ant")


SLOW = """
import sys, time
from pathlib import Path
from abscase.sources import canonical
from abscase.sources.convert import convert
real = canonical.require_sound
def slow(file, table, name):
    real(file, table, name)
    if name.startswith("b.csv"):
        print("waiting", flush=True)
        time.sleep(60)
canonical.require_sound = slow
convert("generic", [Path(name) for name in sys.argv[2:]], Path(sys.argv[1]), "cn_peers")
"""


def test_a_killed_run_leaves_only_names_that_the_next_run_clears(two, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-c", SLOW, str(out), *map(str, two)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "waiting\n"
        os.kill(run.pid, signal.SIGKILL)
    names = sorted(path.name for path in out.iterdir())
    assert re.fullmatch(r"\.b-.+\.draft", names[0]) and names[1:] == [".lock", "a"]
    before = files(out / "a")
    convert("generic", two, out, "cn_peers")
    assert sorted(path.name for path in out.iterdir()) == [".lock", "a", "b", "quality_report.json"]
    assert files(out / "a") == before


def test_what_a_killed_load_set_aside_comes_back(tmp_path):
    (tmp_path / ".dcr-ab12.old").mkdir()
    (tmp_path / ".dcr-ab12.old" / "kept").touch()
    (tmp_path / ".dcr-ab12.draft").mkdir()
    (tmp_path / "ppdai").mkdir()
    (tmp_path / ".ppdai-xy.old").mkdir()
    canonical.clean(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dcr", "ppdai"]
    assert (tmp_path / "dcr" / "kept").exists()


def test_a_folder_of_vintages_gives_a_part_for_each_pair(tmp_path):
    from freddie_lines import LOAN, MONTH, ORIGINATION, PERFORMANCE, line

    folder = tmp_path / "raw"
    folder.mkdir()
    for year in ("05", "06"):
        loan = {"loan_id": f"F{year}Q10000001"}
        (folder / f"sample_orig_20{year}.txt").write_text(line(ORIGINATION, 32, LOAN | loan))
        (folder / f"sample_svcg_20{year}.txt").write_text(
            line(PERFORMANCE, 32, MONTH | loan | {"period": 200505})
        )
    said = []
    convert("freddie", [folder], tmp_path / "out", say=said.append)
    assert [line.split(":")[0] for line in said] == ["1/2 sample_orig_2005", "2/2 sample_orig_2006"]
    convert("freddie", sorted(folder.iterdir()), tmp_path / "out", say=said.append)
    assert [line.endswith("not made again") for line in said[2:]] == [True, True]
