import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlingua.errors import LanguageError
from interlingua.languages import MACRO_MEMBERS, canonical, canonical_columns, display_name, variant_hint

SPELLINGS = {
    # ISO 639-1, -2, -3
    "en": "eng_Latn",
    "de": "deu_Latn",
    "ger": "deu_Latn",
    "fre": "fra_Latn",
    "tel": "tel_Telu",
    "te": "tel_Telu",
    "iw": "heb_Hebr",
    "no": "nob_Latn",
    # BCP-47
    "pt-BR": "por_Latn-BR",
    "zh": "cmn_Hans",
    "zh-Hant": "cmn_Hant",
    "zh-TW": "cmn_Hant",
    "zh_cn": "cmn_Hans",
    "zh-Hant-TW": "cmn_Hant",
    "zh-HK": "cmn_Hant-HK",
    "sr-Latn": "srp_Latn",
    "sr": "srp_Cyrl",
    "sh": "srp_Latn",
    "pa-PK": "pan_Arab-PK",
    "es-419": "spa_Latn-419",
    "ca-valencia": "cat_Latn-valencia",
    "de-x-formal": "deu_Latn-x-formal",
    # FLORES, NLLB
    "zho_Hans": "cmn_Hans",
    "zho_Hant": "cmn_Hant",
    "swh_Latn": "swh_Latn",
    "est_Latn": "ekk_Latn",
    "arb_Arab": "arb_Arab",
    "ory_Orya": "ory_Orya",
    "npi_Deva": "npi_Deva",
    "tgl_Latn": "tgl_Latn",
    "kas_Deva": "kas_Deva",
    "taq_Tfng": "taq_Tfng",
    # LASER, Tatoeba
    "cmn": "cmn_Hans",
    "pes": "pes_Arab",
    "swh": "swh_Latn",
    "nob": "nob_Latn",
    "ara": "arb_Arab",
    "kzj": "kzj_Latn",
    "dtp": "dtp_Latn",
    "ber": "ber_Latn",
    # NTREX
    "srp-Cyrl": "srp_Cyrl",
    "zho-CN": "cmn_Hans",
    "zho-TW": "cmn_Hant",
    "spa-ref2": "spa_Latn-ref2",
    "spa-MX": "spa_Latn-MX",
    "eng-US": "eng_Latn-US",
    "gsw-BE": "gsw_Latn-BE",
    "gsw-ZH": "gsw_Latn-ZH",
    "fil": "tgl_Latn",
    "swa": "swh_Latn",
    "msa": "zsm_Latn",
    "fas": "pes_Arab",
    "prs": "prs_Arab",
    "jpn": "jpn_Jpan",
    "kor": "kor_Hang",
    # case
    "DE_latn": "deu_Latn",
    "ENG": "eng_Latn",
    "SPA_LATN-mx": "spa_Latn-MX",
}

# Where one code stands for two scripts in different sets, the catalog says which; these are the others.
SCRIPT_BY_SET = {("cmn", "Hant"), ("shi", "Arab"), ("srp", "Latn")}


@pytest.mark.parametrize(("spelling", "code"), SPELLINGS.items())
def test_usual_spellings(spelling, code):
    assert canonical(spelling) == code


@pytest.mark.parametrize("code", sorted(set(SPELLINGS.values())))
def test_canonical_codes_are_their_own_spelling(code):
    assert canonical(code) == code


@pytest.mark.parametrize(
    "name",
    [
        "",
        "xx",
        "split",
        "source",
        "sentence1",
        "id_text",
        "eng_Xxxx",
        "eng_Latn-text",
        "und",
        "mul",
        "a.b",
        "en de",
        "é",
    ],
)
def test_unknown(name):
    with pytest.raises(LanguageError, match="not a language code"):
        canonical(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [("german", "deu_Latn (German)"), ("Telugu", "tel_Telu"), ("dex", "deu_Latn"), ("eng_Xxxx", "eng_Latn")],
)
def test_unknown_with_suggestion(name, near):
    with pytest.raises(LanguageError, match="did you mean") as caught:
        canonical(name)
    assert near in str(caught.value)


@given(st.text(max_size=12))
def test_any_text_is_a_code_or_an_error(text):
    try:
        code = canonical(text)
    except LanguageError:
        return
    assert canonical(code) == code


def test_no_macro_code_is_the_member_of_another():
    assert not set(MACRO_MEMBERS) & set(MACRO_MEMBERS.values())
    assert {canonical(macro)[:3] for macro in MACRO_MEMBERS} == set(MACRO_MEMBERS.values())


def test_columns_keep_order_and_given_names():
    assert canonical_columns(["swa", "en", "zh-TW"]) == {"swh_Latn": "swa", "eng_Latn": "en", "cmn_Hant": "zh-TW"}


def test_two_columns_on_one_code_names_both():
    with pytest.raises(LanguageError, match="'swa' and 'sw' both mean swh_Latn"):
        canonical_columns(["en", "swa", "sw"])


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("tel", "Telugu"),
        ("cmn_Hans", "Chinese (Simplified)"),
        ("nob", "Norwegian Bokmål"),
        ("swh", "Swahili"),
        ("fil", "Filipino"),
        ("kzj", "Coastal Kadazan"),
        ("spa-MX", "Spanish (MX)"),
        ("srp-Latn", "Serbian (Latin)"),
    ],
)
def test_display_name(code, name):
    assert display_name(code) == name


@pytest.mark.data
def test_every_code_of_the_data_pack(data_root):
    with (data_root / "languages.tsv").open(encoding="utf-8", newline="") as stream:
        entries = list(csv.DictReader(stream, delimiter="\t"))
    assert len(entries) == 259
    codes = {(entry["code"], entry["script"]): canonical(entry["code"]) for entry in entries}
    wrong = {entry for entry, code in codes.items() if code[4:8] != entry[1]}
    assert wrong == SCRIPT_BY_SET
    languages = {entry["iso639_3"]: canonical(entry["code"])[:3] for entry in entries}
    changed = {given: code for given, code in languages.items() if given != code}
    assert changed.items() <= MACRO_MEMBERS.items()


def test_a_variant_instead_of_the_language_is_hinted_at():
    assert variant_hint("eng_Latn", ["deu_Latn", "eng_Latn-US"]).endswith("--rename en-US=eng to make it eng_Latn")
    assert "--rename sr-ref2=srp_Latn" in variant_hint("srp_Latn", ["srp_Latn-ref2"])
    assert variant_hint("eng_Latn", ["enm_Latn", "eng_Arab-US"]) == ""
