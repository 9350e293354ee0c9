"""Guesses the column map of a user's file from the names and the first values of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from abscase.errors import DataFaults, Fault, printable
from abscase.place import write_whole
from abscase.sources.column_map import NEEDED, map_path
from abscase.sources.delimited import readable
from abscase.sources.generic import columns_of

LOOKED_AT = 1000
NAMES = {
    "loan.loan_id": "loan_id loan_number id account account_id contract_no listing_id 借款编号 "
    "贷款编号 合同号 合同编号 借据号 账户编号 资产编号",
    "loan.orig_date": "orig_date origination_date issue_date issue_d open_date booking_date "
    "放款日 放款日期 发放日 贷款发放日 起息日 借款日期",
    "loan.original_amt": "original_amt original_amount loan_amount loan_amnt amount principal "
    "funded_amnt original_balance 贷款金额 借款金额 放款金额 合同金额 金额 授信额度",
    "loan.term_months": "term term_months loan_term tenor 期限 期数 贷款期限 借款期限",
    "loan.orig_rate": "orig_rate interest_rate int_rate rate year_rate apr 利率 年利率 贷款利率",
    "loan.rate_type": "rate_type interest_type 利率类型",
    "loan.product": "product product_type purpose 产品 产品名称 用途",
    "loan.segment": "segment grade rating sub_grade credit_grade 评级 等级 信用等级 分层",
    "loan.region": "region province addr_state property_state 省 省份 地区 所在省份",
    "loan.score": "score fico credit_score fico_score 信用分 评分",
    "loan.ltv": "ltv orig_ltv original_ltv 抵押率 贷款价值比",
    "loan.dti": "dti debt_to_income 债务收入比",
    "loan.income_amt": "income annual_income annual_inc 年收入 收入",
    "loan.borrower_age": "age borrower_age 年龄 借款人年龄",
    "performance.date": "date month period as_of as_of_date reporting_date reporting_period "
    "snapshot 月份 日期 统计月 统计日 报告期 观察月 截止日",
    "performance.balance_amt": "balance outstanding current_balance upb principal_balance "
    "outstanding_principal out_prncp 余额 本金余额 剩余本金 未偿本金 贷款余额",
    "performance.state": "state status loan_status delinquency_status bucket 状态 贷款状态 "
    "资产状态 逾期状态 五级分类",
    "performance.days_past_due": "dpd days_past_due days_late overdue_days 逾期天数",
    "performance.rate": "current_rate current_interest_rate 当前利率 执行利率",
    "performance.recovery_amt": "recovery recoveries recovery_amount 回收金额 清收金额",
}  # fmt: skip
STATES = {
    "current": "current c normal 正常 m0", "30": "30 30-59 m1", "60": "60 60-89 m2",
    "90": "90 90+ m3 m3+ m4+", "default": "default charged_off charge_off written_off 违约 核销",
    "prepaid": "prepaid paid_off fully_paid paid repaid 结清 提前结清", "matured": "matured 到期",
}  # fmt: skip
FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y", "%Y年%m月%d日", "%Y-%m",
           "%Y/%m", "%Y%m", "%m/%Y", "%b-%Y", "%Y年%m月")  # fmt: skip
MIXED = re.compile(r"(?<=[a-z])(?=[A-Z])|[^0-9A-Za-z\u4e00-\u9fff+]+")
UNSURE = "?"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def propose_map(path: Path) -> str:
    """Return a column map for a file, or a folder of like files, as YAML to be read over.

    A word of a state that is not known stands as "?", which loading refuses: so it must be looked
    at. What is a guess, columns that were not used, and needed ones that were not found stand in
    comments.
    """
    names, frame = columns_of(path)
    with readable(path):
        head = frame.head(LOOKED_AT).collect()
    if names and names[0].lstrip().startswith("<"):
        fix = "loan-level XML is loaded with: abscase load abs_ee FILE"
        raise DataFaults([Fault("is XML, not a table", file=path.name, fix=fix)])
    if head.is_empty():
        raise DataFaults([Fault("holds no row, so nothing tells its columns", file=path.name)])
    found, unsure = _matches(names, head)
    if not {"performance.date", "performance.balance_amt"} <= set(found):
        found = {place: name for place, name in found.items() if place.startswith("loan.")}
        unsure = {place: words for place, words in unsure.items() if place in found}
    sections: dict[str, dict[str, Any]] = {}
    for place, name in found.items():
        table, _, column = place.partition(".")
        sections.setdefault(table, {})[column] = _spec(place, head[name])
        unsure |= _guesses(place, head[name], sections[table][column])
    chinese = bool(CHINESE.search("".join(names)))
    currency = "CNY" if chinese else "USD"
    unsure["loan.currency"] = f"{currency}, for the names are {'' if chinese else 'not '}Chinese"
    loan = sections.pop("loan", {}) | {"currency": {"value": currency}}
    unused = [name for name in names if name not in found.values()]
    return _yaml({"loan": loan, **sections}, unused, unsure, path.name)


def write_map(path: Path) -> Path:
    """Write the proposed map beside the file, whole, and return its path.

    Raises :class:`~abscase.errors.DataFaults` where there is one already.
    """
    target = map_path(path)
    if target.exists():
        raise DataFaults([Fault("is there already", file=target.name, fix="move it away first")])
    return write_whole(target, propose_map(path))


def _matches(names: list[str], head: pl.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """Return the column of the file for each place of the map, and which of them are guesses."""
    known = {_plain(word): place for place, words in NAMES.items() for word in words.split()}
    found: dict[str, str] = {}
    for name in names:
        place = known.get(_plain(name))
        if place == "performance.state" and _is_region(head[name]):
            place = "loan.region"
        if place and place not in found:
            found[place] = name
    unsure = {}
    for name in names:
        parts = sorted((word for word in known if CHINESE.search(word) and word in name), key=len)
        place = known[parts[-1]] if parts and name not in found.values() else None
        if place and len(parts[-1]) > 1 and place not in found:
            found[place] = name
            unsure[place] = f"{name!r}, for it holds {parts[-1]!r}"
    return found, unsure


def _plain(name: str) -> str:
    """Return a name in small letters, its words joined by "_".

    >>> _plain("Loan Number"), _plain("intRate")
    ('loan_number', 'int_rate')
    """
    return MIXED.sub("_", name.strip()).strip("_").lower()


def _is_region(values: pl.Series) -> bool:
    words = values.cast(pl.String).drop_nulls()
    return len(words) > 0 and bool(words.str.contains("^[A-Z]{2}$").all())


def _spec(place: str, values: pl.Series) -> Any:
    parts: dict[str, Any] = {"column": values.name}
    if place.endswith("date"):
        parts |= _date_format(values)
    elif place.endswith("rate") or place.endswith(("ltv", "dti")):
        parts |= _unit(values, 2.0 if place.endswith(("ltv", "dti")) else 1.0)
    elif place == "performance.state":
        parts["codes"] = _codes(values)
    return parts if len(parts) > 1 else values.name


def _date_format(values: pl.Series) -> dict[str, str]:
    if values.dtype.is_temporal():
        return {}
    words = values.cast(pl.String).str.strip_chars().drop_nulls()
    for form in FORMATS:
        if len(words) and not _parsed(words, form).null_count():
            return {} if form == FORMATS[0] else {"format": form}
    return {"format": UNSURE}


def _parsed(words: pl.Series, form: str) -> pl.Series:
    day = "%d" in form
    text = words if day else "01 " + words
    return text.str.to_date(form if day else f"%d {form}", strict=False)


def _unit(values: pl.Series, most: float) -> dict[str, str]:
    middle = _middle(values)
    return {"unit": "percent"} if _signs(values) or (middle or 0) > most else {}


def _middle(values: pl.Series) -> float | None:
    plain = values.cast(pl.String).str.replace_all(r"[,%\s]", "")
    middle = plain.cast(pl.Float64, strict=False).median()
    return middle if isinstance(middle, float) else None


def _signs(values: pl.Series) -> bool:
    return bool(values.cast(pl.String).str.contains("%", literal=True).any())


def _guesses(place: str, values: pl.Series, spec: Any) -> dict[str, str]:
    """Return what of one place was told by the values alone and may be wrong."""
    parts = spec if isinstance(spec, dict) else {}
    if parts.get("format") == "%m/%d/%Y" and not _parsed(values, "%d/%m/%Y").null_count():
        return {place: "month before day, but it could be the other way round"}
    if parts.get("format") == UNSURE or UNSURE in parts.get("codes", {}).values():
        return {place: f"fill in each {UNSURE!r}"}
    if parts.get("unit") == "percent" and not _signs(values):
        return {place: f"in percent, for its middle value is {_middle(values):g}"}
    return {}


def _codes(values: pl.Series) -> dict[str, str]:
    known = {_plain(word): state for state, words in STATES.items() for word in words.split()}
    words = values.cast(pl.String).str.strip_chars().drop_nulls().unique().sort().to_list()
    return {word: known.get(_plain(word), UNSURE) for word in words if word}


def _yaml(
    sections: Mapping[str, Any], unused: list[str], unsure: Mapping[str, str], file: str
) -> str:
    lines = [f"# Proposed for {file}: read it over; what stands as {UNSURE!r} must be filled in."]
    absent = [
        f"{table}.{name}" for table in sections for name in NEEDED[table]
        if name not in sections[table]
    ]  # fmt: skip
    if absent:
        lines.append(f"# Not found, but needed: {', '.join(absent)}")
    if unused:
        lines.append(f"# Not used: {', '.join(unused)}")
    lines += [f"# Unsure: {place}: {printable(words)}" for place, words in unsure.items()]
    text = yaml.safe_dump(dict(sections), allow_unicode=True, sort_keys=False, width=100)
    return "\n".join([*lines, text])
