"""Language identifiers: a real one, and a fastText model made here."""

import importlib
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from interlingua.corpus import open_corpus
from interlingua.corpus.identification import CONFUSABLE, GlotLid, Langid, make_identifier, same_language
from interlingua.errors import CorpusError


def fasttext_model(path: Path, words: dict[str, str]) -> Path:
    """Write a fastText file (version 12, softmax, no subwords) in which every word votes for one label."""
    labels = list(dict.fromkeys(words.values()))
    dim = len(labels)
    parts = [struct.pack("<ii", 793712314, 12), struct.pack("<12id", dim, 5, 5, 1, 5, 1, 3, 3, 0, 0, 0, 100, 1e-4)]
    parts.append(struct.pack("<iiiqq", len(words) + dim, len(words), dim, 100, -1))
    parts += [word.encode() + b"\0" + struct.pack("<qb", 1, 0) for word in words]
    parts += [f"__label__{label}".encode() + b"\0" + struct.pack("<qb", 1, 1) for label in labels]
    parts.append(b"\0" + struct.pack("<qq", len(words), dim))
    parts += [struct.pack(f"<{dim}f", *[9.0 * (vote == label) for label in labels]) for vote in words.values()]
    parts.append(b"\0" + struct.pack("<qq", dim, dim))
    parts += [struct.pack(f"<{dim}f", *[float(i == j) for j in range(dim)]) for i in range(dim)]
    path.write_bytes(b"".join(parts))
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    pytest.importorskip("fasttext")
    words = {"</s>": "und_Latn", "habari": "swa_Latn", "jua": "swa_Latn", "good": "eng_Latn", "天": "cmn_Hani"}
    return fasttext_model(tmp_path / "small.bin", words)


def test_langid_tells_the_languages_of_the_phrasebook() -> None:
    corpus, identifier = open_corpus("phrasebook"), Langid()
    for language in corpus.languages:
        texts = [text for text in corpus.texts(language)[:40] if text]
        found = identifier.identify(texts)
        assert language in identifier.languages
        assert sum(one == language for one, _ in found) >= 39
        assert all(0 < probability <= 1 for _, probability in found)


def test_langid_is_sure_of_nothing_where_there_are_no_letters() -> None:
    assert all(probability < 0.05 for _, probability in Langid().identify(["", "42", "?!"]))


def test_langid_knows_no_language_called_no_language() -> None:
    languages = Langid().languages
    assert "zxx" not in languages
    assert all("_" in code for code in languages)
    assert {"ekk_Latn", "swh_Latn", "cmn_Hans"} <= languages


def test_fasttext_labels_become_canonical_codes(model: Path) -> None:
    identifier = GlotLid(model)
    assert identifier.languages == {"swh_Latn", "eng_Latn", "cmn_Hani"}
    found = identifier.identify(["habari jua habari", "good\ngood good", "天 天 天", "", "nothing of this"])
    assert [language for language, _ in found] == ["swh_Latn", "eng_Latn", "cmn_Hani", "und", "und"]
    assert 0.5 < found[0][1] <= 1


def test_a_half_surrogate_is_no_crash(model: Path) -> None:
    assert GlotLid(model).identify(["good good \ud800 good"])[0][0] == "eng_Latn"


def test_the_name_changes_with_the_model(tmp_path: Path, model: Path) -> None:
    other = fasttext_model(tmp_path / "b.bin", {"</s>": "und", "good": "deu_Latn"})
    assert GlotLid(model).name.startswith("small.bin ")
    assert GlotLid(model).name.split()[1] != GlotLid(other).name.split()[1]


def test_a_file_that_is_no_model_is_told_of(tmp_path: Path) -> None:
    pytest.importorskip("fasttext")
    (tmp_path / "no.bin").write_bytes(b"no model")
    with pytest.raises(CorpusError, match=r"no\.bin is no fastText model"):
        GlotLid(tmp_path / "no.bin").identify(["text"])
    with pytest.raises(CorpusError, match=r"there is no language model .*gone\.bin"):
        GlotLid(tmp_path / "gone.bin").identify(["text"])


def test_a_repository_that_cannot_be_reached_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fasttext")

    def unreachable(*_: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", unreachable)
    with pytest.raises(CorpusError, match=r"cannot get model\.bin of somebody/lid from the hub"):
        GlotLid("somebody/lid").identify(["text"])


def test_a_half_removed_fasttext_package_is_told_of(monkeypatch: pytest.MonkeyPatch, model: Path) -> None:
    monkeypatch.setitem(sys.modules, "fasttext", ModuleType("fasttext"))
    with pytest.raises(CorpusError, match="overwrite each other"):
        GlotLid(model).identify(["text"])
    monkeypatch.setitem(sys.modules, "fasttext", None)
    with pytest.raises(CorpusError, match=r"interlingua\[glotlid\]"):
        GlotLid(model).identify(["text"])


def test_identifiers_by_name(model: Path) -> None:
    assert isinstance(make_identifier("langid"), Langid)
    assert make_identifier(f"glotlid:{model}").identify(["good good"])[0][0] == "eng_Latn"
    for name in ("lingua", "langid:en", ""):
        with pytest.raises(CorpusError, match="choose langid, glotlid"):
            make_identifier(name)


def test_same_language_looks_at_language_and_group() -> None:
    assert same_language("spa_Latn", "spa_Latn-MX")
    assert same_language("nob_Latn", "dan_Latn")
    assert not same_language("nob_Latn", "dan_Latn", confusable=())
    assert not same_language("deu_Latn", "nld_Latn")
    assert sum(map(len, CONFUSABLE)) == len(frozenset().union(*CONFUSABLE))


def test_importing_loads_no_model() -> None:
    module = importlib.import_module("interlingua.corpus.identification").__name__
    code = f"import sys, {module}; sys.exit(any(name in sys.modules for name in ('py3langid', 'fasttext', 'torch')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
