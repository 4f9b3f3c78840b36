"""A delivery from a machine with a browser: every format, inspected."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv

import pytest

from kernels_lib.production.browser import INSPECTIONS, missing_for_browser, missing_for_pdf
from kernels_lib.production.delivering import deliver


@pytest.mark.slow
def test_what_is_delivered_was_inspected_and_has_a_pdf(small_site, tmp_path):
    if lacking := missing_for_browser() or missing_for_pdf():
        pytest.skip(lacking)
    (done,) = deliver(small_site, ("brand-08",), str(tmp_path / "out"))

    assert "" == done.error
    assert done.parcel.inspected
    assert (tmp_path / "out/brand-08/report.pdf").read_bytes().startswith(b"%PDF")
    manifest = (tmp_path / "out/brand-08/manifest.json").read_text()
    assert all(f'"{gate}": "passed"' in manifest for gate in INSPECTIONS)
    with (small_site / "deliveries.csv").open(newline="") as file:
        assert ["yes"] == [row["inspected"] for row in csv.DictReader(file)]
