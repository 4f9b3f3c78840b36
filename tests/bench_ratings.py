"""Ratings from a file to counts, against DuckDB's bare aggregation of the same file: part of ``make bench``.

Each measurement is a process of its own, imports counted, with the same memory and threads.  *Ours* is all
that the toolkit does with a file that it never saw: hash it, count it, check every value, and keep the counts.
*Bare* is one ``select brand, criterion, score, count(*) ... group by all``, its result not even fetched.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

ROWS = (10**5, 10**6, 10**7, 10**8)
BRANDS = 3_000
CRITERIA = tuple(f"criterion_{letter}" for letter in "abcdefgh")
ROUNDS = 3
# Beyond, a CSV file takes more of the disk than it tells.
MOST_CSV = 10**7
# Beyond, once or twice is enough: the noise of a second is little there.
MANY = 10**8
MEMORY = "512MB"
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

_BARE = """
import json, sys, time
import duckdb
path, memory, threads, folder = sys.argv[1:5]
db = duckdb.connect(":memory:", config={"memory_limit": memory, "threads": int(threads), "temp_directory": folder})
db.execute("set enable_progress_bar = false")
grouped = f"select brand, criterion, score, count(*) as n from '{path}' group by all"
(ratings,) = db.execute(f"select sum(n) from ({grouped})").fetchone()
"""
_OURS = """
import json, sys, time
from pathlib import Path
from types import SimpleNamespace
from kernels_lib.study.counts import read_counts
from kernels_lib.study.datasets import Resource
from kernels_lib.study.instrument import Scale
from kernels_lib.study.results import Basis
path, memory, threads, folder = sys.argv[1:5]
resource = Resource(
    root=Path(folder), path=Path(path), shown="ratings", role="ratings", basis=Basis.MEASURED, notice="",
    unit_column="brand", group_column="", recorded_hash="", counted=True, criterion_column="criterion",
    score_column="score",
)
scale = Scale(floor=1, top=5, step=0.5, status={})
instrument = SimpleNamespace(id="bench", ids=[f"criterion_{letter}" for letter in "abcdefgh"], scale=scale)
counts, _ = read_counts(resource, instrument)
ratings = counts.ratings
assert len(counts.means) == len(counts.units)
"""
# The peak of this very process: what `getrusage` says begins with that of the process which started it.
_TOLD = """
import resource as usage
if sys.platform == "linux":
    with open("/proc/self/status") as status:
        peak = int(status.read().split("VmHWM:")[1].split()[0]) / 2**10
else:
    peak = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({"ratings": int(ratings), "cpu_s": time.process_time(), "peak_mb": peak}))
"""


def ratings(folder: Path, rows: Sequence[int] = ROWS) -> list[dict[str, Any]]:
    """Measure every size of file, each made in `folder` and deleted afterwards.

    Returns
    -------
    list of dict
        ``rows``, ``file`` (parquet or csv), ``file_mb``, ``rounds``, medians of wall seconds ``ours_s``, ``bare_s``
        and CPU seconds ``ours_cpu_s``, ``bare_cpu_s``, their ratios ``ratio`` (wall) and ``ratio_cpu``, and the
        largest ``peak_mb`` and ``bare_peak_mb``.
    """
    return [measured(path, number) for number in rows for path in _files(folder, number)]


def _files(folder: Path, rows: int) -> Iterator[Path]:
    for form in ("parquet", "csv") if rows <= MOST_CSV else ("parquet",):
        path = folder / f"ratings-{rows}.{form}"
        make(path, rows)
        try:
            yield path
        finally:
            path.unlink()


def make(path: Path, rows: int, brands: int = BRANDS) -> None:
    """Write ratings of all brands on all criteria in half points, in no order."""
    import duckdb

    names = ", ".join(f"'{name}'" for name in CRITERIA)
    duckdb.execute(
        f"copy (select 'Brand ' || lpad((h % {brands})::varchar, 4, '0') as brand, "
        f"[{names}][((h // {brands}) % 8)::int + 1] as criterion, 1 + ((h // {8 * brands}) % 9) / 2.0 as score, "
        "(i // 8)::int as respondent "
        f"from (select i, hash(i) as h from generate_series(0, {rows - 1}) t(i))) to '{path}'"
        + (" (format parquet)" if path.suffix == ".parquet" else " (format csv, header)")
    )


def measured(path: Path, rows: int) -> dict[str, Any]:
    """One file, ours and bare in turn."""
    rounds = 2 if rows >= MANY else ROUNDS
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(_process(_BARE, path))
        ours.append(_process(_OURS, path))
    assert {one["ratings"] for one in (*ours, *bare)} == {rows}
    found: dict[str, Any] = {"rows": rows, "file": path.suffix[1:], "file_mb": round(path.stat().st_size / 1e6, 1)}
    found["rounds"] = rounds
    for name, values in (("ours", ours), ("bare", bare)):
        found[f"{name}_s"] = round(statistics.median(one["wall_s"] for one in values), 2)
        found[f"{name}_cpu_s"] = round(statistics.median(one["cpu_s"] for one in values), 2)
    found["ratio"] = round(found["ours_s"] / found["bare_s"], 2)
    found["ratio_cpu"] = round(found["ours_cpu_s"] / found["bare_cpu_s"], 2)
    found["peak_mb"] = round(max(one["peak_mb"] for one in ours))
    found["bare_peak_mb"] = round(max(one["peak_mb"] for one in bare))
    return found


def _process(code: str, path: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        command = [sys.executable, "-c", code + _TOLD, str(path), MEMORY, str(THREADS), folder]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
        return {"wall_s": time.perf_counter() - started, **json.loads(done.stdout)}


def told(found: Sequence[dict[str, Any]]) -> str:
    """The figures as a table."""
    head = f"{'ratings':>12}  {'file':<8}{'ours':>8}{'bare':>8}{'ratio':>7}{'CPU':>6}{'peak':>9}{'bare':>9}"
    lines = [
        f"{one['rows']:>12,}  {one['file']:<8}{one['ours_s']:>6.2f} s{one['bare_s']:>6.2f} s{one['ratio']:>7.2f}"
        f"{one['ratio_cpu']:>6.2f}{one['peak_mb']:>6} MB{one['bare_peak_mb']:>6} MB"
        for one in found
    ]
    return "\n".join([head, *lines])


def main() -> None:
    """Measure and print: ``python -m tests.bench_ratings [ROWS ...]``."""
    rows = [int(float(text)) for text in sys.argv[1:]] or ROWS
    with tempfile.TemporaryDirectory() as folder:
        print(told(ratings(Path(folder), rows)))


if __name__ == "__main__":
    main()
