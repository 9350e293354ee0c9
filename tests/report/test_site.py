"""The pages: complete, escaped, readable by anyone, and free of any outside address."""

import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from abscase.case import Datum
from abscase.errors import AbscaseError
from abscase.report.cells import body
from abscase.report.markdown import mathml
from abscase.report.site import build
from abscase.report.summary import summarise
from abscase.show.tables import html_table
from abscase.verdict.claims import margins, record, write_records

BAD = "<script>alert(1)</script>"
VOID = {"meta", "link", "img", "br", "hr", "input", "mspace", "wbr"}
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
FLOW = "## Flow\n\n$\\sum_{k=1}^n a_k < 1$\n\n$$y$$\n\n## Flow"
CHINESE = "## 流量\n\n见[下一篇](06_leverage.ipynb#x)，*要点*。"
PARAMETERS = """lang: str = "en"  # {en, zh} language | 语言
retained: float = 0.08  # [0, 0.5] share kept | 自留份额
note: str = "plain"  # a word | 备注
cap: "Optional[float]" = None  # [0, 9] a cap | 上限
strict: bool = True  # stop at a fault | 遇错停止
out_dir: str = "reports/scratch"  # where results go | 输出位置
"""


class Page(HTMLParser):
    """The elements of a page; a tag that is left open or closed wrongly is a fault."""

    def __init__(self, path):
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.seen, self.open, self.faults = [], [], []
        self.feed(self.text)
        self.close()
        self.faults += self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag} at {self.getpos()}")

    def named(self, *tags):
        return [attrs for tag, attrs in self.seen if tag in tags]


def cell(make, name, source, *tags, outputs=()):
    made = make(source, id=name, metadata={"tags": list(tags)})
    if outputs:
        made.outputs = list(outputs)
    return made


def notebook(lang, broken=False):
    table = html_table(pd.DataFrame({"state": [BAD], "grade": ["A"]}), lang, f"Table {BAD}")
    shown = new_output("display_data", {"text/html": table.html, "text/plain": "x"})
    picture = new_output(
        "display_data", {"image/png": PNG, "text/plain": "x"},
        metadata={"image/png": {"alt": f"A curve {BAD}", "width": 600}},
    )  # fmt: skip
    printed = new_output("stream", name="stdout", text=f"printed {BAD}")
    error = new_output("error", ename="ValueError", evalue=f"no row {BAD}",
                       traceback=[f"ValueError: no row {BAD}"])  # fmt: skip
    cells = [
        cell(new_markdown_cell, "q-en", "# Engine\n\n**Question.** Is $x^2$ true?", "lang-en"),
        cell(new_markdown_cell, "q-zh", "# 引擎\n\n**问题。**这成立吗？", "lang-zh"),
        cell(new_code_cell, "parameters", PARAMETERS, "parameters"),
        cell(new_code_cell, "given", "# Parameters\nretained = 0.05", "injected-parameters"),
        cell(new_code_cell, "setup", "secret = 'set-up'", "hide-code"),
        cell(new_markdown_cell, "s-en", FLOW, "lang-en"),
        cell(new_markdown_cell, "s-zh", CHINESE, "lang-zh"),
        cell(new_code_cell, "work", "answer = 1 < 2", outputs=[shown, picture, printed]),
        *([cell(new_code_cell, "breaks", "raise", outputs=[error])] if broken else []),
    ]  # fmt: skip
    made = new_notebook(cells=cells)
    made.metadata["papermill"] = {"parameters": {"lang": lang, "note": BAD, "out_dir": "."}}
    return made


def claim(margin_id, values, name):
    data = [Datum(1.0, "times", "A", "ant-x", "ant/series.csv:3")]
    return record(margin_id, *values, data=data, case="ant", interval_kind="sources", notebook=name)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A report with one good notebook and one that failed, in both languages."""
    out = tmp_path_factory.mktemp("site")
    for lang in ("en", "zh"):
        folder = out / lang / "00_claims"
        folder.mkdir(parents=True)
        nbformat.write(notebook(lang), folder / "00_claims.ipynb")
        nbformat.write(notebook(lang, broken=True), out / lang / "06_leverage.failed.ipynb")
        notes = {"notebook": "00_claims", "seed": 7, "commit": "abc123", "finished": "2026-01-02",
                 "versions": {"pandas": "3.0"}, "data": {f"ant/{BAD}.csv": "e3b0c442"},
                 "parameters": {"note": BAD}}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(notes), encoding="utf-8")
        write_records(
            folder / "claims" / "00.json", [claim("S1.intensity", (0.7, 0.6, 0.8), "00_claims")]
        )
        stale = out / lang / "06_leverage" / "claims" / "06.json"
        write_records(stale, [claim("S2a.stock_published", (5, 3, 8), "06_leverage")])
    assert build(out) == out / "index.html"
    return out


@pytest.fixture(scope="module")
def pages(out):
    paths = [*out.glob("*.html"), *out.glob("*/*.html")]
    return {path.relative_to(out).as_posix(): Page(path) for path in paths}


def test_the_pages_are_there_and_nothing_half_written(out, pages):
    one_language = {"00_claims.html", "06_leverage.html", "sources.html"}
    expected = {f"{lang}/{name}" for lang in ("en", "zh") for name in one_language}
    assert pages.keys() == expected | {"index.html", "zh/index.html"}
    names = {path.name for path in (out / "assets").iterdir()}
    assert names == {"page.css", "AbscaseSansSC-Regular.otf", "OFL.txt"}
    assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]


def test_every_page_parses_and_names_its_language(pages):
    for name, page in pages.items():
        assert page.faults == [], name
        assert page.named("html") == [{"lang": "zh-Hans" if name.startswith("zh/") else "en"}], name
        assert len(page.named("h1")) == len(page.named("main")) == len(page.named("title")) == 1


def test_nothing_is_loaded_from_outside(out, pages):
    for name, page in pages.items():
        assert not page.named("script", "iframe", "object", "embed"), name
        loaded = [attrs.get("src") or attrs.get("href", "") for attrs in page.named("img", "link")]
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)], name
        away = [attrs for attrs in page.named("a") if attrs["href"].startswith("http")]
        assert all(attrs.get("rel") == "noreferrer" for attrs in away), name
    css = (out / "assets" / "page.css").read_text(encoding="utf-8")
    assert "http" not in css and "@import" not in css
    assert re.findall(r"url\(\"([^\"]+)\"\)", css) == ["AbscaseSansSC-Regular.otf"]


def test_every_link_within_the_report_leads_somewhere(out, pages):
    for name, page in pages.items():
        for attrs in page.named("a", "link"):
            target, _, anchor = attrs["href"].partition("#")
            if target.startswith(("http", "data:")):
                continue
            path = (out / name).parent / target if target else out / name
            assert path.is_file(), (name, attrs["href"])
            if anchor and anchor != "x":
                assert f'id="{anchor}"' in path.read_text(encoding="utf-8"), (name, attrs["href"])


def test_no_anchor_stands_twice(pages):
    for name, page in pages.items():
        ids = [attrs["id"] for _, attrs in page.seen if "id" in attrs]
        assert len(ids) == len(set(ids)), name


def test_what_comes_from_data_or_output_is_escaped(pages):
    for name, page in pages.items():
        assert BAD not in page.text, name
    text = pages["en/00_claims.html"].text
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert f">{escaped}</th>" in text  # a cell of a table
    assert f"{escaped} (default plain)" in text  # a parameter's value
    assert f"printed {escaped}" in text  # what a cell printed
    assert f"ant/{escaped}.csv" in text  # a name in the manifest


def test_every_picture_keeps_its_alt_text(pages):
    pictures = [attrs for page in pages.values() for attrs in page.named("img")]
    assert len(pictures) == 4
    assert {attrs["alt"] for attrs in pictures} == {f"A curve {BAD}"}
    assert all(attrs["src"].startswith("data:image/png;base64,") for attrs in pictures)


def test_formulas_are_mathml(pages):
    text = pages["en/00_claims.html"].text
    assert re.search(r"<math[^>]*display=\"inline\".*?<msup><mi>x</mi><mn>2</mn></msup>", text)
    assert re.search(r"<math[^>]*display=\"block\".*?<munderover>", text)
    assert text.count('display="block"') == 2  # a formula alone in its paragraph is displayed
    assert "$" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)


def test_a_formula_is_escaped_and_never_lost():
    assert "&lt;script&gt;" in mathml(r"\text{<script>}")
    assert mathml("a < b").count("<mo>&lt;</mo>") == 1
    for text in (
        r"\begin{aligned} a&=b \\ c&=d \end{aligned}",
        r"\unknown{x}",
        r"\left(",
        r"a & b",
    ):
        assert mathml(text).startswith('<code class="latex">')


def test_a_page_holds_one_language(pages):
    english, chinese = pages["en/00_claims.html"].text, pages["zh/00_claims.html"].text
    assert "<h1>Engine</h1>" in english and "引擎" not in english
    assert "<h1>引擎</h1>" in chinese and "Engine" not in chinese
    assert '<em class="dots">要点</em>' in chinese
    assert 'href="06_leverage.html#x"' in chinese


def test_code_is_folded_away_or_hidden(pages):
    text = pages["en/00_claims.html"].text
    assert text.count("<summary>Show code</summary>") == 1
    assert "answer" in text and "set-up" not in text and "Optional" not in text
    assert "<summary>显示代码</summary>" in pages["zh/00_claims.html"].text


def test_parameters_stand_at_the_top_with_values_and_meaning(pages):
    text = pages["zh/00_claims.html"].text
    top = text[: text.index("<article>")]
    for word in ("retained", "数值 [0, 0.5]", "自留份额", "数值 [0, 9]或不设"):
        assert word in top
    assert "out_dir" not in top
    assert "0.08" in top


def test_provenance_stands_at_the_bottom(pages):
    text = pages["en/00_claims.html"].text
    bottom = text[text.index('id="provenance"') :]
    for word in ("abc123", "pandas 3.0", "e3b0c442", "2026-01-02", ">7<"):
        assert word in bottom


def test_contents_follow_the_headings(pages):
    links = [attrs["href"] for attrs in pages["en/00_claims.html"].named("a")]
    assert [link for link in links if link in ("#flow", "#flow-2", "#provenance")] == [
        "#flow", "#flow-2", "#provenance"]  # fmt: skip


def test_a_reader_can_go_on_and_change_language(pages):
    hrefs = {name: [attrs["href"] for attrs in page.named("a")] for name, page in pages.items()}
    assert "06_leverage.html" in hrefs["en/00_claims.html"]
    assert "00_claims.html" in hrefs["en/06_leverage.html"]
    assert "../zh/00_claims.html" in hrefs["en/00_claims.html"]
    assert "../en/00_claims.html" in hrefs["zh/00_claims.html"]
    assert "zh/index.html" in hrefs["index.html"] and "../index.html" in hrefs["zh/index.html"]
    assert all(links[0] == "#main" for links in hrefs.values())


def test_a_failed_notebook_is_shown_as_failed(pages):
    text = pages["en/06_leverage.html"].text
    assert "This notebook failed." in text and "“breaks”" in text
    assert "ValueError: no row &lt;script&gt;" in text
    assert ">failed</span>" in pages["index.html"].text


def test_the_summary_says_what_the_records_say(pages):
    text = re.sub(r"<[^>]+>", " ", pages["index.html"].text)
    assert re.search(r"this run put 1 to the test, in 1\s+measurement", text)
    assert re.search(r"1\s+supported", text)
    assert "contradicted" not in text  # the record of the failed notebook does not count
    assert re.search(r"Not run: 01_data, .*13_verdict\.", text)
    assert "Is x2 true?" in text


def test_the_text_of_a_claim_is_escaped():
    claims = pd.DataFrame({"claim_id": ["S2b"], "claim_en": [BAD], "claim_zh": [BAD]})
    wording = SimpleNamespace(claim_id="S2b", measure_en=BAD, measure_zh=BAD)
    made = [claim("S2b.rank", (1, 1, 1), "00_claims")]
    for lang in ("en", "zh"):
        found = summarise(made, claims, {"S2b.rank": wording}, lang, {})
        assert BAD not in found.scoreboard.html + found.results.html
        assert "&lt;script&gt;" in found.scoreboard.html and "&lt;script&gt;" in found.results.html
    assert summarise([], claims, margins(), "en", {}) is None


def test_a_kernel_that_died_is_a_failure_too(tmp_path):
    made = notebook("en")
    made.cells[-1].metadata["papermill"] = {"status": "running", "exception": False}
    nbformat.write(made, tmp_path / "x.ipynb")
    found = body(tmp_path / "x.ipynb", "en")
    assert (found.failure.cell, found.failure.error) == ("work", "")


def test_one_language_alone_makes_a_report(tmp_path):
    folder = tmp_path / "zh" / "00_claims"
    folder.mkdir(parents=True)
    nbformat.write(notebook("zh"), folder / "00_claims.ipynb")
    page = Page(build(tmp_path))
    assert page.named("html") == [{"lang": "zh-Hans"}]
    assert "本次运行未检验任何论断" in page.text
    assert not [attrs for attrs in page.named("a") if attrs.get("rel") == "alternate"]


def test_an_empty_folder_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(AbscaseError, match="run 'abscase report' first"):
        build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_built_twice_it_is_the_same(out):
    before = {path: path.read_bytes() for path in out.rglob("*.html")}
    build(out)
    assert {path: path.read_bytes() for path in out.rglob("*.html")} == before


def test_a_flag_is_a_word_of_the_language(out):
    for lang, word in (("en", "yes"), ("zh", "是")):
        text = Page(out / lang / "00_claims.html").text
        row = re.search(r"<code>strict</code>.*?</tr>", text, re.DOTALL)[0]
        assert f">{word}</td>" in row
        assert "True" not in row
