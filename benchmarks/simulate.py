"""How fast simulated loans are written, and how much memory it takes at each size.

Run as ``python benchmarks/simulate.py [--case ant] [--loans 100000 1000000]``: each size runs in a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from abscase.case import load_case
from abscase.quality.calibration import PLANS
from abscase.sources.simulate import simulate_to

SIZES = {"ant": (500_000, 5_000_000), "us_subprime": (50_000, 500_000)}
KILOBYTES_A_MEGABYTE = 1024


def once(case: str, loans: int) -> str:
    """Write one tape, and return the line of its size, speed and peak memory."""
    plan = PLANS[case](load_case(case))
    process = plan.build(plan.start, {name: each.used for name, each in plan.open.items()})
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _, path = simulate_to(Path(folder) / "tape", process, loans, 1)
        seconds = time.perf_counter() - began
        rows = pq.ParquetFile(path).metadata.num_rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_A_MEGABYTE
    speed = rows / seconds * 60 / 1e6
    return (
        f"{case:12s} {loans:>10,d} loans {rows:>12,d} loan-months {seconds:7.1f} s "
        f"{speed:6.0f} million loan-months/min {peak:6.0f} MB peak"
    )


def main() -> None:
    """Run the sizes asked for, each in a new process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=sorted(PLANS), nargs="*", default=["ant", "us_subprime"])
    parser.add_argument("--loans", type=int, nargs="*")
    parser.add_argument("--here", action="store_true", help="in this process: one case, one size")
    given = parser.parse_args()
    if given.here:
        print(once(given.case[0], given.loans[0]))
        return
    for case in given.case:
        for loans in given.loans or SIZES.get(case, (50_000,)):
            command = [sys.executable, __file__, "--here", "--case", case, "--loans", str(loans)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
