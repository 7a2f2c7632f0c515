"""Whatever a writer writes comes back; whatever bytes there are, only our own errors come."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogs import Message, header, mo, po
from interlingua.corpus.readers import read_gettext
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.gettext.units import catalog_units
from interlingua.errors import InterlinguaError

quick = settings(
    max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# No NUL and no end of transmission, which .mo uses itself.
texts = st.text("aBn \\\"'\n\t\r%#[]~é茶ш🫖\a\u2028\x85", min_size=1, max_size=12).filter(str.strip)


@st.composite
def messages(draw):
    keys = draw(
        st.lists(st.tuples(texts, st.none() | texts), max_size=8, unique_by=lambda key: (key[0], key[1] or None))
    )
    return [
        Message(
            text,
            [draw(texts) for _ in range(2 if plural else 1)],
            context=context,
            plural=plural,
            comments=draw(st.lists(st.sampled_from(["# c", "#. c", "#: a.c:1", "#, c-format", '#~ msgid "x"']))),
        )
        for text, context in keys
        for plural in [draw(st.none() | texts)]
    ]


def units(path):
    with Faults(path, strict=True) as faults:
        return [(*unit.key, unit.text) for unit in catalog_units(path, faults, Counter())]


def expected(given):
    """What a reader that knows nothing of files would give."""
    found = []
    for one in given:
        if one.plural is None:
            found.append((one.context, one.text, "", "", one.forms[0]))
        else:
            found += [
                (one.context, one.text, one.plural, number, form)
                for number, form in zip(("one", "other"), one.forms, strict=True)
            ]
    return found


@quick
@given(messages(), st.sampled_from(["\n", "\r\n"]))
def test_po_comes_back(write, given, end):
    assert units(write("de.po", po(header("de"), *given, end=end))) == expected(given)


@quick
@given(messages(), st.sampled_from("<>"))
def test_mo_comes_back(write, given, order):
    assert sorted(units(write("de.mo", mo(header("de"), *given, order=order))), key=repr) == sorted(
        expected(given), key=repr
    )


WORDS = rb'msgid msgstr msgctxt msgid_plural msgstr[1] msgstr[ domain # #~ #, fuzzy " "a" "" \ \x charset=x'.split()
pieces = st.lists(
    st.sampled_from([*WORDS, b"\n", b" ", b"\r", b"\xff", b"\0", b'"Content-Type: charset=big5\\n"']), max_size=40
).map(b"".join)


@settings(quick, max_examples=60)
@given(pieces)
def test_any_bytes_for_po(write, content):
    survives(write("de.po", content))


@settings(quick, max_examples=60)
@given(
    messages(), st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)), max_size=6), st.integers()
)
def test_a_mo_with_other_bytes_in_it(write, given, changes, length):
    content = bytearray(mo(header("de"), *given))
    for place, change in changes:
        content[place : place + len(change)] = change
    survives(write("de.mo", bytes(content[: length % (2 * len(content))])))


def survives(path):
    try:
        for row in read_gettext(path):
            assert all(text.strip() for text in row.texts.values())
    except InterlinguaError:
        return
