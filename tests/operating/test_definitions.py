import numpy as np
import pandas as pd
import pytest

from abscase.operating import definitions as defs
from abscase.operating.ruin import borne_loss


def test_facilitated_of_june_2020():
    credit = 1732 + 421.7
    assert credit == pytest.approx(2153.7)
    assert 36.2 / credit == pytest.approx(0.0168, abs=5e-5)
    assert defs.facilitated(credit, 16) == pytest.approx(134.6, abs=0.05)


def test_on_book_of_the_two_companies_in_2019():
    assert defs.on_book(20.678 + 32.82, 16) == pytest.approx(3.34, abs=0.005)


def test_recourse_runs_from_on_book_to_facilitated():
    assert defs.recourse_adjusted(9, 360, 0, 3) == defs.on_book(9, 3)
    assert defs.recourse_adjusted(9, 360, 1, 3) == pytest.approx(123)
    grid = defs.recourse_adjusted(9, 360, np.linspace(0, 1, 11), 3)
    assert np.allclose(np.diff(grid), 12)


def test_a_kept_junior_bears_the_whole_of_a_small_loss():
    assert defs.junior_loss_share(0.02, 0.08) == 1
    assert defs.junior_loss_share(0.16, 0.08) == pytest.approx(0.5)
    assert defs.junior_loss_share(0.02, 0.08, kept=0.5) == pytest.approx(0.5)
    assert defs.junior_loss_share(0.0, 0.08) == 1 and defs.junior_loss_share(0.0, 0.0) == 0
    losses = np.array([0.001, 0.05, 0.08, 0.3, 1])
    borne = borne_loss(losses, 0, 1, retained=0.08)
    assert defs.junior_loss_share(losses, 0.08) * losses == pytest.approx(borne)


def test_loss_weighted():
    assert defs.loss_weighted(9, 360, 0, 3) == 3
    assert defs.loss_weighted(9, 360, 1, 3) == 123


def test_channels():
    frame = defs.channels(3, 2, made=360, outstanding=134.7, retained=0.08, own_share=0.02)
    frame = frame.set_index("channel")
    assert frame.loc["joint"].tolist() == pytest.approx([150, 150, 3])
    assert frame.loc["abs", ["flow", "stock"]].tolist() == pytest.approx([120, 44.9])
    assert frame.loc["both", "flow"] == pytest.approx(120 / 0.02)
    assert frame.loc["both", "exposure"] == frame.loc["abs", "exposure"]
    assert (frame["flow"] >= frame["stock"]).all()


def test_four_definitions_leave_open_what_is_unknown():
    inputs = pd.DataFrame({
        "capital": [16.0, 16.0, 12.0], "credit": [2153.7, np.nan, 600.0],
        "assets": [np.nan, 53.498, np.nan], "own": [36.2, np.nan, np.nan],
        "abs": [np.nan, np.nan, 373.0],
    })  # fmt: skip
    out = defs.four_definitions(inputs, recourse=0.5, junior=0.08, kept=1, pool_loss=0.02)
    assert out["facilitated"].round(1).tolist()[::2] == [134.6, 50.0]
    assert out["on_book"].round(2).tolist()[:2] == [2.26, 3.34]
    assert out["recourse"][0] == pytest.approx((36.2 + 0.5 * 2117.5) / 16)
    assert out["el_weighted"].isna().all(), "own loans and securities were never both known"
    assert out.loc[1, ["facilitated", "recourse", "el_weighted"]].isna().all()
    assert np.isnan(out["recourse"][2])
    full = defs.four_definitions(inputs.assign(abs=100.0), 0, 0.08, 1, 0.02)
    assert full["el_weighted"][0] == pytest.approx(136.2 / 16)
