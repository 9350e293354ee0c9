"""Markdown to HTML for the pages: formulas as MathML, headings collected, links between pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer

UNKNOWN = re.compile(r"\\[A-Za-z]|^&$")  # what latex2mathml leaves of a command it does not know

CHINESE = re.compile("[一-鿿]")
# A formula within the text and the punctuation at it.
INLINE = re.compile(
    r'([（“‘(]*<math[^>]*display="inline"(?:(?!</math>).)*</math>[，。、；：！？）”’,.;:!?)]+)',
    re.DOTALL,
)
LIMITS = {"msubsup": "munderover", "msub": "munder", "msup": "mover"}
BIG = ("&#x02211;", "&#x0220F;", "∑", "∏")


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level (1 to 6), its plain text, and the anchor that leads to it."""

    level: int
    text: str
    anchor: str


def mathml(latex: str, display: str = "inline") -> str:
    r"""Return a single-line formula as MathML, its text escaped.

    A formula that cannot be converted (``aligned``, an unknown command) stays LaTeX code.

    >>> "<msup><mi>x</mi><mn>2</mn></msup>" in mathml("x^2")
    True
    >>> mathml(r"\foo x")
    '<code class="latex">\\foo x</code>'
    """
    try:
        element = convert_to_element(latex, display=display)
    except Exception:  # latex2mathml raises a dozen unrelated exceptions, and IndexError
        return _as_code(latex)
    for node in element.iter():
        if node.tag in LIMITS and node[0].text in BIG:
            node.tag = LIMITS[node.tag]
        # The library escapes signs once too often, and letters of \text not at all.
        node.text = html.unescape(node.text) if node.text else node.text
        if (node.text and UNKNOWN.search(node.text)) or node.get("linebreak"):
            return _as_code(latex)
    return ElementTree.tostring(element, encoding="unicode")


def _as_code(latex: str) -> str:
    return f'<code class="latex">{html.escape(latex.strip())}</code>'


class PageRenderer(IPythonRenderer):
    """Render the prose of a notebook; ``headings`` grows by every heading that is met.

    The first heading of level 1 is the page's title and left out of the text.
    """

    def __init__(self, headings: list[Heading], **options: Any) -> None:
        super().__init__(
            escape=False, allow_harmful_protocols=False, exclude_anchor_links=True, **options
        )
        self.headings = headings

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Give a heading an anchor of its own, and remember it."""
        plain = html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
        first = level == 1 and all(heading.level > 1 for heading in self.headings)
        anchor = _anchor(plain, {heading.anchor for heading in self.headings})
        self.headings.append(Heading(level, plain, anchor))
        return "" if first else f'<h{level} id="{html.escape(anchor)}">{text}</h{level}>\n'

    def emphasis(self, text: str) -> str:
        """Mark Chinese emphasis as such: it is set with dots, for a slanted sign reads badly."""
        return f'<em class="dots">{text}</em>' if CHINESE.search(text) else f"<em>{text}</em>"

    def paragraph(self, text: str) -> str:
        """Set a formula that is a paragraph of its own as a displayed one."""
        if text.startswith("<math") and text.find("</math>") + len("</math>") == len(text.rstrip()):
            return f"{_scrolling(text.replace('inline', 'block', 1))}\n"
        return super().paragraph(text)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Lead from notebook to notebook as page to page."""
        if ":" not in url:
            url = re.sub(r"\.ipynb(?=#|$)", ".html", url)
        return super().link(text, url, title)

    def block_math(self, body: str) -> str:
        """Show a formula on a line of its own."""
        return _scrolling(mathml(body, "block"))

    def inline_math(self, body: str) -> str:
        """Show a formula within the text."""
        return mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        """Show a LaTeX environment."""
        return _scrolling(mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block"))


def keep_together(text: str) -> str:
    """Return HTML where no line begins with the punctuation that follows a formula.

    >>> keep_together('<math display="inline"><mi>x</mi></math>，即')
    '<span class="nowrap"><math display="inline"><mi>x</mi></math>，</span>即'
    """
    return INLINE.sub(r'<span class="nowrap">\1</span>', text)


def _scrolling(formula: str) -> str:
    """Return a displayed formula in a box that scrolls, by keyboard as well."""
    return f'<span class="formula" tabindex="0">{formula}</span>'


def _anchor(text: str, taken: set[str]) -> str:
    name = "-".join(re.findall(r"\w+", text.lower())) or "section"
    names = (name if count == 1 else f"{name}-{count}" for count in range(1, len(taken) + 2))
    return next(each for each in names if each not in taken)
