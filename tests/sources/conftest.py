import gzip

import pytest

from abscase.errors import DataFaults
from abscase.sources.panels import home_dir
from abscase.sources.registry import load


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))


@pytest.fixture
def real(samples):
    """Find a real file by its path among the samples, or skip and say which is missing."""

    def find(name):
        path = samples / name
        if not path.is_file():
            pytest.skip(f"no such real file: {path}")
        return path

    return find


@pytest.fixture
def refused():
    """Load a file that must be refused, and return the message; nothing of it may stay behind."""

    def run(source, path, case):
        with pytest.raises(DataFaults) as caught:
            load(source, path, case)
        left = [each for each in (home_dir() / "panels").rglob("*") if each.name != ".lock"]
        assert [each for each in left if each.is_file() or each.name.startswith(".")] == []
        return str(caught.value)

    return run


@pytest.fixture
def truncated():
    """Write text as gzip and cut the file in half."""

    def write(path, text):
        whole = gzip.compress(text.encode())
        path.write_bytes(whole[: len(whole) // 2])
        return path

    return write
