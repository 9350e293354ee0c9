import numpy as np
import pandas as pd
import pytest

from abscase.errors import ParameterFaults
from abscase.quality.exposure import exposure
from abscase.quality.speeds import (
    cpr_to_psa,
    cpr_to_smm,
    monthly_rate,
    psa_to_cpr,
    smm_to_cpr,
    speeds,
    yearly_rate,
)


def test_there_and_back():
    rates = np.array([0, 1e-12, 0.0035, 0.1, 0.3, 1])
    assert monthly_rate(yearly_rate(rates)) == pytest.approx(rates, rel=1e-12)
    assert yearly_rate(1e-14) == pytest.approx(1.2e-13, rel=1e-9)


def test_published_pairs():
    # Standard Formulas: 6 % CPR is 0.5143 % SMM; the 0.35 % a month of Ant's stock, 4.12 % a year.
    assert cpr_to_smm(0.06) == pytest.approx(0.005143, abs=5e-7)
    assert smm_to_cpr(0.0035) == pytest.approx(0.0412, abs=5e-5)


def test_twelve_months_of_a_rate_leave_what_the_year_leaves():
    assert 1 - yearly_rate(0.02) == pytest.approx(0.98**12)
    assert yearly_rate(0.05, period_months=3) == pytest.approx(1 - 0.95**4)


def test_the_standard_curve():
    ages = np.arange(1, 61)
    expected = np.minimum(ages * 0.002, 0.06)
    assert psa_to_cpr(ages) == pytest.approx(expected)
    assert psa_to_cpr(15, 1.5) == pytest.approx(0.045)
    assert psa_to_cpr(40, 50) == 1
    assert cpr_to_psa(psa_to_cpr(ages, 1.75), ages) == pytest.approx(1.75)


def test_a_percent_is_refused():
    with pytest.raises(ParameterFaults, match="period_rate is 6; give a value from 0 to 1"):
        yearly_rate(6)


def test_speeds_by_hand(hand_panel):
    found = speeds(exposure(hand_panel, ["date"])).set_index("date")
    assert found["mdr"].tolist() == pytest.approx([0, 0.5, 0])
    assert found["smm"].tolist() == pytest.approx([0, 0, 1])
    assert found["cdr"].iloc[1] == pytest.approx(1 - 0.5**12)


def test_speeds_of_a_quarterly_panel():
    table = pd.DataFrame({"at_risk": [100, 0], "default": [5, 0], "prepaid": [19, 0],
                          "segment": ["a", "b"]})  # fmt: skip
    found = speeds(table, ["segment"], period_months=3)
    assert found["cdr"].iloc[0] == pytest.approx(1 - 0.95**4)
    assert found["smm"].iloc[0] == pytest.approx(1 - 0.81 ** (1 / 3))
    assert found.iloc[1][["mdr", "cpr"]].isna().all()
    assert speeds(table, ())["at_risk"].tolist() == [100]
