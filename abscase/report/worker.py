"""Runs one notebook in a process of its own, and ends with the process that started it."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LINES_OF_ERROR = 20
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@dataclass(frozen=True)
class Done:
    """How a notebook ended: seconds, and the error in a few lines or "" where there was none."""

    seconds: float
    error: str = ""


def prepare(parent: int) -> None:
    """Set up a fresh process: one thread for each notebook, and an end with ``parent``."""
    os.environ.update(ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # A kernel watches its own parent in the same way, so it ends a second after this process.
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def execute(notebook: Path, folder: Path, parameters: Mapping[str, Any]) -> Done:
    """Run a notebook in ``folder`` and keep the executed one there under its own name."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    start, target, error = time.monotonic(), folder / notebook.name, ""
    with _kernel_messages() as messages:
        try:
            papermill.execute_notebook(
                _literal(notebook), _literal(target), dict(parameters), kernel_name="python3",
                language="python", progress_bar=False, cwd=str(folder), config=_quiet(),
            )  # fmt: skip
        except PapermillExecutionError as failure:
            lines = COLOUR.sub("", "\n".join(failure.traceback)).strip().splitlines()
            error = _told(target, lines or [f"{failure.ename}: {failure.evalue}"])
        except Exception as failure:
            # Whatever ends one notebook (a dead kernel, a full disk) must not end the others.
            messages.seek(0)
            text = f"{messages.read()}\n{type(failure).__name__}: {failure}"
            error = _told(target, text.strip().splitlines())
    _forget_places(target, notebook.name)
    return Done(time.monotonic() - start, error)


@contextmanager
def _kernel_messages() -> Iterator[IO[str]]:
    """Collect what kernels write to stderr: of use only where one could not start or died."""
    shown = os.dup(2)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as messages:
        os.dup2(messages.fileno(), 2)
        try:
            yield messages
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def _literal(path: Path) -> str:
    """Return a path as papermill takes it, which reads braces as fields to fill."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _quiet() -> Any:
    """Return the kernel's settings: encrypted where that is possible, or it complains each time."""
    import zmq
    from traitlets.config import Config

    policy = "auto" if zmq.has("curve") else "disabled"
    return Config({"KernelManager": {"transport_encryption": policy}})


def _told(executed: Path, lines: list[str]) -> str:
    if len(lines) > LINES_OF_ERROR:
        lines = ["...", *lines[-LINES_OF_ERROR:]]
    return "\n".join([f"in cell {_stopped_in(executed)!r}", *(f"    {line}" for line in lines)])


def _stopped_in(executed: Path) -> str:
    """Return the id of the cell where an executed notebook stopped, "" where none was run."""
    if not executed.is_file():
        return ""
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    states = [(cell.get("id", ""), cell["metadata"].get("papermill", {})) for cell in cells]
    failed = [name for name, state in states if state.get("exception")]
    # A kernel that died has left no mark but the start of its last cell.
    begun = [name for name, state in states if state.get("start_time")]
    return str((failed or begun[-1:] or [""])[0])


def _forget_places(executed: Path, name: str) -> None:
    """Take from an executed notebook where on this machine it was run."""
    if not executed.is_file():
        return
    content = json.loads(executed.read_text(encoding="utf-8"))
    content["metadata"]["papermill"] |= {"input_path": name, "output_path": name}
    executed.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
