"""Whatever stands in a deal file, it is read as a deal or refused with its faults."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abscase.errors import DataFaults
from abscase.operating.waterfall import deal_from, read_deal
from abscase.operating.waterfall.shipped import folder

TEXT = """name: x
currency: USD
calendar: {closing: 2006-01-01, first_payment: 2006-02-01, periods: 60}
pool: {balance: 100, rate: 0.07, term_months: 60, default_rate: 0.1, severity: 0.5}
fees:
  - {name: servicing, rate: 0.005}
tranches:
  - {name: senior, share: 0.8, rate: 0.05}
  - {name: junior, share: 0.2, kind: residual}
triggers:
  - {name: t, kind: cumulative_loss, level: 0.03, to: ACC}
states:
  AMORT:
    - pay_fee: [servicing]
    - pay_interest: [senior]
    - pay_principal: {classes: [senior], amount: available}
    - pay_residual: [junior]
  ACC:
    - pay_fee: [servicing]
    - pay_interest: [senior]
    - pay_principal: [senior]
    - pay_residual: [junior]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("amount: available", "amount: covr", 16, "'covr' not one of"),
        ("amount: available", "from: cash", 16, "'cash' not one of"),
        ("level: 0.03", "level: -5", 11, "'-5.0' outside 0"),
        ("level: 0.03", "levels: {a: b}", 11, "'a' must be a whole number"),
        ("level: 0.03", "levels: {1: -5}", 11, "a level from a period on"),
        ("periods: 60", "periods: true", 3, "'True' must be a whole number"),
        ("closing: 2006-01-01", "closing: 2006-01-01 10:00:00", 3, "must be a date"),
        ("share: 0.8", "balance: 500", 7, "more than 1.1 times the pool"),
        ("share: 0.2,", "balance: 420,", 9, "'420' a residual of more than 1.1 times"),
        ("name: junior", "name: ' '", 9, "a name without letters"),
        ("rate: 0.05", "kind: floating, floor: 0.05, cap: 0.01", 8, "a cap below the floor"),
        ("balance: 100", "balance: .inf", 4, "'inf' outside"),
        ("balance: 100, ", "", 4, "'0' must be above 0"),
        ("pay_interest: [senior]", "pay_interest: 5", 15, "'5' no tranche of that name"),
        ("pay_interest: [senior]", "pay_interest: {classes: {a: b}}", 15, "must be names"),
        ("{name: senior,", "{<<: {a: 1}, name: senior,", 8, "'<<' a key must be a plain"),
        ("name: x", "name: !!python/object/apply:os.system ['true']", 1, "must be text"),
        ("currency: USD", "currency: *b", 2, "undefined alias"),
        ("currency: USD", "currency: &a [b, *a]", 2, "an alias within"),
        ("currency: USD", "? [a, b]\n: c", 2, "a key must be a plain word"),
        ("currency: USD", "currency: 'U\0D'", 2, "not YAML: special characters"),
        ("currency: USD", "currency: !!bool maybe", 2, "'maybe' a value that cannot be read"),
        ("balance: 100", "balance: !!timestamp x", 4, "'x' a value that cannot be read"),
        ("balance: 100", f"balance: 1{'0' * 400}", 4, "a value that cannot be read"),
        ("balance: 100", f"balance: 0x{'f' * 5000}", 4, "a value that cannot be read"),
        ("balance: 100", "balance: 1.0e+300", 4, "outside 0 to 1e+18"),
        ("severity: 0.5", "order: [default, ~, prepayment]", 4, "must name each once"),
    ],
)
def test_each_fault_has_its_line(old, new, line, says):
    with pytest.raises(DataFaults) as caught:
        deal_from(TEXT.replace(old, new, 1), "d.yaml")
    told = [str(fault) for fault in caught.value.faults]
    assert any(fault.startswith(f"d.yaml:{line}:") and says in fault for fault in told), told


def test_a_small_file_cannot_unfold_into_a_large_one():
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 9)]
    with pytest.raises(DataFaults, match="more than 50,000 values"):
        deal_from("\n".join(rows))


def test_a_deep_file_is_refused():
    with pytest.raises(DataFaults, match="too many to read"):
        deal_from("a: " + "[" * 5000)


def test_a_file_far_too_large_is_not_read(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(TEXT + "# " + "x" * 1_000_000, encoding="utf-8")
    with pytest.raises(DataFaults, match=r"d\.yaml: '1,000,\d+' is larger than"):
        read_deal(path)


def test_what_is_missing_is_named_by_its_word_in_the_file():
    with pytest.raises(DataFaults) as caught:
        deal_from("name: x", "d.yaml")
    told = {str(fault) for fault in caught.value.faults}
    assert {"d.yaml:1: tranches: 'tranches' must be given",
            "d.yaml:1: states: 'states' must be given"} <= told  # fmt: skip


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_bytes("name: x\ncurrency: 优先级\n".encode("gbk"))
    with pytest.raises(DataFaults, match=r"d\.yaml:2: is not UTF-8"):
        read_deal(path)
    path.write_text("\ufeff" + TEXT, encoding="utf-8")
    assert read_deal(path).name == "x"


def test_what_follows_from_a_fault_is_none():
    """A term that cannot be read gives one fault, not those of its empty place too."""
    with pytest.raises(DataFaults) as caught:
        deal_from(TEXT.replace("balance: 100", "balance: 1e8"), "d.yaml")
    assert [str(fault) for fault in caught.value.faults] == [
        "d.yaml:4: pool.balance: '1e8' must be a number"
    ]


TEXTS = [TEXT, *(path.read_text(encoding="utf-8") for path in sorted(folder().glob("*.yaml")))]
VALUES = st.sampled_from(
    ["5", "-1", "0", "600", "true", "~", "[]", "{}", "[a]", "{a: b}", "x", "1e9", "1.0e+308",
     ".nan", "-.inf", "2006-01-01", "9999-12-31", "2006-01-01 10:00:00", "*z", "&a [*a]", "''",
     "!!binary aGk=", "!!set {a, b}", "!!omap [a: 1]", "!!int x", "{? [a]: b}", "{.nan: 1}", "|",
     f"1{'0' * 5000}", "<<", "all", "cover"]
)  # fmt: skip
SIGNS = st.sampled_from("\t:{}[],-#&*!|>'\"%@`\0\x85\u2028é 0")


@st.composite
def spoilt(draw):
    """The text of a deal with a few lines dropped, doubled, shifted or given another value."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "double", "shift", "value", "sign", "cut"]))
        if how == "drop" and len(lines) > 1:
            del lines[at]
        elif how == "double":
            lines.insert(at, lines[at])
        elif how == "shift":
            lines[at] = " " * draw(st.integers(0, 4)) + lines[at].lstrip()
        elif how == "value" and ":" in lines[at]:
            parts = lines[at].split(":")
            which = draw(st.integers(1, len(parts) - 1))
            parts[which] = " " + draw(VALUES) + draw(st.sampled_from(["", ",", "}"]))
            lines[at] = ":".join(parts)
        elif how == "sign":
            place = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:place] + draw(SIGNS) + lines[at][place + 1 :]
        else:
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    return "\n".join(lines)


@given(spoilt())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoilt_file_is_a_deal_or_a_list_of_faults(text):
    try:
        deal_from(text, "d.yaml")
    except DataFaults as error:
        assert error.faults
        assert all(fault.file == "d.yaml" and fault.line for fault in error.faults)


def test_the_repository_ships_no_unreadable_deal():
    for path in Path(__file__).parent.glob("*.yaml"):
        assert read_deal(path).tranches
