"""Peak memory and time of loading one large XML file of asset-level data (Form ABS-EE).

    python benchmarks/abs_ee.py [MEGABYTES]

The file is made in a temporary folder, its loans out of order; 200 MB by default.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPACE = "http://www.sec.gov/edgar/document/absee/autoloan/assetdata"
READ = {
    "reportingPeriodEndingDate": "01-31-2026", "originationDate": "06/2025",
    "originalLoanAmount": "20000.00", "originalLoanTerm": "72", "vehicleNewUsedCode": "2",
    "originalInterestRatePercentage": "0.0596", "originalInterestRateTypeCode": "1",
    "vehicleValueAmount": "25000.00", "obligorCreditScore": "632",
    "obligorGeographicLocation": "CO", "remainingTermToMaturityNumber": "65",
    "reportingPeriodBeginningLoanBalanceAmount": "19000.00",
    "reportingPeriodInterestRatePercentage": "0.0496", "currentDelinquencyStatus": "0",
    "reportingPeriodActualEndBalanceAmount": "18800.00",
}  # fmt: skip
REST = {f"furtherElement{place}Amount": "12345.67" for place in range(45)}
"""A real record has some seventy elements, of which a third is read."""


def make(path: Path, size: int) -> int:
    """Write a file of about ``size`` bytes; return its number of loans."""
    leaves = "".join(f"<{name}>{text}</{name}>" for name, text in (READ | REST).items())
    loans = 0
    with path.open("w", encoding="utf-8") as target:
        target.write(f'<?xml version="1.0"?><assetData xmlns="{SPACE}">')
        while target.tell() < size:
            for _ in range(1000):
                number = f"<assetNumber>{loans * 7919 % 10**7:08d}</assetNumber>"
                target.write(f"<assets>{number}{leaves}</assets>")
                loans += 1
        target.write("</assetData>")
    return loans


def main() -> None:
    """Make the file, load it by the command line, and print what it took."""
    size = int(sys.argv[1] if len(sys.argv) > 1 else 200) * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.xml"
        loans = make(path, size)
        begun = time.monotonic()
        command = [sys.executable, "-m", "abscase", "load", "abs_ee", str(path),
                   "--case", "us_cards"]  # fmt: skip
        subprocess.run(
            command,
            env=os.environ | {"ABSCASE_HOME": folder},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{path.stat().st_size / 1e6:.0f} MB, {loans:,} loans: "
              f"{time.monotonic() - begun:.1f} s, peak {peak:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
