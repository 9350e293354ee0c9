"""What is to be run: the notebooks of the report, or one with own parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from abscase.errors import AbscaseError, ParameterFaults
from abscase.place import find_notebook, notebooks
from abscase.report.cache import digest
from abscase.report.contents import Entry, read_reports
from abscase.report.own_files import check_own
from abscase.report.parameter import Parameter, check, parse
from abscase.report.params import read_parameters

CLAIMS_READ = "claims_read"
FILES_READ = "files_read"
OF_A_FILE = ("_csv", "_yaml")
SET_BY = {"lang": "lang", "out_dir": "out"}


@dataclass(frozen=True, eq=False)
class Request:
    """One notebook to be run into ``folder``, after the runs whose claims it reads.

    Where ``claims`` names files of claim records, it reads those instead. ``files`` are the user's
    own, by the parameter that takes them.
    """

    notebook: Path
    lang: str
    folder: Path
    given: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[Request, ...] = ()
    claims: tuple[Path, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the notebook."""
        return self.notebook.stem

    @cached_property
    def spec(self) -> tuple[Parameter, ...]:
        """The parameters the notebook declares."""
        return read_parameters(self.notebook)

    @cached_property
    def passed(self) -> dict[str, Any]:
        """The values to pass on: those given, and those the runner sets.

        A run works in its own folder, so that its result names no place on this machine.
        """
        declared = {each.name for each in self.spec}
        own = {"lang": self.lang, "out_dir": "."}
        own |= {"claims_dir": CLAIMS_READ} if self.after or self.claims else {}
        copies = {name: f"{FILES_READ}/{name}/{path.name}" for name, path in self.files.items()}
        return {name: own[name] for name in own if name in declared} | dict(self.given) | copies

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Every parameter's value, or :class:`~abscase.errors.ParameterFaults`."""
        try:
            return check(self.spec, self.passed)
        except ParameterFaults as error:
            raise ParameterFaults([f"{self.name}: {text}" for text in error.messages]) from None


def report_requests(
    entries: Sequence[Entry],
    langs: Sequence[str],
    out: Path,
    quick: bool = False,
    known: Mapping[str, Path] | None = None,
) -> list[Request]:
    """Return the runs of a report: each entry in each language, into ``out/<lang>/<notebook>``.

    ``quick`` sets the parameter of this name where a notebook has it.
    """
    known = notebooks() if known is None else known
    made: dict[tuple[str, str], Request] = {}
    for entry in entries:
        given = dict(entry.parameters)
        if quick and "quick" in {each.name for each in read_parameters(known[entry.name])}:
            given["quick"] = True
        for lang in langs:
            after = tuple(made[name, lang] for name in entry.after)
            folder = out / lang / entry.name
            made[entry.name, lang] = Request(known[entry.name], lang, folder, given, after)
    return list(made.values())


def run_requests(given: str, words: Sequence[str], lang: str, out: Path) -> list[Request]:
    """Return the run of one notebook with own parameters, after the runs whose claims it reads.

    Its folder is ``out/runs/<notebook>-<code>``, the same for the same parameters.

    Parameters
    ----------
    given : str
        Name, number or path of the notebook.
    words : sequence of str
        "name=value"; a parameter ``claims_dir`` is a folder, and one whose name ends in
        :data:`OF_A_FILE` a file, from here: the run works in its own folder, on copies.
    """
    notebook = find_notebook(given)
    spec = read_parameters(notebook)
    values, reads = parse(spec, words), "claims_dir" in {each.name for each in spec}
    if taken := [
        f"{name} is set by --{option}" for name, option in SET_BY.items() if name in values
    ]:
        raise ParameterFaults(taken)
    claims = claim_files(Path(values.pop("claims_dir"))) if "claims_dir" in values else ()
    files = _files(spec, values)
    before = _before(notebook, lang, out) if reads and not claims else []
    code = digest([str(notebook), lang, values, [str(path) for path in claims]])[:8]
    folder = out / "runs" / f"{notebook.stem}-{code}"
    left = {name: value for name, value in values.items() if name not in files}
    return [*before, Request(notebook, lang, folder, left, tuple(before), claims, files)]


def _files(spec: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Path]:
    """Return the user's files among the values: a default such as "" names none."""
    named = {each.name: each.default for each in spec if each.name.endswith(OF_A_FILE)}
    given = {name: value for name, value in values.items() if name in named}
    files = {name: Path(value) for name, value in given.items() if value != named[name]}
    if missing := [f"{name}: no file {path}" for name, path in files.items() if not path.is_file()]:
        raise ParameterFaults(missing)
    check_own(files)
    return {name: path.absolute() for name, path in files.items()}


def claim_files(folder: Path) -> tuple[Path, ...]:
    """Return the claim records in a folder, or those in the folders of notebooks in it."""
    folder = folder.absolute()
    found = sorted(folder.glob("*.json")) or sorted(folder.glob("*/claims/*.json"))
    if not found:
        raise AbscaseError(f"no claim records (*.json) in {folder}; 'abscase report' writes some")
    return tuple(found)


def _before(notebook: Path, lang: str, out: Path) -> list[Request]:
    """Return the runs of the report that a notebook comes after, each after its own."""
    if notebooks().get(notebook.stem) != notebook:
        return []
    made = report_requests(read_reports(), [lang], out)
    own = next((each for each in made if each.name == notebook.stem), None)
    wanted = {*own.after} if own else set()
    for each in reversed(made):
        wanted |= set(each.after) if each in wanted else set()
    return [each for each in made if each in wanted]
