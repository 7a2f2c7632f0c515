import logging

import pytest

from interlingua.corpus import open_rows
from interlingua.errors import CorpusError, FormatError


def test_two_columns_and_documents(write):
    path = write("news-commentary-v16.de-en.tsv.gz", "\ufeffEin Zug.\tA train.\n\t\nRegen.\tRain.\n\nSchnee.\t \n")
    rows = list(open_rows(path))
    assert [row.texts for row in rows] == [
        {"deu_Latn": "Ein Zug.", "eng_Latn": "A train."},
        {"deu_Latn": "Regen.", "eng_Latn": "Rain."},
        {"deu_Latn": "Schnee."},
    ]
    assert [row.meta for row in rows] == [{"_id": "1"}, {"_id": "3", "_document": 1}, {"_id": "5", "_document": 2}]


def test_scores_first(write, caplog):
    content = "1.21\tEin Zug.\tA train.\tde\ten\n1.05\tRegen.\nhigh\tSchnee.\tSnow.\tde\ten\n"
    path = write("WikiMatrix.v1.de-en.langid.tsv", content)
    with caplog.at_level(logging.WARNING):
        rows = list(open_rows(path))
    assert [row.texts for row in rows] == [{"deu_Latn": "Ein Zug.", "eng_Latn": "A train."}]
    assert rows[0].meta == {"_id": "1", "_score": 1.21, "_field4": "de", "_field5": "en"}
    assert (
        "2 faults left out: line 2: 2 fields instead of 3 or more; line 3: the score 'high' is no number" in caplog.text
    )
    with pytest.raises(FormatError, match=r"line 2: 2 fields instead of 3"):
        list(open_rows(path, strict=True))


def test_names_and_renames(write):
    path = write("x.en-zh_CN.txt", "A train.\t一列火车。\n")
    assert next(open_rows(path)).texts == {"eng_Latn": "A train.", "cmn_Hans": "一列火车。"}
    assert next(open_rows(path, rename={"zh_CN": "yue"})).texts["yue_Hant"] == "一列火车。"


def test_a_header_wins(write):
    assert next(open_rows(write("x.de-en.tsv", "en\tsw\nRain.\tMvua.\n"))).texts == {
        "eng_Latn": "Rain.",
        "swh_Latn": "Mvua.",
    }
    path = write("y.de-en.tsv", "left\tright\nRain.\tMvua.\n")
    assert next(open_rows(path, rename={"left": "en", "right": "sw"})).texts["swh_Latn"] == "Mvua."
    assert next(open_rows(path, columns=["en", "sw"])).texts["eng_Latn"] == "left"
    with pytest.raises(CorpusError, match="column 'note' is no language"):
        list(open_rows(write("z.de-en.tsv", "de\ten\tnote\n")))
    with pytest.raises(CorpusError, match=r"column 'Rain.' is no language"):
        list(open_rows(write("memory.tsv", "Rain.\tMvua.\n")))
