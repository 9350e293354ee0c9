"""The command ``survey``: a questionnaire, and the answers that come back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

say = partial(print, flush=True)


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to a parser."""
    survey = add(
        "survey",
        _help,
        "ask experts: make a questionnaire, merge the answers",
        "abscase survey new questions.html --lang zh",
    )
    survey.set_defaults(parser=survey)
    steps = survey.add_subparsers(title="steps", metavar="STEP")

    new = steps.add_parser(
        "new",
        help="make a questionnaire",
        description="Make a questionnaire: a page to fill in without a network, or a CSV.",
        epilog="example: abscase survey new questions.html --case ant --lang zh",
    )
    new.set_defaults(command=_new)
    new.add_argument("path", type=Path, help="a new file ending in .html or .csv")
    new.add_argument("--case", default="ant", help="the case asked about (default: ant)")
    new.add_argument(
        "--lang", choices=("en", "zh"), default="en", help="language it opens in (default: en)"
    )
    new.add_argument(
        "--answers", type=Path, metavar="FILE", help="answers so far, for the next Delphi round"
    )

    collect = steps.add_parser(
        "collect",
        help="merge answers",
        description="Merge the files that respondents sent back, or list every fault in them.",
        epilog="example: abscase survey collect answers --out answers.csv",
    )
    collect.set_defaults(command=_collect)
    collect.add_argument("folder", type=Path, help="the folder of their CSV files")
    collect.add_argument("--out", type=Path, required=True, metavar="FILE", help="a CSV to write")


def _help(options: argparse.Namespace) -> int:
    options.parser.print_help()
    return 2


def _new(options: argparse.Namespace) -> None:
    from abscase.operating.survey.form import survey_new

    say(survey_new(options.path, options.lang, options.case, options.answers))


def _collect(options: argparse.Namespace) -> None:
    from abscase.operating.survey.collect import survey_collect

    say(survey_collect(options.folder, options.out))
