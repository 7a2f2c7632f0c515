"""Programs that align: real ones where they are installed, and a stand-in with every fault."""

import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from interlingua.errors import AlignmentError
from interlingua.types import WordPair
from interlingua.words.external import Eflomal, FastAlign
from interlingua.words.spool import Spool

STAND_IN = """#!{python}
import sys
path = sys.argv[sys.argv.index("-i") + 1]
reverse = "-r" in sys.argv
{change}
for number, line in enumerate(open(path, encoding="utf-8", newline="\\n"), start=1):
    source, target = (side.split(" ") for side in line.rstrip("\\n").split(" ||| "))
    links = [f"{{i}}-{{i}}" for i in range(min(len(source), len(target)))]
    if reverse:
        links = links[:1]
    {answer}
    print(" ".join(links))
"""


def spans(text):
    ends = np.cumsum([len(word) + 1 for word in text.split(" ")]) if text else np.zeros(0, dtype=int)
    return [(end - len(word) - 1, end - 1) for word, end in zip(text.split(" "), ends, strict=False)]


def pair(source, target):
    return WordPair(source, target, spans(source), spans(target))


PAIRS = [pair("a b c", "x y"), pair("", "x"), pair("d e", ""), pair("f", "z w")]


@pytest.fixture
def stand_in(tmp_path):
    def make(*, change="", answer=""):
        program = tmp_path / "fast_align"
        program.write_text(STAND_IN.format(python=sys.executable, change=change, answer=answer))
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def aligned(program, pairs=PAIRS, **settings):
    return list(FastAlign(program=program, **settings).align(iter(pairs)))


def test_pairs_without_words_keep_their_place(stand_in, scratch):
    found = aligned(stand_in(), symmetrise="union", folder=scratch)
    assert [links.pairs.tolist() for links in found] == [[[0, 0], [1, 1]], [], [], [[0, 0]]]
    assert [links.scores.tolist() for links in found] == [[1, 0.5], [], [], [1]]
    for links, given in zip(found, PAIRS, strict=True):
        assert links.source.tolist() == given.source_words.tolist()
        assert links.target.tolist() == given.target_words.tolist()
    assert list(scratch.iterdir()) == []


def test_directions_are_symmetrised(stand_in):
    program = stand_in()
    assert [len(links) for links in aligned(program, symmetrise="intersection")] == [1, 0, 0, 1]
    assert [len(links) for links in aligned(program, symmetrise="reverse")] == [1, 0, 0, 1]
    assert [len(links) for links in aligned(program, symmetrise="grow-diag", free="both")] == [2, 0, 0, 1]


def test_extra_pairs_come_first_and_are_not_answered(stand_in, tmp_path):
    seen = tmp_path / "seen"
    program = stand_in(change=f"open({str(seen)!r}, 'w').write(open(path).read())")
    extra = [pair("q q q q", "r r r r"), pair("", "r")]
    found = aligned(program, extra=extra, symmetrise="forward")
    assert [len(links) for links in found] == [2, 0, 0, 1]
    assert seen.read_text() == "q q q q ||| r r r r\na b c ||| x y\nf ||| z w\n"
    with pytest.raises(AlignmentError, match="give a list instead of an iterator"):
        FastAlign(program=program, extra=iter(extra))


def test_nothing_to_align_runs_nothing(stand_in):
    program = stand_in(change="sys.exit(1)")
    assert aligned(program, []) == []
    assert [len(links) for links in aligned(program, PAIRS[1:3])] == [0, 0]


def test_words_are_made_safe(tmp_path):
    text = "a\u00a0b|||c |||"
    odd = WordPair(text, "d\u2028e f\ud800", [(0, 7), (8, 11)], [(0, 3), (4, 6)])
    with Spool(tmp_path) as spool:
        spool.add(odd)
    assert spool.text.read_text(encoding="utf-8") == "a▁b¦¦¦c ¦¦¦ ||| d▁e f?\n"
    assert [(usable, len(source), len(target)) for usable, source, target in spool.words()] == [(True, 2, 2)]
    with pytest.raises(AlignmentError, match="extra pairs must be written before"):
        spool.add_extra([odd])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"change": "print('no memory', file=sys.stderr); sys.exit(3)"}, "exit code 3; what it said last:\nno memory"),
        ({"change": "import os; os.abort()"}, "exit code -6; what it said last:\n.nothing."),
        ({"change": "sys.exit(0)"}, "answered 0 lines to 2 pairs; is it fast_align"),
        ({"answer": "if number == 2: break"}, "answered 1 line to 2 pairs"),
        ({"answer": "print()"}, "answered 4 lines to 2 pairs"),
        ({"answer": "links = ['twelve']"}, "answered to pair 1 is of no use: .*forward, line 1: 'twelve' is no link"),
        (
            {"answer": "links = ['7-0'] if number == 2 else []"},
            "answered to pair 4 is of no use: link 7-0 points beyond",
        ),
        ({"answer": "sys.stdout.buffer.write(b'\\xff\\xff')"}, "is of no use: .*not UTF-8"),
    ],
)
def test_faults_of_the_program(stand_in, scratch, settings, message):
    with pytest.raises(AlignmentError, match=message):
        aligned(stand_in(**settings), symmetrise="union", folder=scratch)
    assert list(scratch.iterdir()) == []


def test_an_error_of_the_pairs_is_passed_on_and_leaves_nothing(stand_in, scratch):
    def failing():
        yield PAIRS[0]
        raise ValueError("the pairs ended badly")

    with pytest.raises(ValueError, match="ended badly"):
        aligned(stand_in(), failing(), folder=scratch)
    stopped = FastAlign(program=stand_in(), folder=scratch).align(PAIRS)
    next(stopped)
    stopped.close()
    assert list(scratch.iterdir()) == []


def test_a_missing_program_says_how_to_get_it(monkeypatch, tmp_path, stand_in):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python" / "python"))
    with pytest.raises(AlignmentError, match=r"fast_align is not on PATH\. Build it from its source"):
        FastAlign()
    with pytest.raises(AlignmentError, match="pip install eflomal"):
        Eflomal()
    with pytest.raises(AlignmentError, match="nowhere is no program"):
        FastAlign(program=tmp_path / "nowhere")
    program = stand_in()
    monkeypatch.setenv("PATH", str(program.parent))
    assert FastAlign().program == program
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sys, "executable", str(program.parent / "python"))
    assert FastAlign().program == program
    program.write_text("#!/nowhere/python\n")
    with pytest.raises(AlignmentError, match="cannot be run"):
        aligned(program)


def test_wrong_settings_are_told_of_at_once(stand_in, tmp_path):
    with pytest.raises(AlignmentError, match="method is 'most'"):
        FastAlign(program=stand_in(), symmetrise="most")
    with pytest.raises(AlignmentError, match="there is no folder"):
        FastAlign(program=stand_in(), folder=tmp_path / "none")
    with pytest.raises(AlignmentError, match="model=4"):
        Eflomal(program=stand_in(), model=4)
    with pytest.raises(AlignmentError, match="length=0"):
        Eflomal(program=stand_in(), length=0)


def test_fingerprint_changes_when_a_link_could(stand_in):
    program = stand_in()
    kinds = [
        FastAlign(program=program),
        FastAlign(program=program, symmetrise="union"),
        FastAlign(program=program, free="both"),
        FastAlign(program=program, extra=PAIRS[:1]),
        FastAlign(program=program, extra=PAIRS[3:]),
        Eflomal(program=program),
        Eflomal(program=program, model=2),
        Eflomal(program=program, length=0.5),
        Eflomal(program=program, samplers=1),
    ]
    prints = [kind.fingerprint for kind in kinds]
    assert len(set(prints)) == len(prints)
    assert FastAlign(program=program).fingerprint == prints[0]
    stand_in(answer="links = []")
    assert FastAlign(program=program).fingerprint != prints[0]
    assert [kind.name for kind in kinds[:2]] == ["fast_align:grow-diag-final-and", "fast_align:union"]


def test_eflomal_that_writes_nothing(stand_in):
    with pytest.raises(AlignmentError, match="answered 0 lines to 2 pairs; is it eflomal"):
        list(Eflomal(program=stand_in(change="sys.exit(0)")).align(PAIRS))


def planted(number=400):
    """Pairs whose target is the source word by word in another order, and that order."""
    draw = random.Random(0)
    pairs, truth = [], []
    for _ in range(number):
        meaning = [draw.randrange(40) for _ in range(draw.randint(4, 9))]
        order = draw.sample(range(len(meaning)), len(meaning))
        pairs.append(pair(" ".join(f"s{one}" for one in meaning), " ".join(f"t{meaning[i]}" for i in order)))
        # Where a word is said twice either place is right.
        truth.append({(i, j) for j, at in enumerate(order) for i, one in enumerate(meaning) if one == meaning[at]})
    return pairs, truth


def share_of_truth(aligner):
    pairs, truth = planted()
    found = [{*map(tuple, links.pairs.tolist())} for links in aligner.align(pairs)]
    right = sum(len(one & gold) for one, gold in zip(found, truth, strict=True))
    words = sum(len(one.source_words) for one in pairs)
    return right / sum(map(len, found)), right / words


def test_the_diagonal_is_mostly_wrong(stand_in):
    assert share_of_truth(FastAlign(program=stand_in(), symmetrise="forward"))[0] < 0.3


def installed(command):
    return shutil.which(command) or shutil.which(command, path=str(Path(sys.executable).parent))


@pytest.mark.skipif(not installed("eflomal-align"), reason="eflomal is not installed (pip install eflomal)")
def test_eflomal_finds_planted_links():
    precision, recall = share_of_truth(Eflomal())
    assert precision > 0.95
    assert recall > 0.95


@pytest.mark.skipif(not installed("eflomal-align"), reason="eflomal is not installed (pip install eflomal)")
def test_eflomal_takes_what_pairs_may_hold(caplog):
    long = pair(" ".join(["s1"] * 1024), "t1 t2")
    odd = WordPair("a|||b c\u2003d e", "x ||| y", [(0, 5), (6, 9), (10, 11)], [(0, 1), (2, 5), (6, 7)])
    pairs = [pair("", "x"), odd, long, pair("s1 s2", "t1 t2")]
    found = list(Eflomal(extra=planted(50)[0]).align(pairs))
    assert [(len(links.source), len(links.target)) for links in found] == [(0, 1), (3, 3), (1024, 2), (2, 2)]
    assert len(found[2]) == 0
    assert "1 pair with more than 1,023 words a side" in caplog.text
    assert {(0, 0), (1, 1)} == {*map(tuple, found[3].pairs.tolist())}


@pytest.mark.skipif(not installed("fast_align"), reason="fast_align is not installed")
def test_fast_align_finds_planted_links_every_time_the_same():
    precision, recall = share_of_truth(FastAlign())
    assert precision > 0.9
    assert recall > 0.9
    pairs, _ = planted(100)
    runs = [[links.pairs.tolist() for links in FastAlign().align(pairs)] for _ in range(2)]
    assert runs[0] == runs[1]
