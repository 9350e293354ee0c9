"""Where loan tapes that the user loaded stand: ``<home>/panels/<case>/<source>/``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import platformdirs

PANEL_TABLES = ("loan", "performance")


def home_dir() -> Path:
    """Return the user's data folder, or the folder named by the variable ``ABSCASE_HOME``."""
    return Path(os.environ.get("ABSCASE_HOME") or platformdirs.user_data_path("abscase"))


def panel_dir(case: str, source: str) -> Path:
    """Return the folder of one loaded tape, there or not."""
    return home_dir() / "panels" / case / source


def panel_names(case: str) -> tuple[str, ...]:
    """Return the sources whose tapes were loaded for a case, sorted."""
    found = (home_dir() / "panels" / case).glob("[!.]*/provenance.json")
    return tuple(sorted(path.parent.name for path in found))


def panel_provenance(case: str, source: str) -> dict[str, Any]:
    """Return what is known of a loaded tape: file name, hashes, rows, version, time."""
    path = panel_dir(case, source) / "provenance.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def panel_reports(cases: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return how each tape of some cases was read, by case and source.

    See :class:`~abscase.sources.tape.LoadReport`.
    """
    return {
        (case, name): json.loads(
            (panel_dir(case, name) / "quality_report.json").read_text(encoding="utf-8")
        )
        for case in cases for name in panel_names(case)
    }  # fmt: skip
