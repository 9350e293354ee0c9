"""The command ``abscase``: reports and notebooks, loan tapes and panels, surveys.

What a command needs is imported when it runs: a report that has nothing to do starts at once.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from abscase.cli import notebooks, panels, surveys, tapes
from abscase.errors import AbscaseError, RunError

OS_ERROR = re.compile(r"\(os error (\d+)\)")


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
    except Exception as error:
        # Polars has its own words for a full disk or a place where it may not write.
        if not (found := OS_ERROR.search(str(error))):
            raise
        print(f"abscase: {os.strerror(int(found[1]))}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="abscase",
        description="Comparative case studies of asset-backed securitisation.",
        epilog="example: abscase report",
    )
    parser.add_argument("--version", action="version", version=f"abscase {version('abscase')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in (notebooks, tapes, panels, surveys):
        group.add_commands(partial(_add_command, commands))
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
