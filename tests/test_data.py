"""The data that is shipped: sound, sourced, and readable by hand. Nothing is recomputed here."""

import json
import re

import pytest

from abscase import catalog
from abscase.case import TITLES, load_case
from abscase.schema import TABLES
from abscase.verdict.claims import margins

ROOT = catalog.data_dir()
FOLDERS = catalog.folders()


def test_hashes_sizes_schema_sources_and_grades():
    found = catalog.faults()
    assert not found, "\n".join(map(str, found))


def test_every_case_has_a_folder_and_the_thesis_its_margins():
    assert {*TITLES, "literature", "thesis", "."} <= set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_says_what_it_is_and_under_which_terms(folder):
    package = catalog.package(folder)
    for key in ("name", "title", "description", "licenses", "sources", "resources"):
        assert package.get(key), key
    assert all(item["title"] for item in package["resources"])
    assert (ROOT / folder / "README.md").stat().st_size > 1000


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_the_package_says_of_the_fields_is_current(folder, tmp_path):
    """The fields are generated: `make data` brings them up to date."""
    target = tmp_path / "x"
    target.mkdir()
    for path in (ROOT / folder).glob("*"):
        if path.suffix in (".csv", ".json"):
            (target / path.name).write_bytes(path.read_bytes())
    catalog.refresh("x", tmp_path)
    fresh = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    assert fresh == catalog.package(folder)


def test_only_text_is_shipped():
    endings = {path.suffix for path in ROOT.rglob("*") if path.is_file()}
    assert endings <= {".csv", ".json", ".md"}


def test_no_row_without_a_source_or_a_grade():
    for table in TABLES.keys() - {"source", "definition"}:
        frame = catalog.read_all(table)
        assert frame[["grade", "source_id"]].notna().all(axis=None), table


def test_every_source_is_used():
    """By a row, or in the words of one."""
    frames = [catalog.read_all(table).drop(columns="ref") for table in TABLES.keys() - {"source"}]
    text = " ".join(
        frame[name].dropna().str.cat(sep=" ")
        for frame in frames
        for name in frame.select_dtypes("str")
    )
    used = set(re.findall(r"[a-z]+-[\w-]+", text))
    assert not set(catalog.read_all("source")["source_id"]) - used


def test_a_source_id_begins_with_its_folder():
    prefixes = {"ant": "ant-", "us_subprime": "us-", "us_cards": "card-", "us_prime": "prime-",
                "cn_peers": "peer-", "literature": "lit-", "thesis": "thesis-",
                "survey": "survey-"}  # fmt: skip
    for row in catalog.read_all("source").to_dict("records"):
        folder = row["ref"].split("/")[0]
        assert row["source_id"].startswith(prefixes[folder]), row["ref"]


@pytest.mark.parametrize("name", TITLES)
def test_a_case_has_sourced_series(name):
    case = load_case(name)
    assert len(case.table("series")) > 10
    assert case.grades["A"].sum() > case.grades["C"].sum()


def test_margins_are_of_claims_and_older_than_the_run():
    claims = set(catalog.read_all("claim")["claim_id"])
    found = margins().values()
    assert {each.claim_id for each in found} <= claims
    assert len(found) > 10
    assert all(each.reason_en and each.reason_zh for each in found)
