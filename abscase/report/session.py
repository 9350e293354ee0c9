"""What a notebook works with: its checked parameters, its language, and where its results go."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from abscase.case import Case, load_case
from abscase.csv_text import csv_text
from abscase.errors import ParameterFaults
from abscase.place import find_notebook, share_dir, write_whole
from abscase.report import manifest
from abscase.report.parameter import check
from abscase.report.params import read_parameters
from abscase.report.plan import claim_files
from abscase.show.exhibit import Exhibit
from abscase.show.labels import has_label, label
from abscase.show.style import theme
from abscase.show.tables import html_table
from abscase.verdict.claims import ClaimRecord, read_records, write_records

SCRATCH = "reports/scratch"
OF_PLACE = ("out_dir", "claims_dir")


@dataclass(frozen=True)
class Session:
    """One run of a notebook, made by :func:`start`.

    ``params`` holds every parameter's value, ``rng`` a random generator from the parameter
    ``seed``, ``folder`` is where results go.
    """

    notebook: str
    lang: str
    params: Mapping[str, Any]
    rng: np.random.Generator
    folder: Path
    _claims: dict[str, ClaimRecord] = field(default_factory=dict)
    _written: dict[Path, None] = field(default_factory=dict)

    def case(self, name: str) -> Case:
        """Return a case by name, such as "ant"."""
        return load_case(name)

    def show(self, exhibit: Exhibit, name: str) -> None:
        """Display a figure and write it to ``figures/<name>.png`` and ``.svg``."""
        self._note(*exhibit.save(self.folder / "figures", name))
        display(exhibit)

    def table(
        self, frame: pd.DataFrame, name: str, caption: str, *,
        formats: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
        **fields: object,
    ) -> None:  # fmt: skip
        """Display a frame as a table and write it, unrounded, to ``tables/<name>.csv``.

        Parameters
        ----------
        frame : DataFrame
        name : str
        caption : str
            A key of the labels, filled with ``fields``, or a text.
        formats, headers : mapping, optional
            As in :func:`abscase.show.tables.html_table`.
        """
        text = label(caption, self.lang, **fields) if has_label(caption) else caption
        shown = html_table(frame, self.lang, text, formats, headers)
        self._note(write_whole(self.folder / "tables" / f"{name}.csv", csv_text(frame)))
        display(shown)

    def say(self, key: str, **fields: object) -> None:
        """Display the text of a label, such as why an exhibit cannot be had from the loans."""
        display(Markdown(label(key, self.lang, **fields)))

    def claim(self, record: ClaimRecord) -> ClaimRecord:
        """Keep a claim record for :meth:`finish`, with this notebook and its parameters in it."""
        own = {name: self.params[name] for name in self.params if name not in OF_PLACE}
        record = replace(record, notebook=self.notebook, parameters=dict(record.parameters) or own)
        self._claims[record.record_id] = record
        return record

    def records(self, claims_dir: str) -> list[ClaimRecord]:
        """Return the claim records of a folder, or of the notebooks' folders in it."""
        folders = {path.parent: None for path in claim_files(self.path(claims_dir))}
        return [record for folder in folders for record in read_records(folder)]

    def path(self, given: str) -> Path:
        """Return a path that a parameter gives."""
        return _base() / given

    def finish(self) -> None:
        """Write the claim records to ``claims/<number>.json``, and ``manifest.json``."""
        if self._claims:
            number = self.notebook.partition("_")[0]
            path = self.folder / "claims" / f"{number}.json"
            self._note(write_records(path, self._claims.values()))
        manifest.write(self.folder, self.notebook, self.params, manifest.ground(), self._written)

    def _note(self, *paths: Path) -> None:
        self._written.update(dict.fromkeys(paths))


def start(notebook: str, namespace: Mapping[str, Any]) -> Session:
    """Check the parameters in a notebook's namespace and return its session.

    Parameters
    ----------
    notebook : str
        Its name, such as "06_leverage", or the path of its file.
    namespace : mapping
        ``globals()`` of the notebook.

    Raises
    ------
    ParameterFaults
        With every value that the notebook's own spec forbids, and every name that papermill
        passed and the notebook does not have.
    """
    path = find_notebook(notebook)
    spec = read_parameters(path)
    names = [each.name for each in spec if each.name in namespace] + _injected(namespace)
    if missing := [each.name for each in spec if each.name not in namespace]:
        text = f"{path.stem}: run its parameters cell first: {', '.join(missing)} not there"
        raise ParameterFaults([text])
    params = check(spec, {name: namespace[name] for name in names})
    lang, given = params["lang"], params["out_dir"]
    theme(lang)
    folder = _base() / (f"{SCRATCH}/{path.stem}" if given == SCRATCH else given)
    return Session(path.stem, lang, params, np.random.default_rng(params["seed"]), folder)


def _injected(namespace: Mapping[str, Any]) -> list[str]:
    """Return the names that papermill set, which takes any name without complaint."""
    names = []
    for source in namespace.get("In", []):
        if source.startswith("# Parameters\n"):
            assigned = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
            names += [ast.unparse(node.targets[0]) for node in assigned]
    return names


def _base() -> Path:
    """Return the folder that paths count from: the current one, or above ``notebooks/`` in it."""
    here = Path.cwd()
    return here.parent if here == share_dir() / "notebooks" else here
