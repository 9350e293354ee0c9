"""Reads the records of an XML file as a stream: memory does not grow with the file.

A document type, and with it any entity of the file's own, is refused at once: no such file needs
one, and nested entities can blow a small file up to gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from abscase.errors import DataFaults, Fault
from abscase.sources.delimited import DAMAGED, open_text
from abscase.sources.scratch import Scratch

BLOCK, BATCH = 1 << 18, 4_000
FILE = "records.parquet"
Record = dict[str, str]


class Records:
    """Collects the leaf elements of each record while expat runs through the file.

    ``done`` holds the records that are complete and not yet taken, ``space`` the namespace of the
    document. Of several elements of one name in a record the first counts.
    """

    def __init__(self, record: str, wanted: Sequence[str]) -> None:
        self.done: list[Record] = []
        self.space, self._record, self._wanted = "", record, {record, *wanted}
        self._now: Record | None = None
        self._text: list[str] | None = None
        self._names: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _name(self, tag: str) -> str:
        """Return a tag without its namespace, or "" where it is not wanted; remembered."""
        space, _, name = tag.rpartition(" ")
        self.space = self.space or space
        return self._names.setdefault(tag, name if name in self._wanted else "")

    def _start(self, tag: str, _: dict[str, str]) -> None:
        name = self._names.get(tag)
        if name is None:
            name = self._name(tag)
        if name == self._record:
            self._now = {}
        self._text = [] if name and self._now is not None else None

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        if name and self._now is not None:
            if name == self._record:
                self.done.append(self._now)
                self._now = None
            elif self._text is not None:
                self._now.setdefault(name, "".join(self._text).strip())
        self._text = None

    def _refuse(self, *_: object) -> None:
        raise DataFaults([Fault(
            "declares a document type or entities, which no such file needs: not read further",
            line=self.parser.CurrentLineNumber,
        )])  # fmt: skip


def batches(
    path: Path, record: str, wanted: Sequence[str], size: int = BATCH
) -> Iterator[pl.DataFrame]:
    """Yield the records of a file in frames of at least ``size`` rows, each column as text.

    Raises :class:`~abscase.errors.DataFaults` where the file is not sound XML.
    """
    found = Records(record, wanted)
    for last in _blocks(path, found.parser):
        if found.done and (last or len(found.done) >= size):
            yield _frame(found.done, wanted)
            found.done = []


def namespace(path: Path, record: str) -> str:
    """Return the namespace of the document, from its first elements."""
    found = Records(record, ())
    for _ in _blocks(path, found.parser):
        if found.space or found.done:
            break
    return found.space


def scan(path: Path, record: str, wanted: Sequence[str]) -> pl.LazyFrame:
    """Return the records of a file as a lazy frame, and the file as sound.

    The file is read once, into a Parquet file of the wanted columns that vanishes with the frame.
    """
    scratch = Scratch()
    try:
        _convert(path, record, wanted, scratch.folder / FILE)
    except BaseException:
        scratch.remove()
        raise

    return scratch.scan([scratch.folder / FILE], BATCH)


def _convert(path: Path, record: str, wanted: Sequence[str], target: Path) -> None:
    schema = pa.schema([(name, pa.string()) for name in wanted])
    with pq.ParquetWriter(target, schema) as writer:
        for frame in batches(path, record, wanted):
            writer.write_table(frame.to_arrow().cast(schema))


def _blocks(path: Path, parser: expat.XMLParserType) -> Iterator[bool]:
    """Feed the parser block by block; yield whether the block was the last."""
    try:
        with open_text(path) as text:
            while block := text.read(BLOCK):
                parser.Parse(block, False)
                yield False
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        rule, fix = f"is not sound XML: {expat.ErrorString(error.code)}", "is the file cut off?"
        raise DataFaults([Fault(rule, line=error.lineno, file=path.name, fix=fix)]) from None
    except (ValueError, LookupError) as error:
        rule, fix = f"declares an encoding that cannot be read: {error}", "save it as UTF-8"
        raise DataFaults([Fault(rule, line=1, file=path.name, fix=fix)]) from None
    except DataFaults as error:
        raise DataFaults([
            Fault(fault.rule, line=fault.line, file=path.name, fix=fault.fix)
            for fault in error.faults
        ]) from None  # fmt: skip
    except (OSError, EOFError):
        raise DataFaults([Fault(DAMAGED, file=path.name)]) from None
    yield True


def _frame(records: Sequence[Record], wanted: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [each.get(name) or None for each in records] for name in wanted},
        schema=dict.fromkeys(wanted, pl.String),
    )
