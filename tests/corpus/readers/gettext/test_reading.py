import pytest

from catalogs import Message, header, mo, po
from interlingua.corpus import open_rows
from interlingua.corpus.readers import read_gettext
from interlingua.errors import CorpusError, FormatError, LanguageError

RUSSIAN = "nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;"


@pytest.fixture
def tree(tmp_path):
    """Write catalogs below the test's folder: messages by path."""

    def write_tree(**files):
        for name, messages in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((mo if path.suffix == ".mo" else po)(*messages))
        return tmp_path

    return lambda files: write_tree(**files)


def texts(rows):
    return [dict(row.texts) for row in rows]


def test_one_file(write):
    path = write(
        "ru.po",
        po(
            header("ru", RUSSIAN),
            Message("kettle", "чайник", comments=["#: src/a.c:1"]),
            Message("boat", "лодка", context="menu"),
            Message("%d goat", ["%d коза", "%d козы", "%d коз"], plural="%d goats"),
            Message("tea", ""),
            Message("milk", "молоко", comments=["#, fuzzy"]),
        ),
    )
    rows = list(open_rows(path))
    assert texts(rows) == [
        {"eng_Latn": "kettle", "rus_Cyrl": "чайник"},
        {"eng_Latn": "boat", "rus_Cyrl": "лодка"},
        {"eng_Latn": "%d goat", "rus_Cyrl": "%d коза"},
        {"eng_Latn": "%d goats", "rus_Cyrl": "%d коз"},
    ]
    assert [{key: value for key, value in row.meta.items() if key != "_id"} for row in rows] == [
        {"_reference": "src/a.c:1"},
        {"_context": "menu"},
        {"_number": "one"},
        {"_number": "other"},
    ]
    assert len({row.meta["_id"] for row in rows}) == 4
    assert [row.meta["_id"] for row in open_rows(path)] == [row.meta["_id"] for row in rows]


def test_what_was_left_out_is_told_once(write, caplog):
    caplog.set_level("INFO")
    fuzzy = Message("milk", "молоко", comments=["#, fuzzy"])
    path = write("ru.po", po(header("ru"), Message("tea", ""), fuzzy, fuzzy, Message("a", "б")) + b'#~ msgid "x"\n')
    assert len(list(read_gettext(path))) == 1
    assert "ru.po: messages left out: 2 fuzzy, 1 untranslated, 1 obsolete" in caplog.text


def test_the_source_language_and_others_can_be_named(write):
    path = write("de_DE.po", po(header(), Message("bouilloire", "Kessel")))
    assert texts(open_rows(path, rename={"msgid": "fra", "de_DE": "deu"})) == [
        {"fra_Latn": "bouilloire", "deu_Latn": "Kessel"}
    ]
    with pytest.raises(CorpusError, match="is in deu_Latn-DE, the language it translates from"):
        list(open_rows(path, rename={"msgid": "de-DE"}))


def test_duplicates_are_counted(write, caplog):
    path = write("de.po", po(header("de"), Message("tea", "Tee"), Message("tea", "Tea"), Message("tea", "T", "menu")))
    assert [row.texts["deu_Latn"] for row in read_gettext(path)] == ["Tee", "T"]
    assert "1 fault left out: line 10: a message comes a second time: 'tea'" in caplog.text
    with pytest.raises(FormatError, match="line 10: a message comes a second time"):
        list(read_gettext(path, strict=True))


def test_plural_forms_that_are_wrong(write, caplog):
    goats = Message("%d goat", ["%d Ziege", "%d Ziegen"], plural="%d goats")
    path = write("de.po", po(header("de", "nplurals=2; plural=n/0;"), goats, Message("tea", "Tee")))
    assert texts(read_gettext(path)) == [{"eng_Latn": "tea", "deu_Latn": "Tee"}]
    assert "messages with plurals are left out" in caplog.text
    goats.forms = ["a", "b", "c"]
    path = write("de.po", po(header("de"), goats))
    assert list(read_gettext(path)) == []
    assert "line 7: msgstr[2], but nplurals is 2" in caplog.text
    goats.forms = ["a"]
    path = write("de.po", po(header("de"), goats))
    assert texts(read_gettext(path)) == [{"eng_Latn": "%d goat", "deu_Latn": "a"}]
    assert "line 7: msgstr[1] is missing" in caplog.text


TEA = [header(), Message("tea", "Tee", comments=["#: tea.c:1"]), Message("only", "nur")]
THE = [header(), Message("tea", "thé"), Message("boat", "bateau", context="menu")]
TE = [header(), Message("tea", "tè"), Message("boat", "barca")]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("de/LC_MESSAGES/shop.po", "fr/LC_MESSAGES/shop.po", "shop"),
        ("a/locale/de/LC_MESSAGES/shop.po", "a/locale/fr/LC_MESSAGES/shop.mo", "a/locale/shop"),
        ("de/LC_MESSAGES/lib/shop.po", "fr/LC_MESSAGES/lib/shop.po", "lib/shop"),
        ("po/de.po", "po/fr.po", "po"),
        ("locale/shop/de.po", "locale/shop/fr.mo", "locale/shop"),
        ("shop.de.po", "shop.fr.po", "shop"),
        ("shop-de.po", "shop-fr.mo", "shop"),
        ("de/app.po", "fr/app.po", "app"),
    ],
)
def test_layouts_of_trees(tree, first, second, name):
    rows = list(open_rows(tree({first: TEA, second: THE})))
    assert texts(rows) == [
        {"eng_Latn": "tea", "deu_Latn": "Tee", "fra_Latn": "thé"},
        {"eng_Latn": "only", "deu_Latn": "nur"},
        {"eng_Latn": "boat", "fra_Latn": "bateau"},
    ]
    assert [row.meta["_domain"] for row in rows] == [name] * 3
    assert rows[0].meta["_reference"] == "tea.c:1" or first.endswith(".mo")
    assert all(row.meta["_id"].startswith(f"{name}:") for row in rows)


def test_domains_are_not_joined_with_each_other_and_contexts_are_kept_apart(tree):
    rows = list(open_rows(tree({"a/de.po": TEA, "b/fr.po": THE, "b/it.po": TE})))
    assert [(row.meta["_domain"], row.meta.get("_context"), sorted(row.texts)) for row in rows] == [
        ("a", None, ["deu_Latn", "eng_Latn"]),
        ("a", None, ["deu_Latn", "eng_Latn"]),
        ("b", None, ["eng_Latn", "fra_Latn", "ita_Latn"]),
        ("b", "menu", ["eng_Latn", "fra_Latn"]),
        ("b", None, ["eng_Latn", "ita_Latn"]),
    ]


def test_source_beside_its_compiled_form_and_other_categories(tree, caplog):
    folder = tree(
        {"de/LC_MESSAGES/a.po": TEA, "de/LC_MESSAGES/a.mo": THE, "de/LC_TIME/a.mo": TE, "fr/LC_MESSAGES/a.mo": THE}
    )
    assert texts(open_rows(folder))[0] == {"eng_Latn": "tea", "deu_Latn": "Tee", "fra_Latn": "thé"}
    assert caplog.text == ""


def test_one_plural_form_gives_the_plural_row_only(tree):
    goats = {
        "de.po": [header(), Message("%d goat", ["%d Ziege", "%d Ziegen"], plural="%d goats")],
        "ja.po": [header(plurals="nplurals=1; plural=0;"), Message("%d goat", ["ヤギ%d匹"], plural="%d goats")],
    }
    assert texts(open_rows(tree(goats))) == [
        {"eng_Latn": "%d goat", "deu_Latn": "%d Ziege"},
        {"eng_Latn": "%d goats", "deu_Latn": "%d Ziegen", "jpn_Jpan": "ヤギ%d匹"},
    ]


def test_names_instead_of_texts(tree):
    names = {
        "en.po": [header(), Message("button.save", "Save"), Message("button.open", "Open")],
        "de.po": [header(), Message("button.save", "Sichern"), Message("button.quit", "Beenden")],
        "fr.po": [header(), Message("button.save", "Enregistrer"), Message("button.quit", "Quitter")],
    }
    assert texts(open_rows(tree(names))) == [
        {"deu_Latn": "Sichern", "eng_Latn": "Save", "fra_Latn": "Enregistrer"},
        {"deu_Latn": "Beenden", "fra_Latn": "Quitter"},
    ]


def test_texts_that_the_source_language_rewords(tree):
    reworded = {
        "en.po": [header(), Message("a colour of tea", "a color of tea"), Message("milk", "milk")],
        "de.po": [header(), Message("a colour of tea", "eine Teefarbe"), Message("milk", "Milch"), Message("x", "X")],
    }
    assert texts(open_rows(tree(reworded))) == [
        {"eng_Latn": "a color of tea", "deu_Latn": "eine Teefarbe"},
        {"eng_Latn": "milk", "deu_Latn": "Milch"},
        {"eng_Latn": "x", "deu_Latn": "X"},
    ]


def test_a_damaged_catalog_leaves_nothing_behind(tree, caplog):
    folder = tree({"de.po": TEA, "fr.mo": THE, "it.po": TE})
    (folder / "fr.mo").write_bytes((folder / "fr.mo").read_bytes()[:-3])
    (folder / "it.po").write_bytes(b'msgid "oops\n' + (folder / "it.po").read_bytes())
    assert texts(open_rows(folder)) == [
        {"eng_Latn": "tea", "deu_Latn": "Tee", "ita_Latn": "tè"},
        {"eng_Latn": "only", "deu_Latn": "nur"},
        {"eng_Latn": "boat", "ita_Latn": "barca"},
    ]
    assert "2 faults left out" in caplog.text
    assert "fr.mo: message 3 lies beyond the end of the file" in caplog.text
    assert "it.po, line 1: a quote is not closed" in caplog.text
    with pytest.raises(FormatError, match=r"fr.mo: message 3"):
        list(open_rows(folder, strict=True))


def test_languages_that_nobody_knows_are_told_of_once(tree, caplog):
    files = {f"{domain}/{language}/LC_MESSAGES/x.po": TEA for domain in "ab" for language in ("xx", "en@quot", "de")}
    folder = tree(files | {"ro/LC_MESSAGES/y.po": TEA, "mo/LC_MESSAGES/y.po": THE})
    assert len(list(open_rows(folder))) == 6
    assert "3 faults left out: a/en@quot/LC_MESSAGES/x.po: 'en@quot': nobody knows the modifier" in caplog.text
    assert "mo/LC_MESSAGES/y.po: a second catalog of ron_Latn beside ro/LC_MESSAGES/y.po" in caplog.text
    with pytest.raises(FormatError, match="nobody knows the modifier"):
        list(open_rows(folder, strict=True))


def test_the_header_says_the_language_where_the_path_does_not(tree, caplog):
    folder = tree({"app.po": [header("de_AT"), *TEA[1:]], "nothing.po": TEA})
    assert texts(open_rows(folder))[0] == {"eng_Latn": "tea", "deu_Latn-AT": "Tee"}
    assert "neither its path nor its header says the language" in caplog.text
    assert texts(read_gettext(folder / "app.po"))[0] == {"eng_Latn": "tea", "deu_Latn-AT": "Tee"}
    with pytest.raises(FormatError, match="neither its path nor its header"):
        list(read_gettext(folder / "nothing.po"))


def test_languages_of_the_users_that_nobody_knows(tree):
    with pytest.raises(LanguageError, match="zzzz"):
        open_rows(tree({"de.po": TEA}), rename={"de": "zzzz"})


def test_no_catalogs(tmp_path):
    with pytest.raises(CorpusError, match=r"holds no \.po or \.mo"):
        read_gettext(tmp_path)
    with pytest.raises(CorpusError, match="cannot tell how to read the folder"):
        open_rows(tmp_path)
    with pytest.raises(CorpusError, match="there is no file"):
        list(read_gettext(tmp_path / "de.po"))
