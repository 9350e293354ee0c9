"""CSV that no spreadsheet runs."""

import pandas as pd

from abscase.csv_text import csv_text


def test_texts_and_headers_are_guarded_and_the_frame_stays():
    frame = pd.DataFrame({"day": pd.to_datetime(["2020-01-31"]), "n": [-1], "=t": ["+x"]})
    assert csv_text(frame) == "day,n,'=t\n2020-01-31,-1,'+x\n"
    assert frame["=t"].tolist() == ["+x"]
