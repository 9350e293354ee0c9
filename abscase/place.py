"""Where things stand and how files are written, without pandas: an idle report starts at once."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path

from abscase.errors import AbscaseError, ChoiceError


def package_dir() -> Path:
    """Return the folder of the package ``abscase``."""
    return Path(str(files("abscase")))


def package_files() -> list[Path]:
    """Return the files of the package itself, without the notebooks and data in a wheel."""
    inside = [path.relative_to(package_dir()) for path in package_dir().rglob("*.*")]
    own = [path for path in inside if path.parts[0] != "_share" and path.suffix != ".pyc"]
    return [package_dir() / path for path in sorted(own) if (package_dir() / path).is_file()]


def share_dir() -> Path:
    """Return the folder that holds ``data/``, ``notebooks/`` and ``reports.yml``.

    A checkout's own folder, or the copy inside an installed wheel.
    """
    installed = package_dir() / "_share"
    return installed if installed.is_dir() else package_dir().parent


def data_dir() -> Path:
    """Return ``data/``, or the folder named by the variable ``ABSCASE_DATA``."""
    return Path(os.environ.get("ABSCASE_DATA") or share_dir() / "data")


def notebooks() -> dict[str, Path]:
    """Return the notebooks of abscase by name, in order."""
    found = sorted((share_dir() / "notebooks").glob("[!.]*.ipynb"))
    return {path.stem: path for path in found}


def find_notebook(given: str) -> Path:
    """Return a notebook by its name ("06_leverage"), its number ("06"), or the path of a file.

    Raises
    ------
    ChoiceError
        There is no such notebook.
    """
    known = notebooks()
    numbered = {name.split("_")[0]: path for name, path in known.items()}
    for path in (known.get(given), numbered.get(given)):
        if path:
            return path
    path = Path(given)
    if path.suffix != ".ipynb":
        raise ChoiceError("notebook", given, known)
    if not path.is_file():
        raise AbscaseError(f"no file {given}; 'abscase list' shows the notebooks of abscase")
    return path.resolve()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> Path:
    """Write a text file whole or not at all, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text, encoding="utf-8")
    return draft.replace(path)
