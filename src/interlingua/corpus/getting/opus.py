"""OPUS: which files there are of a corpus, as its API says."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from interlingua.corpus.getting.downloads import OPUS, groups, parse_opus, version_key
from interlingua.corpus.getting.fetching import RemoteFile
from interlingua.corpus.getting.offers import Offer
from interlingua.corpus.getting.web import Web
from interlingua.errors import CorpusError

__all__ = ["API", "group_offers", "opus_offer"]

API = "https://opus.nlpl.eu/opusapi/"
"""Where OPUS answers which files there are."""

_CITATION = (
    "Tiedemann (2012): Parallel Data, Tools and Interfaces in OPUS. LREC; and what the README of the corpus asks for."
)
_UNKNOWN = "unknown; see the corpus card for what LICENSE and README of the archive say"


def opus_offer(part: str, *, web: Web) -> Offer:
    """Return what fetching ``CORPUS/en-te`` or ``CORPUS@version/en-te`` would bring.

    Raises:
        CorpusError: There is no such corpus, version or pair, or OPUS does not answer.
    """
    corpus, version, pair = parse_opus(part)
    found = _ask(web, corpus=corpus, source=pair[0], target=pair[1], version=version or "latest")
    fitting = [entry for entry in found if (entry["source"], entry["target"]) == pair and entry["corpus"] == corpus]
    if version:
        fitting = [entry for entry in fitting if entry["version"] == version]
    if not fitting:
        raise CorpusError(_missing(web, corpus, version, pair))
    return _offer(max(fitting, key=lambda entry: version_key(str(entry["version"]))), _UNKNOWN)


def group_offers(word: str, *, web: Web) -> list[Offer]:
    """Return what fetching a group (``dap``), or some languages of it (``dap:ka,te``), would bring.

    Raises:
        CorpusError: The group has no such language, OPUS has a corpus no longer, or does not answer.
    """
    name, _, some = word.partition(":")
    group = groups()[name]
    wanted = [language.strip() for language in some.split(",") if language.strip()] or group.languages
    for language in wanted:
        if language not in group.languages:
            raise CorpusError(f"{name} has no {language}; its languages are {', '.join(group.languages)}")
    offers = []
    for part in group.corpora:
        chosen = [language for language in part.languages if language in wanted]
        listed = _ask(web, corpus=part.corpus, source="en", version=part.version) if chosen else []
        by_pair = {(entry["source"], entry["target"]): entry for entry in listed if entry["corpus"] == part.corpus}
        for language in chosen:
            first, second = sorted(("en", language))
            if (first, second) not in by_pair:
                raise CorpusError(_missing(web, part.corpus, part.version, (first, second)))
            offers.append(_offer(by_pair[first, second], part.licence))
    return offers


def _ask(web: Web, **asked: str) -> list[dict[str, Any]]:
    url = f"{API}?{urlencode({**asked, 'preprocessing': 'moses'})}"
    answer = web.json(url)
    corpora = answer.get("corpora") if isinstance(answer, dict) else None
    needed = {"corpus", "version", "source", "target", "url", "size", "preprocessing"}
    if not isinstance(corpora, list) or not all(isinstance(one, dict) and needed <= one.keys() for one in corpora):
        raise CorpusError(f"{web.address(url)} answers something else than a list of corpora; has OPUS changed?")
    return [one for one in corpora if one["preprocessing"] == "moses"]


def _offer(entry: dict[str, Any], licence: str) -> Offer:
    corpus, version, source, target = (str(entry[key]) for key in ("corpus", "version", "source", "target"))
    part = f"{corpus}@{version}/{source}-{target}"
    parse_opus(part)  # what becomes the name of a folder is what we know it to be
    pairs = entry.get("alignment_pairs")
    count = f"{pairs:,} pairs" if isinstance(pairs, int) else "pairs"
    size = entry["size"]
    return Offer(
        name=f"{OPUS}:{part}",
        title=f"{corpus} {version}, {count} of {source} and {target}",
        licence=licence,
        homepage=f"https://opus.nlpl.eu/{corpus}",
        citation=_CITATION,
        files=(
            RemoteFile(
                url=str(entry["url"]),
                name=f"{source}-{target}.txt.zip",
                bytes=size * 1024 if isinstance(size, int) else None,
            ),
        ),
        members=(f"*.{source}-{target}.{source}", f"*.{source}-{target}.{target}"),
        extras=("README", "LICENSE"),
        arrange="moses",
        path=f"{OPUS}/{corpus}/{version}/{source}-{target}",
    )


def _missing(web: Web, corpus: str, version: str, pair: tuple[str, str]) -> str:
    others = _ask(web, corpus=corpus, source=pair[0], target=pair[1])
    there = ", ".join(_versions(others)) or "none"
    wanted = f"{corpus} {version}".rstrip()
    return (
        f"OPUS has no {wanted} of {pair[0]} and {pair[1]}; versions of {corpus} with both: {there}. Codes are those of "
        "OPUS, as en, pt_BR, zh_CN, and names are case-sensitive"
    )


def _versions(entries: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield from sorted({str(entry["version"]) for entry in entries}, key=version_key)
