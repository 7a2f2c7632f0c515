import pytest

from interlingua.corpus.readers.gettext.entries import Header
from interlingua.corpus.readers.gettext.plurals import plural_forms


@pytest.mark.parametrize(
    ("written", "one", "many", "count"),
    [
        ("", 0, 1, 2),
        ("nplurals=INTEGER; plural=EXPRESSION;", 0, 1, 2),
        ("nplurals=2; plural=(n != 1);", 0, 1, 2),
        ("nplurals=2; plural=n>1", 0, 1, 2),
        ("nplurals = 1 ; plural = 0 ;", 0, 0, 1),
        (
            "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
            0,
            2,
            3,
        ),  # Russian
        ("nplurals=4; plural=(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0);", 1, 0, 4),  # Slovenian
        (
            "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
            1,
            4,
            6,
        ),  # Arabic
        ("nplurals=2; plural=n%2;", 1, 0, 2),  # as many of each, but two to a hundred begins and ends with form 0
    ],
)
def test_one_and_many(written, one, many, count):
    assert plural_forms(Header(f"Plural-Forms: {written}\n")) == (one, many, count)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("two", "is not of the form"),
        ("nplurals=2; plural=", "is not of the form"),
        ("nplurals=2; plural=n ? ;", "cannot be worked out"),
        ("nplurals=2; plural=__import__('os').system('true');", "cannot be worked out"),
        ("nplurals=2; plural=n/0;", "cannot be worked out"),
        (f"nplurals=2; plural={'(' * 400}n{')' * 400};", "cannot be worked out"),
        ("nplurals=2; plural=" + "n*" * 2000 + "n;", "cannot be worked out"),
        ("nplurals=2; plural=n;", "gives forms beyond its own nplurals"),
        ("nplurals=0; plural=0;", "gives forms beyond its own nplurals"),
    ],
)
def test_expressions_that_are_none(written, message):
    with pytest.raises(ValueError, match=message):
        plural_forms(Header(f"Plural-Forms: {written}\n"))
