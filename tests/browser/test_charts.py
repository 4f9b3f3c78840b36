"""Charts alone in a real browser: words as they are drawn, in every form, with hard names, in both languages."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kernels_lib.analysis.charts import CHARTS
from kernels_lib.production.publish import assets
from tests.analysis.test_chart_layout import CASES, LEAST, drawn

pytestmark = pytest.mark.browser

# Widths that pages and slides have; 288 is a window of 320.
WIDTHS = {"wide": (824,), "narrow": (288, 358, 480), "deck": (1152,)}

_WORDS = """([data, layout]) => {
  const target = document.getElementById("chart");
  Plotly.purge(target);
  return Plotly.newPlot(target, data, layout, { displayModeBar: false }).then(() => {
    const frame = target.querySelector(".main-svg").getBoundingClientRect();
    const size = (element) => parseFloat(getComputedStyle(element).fontSize);
    return Array.from(target.querySelectorAll("svg text")).filter((text) => text.textContent.trim()).map((text) => {
      const box = text.getBoundingClientRect();
      const parts = [text, ...text.querySelectorAll("tspan")];
      return {
        text: text.textContent, size: Math.min(...parts.map(size)),
        left: box.left - frame.left, right: box.right - frame.left,
        top: box.top - frame.top, bottom: box.bottom - frame.top,
        width: frame.width, height: frame.height,
      };
    });
  });
}"""


@pytest.fixture
def words_of(open_page):
    """``words_of(form, width)``: every word of a drawing with its box."""
    page = open_page(1300, 1000)
    page.set_content('<div id="chart"></div>')
    page.add_script_tag(path=str(assets.ASSETS / assets.PLOTLY))

    def words(form: dict[str, Any], width: int) -> list[dict[str, Any]]:
        layout = {key: value for key, value in form["layout"].items() if key not in ("meta", "template")}
        return page.evaluate(_WORDS, [form["data"], {**layout, "width": width, "autosize": False}])

    return words


HARD = [("thirty, sixty letters", "de")]
OTHERS = [(case, language) for case in CASES for language in ("en", "de") if (case, language) not in HARD]


@pytest.mark.parametrize(
    ("case", "language"), [*HARD, *(pytest.param(*other, marks=pytest.mark.slow) for other in OTHERS)]
)
# In make test every tenth chart in the hardest case; all in all cases in make test-all.
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if place % 10 == 0 else pytest.mark.slow) for place, name in enumerate(CHARTS)]
)
def test_words_are_large_enough_inside_whole_and_apart(words_of, name, case, language):
    for form, one in drawn(name, case, language).items():
        for width in WIDTHS[form]:
            found = words_of(one, width)
            where = (form, width)
            assert [word["text"] for word in found if word["size"] < LEAST[form]] == [], where
            assert [word["text"] for word in found if "…" in word["text"]] == [], where
            assert [
                word["text"]
                for word in found
                if word["left"] < -2
                or word["right"] > word["width"] + 2
                or word["top"] < -2
                or word["bottom"] > word["height"] + 2
            ] == [], where
            # A line's box is higher than its letters: boxes may touch by a third of the type.
            assert [
                (a["text"], b["text"])
                for a, b in itertools.combinations(found, 2)
                if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 2
                and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 0.36 * min(a["size"], b["size"])
            ] == [], where
