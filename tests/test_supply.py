"""What the toolkit is made of: told for machines, and nothing with a hole that is known."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from kernels_lib.production import bom

ROOT = Path(__file__).resolve().parent.parent

# Package: first version without a hole that is known, and what the hole was.
MENDED = {
    "nbconvert": ("7.17.1", "CVE-2026-39377 and CVE-2026-39378, files outside the folder written and read"),
    "jinja2": ("3.1.6", "CVE-2025-27516, a way out of the sandbox"),
    "mistune": ("2.0.3", "CVE-2022-34749, endless matching"),
    "jupyter-server": ("2.18.0", "CVE-2026-35397, a folder beside the root taken for one below it"),
    "pillow": ("10.3.0", "CVE-2024-28219, a buffer overrun"),
    "tornado": ("6.5", "CVE-2025-47287, endless logging"),
    "requests": ("2.32.4", "CVE-2024-47081, credentials of .netrc sent elsewhere"),
    "urllib3": ("2.5.0", "CVE-2025-50181, redirects followed that were switched off"),
}


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {name: version for name, version, _ in bom.pins(lock)}


@pytest.mark.parametrize("name", sorted(MENDED))
def test_the_lock_has_no_version_with_a_known_hole(name, pins):
    assert Version(pins[name]) >= Version(MENDED[name][0]), MENDED[name][1]


def test_direct_dependencies_refuse_versions_with_a_known_hole():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line for lines in project["optional-dependencies"].values() for line in lines]
    wanted = [Requirement(line) for line in [*project["dependencies"], *lines]]
    lowest = {
        each.name: Version(bound.version) for each in wanted for bound in each.specifier if bound.operator == ">="
    }

    assert {each.name for each in wanted} == lowest.keys()
    direct = MENDED.keys() & lowest.keys()
    assert {"nbconvert", "jinja2", "pillow"} <= direct
    assert [] == [name for name in direct if lowest[name] < Version(MENDED[name][0])]


def test_the_bill_of_materials_is_that_of_the_lock_and_of_the_vendored_scripts(pins):
    kept = (ROOT / bom.NAME).read_text(encoding="utf-8")

    assert bom.written() == kept, "run make lock"
    components = {each["purl"]: each for each in json.loads(kept)["components"]}
    assert {f"pkg:pypi/{name}@{version}" for name, version in pins.items()} <= components.keys()
    reveal = next(each for purl, each in components.items() if purl.startswith("pkg:npm/reveal.js@"))
    assert {"reveal/reveal.js", "reveal/reveal.css"} <= {file["name"] for file in reveal["components"]}


def test_the_bill_of_materials_has_what_cyclonedx_asks_for():
    bill = bom.bill()
    refs = [each["bom-ref"] for each in bill["components"]]

    assert ("CycloneDX", "1.6") == (bill["bomFormat"], bill["specVersion"])
    assert len(refs) == len(set(refs)) > 100
    assert all(each["type"] and each["name"] and each["version"] for each in bill["components"])
