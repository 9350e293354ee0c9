"""Finds the two files of a pair by their names: loans as they were made, and their history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from abscase.errors import DataFaults, Fault


def pairs(path: Path, words: Sequence[tuple[str, str]]) -> list[tuple[Path, Path | None]]:
    """Return the origination file and the performance file of each pair, by their names.

    Parameters
    ----------
    path : Path
        Either file of a pair, or a folder that holds whole pairs.
    words : sequence of (str, str)
        By what the name of an origination file differs from that of its performance file.

    Returns
    -------
    list of (Path, Path or None)
        None where a name has neither word: the file stands alone.
    """
    files = [path]
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.is_file() and each.name[0] != ".")
    if not files:
        raise DataFaults([Fault("is an empty folder", file=str(path))])
    found = dict.fromkeys(_pair(each, words) for each in files)
    gone = [each for pair in found for each in pair if each is not None and not each.is_file()]
    if gone:
        fix = "origination and performance stand in one folder under the names they came with"
        raise DataFaults([Fault("the other file of the pair is missing", file=each.name, fix=fix)
                          for each in gone])  # fmt: skip
    return list(found)


def pair_files(path: Path, words: Sequence[tuple[str, str]]) -> list[Path]:
    """Return every file of the pairs that :func:`pairs` finds."""
    return [each for pair in pairs(path, words) for each in pair if each is not None]


def _pair(path: Path, words: Sequence[tuple[str, str]]) -> tuple[Path, Path | None]:
    for first, second in words:
        if re.search(second, path.name, re.IGNORECASE):
            return path.with_name(_renamed(path.name, second, first)), path
        if re.search(first, path.name, re.IGNORECASE):
            return path, path.with_name(_renamed(path.name, first, second))
    return path, None


def _renamed(name: str, old: str, new: str) -> str:
    def in_its_case(found: re.Match[str]) -> str:
        word = found.group()
        return new.upper() if word.isupper() else new.title() if word.istitle() else new

    return re.sub(old, in_its_case, name, count=1, flags=re.IGNORECASE)
