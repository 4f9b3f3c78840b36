"""The gallery: clients whose data or names are hard to write and to draw for.

``python -m tests.gallery`` builds their pages and decks into build/gallery, to be looked at.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRITERIA = (
    "community_expectations", "cohesive_branding", "up_to_date", "authenticity", "dialog", "peer_to_peer", "advocacy",
    "call_to_action",
)  # fmt: skip
LONG = "The Sixty Character Company of Saint Petersburg and Sons Ltd"
JAPANESE = "日本銀行サービス株式会社"

# Client to its industry and scores, in the order of CRITERIA; a dash was not scored.
CLIENTS: dict[str, tuple[str, str]] = {
    "One Weak Spot": ("retail", "4.5 5 5 4.5 4 4.5 2 4"),
    "Nothing Missing": ("retail", "5 5 5 4.5 5 4.5 4.5 4"),
    "Last of All": ("retail", "1 1 1 1 1 1 1 1"),
    "Twin East": ("retail", "2.5 4 4.5 3 3 2 2 2.5"),
    "Twin West": ("services", "2.5 4 4.5 3 3 2 2 2.5"),
    "Gaps in the Data": ("services", "3 4.5 - 2.5 3.5 - 2 3"),
    "One of Two": ("couple", "2 4 5 3.5 4 1.5 2 2.5"),
    "Two of Two": ("couple", "3 4 4.5 2.5 3 2.5 2 2"),
    LONG: ("services", "2 3.5 4.5 2.5 3.5 1.5 2 3"),
    JAPANESE: ("services", "1.5 4 5 3 2.5 2 2.5 2"),
}
OTHERS = [
    "2 4 5 3 3.5 2 2.5 2", "1.5 3.5 4.5 2.5 3 1.5 2 2.5", "2.5 4.5 5 3 2.5 2.5 2 3", "3 3.5 4.5 3.5 4 2 1.5 2.5",
    "1 3 4 2 2.5 1 1.5 2", "2 4.5 5 3.5 3 2 3 2.5",
]  # fmt: skip


def write(root: Path) -> None:
    """Add the study ``gallery`` to a copy of the project."""
    folder = root / "datasets/gallery"
    folder.mkdir()
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["brand", "industry", *CRITERIA])
        for name, (industry, scores) in CLIENTS.items():
            writer.writerow([name, industry, *scores.replace("-", "").split(" ")])
        for number, scores in enumerate(OTHERS, 1):
            writer.writerow([f"Other {number}", "retail" if number % 2 else "services", *scores.split()])
    package = {
        "name": "gallery",
        "title": "Hard cases",
        "sources": [{"title": "Made up for tests"}],
        "licenses": [{"name": "CC0-1.0"}],
        "scorecard": {"waves": {"2011": "2011-03-01"}, "title": {"en": "Hard cases", "de": "Schwierige Fälle"}},
        "resources": [
            {
                "name": "scores",
                "path": "scores.csv",
                "scorecard": {
                    "role": "scores",
                    "basis": "measured",
                    "unit_column": "brand",
                    "group_column": "industry",
                },
            }
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    params = root / "params/studies/gallery"
    params.mkdir(parents=True)
    (params / "study.yaml").write_text(
        "title: {en: Hard cases, de: Schwierige Fälle}\n"
        "dataset: gallery\ninstrument: facebook_page\nseed: 1\nbootstrap_draws: 200\nweight_draws: 200\n",
        encoding="utf-8",
    )


def main() -> None:
    """Build every client of the gallery."""
    from kernels_lib.production import build

    target = ROOT / "build/gallery"
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("params", "datasets", "reports", "tests/reference_cases"):
        shutil.copytree(ROOT / folder, target / folder)
    write(target)
    overrides = tuple(sys.argv[1:])
    planned = build.plan(build.Request(root=target, study_name="gallery", overrides=overrides))
    for outcome in build.run(planned).outcomes:
        print(outcome.job.kind, outcome.job.slug, "built" if outcome.ok else outcome.error)


if __name__ == "__main__":
    main()
