"""A deal file of the user's own, without rows in the data and without reasons."""

from abscase.operating import waterfall as engine
from abscase.operating.waterfall.shipped import folder


def test_its_card_names_its_main_terms_as_assumed(tmp_path):
    text = (folder() / "pro_rata_trigger.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.partition("assumed:")[0], encoding="utf-8")
    deal = engine.read_deal(path)
    card = engine.deal_card(deal).set_index("term")
    assert card.loc["pool.rate", "value"] == 0.07
    assert card.loc["tranches.senior.share", "value"] == 0.8
    assert set(card["grade"]) == {"C"} and set(card["source_id"]) == {""}
