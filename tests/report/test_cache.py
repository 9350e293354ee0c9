"""A result is kept as long as all it depends on stays the same."""

import json
from dataclasses import replace

import pytest

from abscase.report import cache, manifest
from abscase.report.plan import Request
from abscase.report.run import keys

GROUND = manifest.Ground({"a.py": "1"}, {"ant/x.csv": "2"}, {"ant/dcr": "3"}, {"numpy": "2.0"})


def key(path, ground=GROUND, after=(), claims=(), **parameters):
    return cache.key(path, {"x": 1} | parameters, ground, after, claims)


def test_each_ingredient_changes_the_key(write_notebook, tmp_path):
    path = write_notebook("a", "print(1)")
    claims = tmp_path / "06.json"
    claims.write_text("{}")
    found = [
        key(path), key(path, x=2), key(path, x=1.0), key(path, after=["k"]),
        key(path, claims=[claims]),
        *(key(path, replace(GROUND, **{name: {"b": "9"}})) for name in GROUND.__dict__),
    ]  # fmt: skip
    claims.write_text("{ }")
    found += [
        key(path, claims=[claims]),
        key(write_notebook("a", "print(2)")),
        key(write_notebook("a", "print(1)", tags=["lang-en"])),
        key(write_notebook("b", "print(1)")),
    ]
    assert len(found) == len(set(found)) == 13


def test_outputs_and_order_of_parameters_do_not(write_notebook):
    path = write_notebook("a", "print(1)")
    before = key(path, y=2)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1] |= {"outputs": [{"output_type": "stream"}], "execution_count": 3}
    content["metadata"]["papermill"] = {}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert cache.key(path, {"y": 2, "x": 1}, GROUND) == before


def test_a_change_reaches_those_that_come_after(write_notebook, tmp_path):
    path, last = write_notebook("a", "print(1)"), write_notebook("b", "print(1)")

    def of_last():
        first = Request(path, "en", tmp_path / "a")
        return list(
            keys([first, Request(last, "en", tmp_path / "b", {}, (first,))], GROUND).values()
        )[1]

    before = of_last()
    write_notebook("a", "print(2)")
    assert of_last() != before


def test_language_and_parameters_are_in_the_key(write_notebook, tmp_path):
    path = write_notebook("a", "print(1)")
    given = [("en", {}), ("zh", {}), ("en", {"x": 2}), ("en", {"x": 1})]
    made = [Request(path, lang, tmp_path, values) for lang, values in given]
    found = list(keys(made, GROUND).values())
    assert len(set(found)) == 3 and found[0] == found[3]


def test_the_ground_is_package_data_tapes_and_versions(monkeypatch, tmp_path):
    monkeypatch.setenv("ABSCASE_DATA", str(tmp_path))
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path))
    (tmp_path / "ant").mkdir()
    (tmp_path / "ant" / "deal.csv").write_text("x")
    panel = tmp_path / "panels" / "us_subprime" / "dcr"
    panel.mkdir(parents=True)
    (panel / "provenance.json").write_text("{}")
    found = manifest.ground()
    assert {"report/cache.py", "errors.py", "show/labels/page.csv"} <= set(found.package)
    assert not [
        name for name in found.package if "__pycache__" in name or name.startswith("_share")
    ]
    assert "ant/deal.csv" in found.data
    assert list(found.panels) == ["us_subprime/dcr/provenance.json"]
    assert {"python", "numpy", "pandas"} <= set(found.versions)


@pytest.fixture
def result(tmp_path):
    output = tmp_path / "tables" / "a.csv"
    output.parent.mkdir()
    output.write_text("a\n")
    manifest.write(tmp_path, "a", {"lang": "en", "seed": 7}, GROUND, [output], key="k")
    return tmp_path


def test_a_whole_result_is_good(result):
    found = manifest.read(result)
    assert cache.is_good(result, "k")
    assert found["data"] == {"ant/x.csv": "2"} and found["seed"] == 7
    assert list(found["outputs"]) == ["tables/a.csv"]


@pytest.mark.parametrize("change", ["another key", "lost", "altered", "no manifest", "half a file"])
def test_anything_less_is_not(result, change):
    output = result / "tables" / "a.csv"
    if change == "lost":
        output.unlink()
    elif change == "altered":
        output.write_text("b\n")
    elif change == "no manifest":
        (result / "manifest.json").unlink()
    elif change == "half a file":
        (result / "manifest.json").write_text('{"key": "k", ')
    assert not cache.is_good(result, "other" if change == "another key" else "k")
