"""Every set, in the layout it is published in, with invented text: fetched, opened, and read by its task."""

import gzip
import io
import json
import tarfile
import zipfile
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from interlingua.corpus import open_corpus, open_labelled, open_similarity_sets, read_inference
from interlingua.corpus.building import build_corpus
from interlingua.corpus.catalog import locate, placed, source_record
from interlingua.corpus.getting import layouts, offers
from interlingua.corpus.getting.downloads import downloads
from interlingua.corpus.getting.getting import get
from interlingua.errors import CorpusError, FormatError, OutputError
from interlingua.evaluation import make_task

ENGLISH = ["The tap drips.", "A boat waits.", "It rains."]
GERMAN = ["Der Hahn tropft.", "Ein Boot wartet.", "Es regnet."]
SWAHILI = ["Bomba linavuja.", "Mashua inasubiri.", "Mvua inanyesha."]


def lines(texts):
    return "".join(f"{text}\n" for text in texts).encode()


def tar(members, kind="gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def published(site, web, tmp_path, monkeypatch):
    """Put files where sets are fetched from; checksums of the true files are forgotten."""
    hosts = ("codeload.github.com", "dl.fbaipublicfiles.com", "amazon-massive-nlu-dataset.s3.amazonaws.com")
    hosts += ("comparable.limsi.fr", "huggingface.co", "opus.nlpl.eu", "object.pouta.csc.fi")
    web.mirrors.update({f"https://{host}": f"{site.url}/{host}" for host in hosts})
    loose = {name: replace(one, sha256=(), sizes=(), contents="") for name, one in downloads().items()}
    monkeypatch.setattr(offers, "downloads", lambda: loose)
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path / "data"))

    def put(name, *contents):
        urls = [url.removeprefix("https://") for url in downloads()[name].urls]
        for url, content in zip(urls, contents, strict=True):
            site.put(f"/{url}", content)

    return put


def test_flores200(published, web):
    files = {
        f"./flores200_dataset/{part}/{code}.{part}": lines(texts[:count])
        for part, count in (("dev", 1), ("devtest", 3))
        for code, texts in (("eng_Latn", ENGLISH), ("deu_Latn", GERMAN), ("swh_Latn", SWAHILI))
    }
    published("flores200", tar({**files, "./flores200_dataset/README": b"invented"}))
    (path,) = get("flores200", web=web)
    corpus = open_corpus("flores200")
    assert corpus.languages == ("deu_Latn", "eng_Latn", "swh_Latn")
    assert corpus.values("_split") == ["dev", "test", "test", "test"]
    assert corpus.ids() == ["dev-1", "devtest-1", "devtest-2", "devtest-3"]
    assert corpus.select(["swa"], "test").texts("swa") == SWAHILI
    (source,) = corpus.card["sources"]
    assert (source["source"], source["licence"]) == ("flores200", "CC-BY-SA-4.0")
    (step,) = corpus.card["history"]
    assert (step["step"], step["urls"]) == ("fetch", list(downloads()["flores200"].urls))
    assert sorted(one.name for one in path.parent.iterdir()) == [".downloads", "downloads.json", "flores200"]
    assert [one.name for one in (path.parent / ".downloads").iterdir() if one.suffix != ".lock"] == []
    assert make_task("retrieval", "flores200", split="test").name == "retrieval:flores200/test"


def test_ntrex(published, web, monkeypatch):
    monkeypatch.setattr(layouts, "_NTREX_TRAIN", 1)
    monkeypatch.setattr(layouts, "_NTREX_DEV", 2)
    files = {
        "DOCUMENT_IDS.tsv": lines(["news.1", "news.1", "news.2"]),
        "NTREX-128/newstest2019-src.eng.txt": lines([" The tap drips.\r", *ENGLISH[1:]]),
        "NTREX-128/newstest2019-ref.deu.txt": lines(GERMAN),
        "NTREX-128/newstest2019-ref-2.spa.txt": lines("abc"),
        "NTREX-128/newstest2019-ref.spa.txt": lines("abc"),
        "NTREX-128/newstest2019-ref.shi.txt": lines("abc"),
        "NTREX-additional/newstest2019-ref.gsw-ZH.txt": lines("abc"),
    }
    published("ntrex", tar({f"NTREX-8561f6a/{name}": content for name, content in files.items()}))
    get("ntrex", web=web)
    corpus = open_corpus("ntrex")
    assert set(corpus.languages) == {"eng_Latn", "deu_Latn", "spa_Latn", "spa_Latn-ref2", "shi_Arab", "gsw_Latn-ZH"}
    assert [row.meta for row in corpus.rows()] == [
        {"_id": "0", "_split": "train", "_document": "news.1"},
        {"_id": "1", "_split": "dev", "_document": "news.1"},
        {"_id": "2", "_split": "test", "_document": "news.2"},
    ]
    assert corpus.texts("eng") == ENGLISH


def test_sib200(published, web, tmp_path):
    def table(texts, first=0):
        rows = [f"{first + number}\t{['travel', 'sports'][number % 2]}\t{text}\n" for number, text in enumerate(texts)]
        return ("index_id\tcategory\ttext\n" + "".join(rows)).encode()

    quoted = [*ENGLISH[:2], '"A ""tap"", he said."']
    members = {
        f"sib-200-593cea8/data/annotated/{code}/{part}.tsv": table(some, place * 10)
        for code, texts in (("eng_Latn", quoted), ("deu_Latn", GERMAN))
        for place, (part, some) in enumerate((("train", texts), ("dev", texts[:1]), ("test", texts[:2])))
    }
    published("sib200", tar(members))
    get("sib200", web=web)
    rows = open_labelled("sib200", languages=["eng"], split="train")
    assert rows.texts == {"eng_Latn": ["The tap drips.", "A boat waits.", 'A "tap", he said.']}
    assert rows.labels == ["travel", "sports", "travel"]
    assert make_task("classification", "sib200", split="test", samples_per_label=1).name
    members["sib-200-593cea8/data/annotated/deu_Latn/dev.tsv"] = b"index_id\tcategory\ttext\n10\tsports\tEs regnet.\n"
    published("sib200", tar(members))
    (tmp_path / "data" / "downloads.json").unlink()
    with pytest.raises(CorpusError, match=r"says of row 10 .*'travel'.*others say .*'sports'"):
        get("sib200", web=web, overwrite=True)
    assert len(open_corpus("sib200")) == 6


def test_massive(published, web):
    def table(texts, locale):
        records = [
            {
                "id": str(number),
                "locale": locale,
                "partition": part,
                "scenario": "home",
                "intent": "home_water",
                "utt": text,
            }
            for number, (text, part) in enumerate(zip(texts, ("train", "dev", "test"), strict=True))
        ]
        return "".join(json.dumps(record) + "\n" for record in records).encode()

    locales = {"en-US": ENGLISH, "de-DE": GERMAN, "sw-KE": SWAHILI, "zh-TW": ["一", "二", "三"]}
    published("massive", tar({f"1.1/data/{locale}.jsonl": table(texts, locale) for locale, texts in locales.items()}))
    get("massive", web=web)
    corpus = open_corpus("massive")
    assert set(corpus.languages) == {"eng_Latn", "deu_Latn", "swh_Latn", "cmn_Hant"}
    assert corpus.pairs("en", "sw") == (ENGLISH, SWAHILI)
    labelled = open_labelled("massive", split="test")
    assert (labelled.labels, labelled.texts["cmn_Hant"]) == (["home_water"], ["三"])
    assert corpus.values("_scenario") == ["home"] * 3


def test_tatoeba(published, web):
    files = {
        f"LASER-74bc6ae/data/tatoeba/v1/tatoeba.{code}-eng.{side}": lines(texts)
        for code, other in (("deu", GERMAN), ("swh", SWAHILI))
        for side, texts in ((code, other), ("eng", ENGLISH))
    }
    published("tatoeba", tar({**files, "LASER-74bc6ae/README.md": b"invented"}))
    get("tatoeba", web=web)
    assert open_corpus("tatoeba:swh").pairs("sw", "en") == (SWAHILI, ENGLISH)
    assert len(open_corpus("tatoeba")) == 6
    assert make_task("tatoeba", "tatoeba", groups=[]).name


def test_bucc2018(published, web):
    contents = []
    for url in downloads()["bucc2018"].urls:
        pair, split = url.split("bucc2018-")[1].removesuffix("-gold.tar.bz2").split(".")
        code = pair[:2]
        files = {
            f"{pair}.{split}.{code}": lines(f"{code}-{number}\t{text}" for number, text in enumerate(GERMAN)),
            f"{pair}.{split}.en": lines(f"en-{number}\t{text}" for number, text in enumerate(ENGLISH)),
            f"{pair}.{split}.gold": lines([f"{code}-0\ten-0", f"{code}-2\ten-2"]),
        }
        contents.append(tar({f"bucc2018/{pair}/{name}": content for name, content in files.items()}, "bz2"))
    published("bucc2018", *contents)
    (path,) = get("bucc2018", web=web)
    assert len(list(path.glob("*.gold"))) == 8
    assert make_task("bucc", "bucc2018", protocol="xtreme").name == "bucc-xtreme:bucc2018"
    assert make_task("bucc", "bucc2018", protocol="mteb-v1", languages=["de", "en"]).name
    rows = [row for row in open_corpus("bucc2018").rows() if row.meta["_id"].startswith("de-en.sample")]
    assert [dict(row.texts) for row in rows] == [
        {"deu_Latn": GERMAN[0], "eng_Latn": ENGLISH[0]},
        {"deu_Latn": GERMAN[2], "eng_Latn": ENGLISH[2]},
        {"deu_Latn": GERMAN[1]},
        {"eng_Latn": ENGLISH[1]},
    ]


@pytest.mark.parametrize("layout", ["a file a pair", "a folder a pair", "one file"])
def test_sets_of_the_hub(published, site, web, tmp_path, layout):
    def records(other):
        return [
            {"sentence1": one, "sentence2": two, "score": score}
            for one, two, score in zip(ENGLISH, other, (0.0, 2.5, 5.0), strict=True)
        ]

    wanted = {"en-de": records(GERMAN), "en-en": records(ENGLISH[::-1])}
    if layout == "a file a pair":
        files = {
            f"test/{pair}.jsonl.gz": gzip.compress("".join(json.dumps(one) + "\n" for one in some).encode())
            for pair, some in wanted.items()
        }
    elif layout == "a folder a pair":
        files = {}
        for pair, some in wanted.items():
            pq.write_table(pa.Table.from_pylist(some), tmp_path / "x")
            files[f"{pair}/test-00000-of-00001.parquet"] = (tmp_path / "x").read_bytes()
    else:
        every = [{**one, "lang": pair} for pair, some in wanted.items() for one in some]
        files = {"data/test.jsonl": "".join(json.dumps(one) + "\n" for one in every).encode()}
    hub = "/huggingface.co"
    repository, revision = downloads()["sts17"].hub.split("@")
    listed = [{"type": "directory", "path": "test"}, {"type": "file", "path": "README.md", "size": 1}]
    listed += [{"type": "file", "path": name, "size": len(content)} for name, content in files.items()]
    site.put(f"{hub}/api/datasets/{repository}/tree/{revision}?recursive=true", json.dumps(listed).encode())
    for name, content in files.items():
        site.put(f"{hub}/datasets/{repository}/resolve/{revision}/{name}", content)
    get("sts17", web=web)
    english, german = open_similarity_sets(placed("sts17"))
    assert (english.languages, german.languages) == (("eng_Latn",) * 2, ("eng_Latn", "deu_Latn"))
    assert (german.source, german.target, german.scores.tolist()) == (ENGLISH, GERMAN, [0.0, 2.5, 5.0])
    assert make_task("sts", "sts17").name
    assert len(open_corpus("sts17")) == 12


def test_a_hub_that_names_files_elsewhere(published, site, web):
    repository, revision = downloads()["sts17"].hub.split("@")
    address = f"/huggingface.co/api/datasets/{repository}/tree/{revision}?recursive=true"
    site.put(address, json.dumps([{"type": "file", "path": "../test.jsonl"}]).encode())
    with pytest.raises(CorpusError, match="which leads out of its folder"):
        get("sts17", web=web)
    site.put(address, b"[]")
    with pytest.raises(CorpusError, match="has none of"):
        get("sts17", web=web)
    site.put(address, b"{}")
    with pytest.raises(CorpusError, match="something else than a list of files"):
        get("sts17", web=web)


def test_xnli(published, web):
    header = "language\tgold_label\tsentence1_binary_parse\tsentence1\tsentence2\tpairID\n"
    rows = [("en", ENGLISH), ("de", GERMAN)]
    body = "".join(f"{code}\tentailment\t\t{texts[0]}\t{texts[1]}\t7\n" for code, texts in rows)
    table = (header + body).encode()
    published(
        "xnli", zipped({"XNLI-1.0/xnli.test.tsv": table, "XNLI-1.0/xnli.dev.tsv": table, "__MACOSX/XNLI-1.0/._x": b""})
    )
    train = b"premise\thypo\tlabel\nThe tap drips.\tWater falls.\tentailment\nIt rains.\tIt does not.\tcontradictory\n"
    published("xnli-train", zipped({"XNLI-MT-1.0/multinli/multinli.train.en.tsv": train}))
    get("xnli", "xnli-train", web=web)
    assert [pairs.language for pairs in read_inference(placed("xnli"))] == ["eng_Latn", "deu_Latn"]
    assert make_task("xnli", "xnli", train="xnli-train").name
    assert [dict(row.texts) for row in open_corpus("xnli").rows()] == [
        {"eng_Latn": ENGLISH[0], "deu_Latn": GERMAN[0]},
        {"eng_Latn": ENGLISH[1], "deu_Latn": GERMAN[1]},
    ]


OPUS = "/opus.nlpl.eu/opusapi/"


def listed(site, *versions, corpus="Tanzil", pair=("en", "sw")):
    """What OPUS's API answers of a corpus."""
    first, second = sorted(pair)
    return [
        {
            "corpus": corpus,
            "version": version,
            "source": first,
            "target": second,
            "preprocessing": kind,
            "url": f"https://object.pouta.csc.fi/OPUS-{corpus}/{version}/{kind}/{first}-{second}.txt.zip",
            "size": 2,
            "alignment_pairs": 3,
            "latest": "True",
        }
        for version in versions
        for kind in ("moses", "xml")
    ]


def moses(corpus="Tanzil", pair=("en", "sw"), texts=(ENGLISH, SWAHILI)):
    stem = f"{corpus}.{'-'.join(pair)}"
    files = {f"{stem}.{code}": lines(some) for code, some in zip(pair, texts, strict=True)}
    return zipped({**files, f"{stem}.ids": b"x\n", "README": b"Invented.", "LICENSE": b"Free."})


def test_opus(published, site, web, tmp_path):
    site.put(OPUS, json.dumps({"corpora": listed(site, "v9", "v10")}).encode())
    site.put("/object.pouta.csc.fi/OPUS-Tanzil/v10/moses/en-sw.txt.zip", moses())
    site.put("/object.pouta.csc.fi/OPUS-Tanzil/v9/moses/en-sw.txt.zip", moses(texts=(ENGLISH[:1], SWAHILI[:1])))
    (found,) = offers.offers(["opus:Tanzil/sw-en"], web=web)
    assert (found.name, found.bytes) == ("opus:Tanzil@v10/en-sw", 2048)
    assert found.title == "Tanzil v10, 3 pairs of en and sw"
    (path,) = get("opus:Tanzil/sw-en", web=web)
    assert path == tmp_path / "data" / "opus" / "Tanzil" / "v10" / "en-sw"
    get("opus:Tanzil@v9/en-sw", web=web)
    corpus = open_corpus("opus:Tanzil/en-sw")
    assert corpus.pairs("sw", "en") == (SWAHILI, ENGLISH)
    assert corpus.card["history"][0]["notes"] == {"README": "Invented.", "LICENSE": "Free."}
    assert len(open_corpus("opus:Tanzil@v9/sw-en")) == 1
    assert source_record("opus:Tanzil/en-sw").source == "opus:Tanzil@v10/en-sw"
    built = build_corpus(["opus:Tanzil/en-sw", "opus:Tanzil@v9/en-sw"], tmp_path / "built")
    assert built.values("_source") == ["opus:Tanzil@v10/en-sw"] * 3 + ["opus:Tanzil@v9/en-sw"]
    with pytest.raises(
        CorpusError, match=r"OPUS has no Tanzil v8 of en and sw; versions of Tanzil with both: v9, v10\."
    ):
        get("opus:Tanzil@v8/en-sw", web=web)
    with pytest.raises(CorpusError, match=r"`interlingua corpus get opus:Books/en-sw` fetches it"):
        open_corpus("opus:Books/en-sw")
    with pytest.raises(CorpusError, match="names no corpus; write opus:CORPUS/en-te"):
        get("opus:../../x/en-te", web=web)
    site.put(OPUS, b'{"corpora": [1]}')
    with pytest.raises(CorpusError, match="something else than a list of corpora"):
        get("opus:Tanzil/en-sw", web=web)


def test_groups(published, site, web):
    for corpus, version in (("Tanzil", "v1"), ("CCMatrix", "v1"), ("WikiMatrix", "v1")):
        answer = json.dumps({"corpora": listed(site, version, corpus=corpus)}).encode()
        site.put(f"{OPUS}?corpus={corpus}&source=en&version={version}&preprocessing=moses", answer)
        site.put(f"/object.pouta.csc.fi/OPUS-{corpus}/{version}/moses/en-sw.txt.zip", moses(corpus))
    found = offers.offers(["dap:sw"], web=web)
    assert [one.name for one in found] == [f"opus:{name}@v1/en-sw" for name in ("Tanzil", "CCMatrix", "WikiMatrix")]
    assert [one.non_commercial for one in found] == [True, False, False]
    assert len(get("dap:sw", web=web)) == 3
    assert open_corpus("opus:CCMatrix@v1/en-sw").pairs("en", "sw") == (ENGLISH, SWAHILI)
    with pytest.raises(CorpusError, match="dap has no gd; its languages are af, ar"):
        get("dap:gd", web=web)


def test_what_is_there_is_neither_asked_for_nor_fetched(published, site, web, tmp_path):
    (tmp_path / "data" / "flores200").mkdir(parents=True)
    (tmp_path / "data" / "flores200" / "mine.txt").write_text("my own")
    assert get("flores200", web=web) == [tmp_path / "data" / "flores200"]
    assert site.asked == []
    published("flores200", tar({"x/dev/eng_Latn.dev": lines(ENGLISH), "x/devtest/eng_Latn.devtest": lines(ENGLISH)}))
    with pytest.raises(OutputError, match="is no corpus written by interlingua and is not overwritten"):
        get("flores200", web=web, overwrite=True)
    assert (tmp_path / "data" / "flores200" / "mine.txt").read_text() == "my own"
    (tmp_path / "data" / "tatoeba").mkdir()
    (tmp_path / "data" / "tatoeba" / "mine.txt").write_text("my own")
    published("tatoeba", tar({f"x/data/tatoeba/v1/tatoeba.deu-eng.{side}": b"a\n" for side in ("deu", "eng")}))
    with pytest.raises(OutputError, match="holds something that was not fetched, and is not replaced; move it away"):
        get("tatoeba", web=web, overwrite=True)


def test_a_damaged_archive_leaves_nothing_and_is_fetched_again(published, site, web, tmp_path):
    good = tar({"x/dev/eng_Latn.dev": lines(ENGLISH), "x/devtest/eng_Latn.devtest": lines(ENGLISH)})
    published("flores200", good[:-20])
    with pytest.raises(FormatError, match="the archive is damaged"):
        get("flores200", web=web)
    assert not (tmp_path / "data" / "flores200").exists()
    assert not (tmp_path / "data" / "downloads.json").exists()
    assert not list(tmp_path.rglob("*.tar.gz"))
    published("flores200", good)
    get("flores200", web=web)
    assert len(open_corpus("flores200")) == 6
    published("flores200", tar({"x/dev/eng_Latn.dev": b"a\n", "x/devtest/eng_Latn.devtest": b"b\n"}))
    with pytest.raises(CorpusError, match="as it had on"):
        get("flores200", web=web, overwrite=True)
    assert len(open_corpus("flores200")) == 6


def test_content_is_compared_where_archives_are_packed_anew(published, web, tmp_path, monkeypatch):
    known = replace(offers.downloads()["tatoeba"], contents="0" * 64)
    monkeypatch.setattr(offers, "downloads", lambda: {"tatoeba": known})
    published("tatoeba", tar({f"x/data/tatoeba/v1/tatoeba.deu-eng.{side}": b"a\n" for side in ("deu", "eng")}))
    with pytest.raises(CorpusError, match=r"its content has the checksum .*, not 0000.* as the catalog has"):
        get("tatoeba", web=web)
    assert not (tmp_path / "data" / "tatoeba").exists()


def test_a_layout_that_fails_leaves_nothing(published, web, tmp_path):
    published(
        "flores200",
        tar({"x/dev/eng_Latn.dev": b"a\n", "x/dev/deu_Latn.dev": b"a\nb\n", "x/devtest/eng_Latn.devtest": b"b\n"}),
    )
    with pytest.raises(FormatError, match="line-aligned files must have equally many lines"):
        get("flores200", web=web)
    left = {path.name for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert left == {"flores200.lock", "flores200_dataset.tar.gz"}


def test_archives_are_kept_where_asked_for(published, site, web, tmp_path):
    published("tatoeba", tar({f"x/data/tatoeba/v1/tatoeba.deu-eng.{side}": b"a\n" for side in ("deu", "eng")}))
    get("tatoeba", web=web, keep=True)
    asked = len(site.asked)
    get("tatoeba", web=web, keep=True, overwrite=True)
    assert [method for method, *_ in site.asked[asked:]] == ["HEAD"]


def test_two_processes_do_not_fetch_one_set(published, web, tmp_path):
    (tmp_path / "data" / ".downloads").mkdir(parents=True)
    published("tatoeba", b"")
    lock = FileLock(tmp_path / "data" / ".downloads" / "tatoeba.lock")
    with lock, pytest.raises(OutputError, match=r"another process is fetching tatoeba into .*; wait for it"):
        get("tatoeba", web=web)


def test_what_cannot_be_fetched(web, monkeypatch, tmp_path):
    with pytest.raises(
        CorpusError, match=r"mafand is not fetched by itself; it comes from https://github.com/masakhane"
    ):
        get("mafand", web=web)
    with pytest.raises(CorpusError, match="phrasebook is not fetched by itself, it is shipped"):
        get("phrasebook", web=web)
    with pytest.raises(CorpusError, match=r"nothing is called 'flores'; did you mean flores200\?"):
        get("flores", web=web)
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    with pytest.raises(CorpusError, match=r"set flores200 is not at .*; `interlingua corpus get flores200` fetches it"):
        locate("flores200")


def test_the_cache_is_the_data_folder_where_none_is_named(published, web, tmp_path, monkeypatch):
    monkeypatch.delenv("INTERLINGUA_DATA")
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    published("tatoeba", tar({f"x/data/tatoeba/v1/tatoeba.deu-eng.{side}": b"a\n" for side in ("deu", "eng")}))
    assert get("tatoeba", web=web) == [tmp_path / "cache" / "data" / "tatoeba"]
    assert open_corpus("tatoeba:deu").pairs("de", "en") == (["a"], ["a"])
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    assert len(open_corpus("tatoeba")) == 1


def test_every_download_is_complete():
    for name, one in downloads().items():
        assert bool(one.urls) != bool(one.hub), name
        assert one.checked
        assert one.arrange in {**layouts.ROWS, **layouts.FOLDERS}
        assert len(one.sizes) in (0, len(one.urls))
        assert len(one.sha256) in (0, len(one.urls))
        assert all(len(digest) == 64 for digest in (*one.sha256, *([one.contents] if one.contents else [])))
        assert all(url.startswith("https://") for url in one.urls)
        assert not (one.contents and one.sha256)
