"""Thirty brands that could have produced the eight published means, drawn from a seed.

The brand-level scores of the 2010 study went to its clients and were never printed.  This script
draws one of the very many tables that agree with everything that was: a worked example for the
industry and client reports, and no evidence about any real brand.  Its rows are `Brand 01` ...
`Brand 30`, and no conclusion of the study report rests on them.

Order of work, repeated until a table passes `fits`:

    deal the industries -> draw the scores -> mend their totals -> mend the silent brands

All arithmetic is in whole half points and all randomness comes from the raw stream of PCG64, which
numpy promises never to change: any platform and any numpy version draws the same file.

    python reconstruct.py           write reconstruction.csv beside this script
    python reconstruct.py --check   write nothing; exit with 1 if the file differs from the draw
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

# Any seed gives a table that fits; this is the one we ship, the year of the study.
SEED = 2010

BRANDS = 30  # published
UNIT = 2  # half points to a point: the coarsest step that gives 2.08 and 2.45 as means of 30 (GRIM)
FLOOR, TOP = 1, 5  # points; neither is published.  Top 5: a mean of 5.00 is printed.  Floor 1: assumed.

# Totals over the 30 brands, in points.  Each published mean allows exactly one total in half points,
# e.g. 62.5 / 30 = 2.083, printed 2.08, while 62 / 30 = 2.067 and 63 / 30 = 2.10.
TOTALS = {
    "community_expectations": 62.5,
    "cohesive_branding": 117.0,
    "up_to_date": 150.0,  # 30 * 5: every brand scored the top, so this criterion is not drawn at all
    "authenticity": 86.0,
    "dialog": 93.0,
    "peer_to_peer": 61.0,
    "advocacy": 68.0,
    "call_to_action": 73.5,
}

# Six industries are published, their names and sizes are not.  Reported second-hand: retail scored
# highest, luxury hotels and regulated industries lowest.  The sizes run from 2 to 7 so that the
# examples also show what a report does with an industry too small to compare within.
INDUSTRIES = {
    "retail": 7,
    "consumer_goods": 6,
    "food_drink": 6,
    "technology": 5,
    "financial_services": 4,  # stands for "regulated industries"
    "luxury_hotels": 2,
}
HIGHEST = "retail"
LOWEST = {"financial_services", "luxury_hotels"}
# Half points that an industry adds to each of its scores: enough to make that order likely, not certain.
SHIFT = {
    "retail": 1,
    "consumer_goods": 0,
    "food_drink": 0,
    "technology": 0,
    "financial_services": -1,
    "luxury_hotels": -1,
}

# "Nearly half", 14 of 30, left the social features for word of mouth unused (published).  Which scores
# that rests on is not printed; read here as: both of these criteria below 3 points.
SILENT = 14
SILENT_ON = ("peer_to_peer", "advocacy")
SILENT_BELOW = 3  # points

# About half reached "maturity" in dialog (second-hand); read here as 3 points or more.
MATURE_IN_DIALOG = range(14, 17)
MATURE_FROM = 3  # points

# Sample SD (n - 1) of each drawn criterion, in points.  Not published: under 0.9 the brands would
# hardly differ, over 1.3 most would sit at the ends.  Random tables with these totals have 0.86 to 1.29.
SD_RANGE = (0.9, 1.3)

# Overall means of the weakest and of the strongest brand, in points: some brands do well, none is
# good at everything, none fails at everything.  Assumed.
WEAKEST = (1.9, 2.3)
STRONGEST = (3.9, 4.3)

# Halo: a brand good at one thing is usually good at others.  Each brand gets one shift for all its
# scores, a single roll from -HALO to HALO half points; each score gets a shift of its own, the sum of
# two rolls from -OWN to OWN, which makes a rough bell.  Assumed.
HALO = 2
OWN = 2
# What the halo must come to: the variance of the brands' sums over the sum of the criteria's variances.
# Without halo it is 1, with a perfect one 7; this range means correlations of about 0.25 to 0.4.
HALO_RANGE = (2.5, 3.4)

ATTEMPTS = 20_000  # some hundreds are usual; far more would mean that the constants contradict each other

CRITERIA = tuple(TOTALS)
DRAWN = tuple(name for name in CRITERIA if TOTALS[name] < BRANDS * TOP)
LOWEST_SCORE, TOP_SCORE = FLOOR * UNIT, TOP * UNIT  # in half points, as is everything below


class Dice:
    """Whole numbers from the raw stream of a seeded PCG64."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, each equally likely."""
        # The last, incomplete block of the 64-bit range would favour small numbers: roll again.
        limit = 2**64 - 2**64 % n
        while (bits := int(self._bits.random_raw())) >= limit:
            pass
        return bits % n

    def roll(self, reach: int) -> int:
        """A number from -reach to reach, each equally likely."""
        return self.below(2 * reach + 1) - reach

    def shuffled(self, items: list[str]) -> list[str]:
        """The items in random order (Fisher and Yates)."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items


def deal_industries(dice: Dice) -> list[str]:
    """One industry for each brand, so that a brand's number says nothing about its industry."""
    return dice.shuffled([industry for industry, size in INDUSTRIES.items() for _ in range(size)])


def draw_scores(dice: Dice, industries: list[str]) -> dict[str, list[int]]:
    """Scores around each criterion's mean, inside the scale; their totals are still off by a little."""
    common = [SHIFT[industry] + dice.roll(HALO) for industry in industries]
    scores = {name: [TOP_SCORE] * BRANDS for name in CRITERIA}
    for name in DRAWN:
        centre = int(TOTALS[name] * UNIT) // BRANDS
        raw = [centre + shift + dice.roll(OWN) + dice.roll(OWN) for shift in common]
        scores[name] = [min(TOP_SCORE, max(LOWEST_SCORE, score)) for score in raw]
    return scores


def mend_totals(dice: Dice, scores: dict[str, list[int]]) -> None:
    """Move single brands by half a point until each criterion has its published total."""
    for name in DRAWN:
        column, total = scores[name], int(TOTALS[name] * UNIT)
        while missing := total - sum(column):
            brand, step = dice.below(BRANDS), 1 if missing > 0 else -1
            if LOWEST_SCORE <= column[brand] + step <= TOP_SCORE:
                column[brand] += step


def mend_silent(dice: Dice, scores: dict[str, list[int]], industries: list[str]) -> None:
    """Swap scores until `SILENT` brands are low on both criteria, or a few hundred tries are used up.

    A swap inside one criterion and one industry changes no total, no SD and no industry's mean.
    """
    for _ in range(300):
        off = abs(silent(scores) - SILENT)
        if off == 0:
            return
        column = scores[SILENT_ON[dice.below(len(SILENT_ON))]]
        one, other = dice.below(BRANDS), dice.below(BRANDS)
        if industries[one] == industries[other]:
            column[one], column[other] = column[other], column[one]
            if abs(silent(scores) - SILENT) > off:
                column[one], column[other] = column[other], column[one]


def silent(scores: dict[str, list[int]]) -> int:
    """How many brands are below `SILENT_BELOW` on every criterion of `SILENT_ON`."""
    pairs = zip(*(scores[name] for name in SILENT_ON), strict=True)
    return sum(all(score < SILENT_BELOW * UNIT for score in pair) for pair in pairs)


def settled(scores: dict[str, list[int]], industries: list[str]) -> bool:
    """Whether a table agrees with everything that `mend_silent` leaves as it is."""
    mature = sum(score >= MATURE_FROM * UNIT for score in scores["dialog"])
    return (
        all(sum(scores[name]) == TOTALS[name] * UNIT for name in CRITERIA)
        and mature in MATURE_IN_DIALOG
        and all(_sd_fits(scores[name]) for name in DRAWN)
        and _industries_in_order(scores, industries)
    )


def fits(scores: dict[str, list[int]], industries: list[str]) -> bool:
    """Whether a table agrees with everything declared at the top of this script."""
    rows = _rows(scores)
    overall = [sum(row) / (len(CRITERIA) * UNIT) for row in rows]
    return (
        settled(scores, industries)
        and silent(scores) == SILENT
        and _halo_fits(scores)
        and WEAKEST[0] <= min(overall) <= WEAKEST[1]
        and STRONGEST[0] <= max(overall) <= STRONGEST[1]
        and len(set(rows)) == BRANDS
    )


def _rows(scores: dict[str, list[int]]) -> list[tuple[int, ...]]:
    return list(zip(*scores.values(), strict=True))


def _spread(column: list[int]) -> int:
    # n (n - 1) times the variance: a whole number, which no platform rounds.
    return BRANDS * sum(score * score for score in column) - sum(column) ** 2


def _sd_fits(column: list[int]) -> bool:
    # Tenths squared are hundredths: whole numbers again.
    low, high = (round(sd * 10) ** 2 * BRANDS * (BRANDS - 1) * UNIT**2 for sd in SD_RANGE)
    return low <= 100 * _spread(column) <= high


def _halo_fits(scores: dict[str, list[int]]) -> bool:
    apart = sum(_spread(scores[name]) for name in DRAWN)
    together = _spread([sum(row) for row in _rows(scores)])
    low, high = (round(ratio * 10) for ratio in HALO_RANGE)
    return low * apart <= 10 * together <= high * apart


def _industries_in_order(scores: dict[str, list[int]], industries: list[str]) -> bool:
    totals = dict.fromkeys(INDUSTRIES, 0)
    for industry, row in zip(industries, _rows(scores), strict=True):
        totals[industry] += sum(row)
    # A common multiple of all sizes turns the comparison of means into one of whole numbers.
    level = {industry: totals[industry] * 420 // size for industry, size in INDUSTRIES.items()}
    middle = [value for industry, value in level.items() if industry != HIGHEST and industry not in LOWEST]
    return level[HIGHEST] > max(middle) and max(level[industry] for industry in LOWEST) < min(middle)


def reconstruct(seed: int = SEED) -> list[dict[str, str]]:
    """One table that fits, a dictionary for each brand.

    Parameters
    ----------
    seed : int
        The same seed gives the same table, everywhere.

    Returns
    -------
    list of dict
        Keys ``brand``, ``industry`` and the eight criterion ids; scores as text with one decimal, in
        points from 1 to 5.

    Raises
    ------
    RuntimeError
        If no table fits, which means that the constants of this script contradict each other.
    """
    dice = Dice(seed)
    for _ in range(ATTEMPTS):
        industries = deal_industries(dice)
        scores = draw_scores(dice, industries)
        mend_totals(dice, scores)
        if not settled(scores, industries):
            continue
        mend_silent(dice, scores, industries)
        if fits(scores, industries):
            return [
                {"brand": f"Brand {number + 1:02d}", "industry": industries[number]}
                | {name: f"{scores[name][number] / UNIT:.1f}" for name in CRITERIA}
                for number in range(BRANDS)
            ]
    raise RuntimeError(f"no table fits after {ATTEMPTS} attempts: do the constants contradict each other?")


def to_csv(rows: list[dict[str, str]]) -> str:
    """The table as the text of a CSV file, with line feeds on every platform."""
    return "".join(",".join(cells) + "\n" for cells in [rows[0].keys(), *(row.values() for row in rows)])


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare it with the draw."""
    parser = argparse.ArgumentParser(description="Draw reconstruction.csv from the published means.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the file differs")
    check = parser.parse_args(arguments).check

    path = Path(__file__).with_name("reconstruction.csv")
    text = to_csv(reconstruct(SEED))
    if check:
        if not path.exists() or path.read_bytes() != text.encode():
            print(f"{path.name} is not what seed {SEED} draws. Run {Path(__file__).name} to write it anew.")
            return 1
        return 0
    path.write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
