"""A case: its tables, single values with their evidence, provenance, and the user's loan tape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abscase import catalog
from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.schema import TABLES, table_named
from abscase.sources.panels import PANEL_TABLES, panel_dir, panel_names, panel_provenance

if TYPE_CHECKING:
    import polars as pl

TITLES = {
    "ant": (
        "Ant Group consumer microloans (Huabei, Jiebei), 2013-2021",
        "蚂蚁集团消费信贷（花呗、借呗），2013—2021年",
    ),
    "us_subprime": (
        "US subprime mortgages, 2001-2008",
        "美国次级住房抵押贷款，2001—2008年",
    ),
    "us_cards": ("US credit cards (control)", "美国信用卡（对照组）"),
    "us_prime": ("US prime mortgages (control)", "美国优质住房抵押贷款（对照组）"),
    "cn_peers": (
        "Chinese peers: other consumer ABS and online lenders (control)",
        "中国可比机构：其他消费金融资产支持证券与网络借贷机构（对照组）",
    ),
}
CURRENCY = {name: "CNY" if name in ("ant", "cn_peers") else "USD" for name in TITLES}


@dataclass(frozen=True)
class Datum:
    """One value with its evidence; ``ref`` is the row of ``data/`` it stands on."""

    value: float
    unit: str
    grade: str
    source_id: str
    ref: str
    date: pd.Timestamp | None = None
    note: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Case:
    """One case, read from ``data/``; ``title`` is in English and Chinese ("en", "zh")."""

    name: str
    title: dict[str, str]
    currency: str
    root: Path

    def table(self, name: str, *, shared: bool = False) -> pd.DataFrame:
        """Return the rows of a table that belong to the case, each with its ``ref``.

        Parameters
        ----------
        name : str
            A table of the schema. ``source`` gives the sources of the case's own rows; a table
            without a column ``case`` is given whole.
        shared : bool
            Also the rows that belong to every case (``case`` is "shared").

        Returns
        -------
        DataFrame
            Empty, with the table's columns, where the case has none.
        """
        columns = table_named(name).names
        frame = catalog.read_all(name, self.root)
        if name == "source":
            return _reset(frame[frame["source_id"].isin(self._source_ids())])
        if "case" not in columns:
            return frame
        return _reset(frame[frame["case"].isin([self.name, "shared"] if shared else [self.name])])

    def _source_ids(self) -> set[str]:
        names = [name for name, table in TABLES.items() if "case" in table.names]
        return {each for name in names for each in self.table(name)["source_id"]}

    def value(
        self,
        measure: str,
        segment: str = "all",
        date: str | pd.Timestamp | None = None,
        definition_id: str | None = None,
        source_id: str | None = None,
    ) -> Datum:
        """Return the one row of the table ``series`` that fits, shared rows included.

        Parameters
        ----------
        measure, segment : str
            What is measured, and of whom.
        date : str or Timestamp, optional
            The row's date; left out where only one date is there.
        definition_id, source_id : str, optional
            Needed where several definitions or sources give the value.

        Raises
        ------
        ChoiceError
            The case has no such measure.
        DataFaults
            No row fits, or several do; each fault is a candidate.
        """
        every = self.table("series", shared=True)
        rows = every[every["measure"] == measure]
        if rows.empty:
            raise ChoiceError(f"measure of {self.name}", measure, set(every["measure"]))
        wanted = {"segment": segment, "definition_id": definition_id, "source_id": source_id}
        fits = rows["segment"].notna()
        for column, value in wanted.items():
            fits &= True if value is None else (rows[column] == value).fillna(False)
        if date is not None:
            fits &= rows["date"] == pd.Timestamp(date)
        if fits.sum() != 1:
            raise _not_one(measure, wanted | {"date": date}, rows, rows[fits])
        return datum(rows[fits].iloc[0])

    @property
    def grades(self) -> pd.DataFrame:
        """Number of rows of each grade ("A", "B", "C") in each table that has rows."""
        names = [name for name, table in TABLES.items() if "case" in table.names]
        counts = {name: self.table(name)["grade"].value_counts() for name in names}
        frame = pd.DataFrame(counts).T.reindex(columns=list(catalog.GRADES)).fillna(0).astype(int)
        return frame[frame.sum(axis=1) > 0].rename_axis(index="table", columns="grade")

    @property
    def provenance(self) -> dict[str, Any]:
        """The files that hold rows of the case with their hashes, and the loaded tapes' records."""
        names = [name for name, table in TABLES.items() if "case" in table.names]
        refs = {ref.rpartition(":")[0] for name in names for ref in self.table(name)["ref"]}
        hashes: dict[str, str] = {}
        for folder in sorted({str(Path(ref).parent.as_posix()) for ref in refs}):
            for item in catalog.package(folder, self.root)["resources"]:
                path = (Path(folder) / item["path"]).as_posix()
                hashes |= {path: item["hash"]} if path in refs else {}
        panels = {name: panel_provenance(self.name, name) for name in self.panels}
        return {"files": hashes, "panels": panels}

    @property
    def panels(self) -> tuple[str, ...]:
        """Names of the sources whose loan tape the user has loaded for the case."""
        return panel_names(self.name)

    def panel(self, table: str, source: str | None = None) -> pl.LazyFrame | None:
        """Return a loaded tape's table ``loan`` or ``performance``, or None where none is loaded.

        Tapes of several sources are never mixed, for they may differ in frequency and definition:
        then ``source`` must say which.
        """
        import polars as pl

        if table not in PANEL_TABLES:
            raise ChoiceError("table of a loan tape", table, PANEL_TABLES)
        if source is None and not self.panels:
            return None
        if source is None and len(self.panels) == 1:
            source = self.panels[0]
        if source not in self.panels:
            raise ChoiceError(f"loaded tape of {self.name}", source or "", self.panels)
        return pl.scan_parquet(panel_dir(self.name, source) / f"{table}.parquet")


def load_case(name: str, root: Path | None = None) -> Case:
    """Return a case by name.

    Raises :class:`~abscase.errors.ChoiceError` where there is no such case.

    >>> load_case("ant").currency
    'CNY'
    """
    if name not in TITLES:
        raise ChoiceError("case", name, TITLES)
    english, chinese = TITLES[name]
    return Case(name, {"en": english, "zh": chinese}, CURRENCY[name], root or catalog.data_dir())


def datum(row: pd.Series, column: str = "value", unit: str = "") -> Datum:
    """Return one number of a row of any table with the row's evidence.

    Parameters
    ----------
    row : Series
        A row of a table as :meth:`Case.table` gives it.
    column : str
        The column of the number.
    unit : str
        Its unit; by default the row's own ``unit``, or "amt" for a money column.
    """
    if pd.isna(row[column]):
        raise DataFaults([Fault("has no value to take", column, file=row["ref"])])
    text = {name: "" if pd.isna(word := row.get(name)) else str(word)
            for name in ("unit", "note", "currency")}  # fmt: skip
    unit = unit or text["unit"] or ("amt" if column.endswith("_amt") else "decimal")
    date = row.get("date")
    return Datum(
        float(row[column]), unit, row["grade"], row["source_id"], row["ref"],
        None if date is None or pd.isna(date) else date, text["note"], text["currency"],
    )  # fmt: skip


def _reset(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index(drop=True)


def _not_one(
    measure: str, wanted: dict[str, Any], rows: pd.DataFrame, fitting: pd.DataFrame
) -> DataFaults:
    given = ", ".join(f"{name}={value}" for name, value in wanted.items() if value is not None)
    found = f"{len(fitting)} rows fit {given}" if len(fitting) else f"no row fits {given}"
    faults = [Fault(f"{found}; candidates follow: name one exactly", measure)]
    for row in (fitting if len(fitting) else rows).to_dict("records"):
        date = "no date" if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}"
        words = [f"segment={row['segment']}", f"date={date}",
                 f"definition_id={row['definition_id']}", f"source_id={row['source_id']}",
                 f"grade={row['grade']}"]  # fmt: skip
        faults.append(Fault(", ".join(words), value=f"{row['value']:g}", file=row["ref"]))
    return DataFaults(faults)
