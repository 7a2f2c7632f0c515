"""Models that translate: right answers of a trained one, the codes of every family, and what is asked of the rest."""

import subprocess
import sys

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    M2M100Config,
    M2M100ForConditionalGeneration,
    MBart50Tokenizer,
    MBartConfig,
    MBartForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from interlingua.corpus.translation import CTranslate2, Seq2Seq
from interlingua.corpus.translation.families import family_of
from interlingua.corpus.translation.seq2seq import batches_by_length
from interlingua.errors import CorpusError

from .models import cipher, nllb_tokenizer, save, sentences, small_config, train_ciphers


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder of a model that has learnt two ciphers."""
    folder = tmp_path_factory.mktemp("models") / "cipher-60k"
    torch.set_num_threads(1)
    train_ciphers(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("target", ["deu_Latn", "fra_Latn"])
def test_a_trained_model_translates(trained, target):
    texts = sentences(60, seed=10_000)
    model = Seq2Seq(trained, beam=1, max_length=12, batch=64, device="cpu")
    wanted = [cipher(text, target) for text in texts]
    answers = model.translate(["", *texts, "  "], source="eng", target=target)
    assert answers == ["", *wanted, ""]
    assert Seq2Seq(trained, beam=3, max_length=12, device="cpu").translate(texts, source="en", target=target) == wanted


@pytest.mark.slow
def test_a_converted_model_gives_the_same(trained, tmp_path):
    pytest.importorskip("ctranslate2")
    from ctranslate2.converters import TransformersConverter

    converted = tmp_path / "cipher-ct2"
    TransformersConverter(str(trained), copy_files=["tokenizer.json", "tokenizer_config.json"]).convert(str(converted))
    texts = [*sentences(40, seed=20_000), "", "a b x y z a b", "a " * 30]
    for target in ("deu", "fra"):
        plain = Seq2Seq(trained, beam=1, max_length=12, device="cpu").translate(texts, source="eng", target=target)
        fast = CTranslate2(converted, beam=1, max_length=12, device="cpu", threads=1)
        assert fast.translate(texts, source="eng", target=target) == plain
        assert fast.family.name == "nllb"
        assert fast.licence == "CC-BY-NC-4.0"
    assert fast.name == "cipher-ct2"
    assert fast.fingerprint != CTranslate2(converted, beam=2).fingerprint
    assert CTranslate2(converted).translate([""], source="eng", target="deu") == [""]


def test_folders_that_are_no_models(tmp_path):
    nllb_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(CorpusError, match=r"holds no model of CTranslate2; convert one"):
        CTranslate2(tmp_path).translate(["a"], source="eng", target="deu")
    with pytest.raises(CorpusError, match="does not load as a model that translates"):
        Seq2Seq(tmp_path).translate(["a"], source="eng", target="deu")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="has no tokenizer that loads"):
        Seq2Seq(tmp_path / "empty").translate(["a"], source="eng", target="deu")
    with pytest.raises(CorpusError, match="at least 1"):
        Seq2Seq("m", beam=0)
    with pytest.raises(CorpusError, match="at least 1"):
        CTranslate2("m", batch=0)
    with pytest.raises(CorpusError, match="is no pair of languages"):
        Seq2Seq("m", pair="eng")


def word_tokenizer(*words):
    """A tokenizer of whole words, as one that is saved by itself."""
    vocabulary = {word: place for place, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *words])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>"
    )


NLLB = {"ekk_Latn": "est_Latn", "cmn_Hans": "zho_Hans", "cmn_Hant": "zho_Hant", "swh_Latn": "swh_Latn"}


def test_the_codes_of_nllb():
    family = family_of(nllb_tokenizer())
    assert (family.name, family.telling) == ("nllb", "tokens")
    assert {code: family.codes[code] for code in NLLB} == NLLB
    assert len(family.codes) >= 200
    family.check("eng_Latn", "tel_Telu")
    with pytest.raises(CorpusError, match="does not know lat_Latn; it knows ace_Arab"):
        family.check("eng_Latn", "lat_Latn")


def test_the_codes_of_mbart():
    family = family_of(MBart50Tokenizer())
    assert (family.name, family.telling) == ("mbart-50", "tokens")
    wanted = {"eng_Latn": "en_XX", "cmn_Hans": "zh_CN", "pes_Arab": "fa_IR", "tgl_Latn": "tl_XX", "swh_Latn": "sw_KE"}
    assert {code: family.codes[code] for code in wanted} == wanted
    assert len(family.codes) == 52


def test_the_codes_of_m2m100():
    family = family_of(word_tokenizer("__en__", "__zh__", "__ns__", "__ceb__", "__xx__", "__tl__", "a"))
    assert (family.name, family.telling) == ("m2m100", "tokens")
    assert family.codes == {
        "eng_Latn": "en",
        "cmn_Hans": "zh",
        "nso_Latn": "ns",
        "ceb_Latn": "ceb",
        "tgl_Latn": "tl",
    }
    assert family.tokens["cmn_Hans"] == "__zh__"


def test_the_codes_of_madlad():
    family = family_of(word_tokenizer("<2en>", "<2de>", "<2zh>", "<2zh_Hant>", "<2back_translated>", "a"))
    assert (family.name, family.telling) == ("madlad400", "prefix")
    assert family.given(["Ah.", "Oh."], "deu_Latn") == ["<2de> Ah.", "<2de> Oh."]
    assert set(family.codes) == {"eng_Latn", "deu_Latn", "cmn_Hans", "cmn_Hant"}
    family.check("tam_Taml", "deu_Latn")  # what it reads is not written anywhere
    with pytest.raises(CorpusError, match="does not know fra_Latn"):
        family.check("eng_Latn", "fra_Latn")


def test_the_codes_of_opus_mt():
    family = family_of(word_tokenizer(">>por<<", ">>pt_BR<<", ">>zho_Hant<<", ">>spa<<", "a"))
    assert (family.name, family.telling) == ("opus-mt", "prefix")
    assert family.given(["Ah."], "por_Latn-BR") == [">>pt_BR<< Ah."]
    assert set(family.codes) == {"por_Latn", "por_Latn-BR", "cmn_Hant", "spa_Latn"}


def test_a_model_of_one_pair():
    plain = word_tokenizer("a")
    with pytest.raises(CorpusError, match="does not say which languages it translates"):
        family_of(plain).check("eng_Latn", "deu_Latn")
    family = family_of(plain, pair=("en", "de"))
    assert (family.name, family.telling, family.pair) == ("seq2seq", "nothing", ("eng_Latn", "deu_Latn"))
    family.check("eng_Latn", "deu_Latn")
    assert family.given(["Ah."], "deu_Latn") == ["Ah."]
    with pytest.raises(CorpusError, match="translates eng_Latn into deu_Latn, not deu_Latn into eng_Latn"):
        family.check("deu_Latn", "eng_Latn")


def echo(folder, model, tokenizer):
    save(model.eval(), tokenizer, folder)
    return Seq2Seq(folder, beam=2, max_length=5, device="cpu", dtype="float32", pair="eng-deu")


def recorded(translator, monkeypatch):
    """Let a model say what it is asked to generate."""
    asked = []
    generate = translator._model.generate

    def record(**given):
        asked.append(given)
        return generate(**given)

    monkeypatch.setattr(translator._model, "generate", record)
    return asked


def test_mbart_is_told_the_target_by_its_first_token(tmp_path, monkeypatch):
    tokenizer = MBart50Tokenizer()
    model = MBartForConditionalGeneration(small_config(MBartConfig, len(tokenizer)))
    translator = echo(tmp_path, model, tokenizer)
    asked = recorded(translator, monkeypatch)
    assert len(translator.translate(["a b", "c"], source="swa", target="zho")) == 2
    (given,) = asked
    assert given["forced_bos_token_id"] == tokenizer.convert_tokens_to_ids("zh_CN")
    assert given["input_ids"][0, 0] == tokenizer.convert_tokens_to_ids("sw_KE")
    assert translator.licence == "MIT"


def test_madlad_is_told_the_target_before_the_text(tmp_path, monkeypatch):
    tokenizer = word_tokenizer("<2en>", "<2de>", "a", "b")
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    marks = {"decoder_start_token_id": 1, "pad_token_id": 1, "eos_token_id": 2}
    translator = echo(
        tmp_path, T5ForConditionalGeneration(T5Config(vocab_size=len(tokenizer), **sizes, **marks)), tokenizer
    )
    asked = recorded(translator, monkeypatch)
    translator.translate(["a b", "b"], source="swa", target="deu")
    (given,) = asked
    assert "forced_bos_token_id" not in given
    assert tokenizer.batch_decode(given["input_ids"]) == ["<2de> a b", "<2de> b <pad>"]
    assert translator.licence == "Apache-2.0"


def test_a_family_without_a_name_takes_the_licence_that_it_is_given(tmp_path):
    tokenizer = word_tokenizer("a", "b")
    model = M2M100ForConditionalGeneration(small_config(M2M100Config, len(tokenizer)))
    translator = echo(tmp_path / "mine", model, tokenizer)
    assert (translator.licence, translator.name) == ("unknown", "mine")
    assert Seq2Seq(tmp_path / "mine", licence="MIT").licence == "MIT"
    first = translator.translate(["a b a", "b"], source="eng", target="deu")
    assert translator.translate(["b", "a b a"], source="eng", target="deu") == first[::-1]


def test_the_fingerprint_follows_weights_and_settings(tmp_path):
    tokenizer = word_tokenizer("a", "b")
    for name in ("one", "two"):
        save(M2M100ForConditionalGeneration(small_config(M2M100Config, len(tokenizer))), tokenizer, tmp_path / name)
    one = Seq2Seq(tmp_path / "one").fingerprint
    assert one == Seq2Seq(tmp_path / "one", batch=7, device="cpu").fingerprint
    others = [Seq2Seq(tmp_path / "two"), Seq2Seq(tmp_path / "one", beam=1), Seq2Seq(tmp_path / "one", max_length=9)]
    assert len({one, *(other.fingerprint for other in others)}) == 4


def test_marian(tmp_path):
    """Opus-MT's own tokenizer, over a SentencePiece model that is made here."""
    sentencepiece = pytest.importorskip("sentencepiece")
    import json

    from transformers import MarianConfig, MarianMTModel

    text = tmp_path / "text"
    text.write_text("".join(f"{line}\n" for line in sentences(300, seed=1)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "spm"), vocab_size=18, minloglevel=2, hard_vocab_limit=False
    )
    pieces = sentencepiece.SentencePieceProcessor(str(tmp_path / "spm.model"))
    words = ["</s>", "<unk>", *(pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())), "<pad>"]
    folder = tmp_path / "opus-mt-en-de"
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps({word: place for place, word in enumerate(words)}))
    for side in ("source", "target"):
        (folder / f"{side}.spm").write_bytes((tmp_path / "spm.model").read_bytes())
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "de"})
    )
    marks = {"pad_token_id": len(words) - 1, "eos_token_id": 0, "decoder_start_token_id": len(words) - 1}
    config = small_config(MarianConfig, len(words), **marks, bos_token_id=0, forced_eos_token_id=0)
    MarianMTModel(config).save_pretrained(folder)
    translator = Seq2Seq(folder, beam=2, max_length=6, device="cpu")
    with pytest.warns(UserWarning, match="sacremoses"):
        assert translator.family.pair == ("eng_Latn", "deu_Latn")
    assert (translator.family.name, translator.licence) == ("opus-mt", "CC-BY-4.0")
    assert len(translator.translate(["a b c", ""], source="eng", target="deu")) == 2
    with pytest.raises(CorpusError, match="translates eng_Latn into deu_Latn"):
        translator.translate(["a"], source="eng", target="fra")


@pytest.mark.parametrize("tokens", [1, 10, 50, 1000])
def test_batches(tokens):
    lengths = [(7 * i) % 23 + 1 for i in range(60)]
    batches = list(batches_by_length(lengths, tokens=tokens))
    assert sorted(place for batch in batches for place in batch) == list(range(60))
    ordered = [lengths[place] for batch in batches for place in batch]
    assert ordered == sorted(lengths, reverse=True)
    assert all(len(batch) == 1 or len(batch) * lengths[batch[0]] <= tokens for batch in batches)


def test_importing_loads_no_model_library():
    code = (
        "import sys; import interlingua.corpus.translation as t; t.make_translator; t.translate_corpus\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'datasets', 'duckdb', 'py3langid'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
