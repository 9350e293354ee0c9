"""Fitted calibrations kept in the user's data folder, so that a report fits each case once.

A kept fit is used only while data, package and solver are the same: its name is a hash of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from abscase.place import file_hash, package_files, write_whole
from abscase.quality.calibration.fit import Fit
from abscase.sources.panels import home_dir

SOLVER = ("numpy", "scipy", "polars")


def kept(
    case: str, root: Path, made: Callable[[], tuple[Fit, pd.DataFrame]]
) -> tuple[Fit, pd.DataFrame]:
    """Return the fit of a case and its table of moments, made anew only where none is kept.

    A second process that wants the same fit waits for the first instead of fitting too.
    """
    folder = home_dir() / "calibrations"
    path = folder / f"{case}-{_key(root)}.json"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f".{case}.lock"):
        if (found := _read(path)) is None:
            found = made()
            for stale in folder.glob(f"{case}-*.json"):
                stale.unlink()
            _write(path, *found)
        return found


def _read(path: Path) -> tuple[Fit, pd.DataFrame] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        theta, slopes = (np.asarray(content["fit"][name]) for name in ("theta", "slopes"))
        fit = Fit(theta, slopes, float(content["fit"]["cost"]))
        return fit, pd.DataFrame(content["moments"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, fit: Fit, moments: pd.DataFrame) -> None:
    numbers = {name: np.asarray(value).tolist() for name, value in asdict(fit).items()}
    write_whole(path, json.dumps({"fit": numbers, "moments": moments.to_dict("list")}))


@cache
def _key(root: Path) -> str:
    files = [*package_files(), *sorted(root.glob("*/*.csv"))]
    lines = [file_hash(path) for path in files if path.suffix in (".py", ".csv")]
    lines += [version(name) for name in SOLVER]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
