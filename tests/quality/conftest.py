"""Panels, and the engines that may hold them."""

import os
import shutil

import numpy as np
import pytest
from hand_panel import HAND_LOANS, HAND_PANEL, simulate


@pytest.fixture
def hand_panel():
    return HAND_PANEL.to_pandas()


@pytest.fixture
def hand_loans():
    return HAND_LOANS.to_pandas()


@pytest.fixture(scope="session")
def random_tape():
    """About 100,000 loan-months: aged entries, gaps, every state, empty cells."""
    return simulate(8_000, 40, np.random.default_rng(7))


@pytest.fixture
def hold(request, tmp_path):
    """Return a function that puts a Polars frame into the engine of a given name."""

    def put(frame, engine):
        if engine == "pandas":
            return frame.to_pandas()
        if engine == "pandas nullable":
            return frame.to_pandas().convert_dtypes()
        if engine == "duckdb":
            duckdb = pytest.importorskip("duckdb")
            return duckdb.connect().from_arrow(frame.to_arrow())
        if engine == "spark":
            path = tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet"
            frame.write_parquet(path)
            return request.getfixturevalue("spark").read.parquet(str(path))
        return frame.lazy() if engine == "polars lazy" else frame

    return put


@pytest.fixture(scope="session")
def spark():
    """A Spark session on this machine, or on the cluster that ABSCASE_SPARK names."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if not shutil.which("java"):
        pytest.skip("there is no java for Spark to run on")
    session = (
        sql.SparkSession.builder.master(os.environ.get("ABSCASE_SPARK", "local[2]"))
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()
