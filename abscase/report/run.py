"""Runs notebooks in parallel, keeps what is still good, and says one line for each."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from abscase.report import cache, drafts, manifest, worker
from abscase.report.plan import Request

Say = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """How a request ended: "ran", "reused", "failed" or "skipped", and why."""

    request: Request
    status: str
    seconds: float = 0.0
    message: str = ""

    @property
    def good(self) -> bool:
        """Whether the request's folder holds its result."""
        return self.status in ("ran", "reused")

    def __str__(self) -> str:
        return {
            "ran": f"ran in {self.seconds:.1f} s",
            "reused": "unchanged, reused",
            "failed": f"FAILED after {self.seconds:.1f} s {self.message}",
            "skipped": f"skipped, for it reads {self.message}",
        }[self.status]


@dataclass
class _Work:
    """What is under way: the requests with their keys, and their outcomes so far."""

    keys: dict[Request, str]
    stands_on: manifest.Ground
    say: Say
    outcomes: dict[Request, Outcome] = field(default_factory=dict)
    lost: set[Request] = field(default_factory=set)

    def note(self, outcome: Outcome) -> None:
        self.outcomes[outcome.request] = outcome
        total, request = len(self.keys), outcome.request
        place = f"[{len(self.outcomes):>{len(str(total))}}/{total}]"
        self.say(f"{place} {f'{request.name} {request.lang}':<20} {outcome}")


def run_all(
    requests: Sequence[Request], jobs: int = 0, force: bool = False, say: Say = print
) -> list[Outcome]:
    """Run what is not still good, ``jobs`` notebooks at a time, and say a line for each.

    Parameters
    ----------
    requests : sequence of Request
        Each after those it waits for.
    jobs : int
        0 takes as many as there are processors.
    force : bool
        Run also what is still good.
    say : callable
        Takes each line.

    Returns
    -------
    list of Outcome
        A failure stops only the requests that wait for it.

    Raises
    ------
    ParameterFaults
        Before anything runs.
    """
    stands_on = manifest.ground()
    work = _Work(keys(requests, stands_on), stands_on, say)
    todo = []
    for request, key in work.keys.items():
        if force or not cache.is_good(request.folder, key):
            todo.append(request)
        else:
            work.note(Outcome(request, "reused"))
    while todo:
        # Beside one that kills its process, nothing else may run.
        alone = not work.lost.isdisjoint(todo)
        _run(todo, 1 if alone else min(jobs or _processors(), len(todo)), work)
    return [work.outcomes[request] for request in requests]


def keys(requests: Sequence[Request], stands_on: manifest.Ground) -> dict[Request, str]:
    """Return the key of each request; those it waits for must stand before it."""
    found: dict[Request, str] = {}
    for each in requests:
        after = [found[other] for other in each.after]
        read = [*each.claims, *each.files.values()]
        found[each] = cache.key(each.notebook, each.parameters, stands_on, after, read)
    return found


def _processors() -> int:
    # Not everywhere can a process ask which processors it may use.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _run(todo: list[Request], jobs: int, work: _Work) -> None:
    """Run requests until none is left, or until a process dies and takes its pool with it.

    What was running beside it comes back to ``todo`` once: who killed the process is not known.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, worker.prepare, (os.getpid(),))
    running: dict[Future[worker.Done], Request] = {}
    broken = False
    try:
        while running or (todo and not broken):
            if not broken:
                broken = not _start_ready(pool, todo, running, jobs, work)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                request, lost = running.pop(future), _is_lost(future)
                broken |= lost
                if lost and request not in work.lost:
                    work.lost.add(request)
                    todo.append(request)
                else:
                    work.note(_settle(request, future, work))
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _is_lost(future: Future[worker.Done]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _start_ready(
    pool: ProcessPoolExecutor,
    todo: list[Request],
    running: dict[Future[worker.Done], Request],
    jobs: int,
    work: _Work,
) -> bool:
    """Start requests whose predecessors ended well, ``jobs`` at most; skip what cannot be run.

    No request queues in the pool, where it would be lost with a process that dies. Return whether
    the pool still takes requests.
    """
    for request in list(todo):
        before = [work.outcomes.get(other) for other in request.after]
        missing = [each.request.name for each in before if each and not each.good]
        if missing:
            todo.remove(request)
            drafts.forget(request.folder)
            work.note(Outcome(request, "skipped", message=", ".join(missing)))
        elif all(before) and len(running) < jobs:
            draft = drafts.begin(request)
            try:
                future = pool.submit(worker.execute, request.notebook, draft, request.passed)
            except BrokenProcessPool:
                return False
            todo.remove(request)
            running[future] = request
    return True


def _settle(request: Request, future: Future[worker.Done], work: _Work) -> Outcome:
    draft = drafts.place(request.folder)
    failure = future.exception()
    done = worker.Done(0.0, f"before its end: {failure!r}") if failure else future.result()
    if done.error:
        kept = drafts.keep_failed(draft, request.folder)
        where = f"\n    the notebook as far as it ran: {os.path.relpath(kept)}" if kept else ""
        return Outcome(request, "failed", done.seconds, done.error + where)
    manifest.write(
        draft, request.name, request.parameters, work.stands_on, drafts.outputs(draft),
        key=work.keys[request], seconds=round(done.seconds, 1),
    )  # fmt: skip
    drafts.publish(draft, request.folder)
    drafts.failed_copy(request.folder).unlink(missing_ok=True)
    return Outcome(request, "ran", done.seconds)
