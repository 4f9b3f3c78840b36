"""The site's first page, for the research team: every document, its state, and where it is.

The study's own documents and the industries come first, then the clients in one table that can be
searched and sorted.  It names every client and is never delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kernels_lib.errors import UnknownName
from kernels_lib.production.publish import assets
from kernels_lib.study.language import N_, _, _n, speaking
from kernels_lib.study.numerals import EN_DASH, Numerals

KINDS = {"study": N_("Study"), "methods": N_("Methods"), "industry": N_("Industry"), "client": N_("Client")}
STATUSES = {"built": N_("✓ built"), "draft": N_("✎ draft"), "failed": N_("▲ failed")}
LINKS = {
    "html": N_("report"),
    "slides": N_("slides"),
    "xlsx": N_("annex"),
    "pptx": N_("PowerPoint"),
    "pdf": N_("PDF"),
}
WORDS = {
    "page": N_("{title}: all documents"),
    "all": N_("All documents"),
    "skip": N_("Skip to the documents"),
    "team": N_("For the research team only: names every client"),
    "wave": N_("wave {wave}"),
    "study": N_("The study"),
    "industries": N_("Industries"),
    "clients": N_("Clients"),
    "industry": N_("Industry"),
    "client": N_("Client"),
    "every": N_("all"),
    "status": N_("Status"),
    "find": N_("Find"),
    "name": N_("Name"),
    "overall": N_("Overall"),
    "rank": N_("Rank"),
    "stage": N_("Stage"),
    "since": N_("Since the last build"),
    "documents": N_("Documents"),
    "in_data": N_("In the data"),
    "mean": N_("Mean"),
    "why": N_("Why"),
    "why_of": N_("Why {name} failed"),
    "notebook": N_("The partly run notebook"),
    "before": N_("The documents of the build before are still there."),
    "nothing": N_("No document matches. Clear the search to see all of them."),
    "unchanged": N_("no change"),
    "shown": N_("{shown} of {all} clients"),
    "offline": N_("Opens offline; nothing is sent anywhere."),
    "caption": N_("Clients: score, stage, state, what changed, and where the documents are"),
    "caption_industries": N_("Industries: mean score, stage, state, and where the documents are"),
}


def render_index(
    title: str,
    entries: Iterable[Mapping[str, Any]],
    notice: str = "",
    *,
    subtitle: str = "",
    wave: str = "",
    language: str = "en",
) -> str:
    """The index as one HTML document.

    Parameters
    ----------
    title : str
        Name of the study.
    entries : iterable of mapping
        One a report, in the order in which they are listed:

        * ``kind``: study, methods, industry or client
        * ``name``, ``slug``: what it is about; ``industry``: a client's; ``size``: units in the data
        * ``links``: format to address relative to the index, such as ``{"html": "clients/x/report.html"}``
        * ``status``: built, draft or failed; ``error``: why it failed; ``failed_notebook``: address
        * ``headline``, ``overall`` (points), ``stage``, ``rank``: empty or None where there is none
        * ``changes``: what is different since the last build
    notice : str, optional
        What the data need to be said of them.
    subtitle, wave : str, optional
        Of the data.
    language : str, default "en"
        Of words and numbers.

    Returns
    -------
    str

    Raises
    ------
    UnknownName
        If an entry has an unknown kind or status.
    """
    with speaking(language):
        numerals = Numerals(language)
        rows = [_row(entry, numerals) for entry in entries]
        clients = [row for row in rows if row["kind"] == "client"]
        failed = sum(row["status"] == "failed" for row in rows)
        scripts = ("index.js",)
        html = (
            assets.environment()
            .get_template("index.html.j2")
            .render(
                title=title,
                subtitle=subtitle,
                wave=wave,
                notice=notice,
                studies=[row for row in rows if row["kind"] in ("study", "methods")],
                industries=[row for row in rows if row["kind"] == "industry"],
                clients=clients,
                addresses={row["name"]: row["first"] for row in rows if row["kind"] == "industry"},
                names=sorted({row["industry"] for row in clients if row["industry"]}),
                count=_n("{n} report", "{n} reports", len(rows)).format(n=len(rows)),
                failed=_n("{n} failed", "{n} failed", failed).format(n=failed) if failed else "",
                w={key: _(text) for key, text in WORDS.items()},
                statuses={key: _(text) for key, text in STATUSES.items()},
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
        "kind_name": _(KINDS[entry["kind"]]),
        "name": entry["name"],
        "links": {_(LINKS.get(key, key)): address for key, address in (entry.get("links") or {}).items()},
        "first": next(iter((entry.get("links") or {}).values()), ""),
        "headline": entry.get("headline") or "",
        "status": entry["status"],
        "error": entry.get("error") or "",
        "notebook": entry.get("failed_notebook") or "",
        "industry": entry.get("industry") or "",
        "size": entry.get("size"),
        "changes": list(entry.get("changes") or ()),
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
