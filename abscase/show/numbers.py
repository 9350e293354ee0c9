"""Numbers and dates as a reader sees them; the only place where percent, bp and bn exist."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from abscase.errors import ChoiceError
from abscase.schema import UNITS
from abscase.show.labels import LANGS, has_label, label

MISSING = "–"
ENGLISH = ((1e12, " trn"), (1e9, " bn"), (1e6, " m"), (1.0, ""))
CHINESE = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"), (1.0, ""))
CURRENCY = {"CNY": "元", "USD": "美元", "EUR": "欧元", "TWD": "新台币元"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PRECISIONS = ("day", "month", "quarter", "half", "year", "unknown")
HALVES = ("上", "下")


def percent(value: float | None, digits: int = 1) -> str:
    """Return a decimal rate or share in percent.

    >>> percent(0.0525), percent(-0.002), percent(None)
    ('5.3%', '−0.2%', '–')
    """
    return MISSING if _missing(value) else f"{_text(value, digits, 100)}%"


def bp(value: float | None, lang: str = "en", digits: int = 0) -> str:
    """Return a decimal rate in basis points.

    >>> bp(0.0025), bp(0.0025, "zh")
    ('25 bp', '25个基点')
    """
    unit = {"en": " bp", "zh": "个基点"}[_known(lang)]
    return MISSING if _missing(value) else f"{_text(value, digits, 10_000)}{unit}"


def times(value: float | None, lang: str = "en", digits: int | None = None) -> str:
    """Return a multiple; by default with one decimal under 1000, if it says something over 100.

    >>> times(1333.3), times(16.667, "zh"), times(5, digits=2), times(139.48), times(100)
    ('1,333×', '16.7倍', '5.00×', '139.5×', '100×')
    >>> times(math.inf), times(math.inf, "zh")
    ('no limit', '无上限')
    """
    if not _missing(value) and value == math.inf:
        return {"en": "no limit", "zh": "无上限"}[_known(lang)]
    if digits is None:
        size = 0.0 if _missing(value) else abs(float(value or 0))
        whole = size >= 999.95 or (size >= 99.95 and abs(size - round(size, 0)) < 0.05)
        digits = 0 if whole else 1
    unit = {"en": "×", "zh": "倍"}[_known(lang)]
    return MISSING if _missing(value) else f"{_text(value, digits)}{unit}"


def money(value: float | None, currency: str, lang: str = "en", digits: int = 3) -> str:
    """Return an amount in whole ``currency`` units, to ``digits`` figures, scaled to a short word.

    >>> money(1.732e12, "CNY"), money(1.732e12, "CNY", "zh")
    ('CNY 1.73 trn', '1.73万亿元')
    >>> money(421.7e9, "CNY", "zh"), money(948.6e6, "USD", digits=4)
    ('4,217亿元', 'USD 948.6 m')
    """
    scales = {"en": ENGLISH, "zh": CHINESE}[_known(lang)]
    if currency not in CURRENCY:
        raise ChoiceError("currency", currency, CURRENCY)
    if _missing(value):
        return MISSING
    amount = float(value or 0)
    scale, unit = next(pair for pair in scales if _fills(amount / pair[0], digits) or pair[0] == 1)
    text = _text(amount / scale, _decimals(amount / scale, digits) if scale > 1 else 0)
    return f"{currency} {text}{unit}" if lang == "en" else f"{text}{unit}{CURRENCY[currency]}"


def plain(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands separators and a true minus sign; a half is rounded up.

    >>> plain(-1234.25, 1), plain(-0.01), plain(float("inf"))
    ('−1,234.3', '0', '∞')
    """
    return MISSING if _missing(value) else _text(value, digits)


def in_unit(value: float | None, unit: str, lang: str = "en", currency: str = "") -> str:
    """Return a value in a unit of the schema, with as many decimals as its size deserves.

    >>> in_unit(0.0525, "decimal_pa"), in_unit(0.0032, "decimal"), in_unit(18, "months", "zh")
    ('5.3% a year', '0.32%', '18个月')
    >>> in_unit(0.5, "decimal"), in_unit(1.5, "count")
    ('50.0%', '1.5')
    >>> in_unit(1, "days"), in_unit(2, "days"), in_unit(1, "days", "zh")
    ('1 day', '2 days', '1天')
    >>> in_unit(3e9, "amt", currency="CNY"), in_unit(1.5, "index"), in_unit(1.253, "times")
    ('CNY 3.00 bn', '1.50', '1.25×')
    """
    if unit not in UNITS:
        raise ChoiceError("unit", unit, UNITS)
    if _missing(value):
        return MISSING
    amount = float(value or 0)
    if unit == "times":
        return times(amount, lang, 2 if abs(amount) < 10 else None)
    if unit == "amt" and currency:
        return money(amount, currency, lang)
    if unit.startswith("decimal"):
        text = percent(amount, 2 if 0 < abs(amount) < 0.01 else 1)
    else:
        digits = 2 if unit in ("index", "price") else 0 if amount.is_integer() else 1
        text = plain(amount, digits)
    key = f"unit.{unit}.one" if text == "1" and has_label(f"unit.{unit}.one") else f"unit.{unit}"
    return label(key, lang, value=text) if has_label(key) else text


def date(value: object, lang: str = "en", precision: str = "day") -> str:
    """Return a date as exactly as its source gives it (``precision`` as in the schema).

    >>> date("2020-11-03"), date("2020-09-30", "zh", "quarter"), date("2020-06-30", "zh", "half")
    ('3 Nov 2020', '2020年第3季度', '2020年上半年')
    >>> date("2020-06-30", precision="month"), date("2020-06-30", precision="half"), date(None)
    ('Jun 2020', '2020 H1', '–')
    """
    if precision not in PRECISIONS:
        raise ChoiceError("precision", precision, PRECISIONS)
    if _missing(value):
        return MISSING
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
    year, month, quarter, half = day.year, day.month, (day.month + 2) // 3, (day.month + 5) // 6
    forms = {
        "en": (f"{day.day} {MONTHS[month - 1]} {year}", f"{MONTHS[month - 1]} {year}",
               f"{year} Q{quarter}", f"{year} H{half}", f"{year}", f"{year}"),
        "zh": (f"{year}年{month}月{day.day}日", f"{year}年{month}月", f"{year}年第{quarter}季度",
               f"{year}年{HALVES[half - 1]}半年", f"{year}年", f"{year}年"),
    }[_known(lang)]  # fmt: skip
    return forms[PRECISIONS.index(precision)]


def _text(value: float | None, digits: int, factor: int = 1) -> str:
    # Decimals of the shortest text of a float: 1.005 is 100.5 %, as its reader sees it.
    exact = Decimal(repr(float(value or 0))) * factor
    if exact.is_infinite():
        return "∞" if exact > 0 else "−∞"
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{'−' if rounded < 0 else ''}{abs(rounded):,.{digits}f}"


def _decimals(value: float, digits: int) -> int:
    return max(0, digits - len(str(int(abs(value)))))


def _fills(value: float, digits: int) -> bool:
    return math.isfinite(value) and abs(round(value, _decimals(value, digits))) >= 1


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value


def _known(lang: str) -> str:
    if lang not in LANGS:
        raise ChoiceError("language", lang, LANGS)
    return lang
