"""The reader's language: our words from gettext catalogues, the study's words from its files.

English is the language of the source, so a message is its own translation there.  Every other
language has catalogues, ``kernels_lib/locale/LANGUAGE/*.po``; a message that they lack is an error,
because a page that falls back to English half way down is worse than no page.

    _("Mean")                                  one message
    _n("{n} brand", "{n} brands", count)       the form that the count asks for; fill it afterwards
    N_("Mean")                                 only marks: for tables of words, translated where used

`open_study` says which language is spoken; a test or a tool says it with `speaking`.  Texts of
instruments, industries and datasets are written ``{en: ..., de: ...}`` in their files, see `pick`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kernels_lib.errors import MissingTranslation, UnknownName
from kernels_lib.keep import digest_of, remember_json

LOCALE = Path(__file__).resolve().parent.parent / "locale"
SOURCE = "en"
LANGUAGES = {"en": "English", "de": "German"}

_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


class Said(str):
    """A text that is in the reader's language already, and stays so when it is filled."""

    def format(self, *args: object, **values: object) -> Said:
        """As ``str.format``."""
        return Said(super().format(*args, **values))


def spoken() -> str:
    """The language that is spoken now."""
    return _spoken.get()


def speak(language: str) -> None:
    """From now on, messages come in this language.

    Raises
    ------
    UnknownName
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    _spoken.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Another language for a while."""
    before = spoken()
    speak(language)
    try:
        yield
    finally:
        speak(before)


def _(message: str) -> Said:
    """A message in the language that is spoken.

    Raises
    ------
    MissingTranslation

    Examples
    --------
    >>> _("Mean")
    'Mean'
    >>> with speaking("de"):
    ...     print(_("Mean"))
    Mittelwert
    """
    if isinstance(message, Said) or not message:
        return Said(message)
    language = spoken()
    return Said(message if language == SOURCE else _found(language, message)[0])


def _n(one: str, many: str, count: float) -> Said:
    """The form of a message that a count asks for; `one` is its id.

    Examples
    --------
    >>> _n("brand", "brands", 1), _n("brand", "brands", 0)
    ('brand', 'brands')
    """
    language = spoken()
    forms = (one, many) if language == SOURCE else _found(language, one)
    # English and German, the languages here, have the same two forms: one, and all else.
    return Said(forms[0] if count == 1 or len(forms) == 1 else forms[1])


def N_(message: str) -> str:
    """The message itself; the mark is for whoever collects messages."""
    return message


def _found(language: str, message: str) -> tuple[str, ...]:
    found = catalogue(language).get(message)
    if found is None:
        raise MissingTranslation(message, LANGUAGES[language], where=f"kernels_lib/locale/{language}")
    return found


@cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Every translated message of a language and its forms; fuzzy and empty ones are none.

    Kept in ``build/cache`` under the catalogues' bytes, because reading them takes longer than all else in a report.
    """
    key = {"version": 1, "files": digest_of(catalogue_files(language), LOCALE), "babel": version("babel")}
    return {message: tuple(forms) for message, forms in remember_json("catalogue", key, lambda: _read(language))}


def catalogue_files(language: str) -> list[Path]:
    """The catalogues of a language; none of the source's own."""
    return sorted((LOCALE / language).glob("*.po"))


def _read(language: str) -> list[list[Any]]:
    """Messages and their forms, in the order of the files.

    Raises
    ------
    MissingTranslation
        If two files translate one message in two ways.
    """
    from babel.messages.pofile import read_po

    found: dict[str, list[str]] = {}
    for path in catalogue_files(language):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                key = entry.id[0] if isinstance(entry.id, tuple | list) else entry.id
                forms = [entry.string] if isinstance(entry.string, str) else list(entry.string)
                if not key or entry.fuzzy or not all(forms):
                    continue
                if found.setdefault(key, forms) != forms:
                    raise MissingTranslation(
                        key, LANGUAGES[language], where=path.name, why="has another translation in another file"
                    )
    return [[message, forms] for message, forms in found.items()]


def pick(value: Any, language: str, *, plain: bool = False) -> Any:
    """A text of a study's files in one language.

    Parameters
    ----------
    value : str or mapping of language to str
        A text alone is in English.
    language : str
    plain : bool
        Whether a text alone may stand in every language: a citation, a name.

    Raises
    ------
    ValueError
        If the text is not translated; the message says what to write.

    Examples
    --------
    >>> pick({"en": "brand", "de": "Marke"}, "de"), pick("brand", "en")
    ('Marke', 'brand')
    """
    if isinstance(value, Mapping):
        if unknown := sorted(set(value) - set(LANGUAGES)):
            raise ValueError(f"'{unknown[0]}' is no language here; known: {', '.join(LANGUAGES)}")
        if value.get(language):
            return value[language]
    elif plain or language == SOURCE or not isinstance(value, str) or not value:
        return value
    raise ValueError(f"there is no {LANGUAGES[language]} text; write {{en: ..., {language}: ...}}")
