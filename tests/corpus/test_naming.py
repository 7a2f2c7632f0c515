import zipfile

import pytest

from interlingua.corpus import open_rows
from interlingua.errors import CorpusError

TMX = '<tmx version="1.4"><header/><body/></tmx>'
XLIFF = '<xliff version="1.2"><file source-language="en" target-language="id"><body/></file></xliff>'
CATALOG = 'msgid "Print"\nmsgstr "Cetak"\n'


@pytest.fixture
def sources(write, tmp_path):
    for name, text in {"a.tmx": TMX, "a.xlf": XLIFF, "id.po": CATALOG, "x.id-en.tsv": "Ya.\tYes.\n"}.items():
        write(name, text)
    for folder, name in (("shop", "id.po"), ("tatoeba", "tatoeba.ind-eng.ind"), ("tatoeba", "tatoeba.ind-eng.eng")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(CATALOG)
    with zipfile.ZipFile(tmp_path / "id-en.zip", "w") as file:
        file.writestr("Tea.id-en.id", "Ya.\n")
        file.writestr("Tea.id-en.en", "Yes.\n")
    return tmp_path


@pytest.mark.parametrize("name", ["a.tmx", "a.xlf", "id.po", "x.id-en.tsv", "shop", "tatoeba", "id-en.zip"])
def test_a_language_is_no_provenance(sources, name):
    with pytest.raises(CorpusError, match=r"id=_id would make a column of the language written id; .*as id=ind"):
        list(open_rows(sources / name, rename={"id": "_id"}))
