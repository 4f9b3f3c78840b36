"""A notebook as papermill leaves it, made by hand: two charts, every kind of output, a deck.

The wording and the numbers are those of the house's example client; nothing here is computed by the
library, so that publishing is tested without analysis.
"""

# Markup and chart JSON read best unbroken.
# ruff: noqa: E501
from __future__ import annotations

import copy
from functools import cache
from typing import Any

import nbformat
from nbformat import v4

from kernels_lib.study.results import MIME as RESULTS
from kernels_lib.study.theme import HOUSE as C

PLOTLY = "application/vnd.plotly.v1+json"

# short, side, score, mean, low, high, verdict of the group
ROWS = [
    ("Up to date", "interactive marketing", 5.0, 5.00, 4.54, 5.00, "above"),
    ("Dialog", "social marketing", 4.5, 3.10, 2.73, 3.45, "below"),
    ("Cohesive branding", "interactive marketing", 4.0, 3.90, 3.57, 4.20, "unresolved"),
    ("Peer-to-peer interaction", "social marketing", 3.0, 2.03, 1.80, 2.27, "below"),
    ("Authenticity", "social marketing", 2.5, 2.87, 2.52, 3.22, "below"),
    ("Call to action", "social marketing", 2.5, 2.45, 2.17, 2.75, "below"),
    ("Advocacy", "social marketing", 2.5, 2.27, 2.00, 2.58, "below"),
    ("Community expectations", "social marketing", 2.0, 2.08, 1.82, 2.33, "below"),
]
MARKS = {"above": "▲ firmly above", "below": "▼ firmly below", "unresolved": "◇ <i>unresolved</i>"}
NOTICE = (
    "The brand-level scores here are reconstructed, not measured. Only the means of all 30 brands were published. "
    "Scores of single brands, Brand 19 included, were rebuilt to match those means."
)


def note(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    """A plotly annotation without an arrow."""
    base = {"x": x, "y": y, "text": text, "showarrow": False, "xanchor": "left", "font": {"size": 15}}
    return base | {"font": base["font"] | more.pop("font", {})} | more


def signature(form: str) -> dict[str, Any]:
    """The target line: gains to its right, gaps to its left, the group below each."""
    deck, narrow = form == "deck", form == "narrow"
    size = 21 if deck else 14 if narrow else 15
    where = {i: -i - (0.27 if row[2] < 4 else 0) for i, row in enumerate(ROWS)}
    hit = [i for i, row in enumerate(ROWS) if row[2] >= 4]
    missed = [i for i, row in enumerate(ROWS) if row[2] < 4]
    lane, group = (0.14, -0.21) if not narrow else (-0.12, -0.36)

    def interval(indices: list[int], dash: str) -> dict[str, Any]:
        x: list[float | None] = []
        y: list[float | None] = []
        for i in indices:
            x += [ROWS[i][4], ROWS[i][5], None]
            y += [where[i] + group, where[i] + group, None]
        return {
            "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
            "line": {"color": C["quiet"], "width": 2.5, "dash": dash}, "meta": {"role": "interval"},
        }  # fmt: skip

    def dots(indices: list[int], colour: str, fill: str, width: float, side: str) -> dict[str, Any]:
        words = colour if colour != C["paper"] else C["blue"]
        sides = ["middle left" if ROWS[i][2] == 5 else side for i in indices]  # the scale ends at 5
        return {
            "type": "scatter", "mode": "markers+text",
            "x": [ROWS[i][2] for i in indices], "y": [where[i] + lane for i in indices],
            "text": [f"<b>{ROWS[i][2]:.1f}</b> " if at == "middle left" else f" <b>{ROWS[i][2]:.1f}</b>" for i, at in zip(indices, sides, strict=True)],
            "textposition": sides, "textfont": {"color": [C["onblue"] if ROWS[i][2] == 5 else words for i in indices], "size": size + 0.5},
            "marker": {"size": 20 if deck else 14, "color": fill, "line": {"color": colour, "width": width}},
            "hovertemplate": "%{x:.1f}<extra></extra>", "cliponaxis": False, "meta": {"role": "score"},
        }  # fmt: skip

    data = [
        {"type": "bar", "orientation": "h", "base": [ROWS[i][2] for i in missed], "x": [4 - ROWS[i][2] for i in missed],
         "y": [where[i] + lane for i in missed], "width": 0.46 if deck else 0.34,
         "marker": {"color": C["vermw"], "line": {"color": C["verm"], "width": 1.25}},
         "text": [f"{4 - ROWS[i][2]:.1f} {'' if narrow or ROWS[i][2] == 3 else 'points '}short" for i in missed], "textposition": "inside", "insidetextanchor": "middle",
         "textfont": {"color": C["verm"], "size": size - 2}, "textangle": 0, "constraintext": "none", "hoverinfo": "skip", "meta": {"role": "missed"}},
        {"type": "bar", "orientation": "h", "base": [4] * len(hit), "x": [ROWS[i][2] - 4 for i in hit],
         "y": [where[i] + lane for i in hit], "width": 0.46 if deck else 0.34, "marker": {"color": C["blue"]},
         "hoverinfo": "skip", "meta": {"role": "strength"}},
        interval([i for i, row in enumerate(ROWS) if row[6] != "unresolved"], "solid"),
        interval([i for i, row in enumerate(ROWS) if row[6] == "unresolved"], "3px,3px"),
        {"type": "scatter", "mode": "markers", "x": [row[3] for row in ROWS], "y": [where[i] + group for i in range(8)],
         "marker": {"symbol": "line-ns", "size": 10, "line": {"color": C["quiet"], "width": 2.5}},
         "hovertemplate": "mean of all 30 brands: %{x:.2f}<extra></extra>", "meta": {"role": "mean"}},
        dots(missed, C["verm"], C["paper"], 2.75, "middle left"),
        dots(hit, C["paper"], C["blue"], 1.5, "middle right"),
    ]  # fmt: skip
    notes = [
        note(4, 1, "<b>target 4</b>", yref="paper", xanchor="center", yshift=38, font={"color": C["ink"], "size": size - 1}),
        note(4, 1, "<b>◂ missed opportunity</b>", yref="paper", xanchor="right", xshift=-12, yshift=14, font={"color": C["verm"], "size": size - 1}),
        note(4, 1, "<b>strength ▸</b>", yref="paper", xshift=12, yshift=14, font={"color": C["blue"], "size": size - 1}),
    ]  # fmt: skip
    for i, (short, side, _, mean, low, high, verdict) in enumerate(ROWS):
        if narrow:
            notes.append(note(0, where[i] + 0.3, f"<b>{short}</b>", xref="paper", xshift=-12, font={"color": C["ink"]}))
            continue
        left = -290 if deck else -196
        second = "" if deck else f"<br><span style='font-size:12.5px;color:{C['mut']}'>{side}</span>"
        notes.append(
            note(
                0,
                where[i],
                f"<b>{short}</b>{second}",
                xref="paper",
                xshift=left,
                align="left",
                font={"color": C["ink"], "size": size},
            )
        )
        third = MARKS[verdict]
        right = f"<b>{mean:.2f}</b>  <span style='color:{C['mut']}'>{low:.2f}–{high:.2f}</span><br><span style='font-size:13px;color:{C['ink2']}'>{third}</span>"
        if deck:
            right = f"<b>{mean:.2f}</b>  {third}"
        notes.append(
            note(1, where[i], right, xref="paper", xshift=24, align="left", font={"color": C["ink"], "size": size - 1})
        )
    margins = {"wide": (196, 184), "narrow": (12, 14), "deck": (290, 290)}[form]
    return {
        "data": data,
        "layout": {
            "height": {"wide": 610, "narrow": 660, "deck": 540}[form],
            "margin": {"l": margins[0], "r": margins[1], "t": 62 if deck else 50, "b": 58},
            "font": {"family": "Arial, sans-serif", "size": size, "color": C["ink2"]},
            "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False, "barmode": "overlay",
            "xaxis": {"range": [1, 5.1], "tickvals": [1, 2, 3, 4, 5], "gridcolor": C["hair"], "zeroline": False,
                      "tickfont": {"size": size - 2, "color": C["mut"]}},
            "yaxis": {"visible": False, "range": [-8.1, 0.6]},
            "shapes": [
                {"type": "rect", "x0": 4, "x1": 5.1, "y0": 0, "y1": 1, "yref": "paper", "fillcolor": C["zone"], "line": {"width": 0}, "layer": "below"},
                {"type": "line", "x0": 4, "x1": 4, "y0": 0, "y1": 1.02, "yref": "paper", "line": {"color": C["ink"], "width": 2}},
            ],
            "annotations": notes,
            "hoverlabel": {"bgcolor": C["paper"], "bordercolor": C["rule"], "font": {"color": C["ink"], "size": 14}},
        },
    }  # fmt: skip


def dumbbell(form: str) -> dict[str, Any]:
    """A client against its peers: dot, tick, line between, best quarter."""
    rows = [("Dialog", 4.5, 3.05, 4.5), ("Peer-to-peer interaction", 3.0, 2.0, 3.0), ("Advocacy", 2.5, 2.26, 3.7),
            ("Authenticity", 2.5, 2.88, 4.3)]  # fmt: skip
    size = 21 if form == "deck" else 15
    y = [-i for i in range(len(rows))]
    x: list[float | None] = []
    lines: list[float | None] = []
    for i, (_, own, peers, _) in enumerate(rows):
        x += [own, peers, None]
        lines += [-i, -i, None]
    left = {"wide": 196, "narrow": 12, "deck": 290}[form]
    return {
        "data": [
            {"type": "scatter", "mode": "lines", "x": x, "y": lines, "line": {"color": C["ink"], "width": 3}, "meta": {"role": "between"}},
            {"type": "scatter", "mode": "markers", "x": [r[2] for r in rows], "y": y,
             "marker": {"symbol": "line-ns", "size": 18, "line": {"color": C["quiet"], "width": 3}}, "meta": {"role": "peers"}},
            {"type": "scatter", "mode": "markers", "x": [r[3] for r in rows], "y": y,
             "marker": {"symbol": "diamond-open", "size": 15, "color": C["ink2"]}, "meta": {"role": "best"}},
            {"type": "scatter", "mode": "markers", "x": [r[1] for r in rows], "y": y,
             "marker": {"size": 13, "color": C["client"], "line": {"color": C["paper"], "width": 1.5}}, "meta": {"role": "client"}},
        ],
        "layout": {
            "height": 300, "margin": {"l": left, "r": 184 if form != "narrow" else 14, "t": 50, "b": 58},
            "font": {"family": "Arial, sans-serif", "size": size, "color": C["ink2"]}, "showlegend": False,
            "xaxis": {"range": [1, 5.1], "tickvals": [1, 2, 3, 4, 5], "gridcolor": C["hair"], "zeroline": False,
                      "tickfont": {"color": C["mut"]}},
            "yaxis": {"visible": False, "range": [-3.6, 0.6]},
            "annotations": [note(0, -i + (0.32 if form == "narrow" else 0), f"<b>{r[0]}</b>", xref="paper", xshift=-left,
                                 font={"color": C["ink"], "size": size}) for i, r in enumerate(rows)],
        },
    }  # fmt: skip


def figure(make: Any, identity: str, **said: Any) -> dict[str, Any]:
    """A chart in its three forms, with its words."""
    wide = make("wide")
    meta = {
        "id": identity,
        "message": "Brand 19 meets the target on three criteria and misses it on five",
        "subtitle": "Score from 1 to 5. Coloured: Brand 19. Grey line below: all 30 brands.",
        "caption": "Brand 19 is 2.0 points short on community expectations and 1.5 on three more.",
        "alt": "Brand 19 meets the target on three criteria. Up to date 5.0, 1.0 above 4 (all 30 brands 5.00).",
        "how_to_read": "Each row is one criterion. A filled bar runs from the target to a score above it. An open box "
        "runs from a lower score up to the target: its length is the missed opportunity.",
        "basis": "reconstructed",
        "columns": [
            {"key": "name", "label": "Criterion", "unit": "", "kind": "text"},
            {"key": "score", "label": "Brand 19", "unit": "points", "kind": "number"},
            {"key": "mean", "label": "30 brands, mean", "unit": "", "kind": "number"},
            {"key": "verdict", "label": "Against target", "unit": "", "kind": "text"},
        ],
        "rows": [{"name": r[0], "score": r[2], "mean": r[3], "verdict": r[6]} for r in ROWS],
        "forms": {"narrow": make("narrow"), "deck": make("deck")},
    } | said
    wide["layout"]["meta"] = meta
    return wide


def shown(kind: str, data: dict[str, Any], **fields: Any) -> Any:
    """A display_data output as the report object makes it."""
    return v4.new_output("display_data", data=data, metadata={"scorecard": {"kind": kind, **fields}})


def html(kind: str, text: str) -> Any:
    return shown(kind, {"text/html": text})


def title(text: str, level: int = 2) -> Any:
    kind = "headline" if level == 1 else "title"
    return shown(kind, {"text/markdown": f"{'#' * level} {text}"}, text=text)


def code(*outputs: Any, tags: tuple[str, ...] = (), slide: str | None = None) -> Any:
    metadata: dict[str, Any] = {"tags": list(tags)}
    if slide is not None:
        metadata["slideshow"] = {"slide_type": slide}
    return v4.new_code_cell("SECRET_CODE = report.show()", outputs=list(outputs), metadata=metadata, execution_count=1)


def markdown(text: str, tags: tuple[str, ...] = (), slide: str | None = None) -> Any:
    metadata: dict[str, Any] = {"tags": list(tags)}
    if slide is not None:
        metadata["slideshow"] = {"slide_type": slide}
    return v4.new_markdown_cell(text, metadata=metadata)


def masthead(**changed: Any) -> Any:
    fields = {
        "title": "Brand 19: scorecard report, wave 2010",
        "subject": "Brand 19",
        "description": "How Brand 19 scores on eight success criteria, what it misses and what to do first.",
        "kicker": ["Scorecard report", "Consumer goods", "Wave 2010, 2 August 2010"],
        "confidentiality": "Prepared for Brand 19 only. Please do not pass on.",
        "language": "en",
        "notice": NOTICE,
        "notice_tag": "brand scores reconstructed",
        "foot": "Brand 19, scorecard report, wave 2010",
        "contact": "",
        "colours": {"primary": ""},
        "logo": "",
    } | changed
    return shown("masthead", {"text/html": "<p>Brand 19</p>"}, **fields)


def bar(score: float) -> str:
    filled = 100 * (score - 1) / 4
    if score >= 4:
        return f'<span class="sb" aria-hidden="true" style="--t:75.0%"><i class="hit" style="width:{filled:.1f}%"></i></span>'
    return (
        f'<span class="sb" aria-hidden="true" style="--t:75.0%"><i style="width:{filled:.1f}%"></i>'
        f'<i class="miss" style="left:{filled:.1f}%;width:{75 - filled:.1f}%"></i></span>'
    )


def listed(kind: str, rows: list[tuple[str, str, str]]) -> str:
    items = "".join(
        f'<li><span class="n">{n}</span><span><b>{name}</b><small>{small}</small></span></li>'
        for n, name, small in rows
    )
    return f'<ul class="lst {kind}">{items}</ul>'


STRENGTHS = [("5.0", "Up to date", "The maximum; all 30 brands reach it"), ("4.5", "Dialog", "Only 2 of 29 peers score higher"),
             ("4.0", "Cohesive branding", "Exactly on the target, nothing to spare")]  # fmt: skip
MISSES = [("2.0", "Community expectations", "2.0 points short, the widest gap"),
          ("2.5", "Authenticity", "1.5 points short; 16 of 29 peers higher"),
          ("2.5", "Advocacy", "1.5 points short, level with authenticity")]  # fmt: skip
STRIP = (
    '<svg class="strip" viewBox="0 0 300 76" role="img" aria-label="Overall score 3.25 on the scale from 1 to 5">'
    '<line class="track" x1="6" y1="40" x2="294" y2="40"/><rect class="band" x="125" y="34" width="42" height="12"/>'
    '<line class="range" x1="124.8" y1="40" x2="219.8" y2="40"/><line class="target" x1="222" y1="28" x2="222" y2="52"/>'
    '<text x="222" y="24" text-anchor="middle">target 4</text><circle class="me" cx="168" cy="40" r="6.5"/>'
    '<text class="ink b" x="168" y="24" text-anchor="middle">3.25</text>'
    '<text class="ax" x="6" y="70" text-anchor="middle">1</text><text class="ax" x="294" y="70" text-anchor="middle">5</text>'
    "</svg>"
)
SUMMARY = (
    '<div class="sum"><div class="kpi"><h3>Overall score</h3>'
    '<p class="big"><data value="3.25" data-ref="overall.score">3.25</data><span>of 5</span></p>'
    '<p class="rg">2.65 to 3.97, depending on how the eight criteria are weighted</p>' + STRIP + "<dl><dt>Stage</dt>"
    "<dd>Adolescence<small>from 3 up; cut-off inferred</small></dd><dt>Rank</dt><dd>8th of 30, tied with one"
    "<small>3rd to 16th under other weights</small></dd></dl></div>"
    '<div><h3 class="hs">▸ Strengths: on target, 4 or above</h3>' + listed("s", STRENGTHS) + "</div>"
    '<div><h3 class="hm">◂ Missed opportunities: below 4</h3>' + listed("m", MISSES) + "</div>"
    '<div class="first"><h3>Do this first</h3><p><b>Write down what the page is for and how soon you answer, and pin it '
    'where every visitor sees it.</b></p><p class="small">It closes the widest gap and needs no new tool.</p></div></div>'
)
TABLE = (
    '<div class="scroll" tabindex="0" role="group" aria-labelledby="scorecard-table-caption"><table id="scorecard-table">'
    '<caption id="scorecard-table-caption">Three criteria are on target; five fall short by 1.0 to 2.0 points<small>Scale 1 to '
    "5 in steps of 0.5. The bar ends at the score, the tick marks the target, the open part is what is missing.</small></caption>"
    '<thead><tr><th scope="col">Criterion</th><th scope="col">Score</th><th scope="col" class="num">To target</th>'
    '<th scope="col" class="opt">Stage</th><th scope="col" class="num">30 brands, mean<small>interval</small></th></tr></thead><tbody>'
    + "".join(
        f'<tr{" class=brk" if i == 3 else ""}><th scope="row">{short}<small>{side}</small></th><td>{bar(score)}<b>{score:.1f}</b></td>'
        f'<td class="num"><span class="{"hit" if score >= 4 else "miss"}">{score - 4:+.1f}</span></td><td class="opt">Adolescence</td>'
        f'<td class="num">{mean:.2f}<small>{low:.2f}–{high:.2f}</small></td></tr>'
        for i, (short, side, score, mean, low, high, _) in enumerate(ROWS)
    )
    + '</tbody></table></div><p class="small mut note">Scores: <span class="prov r">reconstructed</span></p>'
)
GATE = (
    '<div class="gate"><ol aria-label="Seven conditions">'
    + "".join(
        f'<li class="{"ok" if s >= 4 else "no"}"><span class="k" aria-hidden="true">{"✓" if s >= 4 else ""}</span><span>{short}</span>'
        f'{bar(s)}<span class="w">{f"open, {s:.1f}" if s >= 4 else f"{4 - s:.1f} short"}</span></li>'
        for short, _, s, *_ in ROWS
        if short != "Call to action"
    )
    + '</ol><div class="arm" aria-hidden="true"></div><div class="cta"><b>Call to action</b>scores 2.5 today'
    '<span class="st">Gate closed: 3 of 7 conditions met</span></div></div>'
)
STEPS = (
    '<ol class="steps"><li><b class="do">Say what the page is for and how soon you answer</b><span class="why">Community '
    'expectations, 2.0 short. Start from one business objective.</span></li><li><b class="do">Answer as named people</b>'
    '<span class="why">Authenticity, 1.5 short. Let the team sign its replies and appear on the page.</span></li></ol>'
    '<p class="small mut note">The order follows the size of the gap. It is advice, not a test result.</p>'
)
SAY = (
    '<ul class="say"><li><span class="tag">Firm, always</span> The eight criteria do not score alike, and keeping up to date beats '
    'six of the other seven by 1.9 to 3.0 points.</li><li><span class="tag">Firm here</span> In this reconstruction branding, too, '
    'stands apart from the six criteria below it.</li><li><span class="tag q">≈ Unresolved</span> Which of expectations, '
    "peer-to-peer, advocacy and call to action is lowest. Thirty brands cannot put them in order.</li>"
    '<li><span class="tag q">Cannot be tested</span> Whether another rater would have given Brand 19 the same scores.</li></ul>'
)
LEDGER = (
    '<details class="fold"><summary>Test ledger: all 51 tests, with what could not be tested</summary><div class="scroll" tabindex="0" '
    'role="group" aria-label="Test ledger"><table class="ledger"><caption>All 51 tests</caption><thead><tr><th scope="col">Comparison</th>'
    '<th scope="col">Test</th><th scope="col">Family</th><th scope="col" class="num">Effect</th><th scope="col" class="num">p</th>'
    '<th scope="col" class="num">p adjusted</th><th scope="col">Conclusion</th></tr></thead><tbody>'
    + "".join(
        f'<tr><th scope="row">Expectations − Branding {i}<small>pairs of criteria</small></th><td>signed-rank, exact</td><td>28, Holm</td>'
        '<td class="num">−1.82</td><td class="num">&lt; 0.001</td><td class="num">0.011</td><td>firm in this reconstruction</td></tr>'
        for i in range(51)
    )
    + "</tbody></table></div></details>"
)
GLOSSARY = (
    '<details class="fold"><summary>Words used in this report</summary><dl class="glossary"><dt>Firm</dt><dd>Two kinds of test agree '
    "after correction.</dd><dt>Unresolved</dt><dd>The data fit either answer.</dd></dl></details>"
)
ANSWER = (
    '<div class="g3"><div><p class="big">3.25</p><p>2.65 to 3.97 under other weights of the criteria</p><dl><dt>Stage</dt><dd>Adolescence'
    "<small>from 3 up; cut-off inferred</small></dd><dt>Rank</dt><dd>8th of 30, tied<small>3rd to 16th under other weights</small></dd></dl></div>"
    '<div class="s"><h3>▸ Strengths, 4 or above</h3><ul>'
    + "".join(f"<li><b>{n}</b><span>{name}<small>{small}</small></span></li>" for n, name, small in STRENGTHS)
    + '</ul></div><div class="m"><h3>◂ Missed opportunities, below 4</h3><ul>'
    + "".join(f"<li><b>{n}</b><span>{name}<small>{small}</small></span></li>" for n, name, small in MISSES)
    + '</ul></div></div><p class="do"><b>First:</b> write down what the page is for and how soon you answer, and pin it.</p>'
)
PLAN = [("State the purpose and answer times", "Community expectations", "2.0 short"), ("Answer as named people", "Authenticity", "1.5 short"),
        ("Prompt sharing, then run a programme", "Advocacy", "1.5 short"),
        ("Give members a place to talk together", "Peer-to-peer interaction", "1.0 short")]  # fmt: skip
GATE_SLIDE = (
    '<div class="gt"><ol class="k" aria-label="Seven conditions">'
    + "".join(
        f'<li class="n"><i class="num">{i}</i><span class="a"><b>{a}</b></span><span class="c">{c}</span><span class="w">{w}</span></li>'
        for i, (a, c, w) in enumerate(PLAN, 1)
    )
    + "".join(
        f'<li class="y"><i class="d" aria-hidden="true">✓</i><span class="a">Keep: {name}</span><span class="c"></span><span class="w">open, {n}</span></li>'
        for n, name, _ in STRENGTHS
    )
    + '</ol><div class="arm" aria-hidden="true"></div><div class="cta"><b>Call to action</b><span class="n">2.5</span>Gate closed: 3 of 7 conditions met</div></div>'
)
NUMERALS = (
    '<div class="mm"><div><h3>Firm</h3><p class="n">18</p><p class="of">of 28 pairs of criteria</p><p>Six hold whatever the single scores were: '
    'up to date beats all but branding. Twelve hold in this reconstruction.</p></div><div class="q"><h3>≈ Unresolved</h3><p class="n">10</p>'
    '<p class="of">of 28, all among the six low ones</p><p>Which one is lowest: 30 brands cannot say.</p></div><div class="q"><h3>Cannot be '
    'tested</h3><p class="n">1</p><p class="of">of 8 criteria against peers</p><p>All brands score 5 on up to date.</p></div></div>'
    '<p class="src">Method: 30 brands, 8 criteria, half-point scores from 1 to 5; means published in 2010, single scores rebuilt to match. Exact '
    "signed-rank tests and tests of means, Holm-corrected over 28 pairs; firm where both agree at 5%.</p>"
)
ONE = (
    '<div class="one"><p class="big verm">2.0</p><p class="of">of 4 needed for community expectations</p><div class="words"><p>Members who do not know '
    "what a page is for do not know what to ask of it.</p><p>State the purpose, the rules and how soon you answer, and pin it.</p></div></div>"
)
QUARTER = (
    '<div class="mm quarter">'
    + "".join(
        f'<div><h3>Days {span}</h3><p class="act">{action}</p><p>Start from one business objective and say how soon you answer; keep to it for a month.</p>'
        '<p class="of">Done when a rater gives 4: does the page say what it is for?</p></div>'
        for span, (action, *_) in zip(("1 to 30", "31 to 60", "61 to 90"), PLAN, strict=False)
    )
    + "</div>"
)


def notebook(**head: Any) -> nbformat.NotebookNode:
    """The whole sample; `head` changes fields of the masthead."""
    made = copy.deepcopy(_notebook())
    if head:
        outputs = next(
            cell.outputs
            for cell in made.cells
            if cell.get("outputs") and "scorecard" in cell.outputs[0].get("metadata", {})
        )
        outputs[0] = masthead(**head)
    return made


@cache
def _notebook() -> nbformat.NotebookNode:
    first, second = figure(signature, "signature"), figure(dumbbell, "peers", message="Dialog is as good as the best")
    charts = {"first": {PLOTLY: first, "text/plain": "Figure"}, "second": {PLOTLY: second, "text/plain": "Figure"}}
    cells = [
        markdown("# Client report\n\nRun all, from top to bottom.", tags=("remove-cell",)),
        code(tags=("parameters",)),
        code(v4.new_output("stream", name="stdout", text="injected"), tags=("injected-parameters",)),
        code(masthead(), title("Brand 19 keeps its page fresh and answers people. It hardly tells them what to expect.", 1), slide="slide"),
        code(html("summary", SUMMARY), tags=("report-only",)),
        code(title("Three strengths, five gaps: the page scores 3.25 of 5"), html("slide", ANSWER), tags=("slides-only",), slide="slide"),
        markdown("## The scorecard", tags=("section-scorecard",)),
        code(title("Three criteria carry the score of 3.25"), html("prose", "<p>Keeping up to date, dialog and branding average <data value='4.5' "
             "data-ref='x'>4.5</data>. The other five average 2.5. The split follows a line that runs through all 30 brands: marketing that talks "
             "<em>to</em> people scores high.</p>"), html("table", TABLE)),
        markdown("## Strengths and missed opportunities\n\nRead the chart from the **heavy line**. To its right is what Brand 19 has gained; the open "
                 "boxes to its left are what it has left on the table.", tags=("section-gap",)),
        code(title("The widest gap is in telling members what to expect"), slide="slide"),
        code(shown("figure", charts["first"]), slide="-"),
        code(title("What the widest gap means"), html("slide", ONE), tags=("slides-only",), slide="slide"),
        markdown("## Against your peers", tags=("section-peers",)),
        code(title("Above its peers in dialog and peer-to-peer, though neither lead is firm"), shown("figure", charts["second"]), slide="slide"),
        markdown("## More than noise"),
        code(title("High and low are apart. The order among the low is not settled."), html("say", SAY)),
        code(title("High and low are apart. The order among the low is not settled."), html("slide", NUMERALS), tags=("slides-only",), slide="slide"),
        markdown("## What to do first", tags=("section-first",)),
        code(title("Hold the call to action: four of seven conditions are still closed"), html("gate", GATE), html("steps", STEPS)),
        code(title("Hold the call to action until four more conditions open"), html("slide", GATE_SLIDE), tags=("slides-only",), slide="slide"),
        code(title("The next 90 days: one action a month"), html("slide", QUARTER), tags=("slides-only",), slide="slide"),
        markdown("## Method and provenance", tags=("section-method",)),
        code(title("What is published, what is rebuilt, what is computed"), html("fold", LEDGER), html("fold", GLOSSARY)),
        markdown("Speaker notes: SECRET_NOTE", tags=("notes",), slide="-"),
        code(shown("results", {RESULTS: {"secret": "SECRET_RESULT"}, "text/plain": "results"})),
    ]  # fmt: skip
    made = v4.new_notebook(cells=cells)
    for index, cell in enumerate(made.cells):
        cell["id"] = f"cell-{index}"
    return made
