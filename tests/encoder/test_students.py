"""Students made from rows: the same for a seed, kept by saving, near for translations, ready to be trained."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from interlingua.encoder import static_student, transformer_student
from interlingua.encoder.models import load
from interlingua.encoder.rows import balanced_sample, count_characters
from interlingua.encoder.tokenizers import SPECIAL_TOKENS, default_vocabulary, train_tokenizer
from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer, features, fingerprint, token_ids
from toy import LANGUAGES, ToyRows, toy_corpus_table, toy_rows, toy_static, toy_transformer

UNSEEN = toy_corpus_table(60, seed=99)


def accuracy(model: SentenceTransformer, source: str, target: str) -> float:
    a, b = (model.encode(UNSEEN[language].to_pylist(), normalize_embeddings=True) for language in (source, target))
    return float(((a @ b.T).argmax(axis=1) == np.arange(len(a))).mean())


@pytest.mark.parametrize("make", [toy_static, toy_transformer])
def test_a_seed_gives_the_same_student(make: type) -> None:
    assert fingerprint(make(seed=3)) == fingerprint(make(seed=3)) != fingerprint(make(seed=4))


def test_a_student_leaves_the_random_state_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    toy_transformer()
    assert torch.rand(1) == expected


@pytest.mark.parametrize("make", [toy_static, toy_transformer])
def test_saving_keeps_every_bit(make: type, tmp_path: Path) -> None:
    model = make()
    model.save_pretrained(str(tmp_path))
    texts = UNSEEN["tel_Telu"].to_pylist()
    np.testing.assert_array_equal(load(tmp_path, device="cpu").encode(texts), model.encode(texts))


def test_translations_of_unseen_rows_are_near_before_any_training() -> None:
    lsi = static_student(toy_rows(200), vocabulary=200, dimension=32).to("cpu")
    chance = static_student(toy_rows(200), vocabulary=200, dimension=32, initialise="random").to("cpu")
    for source, target in (("eng_Latn", "deu_Latn"), ("tel_Telu", "deu_Latn")):
        assert accuracy(lsi, source, target) > 0.9
        assert accuracy(chance, source, target) < 0.2


def test_translations_are_near_where_cells_are_missing() -> None:
    model = static_student(toy_rows(300, missing=0.4), vocabulary=200, dimension=32).to("cpu")
    assert accuracy(model, "tel_Telu", "deu_Latn") > 0.9


def test_dimensions_beyond_the_rows_are_small_noise() -> None:
    table = toy_static(dimension=64)[0].embedding.weight.detach().numpy()
    assert np.isfinite(table).all()
    assert 0 < np.abs(table[:, 49:]).mean() < 0.2 * np.abs(table[5:, :49]).mean()


def test_all_languages_get_pieces_however_few_rows_they_have() -> None:
    table = toy_corpus_table(400)
    rare = [text if row < 20 else None for row, text in enumerate(table["tel_Telu"].to_pylist())]
    table = table.set_column(table.column_names.index("tel_Telu"), "tel_Telu", pa.array(rare, pa.string()))
    tokenizer = train_tokenizer(ToyRows(table), vocabulary=260)
    unknown = tokenizer.token_to_id("<unk>")
    for language in LANGUAGES:
        ids = [encoding.ids for encoding in tokenizer.encode_batch(UNSEEN[language].to_pylist())]
        assert sum(one.count(unknown) for one in ids) <= 0.01 * sum(map(len, ids))
        words = sum(len(text.split()) for text in UNSEEN[language].to_pylist())
        assert sum(map(len, ids)) < 3 * words


def test_the_tokenizer_normalises_and_marks_words() -> None:
    tokenizer = train_tokenizer(toy_rows(), vocabulary=200)
    assert [tokenizer.token_to_id(token) for token in SPECIAL_TOKENS.values()] == [0, 1, 2, 3, 4]
    assert tokenizer.encode("ab").ids == tokenizer.encode(" \n\tａb  ").ids
    assert tokenizer.decode(tokenizer.encode("cab  bad").ids) == "cab bad"
    assert "".join(tokenizer.encode("cab bad").tokens) == "▁cab▁bad"


def test_the_sample_is_balanced_spread_and_the_same() -> None:
    rows = toy_rows(1000)
    totals = count_characters(rows)
    assert totals == {name: sum(map(len, rows.table[name].to_pylist())) for name in LANGUAGES}
    sample = balanced_sample(rows, totals, characters=5000)
    for language, texts in sample.items():
        assert 4500 < sum(map(len, texts)) < 5500
        places = [rows.table[language].to_pylist().index(text) for text in texts]
        assert min(places) < 50
        assert max(places) > 900
    assert balanced_sample(rows, totals, characters=10**9)["eng_Latn"] == rows.table["eng_Latn"].to_pylist()


def test_the_vocabulary_grows_with_the_text() -> None:
    assert [default_vocabulary(n) for n in (10, 160_000, 10**6, 10**9)] == [500, 4000, 10_000, 32_000]
    assert len(static_student(toy_rows(), dimension=8)[0].tokenizer.get_vocab()) <= 500


def test_positions_and_padding_are_those_of_the_architecture() -> None:
    model = toy_transformer(max_length=10)
    config = model[0].model.config
    assert (config.pad_token_id, config.bos_token_id, config.eos_token_id) == (1, 0, 2)
    assert config.max_position_embeddings == 10 + 2
    assert model[0].model.embeddings.word_embeddings.weight[1].abs().sum() == 0
    assert np.isfinite(model.encode(["x " * 50, "a"])).all()
    assert model[0].tokenizer.mask_token_id == 4


def test_a_transformer_student_learns() -> None:
    model = toy_transformer()
    model.train()
    ids = {name: token_ids(model, toy_corpus_table()[name].to_pylist()[:16]) for name in LANGUAGES[:2]}
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(20):
        a, b = (
            torch.nn.functional.normalize(model(features(model, one))["sentence_embedding"]) for one in ids.values()
        )
        loss = torch.nn.functional.cross_entropy(a @ b.T / 0.05, torch.arange(16))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    gradient = model[0].model.embeddings.word_embeddings.weight.grad
    assert gradient is not None
    assert gradient[1].abs().sum() == 0
    assert losses[-1] < 0.7 * losses[0]


def test_a_transformer_takes_over_a_trained_static_table() -> None:
    static = toy_static(dimension=16)
    model = transformer_student(toy_rows(), layers=1, dimension=16, heads=2, initialise_from=static)
    table = static[0].embedding.weight.detach().cpu()
    taken = model[0].model.embeddings.word_embeddings.weight.detach().cpu()
    assert torch.equal(taken[2:], table[2:])
    assert taken[1].abs().sum() == 0
    text = UNSEEN["eng_Latn"][0].as_py()
    assert model[0].tokenizer(text)["input_ids"][1:-1] == static[0].tokenizer.encode(text).ids


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(EncoderError, match=r"dimension 16.*transformer 32"):
        transformer_student(toy_rows(), dimension=32, initialise_from=toy_static(dimension=16))
    with pytest.raises(EncoderError, match="static student"):
        transformer_student(toy_rows(), dimension=16, initialise_from=toy_transformer())
    with pytest.raises(EncoderError, match="3 heads do not divide"):
        transformer_student(toy_rows(), dimension=16, heads=3)
    with pytest.raises(EncoderError, match="too small"):
        static_student(toy_rows(), vocabulary=6)
    empty = ToyRows(pa.table({"eng_Latn": pa.array([None, None], pa.string())}))
    with pytest.raises(EncoderError, match="without text"):
        static_student(empty)
