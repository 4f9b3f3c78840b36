"""Words by which columns are known: names of roles, answers in words, what survey tools add.

Tables of words only, in English and German; a proposal that uses one says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ROLE_WORDS: dict[str, tuple[str, ...]] = {
    "unit": (
        "brand", "brand name", "which brand", "company", "firm", "department", "unit", "organisation", "organization",
        "school", "country", "state", "city", "product", "bottle", "hotel", "site", "store", "marke", "unternehmen",
        "firma", "abteilung", "schule", "land", "produkt", "einheit", "name",
    ),
    "industry": ("industry", "sector", "branche", "category", "group", "segment", "region", "gruppe", "kategorie"),
    "rater": (
        "rater", "judge", "coder", "evaluator", "assessor", "respondent", "respondent id", "participant", "subject",
        "response id", "responseid", "reviewer", "person", "bewerter", "prüfer", "befragte", "teilnehmer",
        "email address", "e mail adresse",
    ),
    "wave": ("wave", "year", "period", "quarter", "round", "welle", "jahr", "quartal", "runde", "erhebung"),
    "criterion": (
        "criterion", "criteria", "item", "question", "attribute", "dimension", "measure", "variable", "indicator",
        "kriterium", "frage", "merkmal",
    ),
    "score": ("score", "value", "rating", "points", "answer", "response", "wert", "punkte", "bewertung", "antwort"),
    "weight": ("weight", "gewicht", "gewichtung"),
    "evidence": ("evidence", "source", "url", "link", "beleg", "quelle"),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks", "bemerkung", "kommentar", "anmerkung"),
}  # fmt: skip

# Columns that number the rows.
ROW_WORDS = ("", "id", "row", "rownames", "row names", "nr", "no", "number", "index", "unnamed 0", "lfd nr", "obs")

# Columns that Google Forms and Qualtrics add.
FORMS_TIME = ("timestamp", "zeitstempel")
SURVEY_EXTRAS = (
    "startdate", "enddate", "status", "ipaddress", "progress", "duration in seconds", "finished", "recordeddate",
    "responseid", "recipientlastname", "recipientfirstname", "recipientemail", "externalreference",
    "externaldatareference", "locationlatitude", "locationlongitude", "distributionchannel", "userlanguage",
    "start date", "end date", "ip address", "recorded date", "response id", "timestamp",
    "zeitstempel", "score", "punkte",
)  # fmt: skip
# What is asked about respondents, not about what they rate.
ABOUT_PEOPLE = (
    "age", "gender", "sex", "education", "income", "birth year", "year of birth", "marital status", "nationality",
    "alter", "geschlecht", "bildung", "einkommen", "geburtsjahr", "familienstand",
)  # fmt: skip
# The last word of a column that repeats others as a place among them.
RANKS = ("rank", "ranking", "quartile", "percentile", "rang", "platz")
# What says who a person is.
PERSONAL = ("ipaddress", "ip address", "email", "e mail", "recipientemail", "recipientlastname", "recipientfirstname")
PERSONAL += ("email address", "e mail adresse", "locationlatitude", "locationlongitude", "phone", "telefon")

# Answers in words, lowest first.
LADDERS: tuple[tuple[str, ...], ...] = (
    ("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("strongly disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "strongly agree"),
    ("strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "agree",
     "strongly agree"),
    ("strongly disagree", "disagree", "slightly disagree", "neutral", "slightly agree", "agree", "strongly agree"),
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very dissatisfied", "dissatisfied", "neither satisfied nor dissatisfied", "satisfied", "very satisfied"),
    ("never", "rarely", "sometimes", "often", "always"),
    ("very poor", "poor", "fair", "good", "very good"),
    ("poor", "fair", "good", "very good", "excellent"),
    ("stimme überhaupt nicht zu", "stimme nicht zu", "teils/teils", "stimme zu", "stimme voll und ganz zu"),
    ("stimme überhaupt nicht zu", "stimme eher nicht zu", "weder noch", "stimme eher zu", "stimme voll und ganz zu"),
    ("trifft gar nicht zu", "trifft eher nicht zu", "teils teils", "trifft eher zu", "trifft voll zu"),
    ("sehr unzufrieden", "unzufrieden", "weder noch", "zufrieden", "sehr zufrieden"),
)  # fmt: skip

# A row of this name, whose scores are the sums or means of the others, is none of them.
SUMMARY = re.compile(
    r"(grand )?(total|sum|average|mean|median|all|overall|summe|gesamt|durchschnitt|mittelwert|mittel)s?", re.I
)

_NUMBERED = re.compile(r"\s*\(?(-?\d{1,3})\)?\s*[-–—=:.)]*\s+\D.*|(-?\d{1,3})\s*[-–—=:(]\s*\D.*")


def plain(name: str) -> str:
    """A name as it is compared: no case, accents or punctuation.

    Examples
    --------
    >>> plain("Response_ID "), plain("E-Mail-Adresse"), plain("Prüfer")
    ('response id', 'e mail adresse', 'prufer')
    """
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) if name.isidentifier() and not name.isupper() else name
    flat = unicodedata.normalize("NFKD", split.casefold()).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", flat))


def is_one_of(name: str, words: Iterable[str]) -> bool:
    """Whether a column has one of these names."""
    flat = plain(name)
    alone = singular(flat)
    return any(
        alone == plain(word) or flat == plain(word) or flat.replace(" ", "") == plain(word).replace(" ", "")
        for word in words
    )


def singular(flat: str) -> str:
    """An English noun in the singular; what is none is left.

    Examples
    --------
    >>> singular("countries"), singular("brands"), singular("business")
    ('country', 'brand', 'business')
    """
    if flat.endswith("ies") and len(flat) > 4:
        return flat[:-3] + "y"
    return flat[:-1] if flat.endswith("s") and not flat.endswith("ss") and len(flat) > 3 else flat


def points_of_words(answers: Iterable[str]) -> dict[str, float]:
    """Points of answers in words, where all of them are of one known ladder or begin with their number.

    Examples
    --------
    >>> points_of_words(["Agree", "Strongly disagree"]) == {"Agree": 4, "Strongly disagree": 1}
    True
    >>> points_of_words(["1 - low", "2", "5 - high"])
    {'1 - low': 1, '5 - high': 5}
    """
    answers = [answer for answer in answers if not re.fullmatch(r"-?\d+", answer.strip())]
    numbered = {answer: found for answer in answers if (found := _NUMBERED.fullmatch(answer))}
    if answers and len(numbered) == len(answers):
        return {answer: int(found[1] or found[2]) for answer, found in numbered.items()}
    for ladder in LADDERS:
        steps = {plain(word): step for step, word in enumerate(ladder, 1)}
        if len(answers) >= 2 and all(plain(answer) in steps for answer in answers):
            return {answer: steps[plain(answer)] for answer in answers}
    return {}
