"""Who is known to check each stage."""

import pandas as pd
import pytest

from abscase.case import TITLES, load_case
from abscase.operating.process import stages
from abscase.schema.process import STAGES

HEAD = ["control_id", "stage_id", "exists", "independent", "grade", "source_id", "ref"]


class Made:
    """A case of three stages whose checks are given."""

    name = "ant"

    def __init__(self, *controls):
        self.controls = pd.DataFrame(
            [[f"c{number}", *each, "s", f"x.csv:{number}"] for number, each in enumerate(controls)],
            columns=HEAD,
        )

    def table(self, name):
        if name == "control":
            return self.controls
        rest = [stage for stage in STAGES if stage not in ("scoring", "rating", "servicing")]
        presence = ["present"] * 3 + ["absent"] * len(rest)
        return pd.DataFrame({"stage_id": ["scoring", "rating", "servicing", *rest],
                             "presence": presence})  # fmt: skip


def state_of(*controls):
    found = stages.stage_states([Made(*controls)]).set_index("stage_id")
    return tuple(found.loc["rating", ["state", "checkers", "grade"]])


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ([], ("open", 0, "")),
        ([("rating", "yes", "yes", "B")], ("checked", 1, "B")),
        ([("rating", "yes", "yes", "A"), ("rating", "yes", "no", "B")], ("checked", 1, "A")),
        ([("rating", "yes", "yes", "C")], ("open", 0, "")),
        ([("rating", "yes", "no", "A")], ("own", 0, "A")),
        ([("rating", "partly", "yes", "A"), ("rating", "yes", "no", "A")], ("partly", 1, "A")),
        ([("rating", "no", "yes", "B")], ("none", 0, "B")),
        ([("rating", "yes", "unknown", "A")], ("open", 0, "")),
        ([("scoring", "yes", "yes", "A")], ("open", 0, "")),
    ],
)
def test_state_of_a_stage(controls, expected):
    assert state_of(*controls) == expected


def test_a_stage_that_the_case_lacks_does_not_count():
    states = stages.stage_states([Made()]).set_index("stage_id")["state"]
    assert states["issue"] == "absent" and states["rating"] == "open"


def test_the_share_by_hand():
    """Of three stages one is checked, one is not, one is open: 1/3 to 2/3."""
    case = Made(("scoring", "no", "yes", "A"), ("rating", "yes", "yes", "B"))
    found = stages.unchecked(case)
    assert (found.value, found.low, found.high) == pytest.approx((2 / 3, 1 / 3, 2 / 3))
    assert found.grade == "B" and len(found.data) == 2


def test_an_assumed_check_changes_nothing():
    found = stages.unchecked(Made(("scoring", "yes", "yes", "C"), ("rating", "yes", "yes", "A")))
    assert (found.low, found.high) == pytest.approx((0, 2 / 3))
    assert found.grade == "A"


def test_a_check_of_a_part_counts_by_whose_it_is():
    """A part checked by an outsider is known to be checked; one by nobody knows whom is open."""
    outsider, unknown = ("scoring", "partly", "yes", "B"), ("rating", "partly", "unknown", "B")
    found = stages.unchecked(Made(outsider, unknown, ("servicing", "no", "yes", "A")))
    assert (found.low, found.high) == pytest.approx((1 / 3, 2 / 3))
    insider = stages.unchecked(Made(("scoring", "partly", "no", "B"), unknown))
    assert insider.high == 1


def test_ants_share_from_its_rows():
    """Nine of eleven stages have an independent check of some of the work; none is known bare."""
    found = stages.unchecked(load_case("ant"))
    assert (found.low, found.high) == pytest.approx((0, 2 / 11))


@pytest.mark.parametrize("name", TITLES)
def test_every_case_says_of_every_stage_whether_it_has_it(name):
    rows = load_case(name).table("stage")
    assert sorted(rows["stage_id"]) == sorted(STAGES)
    present = rows[rows["presence"] == "present"]
    assert present[["actor_en", "actor_zh"]].notna().all(axis=None)


@pytest.mark.parametrize("name", TITLES)
def test_share_of_a_shipped_case_is_a_share(name):
    found = stages.unchecked(load_case(name))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.grade in ("A", "B")


@pytest.mark.parametrize("name", ["ant", "us_subprime"])
def test_both_machines_have_all_seven_frictions(name):
    flows = load_case(name).table("flow")
    assert sorted(flows["friction"].dropna()) == [1, 2, 3, 4, 5, 6, 7]
    table = stages.friction_table([load_case(name)])
    assert list(table["friction"]) == [1, 2, 3, 4, 5, 6, 7]
    assert set(table["state"]) <= set(stages.STATES)


def test_short_stages_are_some_of_all():
    assert set(stages.SETS["short"]) < set(stages.SETS["full"]) == set(STAGES)
