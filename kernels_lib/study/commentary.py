"""The analyst's own words in a client's report: markdown without HTML, pictures or odd links.

They are checked where they are read, so that a mistake has its file and line; whoever lays them out
disarms them once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from kernels_lib.study.instrument import read_instrument
from kernels_lib.study.language import LANGUAGES
from kernels_lib.study.validation import in_language_if_given

MOST_LETTERS = 4_000

# What a link may begin with.
SAFE = re.compile(r"(?:https?://|mailto:)", re.I)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^<>\s]+>|<[\w.+-]+@[\w.-]+>", re.I)
_HTML = re.compile(r"<[a-zA-Z/!?][^>]*>?")
_PICTURE = re.compile(r"!\[")
_LINKS = (
    re.compile(r"\]\(\s*<?([^)\s>]*)"),
    re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+)", re.M),
    re.compile(r"<(\w+:[^<>\s]*)>"),
)


def _plain_markdown(text: str) -> str:
    """The text, if it holds nothing but words, emphasis, lists and links that a reader may follow."""
    said = _CODE.sub("", text)
    for pattern in _LINKS:
        for address in pattern.findall(said):
            if not SAFE.match(address):
                raise ValueError(f"the link to '{address[:60]}' is none: write https://, http:// or mailto:")
    if _PICTURE.search(said):
        raise ValueError("it holds a picture: write words only")
    if found := _HTML.search(_AUTOLINK.sub("", said)):
        raise ValueError(f"it holds HTML ('{found[0][:40]}'): write markdown")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise ValueError("it holds a control character")
    return text


_TEXT = {"type": "string", "maxLength": MOST_LETTERS}
_SCHEMA = {
    "anyOf": [
        _TEXT,
        {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(LANGUAGES, _TEXT)},
    ]
}

# Markdown in the reader's language; a text alone is taken to be in it.
Remark = Annotated[
    str,
    Field(max_length=MOST_LETTERS),
    BeforeValidator(in_language_if_given),
    AfterValidator(_plain_markdown),
    WithJsonSchema(_SCHEMA),
]


class Commentary(BaseModel):
    """The analyst's own words, shown apart from what is computed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    summary: Remark = Field("", description="On the whole; on the page and in the deck. Markdown.")
    criteria: dict[str, Remark] = Field(default_factory=dict, description="Criterion: on it alone; on the page.")


def remarks(root: Path, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was written, in the instrument's order: ``about`` (a criterion's name, empty for the whole) and ``text``.

    Parameters
    ----------
    root : Path
    values : mapping
        Effective parameters as plain values.
    """
    said = values.get("commentary") or {}
    found = [{"about": "", "text": said["summary"]}] if said.get("summary", "").strip() else []
    own = {key: text for key, text in (said.get("criteria") or {}).items() if text.strip()}
    if own:
        instrument = read_instrument(root, values["instrument"], values["language"])
        found += [{"about": c.name, "text": own[c.id]} for c in instrument.criteria if c.id in own]
    return found
