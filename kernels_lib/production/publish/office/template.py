"""Our own template for PowerPoint: 16:9, the house's colours and type, two layouts, nothing else.

    Title      dark, the finding large, room for the notice below it
    Message    a title that is a sentence, and a slide of free room below it

Both end with who the deck is for, the tag about the data and the slide's number, as placeholders, so
that whoever adds a slide in PowerPoint gets them.  Lengths here are in points; a slide is 960 by 540.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kernels_lib.production.publish.office.package import TYPES
from kernels_lib.study.theme import HOUSE

WIDTH, HEIGHT = 960, 540
EMU = 12_700  # in a point
SERIF, SANS = "Palatino Linotype", "Arial"
DARK = "#14202c"
ON_DARK = "#f3efe7"

LEFT, RIGHT = 48, WIDTH - 48
# Of the message: from the top, and as high as two lines of it.
TITLE = (LEFT, 30, RIGHT - LEFT, 74)
TITLE_SIZE, OPENING_SIZE = 30, 46
FOOT = 502  # top of the line at the foot
FOOT_HEIGHT = 24
SMALLEST = 14  # points; nothing on a slide is smaller

# Index of the placeholder that holds the tag about the data.
TAG = 13
FOOTER = 'type="ftr" sz="quarter" idx="11"'
NUMBER = 'type="sldNum" sz="quarter" idx="12"'
SLIDE_NUMBER = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"  # any identifier of a field that counts slides

_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PML = "application/vnd.openxmlformats-officedocument.presentationml"

# Places of the theme, and the house's token in each; the last accent is the client's own colour.
THEME = {
    "dk1": "ink",
    "lt1": "paper",
    "dk2": "ink2",
    "lt2": "wash",
    "accent1": "blue",
    "accent2": "verm",
    "accent3": "quiet",
    "accent4": "mut",
    "accent5": "noticel",
    "accent6": "client",
    "hlink": "blue",
    "folHlink": "mut",
}


@dataclass(frozen=True)
class Look:
    """What differs between readers: the client's colour and type, and words in the reader's language."""

    colours: dict[str, str]
    language: str
    title_words: str
    serif: str = SERIF
    sans: str = SANS


def package(look: Look) -> bytes:
    """The template as a presentation without slides."""
    parts = {
        TYPES: _types(),
        "_rels/.rels": _relations(
            ("officeDocument", "ppt/presentation.xml"), ("extended-properties", "docProps/app.xml")
        ),
        "docProps/app.xml": _HEAD + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"><Application>scorecard-reports</Application></Properties>',
        "ppt/presentation.xml": _presentation(look),
        "ppt/_rels/presentation.xml.rels": _relations(
            ("slideMaster", "slideMasters/slideMaster1.xml"), ("theme", "theme/theme1.xml"),
            ("tableStyles", "tableStyles.xml"),
        ),
        "ppt/tableStyles.xml": _HEAD + f'<a:tblStyleLst {_A} def="{{2D5ABB26-0587-4C30-8999-92F81FD0307C}}"/>',
        "ppt/theme/theme1.xml": _theme(look),
        "ppt/slideMasters/slideMaster1.xml": _master(look),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml"), ("slideLayout", "../slideLayouts/slideLayout2.xml"),
            ("theme", "../theme/theme1.xml"),
        ),
        "ppt/slideLayouts/slideLayout1.xml": _opening(look),
        "ppt/slideLayouts/slideLayout2.xml": _message(look),
    }  # fmt: skip
    for number in (1, 2):
        parts[f"ppt/slideLayouts/_rels/slideLayout{number}.xml.rels"] = _relations(
            ("slideMaster", "../slideMasters/slideMaster1.xml")
        )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return file.getvalue()


def _types() -> str:
    kinds = {
        "/ppt/presentation.xml": f"{_PML}.presentation.main+xml",
        "/ppt/slideMasters/slideMaster1.xml": f"{_PML}.slideMaster+xml",
        "/ppt/slideLayouts/slideLayout1.xml": f"{_PML}.slideLayout+xml",
        "/ppt/slideLayouts/slideLayout2.xml": f"{_PML}.slideLayout+xml",
        "/ppt/tableStyles.xml": f"{_PML}.tableStyles+xml",
        "/ppt/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    said = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{said}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    said = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{said}</Relationships>'


def _presentation(look: Look) -> str:
    return (
        f'{_HEAD}<p:presentation {_A} {_R} {_P} saveSubsetFonts="1"><p:sldMasterIdLst>'
        '<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst/>'
        f'<p:sldSz cx="{WIDTH * EMU}" cy="{HEIGHT * EMU}"/><p:notesSz cx="6858000" cy="9144000"/>'
        f'<p:defaultTextStyle><a:defPPr><a:defRPr lang="{_locale(look)}"/></a:defPPr></p:defaultTextStyle>'
        "</p:presentation>"
    )


def _locale(look: Look) -> str:
    return {"en": "en-GB", "de": "de-DE"}[look.language]


def _hex(colour: str) -> str:
    return colour.lstrip("#").upper()


def _theme(look: Look) -> str:
    colours = "".join(
        f'<a:{place}><a:srgbClr val="{_hex(look.colours[token])}"/></a:{place}>' for place, token in THEME.items()
    )

    def font(place: str, name: str) -> str:
        return f'<a:{place}><a:latin typeface={quoteattr(name)}/><a:ea typeface=""/><a:cs typeface=""/></a:{place}>'

    solid = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{solid}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{_HEAD}<a:theme {_A} name="Scorecard"><a:themeElements><a:clrScheme name="Scorecard">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Scorecard">{font("majorFont", look.serif)}{font("minorFont", look.sans)}</a:fontScheme>'
        f'<a:fmtScheme name="Scorecard"><a:fillStyleLst>{solid * 3}</a:fillStyleLst><a:lnStyleLst>{line * 3}'
        f"</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>"
        f"{solid * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    )


def _master(look: Look) -> str:
    def style(size: int, font: str) -> str:
        return (
            '<a:lvl1pPr marL="0" indent="0" algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef><a:spcPts '
            'val="0"/>'
            f'</a:spcBef><a:buNone/><a:defRPr sz="{size * 100}"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
            f'<a:latin typeface="{font}"/></a:defRPr></a:lvl1pPr>'
        )

    shapes = (
        _placeholder(2, "Title", 'type="title"', TITLE, look.title_words)
        + _placeholder(3, "Text", 'type="body" idx="1"', (LEFT, 112, RIGHT - LEFT, 370), "")
        + _foot(look, 4)
    )
    return (
        f'{_HEAD}<p:sldMaster {_A} {_R} {_P}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
        f"<a:effectLst/></p:bgPr></p:bg>{_tree(shapes)}</p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
        'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
        '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/><p:sldLayoutId id="2147483650" r:id="rId2"/>'
        '</p:sldLayoutIdLst><p:hf hdr="0" dt="0"/><p:txStyles><p:titleStyle>'
        f"{style(TITLE_SIZE, '+mj-lt')}</p:titleStyle>"
        f"<p:bodyStyle>{style(18, '+mn-lt')}</p:bodyStyle><p:otherStyle>{style(18, '+mn-lt')}</p:otherStyle>"
        "</p:txStyles>"
        "</p:sldMaster>"
    )


def _opening(look: Look) -> str:
    """The first slide: dark, so its text is set against its own ground and not by the theme's."""
    light = f'<a:solidFill><a:srgbClr val="{_hex(ON_DARK)}"/></a:solidFill>'
    title, words = (LEFT, 150, 820, 190), (LEFT, 360, 760, 100)
    shapes = (
        _placeholder(2, "Title", 'type="ctrTitle"', title, look.title_words, size=OPENING_SIZE, fill=light)
        + _placeholder(3, "Notice", 'type="subTitle" idx="1"', words, "", size=18, fill=light)
        + _foot(look, 4, fill=light)
    )
    ground = f'<p:bg><p:bgPr><a:solidFill><a:srgbClr val="{_hex(DARK)}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
    return _layout("Title", 'type="title"', ground, shapes)


def _message(look: Look) -> str:
    shapes = _placeholder(2, "Title", 'type="title"', TITLE, look.title_words) + _foot(look, 3)
    return _layout("Message", 'type="titleOnly"', "", shapes)


def _layout(name: str, kind: str, ground: str, shapes: str) -> str:
    return (
        f'{_HEAD}<p:sldLayout {_A} {_R} {_P} {kind} preserve="1"><p:cSld name="{name}">{ground}{_tree(shapes)}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _foot(look: Look, number: int, fill: str = "") -> str:
    """Who the deck is for, the tag about the data, and the number of the slide."""
    quiet = fill or '<a:solidFill><a:schemeClr val="accent4"/></a:solidFill>'
    page = f'<a:fld id="{SLIDE_NUMBER}" type="slidenum"><a:rPr lang="{_locale(look)}"/><a:t>‹#›</a:t></a:fld>'
    who, tag, last = ((x, FOOT, width, FOOT_HEIGHT) for x, width in ((LEFT, 480), (LEFT + 490, 300), (RIGHT - 60, 60)))
    style: dict[str, Any] = {"size": SMALLEST, "fill": quiet, "anchor": "ctr"}
    return (
        _placeholder(number, "Footer", FOOTER, who, "", **style)
        + _placeholder(number + 1, "Tag", f'type="body" sz="quarter" idx="{TAG}"', tag, "", **style)
        + _placeholder(number + 2, "Slide number", NUMBER, last, page, side="r", **style)
    )


def _placeholder(
    number: int, name: str, kind: str, frame: tuple[float, float, float, float], words: str,
    *, size: int = 0, fill: str = "", anchor: str = "t", side: str = "",
) -> str:  # fmt: skip
    """A place that slides fill; `words` are text, or a field that is XML already."""
    style = ""
    if size or fill or side:
        style = (
            f'<a:lvl1pPr marL="0" indent="0"{f" algn={quoteattr(side)}" if side else ""}><a:buNone/>'
            f"<a:defRPr{f' sz={quoteattr(str(size * 100))}' if size else ''}>{fill}</a:defRPr></a:lvl1pPr>"
        )
    text = words if words.startswith("<") else f"<a:r><a:rPr/><a:t>{escape(words)}</a:t></a:r>" if words else ""
    x, y, width, height = (round(length * EMU) for length in frame)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
        f"<p:ph {kind}/>"
        f'</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr vert="horz" wrap="square" '
        'lIns="0" tIns="0" '
        f'rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>'
        f"{text}</a:p></p:txBody></p:sp>"
    )


def _tree(shapes: str) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
        f"{shapes}</p:spTree>"
    )


def palette(client: str) -> dict[str, str]:
    """The house's colours with a client's own in its place, where that can be told from ours."""
    from kernels_lib.study.theme import palette as painted

    return {token: colour for token, colour in painted("light", client=client).items() if token in HOUSE}
