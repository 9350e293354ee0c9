"""Fault trees: minimal cut sets, probability of the top event, importance of its causes.

References: Fussell, J. and Vesely, W. (1972), A new methodology for obtaining cut sets for fault
trees, Transactions of the American Nuclear Society 15, 262-263 (MOCUS); Birnbaum, Z. (1969), On the
importance of different components in a multicomponent system, in Multivariate Analysis II.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.ranges import require

Cuts = tuple[frozenset[str], ...]
Bools = npt.NDArray[np.bool_]
MOST_CUTS = 20
"""The sum over all subsets of cut sets is exact and doubles with each more."""


@dataclass(frozen=True)
class FaultTree:
    """Events and the gates that join them; ``gates`` maps an event to its kind and inputs."""

    top: str
    gates: Mapping[str, tuple[str, tuple[str, ...]]]
    basic: tuple[str, ...]

    def __post_init__(self) -> None:
        if found := list(_faults(self)):
            raise DataFaults(found)

    def below(self, event: str) -> FaultTree:
        """Return the tree under one of its events."""
        if event not in self.gates:
            raise ChoiceError("gate of the fault tree", event, self.gates)
        reached = _reached(event, self.gates)
        gates = {name: gate for name, gate in self.gates.items() if name in reached}
        return FaultTree(event, gates, tuple(name for name in self.basic if name in reached))


def fault_tree(rows: pd.DataFrame) -> FaultTree:
    """Return the tree of the table ``fault`` of one case.

    Raises :class:`~abscase.errors.DataFaults` for an input that is no event, a gate without inputs,
    a cycle, and none or several events that cause nothing.
    """
    inner = rows[rows["gate"] != "basic"]
    gates = {
        row["event_id"]: (row["gate"], tuple(row["inputs"].split() if pd.notna(row["inputs"])
                                             else ()))
        for row in inner.to_dict("records")
    }  # fmt: skip
    basic = tuple(rows.loc[rows["gate"] == "basic", "event_id"])
    causes = {name for _, inputs in gates.values() for name in inputs}
    tops = [name for name in (*gates, *basic) if name not in causes]
    if len(tops) != 1:
        rule = "must be one event that causes no other; found " + (", ".join(tops) or "none")
        raise DataFaults([Fault(rule, "event_id", file="table fault")])
    return FaultTree(tops[0], gates, basic)


def _faults(tree: FaultTree) -> Iterator[Fault]:
    known = {*tree.gates, *tree.basic}
    for name, (kind, inputs) in tree.gates.items():
        if kind not in ("and", "or"):
            yield Fault("is not one of: and, or", "gate", kind, file=f"event {name}")
        if not inputs:
            yield Fault("needs inputs", "inputs", file=f"event {name}")
        for each in inputs:
            if each not in known:
                yield Fault("is no event of the tree", "inputs", each, file=f"event {name}")
            elif each in tree.gates and name in _reached(each, tree.gates):
                yield Fault("causes itself", "inputs", each, file=f"event {name}")


def _reached(event: str, gates: Mapping[str, tuple[str, tuple[str, ...]]]) -> set[str]:
    reached, waiting = set(), [event]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += gates[name][1] if name in gates else ()
    return reached


def cut_sets(tree: FaultTree) -> Cuts:
    """Return the minimal cut sets: the smallest sets of basic events that bring about the top.

    MOCUS: from the top down an OR gate splits a row into one for each input, an AND gate puts all
    its inputs into the row; of the rows of basic events those that hold another are dropped. The
    shortest first.
    """
    rows, done = [frozenset({tree.top})], set()
    while rows:
        row = rows.pop()
        gate = next((name for name in sorted(row) if name in tree.gates), None)
        if gate is None:
            done.add(row)
            continue
        kind, inputs = tree.gates[gate]
        rest = row - {gate}
        rows += [rest | {*inputs}] if kind == "and" else [rest | {each} for each in inputs]
    minimal = [row for row in done if not any(other < row for other in done)]
    return tuple(sorted(minimal, key=lambda row: (len(row), sorted(row))))


def happens(tree: FaultTree, states: Mapping[str, Bools]) -> Bools:
    """Return where the top event happens, straight through the gates, without cut sets."""

    def event(name: str) -> Bools:
        if name not in tree.gates:
            return np.asarray(states[name], dtype=bool)
        kind, inputs = tree.gates[name]
        join = np.logical_and if kind == "and" else np.logical_or
        return np.asarray(join.reduce([event(each) for each in inputs]), dtype=bool)

    return event(tree.top)


def probability(cuts: Cuts, chances: Mapping[str, float]) -> float:
    r"""Return the probability of the top event where the basic events are independent.

    Inclusion and exclusion over the cut sets :math:`C_i`:
    :math:`P=\sum_{\emptyset\ne S}(-1)^{|S|+1}\prod_{e\in\bigcup_{i\in S}C_i}p_e`, in [0, 1].

    Parameters
    ----------
    cuts : tuple of frozenset
        At most 20 minimal cut sets.
    chances : mapping of str to float
        Probability of each basic event, in [0, 1].
    """
    require(**{f"the number of cut sets ({len(cuts)})": (len(cuts), 0, MOST_CUTS)})
    require(**{name: (chances[name], 0, 1) for cut in cuts for name in cut})
    total = 0.0
    for size in range(1, len(cuts) + 1):
        for some in combinations(cuts, size):
            events = frozenset().union(*some)
            total -= (-1) ** size * float(np.prod([chances[name] for name in events]))
    return min(1.0, max(0.0, total))


def birnbaum(cuts: Cuts, chances: Mapping[str, float]) -> dict[str, float]:
    r"""Return Birnbaum's importance of each event: :math:`P(top|e)-P(top|\bar e)`, in [0, 1].

    With every chance at one half it speaks of the structure alone: the share of the states of the
    other events in which this one decides.
    """
    return {
        name: probability(cuts, {**chances, name: 1.0}) - probability(cuts, {**chances, name: 0.0})
        for name in events_of(cuts)
    }


def fussell_vesely(cuts: Cuts, chances: Mapping[str, float]) -> dict[str, float]:
    """Return the chance that a cut set with the event has happened, given the top; in [0, 1].

    Raises :class:`~abscase.errors.DataFaults` where the top cannot happen.
    """
    whole = probability(cuts, chances)
    if whole == 0:
        raise DataFaults([Fault("the top event has no chance: nothing can share in it", "chances")])
    return {
        name: probability(tuple(cut for cut in cuts if name in cut), chances) / whole
        for name in events_of(cuts)
    }


def importance(cuts: Cuts) -> pd.DataFrame:
    """Return what the structure alone says of each basic event.

    Returns
    -------
    DataFrame
        event_id, order (size of its smallest cut set), cut_sets (how many hold it), structural
        (Birnbaum's importance with every chance at one half); the most important first.
    """
    halves = birnbaum(cuts, dict.fromkeys(events_of(cuts), 0.5))
    frame = pd.DataFrame([
        {"event_id": name, "order": min(len(cut) for cut in cuts if name in cut),
         "cut_sets": sum(name in cut for cut in cuts), "structural": halves[name]}
        for name in events_of(cuts)
    ])  # fmt: skip
    return frame.sort_values("structural", ascending=False, kind="stable", ignore_index=True)


def events_of(cuts: Cuts) -> list[str]:
    """Return the basic events of the cut sets, by name."""
    return sorted({name for cut in cuts for name in cut})
