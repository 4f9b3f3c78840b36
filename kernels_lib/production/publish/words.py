"""The documents' own words in the reader's language; the findings' words come from the notebook.

Templates name them by short keys.  Each is a message of the catalogues, see
`kernels_lib.study.language`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kernels_lib.study.language import N_, _, speaking

WORDS: dict[str, str] = {
    "skip": N_("Skip to the report"),
    "summary": N_("Summary"),
    "contents": N_("Contents"),
    "figure": N_("Figure"),
    "how": N_("How to read this chart"),
    "numbers": N_("Show the numbers behind figure {n}"),
    "behind": N_("Numbers behind figure {n}"),
    "copy": N_("Copy as picture"),
    "copied": N_("Copied"),
    "not_copied": N_("The browser did not allow it. Save the picture instead."),
    "save": N_("Save picture"),
    "download": N_("Download these numbers"),
    "of_figure": N_("of figure {n}"),
    "basis": N_("Basis"),
    "measured": N_("measured"),
    "published": N_("published"),
    "reconstructed": N_("reconstructed"),
    "every table": N_("true in every table"),
    "illustrative": N_("illustrative: made up"),
    "method": N_("What is published and what is not"),
    "notes": N_("Notes"),
    "note": N_("Note {n}"),
    "back": N_("Back to the text"),
    "one_page": N_("Print this summary on one page"),
    "offline": N_("Opens offline; nothing is sent anywhere."),
    "noscript": N_("The charts need JavaScript. Their numbers are in the tables below each chart."),
    "of": N_("of"),
    "view": N_("Our view"),
    "view_more": N_("Our view, continued"),
    "view_note": N_("Written by the people who made this report. Everything else in it is computed from the data."),
    "draft": N_("Draft"),
    "draft_note": N_("Numbers and words may still change. Please do not pass it on."),
    "previous": N_("Previous slide"),
    "next": N_("Next slide"),
    "overview": N_("All slides at a glance"),
    "slide": N_("Slide {n} of {total}"),
    "deck": N_("slides"),
    "presenter": N_("for the presenter only"),
    "say": N_("Speaker notes"),
}


@cache
def words(language: str) -> Mapping[str, str]:
    """The words of one language by key.

    Raises
    ------
    UnknownName
        If there is no such language.
    MissingTranslation
        If it lacks one of them.
    """
    with speaking(language):
        return {key: _(text) for key, text in WORDS.items()}
