"""Files that go into a document: vendored scripts, own styles, templates, and the policy.

Vendored scripts are compared with assets/SHA256SUMS when they are read, so that a damaged or
exchanged file cannot reach a client.  `with_scripts` puts scripts into a rendered document and
names the SHA-256 of each one in its Content-Security-Policy: no other script runs, and no request
can leave the document.

A hosted site may keep scripts and styles beside its pages instead, once for all of them (`shared`):
such a page names their addresses, each with a hash of what is there, and its policy lets it load
from its own site only.  Integrity attributes are not used: browsers refuse them to pages that are
opened from a file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from kernels_lib.errors import GateFailed
from kernels_lib.study import theme
from kernels_lib.templating import Compiled

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
TEMPLATES = HERE / "templates"

PLOTLY = "plotly/plotly-cartesian.min.js"
PLOTLY_FULL = "plotly (all traces)"  # not vendored: the file that the Python package brings
PLOTLY_VERSION = "4.1.1"

LIBRARIES = (PLOTLY, PLOTLY_FULL)

# Every script and style sheet of pages and decks.
SCRIPTS = (PLOTLY, "draw.js", "page.js", "reveal/reveal.js", "deck.js")
STYLES = ("report.css", "reveal/reset.css", "reveal/reveal.css", "deck.css")

# What the vendored bundle can draw.  A trace of another type would be an empty chart without any
# error, so figures are compared with this list; a browser test compares the list with the bundle.
PLOTLY_TRACES = frozenset(
    {
        "scatter", "bar", "box", "heatmap", "histogram", "histogram2d", "histogram2dcontour", "contour",
        "scatterternary", "violin", "pie", "image",
    }
)  # fmt: skip


# What the full bundle draws beside these as SVG, without asking the network: each was seen in a browser
# under the document's policy.  Maps fetch their outlines; WebGL traces cannot be printed or recoloured.
FULL_TRACES = frozenset(
    {
        "barpolar", "candlestick", "funnel", "funnelarea", "icicle", "indicator", "ohlc", "parcats", "sankey",
        "scatterpolar", "scattersmith", "sunburst", "table", "treemap", "waterfall",
    }
)  # fmt: skip


@cache
def environment() -> Environment:
    """Templates of every document, compiled once a process; everything is escaped unless it is `Markup`."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=Compiled(TEMPLATES),
    )
    made.filters["heading"] = heading
    return made


def heading(text: str) -> Markup:
    """A heading in which a short hyphenated word does not break over two lines.

    Examples
    --------
    >>> heading("Ahead in peer-to-peer <x>")
    Markup('Ahead in <span class="nb">peer-to-peer</span> &lt;x&gt;')
    """
    return Markup(re.sub(r"\w+(?:-\w+)+", lambda m: f'<span class="nb">{m[0]}</span>' if len(m[0]) < 20 else m[0],
                         str(escape(text))))  # fmt: skip


@cache
def checksums() -> dict[str, str]:
    """SHA-256 of each vendored file, as recorded when it was fetched."""
    lines = (ASSETS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


@cache
def text(name: str) -> str:
    """An asset's text; a vendored file is first compared with its checksum.

    Raises
    ------
    GateFailed
        If a vendored file is not what was fetched.
    """
    if name == PLOTLY_FULL:
        return _full_plotly()
    data = (ASSETS / name).read_bytes()
    expected = checksums().get(name)
    if expected is not None and hashlib.sha256(data).hexdigest() != expected:
        raise GateFailed(
            "the file is not what was fetched (its SHA-256 differs from SHA256SUMS).",
            where=ASSETS / name,
            remedy="Fetch it again with assets/refresh.sh.",
        )
    return data.decode("utf-8")


def _full_plotly() -> str:
    """plotly.js with every trace, as the installed Python package has it; plotly itself is not imported."""
    found = find_spec("plotly")
    path = Path(str(found.origin)).parent / "package_data" / "plotly.min.js" if found else None
    if path is None or not path.is_file():
        raise GateFailed("the Python package plotly brings no plotly.js.", remedy="Install the locked version again.")
    body = path.read_text(encoding="utf-8")
    if f"plotly.js v{PLOTLY_VERSION}" not in body[:400]:
        raise GateFailed(
            f"the installed plotly.js is not version {PLOTLY_VERSION}, the version of the vendored bundle.",
            where=path.name,
            remedy="Install the locked version of plotly, or fetch the bundle again with assets/refresh.sh.",
        )
    return body


@cache
def script(name: str) -> str:
    """A script as it goes between <script> tags."""
    body = text(name)
    if name == "draw.js":
        body = body.replace("/*TOKENS*/ {}", json.dumps({_rgb(value): token for token, value in theme.HOUSE.items()}))
    # Either of these would end or confuse the element around it.
    if re.search(r"</script|<!--", body, re.IGNORECASE):
        raise GateFailed("the script holds '</script' or '<!--' and cannot be put inline.", where=ASSETS / name)
    return body


@cache
def digest(body: str) -> str:
    """A script's source expression in a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(body.encode("utf-8")).digest()).decode("ascii")


@cache
def policy(names: tuple[str, ...], to_assets: str = "") -> Markup:
    """The Content-Security-Policy of a document with these scripts and nothing else.

    With `to_assets` the scripts are files of the document's own site.
    """
    sources = " ".join(f"'{digest(script(name))}'" for name in names) or "'none'"
    own = ""
    if to_assets:
        sources, own = "'self'", "'self' "
    return Markup(
        f"default-src 'none'; img-src data:; font-src data:; style-src {own}'unsafe-inline'; "
        f"script-src {sources}; base-uri 'none'; form-action 'none'"
    )


def with_scripts(html: str, names: tuple[str, ...], to_assets: str = "") -> str:
    """Put scripts at the end of a rendered document's body.

    Done after the template is rendered: a megabyte of script has no place in a template engine.
    """
    head, tail = _around(html)
    return "".join((head, _elements(names, to_assets), tail))


def with_scripts_encoded(html: str, names: tuple[str, ...], to_assets: str = "") -> bytes:
    """The same as bytes: what all documents share is not encoded anew for each."""
    head, tail = _around(html)
    return b"".join((head.encode("utf-8"), _encoded(names, to_assets), tail.encode("utf-8")))


def _around(html: str) -> tuple[str, str]:
    """What comes before a document's scripts, and what after them."""
    at = html.rfind("</body>")
    if at < 0:
        raise ValueError("the document has no </body>")
    return html[:at], html[at:]


@cache
def _encoded(names: tuple[str, ...], to_assets: str) -> bytes:
    return _elements(names, to_assets).encode("utf-8")


@cache
def _elements(names: tuple[str, ...], to_assets: str) -> str:
    if to_assets:
        return "".join(
            f'<script{_INERT} data-src="{to_assets}{shared_name(name)}"></script>\n'
            if name in LIBRARIES
            else f'<script src="{to_assets}{shared_name(name)}"></script>\n'
            for name in names
        )
    return "".join(f"<script{_INERT if name in LIBRARIES else ''}>{script(name)}</script>\n" for name in names)


# The chart library lies in the document as text; draw.js has it evaluated when a chart is first needed.
_INERT = ' type="text/plain" id="chart-library"'


def shared() -> dict[str, bytes]:
    """What the shared folder of a site holds: name of each file, with its hash in it, and its bytes."""
    return {shared_name(name): _content(name).encode("utf-8") for name in (*SCRIPTS, PLOTLY_FULL, *STYLES)}


@cache
def shared_name(name: str) -> str:
    """The name of an asset's file in the shared folder: a changed file has another name, so no cache is stale."""
    path = Path("plotly.min.js" if name == PLOTLY_FULL else name)
    digested = hashlib.sha256(_content(name).encode("utf-8")).hexdigest()[:12]
    return f"{path.stem}.{digested}{path.suffix}"


def _content(name: str) -> str:
    return text(name) if name in STYLES else script(name)


def style(*names: str, modes: bool, client: str = "", fonts: Mapping[str, Mapping[str, str]] | None = None) -> Markup:
    """Style sheets with the colour tokens before them.

    Parameters
    ----------
    *names : str
        Assets, in order.
    modes : bool
        Whether the document follows a dark scheme and has print colours of its own.
    client : str, optional
        The client's colour, see `theme.palette`.
    fonts : mapping, optional
        The client's type: ``headings`` and ``text``, each with a `family` and perhaps its `data`.
    """
    return Markup(tokens(modes, client) + _type(fonts or {}) + "\n" + "\n".join(text(name) for name in names))


def _type(fonts: Mapping[str, Mapping[str, str]]) -> str:
    """The client's families before the house's, with the fonts that it brings."""
    rules = []
    for place, variable, stack in (("headings", "serif", theme.SERIF), ("text", "prose", theme.SANS)):
        font = fonts.get(place)
        if font:
            if font["data"]:
                rules.append(f'@font-face{{font-family:"{font["family"]}";src:url({font["data"]}) format("woff2")}}')
            rules.append(f':root{{--{variable}:"{font["family"]}",{stack}}}')
    return "\n" + "\n".join(rules) if rules else ""


@cache
def tokens(modes: bool, client: str = "") -> str:
    """Custom properties, one a colour token, and the two type families."""

    def block(mode: str, scheme: str) -> str:
        colours = theme.palette(mode, client=client)
        return f":root{{color-scheme:{scheme};" + "".join(f"--{k}:{v};" for k, v in colours.items()) + "}"

    fonts = f":root{{--sans:{theme.SANS};--prose:var(--sans);--serif:{theme.SERIF}}}"
    if not modes:
        return fonts + "\n" + block("light", "light")
    return "\n".join(
        [
            fonts,
            block("light", "light dark"),
            f"@media (prefers-color-scheme:dark){{{block('dark', 'light dark')}}}",
            # After the dark block: paper is white whatever the screen is.
            f"@media print{{{block('print', 'light')}}}",
        ]
    )


def css_string(value: str) -> Markup:
    """A text as a CSS string that can end neither the string nor the style element.

    Examples
    --------
    >>> css_string('A "b" </style>')
    Markup('"A \\\\22 b\\\\22  \\\\3c \\\\2f style\\\\3e "')
    """
    return Markup('"' + re.sub(r"[^\w .,:;()|%+*!?=-]", lambda m: f"\\{ord(m[0]):x} ", value) + '"')


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
