"""axe-core in an open page: vendored, so that tests need no network; see assets/refresh.sh."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parent / "assets"

# Everything that axe knows but for what it cannot see in a page opened from a file; one line a broken element.
_RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) => rule.id + ": " + node.target.join(" ") + ": " +
    [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "))))"""


@cache
def source() -> str:
    """The script, once it is sure that it is what was fetched."""
    sums = dict(reversed(line.split()) for line in (ASSETS / "SHA256SUMS").read_text().splitlines())
    raw = (ASSETS / "axe.min.js").read_bytes()
    assert sums["axe.min.js"] == hashlib.sha256(raw).hexdigest(), "axe.min.js is not what was fetched"
    return raw.decode("utf-8")


def violations(page: Any) -> list[str]:
    """What axe finds in what the page shows now: rule, element, message."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    return page.evaluate(_RUN)
