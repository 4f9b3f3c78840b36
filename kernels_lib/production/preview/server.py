"""HTTP for one preview, on 127.0.0.1 and for this machine's own browser only.

    GET  /            the page; /preview.css, /preview.js
    GET  /events      the state, as server-sent events
    GET  /form        the parameters as a form; /subjects: all reports
    GET  /site/...    the documents as they were published
    POST /set         {"layer", "key", "value"}: write one value
    POST /subject     {"key"}: show another report

A request must name this very address as its host (so no other name can be made to lead here), and a
write must come from this very page (origin) with the token that only this page was given.
"""

from __future__ import annotations

import json
import secrets
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kernels_lib.errors import BadParameters, ScorecardError
from kernels_lib.paths import build_folder
from kernels_lib.production.preview import form
from kernels_lib.production.preview.desk import Desk
from kernels_lib.study import theme

ADDRESS = "127.0.0.1"
FIRST_PORT = 8420
PORTS_TRIED = 20
MOST_BYTES = 64_000
PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Server(ThreadingHTTPServer):
    """The preview's server.

    Parameters
    ----------
    desk : Desk
    port : int
        0: the first free one from `FIRST_PORT` on.

    Raises
    ------
    BadParameters
        If the port is taken.
    """

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk = desk
        self.token = secrets.token_urlsafe(24)
        for tried in [port] if port else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
            try:
                super().__init__((ADDRESS, tried), _Handler)
                return
            except OSError as error:
                taken = error
        which = f"port {port} is taken" if port else f"ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are taken"
        raise BadParameters(
            f"{which}: {taken.strerror}.", where="--port", remedy="Give another, or leave it out for the next free one."
        )

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def site(self) -> Path:
        """Folder of the documents."""
        return build_folder(self.desk.root, self.desk.study_name) / "site"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is nobody's fault."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._welcome():
            return
        if path == "/":
            self._send(page(self.server.token), TYPES[".html"], {"Content-Security-Policy": POLICY})
        elif path in ("/preview.css", "/preview.js"):
            self._send(asset(path[1:]), TYPES[Path(path).suffix])
        elif path == "/events":
            self._events()
        elif path == "/form":
            self._json(self.server.desk.form())
        elif path == "/subjects":
            self._json(_subjects(self.server.desk))
        elif path.startswith("/site/"):
            self._document(unquote(path.removeprefix("/site/")))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")

    def do_POST(self) -> None:
        if not self._welcome() or not self._trusted():
            return
        asked = self._asked()
        if asked is None:
            return
        path = urlsplit(self.path).path
        desk = self.server.desk
        if path == "/set" and {"layer", "key", "value"} == asked.keys():
            answer = desk.write(str(asked["layer"]), str(asked["key"]), asked["value"])
            self._json(answer, HTTPStatus.UNPROCESSABLE_ENTITY if "error" in answer else HTTPStatus.OK)
        elif path == "/subject" and {"key"} == asked.keys():
            desk.look_at(str(asked["key"]))
            self._json({})
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, "this is not understood")

    def _welcome(self) -> bool:
        """Whether the request names this address, and comes from no other site."""
        if self.headers.get("Host") not in self._hosts():
            self._refuse(HTTPStatus.FORBIDDEN, "the preview answers on its own address only")
            return False
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self._refuse(HTTPStatus.FORBIDDEN, "the preview answers its own page only")
            return False
        return True

    def _trusted(self) -> bool:
        """Whether a write comes from our own page."""
        origin = self.headers.get("Origin") in {f"http://{host}" for host in self._hosts()}
        token = secrets.compare_digest(
            self.headers.get("X-Preview-Token", "").encode("utf-8"), self.server.token.encode("utf-8")
        )
        if not (origin and token and self.headers.get("Content-Type") == "application/json"):
            self._refuse(HTTPStatus.FORBIDDEN, "writes come from the preview's own page only")
            return False
        return True

    def _hosts(self) -> tuple[str, str]:
        return f"{ADDRESS}:{self.server.server_port}", f"localhost:{self.server.server_port}"

    def _asked(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "this is too long")
            return None
        try:
            asked = json.loads(self.rfile.read(int(length)))
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            self._refuse(HTTPStatus.BAD_REQUEST, "this is no JSON object")
            return None
        return asked

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for state in self.server.desk.events():
            line = ":\n\n" if state is None else f"data: {json.dumps(state)}\n\n"
            self.wfile.write(line.encode("utf-8"))
            self.wfile.flush()

    def _document(self, name: str) -> None:
        site = self.server.site.resolve()
        path = (site / name).resolve()
        if not path.is_relative_to(site) or not path.is_file():
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such document")
            return
        # The document brings a policy of its own; here only who may show it in a frame.
        headers = {"Content-Security-Policy": "frame-ancestors 'self'"}
        self._send(path.read_bytes(), TYPES.get(path.suffix, "application/octet-stream"), headers)

    def _json(self, value: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(value, ensure_ascii=False).encode("utf-8"), TYPES[".json"], status=status)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True
        self._send(f"{why}\n".encode(), "text/plain; charset=utf-8", {"Connection": "close"}, status=status)

    def _send(
        self, body: bytes, kind: str, headers: dict[str, str] | None = None, *, status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        self.send_response(status)
        sent = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store", **(headers or {})}
        for name, value in {**sent, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are not told: what was built is."""


def page(token: str) -> bytes:
    """The preview's page."""
    return (PAGE / "preview.html").read_text(encoding="utf-8").replace("{{ token }}", token).encode("utf-8")


@cache
def asset(name: str) -> bytes:
    """The page's style, with the house's colours, or its script."""
    text = (PAGE / name).read_text(encoding="utf-8")
    return (_colours() + text if name.endswith(".css") else text).encode("utf-8")


def _colours() -> str:
    light, dark = (
        "".join(f"--{token}:{value};" for token, value in theme.palette(mode).items()) for mode in ("light", "dark")
    )
    type_ = f"--serif:{theme.SERIF};--sans:{theme.SANS};"
    return f":root{{{light}{type_}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _subjects(desk: Desk) -> list[dict[str, str]]:
    try:
        return form.subjects(desk.root, desk.study_name)
    except ScorecardError:
        # What is wrong is on the page already.
        return []
