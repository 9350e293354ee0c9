"""The cells of an executed notebook as the HTML body of a page in one language."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from abscase.report.markdown import Heading, PageRenderer, keep_together
from abscase.show.labels import LANGS, label

TEMPLATE = Path(__file__).parent / "templates" / "cells.html"
HIDE_CODE = ("hide-code", "parameters", "injected-parameters")
LEFT_OUT = ("papermill-error-cell-tag", "hide-cell")


@dataclass(frozen=True)
class Failure:
    """What stopped a notebook: in which cell, and the error, or "" where its kernel died."""

    cell: str
    error: str


@dataclass(frozen=True)
class Body:
    """A notebook in one language: its HTML, headings (the title first), and what stopped it."""

    html: str
    headings: tuple[Heading, ...]
    failure: Failure | None

    @property
    def title(self) -> str:
        """The first heading of level 1, or "" where there is none."""
        return next((each.text for each in self.headings if each.level == 1), "")

    @property
    def sections(self) -> tuple[Heading, ...]:
        """The headings that the contents of the page list."""
        return tuple(each for each in self.headings if each.level in (2, 3))

    @property
    def question(self) -> str:
        """The first paragraph that asks something, without the word "Question" before it."""
        paragraphs = (_plain(each) for each in re.findall(r"<p>(.*?)</p>", self.html, re.DOTALL))
        asking = next((text for text in paragraphs if re.search(r"[?？]", text)), "")
        return re.sub(
            r"^(The )?(question|问题|本章问题)\s*[.:。：]\s*", "", asking, flags=re.IGNORECASE
        )


class _PageExporter(HTMLExporter):
    """nbconvert's ``basic`` template with code folded away and formulas as MathML."""

    def __init__(self, **options: Any) -> None:
        super().__init__(template_name="basic", **options)
        self.raw_template = TEMPLATE.read_text(encoding="utf-8")
        self.headings: list[Heading] = []

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Replace nbconvert's filter of this name."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = PageRenderer(self.headings, attachments=attachments)
        return keep_together(str(MarkdownWithMath(renderer=renderer).render(source)))


def body(path: Path, lang: str) -> Body:
    """Return the body of the page of an executed notebook; cells of other languages are dropped."""
    notebook = nbformat.read(path, as_version=4)
    failure = _failure(notebook)
    notebook.cells = list(_kept(notebook, lang))
    exporter = _PageExporter(config=Config({
        "TemplateExporter": {"exclude_input_prompt": True, "exclude_output_prompt": True},
    }))  # fmt: skip
    words = {
        "show_code": label("page.show_code", lang), "figure": label("page.figure", lang),
        "hide_tags": HIDE_CODE,
    }  # fmt: skip
    text, _ = exporter.from_notebook_node(notebook, resources=words)
    return Body(text, tuple(exporter.headings), failure)


def _plain(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", fragment)).strip()


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _kept(notebook: NotebookNode, lang: str) -> Iterator[NotebookNode]:
    dropped = {f"lang-{other}" for other in LANGS if other != lang} | set(LEFT_OUT)
    for cell in notebook.cells:
        if not dropped.intersection(_tags(cell)) and (cell.source.strip() or cell.get("outputs")):
            yield cell


def _failure(notebook: NotebookNode) -> Failure | None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return Failure(cell.get("id", ""), f"{output.ename}: {output.evalue}")
        # A kernel that died leaves no error behind.
        if cell.metadata.get("papermill", {}).get("status") in ("running", "failed"):
            return Failure(cell.get("id", ""), "")
    return None
