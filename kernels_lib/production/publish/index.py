"""The site's first page, for the research team: every document, its state, and where it is.

It names every client and is never delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kernels_lib.errors import UnknownName
from kernels_lib.production.publish import assets
from kernels_lib.study.numerals import EN_DASH, Numerals

KINDS = {"study": "Study", "methods": "Methods", "industry": "Industry", "client": "Client"}
STATUSES = {"built": "✓ built", "failed": "▲ failed"}


def render_index(
    title: str,
    entries: Iterable[Mapping[str, Any]],
    notice: str = "",
    *,
    subtitle: str = "",
    provenance: Mapping[str, str] | None = None,
    language: str = "en",
) -> str:
    """The index as one HTML document.

    Parameters
    ----------
    title : str
        Name of the study.
    entries : iterable of mapping
        One a document, in the order in which they are listed:

        * ``kind``: study, methods, industry or client
        * ``name``, ``slug``: what it is about
        * ``links``: label to address, relative to the index; such as ``{"report": "clients/x/report.html"}``
        * ``status``: built or failed; ``error``: why it failed
        * ``headline``, ``overall`` (points), ``stage``, ``rank``: empty or None where there is none
    notice : str, optional
        What the data need to be said of them.
    subtitle : str, optional
        Wave and date.
    provenance : mapping of str to str, optional
        What the site was made from.
    language : str, default "en"
        Of the numbers.

    Returns
    -------
    str

    Raises
    ------
    UnknownName
        If an entry has an unknown kind or status.
    """
    numerals = Numerals(language)
    rows = [_row(entry, numerals) for entry in entries]
    built = sum(row["status"] == "built" for row in rows)
    scripts = ["index.js"]
    html = (
        assets.environment()
        .get_template("index.html.j2")
        .render(
            title=title,
            subtitle=subtitle,
            notice=notice,
            rows=rows,
            built=built,
            failed=len(rows) - built,
            statuses=STATUSES,
            kinds=[(kind, name) for kind, name in KINDS.items() if any(row["kind"] == kind for row in rows)],
            provenance=provenance or {},
            language=language,
            style=assets.style("report.css", "index.css", modes=True),
            policy=assets.policy(scripts),
        )
    )
    return assets.with_scripts(html, scripts)


def _row(entry: Mapping[str, Any], numerals: Numerals) -> dict[str, Any]:
    if entry["kind"] not in KINDS:
        raise UnknownName("kind of document", entry["kind"], KINDS)
    if entry["status"] not in STATUSES:
        raise UnknownName("status", entry["status"], STATUSES)
    overall, rank = entry.get("overall"), entry.get("rank")
    return {
        "kind": entry["kind"],
        "kind_name": KINDS[entry["kind"]],
        "name": entry["name"],
        "slug": entry.get("slug", ""),
        "links": dict(entry.get("links") or {}),
        "headline": entry.get("headline") or "",
        "status": entry["status"],
        "error": entry.get("error") or "",
        "overall": numerals.mean(overall),
        # Sorted by these; what is missing comes last in either direction.
        "overall_key": "" if overall is None or overall != overall else f"{overall:.6f}",
        "rank": EN_DASH if rank in (None, "") else str(rank),
        "rank_key": _leading_number(rank),
        "stage": entry.get("stage") or EN_DASH,
    }


def _leading_number(rank: Any) -> str:
    digits = ""
    for character in str(rank or "").strip():
        if not character.isdigit():
            break
        digits += character
    return digits
