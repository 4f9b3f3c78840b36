"""A sheet to draw on: rows, margins, and where a value or a word lies on it.

Rows lie at y = 0, -1, -2, ...; one unit is `Sheet.row` pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernels_lib.analysis.charts.lettering import fit, one_size, whole
from kernels_lib.analysis.charts.look import Form
from kernels_lib.analysis.charts.scales import plain

MOST = 4  # lines of a name, where two are not enough
LINE = 1.3  # height of a line of text, in type sizes


class Sheet:
    """Rows of one chart in one form, and the type of their names.

    Parameters
    ----------
    form : Form
    low, high : float
        Ends of the x axis.
    rows : int
        Number of rows.
    row : float, optional
        Height of a row in pixels; default the form's.
    breaks : mapping of int to float, optional
        Extra space before a row, in rows.
    left, right, top, bottom : int, optional
        Margins other than the form's.
    names : sequence of str, optional
        Names of the rows.  They have one size; long ones make rows of a page higher.
    bold : bool
        Whether names are bold.
    second : bool
        Whether a second line stands below a name; decks have no room for one.
    cross : float, optional
        Value of an upright line that names above the rows must not cross.
    room : float, optional
        Pixels that a name above its row has; default what `cross` leaves.
    """

    def __init__(
        self,
        form: Form,
        *,
        low: float,
        high: float,
        rows: int,
        row: float | None = None,
        breaks: Mapping[int, float] | None = None,
        left: int | None = None,
        right: int | None = None,
        top: int | None = None,
        bottom: int | None = None,
        names: Sequence[str] = (),
        bold: bool = True,
        second: bool = False,
        cross: float | None = None,
        room: float | None = None,
    ) -> None:
        self.form, self.low, self.high, self.rows = form, float(low), float(high), rows
        self.left = form.left if left is None else left
        self.right = form.right if right is None else right
        self.top = form.top if top is None else top
        self.bottom = form.bottom if bottom is None else bottom
        self.breaks = dict(breaks or {})
        self.span = rows + sum(self.breaks.values())
        self.row = float(form.row if row is None else row)
        self.body = self.row
        self.name_lines, self.name_size = 1, float(form.title)
        self.fixed = form.height is not None
        self.plot_width = form.width - self.left - self.right
        if form.height is not None:
            self.row = round(min(self.row, (form.height - self.top - self.bottom) / max(self.span, 1)), 2)
        self.room = (self._above(cross) if room is None else room) if form.names_above else self.left - 8
        if names:
            self._lay_names(list(names), bold, second)
        # In shallow rows a bar of full thickness would touch the line below it.
        self.bar = round(min(form.bar, self.row * 0.46), 1)
        self.dot = round(min(form.dot, self.row * 0.42), 1)
        self.plot_height = round(self.row * self.span, 2)

    def _above(self, cross: float | None) -> float:
        """Pixels of a name above its row: it must not cross an upright line."""
        form = self.form
        part = 1.0 if cross is None else (cross - self.low) / (self.high - self.low)
        room = self.left + part * form.slack * self.plot_width - 6
        return room if room > 0.5 * form.width else form.width * form.slack - 10

    def _lay_names(self, names: list[str], bold: bool, second: bool) -> None:
        """Size and lines of all names: smaller before more lines than two; higher rows where they may grow."""
        form = self.form

        def all_whole(size: float, lines: int) -> bool:
            return all(whole(fit(name, self.room, size, bold=bold, lines=lines), name) for name in names)

        def lines_at(size: float, most: int) -> int:
            return max(len(fit(name, self.room, size, bold=bold, lines=most)) for name in names)

        if form.height is not None:
            size = float(form.title)
            while size > form.least and not all_whole(size, self._lines_in_row(size)):
                size = max(form.least, size - 0.5)
            if not all_whole(size, self._lines_in_row(size)):
                room = (form.height - self.top - self.bottom) / max(self.span, 1)
                self.row = round(min(room, max(self.row, lines_at(size, MOST) * 1.2 * size + 0.1)), 2)
            self.name_size, self.name_lines = size, lines_at(size, self._lines_in_row(size))
            return
        size = one_size(names, self.room, form.title, form.least, bold=bold, lines=2)
        below = form.small * LINE + 3 if second else 0

        def higher() -> float:
            """The row that names of this size and so many lines need."""
            lines = lines_at(size, 2 if all_whole(size, 2) else MOST)
            if form.names_above:
                return self.body + (lines - 1) * size * LINE + below
            return max(self.body, lines * size * LINE + below)

        if higher() > self.body:
            # Rather smaller names than higher rows, as long as they are large enough to read.
            single = one_size(names, self.room, form.title, form.least, bold=bold)
            size = single if all_whole(single, 1) else size
        self.name_size, self.row = size, round(higher(), 2)
        self.name_lines = lines_at(size, 2 if all_whole(size, 2) else MOST)

    def _lines_in_row(self, size: float) -> int:
        return max(1, int(self.row / (1.2 * size)))

    @property
    def foot(self) -> float:
        """The lower end of the plot, in rows."""
        return plain(0.5 - self.span)

    @property
    def name_line(self) -> float:
        """Pixels from a row's middle up to the last line of its name, where names stand above."""
        return self.row / 2 - self.name_size * (0.7 + LINE * (self.name_lines - 1))

    def y(self, index: int, rows: float = 0.0) -> float:
        """Height of a row, moved up by `rows` of its own height."""
        down = index + sum(extra for before, extra in self.breaks.items() if before <= index)
        return plain(-down + rows)

    def px(self, x: float, *, tight: bool = False) -> float:
        """Pixels from the left end of the plot; `tight` for the narrowest width that must still work."""
        width = self.plot_width * (self.form.slack if tight else 1.0)
        return (x - self.low) / (self.high - self.low) * width

    def units(self, pixels: float) -> float:
        """Pixels as rows."""
        return plain(pixels / self.row)

    def across(self, x: float) -> float:
        """A value as a part of the plot's width; words out of the axis range would vanish as data."""
        return plain((x - self.low) / (self.high - self.low))

    def up(self, y: float) -> float:
        """A height in rows as a part of the plot's height."""
        return plain(1 - (0.5 - y) / self.span)

    def lane(self, index: int) -> float:
        """Height of a row's main mark."""
        return self._in_row(index, self.form.lane)

    def under(self, index: int) -> float:
        """Height of the line below a row's main mark."""
        return self._in_row(index, self.form.under)

    def _in_row(self, index: int, part: float) -> float:
        if not self.form.names_above:
            return self.y(index, part)
        # A name of two lines makes a phone's row higher at its top only.
        return self.y(index, -0.5 + (0.5 + part) * self.body / self.row)
