"""The engines agree on a million rows, and with a count by hand on six."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hand_panel import ENGINES, HAND_LOANS, HAND_PANEL, simulate

from abscase.errors import DataFaults
from abscase.quality.cells import cells
from abscase.quality.concentration import concentration
from abscase.quality.delinquency import delinquency
from abscase.quality.exposure import exposure
from abscase.quality.incidence import cumulative_incidence
from abscase.quality.severity import severity
from abscase.quality.speeds import speeds
from abscase.quality.tally import condensed
from abscase.quality.transitions import roll_rates, transition_counts
from abscase.quality.vintages import vintages

COUNTED = {
    "delinquency": lambda panel, loan: delinquency(panel, ["date", "region"]),
    "transitions": lambda panel, loan: transition_counts(panel, ["date"]),
    "roll rates": lambda panel, loan: roll_rates(transition_counts(panel, ["region"]), ["region"]),
    "exposure": lambda panel, loan: exposure(panel, ["region"], entry_row=True),
    "incidence": lambda panel, loan: cumulative_incidence(exposure(panel)),
    "speeds": lambda panel, loan: speeds(exposure(panel, ["date"])),
    "vintages": lambda panel, loan: vintages(panel, loan, "quarter", ["region"]),
}
"""Measures that only count and add."""
MEASURES = COUNTED | {
    "condensed": lambda panel, loan: condensed(panel),
    "severity": lambda panel, loan: severity(panel),
    "concentration": lambda panel, loan: concentration(panel),
    "concentration of regions": lambda panel, loan: concentration(panel, (), "region"),
    "cells": lambda panel, loan: cells(
        loan, panel, keys=["region"], bins={"original_amt": [5e3, 2e4]}, period="quarter"
    ),
}
OUT_OF_CORE = ("polars lazy", "duckdb", pytest.param("spark", marks=pytest.mark.spark))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tape of a million loan-months in Parquet."""
    place = tmp_path_factory.mktemp("million")
    tape = simulate(80_000, 40, np.random.default_rng(11))
    for frame, name in zip(tape, ("loan", "performance"), strict=True):
        frame = frame.with_columns(case=pl.lit("us_prime"))
        frame.write_parquet(place / f"{name}.parquet", row_group_size=250_000)
    return place


@pytest.fixture(scope="module")
def frames(folder):
    names = ("performance", "loan")
    return [pl.read_parquet(folder / f"{name}.parquet").to_pandas() for name in names]


@pytest.fixture(scope="module")
def expected(frames):
    return {name: measure(*frames) for name, measure in MEASURES.items()}


def opened(folder, engine, request):
    """The panel and the loans as an engine reads them from Parquet."""
    files = [str(folder / f"{name}.parquet") for name in ("performance", "loan")]
    if engine == "duckdb":
        connection = pytest.importorskip("duckdb").connect()
        return [connection.read_parquet(file) for file in files]
    if engine == "spark":
        spark = request.getfixturevalue("spark")
        return [spark.read.parquet(file) for file in files]
    return [pl.scan_parquet(file) for file in files]


@pytest.fixture
def handed(request, monkeypatch):
    """The sizes of the tables that Spark hands over; another road out of Spark is an error."""
    sizes = []
    if "spark" in request.node.name:
        frame = type(request.getfixturevalue("spark").range(1))
        to_arrow = frame.toArrow

        def counted(self):
            table = to_arrow(self)
            sizes.append(table.num_rows)
            return table

        def refused(self, *_):
            raise AssertionError("rows would go to the driver one by one")

        monkeypatch.setattr(frame, "toArrow", counted)
        for name in ("collect", "toPandas", "toLocalIterator", "take", "head"):
            monkeypatch.setattr(frame, name, refused)
    return sizes


def assert_same(found, wanted, name):
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-12, atol=1e-15, obj=name)


@pytest.mark.parametrize("engine", OUT_OF_CORE)
def test_engines_agree_with_pandas_on_a_million_rows(
    engine, folder, request, frames, expected, handed
):
    assert len(frames[0]) > 1_000_000
    tape = opened(folder, engine, request)
    for name, measure in MEASURES.items():
        assert_same(measure(*tape), expected[name], name)
    if engine == "spark":
        assert len(handed) >= len(MEASURES)
        assert max(handed) < len(frames[0]) / 20, "a measure collects the panel"


@pytest.mark.parametrize("engine", OUT_OF_CORE[:2])
def test_a_condensed_panel_takes_the_panels_place(engine, folder, request, frames, expected):
    panel, loan = opened(folder, engine, request)
    small = condensed(panel, ["region"])
    assert len(small) < len(frames[0]) / 20
    assert small["loans"].sum() == len(frames[0])
    for name, measure in COUNTED.items():
        assert_same(measure(small, loan), expected[name], name)


def test_a_condensed_panel_is_refused_where_each_loan_counts(hand_panel):
    small = condensed(hand_panel)
    for measure in (concentration, severity):
        columns = small.assign(recovery_amt=0.0)
        with pytest.raises(DataFaults, match="counts many loans a row"):
            measure(columns)


@pytest.mark.parametrize("engine", ENGINES)
class TestSixRowsByHand:
    """Loan A (100): current, 30 days, default of 90 with a loss of 50. Loan B (200): current twice
    from age 2 on, then prepaid."""

    def test_delinquency(self, engine, hold):
        found = delinquency(hold(HAND_PANEL, engine))
        march = found[found["date"] == "2020-03-31"]
        assert list(march["loans"]) == [1, 1, 0, 0]
        assert list(march["balance_amt"]) == [150, 90, 0, 0]
        assert list(march["balance_share"]) == [150 / 240, 90 / 240, 0, 0]
        assert list(march["loan_share_plus"]) == [1, 0.5, 0, 0]
        # In April A has defaulted and B alone is there; in May nobody is.
        assert list(found[found["state"] == 0]["loans"]) == [1, 1, 1]
        assert list(found[found["state"] == 0]["balance_amt"]) == [90, 150, 140]

    def test_transitions(self, engine, hold):
        found = transition_counts(hold(HAND_PANEL, engine))
        assert found.to_numpy().tolist() == [[0, 0, 1], [0, 1, 1], [0, 5, 1], [1, 4, 1]]

    def test_exposure_and_incidence(self, engine, hold):
        found = exposure(hold(HAND_PANEL, engine))
        # Age, at risk, default, prepaid, matured: a loan is at risk from its second row on.
        assert found.to_numpy().tolist() == [[2, 1, 0, 0, 0], [3, 2, 1, 0, 0], [4, 1, 0, 1, 0]]
        shares = cumulative_incidence(found).set_index(["cause", "age_months"])["incidence"]
        assert list(shares["default"]) == [0, 1 / 2, 1 / 2]
        assert list(shares["prepaid"]) == [0, 0, 1 / 2]

    def test_vintages(self, engine, hold):
        found = vintages(hold(HAND_PANEL, engine), hold(HAND_LOANS, engine)).set_index("age_months")
        assert list(found["vintage"].unique()) == ["2020"]
        assert list(found["at_risk"]) == [0, 1, 2, 1]
        assert list(found["survival"]) == [1, 1, 1 / 2, 0]
        assert list(found["default_share"]) == [0, 0, 1 / 2, 1 / 2]
        # 90 of default and 50 of loss over two loans at risk, scaled to 2 loans of 300 together.
        assert found.loc[4, "default_amt_share"] == pytest.approx(90 / 2 * 2 / 300, rel=1e-12)
        assert found.loc[4, "loss_share"] == pytest.approx(50 / 2 * 2 / 300, rel=1e-12)
        assert found.loc[4, "naive_loss_share"] == pytest.approx(50 / 300, rel=1e-12)

    def test_severity_and_concentration(self, engine, hold):
        panel = hold(HAND_PANEL, engine)
        lost = severity(panel, ())
        assert lost.loc[0, ["loans", "default_amt", "loss_amt"]].tolist() == [1, 90, 50]
        assert lost.loc[0, "severity"] == pytest.approx(50 / 90, rel=1e-12)
        assert lost.loc[0, "recovery_rate"] == pytest.approx(40 / 90, rel=1e-12)
        march = concentration(panel).set_index("date").loc["2020-03-31"]
        assert march["hhi"] == pytest.approx((150**2 + 90**2) / 240**2, rel=1e-12)
