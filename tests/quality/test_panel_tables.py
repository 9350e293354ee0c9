"""The tables of a panel, the same from every engine, and equal to a count by hand."""

import pandas as pd
import polars as pl
import pytest
from hand_panel import HAND_LOANS, HAND_PANEL

from abscase.errors import AbscaseError, ChoiceError, DataFaults, ParameterFaults
from abscase.quality import engines
from abscase.quality.engines import ENGINES, opened, panel_files
from abscase.quality.panel_tables import panel_tables
from abscase.report.measured import measured

OTHERS = [
    "pandas",
    "duckdb",
    pytest.param("spark", marks=pytest.mark.spark),
]
assert {getattr(each, "values", [each])[0] for each in OTHERS} == set(ENGINES) - {"polars"}


def write(folder, loan, performance):
    folder.mkdir()
    case = {"case": pl.lit("us_prime")}
    loan.with_columns(**case).write_parquet(folder / "loan.parquet")
    performance.with_columns(**case).write_parquet(folder / "performance.parquet")
    return folder


@pytest.fixture
def hand(tmp_path):
    loans = HAND_LOANS.with_columns(region=pl.Series(["CA", "FL"]))
    return write(tmp_path / "hand", loans, HAND_PANEL)


@pytest.fixture
def parts(tmp_path, random_tape):
    """A panel in two parts, of which one has a column more."""
    loan, panel = random_tape
    low = pl.col("loan_id").cast(pl.Int64) < 3000
    (tmp_path / "parts").mkdir()
    panel = panel.drop("region")
    write(tmp_path / "parts" / "a", loan.filter(low), panel.filter(low).with_columns(extra=1))
    write(tmp_path / "parts" / "b", loan.filter(~low), panel.filter(~low))
    return tmp_path / "parts"


def tables(path, engine="polars", by=()):
    with opened(path, engine, columns=by) as panel:
        return panel_tables(panel.performance, panel.loan, by)


def test_a_count_by_hand(hand):
    found = tables(hand)
    stock = found["delinquency"].set_index(["date", "state"])
    assert stock.loc[(pd.Timestamp("2020-03-31"), 1), "balance_share"] == pytest.approx(90 / 240)
    moves = found["transitions"].set_index(["previous_state", "state"])
    assert moves["loans"].to_dict() == {(0, 0): 1, (0, 1): 1, (0, 5): 1, (1, 4): 1}
    assert moves.loc[(0, 5), "share"] == pytest.approx(1 / 3)
    risk = found["exposure"].set_index("age_months")
    assert risk["at_risk"].to_dict() == {2: 1, 3: 2, 4: 1}
    assert risk["default_hazard"].to_dict() == {2: 0, 3: 0.5, 4: 0}
    assert found["severity"]["severity"].tolist() == [pytest.approx(50 / 90)]
    assert found["vintages"]["default_share"].iloc[-1] == pytest.approx(0.5)


def test_by_a_column_of_the_loans(hand):
    found = tables(hand, by=("region",))
    assert found["transitions"].groupby("region")["loans"].sum().to_dict() == {"CA": 2, "FL": 2}
    assert found["transitions"].groupby(["region", "previous_state"])["share"].sum().eq(1).all()
    assert set(found["vintages"]["region"]) == {"CA", "FL"}


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("by", [(), ("region",)])
def test_engines_agree(parts, engine, by):
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    if engine == "spark":
        pytest.importorskip("pyspark")
    expected, found = tables(parts, "polars", by), tables(parts, engine, by)
    assert found.keys() == expected.keys() and len(found) == 5
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table, rtol=1e-12, atol=1e-9)


def test_what_can_be_opened(hand, parts):
    assert panel_files(hand / "performance.parquet")[1] == [hand / "loan.parquet"]
    assert [len(files) for files in panel_files(parts)] == [2, 2]
    (parts / ".a-xx.draft").mkdir()
    (parts / ".a-xx.draft" / "performance.parquet").touch()
    assert len(panel_files(parts)[0]) == 2


def test_a_panel_without_loans_or_losses_gives_the_rest(tmp_path):
    HAND_PANEL.drop("loss_amt").write_parquet(tmp_path / "x.parquet")
    assert list(tables(tmp_path / "x.parquet")) == ["delinquency", "transitions", "exposure"]


def test_refusals(hand, tmp_path, monkeypatch):
    with pytest.raises(ChoiceError, match="no engine named 'dask'"):
        tables(hand, "dask")
    with pytest.raises(DataFaults, match="no such file or folder"):
        tables(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataFaults, match=r"holds no panel \(performance.parquet\)"):
        tables(tmp_path / "empty")
    with pytest.raises(DataFaults, match=r"regin: is no column .* .did you mean 'region'"):
        tables(hand, by=("regin",))
    with (
        pytest.raises(ParameterFaults, match="--master is for the engine spark"),
        opened(hand, "polars", "local[2]"),
    ):
        pass
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    for engine, fix in (("spark", r"pip install 'abscase\[spark\]'"), ("duckdb", "pip install")):
        with pytest.raises(AbscaseError, match=f"engine {engine} is not installed: {fix}"):
            tables(hand, engine)


def test_a_tape_without_history_has_nothing_to_measure(tmp_path):
    with (
        opened(write(tmp_path / "a", HAND_LOANS, HAND_PANEL.clear())) as panel,
        pytest.raises(DataFaults, match="listings only: no history to measure"),
    ):
        panel_tables(panel.performance, panel.loan)


def test_two_tapes_are_no_one_panel(tmp_path):
    for name in ("x", "y"):
        folder = write(tmp_path / name, HAND_LOANS, HAND_PANEL)
        (folder / "provenance.json").write_text(f'{{"source": "{name}"}}', encoding="utf-8")
    with pytest.raises(DataFaults, match=r"holds 2 tapes \(x, y\): give one of them"):
        panel_files(tmp_path)
    (tmp_path / "y" / "provenance.json").write_text('{"source": "x"}', encoding="utf-8")
    assert len(panel_files(tmp_path)[0]) == 2


def test_a_tape_without_arrears_does_not_claim_that_there_are_none():
    ends = pl.col("state").is_in([0, 4, 5, 6])
    shown = measured(panel_tables(HAND_PANEL.filter(ends).with_columns(case=pl.lit("us_prime"))))
    assert "or arrears are not recorded" in shown and "30 days late or more: 0" not in shown
