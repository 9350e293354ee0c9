"""The wheel carries notebooks and data: installed into an empty environment, it reports."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.wheel


def run(*words, cwd=None):
    bare = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=bare, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def test_it_holds_what_a_report_needs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ["reports.yml", "notebooks/06_leverage.ipynb", "data/ant/datapackage.json"]:
        assert f"abscase/_share/{name}" in names
    beside = {path.relative_to(ROOT).as_posix() for path in (ROOT / "abscase").rglob("*.*")
              if path.suffix in {".otf", ".csv", ".css", ".html", ".txt", ".yaml"}}  # fmt: skip
    assert beside and beside <= names


def test_it_reports_from_an_empty_environment(wheel, tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    if uv := shutil.which("uv"):
        run(uv, "venv", "--python", sys.executable, tmp_path / "venv")
        install = [uv, "pip", "install", "--python", python]
    else:
        run(sys.executable, "-m", "venv", tmp_path / "venv")
        install = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    run(*install, "--require-hashes", "-r", lock)
    run(*install, "--no-deps", wheel)
    empty = tmp_path / "empty"
    empty.mkdir()
    run(python.parent / "abscase", "report", "--quick", "--lang", "en", cwd=empty)
    index = (empty / "reports" / "index.html").read_text(encoding="utf-8")
    assert "06_leverage" in index
    assert [path.name for path in empty.iterdir()] == ["reports"]
