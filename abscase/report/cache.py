"""Which results are still good: a key of all that a run depends on, and the outputs' hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from abscase.place import file_hash
from abscase.report import manifest
from abscase.report.params import read_cells


def key(
    notebook: Path,
    parameters: Mapping[str, Any],
    stands_on: manifest.Ground,
    after: Sequence[str] = (),
    read: Sequence[Path] = (),
) -> str:
    """Return the key of a run: two runs of one key give the same result.

    Parameters
    ----------
    notebook : Path
        Its cells and their tags count, outputs and other metadata do not.
    parameters : mapping
        Every parameter's value.
    stands_on : Ground
        Package, data, loaded tapes, versions.
    after : sequence of str
        Keys of the runs whose results it reads.
    read : sequence of Path
        Files it reads, of claim records or the user's own; their content counts.
    """
    content = {
        "notebook": [notebook.stem, read_cells(notebook)],
        "parameters": dict(parameters),
        "read": [[path.name, file_hash(path)] for path in read],
        "ground": asdict(stands_on),
        "after": list(after),
    }
    return digest(content)


def digest(content: Any) -> str:
    """Return the SHA-256 of plain values, the same whatever the order of their keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_good(folder: Path, expected: str) -> bool:
    """Return whether a folder holds the whole result of a key: every output, unchanged."""
    found = manifest.read(folder)
    listed = found.get("outputs")
    if found.get("key") != expected or not isinstance(listed, dict):
        return False
    outputs = {folder / name: sha256 for name, sha256 in listed.items()}
    return all(path.is_file() and file_hash(path) == each for path, each in outputs.items())
