"""The whole report: every notebook in every language, and the pages made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from abscase.place import package_dir, package_files, share_dir, write_whole
from abscase.report import cache, drafts, manifest
from abscase.report.contents import read_reports
from abscase.report.plan import report_requests
from abscase.report.run import Outcome, Say, run_all

FAILED = "*/*.failed.ipynb"


def report(
    langs: Sequence[str],
    out: Path,
    *,
    quick: bool = False,
    jobs: int = 0,
    force: bool = False,
    say: Say = print,
) -> list[Outcome]:
    """Run what has changed, make the pages in ``out``, and return how each notebook ended.

    The pages are left alone where nothing in them would change.
    """
    requests = report_requests(read_reports(), langs, out, quick)
    with drafts.only_one(out, say):
        outcomes = run_all(requests, jobs, force, say)
        key, failed = _key(out), any(out.glob(FAILED))
        there = failed or any(each.good for each in outcomes)
        if there and (force or not cache.is_good(out, key)):
            _build(out, key)
    return outcomes


def _build(out: Path, key: str) -> None:
    from abscase.report.site import build

    build(out)
    pages = [*out.glob("*.html"), *out.glob("*/*.html"), *out.glob("assets/*")]
    content = {"key": key, "outputs": manifest.hashes(out, pages)}
    write_whole(out / manifest.NAME, json.dumps(content, indent=1) + "\n")


def _key(out: Path) -> str:
    """Return a key of all that the pages depend on."""
    results = sorted(out.glob(f"*/*/{manifest.NAME}"))
    return cache.digest({
        "package": manifest.hashes(package_dir(), package_files()),
        "list": (share_dir() / "reports.yml").read_text(encoding="utf-8"),
        "results": {path.relative_to(out).as_posix(): manifest.read(path.parent).get("key")
                    for path in results if path.parent.parent.name != "runs"},
        "failed": manifest.hashes(out, out.glob(FAILED)),
    })  # fmt: skip
