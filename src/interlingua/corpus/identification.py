"""Which language a text is in: identifiers, and what counts as the same language."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from interlingua.corpus.hashing import hash_files
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

if TYPE_CHECKING:
    from interlingua.types import Identifier

__all__ = ["CONFUSABLE", "GlotLid", "Langid", "make_identifier", "same_language"]

GLOTLID = "cis-lmu/glotlid"
"""Where GlotLID is on the Hugging Face hub; licence Apache-2.0."""

CONFUSABLE = (
    frozenset({"eng", "pcm"}),
    frozenset({"hrv", "bos", "srp", "hbs", "cnr"}),
    frozenset({"nob", "nno", "dan"}),
    frozenset({"ind", "zsm", "msa", "min", "bjn"}),
    frozenset({"cmn", "wuu", "yue"}),
    frozenset({"arb", "ars", "ary", "arz", "apc", "ajp", "acm", "acq", "aeb"}),
    frozenset({"pes", "prs"}),
    frozenset({"zul", "xho", "ssw", "nbl"}),
    frozenset({"sot", "nso", "tsn"}),
    frozenset({"kin", "run"}),
    frozenset({"uzn", "uzs"}),
    frozenset({"lvs", "ltg"}),
)
"""Groups of languages that identifiers cannot tell apart reliably in one sentence, by ISO 639-3."""


class Langid:
    """py3langid: offline, about 140 languages, some thousand texts a second.

    Texts without letters get a probability near 0. Texts of one to three words are often taken for a related language;
    the probability says so.

    Reference:
        Lui and Baldwin 2012, langid.py: An Off-the-shelf Language Identification Tool,
        https://aclanthology.org/P12-3005/

    Example:
        >>> [(language, probability)] = Langid().identify(["Habari za asubuhi, mwalimu wangu."])
        >>> language, probability > 0.9
        ('swh_Latn', True)
    """

    @cached_property
    def name(self) -> str:
        """Package and version."""
        return f"py3langid {version('py3langid')}"

    @property
    def languages(self) -> frozenset[str]:
        """Canonical codes; only the language is told, the script is the usual one of the code."""
        return frozenset(code for code in map(_code, self._model.labels) if "_" in code)

    def identify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return language and probability of every text; ``zxx`` for what is no language."""
        found = map(self._model.classify, texts)
        return [(_code(label), float(probability)) for label, probability in found]

    @cached_property
    def _model(self) -> Any:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class GlotLid:
    """GlotLID, or any fastText model whose labels are languages, through ``fasttext-predict`` (extra ``glotlid``).

    Args:
        model: A model file, or the name of a repository of the Hugging Face hub that holds ``model.bin``: fetched once
            (1.6 GB for GlotLID), then read from the hub's cache, offline too.

    Raises:
        CorpusError: On first use: no such model, or no package that reads it.

    Reference:
        Kargaran, Imani, Yvon and Schuetze 2023, GlotLID: Language Identification for Low-Resource Languages,
        https://aclanthology.org/2023.findings-emnlp.410/
    """

    def __init__(self, model: str | Path = GLOTLID) -> None:
        self._given = str(model)

    @cached_property
    def name(self) -> str:
        """The model as it was named, with the first digits of its hash."""
        named = Path(self._given).name if Path(self._given).is_file() else self._given
        return f"{named} {hash_files([self._file])[:8]}"

    @cached_property
    def languages(self) -> frozenset[str]:
        """Canonical codes; GlotLID writes Chinese as ``cmn_Hani``, whichever characters it is in."""
        # The line break alone is a known word of every model, so all labels come back.
        every = self._model.predict("\n", 1_000_000, 0.0, "strict")
        return frozenset(code for code in (_code(label) for _, label in every) if "_" in code)

    def identify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return language and probability of every text; labels that are no language (``und``, ``zxx``) without script.

        A text of which the model knows nothing is ``und`` with probability 0.
        """
        return [self._identify(text) for text in texts]

    def _identify(self, text: str) -> tuple[str, float]:
        line = " ".join(text.split()).encode("utf-8", "replace").decode()
        for probability, label in self._model.predict(f"{line}\n", 1, 0.0, "strict"):
            return _code(label), min(1.0, float(probability))
        return "und", 0.0

    @cached_property
    def _file(self) -> Path:
        if Path(self._given).is_file():
            return Path(self._given)
        if self._given.count("/") != 1 or self._given.startswith((".", "~")) or Path(self._given).suffix:
            raise CorpusError(
                f"there is no language model {self._given}; give a fastText file, or a hub repository as {GLOTLID}"
            )
        from huggingface_hub import hf_hub_download

        try:
            return Path(hf_hub_download(self._given, "model.bin"))
        except Exception as error:  # the hub raises a dozen kinds, of its own and of its HTTP client
            raise CorpusError(
                f"cannot get model.bin of {self._given} from the hub ({type(error).__name__}); "
                "fetch the file by other means and give its path"
            ) from error

    @cached_property
    def _model(self) -> Any:
        package = _fasttext()
        try:
            # The inner object: `predict` of the original fasttext package fails under NumPy 2, this one in neither.
            return package.load_model(str(self._file)).f
        except ValueError as error:
            raise CorpusError(f"{self._file} is no fastText model ({error}); fetch it again") from error


def make_identifier(name: str = "langid") -> "Identifier":
    """Return an identifier by name: ``langid``, ``glotlid``, or ``glotlid:MODEL`` (a file, or a hub repository).

    Raises:
        CorpusError: There is none of this name.

    Example:
        >>> make_identifier("langid").name.split()[0]
        'py3langid'
    """
    kind, _, model = name.partition(":")
    if kind == "langid" and not model:
        return Langid()
    if kind == "glotlid":
        return GlotLid(model or GLOTLID)
    raise CorpusError(f"there is no language identifier {name!r}; choose langid, glotlid or glotlid:FILE")


def same_language(found: str, expected: str, *, confusable: Iterable[frozenset[str]] = CONFUSABLE) -> bool:
    """Whether two codes name one language, whatever their script and variant, or two of one confusable group.

    Args:
        found: A canonical code.
        expected: Another.
        confusable: Groups of ISO 639-3 codes; empty for none.

    Example:
        >>> same_language("cmn_Hans", "cmn_Hant"), same_language("hrv_Latn", "srp_Cyrl")
        (True, True)
        >>> same_language("hrv_Latn", "srp_Cyrl", confusable=())
        False
    """
    one, other = found.partition("_")[0], expected.partition("_")[0]
    return one == other or any(one in group and other in group for group in confusable)


def _code(label: str) -> str:
    """The canonical code of a model's label; what is no language (``und_Latn``, ``zxx``) without its script."""
    label = label.removeprefix("__label__")
    try:
        return canonical(label)
    except LanguageError:
        return label.partition("_")[0]


def _fasttext() -> ModuleType:
    advice = "install it with `pip install 'interlingua[glotlid]'`"
    try:
        import fasttext
    except ImportError as error:
        raise CorpusError(f"fastText models need the package fasttext-predict; {advice}") from error
    if not hasattr(fasttext, "load_model"):  # what is left when one of two packages of this name was removed
        raise CorpusError(
            "the package `fasttext` is incomplete: fasttext and fasttext-predict overwrite each other; "
            f"uninstall both, then {advice}"
        )
    module: ModuleType = fasttext
    return module
