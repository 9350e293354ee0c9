"""The command line: help with examples, one line for what is wrong, exit codes."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import abscase
from abscase import cli
from abscase.cli import main, panels
from abscase.report import run
from abscase.report.plan import Request
from abscase.report.run import Outcome

COMMANDS = ["report", "run", "list", "load", "convert", "map", "check", "measure", "simulate"]


def help_of(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_is_a_command(command, capsys):
    example = re.search(r"example: abscase (.+)", help_of(command, capsys))[1]
    options = cli._parser().parse_args(shlex.split(example))
    assert options.command.__name__ == f"_{command}"


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(command in shown for command in COMMANDS)


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0 and re.match(r"abscase \d+\.\d+", capsys.readouterr().out)


def test_list_shows_notebooks_with_their_parameters(capsys):
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "06_leverage: " in shown and "13_verdict: " in shown
    line = next(line for line in shown.splitlines() if line.strip().startswith("retained "))
    assert re.search(r"float \[0, 0\.5\] += 0\.\d+ +\w+", line)
    assert main(["list", "06", "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "自留" in chinese and "13_verdict" not in chinese


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("run 06 -p retaned=0.08", "no parameter 'retaned' (did you mean 'retained'?)"),
        ("run 06 -p retained=0.9", "retained=0.9 is not a number in [0, 0.5]"),
        ("run 06 -p retained=nan", "retained=nan is not finite"),
        ("run 06 -p retained", "'retained' is not of the form name=value"),
        ("run 06 -p lang=zh", "lang is set by --lang"),
        ("run 06 -p out_dir=x", "out_dir is set by --out"),
        ("run 06_leverag", "no notebook named '06_leverag' (did you mean '06_leverage'?)"),
        ("run none.ipynb", "no file none.ipynb"),
        ("run 13 -p claims_dir=none", "no claim records (*.json) in"),
        ("list 99", "no notebook named '99'"),
        ("load none x.csv --case ant", "no source named 'none'"),
        ("load dcr none.csv --case us_subprime", "none.csv"),
        ("load generic x.csv", "--case is needed: give one of ant"),
        ("load dcr . --case us_subprime", "is a folder (give one file)"),
        ("convert dcr none.csv --to x", "none.csv: no such file"),
        ("convert dcrr none.csv --to x", "did you mean 'dcr'"),
        ("map none.csv", "none.csv: no such file"),
        ("measure none", "none: no such file or folder"),
        ("measure . --engine sparks", "no engine named 'sparks' (did you mean 'spark'?)"),
        ("measure . --master local", "--master is for the engine spark, not for polars"),
        ("simulate antt --to x", "no case named 'antt' (did you mean 'ant'?)"),
        ("simulate ant --to x --scenario covd", "no scenario named 'covd' (did you mean 'covid'?)"),
        ("check x.csv --table lone", "no table named 'lone'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(words)) == 2
    error = capsys.readouterr().err
    assert expected in error and error.startswith("abscase: ") and "Traceback" not in error
    assert len(error.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", ["report --lang fr", "report --jobs 0", "run", "nothing", ""])
def test_a_wrong_option_is_exit_2(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(shlex.split(words))
    assert caught.value.code == 2


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_what_is_no_panel_is_refused(engine, capsys, tmp_path):
    junk, other = tmp_path / "loans.csv", tmp_path / "performance.parquet"
    junk.write_text("a,b\n1,2\n")
    pd.DataFrame({"loan_id": ["1"]}).to_parquet(other)
    for path, says in ((junk, "is no Parquet file"), (other, "date: the column is not there")):
        assert main(["measure", str(path), "--engine", engine, "--out", str(tmp_path / "x")]) == 2
        error = capsys.readouterr().err
        assert says in error and "Traceback" not in error
    assert not (tmp_path / "x").exists()


def test_a_full_disk_is_one_line_whoever_reports_it(capsys, monkeypatch):
    def full(_):
        raise RuntimeError("parquet: underlying IO error: No space left on device (os error 28)")

    monkeypatch.setattr(panels, "_measure", full)
    assert main(["measure", "x"]) == 1
    assert capsys.readouterr().err == "abscase: No space left on device\n"


def test_a_folder_that_cannot_be_written_is_one_line(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert main(["run", "06", "--out", str(tmp_path / "file" / "x")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def outcomes(*statuses):
    request = Request(
        Path("06_leverage.ipynb"), "en", Path.cwd() / "reports" / "en" / "06_leverage"
    )
    return [Outcome(request, status) for status in statuses]


def test_a_failed_run_is_exit_1(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "run_all", lambda *_: outcomes("failed"))
    assert main(["run", "06", "-p", "retained=0.08"]) == 1
    assert "not done: 06_leverage en; see above" in capsys.readouterr().err


def test_the_same_parameters_go_into_the_same_folder(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    seen = []

    def take(requests, *_):
        seen.extend(requests)
        return outcomes("reused")

    monkeypatch.setattr(run, "run_all", take)
    for words in ("06 -p retained=0.1", "06_leverage -p retained=.1", "06 -p retained=0.2",
                  "06 -p retained=0.1 --lang zh"):  # fmt: skip
        assert main(["run", *words.split()]) == 0
    folders = [each.folder for each in seen]
    assert folders[0] == folders[1] and len(set(folders)) == 3
    assert folders[0].parent == tmp_path / "reports" / "runs"
    assert folders[0].name.startswith("06_leverage-")
    assert f"reports/runs/{folders[0].name}: 1 reused in" in capsys.readouterr().out


def test_the_verdict_runs_after_the_notebooks_whose_claims_it_reads(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    seen = []

    def take(requests, *_):
        seen.extend(requests)
        return outcomes("reused")

    monkeypatch.setattr(run, "run_all", take)
    assert main(["run", "13", "--lang", "zh"]) == 0
    *before, verdict = seen
    assert verdict.name == "13_verdict"
    assert verdict.after == tuple(before)
    assert {"00_claims", "01_data", "06_leverage"} <= {each.name for each in before}
    assert before[0].folder == tmp_path / "reports" / "zh" / before[0].name


def test_nothing_heavy_is_loaded_before_it_is_needed():
    code = (
        "import sys; import abscase.cli, abscase.report.whole, abscase.report.plan\n"
        "heavy = {'pandas', 'numpy', 'polars', 'papermill', 'nbformat', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_survey_is_made_filled_in_and_collected(tmp_path, capsys):
    folder = tmp_path / "answers"
    folder.mkdir()
    blank = folder / "a.csv"
    assert main(["survey", "new", str(blank), "--case", "ant"]) == 0
    assert main(["survey", "collect", str(folder), "--out", str(tmp_path / "all.csv")]) == 2
    assert "respondent" in capsys.readouterr().err
    assert not (tmp_path / "all.csv").exists()
    assert main(["survey"]) == 2


def test_loading_again_says_what_it_replaces(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))
    for name in ("old.csv", "new.csv"):
        (tmp_path / name).write_text("id\na\n", encoding="utf-8")
        text = "loan: {loan_id: id, currency: {value: CNY}}"
        (tmp_path / f"{name}.map.yml").write_text(text, encoding="utf-8")
        assert main(["load", "generic", str(tmp_path / name), "--case", "cn_peers"]) == 0
        shown = capsys.readouterr().out
        assert ("replaces the tape of old.csv" in shown) == (name == "new.csv")


def test_check_reads_a_deal_file(tmp_path, capsys):
    path = tmp_path / "d.yaml"
    path.write_text("name: x\n")
    assert main(["check", str(path)]) == 2
    assert "no deal" in capsys.readouterr().out
    shipped = abscase.__path__[0] + "/operating/deals/agency_passthrough.yaml"
    assert main(["check", shipped]) == 0
    assert "2 classes, 1 lists of payment" in capsys.readouterr().out
