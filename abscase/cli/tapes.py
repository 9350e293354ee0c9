"""The commands that read raw files: load, convert, map, check."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

say = partial(print, flush=True)


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to a parser."""
    load = add(
        "load",
        _load,
        "convert a loan tape, which the case uses from then on",
        "abscase load dcr dcr.csv --case us_subprime",
    )
    load.add_argument("source", help="format of the file, such as dcr")
    load.add_argument("file", type=Path, help="a file, or a folder where the source reads one")
    _add_reading_options(load)

    convert = add(
        "convert",
        _convert,
        "convert raw files of any size to a folder of panels",
        "abscase convert freddie historical_data_time_2005Q1.txt --to panels",
    )
    convert.add_argument("source", help="format of the files, such as freddie")
    convert.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="raw files, one a vintage; the months of one pool in a folder",
    )
    convert.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where the parts go; those that stand there are not made again",
    )
    _add_reading_options(convert)

    mapping = add(
        "map", _map, "propose the column map of a file of your own", "abscase map loans.csv --write"
    )
    mapping.add_argument("file", type=Path, help="CSV (UTF-8 or GBK), Parquet, or a folder of them")
    mapping.add_argument(
        "--write",
        action="store_true",
        help="write it beside the file as FILE.map.yml, not on the screen",
    )

    check = add(
        "check",
        _check,
        "check a file against the schema, and say what it can feed",
        "abscase check loans.csv --table loan",
    )
    check.add_argument("file", type=Path, help="CSV or Parquet; or a deal file (YAML)")
    check.add_argument("--table", help="the table it holds (default: from the file's name)")


def _add_reading_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", help="the case it feeds, such as us_subprime")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--lenient",
        dest="strict",
        action="store_false",
        default=False,
        help="leave out or empty what cannot be true, and count it (default)",
    )
    how.add_argument(
        "--strict",
        action="store_true",
        help="refuse a tape of which anything would be left out or changed",
    )


def _load(options: argparse.Namespace) -> None:
    from abscase.report.listing import loaded
    from abscase.sources.registry import load

    earlier = _earlier(options.source, options.case)
    found = load(options.source, options.file, options.case, options.strict)
    if earlier:
        say(f"replaces the tape of {earlier} that {found.case} had from {found.source}")
    say(loaded(found, f"now feeds {found.case}"))


def _earlier(source: str, case: str | None) -> str:
    """Return the file that a tape of this source and case was read from, "" where none is."""
    from abscase.sources.panels import panel_names, panel_provenance
    from abscase.sources.registry import case_of, source_named

    case = case_of(source_named(source), case)
    return str(panel_provenance(case, source)["file"]) if source in panel_names(case) else ""


def _convert(options: argparse.Namespace) -> None:
    from abscase.report.listing import loaded
    from abscase.sources.convert import convert

    found = convert(options.source, options.files, options.to, options.case, options.strict, say)
    say(loaded(found, f"in {options.to}"))


def _map(options: argparse.Namespace) -> None:
    from abscase.sources.propose_map import propose_map, write_map

    if options.write:
        say(f"{write_map(options.file)}: read it over before you load the file")
    else:
        say(propose_map(options.file))


def _check(options: argparse.Namespace) -> int:
    if options.file.suffix.lower() in (".yaml", ".yml"):
        return _check_deal(options.file)
    from abscase.check import check_file

    found = check_file(options.file, options.table)
    say(found.report())
    return 0 if found.ok else 2


def _check_deal(path: Path) -> int:
    from abscase.errors import DataFaults
    from abscase.operating.waterfall import read_deal

    try:
        deal = read_deal(path)
    except DataFaults as error:
        count = len(error.faults)
        say(f"{path}: no deal\n{count} fault{'' if count == 1 else 's'}\n{error}")
        return 2
    size = f"{len(deal.tranches)} classes, {len(deal.priorities)} lists of payment"
    say(f"{path}: the deal {deal.name}, {size}")
    say("no fault\ncan feed\n  07 waterfall: abscase run 07 -p deal_yaml=FILE")
    return 0
