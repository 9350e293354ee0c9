"""The list of notebooks is checked, all of its faults at once."""

import pytest

from abscase.errors import AbscaseError, DataFaults
from abscase.report.contents import Entry, read_reports

KNOWN = dict.fromkeys(["00_claims", "06_leverage", "13_verdict"])
HEAD = "title: {en: Report, zh: 报告}\nnotebooks:\n"


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "reports.yml"
        path.write_text(text, encoding="utf-8")
        return read_reports(path, KNOWN)

    return read


def faults(read, text):
    with pytest.raises(DataFaults) as caught:
        read(text)
    return str(caught.value).splitlines()


def test_the_list_that_comes_with_abscase_is_good():
    assert [each.name for each in read_reports()][-1] == "13_verdict"


def test_a_notebook_comes_after_those_it_names(read):
    lines = "- {name: 13_verdict, after: [06_leverage]}\n- {name: 06_leverage, parameters: {x: 2}}"
    assert read(HEAD + lines) == [
        Entry("06_leverage", (), {"x": 2}),
        Entry("13_verdict", ("06_leverage",)),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("- {name: 06_leverag}", "no notebook '06_leverag' (did you mean '06_leverage'?)"),
        (
            "- {name: 00_claims, afer: []}",
            "unknown key 'afer' in 00_claims (did you mean 'after'?)",
        ),
        ("- {name: 00_claims}\n- {name: 00_claims}", "00_claims stands twice"),
        ("- {name: 00_claims, after: [6]}", "after names 6, which is not listed"),
        ("- {name: 00_claims, after: 06_leverage}", "after must be a list"),
        ("- {name: 00_claims, parameters: [1]}", "parameters must be a mapping"),
        ("- {name: 00_claims, parameters: {lang: en}}", "lang cannot be set here"),
        ("- 00_claims", "notebook 1 must be of the form"),
        ("- {name: 00_claims, after: [00_claims]}", "wait in a circle"),
        (
            "- {name: 00_claims, after: [06_leverage]}\n- {name: 06_leverage, after: [00_claims]}",
            "wait in a circle: ",
        ),
    ],
)
def test_a_fault_of_an_entry_is_named(read, lines, expected):
    (line,) = faults(read, HEAD + lines)
    assert line.startswith("reports.yml: ") and expected in line


def test_faults_come_together(read):
    found = faults(read, "titel: x\nnotebooks:\n- {name: 1}\n- {name: x, after: [y]}")
    assert len(found) == 5


@pytest.mark.parametrize("text", ["", "- a", HEAD, "title: {en: a}\nnotebooks: {a: b}"])
def test_another_form_is_refused(read, text):
    assert faults(read, text)


def test_what_cannot_be_read_is_named(read, tmp_path):
    with pytest.raises(AbscaseError, match="is not YAML"):
        read("a: [")
    with pytest.raises(AbscaseError, match="cannot read"):
        read_reports(tmp_path / "none.yml", KNOWN)
