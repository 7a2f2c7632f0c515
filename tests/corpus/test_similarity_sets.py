"""Published layouts of similarity sets, in invented files."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import open_scored_pairs, open_similarity_sets
from interlingua.errors import CorpusError, FormatError


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def objects(*records):
    return "".join(json.dumps({"sentence1": a, "sentence2": b, "score": score}) + "\n" for a, b, score in records)


def told(pairs):
    return list(zip(pairs.source, pairs.target, pairs.scores.tolist(), strict=True))


def test_semeval_files_of_one_year_are_one_set(tmp_path):
    folder = tmp_path / "STS15"
    write(folder / "STS.input.belief.txt", "A.\tB.\nC.\tD.\tsource\nE.\tF.\n")
    write(folder / "STS.gs.belief.txt", "4.5\n\n0\n")  # the second was not scored
    write(folder / "STS.input.images.txt", 'A "cat.\tA dog.\n')
    write(folder / "STS.gs.images.txt", "2\n")
    write(folder / "readme.md", "x")
    (pairs,) = open_similarity_sets(folder)
    assert told(pairs) == [("A.", "B.", 4.5), ("E.", "F.", 0.0), ('A "cat.', "A dog.", 2.0)]
    assert (pairs.name, pairs.languages) == ("STS15", ("eng_Latn", "eng_Latn"))


def test_semeval_tracks_tell_their_languages(tmp_path):
    folder = tmp_path / "STS17"
    for part in ("track1.ar-ar", "track4a.es-en", "track5.en-en"):
        write(folder / f"STS.input.{part}.txt", "A.\tB.\n")
        write(folder / f"STS.gs.{part}.txt", "1\n")
    sets = open_similarity_sets(folder)
    assert [one.languages for one in sets] == [
        ("arb_Arab", "arb_Arab"),
        ("eng_Latn", "eng_Latn"),
        ("spa_Latn", "eng_Latn"),
    ]
    assert [one.name for one in sets] == ["STS17:arb", "STS17", "STS17:spa-eng"]
    (only,) = open_similarity_sets(folder, pairs=[("en", "es")])
    assert only.languages == ("spa_Latn", "eng_Latn")
    with pytest.raises(CorpusError, match="no scored pairs of these languages"):
        open_similarity_sets(folder, pairs=[("en", "ko")])


def test_mteb_folders_of_languages(tmp_path):
    folder = tmp_path / "sts22"
    write(folder / "en" / "test.jsonl", objects(("A.", "B.", 1.0), ("A.", "", 4.0)))
    write(folder / "en" / "train.jsonl", objects(("X.", "Y.", 1.0)))
    (folder / "de-en").mkdir()
    with gzip.open(folder / "de-en" / "test.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(objects(("Ä.", "B.", 2.5)))
    (folder / "zh").mkdir()
    table = pa.table({"sentence1": ["一。"], "sentence2": ["二。"], "score": [3.0], "lang": ["zh"]})
    pq.write_table(table, folder / "zh" / "test-00000-of-00001.parquet")
    write(folder / "raw" / "test" / "00.json", "{}")
    chinese, english, both = open_similarity_sets(folder)
    assert told(chinese) == [("一。", "二。", 3.0)]
    assert told(english) == [("A.", "B.", 1.0), ("A.", "", 4.0)], "an empty text stays, as in the published numbers"
    assert told(both) == [("Ä.", "B.", 2.5)]
    assert both.languages == ("deu_Latn", "eng_Latn")
    (train,) = open_similarity_sets(folder, split="train")
    assert told(train) == [("X.", "Y.", 1.0)]


def test_a_set_of_one_language_lies_in_the_folder_itself(tmp_path):
    write(tmp_path / "STS12" / "test.jsonl", objects(("A.", "B.", 1.0)))
    (pairs,) = open_similarity_sets(tmp_path / "STS12")
    assert pairs.languages == ("eng_Latn", "eng_Latn")
    write(tmp_path / "KorSTS" / "sts-test.tsv", "sentence1\tsentence2\tscore\n가.\t나.\t1\n")
    (pairs,) = open_similarity_sets(tmp_path / "KorSTS", language="ko")
    assert (pairs.languages, pairs.name) == (("kor_Hang", "kor_Hang"), "KorSTS:kor")


@pytest.mark.parametrize(
    ("name", "content", "scores"),
    [
        (
            "sts-test.csv",  # the STS benchmark: tabs, no header, sometimes sources at the end
            "main-news\theadlines\t2015\t0001\t3.400\tA.\tB, c.\nmain\tx\t2012\t2\t0\tC.\tD.\tsource\turl\n",
            [3.4, 0.0],
        ),
        (
            "sts-test.tsv",  # KorSTS
            "genre\tfilename\tyear\tid\tscore\tsentence1\tsentence2\n"
            "m\tf\t2012\t1\t5\tA.\tB, c.\nm\tf\t1\t2\t1\tC.\tD.\n",
            [5.0, 1.0],
        ),
        (
            "valid-v1.1.json",  # JGLUE
            '{"sentence_pair_id": "0", "sentence1": "A.", "sentence2": "B, c.", "label": 1.6}\n'
            '{"sentence_pair_id": "1", "sentence1": "C.", "sentence2": "D.", "label": 0}\n',
            [1.6, 0.0],
        ),
        (
            "SICK_test_annotated.txt",
            "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n"
            "6\tA.\tB, c.\t3.3\tNEUTRAL\n7\tC.\tD.\t5\tENTAILMENT\n",
            [3.3, 5.0],
        ),
        (
            "semeval22.csv",  # 1 is the most similar there
            'pair_id,Overall,text1,text2\n1,1.0,A.,"B, c."\n2,3.5,C.,D.\n',
            [4.0, 1.5],
        ),
    ],
)
def test_files_as_they_are_published(tmp_path, name, content, scores):
    path = write(tmp_path / name, content)
    pairs = open_scored_pairs(str(path), source="en", target="en")
    assert pairs.scores.tolist() == scores
    assert (pairs.source, pairs.target) == (["A.", "C."], ["B, c.", "D."])


@pytest.mark.parametrize(
    ("texts", "gold", "message"),
    [
        ("A.\tB.\nC.\tD.\n", "1\n", r"STS.input.x.txt, line 2: has more lines than STS.gs.x.txt"),
        ("A.\tB.\n", "1\n2\n", r"STS.gs.x.txt, line 2: goes on after STS.input.x.txt ends"),
        ("A. B.\n", "1\n", "line 1: one sentence instead of two"),
        ("A.\tB.\n", "good\n", "STS.gs.x.txt, line 1: the score 'good' is no number"),
    ],
)
def test_bad_semeval_files_say_what_and_where(tmp_path, texts, gold, message):
    write(tmp_path / "STS.input.x.txt", texts)
    write(tmp_path / "STS.gs.x.txt", gold)
    with pytest.raises(FormatError, match=message):
        open_similarity_sets(tmp_path)


def test_missing_scores_and_empty_folders_are_told(tmp_path):
    with pytest.raises(CorpusError, match=r"holds no scored pairs; it should hold STS\.input\.NAME\.txt"):
        open_similarity_sets(tmp_path)
    with pytest.raises(CorpusError, match="is no folder"):
        open_similarity_sets(tmp_path / "nowhere")
    write(tmp_path / "STS.input.x.txt", "A.\tB.\n")
    with pytest.raises(CorpusError, match=r"STS\.gs\.x\.txt is missing"):
        open_similarity_sets(tmp_path)


def test_bad_lines_of_odd_files_are_told(tmp_path):
    path = write(tmp_path / "SICK.txt", "sentence_A\tsentence_B\trelatedness_score\nA.\tB.\n")
    with pytest.raises(FormatError, match="line 2: 2 fields instead of 3"):
        open_scored_pairs(str(path), source="en", target="en")
    path = write(tmp_path / "sts.csv", "a\tb\tc\td\t1.0\tA.\tB.\nshort\n")
    with pytest.raises(FormatError, match="line 2: 1 fields instead of 7 or more"):
        open_scored_pairs(str(path), source="en", target="en")
    path = write(tmp_path / "x.json", '{"sentence1": "A.", "sentence2": "B.", "label": 1}\n[]\n')
    with pytest.raises(FormatError, match="line 2: no object of JSON"):
        open_scored_pairs(str(path), source="en", target="en")
