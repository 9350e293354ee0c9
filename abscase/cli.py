"""The command ``abscase``: build the report, run a notebook, list, load and check.

What a command needs is imported when it runs: a report that has nothing to do starts at once.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abscase.errors import AbscaseError, RunError

if TYPE_CHECKING:
    from abscase.report.run import Outcome

LANGS = ("en", "zh")
say = partial(print, flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 a run failed, 2 bad input."""
    options = _parser().parse_args(words)
    try:
        return int(options.command(options) or 0)
    except RunError as error:
        print(f"abscase: {error}", file=sys.stderr)
        return 1
    except AbscaseError as error:
        print(f"abscase: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("abscase: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output has gone (| head); nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"abscase: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="abscase",
        description="Comparative case studies of asset-backed securitisation.",
        epilog="example: abscase report",
    )
    parser.add_argument("--version", action="version", version=f"abscase {version('abscase')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = partial(_add_command, commands)

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

    load = add("load", _load, "convert a loan tape, which the case uses from then on",
               "abscase load dcr dcr.csv --case us_subprime")  # fmt: skip
    load.add_argument("source", help="format of the file, such as dcr")
    load.add_argument("file", type=Path)
    load.add_argument("--case", help="the case it feeds, such as us_subprime")

    check = add("check", _check, "check a file against the schema, and say what it can feed",
                "abscase check loans.csv --table loan")  # fmt: skip
    check.add_argument("file", type=Path, help="CSV or Parquet")
    check.add_argument("--table", help="the table it holds (default: from the file's name)")
    return parser


def _add_command(
    commands: Any, name: str, command: Any, meaning: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.",
        epilog=f"example: {example}",
    )  # fmt: skip
    parser.set_defaults(command=command)
    return parser


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


def _load(options: argparse.Namespace) -> None:
    from abscase.report.listing import loaded
    from abscase.sources.registry import load

    say(loaded(load(options.source, options.file, options.case)))


def _check(options: argparse.Namespace) -> int:
    from abscase.check import check_file

    found = check_file(options.file, options.table)
    say(found.report())
    return 0 if found.ok else 2
