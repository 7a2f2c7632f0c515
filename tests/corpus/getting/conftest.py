"""A web server on 127.0.0.1 that can be told to misbehave."""

import hashlib
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from interlingua.corpus.getting.web import Patience, Web

QUICK = Patience(timeout=0.4, attempts=3, pause=0.01, window=0.2)


@dataclass
class Page:
    """What the server says of one path.

    Args:
        body: Its bytes.
        etag: Its version; a hash of the body unless given, none where empty.
        faults: How the next requests go wrong, in order: ``cut`` (ends half-way), ``garbled`` (a byte is another),
            ``503``, ``404``, ``drip`` (a byte now and then), ``silent`` (says nothing half-way), ``elsewhere`` (another
            range than asked for), ``overrun`` (416).
        ranges: Whether it knows them.
        chunked: Whether it keeps the size to itself.
        location: Where it leads on to.
    """

    body: bytes = b""
    etag: str | None = None
    faults: list[str] = field(default_factory=list)
    ranges: bool = True
    chunked: bool = False
    location: str = ""

    @property
    def tag(self) -> str:
        return f'"{hashlib.md5(self.body).hexdigest()}"' if self.etag is None else self.etag


@dataclass
class Site:
    """The pages of a server, and what was asked of it."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", **settings) -> Page:
        self.pages[path] = Page(body, **settings)
        return self.pages[path]

    def gets(self, path: str) -> list[str]:
        """The ranges that were asked for, in order; empty for the whole."""
        return [wanted for method, asked, wanted in self.asked if (method, asked) == ("GET", path)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_HEAD(self):
        self.answer(head=True)

    def do_GET(self):
        self.answer()

    def answer(self, *, head: bool = False) -> None:
        parts = urlsplit(self.path)
        self.site.asked.append((self.command, parts.path, self.headers.get("Range", "")))
        page = self.site.pages.get(self.path) or self.site.pages.get(parts.path)
        fault = page.faults.pop(0) if page and page.faults and not head else ""
        if page is None or fault == "404":
            return self.empty(404)
        if fault == "503":
            return self.empty(503, Retry_After="0")
        if fault == "overrun":
            return self.empty(416)
        if page.location:
            return self.empty(302, Location=page.location)
        return self.content(page, fault, head=head)

    def empty(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def content(self, page: Page, fault: str, *, head: bool) -> None:
        body, start = page.body, 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        fresh = self.headers.get("If-Range") in (None, page.tag)
        if wanted and page.ranges and fresh:
            start = int(wanted[1])
            self.send_response(206)
            told = start + 3 if fault == "elsewhere" else start
            self.send_header("Content-Range", f"bytes {told}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        if page.tag:
            self.send_header("ETag", page.tag)
        rest = body[start:]
        if fault == "garbled":
            rest = rest[:5] + bytes([rest[5] ^ 1]) + rest[6:]
        self.send_header(*(("Transfer-Encoding", "chunked") if page.chunked else ("Content-Length", str(len(rest)))))
        self.end_headers()
        if not head:
            self.send(rest, page, fault)

    def send(self, rest: bytes, page: Page, fault: str) -> None:
        try:
            if fault == "drip":
                for place in range(len(rest)):
                    self.wfile.write(rest[place : place + 1])
                    time.sleep(0.02)
                return
            if fault in ("cut", "silent"):
                rest = rest[: len(rest) // 2]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(rest), rest) if page.chunked else rest)
            self.wfile.write(b"0\r\n\r\n" if page.chunked and not fault else b"")
            if fault == "silent":
                time.sleep(1.2 * QUICK.timeout)
            self.close_connection = bool(fault)
        except OSError:
            self.close_connection = True  # nobody listens any more

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    """A server with no pages yet."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.RequestHandlerClass = type("SiteHandler", (Handler,), {})
    found = Site(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass.site = found
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(monkeypatch):
    """A web with little patience and no mirrors or proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Web(mirrors={}, patience=QUICK)
