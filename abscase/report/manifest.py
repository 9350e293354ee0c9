"""What a result stands on: package, data, loaded tapes, versions and commit, each by its hash."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from abscase.place import (
    data_dir,
    file_hash,
    package_dir,
    package_files,
    share_dir,
    write_whole,
)
from abscase.sources.panels import home_dir

NAME = "manifest.json"
PACKAGES = (
    "abscase", "ipykernel", "matplotlib", "narwhals", "numpy", "pandas", "papermill", "polars",
    "pyarrow", "scipy", "seaborn", "statsmodels",
)  # fmt: skip
SHAPES_RESULTS = {".py", ".csv", ".otf", ".ttf", ".woff2"}


@dataclass(frozen=True)
class Ground:
    """What every notebook stands on; each mapping goes from a name to a hash or a version."""

    package: Mapping[str, str]
    data: Mapping[str, str]
    panels: Mapping[str, str]
    versions: Mapping[str, str]


def ground() -> Ground:
    """Return what results stand on now."""
    code = [path for path in package_files() if path.suffix in SHAPES_RESULTS]
    data = [path for path in data_dir().rglob("*") if path.suffix in {".csv", ".json"}]
    panels = home_dir() / "panels"
    return Ground(
        hashes(package_dir(), code),
        hashes(data_dir(), data),
        hashes(panels, panels.glob("*/[!.]*/provenance.json")),
        versions(),
    )


def hashes(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files, keyed by their path from ``root``."""
    return {path.relative_to(root).as_posix(): file_hash(path) for path in sorted(paths)}


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that shape a result."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """Return the commit of a checkout, with "-dirty" where files differ from it; else None."""
    if not (share_dir() / ".git").exists():
        return None
    words = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*"]
    try:
        done = subprocess.run(words, cwd=share_dir(), capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def write(
    folder: Path,
    notebook: str,
    parameters: Mapping[str, Any],
    stands_on: Ground,
    outputs: Iterable[Path],
    **more: Any,
) -> Path:
    """Write ``manifest.json`` of a finished run, with the hash of every output.

    Parameters
    ----------
    folder : Path
        Where the outputs stand.
    notebook : str
    parameters : mapping
        Every parameter's value.
    stands_on : Ground
    outputs : iterable of Path
        Files in ``folder``.
    more
        Further entries: ``key``, ``seconds``.
    """
    grounds = asdict(stands_on)
    del grounds["package"]
    content = {
        "notebook": notebook,
        "lang": parameters.get("lang"),
        "seed": parameters.get("seed"),
        "parameters": dict(parameters),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        **more,
        **grounds,
        "outputs": hashes(folder, outputs),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    return write_whole(folder / NAME, text + "\n")


def read(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder; empty where there is none that can be read."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
