import pytest

from interlingua.corpus.placeholders import plain_text, with_placeholders
from interlingua.errors import CorpusError
from interlingua.types import Row


@pytest.mark.parametrize(
    ("text", "normalised", "dropped"),
    [
        ("%s of %d", "{} of {}", "of"),
        ("%(count)d boats, %(name)s", "{} boats, {}", "boats,"),
        ("%1$s %2$-5.2f %*d %lu %hhx %<PRIu64>", "{} {} {} {} {} {}", ""),
        ("100% of it, 5 % off, 100%", "100% of it, 5 % off, 100%", "100% of it, 5 % off, 100%"),
        ("100%% of %s%%", "100% of {}%", "100% of %"),
        ("{0} {name} {0.x[1]!r:>{1}} {} {:,}", None, None),
        ("{0} {name} {a.b[1]!r:>10} {} {:,}", "{} {} {} {} {}", ""),
        ("{{ user.name|upper }} has {% if x %}one{% endif %}", "{} has {}one{}", "has one"),
        ("$1 and ${name} and $name and #{name}", "{} and {} and {} and {}", "and and and"),
        ("it costs $ 5, C# and {a, b}", "it costs $ 5, C# and {a, b}", "it costs $ 5, C# and {a, b}"),
        ("%1 of %L2, %n boats", "{} of {}, {} boats", "of , boats"),
        ("&Save", "Save", "Save"),
        ("S&ave AT&T R&D", "S&ave AT&T R&D", "S&ave AT&T R&D"),
        ("_Open the kettle", "Open the kettle", "Open the kettle"),
        ("file_name and __init__", "file_name and __init__", "file_name and __init__"),
        ("a &b &c", "a &b &c", "a &b &c"),
        ("開く(_O)...", "開く...", "開く..."),
        ("打开 (&O)", "打开", "打开"),
        ("<b>Tea</b> &amp; <a href='%s'>milk</a><br/>now", "Tea & milk now", "Tea & milk now"),
        ("usage: <file> <a@b>", "usage: <file> <a@b>", "usage: <file> <a@b>"),
        ("1 < 2 > 0 & so", "1 < 2 > 0 & so", "1 < 2 > 0 & so"),
        ("  two\nlines\n", "two\nlines\n", "two\nlines\n"),
    ],
)
def test_texts(text, normalised, dropped):
    assert plain_text(text, "keep") == text
    if normalised is not None:
        assert (plain_text(text, "normalise"), plain_text(text, "drop")) == (normalised, dropped)


def test_rows():
    rows = [Row({"eng_Latn": "%s", "deu_Latn": "%s!"}, {"_id": "1"}), Row({"eng_Latn": "Tea"})]
    assert list(with_placeholders(rows, "keep")) == rows
    assert list(with_placeholders(rows, "drop")) == [Row({"deu_Latn": "!"}, {"_id": "1"}), Row({"eng_Latn": "Tea"})]
    with pytest.raises(CorpusError, match="placeholders are keep, normalise, drop, not 'no'"):
        list(with_placeholders(rows, "no"))


@pytest.mark.parametrize(
    "piece", [" ", "{", "%", "%(", "<a ", "$", "&", "(", "{{", "{% ", "_a", "\t(", "%0", "0", "%9"]
)
def test_no_text_takes_long(piece):
    """A hang shows as a test that does not end: every pattern looks at a text once or twice, whatever it repeats."""
    assert len(plain_text(piece * 100_000, "normalise")) < 300_001
    assert len(plain_text("%" + piece * 100_000 + "!", "normalise")) < 300_003
