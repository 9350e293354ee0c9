"""One executed notebook as what its page shows, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from markupsafe import Markup

from abscase.errors import AbscaseError
from abscase.report import manifest
from abscase.report.cells import Body, body
from abscase.report.drafts import failed_copy
from abscase.report.params import Parameter, read_parameters
from abscase.show.labels import has_label, label
from abscase.show.tables import HtmlTable, html_table

# The page itself shows the language; where files stood on a machine is nobody's business.
NOT_SHOWN = ("lang", "out_dir", "claims_dir")


@dataclass(frozen=True)
class Page:
    """A notebook's page: where it stands, its text, parameters, and what it was made from."""

    name: str
    lang: str
    body: Body
    parameters: HtmlTable | None
    provenance: tuple[tuple[str, str], ...]
    files: HtmlTable | None

    @property
    def number(self) -> str:
        """The number in the name: "06" of "06_leverage"."""
        return self.name.partition("_")[0]

    @property
    def title(self) -> str:
        """The notebook's first heading, or its name."""
        return self.body.title or self.name

    @property
    def href(self) -> str:
        """Where the page stands in the report."""
        return f"{self.lang}/{self.name}.html"


def executed(folder: Path) -> Path | None:
    """Return the executed notebook of a result, or of the run that failed in its place."""
    found = (folder / f"{folder.name}.ipynb", failed_copy(folder))
    return next((path for path in found if path.is_file()), None)


def read_page(folder: Path, lang: str) -> Page:
    """Return the page of the executed notebook of ``folder``, which bears the notebook's name."""
    path = executed(folder)
    if path is None:
        raise AbscaseError(f"no executed notebook {folder.name} in {folder.parent}; run it first")
    notes = manifest.read(folder)
    return Page(
        folder.name, lang, body(path, lang), _parameters(path, lang),
        tuple(_provenance(notes, lang)), _files(notes, lang),
    )  # fmt: skip


def _parameters(path: Path, lang: str) -> HtmlTable | None:
    """Return the table of the notebook's parameters with the values of this run."""
    try:
        parameters = [each for each in read_parameters(path) if each.name not in NOT_SHOWN]
    except AbscaseError:  # a page shows what ran, also where no spec can be read
        return None
    ran = nbformat.read(path, as_version=4).metadata.get("papermill", {}).get("parameters", {})
    rows = [
        {
            "name": Markup("<code>{}</code>").format(each.name),
            "value": _used(each, ran, lang),
            "allowed": _allowed(each, lang),
            "meaning": each.meaning(lang),
        }
        for each in parameters
    ]
    if not rows:
        return None
    return html_table(pd.DataFrame(rows), lang, label("page.parameters", lang), {"name": Markup})


def _used(parameter: Parameter, ran: Mapping[str, Any], lang: str) -> str:
    value = ran.get(parameter.name, parameter.default)
    text = _text(value, lang)
    default = _text(parameter.default, lang)
    if value == parameter.default:
        return text
    return label("page.changed", lang, value=text, default=default)


def _text(value: Any, lang: str) -> str:
    if value is None:
        return label("page.none", lang)
    if isinstance(value, bool):
        return label(f"flag.{str(value).lower()}", lang)
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _allowed(parameter: Parameter, lang: str) -> str:
    text = f"{label(f'type.{parameter.type}', lang)} {parameter.range}".strip()
    return label("type.optional", lang, allowed=text) if parameter.optional else text


def _provenance(notes: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of what is in the manifest, but for hashes of files."""
    for key, value in notes.items():
        name = f"manifest.{key}"
        if has_label(name) and value not in (None, "", {}, []):
            yield label(name, lang), _flat(value)


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return _text(value, "en")


def _files(notes: Mapping[str, Any], lang: str) -> HtmlTable | None:
    """Return the table of data files and loaded tapes with their hashes."""
    hashes = {**notes.get("data", {}), **notes.get("panels", {})}
    if not hashes:
        return None
    frame = pd.DataFrame({"file": list(hashes), "hash": list(hashes.values())})
    caption = label("page.data_files", lang, count=len(frame))
    return html_table(frame, lang, caption)
