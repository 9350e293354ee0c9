"""The house has one direction: no module imports from a layer to its right."""

import ast
from pathlib import Path

import pytest

import abscase

PACKAGE = Path(abscase.__file__).parent
LAYERS = [
    {"errors"},
    {"place", "ranges", "csv_text"},
    {"schema"},
    {"catalog"},
    {"sources"},
    {"case"},
    {"estimate"},
    {"check", "quality", "operating", "spread"},
    {"verdict"},
    {"show"},
    {"report"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(source: str) -> set[str]:
    """The rooms of abscase that a source imports, wherever in it the import stands."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in names if name.startswith("abscase.")]
    return {part[1] for part in parts}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    here = room(path)
    assert here in LEVEL, f"{here} stands in no layer"
    rooms = imported_rooms(path.read_text(encoding="utf-8")) & LEVEL.keys()
    back = {other for other in rooms if LEVEL[other] > LEVEL[here]}
    assert not back, f"{here} imports from the right: {sorted(back)}"
    beside = {other for other in rooms if LEVEL[other] == LEVEL[here] and other != here}
    assert not beside, f"{here} imports from its neighbours: {sorted(beside)}"


def test_the_test_sees_an_arrow_that_runs_back():
    sources = ["from abscase.cli import main", "import abscase.cli", "from abscase import cli"]
    assert [imported_rooms(source) for source in sources] == [{"cli"}] * 3


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_are_small(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 300, f"{lines} lines: split it by duty"
