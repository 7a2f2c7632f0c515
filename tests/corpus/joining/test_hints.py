import pytest

from interlingua.corpus.joining.hints import language_hints, licence_hints
from interlingua.corpus.joining.sources import JoinSource
from interlingua.corpus.provenance import SourceRecord


def source(name, *, written="x.tmx"):
    return JoinSource(name=name, records=[], size=0, batches=lambda: iter(()), written=written)


def hints(**languages):
    return list(language_hints([source(name) for name in languages], list(languages.values()), pivot="eng_Latn"))


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ({"a": {"eng_Latn", "deu_Latn"}, "b": {"eng_Latn", "fra_Latn"}}, []),
        (
            {"a": {"eng_Latn-US", "deu_Latn"}, "b": {"eng_Latn", "fra_Latn"}, "c": {"eng_Latn-US"}},
            ["eng_Latn-US (of a, c) and eng_Latn (of b) are two languages; --rename en-US=eng makes them one"],
        ),
        (
            {"a": {"eng_Latn", "por_Latn-BR"}, "b": {"eng_Latn", "por_Latn"}},
            ["por_Latn-BR (of a) and por_Latn (of b) are two languages; --rename pt-BR=por makes them one"],
        ),
        ({"a": {"eng_Latn", "por_Latn-BR"}, "b": {"eng_Latn", "por_Latn-PT"}}, []),
        ({"a": {"eng_Latn", "eng_Latn-US"}, "b": {"eng_Latn", "spa_Latn-ref2"}, "c": {"eng_Latn", "spa_Latn"}}, []),
        (
            {"a": {"eng_Latn", "deu_Latn"}, **{name: {"deu_Latn"} for name in "bcdef"}, "g": set()},
            ["no row of b, c, d and 2 more has eng_Latn to join by, so none meets another source's"],
        ),
    ],
)
def test_what_keeps_rows_apart(languages, told):
    assert hints(**languages) == told


def test_columns_that_cannot_be_renamed_are_not_spoken_of():
    sources = [source("ntrex", written=""), source("b")]
    found = list(language_hints(sources, [{"deu_Latn-AT", "eng_Latn"}, {"eng_Latn", "deu_Latn"}], pivot="eng_Latn"))
    assert found == []


def test_the_spelling_of_the_file_is_used(write):
    path = write("a.tsv", "EN_us\tde\nYes.\tJa.\n")
    sources = [source("a.tsv", written=str(path)), source("b")]
    (told,) = language_hints(sources, [{"eng_Latn-US", "deu_Latn"}, {"eng_Latn"}], pivot="eng_Latn")
    assert told.endswith("--rename EN_us=eng makes them one")


def test_licences():
    known = SourceRecord(source="a.tmx", licence="CC0-1.0")
    assert list(licence_hints([known])) == []
    (told,) = licence_hints([known, SourceRecord(source="eng=a.en deu=a.de")])
    assert told.startswith("no licence is known of eng=a.en deu=a.de; --licence 'eng=a.en deu=a.de'=CC-BY-4.0")
