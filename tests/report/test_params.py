"""Parameters are read from their cell and refused with every fault at once."""

import json

import pytest

from abscase.errors import AbscaseError, ParameterFaults
from abscase.report.parameter import Parameter, check, parse
from abscase.report.params import parse_cell, read_parameters

CELL = """\
retained: float = 0.08  # [0, 0.5] share kept by the originator | 发起人自留份额
rounds: int = 40  # [1, 200] rounds of recycling | 循环轮数
quick: bool = False  # fewer draws | 减少模拟次数
lang: str = "en"  # {en, zh} language | 语言
dpd: int = 90  # {30, 60, 90} days past due | 逾期天数
cap: "Optional[float]" = None  # [0, 10] cap on joint loans | 联合贷款上限
controls: list = ["us_cards"]  # {us_cards, us_prime} control groups | 对照组
shares: list = [0, 0.05]  # [0, 1] shares to draw | 所绘份额
out_dir: str = "reports/scratch"
# folder of what the notebook writes, relative to where it runs
# | 输出目录
"""
SPEC = parse_cell(CELL)
BY_NAME = {each.name: each for each in SPEC}


def messages(call, *arguments):
    with pytest.raises(ParameterFaults) as caught:
        call(*arguments)
    return caught.value.messages


def test_the_cell_is_read():
    assert BY_NAME["retained"] == Parameter(
        "retained", "float", 0.08, 0, 0.5, (), False, "float",
        "share kept by the originator", "发起人自留份额",
    )  # fmt: skip
    assert BY_NAME["dpd"].choices == (30, 60, 90)
    assert BY_NAME["cap"].optional and BY_NAME["cap"].type == "float"
    assert BY_NAME["shares"].element == "float" and BY_NAME["controls"].element == "str"
    assert BY_NAME["out_dir"].meaning("zh") == "输出目录"
    assert BY_NAME["out_dir"].meaning("en").endswith("relative to where it runs")


def test_defaults_fill_in_and_whole_numbers_become_floats():
    values = check(SPEC, {"retained": 0, "cap": 4})
    assert values["rounds"] == 40 and list(values) == list(BY_NAME)
    assert (values["retained"], type(values["retained"])) == (0.0, float)
    assert (values["cap"], type(values["cap"])) == (4.0, float)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"retaned": 0.1}, "no parameter 'retaned' (did you mean 'retained'?); there are: ret"),
        ({"retained": 0.6}, "retained=0.6 is not a number in [0, 0.5]"),
        ({"retained": -1e-9}, "retained=-1e-09 is not a number in [0, 0.5]"),
        ({"retained": "0.1"}, "retained='0.1' is not a number in [0, 0.5]"),
        ({"retained": True}, "retained=True is not a number in [0, 0.5]"),
        ({"retained": None}, "retained=None is not a number in [0, 0.5]"),
        ({"retained": float("nan")}, "retained=nan is not finite"),
        ({"retained": 10**400}, "is not finite"),
        ({"cap": float("inf")}, "cap=inf is not finite; give a number in [0, 10] or none"),
        ({"rounds": 2.0}, "rounds=2.0 is not a whole number in [1, 200]"),
        ({"rounds": False}, "rounds=False is not a whole number"),
        ({"quick": 1}, "quick=1 is not true or false"),
        ({"lang": "fr"}, "lang='fr' is not a text of {en, zh}"),
        ({"dpd": 45}, "dpd=45 is not a whole number of {30, 60, 90}"),
        ({"out_dir": "报告"}, "holds characters that are not ASCII"),
        ({"controls": "us_cards"}, "controls='us_cards' is not a list of {us_cards, us_prime}"),
        ({"controls": ["us_cards", "ant"]}, "is not a list of {us_cards, us_prime}"),
        ({"controls": [3]}, "holds 3, which is not a text"),
        ({"shares": [0.5, 2]}, "shares=[0.5, 2] is not a list in [0, 1]"),
    ],
)
def test_each_fault_is_one_line(given, expected):
    (message,) = messages(check, SPEC, given)
    assert expected in message and "\n" not in message


def test_all_faults_come_together():
    found = messages(check, SPEC, {"retaned": 1, "retained": 2, "lang": "fr", "rounds": 0})
    assert len(found) == 4


def test_words_are_read_by_declared_type():
    words = ["retained=.3", "rounds=12", "quick=yes", "lang = zh", "cap=none", "dpd=60",
             "controls=us_prime, us_cards", "shares=[0.1]"]  # fmt: skip
    assert parse(SPEC, words) == {
        "retained": 0.3, "rounds": 12, "quick": True, "lang": "zh", "cap": None, "dpd": 60,
        "controls": ["us_prime", "us_cards"], "shares": [0.1],
    }  # fmt: skip


def test_faulty_words_come_together():
    words = ["retained", "rounds=12.5", "quick=maybe", "retaned=1", "dpd=30", "dpd=60",
             "cap=nan", "lang=中文", "retained=0.9", "=3"]  # fmt: skip
    found = "\n".join(messages(parse, SPEC, words)).splitlines()
    assert len(found) == 9
    assert found[0] == "'retained' is not of the form name=value"
    assert "rounds='12.5' is not a whole number in [1, 200]" in found
    assert any("did you mean 'retained'" in line for line in found)
    assert "dpd is given twice" in found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 3  # number | 数", "is not of the form"),
        ("import os", "is not of the form"),
        ("x: float = 3", "x needs a comment"),
        ("x: float = 3  # only English", "x needs a comment"),
        ("x: float = 1 / 3  # number | 数", "x needs a literal"),
        ("x: float  # number | 数", "x needs a literal"),
        ("x: dict = {}  # number | 数", "type dict is not one of: bool, int"),
        ("x: Optional[float] = None  # number | 数", "in quotes"),
        ("x: float = 3  # [0, 1] number | 数", "default x=3 is not a number in [0, 1]"),
        ("x: int = 3  # [a, b] number | 数", "not of type int"),
        ("x: int = 3  # {3, c} number | 数", "not of type int"),
        ("x: str = 'a'  # [0, 1] number | 数", "takes choices"),
        ("x: int = 3  # n | 数\nx: int = 4  # n | 数", "x stands twice"),
        ("x: float = (", "was never closed"),
    ],
)
def test_a_faulty_cell_is_refused(line, expected):
    (message,) = messages(parse_cell, line, "06.ipynb")
    assert expected in message and message.startswith("06.ipynb, parameters line ")


def test_reading_runs_nothing(tmp_path):
    trap = tmp_path / "trap"
    line = f"x: int = open({str(trap)!r}, 'w').write('')  # number | 数"
    assert "needs a literal" in messages(parse_cell, line)[0]
    assert not trap.exists()


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "x.ipynb"
    with pytest.raises(AbscaseError, match=r"cannot read .*x\.ipynb: No such file"):
        read_parameters(path)
    path.write_text("[1]")
    with pytest.raises(AbscaseError, match=r"x\.ipynb is not a Jupyter notebook"):
        read_parameters(path)
    path.write_text(json.dumps({"cells": []}))
    with pytest.raises(AbscaseError, match="0 cells are tagged 'parameters'"):
        read_parameters(path)
