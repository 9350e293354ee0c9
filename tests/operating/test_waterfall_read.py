from dataclasses import replace

import pytest

from abscase.errors import DataFaults
from abscase.operating.waterfall import Deal, Pool, Step, Tranche, Trigger, deal_from

GOOD = """\
name: two classes
pool: {balance: 100, rate: 0.08, term_months: 12}
calendar: {closing: 2021-01-01, first_payment: 2021-02-01}
tranches:
  - {name: A, share: 0.8, rate: 0.05}
  - {name: B, share: 0.2, kind: residual}
states:
  REVOLVING:
    - pay_interest: [A]
    - pay_principal: [A]
  AMORTISING:
    - pay_interest: [A]
    - pay_principal: {classes: [A], from: all, when: [late]}
    - pay_residual: B
triggers:
  - {name: late, kind: date, period: 6, to: AMORTISING}
"""


def faults_of(text):
    with pytest.raises(DataFaults) as caught:
        deal_from(text, "deal.yaml")
    return caught.value.faults


def only_fault(old, new):
    assert old in GOOD
    (fault,) = faults_of(GOOD.replace(old, new))
    return fault


def test_a_good_file_is_a_deal():
    deal = deal_from(GOOD)
    assert deal.names == ("A", "B")
    assert deal.face(deal.tranches[0]) == 80
    assert deal.start == "REVOLVING"
    assert deal.priorities["AMORTISING"][2] == Step("pay_residual", (("B",),))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("    - pay_principal: [A]\n  AMO", "    - pay_principle: [A]\n  AMO", 10, "no step"),
        ("rate: 0.08", "rate: -0.08", 2, "outside 0 to"),
        ("share: 0.2,", "share: 0.3,", 4, "shares over 100 %"),
        ("    - pay_residual: B\n", "", 6, "a tranche without payment"),
        ("to: AMORTISING", "to: ACCELERATED", 16, "a state without priority list"),
        ("kind: date, period: 6", "kind: date", 16, "needs a period"),
        ("kind: date", "kind: dates", 16, "no kind of trigger"),
        ("when: [late]", "when: [early]", 13, "no trigger of that name"),
        ("term_months: 12", "term_month: 12", 2, "no such term (did you mean 'term_months'?)"),
        ("name: A, share: 0.8", "name: A", 5, "give balance or share"),
        ("closing: 2021-01-01", "closing: 2021-03-01", 3, "not after closing"),
        ("rate: 0.05", "rate: five", 5, "must be a number"),
        ("kind: residual", "kind: equity", 6, "not one of"),
    ],
)
def test_each_fault_is_named_with_its_line(old, new, line, words):
    fault = only_fault(old, new)
    assert (fault.line, fault.file) == (line, "deal.yaml")
    assert words in str(fault)


def test_a_cycle_of_states():
    back = "  - {name: back, kind: date, period: 9, to: REVOLVING, from: [AMORTISING]}\n"
    (fault,) = faults_of(GOOD + back)
    assert fault.line == 17
    assert "a cycle of states" in str(fault)
    assert "REVOLVING -> AMORTISING -> REVOLVING" in str(fault)


def test_all_faults_are_listed_at_once_in_order():
    bad = GOOD.replace("rate: 0.08", "rate: -0.08").replace("share: 0.2,", "share: 0.3,")
    bad = bad.replace("    - pay_residual: B\n", "    - pay_residul: B\n")
    lines = [fault.line for fault in faults_of(bad)]
    assert lines == sorted(lines)
    assert len(lines) == 4


def test_no_yaml_no_deal():
    assert "not YAML" in str(faults_of("a: [1")[0])
    assert "list of terms" in str(faults_of("- 1")[0])
    assert "key given twice" in str(faults_of("name: a\n" + GOOD)[0])


def test_a_deal_built_in_python_is_checked_too():
    tranche = Tranche("A", 100, rate=0.05)
    steps = {"AMORTISING": (Step("pay_interest", (("A",),)), Step("pay_principal", (("A",),)))}
    deal = Deal("one", (tranche,), steps, Pool(100, 0.06, 12))
    with pytest.raises(DataFaults, match="a state without priority list"):
        replace(deal, priorities={**steps, "CLEAN_UP": ()})
    with pytest.raises(DataFaults, match="outside 0 to 1"):
        replace(deal, tranches=(replace(tranche, rate=-0.01),))
    with pytest.raises(DataFaults, match="needs classes"):
        replace(deal, triggers=(Trigger("oc", "oc", 1.0),))
    with pytest.raises(DataFaults, match="named twice"):
        replace(deal, priorities={"S": (*steps["AMORTISING"], Step("pay_interest", (("A", "A"),)))})
    with pytest.raises(DataFaults, match="terms 'revolving'"):
        replace(deal, priorities={"S": (*steps["AMORTISING"], Step("buy_loans"))})
