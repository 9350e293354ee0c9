"""The pool of a case: the tape that was loaded, else simulated loans."""

import shutil

import pandas as pd
import polars as pl
import pytest

from abscase.case import load_case
from abscase.errors import ChoiceError, DataFaults
from abscase.quality.pool import pool
from abscase.sources.registry import load

ROW = {
    "id": 1, "time": 25, "orig_time": 24, "mat_time": 144, "status_time": 0,
    "investor_orig_time": 0, "REtype_CO_orig_time": 0, "REtype_PU_orig_time": 0,
    "REtype_SF_orig_time": 1, "balance_time": 100.0, "LTV_time": 80.0, "interest_rate_time": 7.5,
    "hpi_time": 226.29, "balance_orig_time": 110.0, "FICO_orig_time": 610, "LTV_orig_time": 90.0,
    "Interest_Rate_orig_time": 7.0, "hpi_orig_time": 220.0, "lgd_time": "", "recovery_res": "",
    "state_orig_time": "CA",
}  # fmt: skip


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))
    path = tmp_path / "panel.csv"
    rows = [ROW, ROW | {"time": 26}, ROW | {"id": 2, "FICO_orig_time": 660}]
    pd.DataFrame(rows).to_csv(path, index=False)
    load("dcr", path)
    return load_case("us_subprime")


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path / "home"))


def test_without_a_tape_the_loans_are_simulated_and_say_so(empty):
    found = pool(load_case("ant"), 300, 1)
    assert (found.grade, found.simulated, found.period_months) == ("B", True, 1)
    assert found.calibration is not None
    assert "simulated" in found.name
    assert found.loan.select(pl.len()).collect().item() == 300
    assert set(found.performance.collect()["grade"]) == {"B"}


def test_a_loaded_tape_takes_the_place_of_the_simulated_one(loaded):
    found = pool(loaded)
    assert (found.grade, found.simulated, found.period_months) == ("A", False, 3)
    assert found.calibration is None
    assert found.sources == ("panel-dcr",)


def test_a_subprime_tape_is_cut_at_the_score_and_says_so(loaded):
    found = pool(loaded)
    assert found.loan.collect()["loan_id"].to_list() == ["1"]
    assert set(found.performance.collect()["loan_id"]) == {"1"}
    assert "below 660" in found.name and found.score_below == 660
    assert pool(loaded, score_below=None).loan.collect().height == 2
    with pytest.raises(DataFaults, match="no loans of the tape are left"):
        pool(loaded, score_below=400)


def test_a_scenario_is_always_simulated(loaded):
    assert pool(loaded, 200, 1, "2007").simulated


def test_the_scenario_must_exist(empty):
    with pytest.raises(ChoiceError, match="no scenario named 'crash'"):
        pool(load_case("ant"), scenario="crash")


def test_two_tapes_of_a_case_are_refused_with_the_way_out(loaded, tmp_path):
    folder = tmp_path / "home" / "panels" / "us_subprime"
    shutil.copytree(folder / "dcr", folder / "mine")
    with pytest.raises(DataFaults) as caught:
        pool(load_case("us_subprime"))
    assert len(caught.value.faults) == 2
    assert all(str(folder) in fault.fix for fault in caught.value.faults)
