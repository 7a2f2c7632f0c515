import pytest

from catalogs import Message, header, mo, po
from interlingua.corpus import Corpus, SourceRecord, open_rows, source_records
from interlingua.corpus.building import build_corpus
from interlingua.corpus.readers.gettext import software_record
from interlingua.errors import CorpusError

METADATA = """Metadata-Version: 2.4
Name: Tea-House
Version: 1.2
{fields}
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay a distribution with two catalogs where Python finds it."""

    def write(name, fields="", catalogs=True):
        site = tmp_path / "site"
        files = {
            f"{name}/locale/de/LC_MESSAGES/django.po": po(header("de"), Message("tea", "Tee")),
            f"{name}/locale/fr/LC_MESSAGES/django.mo": mo(header("fr"), Message("tea", "thé")),
        }
        files = files if catalogs else {}
        files[f"{name}-1.2.dist-info/METADATA"] = METADATA.format(fields=fields).encode()
        files[f"{name}-1.2.dist-info/RECORD"] = "".join(f"{file},,\n" for file in files).encode()
        for file, content in files.items():
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).write_bytes(content)
        (site / "another/locale/it/LC_MESSAGES").mkdir(parents=True)
        (site / "another/locale/it/LC_MESSAGES/django.po").write_bytes(po(header("it"), Message("tea", "tè")))
        monkeypatch.syspath_prepend(str(site))

    return write


def test_a_distribution(install, tmp_path):
    install("tea_house", "License-Expression: MIT\nProject-URL: Homepage, https://tea.example\nProject-URL: X, y")
    rows = list(open_rows("software:tea-house"))
    assert [dict(row.texts) for row in rows] == [{"eng_Latn": "tea", "deu_Latn": "Tee", "fra_Latn": "thé"}]
    assert rows[0].meta["_domain"] == "tea_house/locale/django"
    build_corpus(["software:tea-house"], tmp_path / "corpus")
    corpus = Corpus.open(tmp_path / "corpus")
    assert len(corpus) == 1
    assert source_records(corpus.card) == {
        "software:tea-house": SourceRecord(
            source="software:tea-house",
            licence="MIT",
            citation="Tea-House 1.2, its translators.",
            homepage="https://tea.example",
        )
    }


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ("License: Copyright 2008\nClassifier: License :: OSI Approved :: BSD License", "BSD License"),
        ("License: BSD\n        and more", "BSD"),
        ("", ""),
    ],
)
def test_licences_as_older_metadata_have_them(install, fields, licence):
    install("tea_house", fields)
    assert software_record("tea_house").licence == licence


def test_a_domain_of_the_system(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.base_prefix", str(tmp_path))
    for language, text in {"de": "Tee", "fr": "thé"}.items():
        place = tmp_path / "share" / "locale" / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "teapot-for-tests.mo").write_bytes(mo(header(language), Message("tea", text)))
        (place / "other.mo").write_bytes(mo(header(language), Message("milk", text)))
    rows = list(open_rows("software:teapot-for-tests"))
    assert [dict(row.texts) for row in rows] == [{"eng_Latn": "tea", "deu_Latn": "Tee", "fra_Latn": "thé"}]
    assert software_record("teapot-for-tests") == SourceRecord(source="software:teapot-for-tests")


def test_software_without_catalogs_or_not_there(install):
    install("tea_house", catalogs=False)
    with pytest.raises(CorpusError, match=r"tea-house is installed but has no catalogs \(.po, .mo\), and .*install it"):
        open_rows("software:tea-house")
    with pytest.raises(CorpusError, match="no-such-thing is not installed beside this Python"):
        open_rows("software:no-such-thing")
    for name in ("", "../x", "a b", "*"):
        with pytest.raises(CorpusError, match="is no name of software"):
            open_rows(f"software:{name}")
