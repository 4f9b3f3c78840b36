"""Which sheets the annex has and what stands in their cells; `xlsx` writes them.

Summary, scores, criteria and what else the results list, one sheet a table, every number that is
stated, the data of each figure, the ledger, the glossary, and what it all rests on.  Everything comes
from the results or from the page model, so nothing is here that the reader's page does not rest on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from kernels_lib.production.publish.commentary import as_text
from kernels_lib.production.publish.figures import Figure
from kernels_lib.production.publish.office.codebook import (
    CODES,
    CRITERIA,
    LEDGER,
    LISTED,
    NUMBERS,
    SCORES,
    TABLES,
    Meaning,
)
from kernels_lib.production.publish.office.package import sayable
from kernels_lib.production.publish.office.source import Source, parsed
from kernels_lib.production.publish.words import words
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals

# What Excel holds in a cell, and in the name of a sheet.
MOST_LETTERS = 32_767
MOST_IN_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")

Value = str | float | int | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a sheet; `format` is Excel's, in its own signs, and `meaning` goes to the codebook."""

    label: str
    unit: str = ""
    format: str = ""
    meaning: str = ""
    number: bool = False

    @property
    def head(self) -> str:
        """What stands above it."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True)
class Cell:
    """A value with a format of its own."""

    value: Value
    format: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title, what it rests on, and one rectangle of cells.

    `bases` are all that its numbers have.  `plain` sheets are for reading: no filter, no head of
    columns, the first column set off.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | Cell, ...], ...]
    bases: tuple[str, ...]
    notes: tuple[str, ...] = ()
    plain: bool = False


def is_number(value: Value) -> bool:
    """Whether a value is a number; a truth is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass
class _Names:
    """Names of sheets, each once; Excel does not tell capitals from small letters."""

    taken: set[str] = field(default_factory=set)

    def free(self, wanted: str) -> str:
        base = " ".join(_FORBIDDEN.sub(" ", sayable(wanted)).split()).strip(" '") or _("Sheet")
        # Excel keeps this name for itself.
        base = base if base.casefold() != "history" else f"{base} 1"
        name, count = base[:MOST_IN_NAME].strip(" '"), 1
        while name.casefold() in self.taken:
            count += 1
            tail = f" {count}"
            name = base[: MOST_IN_NAME - len(tail)].strip(" '") + tail
        self.taken.add(name.casefold())
        return name


def sheets(source: Source) -> list[Sheet]:
    """Every sheet of the annex, in order; the language that is spoken is the reader's."""
    names = _Names()
    found = [_summary(source, names), *_view(source, names)]
    found += _scores(source, names)
    found += [_of_records("criteria", _("Criteria"), CRITERIA, source, names)] if source.results["criteria"] else []
    if brands := source.results["brands"]:
        scored = any("overall" in brand for brand in brands)
        found.append(_listed("brands", _("Overall scores") if scored else _("By industry"), source, names))
    found += [_listed("industries", _("Industries"), source, names)] if source.results["industries"] else []
    found += [_table(table, source, names) for table in source.results["tables"] if _of_its_own(table)]
    found.append(_numbers(source, names))
    found += [_figure(number, figure, source, names) for number, figure in source.figures.items()]
    found.append(_of_records("tests", _("Ledger"), LEDGER, source, names))
    found += _glossary(source, names)
    found.append(_about(source, found, names))
    return found


# Excel's own number formats


def decimals(places: int, *, signed: bool = False) -> str:
    """Excel's format of so many decimals, with a true minus sign.

    Examples
    --------
    >>> decimals(2), decimals(1, signed=True)
    ('0.00;"−"0.00;0.00', '+0.0;"−"0.0;0.0')
    """
    digits = "0" + ("." + "0" * places if places else "")
    return f'{"+" if signed else ""}{digits};"−"{digits};{digits}'


def p_format(numerals: Numerals) -> str:
    """Excel's format of a p-value: three decimals, and words below the third."""
    return f'[<0.001]"{numerals.p_value(0)}";0.000'


def _format(kind: str, numerals: Numerals) -> str:
    return {
        "count": "0",
        "score": decimals(numerals.score_decimals),
        "mean": decimals(numerals.mean_decimals),
        "effect": decimals(max(2, numerals.mean_decimals)),
        "p": p_format(numerals),
        "share": "0.0%",
    }.get(kind, "")


# The sheets


def _summary(source: Source, names: _Names) -> Sheet:
    head, results = source.head, source.results
    date = dt.date.fromisoformat(results["report_date"])
    rows: list[tuple[Value | Cell, ...]] = [
        (_("For"), head.subject, ""),
        (_("Report"), ", ".join(head.kicker) or head.title, ""),
        (_("Wave"), results["wave"], ""),
        (_("Date"), source.numerals.date(date), ""),
        (_("Finding"), source.document.headline, ""),
    ]
    if head.confidentiality:
        rows.append((_("Confidentiality"), head.confidentiality, ""))
    if head.contact:
        rows.append((_("Contact"), head.contact, ""))
    rows += [(Cell(label, strong=True), *rest) for label, *rest in _key_numbers(source)]
    return Sheet(
        names.free(_("Summary")),
        head.title,
        (Column(_("What")), Column(_("Value")), Column(_("Note"))),
        tuple(rows),
        (results["basis"],),
        plain=True,
    )


def _view(source: Source, names: _Names) -> list[Sheet]:
    """The analyst's own words, on a sheet of their own."""
    head = source.head
    if not head.commentary:
        return []
    said = words(head.language)
    rows = tuple((remark["about"] or _("On the whole"), as_text(remark["text"])) for remark in head.commentary)
    columns = (Column(_("What")), Column(_("Value")))
    basis = (source.results["basis"],)
    return [Sheet(names.free(said["view"]), said["view"], columns, rows, basis, notes=(said["view_note"],), plain=True)]


def _key_numbers(source: Source) -> list[tuple[str, Value | Cell, str]]:
    """The numbers of the page's summary, or of the first slide that has any, in the page's words."""
    groups: list[Any] = [source.document.opening, *source.document.slides]
    for block in (block for group in groups for block in group.blocks):
        if block.layout in ("summary", "answer"):
            return _answer(block.content[0], source)
        if block.layout == "numerals":
            return [
                (head, _number(number, source), ". ".join(part.rstrip(".") for part in (of, said) if part))
                for head, number, of, said, _quiet in block.content[0]
            ]
    return []


def _answer(said: Mapping[str, Any], source: Source) -> list[tuple[str, Value | Cell, str]]:
    rows = [(_("Overall score"), _number(said["score"], source), said["range"])]
    rows += [(term, value, small) for term, value, small in said["facts"]]
    for head, listed, absent in (
        (said["strengths_head"], said["strengths"], said["no_strengths"]),
        (said["misses_head"], said["misses"], said["no_misses"]),
    ):
        rows.append((head, "" if listed else absent, ""))
        rows += [(name, _number(number, source), note) for number, name, note in listed]
    rows.append((said["first_head"], said["first"], said["first_note"]))
    return rows


def _number(text: str, source: Source) -> Value | Cell:
    """A text that is a number as a number, with the decimals that it was written with."""
    found = parsed(text, source.head.language)
    return text if found is None else Cell(found[0], decimals(found[1]))


def _scores(source: Source, names: _Names) -> list[Sheet]:
    """The scores that this reader may see criterion by criterion: a client's own beside its peers' aggregates."""
    scores = source.results["summary"].get("scores")
    if not scores:
        return []
    rows = []
    for criterion in source.results["criteria"]:
        own = scores[criterion["id"]]
        gap = None if own["score"] is None else round(own["score"] - own["target"], 9)
        record = own | {"name": criterion["name"], "side": criterion["side"], "gap": gap}
        rows.append(_row(record, SCORES, source))
    columns = _columns(SCORES, source)
    return [Sheet(names.free(_("Scores")), _("Scores of {name}").format(name=source.head.subject), columns,
                  tuple(rows), (source.results["basis"],))]  # fmt: skip


def _of_records(key: str, title: str, meanings: Sequence[Meaning], source: Source, names: _Names) -> Sheet:
    """Records of the results, one row each."""
    rows = tuple(_row(record, meanings, source) for record in source.results[key])
    return Sheet(names.free(title), title, _columns(meanings, source), rows, _bases(source.results[key], source))


def _bases(records: Iterable[Mapping[str, Any]], source: Source) -> tuple[str, ...]:
    """What the records rest on, each basis once."""
    found = dict.fromkeys(record[key] for record in records for key in ("basis", "ci_basis") if key in record)
    return tuple(found) or (source.results["basis"],)


def _listed(key: str, title: str, source: Source, names: _Names) -> Sheet:
    """Units or industries: the fields that the results have for this reader, whatever they are."""
    records = [_flat(record) for record in source.results[key]]
    fields = dict.fromkeys(name for record in records for name in record if name != "id")
    known = {meaning.key: meaning for meaning in LISTED}
    order = [name for name in known if name in fields] + [name for name in fields if name not in known]
    meanings = [known.get(name, Meaning(name, "mean", name)) for name in order]
    rows = tuple(_row(record, meanings, source) for record in records)
    return Sheet(names.free(title), title, _columns(meanings, source), rows, _bases(records, source))


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": held for inner, held in _flat(value).items()}
        else:
            flat[key] = value
    return flat


def _columns(meanings: Iterable[Meaning], source: Source) -> tuple[Column, ...]:
    return tuple(
        Column(
            _(meaning.label),
            format=_format(meaning.kind, source.numerals),
            meaning=_(meaning.meaning),
            number=meaning.kind not in ("text", "code", "message", "flag"),
        )
        for meaning in meanings
    )


def _row(record: Mapping[str, Any], meanings: Iterable[Meaning], source: Source) -> tuple[Value | Cell, ...]:
    return tuple(_cell(record.get(meaning.key), meaning.kind, source) for meaning in meanings)


def _cell(value: Any, kind: str, source: Source) -> Value | Cell:
    if kind == "flag":
        return _("yes") if value else _("no")
    if kind == "message":
        return _(value)
    if kind == "code":
        return _(CODES[value]) if value in CODES else str(value or "")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value


def _of_its_own(table: Mapping[str, Any]) -> bool:
    # The ledger has a sheet with more in it; what a report was made from stands on the last one.
    return table["id"] not in ("ledger-table", "provenance-table")


def _table(table: Mapping[str, Any], source: Source, names: _Names) -> Sheet:
    wanted = _(TABLES[table["id"]]) if table["id"] in TABLES else table["caption"]
    keys = [column["key"] for column in table["columns"]]
    numeric = {column["key"] for column in table["columns"] if column["kind"] == "number"}
    # A number beside a drawing is a text to the page.
    numeric |= {key for key in keys[1:] if all(_is_stated(row.get(key), source) for row in table["rows"])}
    columns = tuple(
        Column(column["label"], column["unit"], _table_format(table, column["key"], source),
               number=column["key"] in numeric)
        for column in table["columns"]
    )  # fmt: skip
    rows = tuple(
        tuple(_table_cell(row.get(key), source) if key in numeric else row.get(key) for key in keys)
        for row in table["rows"]
    )
    return Sheet(names.free(wanted), table["caption"], columns, rows, (table["basis"],), _plain(table["note"]))


def _is_stated(value: Any, source: Source) -> bool:
    return is_number(value) or (isinstance(value, str) and parsed(value, source.head.language) is not None)


def _table_cell(value: Any, source: Source) -> Value | Cell:
    """A number as a number, also where the table holds it as the text that the page shows."""
    if not isinstance(value, str):
        return value
    share = value.endswith("%")
    found = parsed(value.removesuffix("%"), source.head.language)
    if found is None:
        return value
    number, places = found
    if share:
        return Cell(number / 100, f"0{'.' + '0' * places if places else ''}%")
    return Cell(number, decimals(places, signed=value.startswith("+")))


def _table_format(table: Mapping[str, Any], key: str, source: Source) -> str:
    """The format of plain numbers: as the report states the same values, else with the digits they need."""
    values = [row[key] for row in table["rows"] if isinstance(row.get(key), int | float)]
    if not values:
        return ""
    stated: dict[float, int] = {}
    for number in source.results["numbers"].values():
        found = parsed(number["text"], source.head.language)
        if found is not None and number["value"] is not None:
            stated[number["value"]] = max(found[1], stated.get(number["value"], 0))
    places = [stated[value] for value in values if value in stated]
    return decimals(max(places)) if places else decimals(max(_needed(value) for value in values))


def _needed(value: float) -> int:
    return next((places for places in range(4) if abs(round(value, places) - value) < 1e-9), 4)


def _plain(html: str) -> tuple[str, ...]:
    text = " ".join(Markup(html).striptags().split())
    return (text,) if text else ()


def _numbers(source: Source, names: _Names) -> Sheet:
    rows = []
    for _ref, number in sorted(source.results["numbers"].items()):
        found = parsed(number["text"], source.head.language)
        # "16th" and "six" are numbers as well, with words for their text.
        places = found[1] if found else min(2, _needed(number["value"] or 0))
        format_ = decimals(places, signed=number["text"].startswith("+"))
        row = _row(number, NUMBERS, source)
        rows.append((row[0], Cell(number["value"], format_), *row[2:]))
    title = _("Every number that the report states")
    bases = _bases(source.results["numbers"].values(), source)
    return Sheet(names.free(_("Numbers")), title, _columns(NUMBERS, source), tuple(rows), bases)


def _figure(number: int | str, figure: Figure, source: Source, names: _Names) -> Sheet:
    name = _("Figure {n}").format(n=number) if isinstance(number, int) else _("Slide: {id}").format(id=number)
    columns, shown = [], list(zip(*figure.cells, strict=True))
    for column, cells in zip(figure.columns, shown, strict=True):
        texts = [cell.text for cell in cells if cell.number]
        places = max((found[1] for text in texts if (found := parsed(text, figure.language))), default=0)
        format_ = decimals(places) if texts else ""
        columns.append(Column(column["label"], column.get("unit") or "", format_, number=bool(texts)))
    rows = tuple(
        tuple(_figure_cell(row.get(column["key"]), figure.language) for column in figure.columns) for row in figure.rows
    )
    notes = tuple(text for text in (figure.caption, figure.how_to_read) if text)
    return Sheet(names.free(name), figure.message, tuple(columns), rows, (figure.basis,), notes)


def _figure_cell(value: Any, language: str) -> Value | Cell:
    found = parsed(value, language) if isinstance(value, str) else None
    return value if found is None else Cell(found[0], decimals(found[1]))


def _glossary(source: Source, names: _Names) -> list[Sheet]:
    """Words that the page explains."""
    document = source.document
    blocks = [block for section in (document.opening, *document.sections) for block in section.blocks]
    rows = [(term, said) for block in blocks if block.layout == "fold" for term, said in block.content[1]]
    if not rows:
        return []
    columns = (Column(_("Word")), Column(_("Meaning")))
    return [Sheet(names.free(_("Glossary")), _("Words used in this report"), columns, tuple(rows),
                  (source.results["basis"],))]  # fmt: skip


def _about(source: Source, others: Iterable[Sheet], names: _Names) -> Sheet:
    """What the annex was made from, and its codebook."""
    made = source.table("provenance-table")
    rows: list[tuple[Value | Cell, ...]] = [(Cell(_("Made from"), strong=True), "", "", "")]
    if made:
        keys = [column["key"] for column in made["columns"]]
        rows += [(*(row[key] for key in keys[:2]), "", "") for row in made["rows"]]
    else:
        rows += [(key, value, "", "") for key, value in source.results["provenance"].items()]
    rows.append((Cell(_("Columns of the sheets"), strong=True), "", "", ""))
    # A head that says everything needs no further words.
    rows += [
        (sheet.name, column.label, column.unit, column.meaning)
        for sheet in others
        for column in sheet.columns
        if not sheet.plain and (column.unit or column.meaning)
    ]
    columns = (Column(_("Sheet or item")), Column(_("Column or value")), Column(_("Unit")), Column(_("Meaning")))
    return Sheet(names.free(_("About")), _("What this annex was made from"), columns, tuple(rows),
                 (source.results["basis"],), plain=True)  # fmt: skip
