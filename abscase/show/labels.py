"""The words of figures, tables and pages in English and Chinese, from ``labels/<topic>.csv``.

A file has the columns ``key, en, zh``; a text may hold ``{fields}`` that the caller fills.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from abscase.errors import ChoiceError

LANGS = ("en", "zh")
FOLDER = Path(__file__).with_name("labels")


def label(key: str, lang: str, **fields: object) -> str:
    """Return the text of ``key`` in ``lang`` ("en" or "zh"), its ``{fields}`` filled.

    Raises
    ------
    ChoiceError
        If there is no such key, language or field.

    >>> label("grade.line", "en", grade="B")
    'Grade B'
    >>> label("grade.line", "zh", grade="B")
    '证据等级 B'
    """
    if lang not in LANGS:
        raise ChoiceError("language", lang, LANGS)
    texts = _texts()
    if key not in texts:
        raise ChoiceError("label", key, texts)
    try:
        return texts[key][lang].format(**fields)
    except KeyError as missing:
        raise ChoiceError(f"field of label {key!r}", str(missing.args[0]), fields) from None


def keys() -> tuple[str, ...]:
    """Return the key of every label."""
    return tuple(_texts())


def has_label(key: str) -> bool:
    """Return whether there is a label of this key."""
    return key in _texts()


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                texts[row["key"]] = {lang: row[lang] for lang in LANGS}
    return texts
