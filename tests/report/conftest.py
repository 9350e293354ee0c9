import json

import pytest

PARAMETERS = """\
lang: str = "en"  # {en, zh} language | 语言
seed: int = 7  # [0, 99] seed | 种子
out_dir: str = "reports/scratch"  # folder of results | 结果目录
x: int = 1  # [0, 9] a number | 数
"""
READS = 'claims_dir: str = "none"  # claims to read | 所读论断\n'
ANSWERS = 'answers_csv: str = ""  # a file of your own | 自备文件\n'


@pytest.fixture
def write_notebook(tmp_path):
    """Return a function that writes a small notebook and returns its path."""

    def write(name, *sources, reads=False, tags=(), answers=False):
        cells = [("parameters", ["parameters"], PARAMETERS + READS * reads + ANSWERS * answers)]
        cells += [(f"step-{n}", list(tags), source) for n, source in enumerate(sources, start=1)]
        content = {
            "cells": [
                {"cell_type": "code", "id": name, "metadata": {"tags": tags}, "source": source,
                 "outputs": [], "execution_count": None}
                for name, tags, source in cells
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        }  # fmt: skip
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write
