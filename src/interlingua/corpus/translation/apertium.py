"""Apertium: rule-based translation by installed programs, directly or by way of other languages."""

import re
import subprocess
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import xxhash

from interlingua.corpus.translation.programs import ask_in_parts, checked_timeout, find_program
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["Apertium", "installed_modes", "shortest_route"]

_ADVICE = "install it with a pair of languages (Debian: `apt install apertium apertium-eng-spa`), or say program=PATH"
_SPECIAL = re.compile(r"[\\\[\]{}^$/@<>]")
_TILDE = "[~]"
"""A tilde asks the last stage to join words; in brackets it is formatting and passes."""

_END = "[]"
"""Keeps the last full stop, which is otherwise lost at the null character, and shows that an answer is whole."""

_VARIANTS = {"hbs_BS": "bos", "hbs_HR": "hrv", "hbs_SR": "srp-Latn", "hbs": "srp-Latn", "oc_aran": "oci-aranes"}
"""What pairs call languages that no standard code names so."""

_ANSWER = re.compile(r"\\(.)|[\[\]]", re.DOTALL)
_DATA_FILE = re.compile(r"'([^']+)'")


class Apertium:
    """The pairs of languages that are installed, and chains of them where there is no direct one.

    Every text is translated by itself: it ends with a null character, at which every stage of Apertium starts anew.
    Characters that mean something to Apertium are escaped and come back as they were. Words that it does not know stay
    as they are, without a mark.

    Args:
        via: Languages to prefer on the way where two chains are equally long; the others follow by how many pairs they
            are in.
        licence: Under what the translations may be used. Apertium's data is under the GPL, which covers programs and
            data, not what comes out of them, so that it is unknown unless you say it.
        program: Where the program ``apertium`` is.
        timeout: Seconds that one call may take.

    Raises:
        CorpusError: The time is none. On first use: it is not installed.

    Reference:
        Forcada et al. 2011, Apertium: a free/open-source platform for rule-based machine translation.
        https://doi.org/10.1007/s10590-011-9090-0
    """

    def __init__(
        self,
        *,
        via: str | Sequence[str] = (),
        licence: str = "unknown",
        program: str = "apertium",
        timeout: float = 600,
    ) -> None:
        self._via = tuple(map(canonical, [via] if isinstance(via, str) else via))
        self._licence = licence
        self._given = program
        self._timeout = checked_timeout(timeout)
        self._last: dict[tuple[str, str], tuple[list[str], list[str]]] = {}

    @cached_property
    def name(self) -> str:
        """Program and version."""
        version = re.search(r"\d[\w.]*", self._told("-V"))
        return f"apertium {version.group()}" if version else "apertium"

    @cached_property
    def fingerprint(self) -> str:
        """The version, the preferred languages, and names, sizes and times of the data of every pair."""
        facts = [self.name, str(self._via)]
        for mode in sorted(set(self.modes.values())):
            pipeline = self._modes_folder / f"{mode}.mode"
            words = pipeline.read_text(encoding="utf-8") if pipeline.is_file() else ""
            facts.append(f"{mode}|{words}")
            facts += [_state(Path(file)) for file in _DATA_FILE.findall(words)]
        return xxhash.xxh3_128_hexdigest("\n".join(facts).encode())

    @property
    def licence(self) -> str:
        """As it was given."""
        return self._licence

    @cached_property
    def modes(self) -> Mapping[tuple[str, str], str]:
        """Apertium's name of every installed pair, by source and target as canonical codes."""
        return installed_modes(self._told("-l").split())

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the languages that a translation passes, from source to target.

        Raises:
            CorpusError: No chain of installed pairs leads there.
        """
        found = shortest_route(self.modes, canonical(source), canonical(target), via=self._via)
        if found is None:
            known = sorted({language for pair in self.modes for language in pair})
            raise CorpusError(
                f"no chain of installed Apertium pairs leads from {source} to {target}; "
                f"install one (see `apertium -l`), there are {', '.join(known) or 'none'}"
            )
        return found

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Return a translation of every text.

        Raises:
            CorpusError: No chain of pairs leads from source to target, or the program fails.
        """
        current = [text.replace("\0", " ").strip() for text in texts]
        for leg in pairwise(self.route(source, target)):
            current = self._translate(leg, current)
        return current

    def _translate(self, leg: tuple[str, str], texts: list[str]) -> list[str]:
        """One pair; the last answers are kept, as chains to several languages often begin alike."""
        given, answers = self._last.get(leg, ([], []))
        if given == texts:
            return answers
        records = [_escaped(text) for text in texts if text]
        command = [str(self._program), "-z", "-u", "-f", "none", self.modes[leg]]
        # Every stage of the pipe ends what it writes with a null character of its own.
        told = iter(ask_in_parts(command, records, separator="\0", trailing=True, timeout=self._timeout))
        answers = [_plain(next(told), text) if text else "" for text in texts]
        self._last[leg] = (texts, answers)
        return answers

    @cached_property
    def _program(self) -> Path:
        return find_program(self._given, advice=_ADVICE)

    @cached_property
    def _modes_folder(self) -> Path:
        return self._program.resolve().parent.parent / "share" / "apertium" / "modes"

    def _told(self, option: str) -> str:
        try:
            done = subprocess.run([self._program, option], capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
            raise CorpusError(f"{self._program} {option} does not answer ({error}); {_ADVICE}") from error
        return done.stdout + done.stderr


def installed_modes(names: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return Apertium's names of pairs by canonical source and target; what is no pair of languages is left out.

    Example:
        >>> installed_modes(["en-gl", "es-pt_BR", "spa-ast-old", "Cyrl-Latn"])
        {('eng_Latn', 'glg_Latn'): 'en-gl', ('spa_Latn', 'por_Latn-BR'): 'es-pt_BR'}
    """
    modes: dict[tuple[str, str], str] = {}
    for name in names:
        codes = name.split("-")
        if len(codes) != 2:
            continue
        try:
            source, target = (canonical(_VARIANTS.get(code, code)) for code in codes)
        except LanguageError:
            continue
        modes.setdefault((source, target), name)
    return modes


def shortest_route(
    pairs: Iterable[tuple[str, str]], source: str, target: str, *, via: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """Return the shortest chain of pairs from source to target, both included; None where there is none.

    Args:
        pairs: What is possible directly, as (source, target).
        source: Where it begins.
        target: Where it ends.
        via: Languages to prefer on the way; then those that are in most pairs, then by code.

    Example:
        >>> pairs = [("eng", "spa"), ("eng", "cat"), ("spa", "por"), ("cat", "por"), ("cat", "fra")]
        >>> shortest_route(pairs, "eng", "por", via=["spa"]), shortest_route(pairs, "eng", "fra")
        (('eng', 'spa', 'por'), ('eng', 'cat', 'fra'))
    """
    targets: dict[str, list[str]] = {}
    degree: dict[str, int] = {}
    for one, other in pairs:
        targets.setdefault(one, []).append(other)
        for language in (one, other):
            degree[language] = degree.get(language, 0) + 1
    rank = {language: (place, 0) for place, language in enumerate(via)}

    def preference(language: str) -> tuple[int, int, str]:
        return (*rank.get(language, (len(via), -degree[language])), language)

    reached: dict[str, tuple[str, ...]] = {source: (source,)}
    waiting = deque([source])
    while waiting and target not in reached:
        here = waiting.popleft()
        for language in sorted(targets.get(here, ()), key=preference):
            if language not in reached:
                reached[language] = (*reached[here], language)
                waiting.append(language)
    return reached.get(target)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text).replace("~", _TILDE) + _END


def _plain(answer: str, source: str) -> str:
    if not answer:  # the program fails on this text
        return ""
    if not answer.endswith(_END):
        raise CorpusError(f"Apertium lost the end of {source[:80]!r}; leave the text out, or report it to the pair")
    text = _ANSWER.sub(lambda found: found.group(1) or "", answer).strip()
    return text if "  " in source else re.sub(" {2,}", " ", text)


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return f"{path}|absent"
    return f"{path}|{found.st_size}|{found.st_mtime_ns}"
