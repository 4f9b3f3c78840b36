"""Native charts as parts of a deck: the drawing in Office's own words, and the workbook behind it.

A `Chart` has one horizontal row for each name, and in it the bars or the points of its `Series`.  Its
data lie in one plain table, `Sheet1` of the workbook that PowerPoint opens at "Edit data"; it holds
what is plotted and nothing else.  Colours are tokens of the house, lengths points.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kernels_lib.production.publish.office.canvas import Canvas, Frame
from kernels_lib.production.publish.office.package import rewritten, sayable
from kernels_lib.production.publish.office.template import EMU, SMALLEST
from kernels_lib.study.language import _

Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Look:
    """How one bar or point is drawn.

    `label` is where its value stands, nowhere if empty; `symbol` replaces that of the series.
    """

    fill: str = ""
    edge: str = ""
    weight: float = 1.25
    label: str = ""
    ink: str = "ink"
    size: float = 7
    symbol: str = ""
    shine: float = 0.0  # how much shows through the fill, from 0 to 1


@dataclass(frozen=True)
class Series:
    """Bars or points, one a row.

    `looks` differ row by row.  `low` and `high` are the ends of an interval around each bar's value,
    drawn as a line of `weight` in `whisker`.
    """

    name: str
    values: Numbers
    look: Look
    looks: Sequence[Look | None] = ()
    low: Numbers = ()
    high: Numbers = ()
    whisker: str = "quiet"
    weight: float = 1.75
    symbol: str = "none"


@dataclass(frozen=True)
class Lines:
    """A line in each row, from one value to another, below the points."""

    name: str
    low: Numbers
    high: Numbers
    colour: str
    weight: float
    shine: float = 0.0  # how much shows through it, from 0 to 1


@dataclass(frozen=True)
class Axis:
    """The scale across: from, to, the distance of its marks, and where rows of bars begin."""

    low: float
    high: float
    step: float
    format: str
    cross: float | None = None


@dataclass(frozen=True)
class Chart:
    """A chart of horizontal rows; `inner` is the plot's place on the slide, inside `frame`.

    With `heights` it is one of points, at these places from the top down, and may have `lines`.
    """

    names: Sequence[str]
    series: Sequence[Series]
    axis: Axis
    frame: Frame
    inner: Frame
    format: str
    head: str = ""
    gap: int = 45  # between rows, in hundredths of a bar
    overlap: int = 0
    heights: Sequence[float] = ()
    lines: Sequence[Lines] = ()


def add(canvas: Canvas, chart: Chart, *, name: str, words: str) -> None:
    """Add a chart to a slide."""
    from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from pptx.opc.packuri import PackURI
    from pptx.parts.chart import ChartPart

    part = canvas.slide.part
    partname = PackURI(str(part.package.next_partname("/ppt/charts/chart%d.xml")))
    drawn = ChartPart.load(partname, CONTENT_TYPE.DML_CHART, part.package, _xml(canvas, chart).encode("utf-8"))
    drawn.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    canvas.chart(chart.frame, part.relate_to(drawn, RELATIONSHIP_TYPE.CHART), name=name, words=words)


# The table of the data


def _table(chart: Chart) -> list[tuple[str, Sequence[Any]]]:
    """Columns of the workbook: names, heights of points, then series with their intervals, then lines.

    A line takes three rows: where it begins, where it ends, and a row without a height, which ends it.
    """
    columns: list[tuple[str, Sequence[Any]]] = [(chart.head, list(chart.names))]
    if chart.heights:
        columns.append(("", list(chart.heights)))
    for series in chart.series:
        columns.append((series.name, list(series.values)))
        if series.low:
            # Office draws distances from the value, so these are what somebody can edit.
            columns.append((f"{series.name}: {_('points down')}", _distances(series.values, series.low)))
            columns.append((f"{series.name}: {_('points up')}", _distances(series.values, series.high)))
    for lines in chart.lines:
        known = [(low, high, at) for low, high, at in zip(lines.low, lines.high, chart.heights, strict=True)
                 if low is not None and high is not None]  # fmt: skip
        columns.append((lines.name, [value for low, high, _at in known for value in (low, high, high)]))
        columns.append(("", [height for _low, _high, at in known for height in (at, at, None)]))
    return columns


def _distances(values: Numbers, ends: Numbers) -> list[float]:
    pairs = zip(values, ends, strict=True)
    return [round(abs(end - value), 9) if end is not None and value is not None else 0.0 for value, end in pairs]


def _workbook(chart: Chart) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {"in_memory": True, **inert})
    book.set_properties({"created": dt.datetime(1980, 1, 1)})
    sheet = book.add_worksheet("Sheet1")
    number = book.add_format({"num_format": chart.format})
    sheet.set_column(0, 0, 32)
    for place, (head, values) in enumerate(_table(chart)):
        sheet.write_string(0, place, sayable(head)[:255])
        for at, value in enumerate(values, 1):
            if isinstance(value, str):
                sheet.write_string(at, place, sayable(value)[:1000])
            elif value is not None:
                sheet.write_number(at, place, value, number)
    book.close()
    return rewritten(file.getvalue())


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else chr(ord("A") + column // 26 - 1) + chr(ord("A") + column % 26)


class _Data:
    """References into the workbook, with the values that programs show before they open it."""

    def __init__(self, chart: Chart) -> None:
        self.format = chart.format
        self.columns = _table(chart)

    def numbers(self, tag: str, column: int) -> str:
        values = self.columns[column][1]
        points = "".join(
            f'<c:pt idx="{at}"><c:v>{value:.12g}</c:v></c:pt>' for at, value in enumerate(values) if value is not None
        )
        return (
            f"<c:{tag}><c:numRef><c:f>{self._range(column)}</c:f><c:numCache><c:formatCode>{escape(self.format)}"
            f'</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef></c:{tag}>'
        )

    def words(self, tag: str, column: int) -> str:
        points = "".join(
            f'<c:pt idx="{at}"><c:v>{escape(sayable(value))}</c:v></c:pt>'
            for at, value in enumerate(self.columns[column][1])
        )
        return (
            f"<c:{tag}><c:strRef><c:f>{self._range(column)}</c:f><c:strCache>"
            f'<c:ptCount val="{len(self.columns[column][1])}"/>{points}'
            f"</c:strCache></c:strRef></c:{tag}>"
        )

    def head(self, column: int) -> str:
        return (
            f'<c:tx><c:strRef><c:f>Sheet1!${_letters(column)}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0">'
            "<c:v>"
            f"{escape(sayable(self.columns[column][0]))}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        )

    def _range(self, column: int) -> str:
        last = len(self.columns[column][1]) + 1
        return f"Sheet1!${_letters(column)}$2:${_letters(column)}${last}"


# The drawing


def _xml(canvas: Canvas, chart: Chart) -> str:
    data = _Data(chart)
    plot = _points(canvas, chart, data) if chart.heights else _bars(canvas, chart, data)
    inner, frame = chart.inner, chart.frame
    place = "".join(
        f'<c:{tag} val="{share:.5f}"/>'
        for tag, share in (
            ("x", (inner.x - frame.x) / frame.width),
            ("y", (inner.y - frame.y) / frame.height),
            ("w", inner.width / frame.width),
            ("h", inner.height / frame.height),
        )
    )
    layout = (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{place}</c:manualLayout></c:layout>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace '
        'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:date1904 val="0"/>'
        f'<c:lang val="{canvas.language}"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f'<c:plotArea>{layout}{plot}<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/>'
        '<c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{_type(canvas, 'ink')}"
        "</c:chartSpace>"
    )


def _bars(canvas: Canvas, chart: Chart, data: _Data) -> str:
    column, drawn = 1, []
    for at, series in enumerate(chart.series):
        drawn.append(
            f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/>{data.head(column)}{_look(canvas, series.look)}'
            f'<c:invertIfNegative val="0"/>{_looks(canvas, series)}{_labels(canvas, chart, series)}'
            f"{_whiskers(canvas, series, data, column)}{data.words('cat', 0)}{data.numbers('val', column)}</c:ser>"
        )
        column += 3 if series.low else 1
    axis = chart.axis
    cross = f'<c:crossesAt val="{axis.cross:.12g}"/>' if axis.cross is not None else '<c:crosses val="min"/>'
    line = canvas.line("ink", 2.0) if axis.cross is not None else canvas.line("rule", 0.75)
    names = (
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos '
        'val="l"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/><c:spPr>{line}</c:spPr>{_type(canvas, "ink", bold=True)}<c:crossAx val="1002"/>'
        f"{cross}"
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )
    return (
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{"".join(drawn)}<c:gapWidth val="{chart.gap}"/><c:overlap val="{chart.overlap}"/><c:axId val="1001"/>'
        '<c:axId val="1002"/>'
        f"</c:barChart>{names}{_scale(canvas, axis, 1002, 1001, 'b', 'max')}"
    )


def _points(canvas: Canvas, chart: Chart, data: _Data) -> str:
    # PowerPoint draws the last series on top, LibreOffice the first: lines come first, broad ones shine through.
    column = 2 + len(chart.series)
    drawn = []
    for lines in chart.lines:
        fill = canvas.fill(lines.colour, shine=lines.shine)
        look = f'<a:ln w="{round(lines.weight * EMU)}" cap="flat">{fill}</a:ln>'
        drawn.append(
            _scattered(
                len(drawn), data, column, column + 1, f"<c:spPr>{look}</c:spPr>{_marker(canvas, 'none', Look())}"
            )
        )
        column += 2
    for at, series in enumerate(chart.series):
        marks = _marker(canvas, series.symbol, series.look) + _markers(canvas, series)
        drawn.append(_scattered(len(drawn), data, 2 + at, 1, f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{marks}"))
    count = len(chart.names)
    rows = (
        '<c:valAx><c:axId val="1003"/><c:scaling><c:orientation val="maxMin"/>'
        f'<c:max val="{count + 0.5}"/><c:min val="0.5"/></c:scaling><c:delete val="1"/><c:axPos val="l"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="none"/><c:crossAx val="1002"/><c:crosses val="min"/><c:crossBetween val="midCat"/>'
        "</c:valAx>"
    )
    return (
        f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{"".join(drawn)}<c:axId val="1002"/>'
        f'<c:axId val="1003"/></c:scatterChart>{_scale(canvas, chart.axis, 1002, 1003, "b", "max")}{rows}'
    )


def _scattered(at: int, data: _Data, across: int, down: int, look: str) -> str:
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/>{data.head(across)}{look}{data.numbers("xVal", across)}'
        f'{data.numbers("yVal", down)}<c:smooth val="0"/></c:ser>'
    )


def _scale(canvas: Canvas, axis: Axis, own: int, other: int, side: str, crosses: str) -> str:
    return (
        f'<c:valAx><c:axId val="{own}"/><c:scaling><c:orientation val="minMax"/><c:max val="{axis.high:.12g}"/>'
        f'<c:min val="{axis.low:.12g}"/></c:scaling><c:delete val="0"/><c:axPos val="{side}"/><c:majorGridlines>'
        "<c:spPr>"
        f"{canvas.line('hair', 0.75)}</c:spPr></c:majorGridlines><c:numFmt formatCode={quoteattr(axis.format)} "
        'sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln>'
        "<a:noFill/></a:ln>"
        f'</c:spPr>{_type(canvas, "mut")}<c:crossAx val="{other}"/><c:crosses val="{crosses}"/>'
        f'<c:crossBetween val="{"between" if other == 1001 else "midCat"}"/><c:majorUnit val="{axis.step:.12g}"/>'
        "</c:valAx>"
    )


def _type(canvas: Canvas, colour: str, *, bold: bool = False, whole: bool = False) -> str:
    weight = ' b="1"' if bold else ' b="0"'
    wrap = ' wrap="none"' if whole else ""
    return (
        f'<c:txPr><a:bodyPr{wrap}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{SMALLEST * 100}"{weight}>'
        f"{canvas.fill(colour)}"
        f'<a:latin typeface="+mn-lt"/></a:defRPr></a:pPr><a:endParaRPr lang="{canvas.language}"/></a:p></c:txPr>'
    )


def _look(canvas: Canvas, look: Look) -> str:
    return f"<c:spPr>{canvas.fill(look.fill, shine=look.shine)}{canvas.line(look.edge, look.weight)}</c:spPr>"


def _looks(canvas: Canvas, series: Series) -> str:
    return "".join(
        f'<c:dPt><c:idx val="{at}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{_look(canvas, look)}</c:dPt>'
        for at, look in enumerate(series.looks)
        if look is not None
    )


def _marker(canvas: Canvas, symbol: str, look: Look) -> str:
    symbol = look.symbol or symbol
    if symbol == "none":
        return '<c:marker><c:symbol val="none"/></c:marker>'
    return f'<c:marker><c:symbol val="{symbol}"/><c:size val="{round(look.size)}"/>{_look(canvas, look)}</c:marker>'


def _markers(canvas: Canvas, series: Series) -> str:
    return "".join(
        f'<c:dPt><c:idx val="{at}"/>{_marker(canvas, series.symbol, look)}<c:bubble3D val="0"/></c:dPt>'
        for at, look in enumerate(series.looks)
        if look is not None
    )


_NO_LABEL = (
    '<c:showLegendKey val="0"/><c:showVal val="{shown}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(canvas: Canvas, chart: Chart, series: Series) -> str:
    """The values beside their marks, where a look says so."""
    looks = [look or series.look for look in (series.looks or [None] * len(series.values))]
    if not any(look.label for look in looks):
        return ""
    plain = f'<c:numFmt formatCode={quoteattr(chart.format)} sourceLinked="0"/>{_look(canvas, Look())}'
    single = "".join(
        f'<c:dLbl><c:idx val="{at}"/>{plain}{_type(canvas, look.ink, bold=True, whole=True)}<c:dLblPos '
        f'val="{look.label}"/>'
        f"{_NO_LABEL.format(shown=1)}</c:dLbl>"
        if look.label
        else f'<c:dLbl><c:idx val="{at}"/><c:delete val="1"/></c:dLbl>'
        for at, look in enumerate(looks)
    )
    return f"<c:dLbls>{single}{plain}{_type(canvas, 'ink', bold=True)}{_NO_LABEL.format(shown=0)}</c:dLbls>"


def _whiskers(canvas: Canvas, series: Series, data: _Data, column: int) -> str:
    if not series.low:
        return ""
    flat = f'<a:ln w="{round(series.weight * EMU)}" cap="flat">{canvas.fill(series.whisker)}</a:ln>'
    return (
        f'<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/>'
        f"{data.numbers('plus', column + 2)}{data.numbers('minus', column + 1)}"
        f"<c:spPr>{flat}</c:spPr></c:errBars>"
    )
