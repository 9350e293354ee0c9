"""A session checks the notebook's values and writes what the notebook makes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abscase.case import Datum
from abscase.errors import AbscaseError, ChoiceError, ParameterFaults
from abscase.report import cache, manifest, session
from abscase.report.session import start
from abscase.verdict.claims import margins, read_records, record

VALUES = {"lang": "en", "seed": 7, "out_dir": "out", "x": 1}


@pytest.fixture
def begin(write_notebook, tmp_path, monkeypatch):
    """Start a session of a small notebook in a folder of its own."""
    path = write_notebook("06_small")
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr(session, "display", shown.append)

    def begin(**values):
        return start(str(path), VALUES | values)

    begin.shown = shown
    return begin


def a_record():
    name = next(each.margin_id for each in margins().values() if each.rule != "none")
    datum = Datum(1.0, "decimal", "B", "ant-x", "ant/series.csv:2")
    return record(name, 1.0, 1.0, 1.0, data=[datum], case="ant", interval_kind="exact")


def test_it_holds_the_checked_values(begin):
    nb = begin(x=3)
    assert (nb.notebook, nb.lang, nb.params["x"]) == ("06_small", "en", 3)
    assert nb.rng.random() == np.random.default_rng(7).random()
    assert nb.case("ant").name == "ant"


def test_faulty_values_are_refused_together(begin):
    with pytest.raises(ParameterFaults) as caught:
        begin(x=10, lang="fr")
    assert len(caught.value.messages) == 2


def test_a_name_that_papermill_set_is_checked(begin):
    cells = ["x: int = 1", "# Parameters\nx = 2\nsead = 9\n", "y = 3"]
    with pytest.raises(ParameterFaults, match=r"no parameter 'sead'.*did you mean 'seed'"):
        begin(In=cells, sead=9, y=3)


def test_values_that_are_not_there_are_named(begin, write_notebook):
    with pytest.raises(ParameterFaults, match="run its parameters cell first: lang, seed"):
        start(str(write_notebook("a")), {"x": 1})


def test_an_unknown_notebook_is_named():
    with pytest.raises(ChoiceError, match="no notebook named '06_leverag'"):
        start("06_leverag", {})


def test_scratch_has_a_folder_for_each_notebook(begin, tmp_path):
    assert begin(out_dir="reports/scratch").folder == tmp_path / "reports/scratch/06_small"
    assert begin(out_dir="mine").folder == tmp_path / "mine"


def test_from_the_notebooks_folder_results_go_beside_it(begin, tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(session, "share_dir", lambda: tmp_path)
    monkeypatch.chdir(tmp_path / "notebooks")
    assert begin().folder == tmp_path / "out"


def test_a_table_is_shown_and_written_safe(begin):
    frame = pd.DataFrame({"name": ["=1+1", "-a", "@b", "c", None], "value": [-1.5, 2, 3, 4, 0.1]})
    begin().table(frame, "small", "Any caption")
    text = Path("out/tables/small.csv").read_text(encoding="utf-8")
    assert text == "name,value\n'=1+1,-1.5\n'-a,2.0\n'@b,3.0\nc,4.0\n,0.1\n"
    assert begin.shown[0].caption == "Any caption"


def test_finish_writes_claims_and_a_manifest_with_their_hashes(begin, monkeypatch):
    monkeypatch.setattr(manifest, "ground", lambda: manifest.Ground({}, {}, {}, {"python": "3"}))
    nb = begin(x=2)
    nb.table(pd.DataFrame({"a": [1]}), "t", "Caption")
    kept = nb.claim(a_record())
    nb.finish()
    assert (kept.notebook, kept.parameters) == ("06_small", {"lang": "en", "seed": 7, "x": 2})
    assert read_records("out/claims") == [kept]
    notes = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert list(notes["outputs"]) == ["claims/06.json", "tables/t.csv"]
    assert notes["parameters"]["x"] == 2 and notes["versions"] == {"python": "3"}
    assert not cache.is_good(Path("out"), "k")
    assert not list(Path("out").rglob("*.tmp"))


def test_records_are_read_from_one_folder_or_from_many(begin):
    nb = begin()
    nb.claim(a_record())
    nb.finish()
    assert nb.records("out/claims") == nb.records(".") == read_records("out/claims")
    Path("empty").mkdir()
    with pytest.raises(AbscaseError, match="no claim records"):
        nb.records("empty")


def test_a_figure_is_shown_and_written_twice(begin):
    import matplotlib.pyplot as plt

    from abscase.show.exhibit import Exhibit

    nb = begin()
    exhibit = Exhibit(plt.figure(figsize=(3, 2)), "A blank", "Blank", "C", ["ant-x"])
    nb.show(exhibit, "blank")
    assert sorted(path.name for path in Path("out/figures").iterdir()) == ["blank.png", "blank.svg"]
    assert begin.shown == [exhibit]
