"""Lines of the two files of Freddie Mac, made up."""

from abscase.sources.freddie import ORIGINATION, PERFORMANCE

__all__ = ["LOAN", "MONTH", "ORIGINATION", "PERFORMANCE", "line"]

LOAN = {"loan_id": "F05Q10000001", "first_payment": 200504, "occupancy": "P", "dti": 999,
        "original": 200000, "ltv": 80, "orig_rate": 5.875, "product": "FRM", "state": "CA",
        "property": "CO", "score": 9999, "term": 360}  # fmt: skip
MONTH = {"loan_id": "F05Q10000001", "balance": 199000, "late": 0, "left": 350, "rate": 5.875,
         "eltv": 70}  # fmt: skip


def line(layout, fields, cells):
    places = {**layout.text, **layout.numbers}
    row = [""] * fields
    for name, value in cells.items():
        if places[name] <= fields:
            row[places[name] - 1] = str(value)
    return "|".join(row) + "\n"
