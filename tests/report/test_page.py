import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from interlingua.errors import FormatError, OutputError
from interlingua.report import read_run, read_runs, render, scores_csv, write_report
from interlingua.report.panels import language_scores, make_panels, make_versus
from interlingua.report.sections import signed
from report.world import NASTY, make_run
from toy import toy_static


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "first", model=toy_static())


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "second", noise=(1.5, 0.9))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A run of which no evidence was kept."""
    return make_run(tmp_path_factory.mktemp("runs") / "plain", evidence=False)


@pytest.fixture(scope="module")
def page(run):
    return render([read_run(run)])


class Elements(HTMLParser):
    """Every element with its attributes, and what was not closed."""

    VOID = frozenset({"meta", "br", "use", "path", "rect", "image"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(page):
    elements = Elements(page)
    assert elements.open == []
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in elements.found:
        for key in ("href", "src", "xlink:href"):
            if key in attributes:
                assert attributes[key].startswith(("#", "data:")), (tag, attributes)
        if key := attributes.get("href", "").removeprefix("#"):
            assert tag != "a" or key in ids
    assert "http" not in re.sub(r'xmlns="http://www.w3.org/2000/svg"|http-equiv', "", page)
    assert len(page) < 1_000_000


def test_texts_and_names_are_escaped(page):
    assert NASTY not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert page.count("<script>") == 1


def test_every_drawing_and_table_is_told_in_words(page):
    elements = Elements(page).found
    drawings = [attributes for tag, attributes in elements if tag == "svg"]
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in drawings)
    tables = sum(tag == "table" for tag, _ in elements)
    assert tables == sum(tag == "caption" for tag, _ in elements) > 0
    assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")


@pytest.mark.parametrize(
    "section",
    ["verdict", "scores", "languages", "sentences", "words", "neighbours", "learning", "coverage", "conditions"],
)
def test_every_section_is_there(page, section):
    assert f'<section id="{section}"' in page


def test_verdicts_have_a_word_and_a_sign(page):
    assert 'data-mark="▲">better</span>' in page


def test_equal_runs_make_equal_bytes(run, page):
    assert render([read_run(run)]) == page


def test_languages_are_compared_on_the_same_rows(run):
    panels = make_panels([read_run(run)])
    assert [panel.title for panel in panels] == ["before", "after"]
    (versus,) = make_versus(panels)
    scores = {(one.task, one.languages): one for one in language_scores(panels[1].scores)}
    pair = {one.languages: one.value for one in panels[1].scores if one.metric == "mean_accuracy" and one.task != "far"}
    english = scores[f"retrieval:{NASTY}", ("eng_Latn",)]
    assert english.value == pytest.approx(np.mean(list(pair.values())))
    for found in versus.languages:
        if len(found.languages) == 1 and found.task != "far":
            assert found.verdict == "better"
            assert found.low <= found.difference <= found.high
            assert found.value == pytest.approx(scores[found.task, found.languages].value)


def test_runs_are_compared_with_the_first(run, other):
    records = read_runs([run, other])
    assert [record.name for record in records] == ["first", "second"]  # one recipe: called by their folders
    page = render(records)
    assert Elements(page).open == []
    assert "first and second" in page
    assert 'data-mark="▼">worse</span>' in page


def test_runs_measured_on_other_rows_are_shown_and_not_compared(plain, tmp_path):
    run = plain
    page = render(read_runs([run, make_run(tmp_path / "short", count=12, evidence=False)]))
    assert "Not compared:" in page
    assert "different conditions" in page


def test_scores_without_samples_have_no_verdict(plain):
    run = plain
    record = read_run(run)
    bare = {side: [replace(one, samples=()) for one in scores] for side, scores in record.scores.items()}
    assert 'data-mark="?">undefined</span>' in render([replace(record, scores=bare)])


def test_the_csv_has_every_score_and_no_formula(run):
    record = read_run(run)
    scores = {side: [replace(one, task="=1+1") for one in found] for side, found in record.scores.items()}
    lines = list(csv.DictReader(io.StringIO(scores_csv([record]))))
    assert len(lines) == sum(map(len, record.scores.values()))
    after = [line for line in lines if line["encoder"] == "after"]
    for line, score in zip(after, record.scores["after"], strict=True):
        assert (line["task"], line["languages"]) == (score.task, " ".join(score.languages))
        assert float(line["value"]) == pytest.approx(score.value, abs=1e-5)
    headline = after[-1]
    assert headline["compared_with"] == "before"
    assert float(headline["difference_low"]) <= float(headline["difference"]) <= float(headline["difference_high"])
    assert all(
        line["task"] == "'=1+1" for line in csv.DictReader(io.StringIO(scores_csv([replace(record, scores=scores)])))
    )


def test_where_the_page_goes(plain, tmp_path, monkeypatch):
    run = plain
    monkeypatch.chdir(tmp_path)
    assert write_report(run) == run / "report.html"
    assert write_report(
        [run, make_run(tmp_path / "x", evidence=False)], "deep/both.html", csv="deep/both.csv"
    ).is_file()
    assert (tmp_path / "deep" / "both.csv").is_file()
    assert not list((tmp_path / "deep").glob(".*"))
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(run, tmp_path / "file" / "report.html")


def test_a_run_needs_scores_alone(run, tmp_path):
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("recipe.yaml", "scores.json"):
        (folder / name).write_bytes((run / name).read_bytes())
    page = render([read_run(folder)])
    assert '<section id="scores"' in page
    assert '<section id="sentences"' not in page


def test_the_doctor_is_heard(plain):
    run = plain
    advice = {"advice": [{"text": f"Mend it {NASTY}.", "value": 0.1}], "scores": []}
    record = replace(read_run(run), doctor=advice)
    page = render([record])
    assert "What the doctor says" in page
    assert "Mend it" in page
    assert NASTY not in page
    assert "Nothing to complain about" in render([replace(record, doctor={"advice": []})])


def test_what_is_no_run_is_refused(tmp_path, run):
    with pytest.raises(FormatError, match="no run folder"):
        read_run(tmp_path)
    (tmp_path / "recipe.yaml").write_text("name: [")
    with pytest.raises(FormatError, match=r"scores\.json"):
        read_run(tmp_path)
    (tmp_path / "scores.json").write_text("{}")
    with pytest.raises(FormatError, match="YAML"):
        read_run(tmp_path)
    (tmp_path / "recipe.yaml").write_text("name: a")
    with pytest.raises(FormatError, match="no scores"):
        render([read_run(tmp_path)])
    (tmp_path / "log.jsonl").write_text('{"step": 1}\nnonsense\n{"step": 2}\n')
    with pytest.raises(FormatError, match="line 2"):
        read_run(tmp_path)
    with pytest.raises(FormatError, match="twice"):
        read_runs([run, run])
    with pytest.raises(OutputError, match="at least one"):
        write_report([])


def test_a_log_that_was_cut_off_is_read(run, tmp_path):
    folder = make_run(tmp_path / "cut", evidence=False)
    with (folder / "log.jsonl").open("a") as file:
        file.write('{"step": 5, "lo')
    assert len(read_run(folder).log) == len(read_run(run).log)


def test_undefined_scores_are_dashes(plain):
    run = plain
    record = read_run(run)
    nothing = [
        replace(one, value=np.nan, low=np.nan, high=np.nan, note="undefined: x") for one in record.scores["after"]
    ]
    page = render([replace(record, scores={**record.scores, "after": nothing})])
    assert "undefined: x" in page
    assert ">nan" not in page


def test_signs():
    assert [signed(value) for value in (0.1, -0.1, 0.0, -0.0001, float("nan"))] == ["+10.0", "−10.0", "0.0", "0.0", "–"]


def test_evidence_is_small(run):
    assert len((run / "evidence.json").read_bytes()) < 100_000
    assert json.loads((run / "evidence.json").read_text())["format"] == 1
