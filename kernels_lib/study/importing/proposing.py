"""A mapping guessed from what stands in the columns, and what was guessed, for a person to judge.

    heading -> instrument and criteria -> who is scored, by whom, when -> scale, missing codes, words

Nothing is written here.  A guess that may be wrong is a remark, which is shown with the proposal.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernels_lib.errors import BadData, BadParameters
from kernels_lib.study.importing import wording
from kernels_lib.study.importing.mapping import Declaration, Ends, tidy_text
from kernels_lib.study.importing.profiling import MISSING_CODES, Column, Profile, first_place, heading, profile
from kernels_lib.study.importing.reading import NAMES_OF_DELIMITERS, Sheet
from kernels_lib.study.importing.values import text_of
from kernels_lib.study.instrument import Instrument

# Below this, two names are not taken for one.
ALIKE = 0.8
# Of an instrument's criteria, and of the columns of numbers, must be found before it is taken.
MOST_OF = 0.6
# Scales that questionnaires use; the first that holds the values is proposed.
SCALES = ((1, 5), (0, 5), (1, 6), (1, 7), (1, 10), (0, 10), (0, 100))
# Values outside that are taken for slips rather than for a wider scale: a share, and a number.
SLIPS, FEW = 0.02, 5
# Among so many values, one may be a slip.
FEWEST_FOR_A_SLIP = 20
# Of so many columns it can be said which scale most of them are on.
FEWEST_OF_A_SCALE = 4
SLIPS_OF_A_COLUMN = 0.2


@dataclass(frozen=True)
class Known:
    """An instrument as columns are compared with it: each criterion's names in all languages."""

    name: str
    instrument: Instrument
    words: Mapping[str, tuple[str, ...]]
    unit_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What one column is taken for, and why."""

    column: str
    holds: str
    means: str
    why: str


@dataclass(frozen=True)
class Proposal:
    """A declaration to accept, to change or to refuse.

    Attributes
    ----------
    drafts : bool
        Whether an instrument is to be drafted, because no known one fits.
    """

    declaration: Declaration
    profile: Profile
    meanings: tuple[Meaning, ...]
    remarks: tuple[str, ...]
    drafts: bool

    @property
    def names(self) -> list[str]:
        """What ``--map`` may name: columns, and in a long file the values of the criterion column."""
        found = list(self.profile.names)
        if self.declaration.criterion in found:
            column = self.profile[self.declaration.criterion]
            found += [text_of(value) for value in [*column.texts, *column.numbers]]
        return found


@dataclass(frozen=True)
class Wish:
    """What the person said before anything is guessed; empty where nothing was said.

    Attributes
    ----------
    meanings : mapping of column to meaning
        A role, a criterion or ``ignore``.
    only : bool
        Whether no other column is a criterion.
    """

    instrument: str = ""
    wave: str = ""
    scale: Ends | None = None
    header_row: int = 0
    meanings: Mapping[str, str] = field(default_factory=dict)
    only: bool = False


def refuse_merged_header(sheet: Sheet, header_row: int) -> None:
    """A header of merged cells names no column.

    Raises
    ------
    BadData
        With the cell.
    """
    for found in sheet.merged:
        start, _, end = found.partition(":")
        first, last = (int(re.sub(r"\D", "", cell)) for cell in (start, end or start))
        if first <= header_row <= last:
            raise BadData(
                f"the header is merged in {found}.",
                where=f"{sheet.file}, sheet {sheet.name}, cell {start}",
                remedy="Split the cells (Home > Merge), give each column a name of its own, and import again.",
            )


def propose(sheet: Sheet, known: Sequence[Known], name: str, wish: Wish, day: dt.date) -> Proposal:
    """Guess what each column is.

    Parameters
    ----------
    sheet : Sheet
    known : sequence of Known
        Instruments of the project.
    name : str
        Of the dataset; a drafted instrument is called so.
    wish : Wish
    day : date
        Of the file; a wave without a date is given its year.

    Raises
    ------
    BadData
        Where the header is merged, or no column holds scores.
    """
    header, first, labels = heading(sheet)
    if wish.header_row:
        header, first, labels = wish.header_row, wish.header_row + 1, 0
    refuse_merged_header(sheet, header)
    return _Guess(profile(sheet, header, first, labels), known, name, wish, day).proposal()


class _Guess:
    """One file, being understood."""

    def __init__(self, found: Profile, known: Sequence[Known], name: str, wish: Wish, day: dt.date) -> None:
        self._profile, self._known, self._name, self._wish, self._day = found, known, name, wish, day
        self._sheet = found.sheet
        self._remarks: list[str] = list(found.sheet.notes)
        self._means: dict[str, tuple[str, str]] = {}
        start = first_place(self._sheet, found.first_row)
        self._rows = self._sheet.rows[start:]

    def proposal(self) -> Proposal:
        self._about_file()
        for column, meaning in self._wish.meanings.items():
            if column in self._profile.names:
                self._means[column] = (meaning, "declared")
        self._set_aside()
        long = self._long()
        criteria, known, words = self._long_criteria(*long) if long else self._wide_criteria()
        self._roles(known)
        values = self._values(criteria, long)
        missing, scale = self._missing_and_scale(values, known, words)
        declaration = Declaration(
            layout="long" if long else "wide",
            sheet=self._sheet.name,
            encoding=self._sheet.encoding,
            delimiter=self._sheet.delimiter,
            decimal=self._decimal(criteria, long),
            header_row=self._profile.header_row,
            first_row=self._profile.first_row,
            label_row=self._profile.label_row,
            **{role: column for column, (role, _) in self._means.items() if role in wording.ROLE_WORDS},
            number_units=self._numbered(known) if not self._role("unit") else self._before_numbers(known),
            number_raters="Respondent" if self._answers_repeat(long) else "",
            waves=self._waves(),
            criteria=criteria,
            ignore=tuple(column for column, (role, _) in self._means.items() if role == "ignore"),
            missing=missing,
            words=words,
            instrument=known.name if known else self._wish.instrument or _identifier(self._name),
            scale=None if known else scale,
        )
        self._left_out(criteria, known)
        return Proposal(declaration, self._profile, self._meanings(declaration), tuple(self._remarks), known is None)

    # ---- the file ---------------------------------------------------------------------------------

    def _about_file(self) -> None:
        sheet = self._sheet
        if len(sheet.sheets) > 1:
            others = ", ".join(name for name in sheet.sheets if name != sheet.name)
            self._remarks.append(f"sheet '{sheet.name}' is read; others: {others} (--sheet chooses)")
        if sheet.delimiter and sheet.delimiter != ",":
            self._remarks.append(f"fields are separated by {NAMES_OF_DELIMITERS.get(sheet.delimiter, 'another sign')}s")
        if self._profile.label_row:
            self._remarks.append(
                "it is a Qualtrics export: names in one row, questions in the next, data below the third"
            )
        elif self._profile.header_row > sheet.numbers[0] and sheet.kind in ("csv", "xlsx"):
            self._remarks.append(f"the header is row {self._profile.header_row}; what stands above is not read")

    def _set_aside(self) -> None:
        """Columns that survey tools add, that number the rows, and that are empty."""
        survey = self._profile.label_row or any(
            wording.is_one_of(name, wording.FORMS_TIME) for name in self._profile.names
        )
        for column in self._profile.columns:
            if column.name in self._means:
                continue
            if column.kind == "empty":
                self._means[column.name] = ("ignore", "empty")
            elif survey and wording.is_one_of(column.name, wording.SURVEY_EXTRAS):
                self._means[column.name] = ("ignore", "added by the survey tool")
            elif self._counts_rows(column):
                self._means[column.name] = ("ignore", "numbers the rows")
            elif column.kind == "numbers" and wording.plain(column.name).rpartition(" ")[2] in wording.RANKS:
                self._means[column.name] = ("ignore", "a place among others, not a score")
            elif wording.is_one_of(column.name, wording.ABOUT_PEOPLE):
                self._means[column.name] = ("ignore", "about a person, not a score")
        private = [name for name in self._profile.names if wording.is_one_of(name, wording.PERSONAL)]
        if private:
            self._remarks.append(
                f"the original, which is kept, says who people are ({', '.join(private)}): think before passing it on"
            )

    def _counts_rows(self, column: Column) -> bool:
        bare = re.sub(r"\[[A-Z]+\]$", "", column.name)
        return (
            wording.is_one_of(bare, wording.ROW_WORDS)
            and column.kind == "numbers"
            and column.different == column.values
            and all(number.is_integer() for number in column.numbers)
        )

    def _decimal(self, criteria: Mapping[str, str], long: tuple[Column, Column] | None) -> str:
        columns = [long[1]] if long else [self._profile[name] for name in criteria]
        commas, points = sum(c.commas for c in columns), sum(c.points for c in columns)
        if commas > points:
            self._remarks.append("numbers have a decimal comma")
            return ","
        if commas:
            self._remarks.append(f"{commas} numbers have a decimal comma where others have a point: left as they stand")
        return "."

    # ---- criteria ---------------------------------------------------------------------------------

    def _long(self) -> tuple[Column, Column] | None:
        """The columns of criterion and score, where each row is one score."""
        if self._role("criterion") and self._role("score"):
            return self._profile[self._role("criterion")], self._profile[self._role("score")]
        if self._declared():
            return None
        criterion = self._named("criterion", lambda column: column.kind == "texts" and column.different < column.values)
        if criterion is None:
            return None
        free = [c for c in self._profile.columns if c.name not in self._means and c is not criterion]
        scores = [c for c in free if wording.is_one_of(c.name, wording.ROLE_WORDS["score"])]
        if not scores:
            scores = [c for c in free if c.kind == "numbers" and not self._other_role(c)]
        if len(scores) != 1:
            return None
        self._means[criterion.name] = ("criterion", "by its name")
        self._means[scores[0].name] = ("score", "by its name" if len(free) > 1 else "the only numbers")
        return criterion, scores[0]

    def _declared(self) -> dict[str, str]:
        """Columns that the person says are criteria."""
        known = (*wording.ROLE_WORDS, "ignore")
        return {
            column: means for column, (means, why) in self._means.items() if why == "declared" and means not in known
        }

    def _other_role(self, column: Column) -> bool:
        roles = ("unit", "industry", "rater", "wave", "weight")
        return any(wording.is_one_of(column.name, wording.ROLE_WORDS[role]) for role in roles)

    def _long_criteria(self, criterion: Column, score: Column) -> tuple[dict[str, str], Known | None, dict[str, float]]:
        named = list(criterion.texts)
        known, matched = self._instrument({name: name for name in named}, score.numbers)
        found = {name: matched.get(name, ("", 0.0))[0] for name in named}
        taken = {one for one in found.values() if one}
        for name in named:
            if not found[name]:
                found[name] = _free(_identifier(name), taken)
                taken.add(found[name])
        return found, known, wording.points_of_words(score.texts)

    def _wide_criteria(self) -> tuple[dict[str, str], Known | None, dict[str, float]]:
        words: dict[str, float] = {}
        declared = self._declared()
        scored: list[Column] = []
        for name in declared:
            words.update(wording.points_of_words(self._profile[name].texts))
        for column in self._profile.columns:
            if column.name in self._means or self._wish.only:
                continue
            points = wording.points_of_words(column.texts)
            if column.kind == "numbers" or points:
                scored.append(column)
                words.update(points if len(points) == len(column.texts) or column.kind == "texts" else {})
        known, matched = self._instrument({c.name: c.asks for c in scored}, _together(scored))
        certain = [c for c in scored if c.name in matched]
        others = [c for c in scored if c.name not in matched]
        if known:
            for column in certain:
                self._means[column.name] = (matched[column.name][0], _why(matched[column.name][1]))
            found = {c.name: matched[c.name][0] for c in certain if matched[c.name][0] not in declared.values()}
            return self._in_order({**declared, **found}), known, words
        kept = self._of_one_scale([column for column in others if not self._is_role(column)])
        if not kept and not declared:
            raise BadData(
                "no column holds scores.",
                where=self._sheet.file,
                remedy="Each criterion needs a column of numbers; or name the columns: --map 'COLUMN=criterion'.",
            )
        taken = set(declared.values())
        found = dict(declared)
        for column, name in zip(kept, names_of([c.asks for c in kept], [c.name for c in kept]), strict=True):
            found[column.name] = _free(_identifier(name), taken)
            taken.add(found[column.name])
            self._means[column.name] = (
                found[column.name],
                "numbers" if column.kind == "numbers" else "words as points",
            )
        return self._in_order(found), None, words

    def _in_order(self, criteria: Mapping[str, str]) -> dict[str, str]:
        """Criteria in the order of their columns."""
        return {name: criteria[name] for name in self._profile.names if name in criteria}

    def _of_one_scale(self, columns: list[Column]) -> list[Column]:
        """Columns on the scale that most of them are on; the others are left out, and it is said."""
        if len(columns) < FEWEST_OF_A_SCALE or self._wish.scale:
            return columns
        known = {column.name: scale_of(_sound(column)) for column in columns if column.numbers}
        home, times = Counter((ends.floor, ends.top) for ends in known.values()).most_common(1)[0]
        kept = [column for column in columns if _mostly_below(column, home[1])]
        if times < 2 or len(kept) < MOST_OF * len(columns):
            return columns
        for column in columns:
            if column not in kept:
                self._means[column.name] = ("ignore", f"on another scale than most, which end at {home[1]:g}")
        return kept

    def _is_role(self, column: Column) -> bool:
        """Whether a column of numbers is a wave, a weight, or numbers for raters or groups."""
        for role in ("wave", "weight", "rater", "industry"):
            if self._role(role) is None and wording.is_one_of(column.name, wording.ROLE_WORDS[role]):
                self._means[column.name] = (role, "by its name")
                return True
        if wording.is_one_of(column.name, wording.ROLE_WORDS["unit"][:-1]) and all(
            n.is_integer() for n in column.numbers
        ):
            self._means[column.name] = ("unit", "by its name")
            return True
        return False

    def _instrument(
        self, asked: Mapping[str, str], values: Mapping[float, int]
    ) -> tuple[Known | None, dict[str, tuple[str, float]]]:
        """The instrument that the columns belong to, and each column's criterion."""
        wanted = [known for known in self._known if known.name == self._wish.instrument]
        best: tuple[Known | None, dict[str, tuple[str, float]]] = (None, {})
        for known in wanted or (() if self._wish.instrument else self._known):
            matched = matches(asked, known.words)
            share = len(matched) / len(known.words)
            if wanted:
                return known, matched
            scale = known.instrument.scale
            inside = sum(n for value, n in values.items() if scale.floor <= value <= scale.top)
            fits = inside >= 0.9 * max(sum(values.values()), 1) and len(matched) >= 2
            if fits and share >= MOST_OF and len(matched) > len(best[1]):
                best = known, matched
        if best[0]:
            self._remarks.append(f"the columns are those of the instrument '{best[0].name}' (--instrument chooses)")
        return best

    # ---- roles ------------------------------------------------------------------------------------

    def _role(self, role: str) -> str | None:
        return next((column for column, (found, _) in self._means.items() if found == role), None)

    def _named(self, role: str, fits: Any = None, extra: Iterable[str] = ()) -> Column | None:
        words = (*extra, *wording.ROLE_WORDS[role])
        for word in words:
            for column in self._profile.columns:
                if column.name in self._means or (fits and not fits(column)):
                    continue
                if wording.is_one_of(column.name, (word,)) or (
                    column.label and wording.is_one_of(column.label, (word,))
                ):
                    return column
        return None

    def _roles(self, known: Known | None) -> None:
        self._take("wave", self._named("wave"), "by its name")
        self._take("weight", self._named("weight", lambda column: column.kind == "numbers"), "by its name")
        if self._role("unit") is None:
            self._take_unit(known)
        unit = self._role("unit")
        for role in ("evidence", "note"):
            self._take(role, self._named(role), "by its name")
        rater = self._named("rater") or self._survey_id()
        if rater is not None and unit and self._repeats(unit):
            self._take("rater", rater, "by its name")
        if self._role("industry") is None:
            self._take_industry(unit)

    def _take(self, role: str, column: Column | None, why: str) -> None:
        if column is not None and self._role(role) is None:
            self._means[column.name] = (role, why)

    def _survey_id(self) -> Column | None:
        """The survey tool's number of each response."""
        found = (c for c in self._profile.columns if wording.is_one_of(c.name, ("responseid", "response id")))
        return next(found, None)

    def _take_unit(self, known: Known | None) -> None:
        extra = known.unit_words if known else ()
        found = self._named("unit", lambda column: column.kind != "empty", extra)
        first = self._profile.columns[0]
        names_rows = first.kind == "texts" and first.different == self._profile.rows and first.name not in self._means
        if found and found is not first and names_rows and found.different < self._profile.rows:
            # The column that names the rows comes first; the other one groups them.
            self._take("unit", first, "texts, none twice")
        elif found:
            self._take("unit", found, "by its name")
        if self._role("unit"):
            return
        free = [c for c in self._profile.columns if c.name not in self._means and c.kind == "texts"]
        free = [c for c in free if not any(wording.is_one_of(c.name, words) for r, words in wording.ROLE_WORDS.items())]
        mentions = [c for c in free if mentioned(c.asks)]
        alone = [c for c in free if c.different == self._profile.rows]
        for column, why in [(c, "its question names it") for c in mentions] + [(c, "texts, none twice") for c in alone]:
            if column.different > 1:
                self._take("unit", column, why)
                return
        most = max(free, key=lambda c: c.different, default=None)
        if most is not None and most.different >= max(3, self._profile.rows / 10) and not self._survey():
            self._take("unit", most, "the texts that differ most")

    def _survey(self) -> bool:
        return bool(self._profile.label_row) or any(
            wording.is_one_of(n, wording.FORMS_TIME) for n in self._profile.names
        )

    def _take_industry(self, unit: str | None) -> None:
        found = self._named("industry", lambda column: self._of_unit(unit, column))
        self._take("industry", found, "by its name")
        if found or not unit:
            return
        for column in self._profile.columns:
            few = column.kind == "texts" and 2 <= column.different <= max(2, self._units(unit) // 4)
            if column.name not in self._means and few and self._of_unit(unit, column):
                self._take("industry", column, "few different texts, one for each unit")
                return

    def _column(self, name: str) -> list[str]:
        place = self._profile[name].place
        return [tidy_text(row[place]) for row in self._rows]

    def _units(self, unit: str) -> int:
        return len(set(self._column(unit)))

    def _of_unit(self, unit: str | None, column: Column) -> bool:
        """Whether each unit has one value of a column."""
        if not unit:
            return False
        pairs = set(zip(self._column(unit), self._column(column.name), strict=True))
        return len(pairs) <= len({name for name, _ in pairs})

    def _repeats(self, unit: str) -> bool:
        """Whether units have several rows each, in one wave: slips leave most of them with one."""
        wave = self._role("wave")
        waves = self._column(wave) if wave else [""] * len(self._rows)
        long = self._role("criterion")
        things = self._column(long) if long else [""] * len(self._rows)
        times = Counter(key for key in zip(self._column(unit), waves, things, strict=True) if key[0])
        return sum(times.values()) >= 1.5 * len(times) if times else False

    def _answers_repeat(self, long: Any) -> bool:
        unit = self._role("unit")
        if unit is None or self._role("rater") or long or not self._repeats(unit):
            return False
        self._remarks.append(f"each {tidy_text(unit)} has several rows: each is taken as the answers of one respondent")
        return True

    def _before_numbers(self, known: Known | None) -> str:
        """What stands before units that are called by numbers: a report could not tell 12 from 12 brands."""
        column = self._profile[str(self._role("unit"))]
        if column.kind != "numbers":
            return ""
        flat = mentioned(column.asks) or (wording.plain(column.name) if len(column.name) > 2 else "unit")
        word = known.instrument.unit.one if known else flat
        word = word[:1].upper() + word[1:]
        self._remarks.append(f"what is scored has numbers for names: called '{word} 1' and so on")
        return word

    def _numbered(self, known: Known | None) -> str:
        word = "Respondent" if self._survey() else "Row"
        if known:
            word = known.instrument.unit.one[:1].upper() + known.instrument.unit.one[1:]
        self._remarks.append(f"no column names what is scored: each row is one, called '{word} 1' and so on")
        return word

    # ---- values -----------------------------------------------------------------------------------

    def _values(self, criteria: Mapping[str, str], long: tuple[Column, Column] | None) -> list[Column]:
        return [long[1]] if long else [self._profile[name] for name in criteria]

    def _missing_and_scale(
        self, columns: Sequence[Column], known: Known | None, words: Mapping[str, float]
    ) -> tuple[tuple[str, ...], Ends]:
        gaps = Counter({text: n for column in columns for text, n in column.gaps.items()})
        values = _together(columns)
        for text, points in words.items():
            values[points] += sum(column.texts.get(text, 0) for column in columns)
        scale = known.instrument.scale if known else None
        ends = Ends(floor=scale.floor, top=scale.top, step=scale.step) if scale else self._wish.scale
        declared = self._sheet.missing
        codes = [value for value in values if value in MISSING_CODES or f"{value:g}" in declared]
        within = Counter({value: n for value, n in values.items() if value not in codes})
        if ends is None:
            ends = scale_of(within or values)
        codes = [v for v in codes if not ends.floor <= v <= ends.top or f"{v:g}" in declared]
        outside = sum(n for value, n in values.items() if value not in codes and not ends.floor <= value <= ends.top)
        for value in sorted(codes):
            self._remarks.append(
                f"{value:g} ({counted(values[value], 'cell', 'cells')}) is taken as missing: it is outside the scale"
            )
        if gaps:
            told = (f"{text} ({counted(n, 'cell', 'cells')})" for text, n in gaps.items())
            self._remarks.append(f"taken as missing: {', '.join(told)}")
        if outside:
            self._remarks.append(
                f"{counted(outside, 'value is', 'values are')} outside the scale {ends.floor:g}-{ends.top:g}; "
                "`scorecard check` says which"
            )
        self._apart(columns, codes, ends)
        return (*gaps, *(f"{value:g}" for value in sorted(codes))), ends

    def _apart(self, columns: Sequence[Column], codes: Sequence[float], ends: Ends) -> None:
        """One scale an instrument: columns of another order of magnitude are told."""
        if len(columns) < 2 or self._wish.scale or self._wish.instrument:
            return
        tops = {c.name: max((abs(v) for v in c.numbers if v not in codes), default=0.0) for c in columns}
        high = max(tops.values())
        small = [name for name, top in tops.items() if top * 10 < high]
        if small and len(small) < len(tops) and ends.top - ends.floor > 20:
            self._remarks.append(
                f"the columns are on different scales ({small[0]} reaches {tops[small[0]]:g}, another {high:g}): "
                "one instrument has one scale, and means over such columns say little; leave some out with =ignore"
            )

    def _waves(self) -> dict[str, dt.date]:
        column = self._role("wave")
        if column:
            found = dict.fromkeys(text for text in self._column(column) if text)
            return dates_of_waves(found, self._day)
        day = self._answered() or self._day
        name = self._wish.wave or str(day.year)
        if not self._wish.wave:
            whence = "the latest answer" if self._answered() else "the file's date"
            self._remarks.append(f"the wave is called {name}, after {whence} (--wave chooses)")
        return dates_of_waves([name], day)

    def _answered(self) -> dt.date | None:
        """The latest day in a column of the survey tool's."""
        names = ("timestamp", "zeitstempel", "recordeddate", "enddate", "recorded date", "end date")
        for name in names:
            for column in self._profile.columns:
                if wording.is_one_of(column.name, (name,)):
                    days = [day for row in self._rows if (day := day_in(row[column.place]))]
                    if days:
                        return max(days)
        return None

    def _left_out(self, criteria: Mapping[str, str], known: Known | None) -> None:
        if known:
            lacking = [one for one in known.words if one not in criteria.values()]
            for one in lacking:
                self._remarks.append(f"no column for the criterion '{one}': name it with --map 'COLUMN={one}'")

    def _meanings(self, declaration: Declaration) -> tuple[Meaning, ...]:
        found = []
        for column in self._profile.columns:
            means, why = self._means.get(column.name, ("not used", ""))
            means = "not used" if means == "ignore" else means
            found.append(Meaning(column.name, holds(column), means, why))
        if declaration.layout == "long":
            for name, criterion in declaration.criteria.items():
                found.append(Meaning(f"{declaration.criterion} = {name}", "", criterion, ""))
        return tuple(found)


_UNITS = (
    "brand",
    "company",
    "department",
    "organisation",
    "organization",
    "product",
    "marke",
    "unternehmen",
    "abteilung",
)


def mentioned(question: str) -> str:
    """What a question says is scored; empty where it names nothing known.

    Examples
    --------
    >>> mentioned("Which brand do you rate?"), mentioned("How old are you?")
    ('brand', '')
    """
    return next((word for word in _UNITS if f" {word} " in f" {wording.plain(question)} "), "")


def holds(column: Column) -> str:
    """What a column holds, in a few words."""
    if column.kind == "empty":
        return "nothing"
    if column.kind == "numbers":
        said = f"{min(column.numbers):g} to {max(column.numbers):g}"
        odd = sum(column.texts.values())
        return f"{said}, {odd} texts" if odd else said
    if column.kind == "dates":
        return "dates"
    return f"{column.different} different texts"


def counted(number: float, one: str, many: str) -> str:
    """A number and its noun.

    Examples
    --------
    >>> counted(1, "cell", "cells"), counted(2, "cell", "cells")
    ('1 cell', '2 cells')
    """
    return f"{number:,g} {one if number == 1 else many}"


def _why(likeness: float) -> str:
    return "same name" if likeness >= 1 else f"similar name ({likeness:.0%})"


def _sound(column: Column) -> Mapping[float, int]:
    """A column's numbers without usual codes of missing ones, if others are left."""
    return {value: n for value, n in column.numbers.items() if value not in MISSING_CODES} or column.numbers


def _mostly_below(column: Column, top: float) -> bool:
    """Whether a column could be on a scale that ends here: more than a slip or two above say no."""
    values = _sound(column)
    above = sum(n for value, n in values.items() if value > top)
    return above <= SLIPS_OF_A_COLUMN * sum(values.values())


def _together(columns: Sequence[Column]) -> Counter[float]:
    values: Counter[float] = Counter()
    for column in columns:
        values.update(column.numbers)
    return values


def scale_of(values: Mapping[float, int]) -> Ends:
    """The usual scale that holds the values, a few slips aside; else their own ends, rounded outwards.

    Examples
    --------
    >>> scale_of({1.0: 3, 2.5: 9, 5.0: 2})
    Ends(floor=1.0, top=5.0, step=0.5)
    >>> scale_of({43.0: 3, 92.0: 1})
    Ends(floor=0.0, top=100.0, step=1.0)
    >>> scale_of({-3.0: 1, 812.0: 1})
    Ends(floor=-3.0, top=820.0, step=1.0)
    """
    if all(0 <= value <= 1 for value in values) and step_of(values) is None:
        return Ends(floor=0, top=1, step=None)
    for floor, top in SCALES:
        inner = {value: n for value, n in values.items() if floor <= value <= top}
        slips = sum(values.values()) - sum(inner.values())
        step = step_of(inner)
        # A wider scale would show more of its values than these few.
        total = sum(values.values())
        few = slips <= min(FEW, max(SLIPS * total, 1 if total >= FEWEST_FOR_A_SLIP else 0))
        if few and all(_no_scale(value, top, step) for value in set(values) - set(inner)) and _reaches(inner, top):
            return Ends(floor=floor, top=top, step=step)
    low, high = min(values), max(values)
    return Ends(floor=_outwards(low, up=False), top=_outwards(high, up=True), step=step_of(values))


def _reaches(values: Mapping[float, int], top: float) -> bool:
    """Whether values use enough of a scale to 100 to be on it."""
    return top <= 10 or max(values, default=0) >= 0.2 * top


def _no_scale(value: float, top: float, step: float | None) -> bool:
    """Whether a value is so far outside that no neighbouring scale would hold it."""
    return value < 0 or value > (10 if step else max(10, 2 * top))


def step_of(values: Mapping[float, int]) -> float | None:
    """1 or 0.5 where all values lie on such a grid, a few slips aside."""
    total = sum(values.values())
    for step in (1.0, 0.5):
        off = sum(n for value, n in values.items() if abs(value / step - round(value / step)) > 1e-9)
        if off <= min(FEW, SLIPS * total):
            return step
    return None


def _outwards(value: float, *, up: bool) -> float:
    """The next number of two digits; 0 below positive values."""
    if value == 0 or (not up and value > 0):
        return 0.0
    part = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return float(f"{(math.ceil if up else math.floor)(value / part) * part:.12g}")


def matches(asked: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, float]]:
    """Each column's criterion and how alike their names are; the most alike first, each once.

    Examples
    --------
    >>> matches({"Dialogue": "Dialogue", "Age": "Age"}, {"dialog": ("dialog", "Dialog with fans")})
    {'Dialogue': ('dialog', 0.857...)}
    """
    pairs = [
        (max(likeness(text, word) for text in {name, asks} for word in names), name, criterion)
        for name, asks in asked.items()
        for criterion, names in words.items()
    ]
    found: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for alike, name, criterion in sorted(pairs, key=lambda pair: -pair[0]):
        if alike >= ALIKE and name not in found and criterion not in taken:
            found[name] = (criterion, alike)
            taken.add(criterion)
    return {name: found[name] for name in asked if name in found}


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; case and punctuation do not count."""
    a, b = wording.plain(one), wording.plain(other)
    if not a or not b:
        return 0.0
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return 1.0
    inside = min(len(a), len(b)) >= 5 and (f" {a} " in f" {b} " or f" {b} " in f" {a} ")
    return max(difflib.SequenceMatcher(None, a, b).ratio(), 0.9 if inside else 0.0)


_BRACKETED = re.compile(r".*\[(.+)\]\s*$")


def names_of(asks: Sequence[str], fallback: Sequence[str]) -> list[str]:
    """Names of criteria from what their columns ask: the row of a grid, without what all of them share.

    Examples
    --------
    >>> names_of(["How good is it? [Dialog]", "How good is it? [Advocacy]"], ["", ""])
    ['Dialog', 'Advocacy']
    """
    grid = [found[1].strip() if (found := _BRACKETED.fullmatch(text)) and len(found[1]) > 2 else text for text in asks]
    # Qualtrics: "How good is it? - Dialog".
    heads = Counter(text.rpartition(" - ")[0] for text in grid if " - " in text)
    cut = [t.rpartition(" - ")[2].strip() if heads[t.rpartition(" - ")[0]] > 1 else t for t in grid]
    return [text or other for text, other in zip(cut, fallback, strict=True)]


def _identifier(name: str) -> str:
    """A criterion's id for a name: lower case, 40 characters at most."""
    text = wording.plain(name).replace(" ", "_")
    if not text or not text[0].isalpha():
        text = f"c_{text}" if text else "c"
    return text[:40].rstrip("_")


def _free(name: str, taken: set[str]) -> str:
    """`name`, with a number where it is taken."""
    number, found = 2, name
    while found in taken:
        found = f"{name[:36]}_{number}"
        number += 1
    return found


_DAY = (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"), re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})"))


def day_in(cell: Any) -> dt.date | None:
    """The day in a cell; 3/4/2026 is read as in the United States, 3.4.2026 as in Germany."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell or "")
    try:
        if found := _DAY[0].search(text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY[1].search(text):
            first, second = int(found[1]), int(found[3])
            day, month = (first, second) if found[2] == "." or first > 12 else (second, first)
            return dt.date(int(found[4]), month, day)
    except ValueError:
        return None
    return None


def dates_of_waves(names: Iterable[str], day: dt.date) -> dict[str, dt.date]:
    """A date for each wave: of its own, its year's or quarter's first day, else years that count up to `day`.

    Examples
    --------
    >>> dates_of_waves(["2026 Q2", "2025"], dt.date(2026, 7, 1))["2026 Q2"]
    datetime.date(2026, 4, 1)
    """
    names = list(names)
    found: dict[str, dt.date] = {}
    for place, name in enumerate(names):
        own = day_in(name)
        year, quarter = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", name), re.search(r"[Qq]([1-4])", name)
        if own is None and year:
            own = dt.date(int(year[1]), 3 * int(quarter[1]) - 2 if quarter else 1, 1)
            if len(names) == 1 and own.year == day.year and not quarter:
                own = day
        found[name] = own or dt.date(day.year - (len(names) - 1 - place), 1, 1) if len(names) > 1 or own else day
    return found


def check_wish(wish: Wish, known: Sequence[Known]) -> None:
    """A scale is for an instrument that is drafted.

    Raises
    ------
    BadParameters
    """
    if wish.scale and wish.instrument in {one.name for one in known}:
        raise BadParameters(
            f"the instrument '{wish.instrument}' has a scale already.",
            where="--scale",
            remedy=f"Leave --scale out, or change `scale` in params/instruments/{wish.instrument}.yaml.",
        )
