"""What each analysis needs from a file in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from abscase.place import share_dir


@dataclass(frozen=True)
class Analysis:
    """One analysis: its name, the columns it needs of each table, the number of its notebook."""

    name_en: str
    name_zh: str
    needs: Mapping[str, tuple[str, ...]]
    notebook: str

    @property
    def shipped(self) -> bool:
        """Whether its notebook is there."""
        return any((share_dir() / "notebooks").glob(f"{self.notebook}_*.ipynb"))


@dataclass(frozen=True)
class Readiness:
    """Whether a file can feed an analysis; a column that is absent is not one that is empty.

    ``also`` names the columns of other tables that the analysis needs beside this file.
    """

    analysis: Analysis
    absent: tuple[str, ...]
    empty: tuple[str, ...]
    also: Mapping[str, tuple[str, ...]]

    @property
    def ready(self) -> bool:
        return not self.absent and not self.empty

    def __str__(self) -> str:
        words = [f"{self.analysis.name_en} | {self.analysis.name_zh}:"]
        words += [f"notebook {self.analysis.notebook}"]
        for table, columns in self.also.items():
            words.append(f"with a table {table} ({', '.join(columns)})")
        if self.absent:
            words.append(f"- absent: {', '.join(self.absent)}")
        if self.empty:
            words.append(f"- empty: {', '.join(self.empty)}")
        return " ".join(words)


ANALYSES = (
    Analysis("coverage and disagreeing sources", "数据覆盖与口径核对",
             {"series": ("measure", "segment", "date", "value", "source_id")}, "01"),
    Analysis("delinquency by month", "逐月逾期率",
             {"performance": ("date", "state", "balance_amt")}, "04"),
    Analysis("roll rates", "迁徙率（滚动率）",
             {"performance": ("loan_id", "date", "state", "previous_state")}, "04"),
    Analysis("vintage curves", "账龄（静态池）违约曲线",
             {"performance": ("loan_id", "age_months", "state"),
              "loan": ("loan_id", "orig_date")}, "04"),
    Analysis("concentration", "集中度", {"loan": ("original_amt", "region")}, "04"),
    Analysis("default hazard", "违约风险率（久期模型）",
             {"performance": ("loan_id", "age_months", "state"),
              "loan": ("loan_id", "orig_date", "score")}, "05"),
    Analysis("competing risks of default and prepayment", "违约与提前偿还的竞争风险",
             {"performance": ("loan_id", "date", "age_months", "state")}, "05"),
    Analysis("loss severity", "违约损失率",
             {"performance": ("state", "balance_amt", "loss_amt")}, "05"),
    Analysis("leverage by definition", "分口径杠杆倍数",
             {"entity": ("entity_id", "date", "capital_amt", "loans_amt")}, "06"),
    Analysis("accounts of the leverage", "对杠杆倍数的各种说法",
             {"account": ("capital_amt", "rounds", "loans_amt", "leverage_times")}, "06"),
    Analysis("cash-flow waterfall", "现金流分配（瀑布）",
             {"tranche": ("deal_id", "tranche_id", "seniority", "original_amt", "coupon_rate"),
              "deal": ("deal_id", "pool_amt", "revolving_months")}, "07"),
    Analysis("loss by class", "分层损失",
             {"tranche": ("deal_id", "tranche_id", "seniority", "original_amt")}, "08"),
    Analysis("spread against rating", "利差与评级",
             {"tranche": ("rating_sp", "margin_rate", "expected_life_months")}, "09"),
    Analysis("who bears the loss", "损失分担",
             {"holder": ("holder_class", "tranche_id", "share"),
              "tranche": ("deal_id", "tranche_id", "seniority", "original_amt")}, "10"),
    Analysis("similarity against a control", "相对对照组的相似性检验",
             {"series": ("case", "measure", "definition_id", "date", "value")}, "11"),
)  # fmt: skip


def readiness(table: str, filled: Mapping[str, int]) -> tuple[Readiness, ...]:
    """Return how far a file of ``table`` can feed each analysis that reads that table.

    ``filled`` counts the cells that hold something in each column that is present.
    """
    found = []
    for analysis in ANALYSES:
        if table in analysis.needs:
            needed = analysis.needs[table]
            absent = tuple(name for name in needed if name not in filled)
            empty = tuple(name for name in needed if filled.get(name) == 0)
            also = {name: columns for name, columns in analysis.needs.items() if name != table}
            found.append(Readiness(analysis, absent, empty, also))
    return tuple(found)
