"""Notebooks run whole or not at all; what is good is kept; a killed run goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from abscase.errors import DataFaults, ParameterFaults
from abscase.report import drafts, manifest, run
from abscase.report.plan import CLAIMS_READ, Request, run_requests
from abscase.report.run import run_all

GROUND = manifest.Ground({}, {}, {}, {})
CLAIM = "from pathlib import Path\nPath(out_dir, 'claims').mkdir()\n"
CLAIM += "Path(out_dir, 'claims', '06.json').write_text(str(x))\n"
CLAIM += "Path(out_dir, 'manifest.json').write_text('{}')  # as a session does"


@pytest.fixture(autouse=True)
def still_ground(monkeypatch):
    monkeypatch.setattr(manifest, "ground", lambda: GROUND)


def statuses(outcomes):
    return {each.request.name: each.status for each in outcomes}


def outputs_of(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        "".join(out["text"]) for cell in cells for out in cell.get("outputs", []) if "text" in out
    ]


def test_a_run_from_failure_to_reuse(write_notebook, tmp_path):
    out, said = tmp_path / "out", []

    def requests(x):
        make = {name: tmp_path / f"{name}.ipynb" for name in "abcd"}
        a = Request(make["a"], "en", out / "en" / "a", {"x": x})
        b = Request(make["b"], "en", out / "en" / "b")
        c = Request(make["c"], "en", out / "en" / "c", {}, (a,))
        return [a, b, c, Request(make["d"], "en", out / "en" / "d", {}, (b,))]

    write_notebook("a", CLAIM)
    write_notebook("b", "1 / 0")
    read = "import os\nfrom pathlib import Path\n"
    read += "print(Path(claims_dir, 'a.06.json').read_text(), os.environ['OMP_NUM_THREADS'])"
    write_notebook("c", read, reads=True)
    write_notebook("d", "pass")

    found = run_all(requests(3), 2, say=said.append)
    assert statuses(found) == {"a": "ran", "b": "failed", "c": "ran", "d": "skipped"}
    failure = next(line for line in said if "FAILED" in line)
    assert "in cell 'step-1'" in failure and "ZeroDivisionError" in failure
    assert len(failure.splitlines()) < 24 and "b.failed.ipynb" in failure
    assert any(line.endswith("skipped, for it reads b") for line in said)
    assert (out / "en" / "b.failed.ipynb").is_file()
    assert sorted(path.name for path in (out / "en").iterdir()) == ["a", "b.failed.ipynb", "c"]
    assert outputs_of(out / "en" / "c" / "c.ipynb") == ["3 1\n"]
    assert (out / "en" / "c" / CLAIMS_READ / "a.06.json").read_text() == "3"
    notes = manifest.read(out / "en" / "a")
    assert notes["parameters"] == {"lang": "en", "seed": 7, "out_dir": ".", "x": 3}
    assert list(notes["outputs"]) == ["a.ipynb", "claims/06.json"]
    assert str(tmp_path) not in (out / "en" / "a" / "a.ipynb").read_text(encoding="utf-8")

    write_notebook("b", "print('mended')")
    said.clear()
    found = run_all(requests(3)[:3], 2, say=said.append)
    assert statuses(found) == {"a": "reused", "b": "ran", "c": "reused"}
    assert said[0].startswith("[1/3] a en ") and said[0].endswith("unchanged, reused")
    assert not (out / "en" / "b.failed.ipynb").exists()


def test_a_users_file_is_read_from_where_the_user_stands(write_notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = write_notebook("a", "print(open(answers_csv).read())", answers=True)
    with pytest.raises(ParameterFaults, match="answers_csv: no file mine"):
        run_requests(str(notebook), ["answers_csv=mine.csv"], "en", tmp_path / "out")
    (tmp_path / "mine.csv").write_text("1")
    [request] = run_requests(str(notebook), ["answers_csv=mine.csv"], "en", tmp_path / "out")
    assert statuses(run_all([request])) == {"a": "ran"}
    assert outputs_of(request.folder / "a.ipynb") == ["1\n"]
    assert statuses(run_all([request])) == {"a": "reused"}
    (tmp_path / "mine.csv").write_text("2")
    assert statuses(run_all([request])) == {"a": "ran"}
    assert outputs_of(request.folder / "a.ipynb") == ["2\n"]
    [plain] = run_requests(str(notebook), ["answers_csv="], "en", tmp_path / "out")
    assert not plain.files


@pytest.mark.parametrize(
    ("notebook", "parameter", "text", "says"),
    [
        ("07", "deal_yaml", "name: x\n", "must be given"),
        ("03", "survey_csv", "a,b\n1,2\n", "survey.csv"),
        ("02", "weights_csv", "theme,weight\nU,x\n", "is not a number"),
    ],
)
def test_the_faults_of_a_users_file_are_told_before_anything_starts(
    notebook, parameter, text, says, tmp_path
):
    path = tmp_path / "survey.csv"
    path.write_text(text)
    with pytest.raises(DataFaults, match=says):
        run_requests(notebook, [f"{parameter}={path}"], "en", tmp_path / "out")


def test_a_misspelt_parameter_starts_nothing(write_notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_run", lambda *_: pytest.fail("something was started"))
    good = Request(write_notebook("a"), "en", tmp_path / "out" / "a")
    bad = Request(write_notebook("b"), "en", tmp_path / "out" / "b", {"sead": 1, "x": 10})
    with pytest.raises(ParameterFaults) as caught:
        run_all([good, bad])
    first, second = caught.value.messages
    assert first.startswith("b: no parameter 'sead' (did you mean 'seed'?)")
    assert second == "b: x=10 is not a whole number in [0, 9]"
    assert not (tmp_path / "out").exists()


def test_a_process_that_dies_takes_no_other_with_it(write_notebook, tmp_path):
    killer = write_notebook("killer", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)")
    slow = write_notebook("good", "import time\ntime.sleep(6)\nprint(x)")
    names = {"killer": killer, "good": slow}
    made = [Request(path, "en", tmp_path / "out" / name) for name, path in names.items()]
    found = run_all(made, 2, say=lambda _: None)
    assert statuses(found) == {"killer": "failed", "good": "ran"}
    assert "terminated abruptly" in found[0].message


SCRIPT = """
import sys
from pathlib import Path
from abscase.report import drafts, manifest
from abscase.report.plan import Request
from abscase.report.run import run_all

if __name__ == "__main__":
    manifest.ground = lambda: manifest.Ground({}, {}, {}, {})
    here = Path(sys.argv[1])
    made = [Request(here / f"{name}.ipynb", "en", here / "out" / "en" / name) for name in "ab"]
    with drafts.only_one(here / "out"):
        run_all(made, 1)
"""


def wait_until(true, seconds=180):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_after_kill_9_the_next_run_goes_on(write_notebook, tmp_path):
    marker, go, script = tmp_path / "kernel", tmp_path / "go", tmp_path / "script.py"
    write_notebook("a", "print(x)")
    slow = "import os, time\nfrom pathlib import Path\n"
    slow += f"Path({str(marker)!r}).write_text(f'{{os.getpid()}} {{os.getppid()}}')\n"
    slow += f"while not Path({str(go)!r}).exists(): time.sleep(0.1)"
    write_notebook("b", slow)
    script.write_text(SCRIPT, encoding="utf-8")
    words = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: marker.exists() and len(marker.read_text().split()) == 2)
        process.send_signal(signal.SIGKILL)
    for pid in map(int, marker.read_text().split()):
        wait_until(lambda pid=pid: not is_alive(pid), 30)
    folder = tmp_path / "out" / "en"
    assert (folder / "a" / "manifest.json").is_file() and not (folder / "b").exists()
    assert list(folder.glob(".*.part"))

    go.touch()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.endswith("unchanged, reused") and " ran in " in second
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]


def test_a_second_run_waits_for_the_first(tmp_path):
    said, order = [], []

    def second():
        with drafts.only_one(tmp_path, said.append):
            order.append("second")

    with drafts.only_one(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        wait_until(lambda: said, 10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"] and "waiting" in said[0]


def test_a_result_takes_its_place_whole(tmp_path):
    draft, folder = tmp_path / ".a.part", tmp_path / "a"
    for path, text in ((draft, "new"), (folder, "old")):
        path.mkdir()
        (path / text).write_text(text)
    drafts.publish(draft, folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "new"]
