"""The reasons of assumed terms are told in both languages."""

import pytest

from abscase.operating.waterfall import deal_card, shipped, shipped_deal
from abscase.operating.waterfall.shipped import CHANGED, OWN
from abscase.show.waterfall import card_table, reason


@pytest.mark.parametrize("name", [name for name in shipped() if name != "pro_rata_trigger"])
def test_every_reason_of_a_shipped_deal_has_its_chinese(name):
    for text in {*shipped_deal(name).assumed.values(), OWN, CHANGED}:
        assert reason(text, "en") == text
        assert any("\u4e00" <= letter <= "\u9fff" for letter in reason(text, "zh")), text


def test_a_note_without_a_label_stays_as_it_is():
    assert reason("my own reason", "zh") == "my own reason"


def test_the_card_tells_its_reasons_in_chinese():
    table = card_table(deal_card(shipped_deal("saxon_2006_3")), "zh")
    assert "未公布；按无处理" in set(table["note"])
