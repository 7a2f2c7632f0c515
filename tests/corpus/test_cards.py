"""Cards: what the hub reads, and what people must know of sources and licences."""

import pytest
import yaml
from huggingface_hub import DatasetCard

from interlingua.corpus import write_corpus
from interlingua.corpus.cards import dataset_card
from interlingua.corpus.composition import composition_of
from interlingua.types import Row

SOURCES = [
    {"source": "people.tmx", "licence": "CC-BY-SA-4.0", "citation": "Someone (2020).", "homepage": "https://a.example"},
    {"source": "nllb", "licence": "CC-BY-NC-4.0", "model": "nllb-600M"},
    {"source": "unused", "licence": "MIT"},
]

SPLIT = {"step": "split", "dev": 0.5, "test": 0, "seed": 7}


@pytest.fixture
def corpus(tmp_path):
    rows = [
        Row({"eng": "One.", "deu": "Eins."}, {"_source": "people.tmx", "_split": "train"}),
        Row({"eng": "Two.", "deu": "Zwei."}, {"_source": "people.tmx", "_source:deu_Latn": "nllb", "_split": "dev"}),
        Row({"eng": "Three.", "swh": "Tatu."}, {"_source:swh_Latn": "nllb", "_split": "train"}),
    ]
    return write_corpus(rows, tmp_path / "rows", card={"sources": SOURCES, "history": [SPLIT]})


def test_cells_are_counted_by_source_licence_and_model(corpus):
    made = composition_of(corpus)
    assert {name: dict(cells) for name, cells in made.cells.items()} == {
        "people.tmx": {"eng_Latn": 2, "deu_Latn": 1},
        "nllb": {"deu_Latn": 1, "swh_Latn": 1},
        "unknown": {"eng_Latn": 1},
    }
    assert made.licences == {"CC-BY-SA-4.0": 3, "CC-BY-NC-4.0": 2, "unknown": 1}
    assert made.models == {"nllb-600M": 2}
    assert made.synthetic == pytest.approx(2 / 6)
    assert made.non_commercial == ["nllb"]


def test_the_one_source_of_a_card_is_that_of_all_cells(tmp_path):
    card = {"sources": [{"source": "a.tmx", "licence": "MIT"}]}
    corpus = write_corpus([Row({"eng": "a", "deu": "b"})], tmp_path / "rows", card=card)
    assert composition_of(corpus).sources == {"a.tmx": 2}


def test_the_hub_reads_the_card(corpus):
    text = dataset_card(corpus, configs=[{"config_name": "default", "data_files": []}])
    data = DatasetCard(text).data
    assert data.language == ["en", "de", "sw"]
    assert (data.license, data.license_name) == ("other", "cc-by-sa-4.0-and-cc-by-nc-4.0-and-unknown")
    assert data.size_categories == ["n<1K"]
    assert data.task_categories == ["translation", "sentence-similarity"]
    assert data.multilinguality == "multilingual"
    assert "synthetic" in data.tags
    assert yaml.safe_load(text.split("---")[1])["configs"] == [{"config_name": "default", "data_files": []}]


def test_people_read_sources_and_warnings(corpus):
    text = dataset_card(corpus)
    assert "| source | licence | texts |\n|---|---|--:|\n| [people.tmx](https://a.example) | CC-BY-SA-4.0 | 3 |" in text
    assert "| `deu_Latn` | German | 2 | 1 |" in text
    assert "**Synthetic**: 33.3% of the texts were written by a machine." in text
    assert "| German | nllb-600M | CC-BY-NC-4.0 |  | 1 |\n| Swahili | nllb-600M | CC-BY-NC-4.0 |  | 1 |" in text
    assert "**Licence unknown**: unknown. Ask" in text
    assert "**Not for commercial use**: nllb-600M." in text
    assert "- Someone (2020)." in text
    assert "| train | 2 |\n| dev | 1 |" in text
    assert "| `test`" not in text
    assert "**Split** by a hash of the text: 50.0% dev, 0.0% test, seed 7." in text
    assert "fingerprint" not in text
    assert "unused" not in text
    assert "{" not in text


def test_a_corpus_of_people_has_nothing_of_machines(tmp_path):
    source = {"source": "a|b.tmx", "licence": "CC0-1.0"}
    corpus = write_corpus([Row({"eng": "One."})], tmp_path / "rows", card={"sources": [source]})
    text = dataset_card(corpus)
    assert "achine" not in text
    assert "synthetic" not in text
    assert "| a\\|b.tmx | CC0-1.0 | 1 |" in text
    assert "## How" not in text
    assert DatasetCard(text).data.license == "cc0-1.0"
    assert DatasetCard(text).data.multilinguality == "monolingual"


def test_the_way_of_a_translation(tmp_path):
    sources = [{"source": "a"}, {"source": "loom eng_Latn>spa_Latn>por_Latn", "licence": "MIT", "model": "loom"}]
    rows = [Row({"eng": "One.", "por": "Um."}, {"_source": "a", "_source:por_Latn": sources[1]["source"]})]
    text = dataset_card(write_corpus(rows, tmp_path / "rows", card={"sources": sources}))
    assert "| Portuguese | loom | MIT | `eng_Latn` → `spa_Latn` → `por_Latn` | 1 |" in text


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (10**6, "1M<n<10M"),
        (10**9, "1B<n<10B"),
        (10**13, "n>1T"),
    ],
)
def test_sizes_are_called_as_the_hub_calls_them(rows, named):
    from interlingua.corpus.cards import _size

    assert _size(rows) == named
