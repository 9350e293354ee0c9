"""The example of a deal of deals in the README does what it says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "README.md"


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    text = README.read_text(encoding="utf-8")
    (terms,) = re.findall(r"```yaml\n(name: CDO.*?)```", text, re.DOTALL)
    (code,) = re.findall(r"```python\n([^`]*run_held[^`]*)```", text)
    (tmp_path / "cdo.yaml").write_text(terms, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(code, names)
    table = names["look_through"](names["outer"], names["inner"])
    numbers = r"losses of ([\d, and]+) % of the loans cost the senior class ([\d, ]+) %"
    says = re.search(numbers, code)
    loans, senior = ([int(each) for each in re.findall(r"\d+", part)] for part in says.groups())
    assert (100 * table["loans_loss"]).round().tolist() == pytest.approx(loans)
    assert (100 * table["loss"]).round().tolist() == pytest.approx(senior)
