import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory):
    """Keep the tests out of the user's own data folder."""
    os.environ["ABSCASE_HOME"] = str(tmp_path_factory.mktemp("home"))


@pytest.fixture
def samples():
    """The folder of real loan files, or a skip that says why."""
    folder = os.environ.get("ABSCASE_SAMPLES")
    if not folder:
        pytest.skip("ABSCASE_SAMPLES is not set: no real loan files here")
    if not Path(folder).is_dir():
        pytest.skip(f"ABSCASE_SAMPLES names no folder: {folder}")
    return Path(folder)
