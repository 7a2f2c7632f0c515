"""The web, as far as fetching needs it: patience with slow servers, mirrors, and plain words for what went wrong."""

import http.client
import json
import os
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from interlingua.errors import CorpusError

__all__ = ["MIRROR", "Patience", "TemporaryError", "Web", "advice", "local_path", "parse_mirrors"]

MIRROR = "INTERLINGUA_MIRROR"
"""The environment variable that holds ``OLD=NEW`` beginnings of addresses, separated by spaces."""

_LARGEST_ANSWER = 1 << 26
_PASSING = {408, 416, 425, 429, 500, 502, 503, 504}
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is waited for.

    Args:
        timeout: Seconds to connect, and to wait for the next bytes.
        attempts: Tries in a row that bring nothing new, before it is given up.
        pause: Seconds before the second try; each further one waits twice as long, a minute at most.
        slowest: Bytes a second that must come on average over ``window`` seconds; slower connections are made anew.
        window: Seconds.
    """

    timeout: float = 30.0
    attempts: int = 4
    pause: float = 1.0
    slowest: float = 512.0
    window: float = 60.0


class TemporaryError(Exception):
    """What may go well the next time.

    Args:
        message: What went wrong.
        wait: Seconds that the server asks to wait.
        status: What the server answered, if it did.
    """

    def __init__(self, message: str, *, wait: float = 0.0, status: int = 0) -> None:
        super().__init__(message)
        self.wait = wait
        self.status = status


class Web:
    """Opens addresses; proxies are those of the environment (``https_proxy`` and so on).

    Args:
        mirrors: Other beginning by beginning of an address; None for those that ``$INTERLINGUA_MIRROR`` names.
        patience: With slow servers.
    """

    def __init__(self, *, mirrors: Mapping[str, str] | None = None, patience: Patience | None = None) -> None:
        self.mirrors = dict(parse_mirrors(os.environ.get(MIRROR, "").split()) if mirrors is None else mirrors)
        self.patience = patience or Patience()
        self._opener = urllib.request.OpenerDirector()
        handlers: list[urllib.request.BaseHandler] = [
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            _Redirects(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.UnknownHandler(),
        ]
        for handler in handlers:
            self._opener.add_handler(handler)

    def address(self, url: str) -> str:
        """Return where a file is really fetched from: its mirror, if it has one.

        Example:
            >>> Web(mirrors={"https://example.org": "file:///srv/copies"}).address("https://example.org/a.zip")
            'file:///srv/copies/a.zip'
        """
        fitting = [old for old in self.mirrors if url.startswith(old)]
        longest = max(fitting, key=len, default="")
        return self.mirrors[longest] + url[len(longest) :] if fitting else url

    def open(self, url: str, *, headers: Mapping[str, str] | None = None, method: str = "GET") -> Any:
        """Return the ``http.client.HTTPResponse`` of an address.

        Raises:
            TemporaryError: It may go well the next time.
            CorpusError: It will not.
        """
        address = self.address(url)
        told = {"User-Agent": "interlingua", "Accept-Encoding": "identity", **(headers or {})}
        try:
            request = urllib.request.Request(address, headers=told, method=method)
            with self.watched(address):
                return self._opener.open(request, timeout=self.patience.timeout)
        except urllib.error.HTTPError as error:
            with error:
                _refused(address, error)
        except ValueError as error:
            raise CorpusError(f"{address!r} is no address ({error})") from error

    @contextmanager
    def watched(self, address: str) -> Iterator[None]:
        """Turn what can happen to a connection into errors of ours.

        Raises:
            TemporaryError: It may go well the next time.
            CorpusError: It will not.
        """
        try:
            yield
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError as error:
            _unreachable(address, error.reason)
        except (OSError, http.client.HTTPException) as error:
            _unreachable(address, error)

    def size(self, url: str) -> int | None:
        """Return how many bytes a file has, as the server says; None where it does not.

        Raises:
            CorpusError: The file cannot be had.
        """
        if (path := local_path(self.address(url))) is not None:
            return path.stat().st_size if path.is_file() else None
        try:
            with self.open(url, method="HEAD") as response:
                length = response.headers.get("Content-Length", "")
                return int(length) if length.isdigit() else None
        except TemporaryError:
            return None

    def json(self, url: str) -> Any:
        """Return what an address answers, read as JSON.

        Raises:
            CorpusError: It does not answer, or not with JSON.
        """
        address = self.address(url)
        try:
            if (path := local_path(address)) is not None:
                return json.loads(path.read_bytes())
            with self.open(url) as response, self.watched(address):
                return json.loads(response.read(_LARGEST_ANSWER))
        except (TemporaryError, OSError) as error:
            raise CorpusError(f"{address} does not answer ({error}); {advice(address)}") from error
        except ValueError as error:
            raise CorpusError(f"{address} does not answer with JSON ({error}); try again later") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise CorpusError(f"{req.full_url} leads on to {newurl}, which is not encrypted; it is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def parse_mirrors(words: list[str]) -> dict[str, str]:
    """Return new beginning by old one, of words such as ``https://old.org/=https://new.org/``.

    Raises:
        CorpusError: A word is not of this form.
    """
    found = {}
    for word in words:
        match = re.fullmatch(r"(\w+://.+?)=(\w+://.+)", word)
        if match is None:
            raise CorpusError(f"the mirror {word!r} means nothing; write OLD=NEW, as https://old.org/=https://new.org/")
        found[match[1]] = match[2]
    return found


def local_path(address: str) -> Path | None:
    """Return the file that an address of ``file://`` means; None for others."""
    parts = urllib.parse.urlsplit(address)
    return Path(urllib.request.url2pathname(parts.path)) if parts.scheme == "file" else None


def advice(address: str) -> str:
    """Return what to do where an address cannot be reached."""
    host = urllib.parse.urlsplit(address).netloc or address
    return f"is there a connection to {host}? A proxy is taken from https_proxy, a copy from --mirror or {MIRROR}"


def _refused(address: str, error: urllib.error.HTTPError) -> NoReturn:
    said = f"{address} answers {error.code} {error.reason}".rstrip()
    if error.code in _PASSING:
        asked = error.headers.get("Retry-After", "")
        wait = min(float(asked), _LONGEST_WAIT) if asked.isdigit() else 0.0
        raise TemporaryError(said, wait=wait, status=error.code)
    if error.code in range(300, 400):
        raise CorpusError(f"{address} leads round in a circle, or nowhere ({error.code}); try again later") from error
    if error.code in (404, 410):
        raise CorpusError(f"{said}: it has moved or been taken down; --mirror names another place") from error
    raise CorpusError(f"{said}: it may not be fetched from here") from error


def _unreachable(address: str, reason: object) -> NoReturn:
    if isinstance(reason, ssl.SSLCertVerificationError):
        raise CorpusError(f"{address} cannot prove who it is ({reason}); is a proxy in between?")
    if isinstance(reason, TimeoutError):
        raise TemporaryError("the server says nothing any more")
    if isinstance(reason, str):  # of urllib: an address that it cannot open
        raise CorpusError(f"{address} cannot be opened ({reason})")
    raise TemporaryError(str(reason) or type(reason).__name__)
