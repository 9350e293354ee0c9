import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory):
    """Keep the tests out of the user's own data folder; workers share one, and its kept fits."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["ABSCASE_HOME"] = str(shared / "home")


@pytest.fixture
def samples():
    """The folder of real loan files, or a skip that says why."""
    folder = os.environ.get("ABSCASE_SAMPLES")
    if not folder:
        pytest.skip("ABSCASE_SAMPLES is not set: no real loan files here")
    if not Path(folder).is_dir():
        pytest.skip(f"ABSCASE_SAMPLES names no folder: {folder}")
    return Path(folder)
