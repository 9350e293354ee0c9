"""Times three tables of a loan panel: abscase against pandas, plain Polars and DuckDB.

    python benchmarks/panel.py                    1 and 10 million rows
    python benchmarks/panel.py --rows 1e6 1e7 5e7 --repeat 3
    python benchmarks/panel.py --quick            200,000 rows, to see that it runs

The panel is made in a temporary folder, which is removed. Every road runs in a process of its own,
the roads in turn, again and again, so that a busy machine is busy for all of them; the time is the
median. It starts when the libraries are imported and ends with the tables in pandas; the memory is
the peak of the process. All roads must give the same tables, or nothing is printed.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from math import log10
from pathlib import Path
from statistics import median

import pandas as pd

MANY = 2_000_000
"""Above so many rows the roads that hold all columns, or all rows in pandas, are left out."""
HELD = {"pandas, all columns": MANY, "pandas, five columns": 20_000_000,
        "abscase on pandas": 20_000_000}  # fmt: skip
ONE = {"raw": "Polars by hand", "canonical": "DuckDB SQL"}
"""The road that is 1 in each part of the table."""
TITLES = {"raw": "from raw text", "canonical": "from canonical Parquet"}


def run(kind: str, name: str, folder: Path, result: Path) -> None:
    """Go one road, in this process, and write its tables and what it took."""
    import duckdb  # noqa: F401
    import polars  # noqa: F401
    from roads import CANONICAL, RAW

    import abscase.quality.vintages
    import abscase.sources.freddie  # noqa: F401

    road = {"raw": RAW, "canonical": CANONICAL}[kind][name]
    begun = time.perf_counter()
    tables = road(folder)
    seconds = time.perf_counter() - begun
    result.write_bytes(pickle.dumps((tables, seconds, peak())))


def peak() -> float:
    """Return the most memory that this process has held, in MB.

    Not from getrusage: there a process begins with what its parent held.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def child(kind: str, name: str, folder: Path, result: Path) -> tuple[dict, float, float]:
    """Go one road in a fresh process."""
    command = [sys.executable, __file__, "--road", kind, name, str(folder), str(result)]
    subprocess.run(command, check=True)
    return pickle.loads(result.read_bytes())


def same(found: dict[str, pd.DataFrame], wanted: dict[str, pd.DataFrame], name: str) -> None:
    """Raise where the tables of a road are not those of another, up to rounding."""
    for table, keys in (("delinquency", ["date", "state"]), ("rolls", ["previous_state", "state"]),
                        ("vintages", ["vintage", "age"])):  # fmt: skip
        both = [plain(each[table], keys) for each in (found, wanted)]
        pd.testing.assert_frame_equal(*both, rtol=1e-9, obj=f"{name}: {table}")


def plain(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a table sorted, numbers as floats and dates in one unit, whatever engine made it."""
    kinds = {name: "datetime64[us]" if name == "date" else "float64" for name in sorted(found)}
    return found[list(kinds)].astype(kinds).sort_values(keys, ignore_index=True)


def measured(rows: int, repeat: int, place: Path) -> list[dict]:
    """Make a panel and go every road; return a record for each."""
    from make_panel import make
    from roads import CANONICAL, RAW

    folders = {kind: place / kind for kind in TITLES}
    folders["raw"].mkdir()
    make(folders["raw"], rows)
    command = [sys.executable, __file__, "--convert", *(str(path) for path in folders.values())]
    subprocess.run(command, check=True)
    print(f"{rows:,} rows: raw {size(folders['raw']):.0f} MB, "
          f"Parquet {size(folders['canonical']):.0f} MB", file=sys.stderr)  # fmt: skip
    roads = [(kind, name) for kind, names in (("raw", RAW), ("canonical", CANONICAL))
             for name in names if rows <= HELD.get(name, rows)]  # fmt: skip
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {road: [] for road in roads}
    first = None
    for _ in range(repeat):
        for kind, name in roads:
            tables, *cost = child(kind, name, folders[kind], place / "result")
            first = first or tables
            same(tables, first, name)
            taken[kind, name].append((cost[0], cost[1]))
    return [
        {"rows": rows, "kind": kind, "road": name, "s": median(each[0] for each in costs),
         "MB": max(each[1] for each in costs)}
        for (kind, name), costs in taken.items()
    ]  # fmt: skip


def convert(raw: Path, canonical: Path) -> None:
    """Convert a folder of raw files, as ``abscase convert`` does."""
    from abscase.sources.convert import convert

    begun = time.perf_counter()
    convert("freddie", [raw], canonical)
    print(f"converted in {time.perf_counter() - begun:.0f} s, {peak():.0f} MB", file=sys.stderr)


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def table(records: Sequence[dict]) -> str:
    """Return the records as a Markdown table, a column for each size."""
    sizes = sorted({record["rows"] for record in records})
    found = {(each["kind"], each["road"], each["rows"]): each for each in records}
    head = ["road", *(f"{rows / 1e6:g} million: s | times | MB" for rows in sizes), "growth"]
    lines = [f"| {' | '.join(head)} |", "|---|" + "--:|" * (3 * len(sizes) + 1)]
    for kind, name in dict.fromkeys((each["kind"], each["road"]) for each in records):
        cells, seen = [], []
        for rows in sizes:
            each, one = (found.get((kind, road, rows)) for road in (name, ONE[kind]))
            cells += [f"{each['s']:.2f} | {each['s'] / one['s']:.2f} | {each['MB']:.0f}" if each
                      else "- | - | -"]  # fmt: skip
            seen += [(rows, each["s"])] if each else []
        cells += [", ".join(growth(*pair) for pair in pairwise(seen)) or "-"]
        lines.append(f"| {name}, {TITLES[kind]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def growth(small: tuple[int, float], large: tuple[int, float]) -> str:
    """Return by what the time grows when the rows grow tenfold."""
    return f"{10 ** (log10(large[1] / small[1]) / log10(large[0] / small[0])):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=float, nargs="+", default=[1e6, 1e7])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="200,000 rows, once")
    parser.add_argument("--json", type=Path, help="also write the records to this file")
    parser.add_argument("--road", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--convert", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.road:
        run(given.road[0], given.road[1], Path(given.road[2]), Path(given.road[3]))
        return
    if given.convert:
        convert(*given.convert)
        return
    records = []
    for rows in [200_000] if given.quick else sorted(int(each) for each in given.rows):
        place = Path(tempfile.mkdtemp(prefix="abscase-panel-"))
        try:
            records += measured(rows, 1 if given.quick else given.repeat, place)
        finally:
            shutil.rmtree(place)
    if given.json:
        given.json.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    print(table(records))


if __name__ == "__main__":
    main()
