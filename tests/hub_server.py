"""A hub of one data set on 127.0.0.1: the few routes that the client asks for."""

import hashlib
import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Serves files of ``owner/set``; ``with Hub(files) as hub`` and then ``hub.url``."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def listed(self, name: str) -> dict[str, object]:
        data = self.files[name]
        return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        names = json.loads(asked)["paths"] if asked.startswith("{") else []
        self._json([self.hub.listed(name) for name in names if name in self.hub.files])

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        base, api = "/datasets/owner/set/", "/api/datasets/owner/set"
        if path.startswith(base + "resolve/"):
            self._file(path.removeprefix(base + "resolve/").partition("/")[2])
        elif path.startswith(api + "/tree/"):
            folder = path.removeprefix(api + "/tree/").partition("/")[2]
            self._json([self.hub.listed(name) for name in self.hub.files if name.startswith(folder)])
        elif path in (api, *(f"{api}/revision/{one}" for one in ("main", COMMIT))):
            names = [{"rfilename": name} for name in self.hub.files]
            self._json({"id": "owner/set", "sha": COMMIT, "siblings": names, "private": False, "tags": []})
        else:
            self._missing("RepoNotFound")

    def _file(self, name: str) -> None:
        if name not in self.hub.files:
            self._missing("EntryNotFound")
            return
        data = self.hub.files[name]
        asked = self.headers.get("Range", "")
        first, _, last = asked.removeprefix("bytes=").partition("-")
        part = data[int(first) : int(last) + 1 if last else None] if asked else data
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self._end(part, etag=hashlib.sha1(data).hexdigest())

    def _json(self, value: object) -> None:
        self.send_response(200)
        self._end(json.dumps(value).encode())

    def _missing(self, code: str) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self._end(b"{}")

    def _end(self, data: bytes, *, etag: str = "x") -> None:
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{etag}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
