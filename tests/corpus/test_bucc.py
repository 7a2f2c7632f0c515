"""Two piles of sentences, from files in the shared task's layout."""

import gzip

import pytest

from interlingua.corpus.bucc import bucc_pairs, read_bucc
from interlingua.errors import CorpusError, FormatError


def write(
    folder, *, de="de-1\tEins.\nde-2\tZwei.\n", en="en-1\tTwo.\nen-2\tThree.\n", gold="de-2\ten-1\n", split="sample"
):
    folder.mkdir(exist_ok=True, parents=True)
    for suffix, text in (("de", de), ("en", en), ("gold", gold)):
        (folder / f"de-en.{split}.{suffix}").write_text(text, "utf-8")
    return folder


def test_piles_hold_sentences_and_positions(tmp_path):
    piles = read_bucc(write(tmp_path), "de", "en", "sample")
    assert piles.source == ["Eins.", "Zwei."]
    assert piles.target == ["Two.", "Three."]
    assert piles.gold.tolist() == [[1, 0]]
    assert piles.languages == ("deu_Latn", "eng_Latn")
    assert piles.name == "de-en.sample"


def test_files_may_lie_in_a_folder_of_their_pair_and_be_compressed(tmp_path):
    plain = read_bucc(write(tmp_path / "plain"), "de", "en", "sample")
    packed = write(tmp_path / "packed" / "de-en")
    for path in list(packed.iterdir()):
        with gzip.open(path.with_name(path.name + ".gz"), "wb") as stream:
            stream.write(path.read_bytes())
        path.unlink()
    found = read_bucc(tmp_path / "packed", "de", "en", "sample")
    assert found.fingerprint == plain.fingerprint
    assert bucc_pairs(tmp_path / "packed", "sample") == [("de", "en")]


def test_the_fingerprint_is_that_of_the_content(tmp_path):
    one = read_bucc(write(tmp_path / "a"), "de", "en", "sample").fingerprint
    assert read_bucc(write(tmp_path / "b", gold="de-1\ten-1\n"), "de", "en", "sample").fingerprint != one
    assert read_bucc(write(tmp_path / "c", de="de-1\tEins!\nde-2\tZwei.\n"), "de", "en", "sample").fingerprint != one


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"gold": "de-2\ten-9\n"}, FormatError, r"gold, line 1: names 'en-9', which is not in de-en.sample.en"),
        ({"gold": "\n"}, FormatError, "holds no pairs"),
        ({"gold": "de-2 en-1\n"}, FormatError, "two fields with a tab"),
        ({"de": "de-1\tEins.\nde-1\tZwei.\n"}, FormatError, r"line 2: the identifier 'de-1' comes twice"),
        ({"de": "de-1\n"}, FormatError, r"de-en.sample.de, line 1: expected two fields"),
        ({"de": ""}, FormatError, "holds no sentences"),
    ],
)
def test_bad_files_say_where(tmp_path, files, error, message):
    with pytest.raises(error, match=message):
        read_bucc(write(tmp_path, **files), "de", "en", "sample")


def test_missing_files_are_named(tmp_path):
    write(tmp_path)
    (tmp_path / "de-en.sample.en").unlink()
    with pytest.raises(CorpusError, match=r"no file de-en\.sample\.en in"):
        read_bucc(tmp_path, "de", "en", "sample")
    with pytest.raises(CorpusError, match=r"no files xx-en\.training\.gold .* it has sample"):
        bucc_pairs(tmp_path, "training")
    with pytest.raises(CorpusError, match="there is no folder"):
        bucc_pairs(tmp_path / "nowhere", "sample")
