"""The Chinese font of figures and pages; README.md beside this file says how it was made."""

from pathlib import Path

FONT_FILE = Path(__file__).with_name("AbscaseSansSC-Regular.otf")
