import json

import pytest

from abscase.case import load_case
from abscase.sources.panels import panel_dir
from abscase.verdict.tapes import FACTS, tape_reports


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path))


def test_no_tape_no_row(home):
    found = tape_reports([load_case("ant"), load_case("us_subprime")])
    assert found.empty and list(found.columns) == ["case", "tape", *FACTS]


def test_a_row_for_each_loaded_tape(home):
    folder = panel_dir("us_subprime", "dcr")
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text("{}", encoding="utf-8")
    report = {name: place for place, name in enumerate(FACTS)} | {"notes": ["more than is shown"]}
    (folder / "quality_report.json").write_text(json.dumps(report), encoding="utf-8")
    found = tape_reports([load_case("ant"), load_case("us_subprime")])
    assert found.to_dict("records") == [
        {"case": "us_subprime", "tape": "dcr"} | {name: report[name] for name in FACTS}
    ]
