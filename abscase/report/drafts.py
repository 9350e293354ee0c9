"""Results appear whole or not at all: made in a hidden folder, then renamed to their place."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from abscase.report import manifest
from abscase.report.plan import CLAIMS_READ, FILES_READ, Request


@contextmanager
def only_one(out: Path, say: Callable[[str], object] = print) -> Iterator[None]:
    """Hold a folder of results: a second run into it waits until the first has ended.

    What a killed run left half done is removed.
    """
    from filelock import FileLock, Timeout

    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"another run writes into {out}; waiting for it to end")
        lock.acquire()
    try:
        for left in out.glob("*/.*.part"):
            forget(left)
        yield
    finally:
        lock.release()


def place(folder: Path) -> Path:
    """Return where the draft of a result stands; another process has another one."""
    return folder.with_name(f".{folder.name}.{os.getpid()}.part")


def begin(request: Request) -> Path:
    """Return a new folder to run in, with copies of the claims and files that are to be read."""
    draft = place(request.folder)
    forget(draft)
    draft.mkdir(parents=True)
    read = request.claims or [
        path for other in request.after for path in (other.folder / "claims").glob("*.json")
    ]
    if request.after or request.claims:
        (draft / CLAIMS_READ).mkdir()
    for path in read:
        # Two runs of one notebook name their claims alike.
        shutil.copy(path, draft / CLAIMS_READ / f"{path.parents[1].name}.{path.name}")
    for name, path in request.files.items():
        (draft / FILES_READ / name).mkdir(parents=True)
        shutil.copy(path, draft / FILES_READ / name)
    return draft


def outputs(draft: Path) -> list[Path]:
    """Return the files that a run made, but for the manifest that is to list them."""
    files = [path for path in draft.rglob("*") if path.is_file()]
    return [path for path in files if path != draft / manifest.NAME]


def publish(draft: Path, folder: Path) -> None:
    """Put a finished draft in its place; what stood there goes."""
    old = draft.with_name(f".{folder.name}.old.part")
    forget(old)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    forget(old)


def keep_failed(draft: Path, folder: Path) -> Path | None:
    """Keep the executed notebook of a failed run, if any, and remove draft and older result.

    An older result no longer follows from the notebook, and nothing may read it.
    """
    executed = next(draft.glob("*.ipynb"), None)
    kept = executed.replace(failed_copy(folder)) if executed else None
    for path in (draft, folder):
        forget(path)
    return kept


def failed_copy(folder: Path) -> Path:
    """Return where the executed notebook of a failed run is kept."""
    return folder.with_name(f"{folder.name}.failed.ipynb")


def forget(folder: Path) -> None:
    """Remove a folder, if it is there."""
    # A process of a killed run may still write for half a second.
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.5)
