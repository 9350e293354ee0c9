"""Keys that a spreadsheet could take for a formula, or a page for its own marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from abscase.errors import Fault
from abscase.schema import TABLES
from abscase.schema.reading import Part

RISKY = r"^[=+\-@]|[<>]"
RULE = "begins with = + - or @, or holds < or >"


class KeyWatch:
    """Looks at the text keys of a table's parts as they pass; counts the cells that are risky."""

    def __init__(self, table: str) -> None:
        spec = TABLES[table]
        keys = {*spec.key, "loan_id"}
        self.columns = [
            column.name for column in spec.columns
            if column.name in keys and column.kind == "text" and not column.choices
        ]  # fmt: skip
        self.counts: Counter[str] = Counter()
        self.first: dict[str, tuple[int, str]] = {}

    def over(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield the parts unchanged."""
        for frame, faults in parts:
            for name in self.columns:
                if name in frame:
                    values = frame[name].astype("str")
                    risky = values[values.str.contains(RISKY, na=False)]
                    if len(risky):
                        self.first.setdefault(name, (int(risky.index[0]), str(risky.iloc[0])))
                        self.counts[name] += len(risky)
            yield frame, faults

    def warnings(self, file: str) -> tuple[Fault, ...]:
        """Return one warning for each column that has risky cells, at the first of them."""
        found = []
        for name, (line, value) in self.first.items():
            more = self.counts[name] - 1
            rule = f"{RULE}, as {more:,} more of this column" if more else RULE
            fix = "a spreadsheet may run it as a formula, a page as HTML"
            found.append(Fault(rule, name, value, line, file, fix))
        return tuple(found)
