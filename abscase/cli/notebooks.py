"""The commands that run notebooks: report, run, list."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from abscase.errors import RunError

if TYPE_CHECKING:
    from abscase.report.run import Outcome

LANGS = ("en", "zh")
say = partial(print, flush=True)


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to a parser."""
    report = add("report", _report, "run all notebooks and build the report",
                 "abscase report --lang en --jobs 2")  # fmt: skip
    report.add_argument("--lang", type=_langs, default=LANGS, metavar="en,zh",
                        help="languages, separated by a comma (default: en,zh)")  # fmt: skip
    report.add_argument("--quick", action="store_true", help="fewer draws, where there are any")
    _add_run_options(report)

    run = add("run", _run, "run one notebook with parameters of your own",
              "abscase run 06 -p retained=0.08 -p rounds=20 --lang zh")  # fmt: skip
    run.add_argument("notebook", help="number, name or path: 06, 06_leverage, my.ipynb")
    run.add_argument("-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE",
                     help="a parameter, as 'abscase list' shows them; may be repeated")  # fmt: skip
    run.add_argument("--lang", choices=LANGS, default="en", help="language (default: en)")
    _add_run_options(run)

    listing = add("list", _list, "list notebooks and their parameters", "abscase list 06")
    listing.add_argument("notebook", nargs="?", help="only this one")
    listing.add_argument("--lang", choices=LANGS, default="en", help="language (default: en)")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=_count, default=0, metavar="N",
                        help="notebooks at a time (default: one a processor)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("reports"), metavar="FOLDER",
                        help="where results go (default: reports)")  # fmt: skip
    parser.add_argument("--force", action="store_true", help="run also what has not changed")


def _langs(text: str) -> tuple[str, ...]:
    given = {word.strip() for word in text.split(",")}
    if wrong := given - set(LANGS):
        raise argparse.ArgumentTypeError(f"no language {', '.join(sorted(wrong))}; give en, zh")
    return tuple(lang for lang in LANGS if lang in given)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _report(options: argparse.Namespace) -> None:
    from abscase.report.whole import report

    begun, out = time.monotonic(), options.out.absolute()
    outcomes = report(options.lang, out, quick=options.quick, jobs=options.jobs,
                      force=options.force, say=say)  # fmt: skip
    say(f"{options.out / 'index.html'}: {_summary(outcomes, begun)}")
    _raise_failures(outcomes)


def _summary(outcomes: Sequence[Outcome], begun: float) -> str:
    counts = Counter(each.status for each in outcomes)
    parts = [f"{count} {status}" for status, count in counts.items()]
    return f"{', '.join(parts)} in {time.monotonic() - begun:.1f} s"


def _raise_failures(outcomes: Sequence[Outcome]) -> None:
    bad = [f"{each.request.name} {each.request.lang}" for each in outcomes if not each.good]
    if bad:
        raise RunError(f"not done: {', '.join(bad)}; see above")


def _run(options: argparse.Namespace) -> None:
    from abscase.report import drafts
    from abscase.report.plan import run_requests
    from abscase.report.run import run_all

    begun, out = time.monotonic(), options.out.absolute()
    requests = run_requests(options.notebook, options.parameters, options.lang, out)
    with drafts.only_one(out, say):
        outcomes = run_all(requests, options.jobs, options.force, say)
    say(f"{os.path.relpath(requests[-1].folder)}: {_summary(outcomes, begun)}")
    _raise_failures(outcomes)


def _list(options: argparse.Namespace) -> None:
    from abscase.place import find_notebook, notebooks
    from abscase.report.listing import listing

    given = options.notebook
    paths = [find_notebook(given)] if given else notebooks().values()
    for path in paths:
        say(listing(path, options.lang))
