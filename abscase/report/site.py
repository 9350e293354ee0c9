"""The pages of the report: one for each notebook and language, a first page, and the sources."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
import yaml
from markupsafe import Markup, escape

from abscase import catalog
from abscase.errors import AbscaseError
from abscase.place import share_dir, write_whole
from abscase.report.page import Page, executed, read_page
from abscase.report.summary import Summary, summarise
from abscase.show.fonts import FONT_FILE
from abscase.show.labels import LANGS, has_label, label
from abscase.show.tables import badge, html_table
from abscase.verdict.claims import margins, read_records

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Edition:
    """The report in one language: its pages in reading order, what was not run, where it starts."""

    lang: str
    title: str
    pages: tuple[Page, ...]
    missing: tuple[str, ...]
    home: str

    @property
    def sources(self) -> str:
        """Where the page of the sources stands."""
        return f"{self.lang}/sources.html"

    def twin(self, name: str) -> str:
        """Return where the page of a notebook stands in this language, or else the first page."""
        return next((page.href for page in self.pages if page.name == name), self.home)


def build(out_dir: Path) -> Path:
    """Write the pages of the executed notebooks under ``out_dir`` and return the first page.

    Reads the notebook, ``manifest.json`` and ``claims/`` of each ``<lang>/<notebook>/``; writes
    ``index.html``, ``<lang>/*.html`` and ``assets/``, each file whole or not at all. A notebook
    that failed is shown as failed, and its claims are not counted.

    Raises
    ------
    AbscaseError
        If no executed notebook is there.
    """
    editions = _editions(out_dir)
    if not editions:
        raise AbscaseError(f"no executed notebook under {out_dir}; run 'abscase report' first")
    _write_assets(out_dir / "assets")
    for edition in editions:
        other = next((each for each in editions if each is not edition), None)
        _write_edition(out_dir, edition, other)
    return out_dir / "index.html"


def _editions(out_dir: Path) -> list[Edition]:
    plan = yaml.safe_load((share_dir() / "reports.yml").read_text(encoding="utf-8"))
    names = [entry["name"] for entry in plan["notebooks"]]
    editions: list[Edition] = []
    for lang in LANGS:
        folders = [out_dir / lang / name for name in names]
        ran = [folder for folder in folders if executed(folder)]
        if ran:
            home = f"{lang}/index.html" if editions else "index.html"
            pages = tuple(read_page(folder, lang) for folder in ran)
            missing = tuple(folder.name for folder in folders if folder not in ran)
            editions.append(Edition(lang, plan["title"][lang], pages, missing, home))
    return editions


def _write_assets(folder: Path) -> None:
    write_whole(folder / "page.css", (TEMPLATES / "page.css").read_text(encoding="utf-8"))
    for path in (FONT_FILE, FONT_FILE.with_name("OFL.txt")):
        draft = folder / f".{path.name}.tmp"
        draft.write_bytes(path.read_bytes())
        draft.replace(folder / path.name)


def _write_edition(out_dir: Path, edition: Edition, other: Edition | None) -> None:
    write, pages = partial(_write, out_dir, edition), edition.pages
    for place, page in enumerate(pages):
        twin = other.twin(page.name) if other else None
        before = pages[place - 1] if place else None
        after = next(iter(pages[place + 1 :]), None)
        write("notebook.html", page.href, twin, title=page.title, page=page,
              before=before, after=after)  # fmt: skip
    home, sources = (other.home, other.sources) if other else (None, None)
    summary = _summary(out_dir, edition)
    write("index.html", edition.home, home, title=edition.title, pages=pages, summary=summary)
    title = label("page.sources", edition.lang)
    write("sources.html", edition.sources, sources, title=title, **_sources(edition.lang))


def _write(
    out_dir: Path, edition: Edition, template: str, href: str, twin: str | None, **words: Any
) -> None:
    """Write one page; ``twin`` is where its like stands in the other language."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    text = environment.get_template(template).render(
        t=lambda key, **fields: label(key, edition.lang, **fields),
        to=lambda target: _relative(target, href),
        edition=edition, twin=twin, version=version("abscase"),
        twin_lang=next(lang for lang in LANGS if lang != edition.lang), label=label, **words,
    )  # fmt: skip
    write_whole(out_dir / href, text)


def _relative(target: str, page: str) -> str:
    """Return the address of a file of the report as seen from one of its pages.

    >>> _relative("index.html", "zh/sources.html"), _relative("en/sources.html", "index.html")
    ('../index.html', 'en/sources.html')
    """
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def _summary(out_dir: Path, edition: Edition) -> Summary | None:
    """Return the summary of what the claim records say; those of failed notebooks do not count."""
    good = [page.name for page in edition.pages if not page.body.failure]
    folders = [out_dir / edition.lang / name / "claims" for name in good]
    records = [record for each in folders if each.is_dir() for record in read_records(each)]
    links = {page.name: _relative(page.href, edition.home) for page in edition.pages}
    return summarise(records, catalog.read_all("claim"), margins(), edition.lang, links)


def _sources(lang: str) -> dict[str, Any]:
    """Return what the page of the sources shows: a table for each folder of data."""
    frame = catalog.read_all("source")
    frame["title"] = [_titled(*pair) for pair in zip(frame["title"], frame["address"], strict=True)]
    frame["source_id"] = [
        Markup('<span id="{0}">{0}</span>').format(name) for name in frame["source_id"]
    ]
    names = ["source_id", "grade", "title", "publisher", "published"]
    groups = []
    for folder, rows in frame.groupby(frame["ref"].str.partition("/")[0], sort=False):
        key = f"page.folder.{folder}"
        title = label(key, lang) if has_label(key) else str(folder)
        table = html_table(rows[names], lang, title, dict.fromkeys(("source_id", "title"), Markup))
        groups.append({"name": folder, "title": title, "table": table})
    grades = [(badge("grade", name, lang), label(f"grade.title.{name}", lang)) for name in "ABC"]
    return {"count": len(frame), "groups": groups, "grades": grades}


def _titled(title: str, address: str | None) -> Markup:
    """Return the title of a source as a link where its address is one of the web."""
    if isinstance(address, str) and urlsplit(address).scheme in ("http", "https"):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, title)
    return escape(title)
