"""Frames that charts are drawn from in tests, one example of every chart, and ways to read a figure."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import Any

import pandas as pd

from kernels_lib.analysis import charts
from kernels_lib.study.numerals import Numerals

EN = Numerals("en", 1, 2)
IDS = (
    "up_to_date",
    "dialog",
    "cohesive_branding",
    "peer_to_peer",
    "authenticity",
    "call_to_action",
    "advocacy",
    "rules",
)
NAMES = (
    "Up to date",
    "Dialog",
    "Cohesive branding",
    "Peer-to-peer interaction",
    "Authenticity",
    "Call to action",
    "Advocacy",
    "Community expectations",
)
SCORES = (5.0, 4.5, 4.0, 3.0, 2.5, 2.5, 2.5, 2.0)
MEANS = (5.0, 3.1, 3.9, 2.03, 2.87, 2.45, 2.27, 2.08)
LOWS = (4.54, 2.73, 3.57, 1.80, 2.52, 2.17, 2.00, 1.82)
HIGHS = (5.0, 3.45, 4.20, 2.27, 3.22, 2.75, 2.58, 2.33)
WORDS = {"numerals": EN, "basis": "reconstructed", "message": "A message, as a sentence"}
SCALE = {"floor": 1, "top": 5}
META = {"id", "message", "subtitle", "caption", "alt", "how_to_read", "basis", "columns", "rows", "forms"}


def study_card() -> pd.DataFrame:
    card = pd.DataFrame(
        {"name": NAMES, "short": NAMES, "side": "social marketing", "n": 30, "mean": MEANS, "target": 4.0},
        index=pd.Index(IDS, name="criterion"),
    )
    card["ci_low"], card["ci_high"] = LOWS, HIGHS
    card["verdict"] = ["strength", "missed opportunity", "unresolved", *["missed opportunity"] * 5]
    card["stage"], card["stage_status"] = "Immature", "published"
    return card


def brand_card() -> pd.DataFrame:
    group = study_card()
    card = group[["name", "short", "side", "target"]].copy()
    card["score"] = SCORES
    card["verdict"] = ["strength" if score >= 4 else "missed opportunity" for score in SCORES]
    card["peers_mean"] = (5.0, 3.05, 3.9, 2.0, 2.88, 2.45, 2.26, 2.09)
    card["peers_q1"] = (5.0, 2.5, 3.1, 1.5, 2.1, 2.0, 1.5, 1.5)
    card["peers_q3"] = (5.0, 3.5, 4.9, 2.5, 3.5, 2.9, 2.5, 2.5)
    card["best_quarter"] = (5.0, 4.5, 5.0, 3.0, 4.3, 3.8, 3.7, 3.0)
    card["base"] = 29
    card["below"] = [0.0, 27, 13, 24, 8, 10, 15, 11]
    card["tied"] = [29.0, 0, 5, 5, 5, 11, 8, 3]
    card["difference"] = card["score"] - card["peers_mean"]
    card["firm"] = False
    card["group_mean"], card["group_low"], card["group_high"] = MEANS, LOWS, HIGHS
    card["group_verdict"] = group["verdict"]
    return card


def score_table(units: int = 12, criteria: int = 8) -> pd.DataFrame:
    rows = [[1 + (i * 3 + j * 5) % 9 / 2 for j in range(criteria)] for i in range(units)]
    ids = list(IDS) if criteria == 8 else [f"c{j}" for j in range(criteria)]
    table = pd.DataFrame(rows, index=[f"Brand {i + 1:02d}" for i in range(units)], columns=ids)
    table.iloc[1, 2] = math.nan
    return table


def league(scores: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"overall": scores.mean(axis=1)})
    table["rank"] = table["overall"].rank(ascending=False, method="min")
    table["low"], table["high"] = table["overall"] - 0.4, table["overall"] + 0.3
    return table


def industry_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Retail", "Consumer goods", "Technology"],
            "n": [5, 5, 3],
            "mean": [3.46, 3.16, math.nan],
            "ci_low": [3.16, 2.88, math.nan],
            "ci_high": [3.76, 3.45, math.nan],
            "own": [False, True, False],
            "withheld": [False, False, True],
        },
        index=["retail", "goods", "technology"],
    )


def pair_table(holds: dict[tuple[int, int], str] | None = None) -> pd.DataFrame:
    order = sorted(range(8), key=lambda i: -MEANS[i])
    looks = ("every", "firm", "some", "unresolved", "none")
    return pd.DataFrame(
        [
            {
                "first": IDS[order[a]],
                "second": IDS[order[b]],
                "first_name": NAMES[order[a]],
                "second_name": NAMES[order[b]],
                "difference": MEANS[order[a]] - MEANS[order[b]],
                "holds": (holds or {}).get((a, b), looks[(a + b) % 5]),
                "p_adjusted": 0.2,
            }
            for a in range(8)
            for b in range(a + 1, 8)
        ]
    )


def choices() -> pd.DataFrame:
    tests, corrections = ("ranks", "means", "signs"), ("Bonferroni", "Holm", "none")
    return pd.DataFrame(
        [
            {"name": f"{name} above target", "test": test, "correction": how, "passes": (i + j + k) % 3 > 0}
            for i, name in enumerate(NAMES)
            for j, test in enumerate(tests)
            for k, how in enumerate(corrections)
        ]
    )


def answer_table() -> pd.DataFrame:
    """Own yes/no answers among published shares, two of them with a pool."""
    table = pd.DataFrame(
        {
            "short": ["Effective use", "Measuring the effect", "Integration"],
            "answer": ["no", "yes", "yes"],
            "share": [0.12, 0.69, 0.07],
            "low": [0.107, 0.67, math.nan],
            "high": [0.135, 0.71, math.nan],
            "pool": [0.225, 0.725, math.nan],
        },
        index=["effective_use", "measurement", "integrated"],
    )
    # The first client says no as 88% do, then yes as 69% and 7% do.
    table["same"] = [0.88, 0.69, 0.07]
    return table


def objective_table() -> pd.DataFrame:
    """An objective in each state."""
    return pd.DataFrame(
        {
            "name": ["Leads", "Evangelists", "Churn", "Satisfaction"],
            "measured_text": ["215", "28", "9%", "74%"],
            "target_text": ["300", "100", "10%", "85%"],
            "way": [0.5278, 0.2, 1.25, 0.2143],
            "milestone_way": [0.4444, 0.3333, 0.5, 0.5],
            "state": ["milestone reached", "behind", "target reached", "milestone not due yet"],
        },
        index=["lead_generation", "evangelists", "churn", "satisfaction"],
    )


def of_client(**changes):
    options = {"subject": "Brand 19", "client": brand_card(), "unsettled": ("call_to_action", "advocacy", "rules")}
    return charts.strengths(study_card(), **{**options, **SCALE, **WORDS, **changes})


def against_peers(card: pd.DataFrame | None = None, **changes):
    card = brand_card() if card is None else card
    return charts.peers(card, **{"subject": "Brand 19", **SCALE, **WORDS, **changes})


def heat(scores: pd.DataFrame, **changes):
    options = {"names": dict(zip(IDS, NAMES, strict=True)), "targets": 4}
    return charts.heatmap(scores, league(scores), **{**options, **WORDS, **changes})


# Names that have broken layouts: sixty letters, and a script without spaces.
LONG = "Norddeutsche Gesellschaft für Konsum- und Markenforschung AG"
JAPANESE = "株式会社日本コミュニケーションズ・ホールディングス"
LONG_CRITERION = "Weiterempfehlungsbereitschaft der Mitglieder"


def renamed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table.rename(index={"Brand 03": name})


def examples(
    name: str = "Brand 03",
    *,
    units: int = 12,
    language: str = "en",
    criterion: str = "Authenticity",
    unit: tuple[str, str] = ("brand", "brands"),
) -> dict[str, Any]:
    """How to draw every chart for a client of that name."""
    words = {**WORDS, "numerals": Numerals(language, 1, 2)}
    many = {**words, "unit_many": unit[1]}
    both = {**many, "unit_one": unit[0]}
    names = tuple(criterion if label == "Authenticity" else label for label in NAMES)
    group, own = study_card().assign(name=names), brand_card().assign(name=names)
    scores = renamed(score_table(units), name)
    places = industry_table()
    places.loc["goods", "name"] = name if name != "Brand 03" else "Consumer goods"
    pair = pair_table().replace({"first_name": {"Authenticity": criterion}, "second_name": {"Authenticity": criterion}})
    how = choices()
    how["name"] = [label.replace("Authenticity", criterion) for label in how["name"]]
    own.loc["dialog", "firm"] = own.loc["advocacy", "firm"] = name != "Brand 03"
    answers, aims = answer_table(), objective_table()
    answers.loc["measurement", "short"] = aims.loc["evangelists", "name"] = criterion
    stages = [(1, "Stage 1"), (2, "Immature"), (3, "Adolescence")]
    heads = {"names": dict(zip(IDS, names, strict=True)), "targets": 4}
    low = ("call_to_action", "advocacy", "rules")
    return {
        "strengths": lambda: charts.strengths(group, subject=name, client=own, unsettled=low, **SCALE, **many),
        "scorecard": lambda: charts.scorecard(group, stages=stages, **SCALE, **many),
        "peers": lambda: charts.peers(own, subject=name, **SCALE, **many),
        "heatmap": lambda: charts.heatmap(scores, league(scores), highlight=name, **heads, **both),
        "ranking": lambda: charts.ranking(league(scores), highlight=name, target=4, **SCALE, **both),
        "industries": lambda: charts.industries(places, mean_all=2.96, **SCALE, **many),
        "pairs": lambda: charts.pairs(pair, **words),
        "multiverse": lambda: charts.multiverse(how, chosen=(("ranks", "means"), "Holm"), **words),
        "standing": lambda: charts.standing(answers, subject=name, pool="our clients", **words),
        "progress": lambda: charts.progress(aims, **words),
    }


EXAMPLES = examples()


def forms_of(figure) -> dict[str, dict]:
    return _forms(figure.to_json())


def _forms(text: str) -> dict[str, dict]:
    drawn = json.loads(text)
    return {"wide": drawn, **drawn["layout"]["meta"]["forms"]}


@cache
def _example(name: str) -> str:
    return EXAMPLES[name]().to_json()


def forms_of_example(name: str) -> dict[str, dict]:
    """The forms of a chart of `EXAMPLES`, drawn once; the caller's own to change."""
    return _forms(_example(name))


def traces(figure, role: str, form: str = "wide") -> list[dict]:
    return [trace for trace in forms_of(figure)[form]["data"] if trace["meta"]["role"] == role]


def trace(figure, role: str, form: str = "wide") -> dict:
    (found,) = traces(figure, role, form)
    return found


def texts(figure, form: str = "wide") -> list[str]:
    """Annotations as a reader sees them: without tags."""
    notes = forms_of(figure)[form]["layout"]["annotations"]
    return [re.sub(r"<[^>]+>", " ", note["text"]).replace("&amp;", "&").strip() for note in notes]


def strings(node) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []
