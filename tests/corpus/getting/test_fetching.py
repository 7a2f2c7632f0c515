"""Fetching from a server that misbehaves: the right bytes in the end, or an error, and never half a file."""

import hashlib
import json
import shutil
import ssl
import time
import urllib.error
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from interlingua.corpus.getting.fetching import RemoteFile, fetch
from interlingua.corpus.getting.record import DownloadRecord
from interlingua.corpus.getting.web import MIRROR, Patience, Web, parse_mirrors
from interlingua.errors import CorpusError, FormatError, OutputError

BODY = np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8).tobytes()
SUM = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def get(site, web, tmp_path):
    """Fetch ``/a.zip`` of the server into the test's folder."""

    def run(*, sha256: str = "", size: int | None = None, web: Web = web, **settings):
        file = RemoteFile(url=f"{site.url}/a.zip", name="a.zip", sha256=sha256, bytes=size)
        return fetch(file, tmp_path / "in", web=web, record=DownloadRecord(tmp_path), **settings)

    return run


def left(tmp_path):
    """The names of what lies in the folder."""
    return sorted(path.name for path in (tmp_path / "in").iterdir())


def test_a_file_comes_whole_and_is_not_fetched_twice(site, get, tmp_path):
    site.put("/a.zip", BODY)
    told = []
    path = get(sha256=SUM, size=len(BODY), progress=lambda *said: told.append(said))
    assert path.read_bytes() == BODY
    assert left(tmp_path) == ["a.zip"]
    assert told[-1] == ("a.zip", len(BODY), len(BODY))
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    get(sha256=SUM)
    assert site.gets("/a.zip") == [""]


@pytest.mark.parametrize("settings", [{}, {"chunked": True}])
@pytest.mark.parametrize("faults", [["cut"], ["cut", "cut"], ["503", "503"], ["silent"], ["503", "cut"]])
def test_what_goes_wrong_in_passing_is_tried_again(site, get, tmp_path, faults, settings):
    site.put("/a.zip", BODY, faults=faults.copy(), **settings)
    assert get().read_bytes() == BODY
    assert left(tmp_path) == ["a.zip"]
    asked = site.gets("/a.zip")
    assert len(asked) == 1 + len(faults)
    if faults == ["cut"]:
        assert asked == ["", f"bytes={len(BODY) // 2}-"]


@pytest.mark.parametrize(
    "settings", [{"ranges": False}, {"etag": ""}, {"etag": 'W/"weak"'}, {"faults": ["cut", "elsewhere"]}]
)
def test_a_server_that_cannot_go_on_begins_anew(site, get, settings):
    site.put("/a.zip", BODY, **{"faults": ["cut"], **settings})
    assert get().read_bytes() == BODY


def test_what_fails_to_the_end_is_told_with_address_and_place(site, get, tmp_path):
    site.put("/a.zip", BODY, faults=["503"] * 9)
    with pytest.raises(CorpusError, match=r"a\.zip cannot be fetched \(.* answers 503 .*\) in 3 attempts") as raised:
        get()
    assert f"to fetch it by hand, put it at {tmp_path / 'in' / 'a.zip'}" in str(raised.value)
    assert "--mirror" in str(raised.value)
    assert left(tmp_path) == []


def test_attempts_that_bring_much_do_not_count(site, get, monkeypatch):
    monkeypatch.setattr("interlingua.corpus.getting.fetching._HEADWAY", 10_000)
    site.put("/a.zip", BODY, faults=["cut"] * 4)
    assert get().read_bytes() == BODY


def test_a_slow_server_is_left(site, get):
    site.put("/a.zip", BODY, faults=["drip"] * 3)
    begun = time.monotonic()
    with pytest.raises(CorpusError, match=r"\d+ bytes a second are too slow"):
        get(web=Web(mirrors={}, patience=Patience(timeout=0.4, attempts=2, pause=0.01, slowest=5000, window=0.1)))
    assert time.monotonic() - begun < 30  # a drip would go on for hours


def test_a_missing_file_is_not_asked_for_again(site, get):
    with pytest.raises(CorpusError, match=r"answers 404 .*it has moved or been taken down; --mirror"):
        get()
    assert len(site.gets("/a.zip")) == 1


def test_redirects_are_followed_and_circles_are_not(site, get):
    site.put("/a.zip", location="/b.zip")
    site.put("/b.zip", BODY)
    assert get().read_bytes() == BODY
    site.put("/c.zip", location="/d.zip")
    site.put("/d.zip", location="/c.zip")
    with pytest.raises(CorpusError, match=r"leads round in a circle, or nowhere \(302\)"):
        Web(mirrors={}).open(f"{site.url}/c.zip")
    site.put("/e.zip", location="file:///etc/hosts")
    with pytest.raises(CorpusError, match="leads round in a circle, or nowhere"):
        Web(mirrors={}).open(f"{site.url}/e.zip")


def test_an_encrypted_address_does_not_lead_to_an_open_one():
    from interlingua.corpus.getting.web import _Redirects

    request = namedtuple("Request", "full_url")("https://example.org/a")
    with pytest.raises(CorpusError, match="which is not encrypted"):
        _Redirects().redirect_request(request, None, 302, "Found", {}, "http://example.org/a")


def test_damage_on_the_way_is_found_and_fetched_again(site, get, tmp_path):
    site.put("/a.zip", BODY, faults=["garbled"])
    assert get(sha256=SUM).read_bytes() == BODY
    shutil.rmtree(tmp_path / "in")
    site.put("/a.zip", BODY, faults=["garbled", "garbled"])
    with pytest.raises(CorpusError, match=r"its checksum is .* as the catalog has: it was damaged on the way, or has"):
        get(sha256=SUM)
    assert left(tmp_path) == []


def test_a_file_of_another_size_is_not_even_fetched(site, get, tmp_path):
    site.put("/a.zip", BODY)
    with pytest.raises(CorpusError, match="has 300,000 bytes, not 299,999 as it should; it has changed"):
        get(sha256=SUM, size=len(BODY) - 1)
    assert left(tmp_path) == []


def test_what_was_noted_at_the_first_fetch_is_compared(site, get, tmp_path):
    record = DownloadRecord(tmp_path)
    record.add(f"{site.url}/a.zip", sha256=SUM, size=len(BODY))
    site.put("/a.zip", BODY[::-1])
    with pytest.raises(CorpusError, match=r"as it had on \d{4}-\d\d-\d\d: .*; to accept .*downloads\.json"):
        get()
    site.put("/a.zip", BODY)
    assert get().read_bytes() == BODY
    record.path.write_text("[")
    with pytest.raises(FormatError, match=r"is damaged .*; delete it, and checksums are learnt anew"):
        record.known("x")


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_fetch_goes_on_where_it_stopped(site, get, tmp_path, error):
    site.put("/a.zip", BODY)

    def stop(_name, done, _total):
        if done > 100_000:
            raise error

    with pytest.raises(error):
        get(progress=stop)
    partial = tmp_path / "in" / "a.zip.partial"
    have = partial.stat().st_size
    assert 100_000 < have < len(BODY)
    assert BODY.startswith(partial.read_bytes())
    assert left(tmp_path) == ["a.zip.partial", "a.zip.partial.json"]
    assert get(sha256=SUM).read_bytes() == BODY
    assert site.gets("/a.zip") == ["", f"bytes={have}-"]
    assert left(tmp_path) == ["a.zip"]


def test_a_file_that_changed_in_between_is_fetched_anew(site, get):
    site.put("/a.zip", BODY, faults=["cut"])
    page = site.pages["/a.zip"]

    class Changing(list):
        def pop(self, place):
            if len(self) == 1:
                page.body = BODY[::-1]  # before the second answer
            return super().pop(place)

    page.faults = Changing(["cut", "none"])
    assert get().read_bytes() == BODY[::-1]
    assert site.gets("/a.zip") == ["", f"bytes={len(BODY) // 2}-"]


def test_a_server_that_mixes_versions_is_not_believed(site, get):
    """It takes no heed of If-Range, so the tag of its answer is what tells."""
    site.put("/a.zip", BODY, faults=["cut"], etag='"one"')
    tags = iter(['"one"', '"one"', '"one"', '"two"', '"two"', '"two"', '"three"'])
    kind = type(site.pages["/a.zip"])
    mixing = type("Mixing", (kind,), {"tag": property(lambda self: next(tags, '"three"'))})
    site.pages["/a.zip"].__class__ = mixing
    assert get().read_bytes() == BODY


def test_more_than_there_is_begins_anew(site, get, tmp_path):
    site.put("/a.zip", BODY, faults=["cut", "overrun"])
    assert get().read_bytes() == BODY
    assert site.gets("/a.zip") == ["", f"bytes={len(BODY) // 2}-", ""]


def test_bytes_of_unknown_origin_are_not_used(site, get, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip.partial").write_bytes(b"of something else")
    site.put("/a.zip", BODY)
    assert get().read_bytes() == BODY
    (folder / "a.zip").unlink()
    (folder / "a.zip.partial").write_bytes(b"of something else")
    note = {"url": "http://elsewhere", "total": 17, "validator": '"x"'}
    (folder / "a.zip.partial.json").write_text(json.dumps(note))
    assert get().read_bytes() == BODY
    assert site.gets("/a.zip") == ["", ""]


def test_a_file_that_had_come_whole_only_lacked_its_name(site, get, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip.partial").write_bytes(BODY)
    note = {"url": f"{site.url}/a.zip", "total": len(BODY), "validator": '"x"'}
    (folder / "a.zip.partial.json").write_text(json.dumps(note))
    assert get(sha256=SUM).read_bytes() == BODY
    assert site.asked == []


def test_a_small_disk_is_told_of_before_it_is_full(site, get, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=(1 << 28) + 1000))
    site.put("/a.zip", BODY)
    with pytest.raises(OutputError, match=r"has room for 1.0 kB, and 300 kB are to come; make room, or .* --output"):
        get()


def test_no_connection_is_told_with_what_to_do(tmp_path, web):
    file = RemoteFile(url="http://127.0.0.1:9/a.zip", name="a.zip")
    with pytest.raises(CorpusError, match=r"is there a connection to 127.0.0.1:9\? A proxy is taken from https_proxy"):
        fetch(file, tmp_path / "in", web=web, record=DownloadRecord(tmp_path))


def test_a_server_that_cannot_prove_who_it_is_is_not_tried_again(web):
    error = urllib.error.URLError(ssl.SSLCertVerificationError("verify failed"))
    with pytest.raises(CorpusError, match="cannot prove who it is"), web.watched("https://example.org/a.zip"):
        raise error


def test_mirrors(tmp_path, site, monkeypatch):
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "a.zip").write_bytes(BODY)
    file = RemoteFile(url="https://example.org/data/a.zip", name="a.zip", sha256=SUM)
    monkeypatch.setenv(MIRROR, f"https://example.org/data/={(tmp_path / 'copies').as_uri()}/")
    assert Web().size(file.url) == len(BODY)
    assert fetch(file, tmp_path / "in", web=Web(), record=DownloadRecord(tmp_path)).read_bytes() == BODY
    site.put("/a.zip", BODY)
    mirrored = Web(mirrors={"https://example.org/": "http://nowhere/", "https://example.org/data": site.url})
    assert mirrored.size(file.url) == len(BODY)
    with pytest.raises(CorpusError, match=r"there is no file .*b\.zip; is the mirror right\?"):
        fetch(
            replace(file, url=file.url.replace("a.zip", "b.zip"), name="b"),
            tmp_path,
            web=Web(),
            record=DownloadRecord(tmp_path),
        )
    with pytest.raises(CorpusError, match="the mirror 'nonsense' means nothing; write OLD=NEW"):
        parse_mirrors(["nonsense"])
    assert parse_mirrors(["https://a/?x=y=https://b/"]) == {"https://a/?x=y": "https://b/"}


def test_answers_that_are_no_json(site, web):
    site.put("/x", b"<html>")
    with pytest.raises(CorpusError, match="does not answer with JSON"):
        web.json(f"{site.url}/x")
    site.put("/x", b"[1]", faults=["503"])
    with pytest.raises(CorpusError, match=r"does not answer .*503"):
        web.json(f"{site.url}/x")
    assert web.json(f"{site.url}/x") == [1]
    assert web.size(f"{site.url}/x") == 3


def test_a_folder_that_cannot_be_written(site, web, tmp_path):
    site.put("/a.zip", BODY)
    (tmp_path / "in").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot write .*choose another place"):
        fetch(
            RemoteFile(url=f"{site.url}/a.zip", name="a.zip"), tmp_path / "in", web=web, record=DownloadRecord(tmp_path)
        )
