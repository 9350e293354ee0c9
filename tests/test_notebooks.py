"""The notebooks are thin, stripped, bilingual and run in plain order."""

import ast
import json
import re
from itertools import pairwise

import nbformat
import pytest

from abscase.place import share_dir

PATHS = sorted((share_dir() / "notebooks").glob("*.ipynb"))
LANGS = {"lang-en", "lang-zh"}
ALGORITHM = (ast.For, ast.While, ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With)


def tags(cell):
    return set(cell.metadata.get("tags", []))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert PATHS


def test_is_valid_and_stripped(notebook):
    nbformat.validate(notebook)
    for cell in code_cells(notebook):
        assert not cell.outputs and cell.execution_count is None, cell.id


def test_code_cells_are_thin(notebook):
    for cell in code_cells(notebook):
        if "parameters" in tags(cell):
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= 10, f"{cell.id}: {len(lines)} lines"
        found = [type(node).__name__ for node in ast.walk(ast.parse(cell.source))
                 if isinstance(node, ALGORITHM)]  # fmt: skip
        assert not found, f"{cell.id} holds an algorithm: {found}"


def test_ids_are_readable(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name) for name in ids), ids


def test_parameters_are_literals_in_one_cell(notebook):
    cells = [cell for cell in code_cells(notebook) if "parameters" in tags(cell)]
    assert len(cells) == 1
    for node in ast.parse(cells[0].source).body:
        assert isinstance(node, ast.AnnAssign), ast.unparse(node)
        ast.literal_eval(node.value)
    names = [node.target.id for node in ast.parse(cells[0].source).body]
    assert {"lang", "seed", "out_dir"} <= set(names)


def test_every_parameter_is_used(notebook):
    cells = code_cells(notebook)
    parameters = next(cell for cell in cells if "parameters" in tags(cell))
    rest = "\n".join(cell.source for cell in cells if cell is not parameters)
    used = {node.id for node in ast.walk(ast.parse(rest)) if isinstance(node, ast.Name)}
    names = {node.target.id for node in ast.parse(parameters.source).body}
    taken_by_session = {"lang", "seed", "out_dir"}
    assert names - used - taken_by_session == set()


def test_prose_comes_in_pairs(notebook):
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(len(tags(cell) & LANGS) == 1 for cell in prose), "a prose cell without its language"
    order = [cell for cell in notebook.cells if tags(cell) & LANGS]
    english, chinese = order[::2], order[1::2]
    assert all("lang-en" in tags(cell) for cell in english)
    assert all("lang-zh" in tags(cell) for cell in chinese)
    assert len(english) == len(chinese)
    for left, right in zip(english, chinese, strict=True):
        assert left.id.removesuffix("-en") == right.id.removesuffix("-zh")
        assert left.source.count("$") == right.source.count("$"), left.id
        assert re.search(r"[\u4e00-\u9fff]", right.source), right.id


def test_pairs_stand_together(notebook):
    for left, right in pairwise(notebook.cells):
        if "lang-en" in tags(left):
            assert "lang-zh" in tags(right), left.id


def test_file_is_plain(notebook):
    text = json.dumps(notebook, ensure_ascii=False)
    assert "file://" not in text and "/home/" not in text and "/work/" not in text
