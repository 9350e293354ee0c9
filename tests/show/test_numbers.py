"""Numbers as a reader sees them: units, rounding, both languages, missing values."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from abscase.errors import ChoiceError
from abscase.schema import UNITS
from abscase.show.numbers import bp, date, in_unit, money, percent, plain, times


@pytest.mark.parametrize(
    "value, expected",
    [
        (1.732e12, "CNY 1.73 trn"),
        (421.7e9, "CNY 422 bn"),
        (948.6e6, "CNY 949 m"),
        (210_580, "CNY 210,580"),
        (999.9e9, "CNY 1.00 trn"),
        (0, "CNY 0"),
        (-3e9, "CNY −3.00 bn"),
    ],
)
def test_money_in_english(value, expected):
    assert money(value, "CNY") == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        (1.732e12, "1.73万亿元"),
        (421.7e9, "4,217亿元"),
        (3e9, "30.0亿元"),
        (2.1e5, "21.0万元"),
        (9_900, "9,900元"),
        (99_999_999, "1.00亿元"),
    ],
)
def test_money_in_chinese(value, expected):
    assert money(value, "CNY", "zh") == expected


def test_other_currencies():
    assert money(948.6e6, "USD", "zh", digits=4) == "9.486亿美元"
    with pytest.raises(ChoiceError, match="choose from: CNY"):
        money(1, "RMB")


def test_rates():
    assert percent(0.0105, 2) == "1.05%"
    assert percent(np.float64(0.0525)) == "5.3%"  # a half is rounded up, not to even
    assert percent(1.005, 1) == "100.5%"
    assert bp(0.00125, digits=1) == "12.5 bp"
    assert times(4 / 0.3, digits=2) == "13.33×"
    assert times(99.96) == "100×"


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA, pd.NaT, np.nan])
def test_what_is_missing_is_a_dash(missing):
    shown = [percent(missing), bp(missing), times(missing), money(missing, "CNY"), plain(missing),
             date(missing), in_unit(missing, "times")]  # fmt: skip
    assert set(shown) == {"–"}


def test_infinity_is_shown_as_such():
    assert [times(math.inf), times(math.inf, "zh")] == ["no limit", "无上限"]
    assert [percent(-math.inf), money(math.inf, "USD")] == ["−∞%", "USD ∞"]


def test_a_rounded_zero_has_no_sign():
    assert percent(-0.0001) == "0.0%"


def test_dates():
    assert date(pd.Timestamp("2020-11-03")) == "3 Nov 2020"
    assert date(dt.date(2020, 11, 3), "zh") == "2020年11月3日"
    assert date("2008-12-31", "en", "quarter") == "2008 Q4"
    assert date("2008-12-31", "zh", "half") == "2008年下半年"
    with pytest.raises(ChoiceError, match="precision"):
        date("2008-12-31", precision="week")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_unit_of_the_schema_can_be_shown(unit, lang):
    shown = in_unit(12.5, unit, lang, "CNY")
    assert "12.5" in shown or "1,250.0%" in shown or shown in ("CNY 13", "13元")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ChoiceError, match="unit"):
        in_unit(1, "percent")
