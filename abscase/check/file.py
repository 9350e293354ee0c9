"""The check of one file: its table, all of its faults, and the analyses it can feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from abscase.check.analyses import Readiness, readiness
from abscase.check.keys import KeyWatch
from abscase.errors import Fault, did_you_mean, printable
from abscase.schema import TABLES, table_named
from abscase.schema.parts import check_parts, file_parts
from abscase.schema.shared import EVIDENCE

SHOWN = 100
RAW = "a raw loan tape is read by abscase load, one of your own after abscase map"
COMMON = {"case", *(column.name for column in EVIDENCE)}


@dataclass(frozen=True)
class CheckResult:
    """What a check found; ``table`` is "" where the file fits no table or cannot be read.

    ``absent`` are optional columns that the file does not have, ``empty`` columns that it has with
    nothing in them, ``unknown`` columns that the table does not have. ``unlisted`` counts faults of
    a column and rule beyond those listed. ``warnings`` are of keys that other programs could obey.
    """

    file: str
    table: str
    guessed: bool
    rows: int
    filled: dict[str, int]
    absent: tuple[str, ...]
    empty: tuple[str, ...]
    unknown: tuple[str, ...]
    faults: tuple[Fault, ...]
    unlisted: dict[tuple[str, str], int]
    readiness: tuple[Readiness, ...]
    warnings: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the file fits its table."""
        return not self.faults

    def report(self, shown: int = SHOWN) -> str:
        """Return the result in words: one line a fault, then one line an analysis."""
        count = len(self.faults) + sum(self.unlisted.values())
        lines = [self._headline(), {0: "no fault", 1: "1 fault"}.get(count, f"{count:,} faults")]
        lines += [f"  {fault}" for fault in self.faults[:shown]]
        lines += [f"  ... and {count - shown:,} more"] if count > shown else []
        lines += [f"warning: {warning}" for warning in self.warnings]
        lines += self._analyses()
        lines += [f"not collected: {', '.join(self.absent)}"] if self.absent else []
        lines += [f"collected but empty: {', '.join(self.empty)}"] if self.empty else []
        if self.unknown:
            names = (f"{name}{did_you_mean(name, self.absent)}" for name in self.unknown)
            lines.append(f"not in the table, left out: {', '.join(names)}")
        return "\n".join(printable(line) for line in lines)

    def _analyses(self) -> list[str]:
        there = [each for each in self.readiness if each.analysis.shipped]
        groups = {
            "can feed" if self.ok else "has the columns for, but its faults stand in the way of": [
                each for each in there if each.ready
            ],
            "cannot feed": [each for each in there if not each.ready],
            "not in this version": [each for each in self.readiness if each not in there],
        }
        return [
            line for title, some in groups.items() if some
            for line in (title, *(f"  {each}" for each in some))
        ]  # fmt: skip

    def _headline(self) -> str:
        if not self.table:
            return f"{self.file}: cannot be checked"
        required = TABLES[self.table].required
        have = sum(name in self.filled for name in required)
        how = ", guessed from its header" if self.guessed else ""
        return (
            f"{self.file}: {self.rows:,} row{'' if self.rows == 1 else 's'} of the table "
            f"{self.table} "
            f"({have} of {len(required)} required columns{how})"
        )


def check_file(path: str | Path, table: str | None = None) -> CheckResult:
    """Check a CSV or Parquet file of any size against a table of the schema.

    Parameters
    ----------
    path : path
        A file whose name ends in .parquet or .pq is read as Parquet, any other as CSV.
    table : str, optional
        Its table; by default the one whose columns fit its header best.

    Returns
    -------
    CheckResult
        Never raises for what stands in the file: every fault is in the result.

    Raises
    ------
    ChoiceError
        There is no such table.
    """
    path = Path(path)
    if table is not None:
        table_named(table)
    parts = file_parts(path, path.name)
    frame, found = next(parts)
    header = [str(name) for name in frame.columns]
    chosen = table or guess_table(header)
    if header and table is None and (fault := _no_guess(header, chosen, path.name)):
        found, chosen = [*found, fault], ""
    if not header or not chosen:
        return CheckResult(path.name, "", False, 0, {}, (), (), (), tuple(found), {}, ())
    spec, watch = TABLES[chosen], KeyWatch(chosen)
    parts = watch.over(chain([(frame, found)], parts))
    checked = check_parts(parts, chosen, file=path.name)
    filled = checked.filled
    optional = (name for name in spec.names if name not in spec.required)
    return CheckResult(
        path.name, chosen, table is None, checked.rows, filled,
        absent=tuple(name for name in optional if name not in filled),
        empty=tuple(name for name in spec.names if filled.get(name) == 0),
        unknown=tuple(name for name in filled if name not in spec.names),
        faults=checked.faults, unlisted=checked.unlisted, readiness=readiness(chosen, filled),
        warnings=watch.warnings(path.name),
    )  # fmt: skip


def _no_guess(header: list[str], best: str, file: str) -> Fault | None:
    """Return why a header is too little to guess the table from, or None."""
    fix = f"tables: {', '.join(TABLES)}; {RAW}"
    if not best:
        rule = f"has no column of any table of the schema: {', '.join(header[:12])}"
        return Fault(rule, line=1, file=file, fix=fix)
    required = TABLES[best].required
    have = sum(name in header for name in required)
    if 2 * have >= len(required):
        return None
    rule = (
        f"has {have} of the {len(required)} required columns of {best}, the table that fits best: "
        "too few to go by, name the table with --table"
    )
    return Fault(rule, line=1, file=file, fix=fix)


def guess_table(header: Iterable[str]) -> str:
    """Return the table that fits a header best, or "" where no column tells.

    The fit is the share of the table's required columns that are there plus the share of the
    file's columns that the table has; columns that all tables share do not tell.

    >>> guess_table(["case", "loan_id", "date", "state", "balance_amt"])
    'performance'
    """
    own = set(header) - COMMON

    def fit(name: str) -> float:
        required, names = set(TABLES[name].required) - COMMON, set(TABLES[name].names) - COMMON
        return len(own & required) / len(required) + len(own & names) / len(own)

    if not own:
        return ""
    best = max(TABLES, key=fit)
    return best if fit(best) > 0 else ""
