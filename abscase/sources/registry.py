"""The sources that are there, and the loading of a raw file into the panel of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from filelock import FileLock

from abscase.errors import AbscaseError, ChoiceError, DataFaults, Fault
from abscase.sources.canonical import clean, identity, replacing, write_panel
from abscase.sources.panels import home_dir, panel_dir
from abscase.sources.tape import LoadReport, Tape

GROUP = "abscase.sources"


def own_files(path: Path) -> list[Path]:
    """Return a file, or the files of a folder, sorted."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file() and each.name[0] != ".")
    return [path]


@dataclass(frozen=True)
class Source:
    """One raw format.

    Attributes
    ----------
    name, title : str
        Its name, and what it is.
    cases : tuple of str
        The cases that it may feed.
    read : callable
        ``read(path, case)`` returns a :class:`~abscase.sources.tape.Tape`, or raises
        :class:`~abscase.errors.DataFaults` with every fault that keeps it from being read.
    folders : bool
        It also reads a folder of files, as one tape.
    files : callable
        ``files(path)`` returns every raw file that ``read`` reads.
    apart : bool
        No loan stands in two files of a folder (they are vintages, not months), so that each can
        be converted by itself.
    """

    name: str
    title: str
    cases: tuple[str, ...]
    read: Callable[[Path, str], Tape]
    folders: bool = False
    files: Callable[[Path], list[Path]] = own_files
    apart: bool = False


def source_names() -> tuple[str, ...]:
    """Return the names of the sources, those of other packages included, sorted."""
    return tuple(sorted(_found()))


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def source_named(name: str) -> Source:
    """Return a source by name, or raise :class:`~abscase.errors.ChoiceError`."""
    found = _found()
    if name not in found:
        raise ChoiceError("source", name, found)
    try:
        source = found[name].load()
    except Exception as error:
        raise AbscaseError(
            f"source {name!r} ({found[name].value}) fails to load: {error}"
        ) from error
    if not isinstance(source, Source):
        raise AbscaseError(f"source {name!r} ({found[name].value}) is not a Source")
    return source


def load(
    source: str, file: str | Path, case: str | None = None, strict: bool = False
) -> LoadReport:
    """Convert a raw file to the canonical panel of a case, which the case uses from then on.

    The panel stands in the user's data folder; see
    :func:`~abscase.sources.canonical.write_panel`. It is checked against the schema before it
    takes its place, and takes it whole: an earlier panel of the same source stays until then.

    Parameters
    ----------
    source : str
        Name of a source.
    file : path
        The raw file, or a folder of them where the source reads folders.
    case : str, optional
        The case it feeds; may be left out where the source knows only one.
    strict : bool
        Refuse a tape of which any row would be left out or any value changed. The default leaves
        out and counts, by reason, for hardly any real tape is without fault.

    Returns
    -------
    LoadReport

    Raises
    ------
    ChoiceError
        No such source, or the source does not feed that case.
    AbscaseError
        No case is given and the source feeds several.
    DataFaults
        The file is not there, cannot be read as this format, or does not fit the schema.
    """
    reader, path = source_named(source), Path(file)
    case = case_of(reader, case)
    require_file(reader, path)
    tape = reader.read(path, case)
    known = identity(reader.name, case, strict, reader.files(path))
    target = panel_dir(case, reader.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home_dir() / "panels" / ".lock"):
        clean(target.parent)
        with replacing(target) as draft:
            return write_panel(tape, draft, known, path.name)


def case_of(source: Source, case: str | None) -> str:
    """Return the case that a source feeds, or raise :class:`~abscase.errors.ChoiceError`."""
    if case is None and len(source.cases) == 1:
        return source.cases[0]
    if case is None:
        rule = f"--case is needed: give one of {', '.join(sorted(source.cases))}"
        raise AbscaseError(f"{rule} (the source {source.name} feeds several cases)")
    if case not in source.cases:
        raise ChoiceError(f"case of the source {source.name}", case, source.cases)
    return case


def require_file(source: Source, path: Path) -> None:
    """Raise :class:`~abscase.errors.DataFaults` where there is nothing a source could read."""
    if not path.exists():
        raise DataFaults([Fault("no such file", file=str(path))])
    if path.is_dir() and not source.folders:
        raise DataFaults([Fault("is a folder (give one file)", file=str(path))])
