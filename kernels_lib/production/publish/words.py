"""The documents' own words, in each language; the findings' words come from the notebook."""

from __future__ import annotations

from collections.abc import Mapping

from kernels_lib.errors import UnknownName

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "skip": "Skip to the report",
        "summary": "Summary",
        "contents": "Contents",
        "figure": "Figure",
        "how": "How to read this chart",
        "numbers": "Show the numbers behind figure {n}",
        "behind": "Numbers behind figure {n}",
        "save": "Save figure {n} as a picture",
        "basis": "Basis",
        "measured": "measured",
        "published": "published",
        "reconstructed": "reconstructed",
        "every table": "true in every table",
        "method": "What is published and what is not",
        "offline": "Opens offline; nothing is sent anywhere.",
        "noscript": "The charts need JavaScript. Their numbers are in the tables below each chart.",
        "of": "of",
        "previous": "Previous slide",
        "next": "Next slide",
        "slide": "Slide {n} of {total}",
        "deck": "slides",
    },
    "de": {
        "skip": "Zum Bericht springen",
        "summary": "Zusammenfassung",
        "contents": "Inhalt",
        "figure": "Abbildung",
        "how": "Wie die Abbildung zu lesen ist",
        "numbers": "Die Zahlen zu Abbildung {n}",
        "behind": "Zahlen zu Abbildung {n}",
        "save": "Abbildung {n} als Bild sichern",
        "basis": "Grundlage",
        "measured": "gemessen",
        "published": "veröffentlicht",
        "reconstructed": "rekonstruiert",
        "every table": "gilt in jeder Tabelle",
        "method": "Was veröffentlicht ist und was nicht",
        "offline": "Öffnet sich ohne Netz; nichts wird gesendet.",
        "noscript": "Die Abbildungen brauchen JavaScript. Ihre Zahlen stehen in den Tabellen darunter.",
        "of": "von",
        "previous": "Vorige Folie",
        "next": "Nächste Folie",
        "slide": "Folie {n} von {total}",
        "deck": "Folien",
    },
}


def words(language: str) -> Mapping[str, str]:
    """The words of one language.

    Raises
    ------
    UnknownName
        If there is no such language.
    """
    if language not in WORDS:
        raise UnknownName("language", language, WORDS)
    return WORDS[language]
