"""Programs that translate lines: what they are given, what they give, and every way in which they fail."""

import os
import shlex
import time
from pathlib import Path

import pytest

from interlingua.corpus.translation import Command
from interlingua.corpus.translation.programs import ask, ask_in_parts
from interlingua.errors import CorpusError

UPPER = "import sys\nfor line in sys.stdin:\n    print(line.rstrip('\\n').upper())\n"


def translate(command, texts, **settings):
    return Command(command, **settings).translate(texts, source="eng", target="deu")


def test_a_line_a_text(program):
    texts = ["one", "", " two \n lines\r\nand\u2028three\x00four ", "  ", "ünï 日本", "tab\there"]
    assert translate(program(UPPER), texts) == ["ONE", "", "TWO   LINES AND THREE FOUR", "", "ÜNÏ 日本", "TAB\tHERE"]


def test_nothing_to_translate_starts_no_program():
    assert translate("no-such-program", ["", " "]) == ["", ""]


def test_languages_in_the_command():
    said = "sed 's/^/{source} {target} {source3} {target3} {source2} {target2} /'"
    assert translate(said, ["x"]) == ["eng_Latn deu_Latn eng deu en de x"]
    assert Command(said).translate(["x"], source="zh-TW", target="swa") == ["cmn_Hant swh_Latn cmn swh zh sw x"]


def test_braces_are_written_twice():
    assert translate("awk '{{print $2}}'", ["one two"]) == ["two"]


def test_a_command_without_languages_serves_one_pair():
    command = Command("cat")
    command.translate(["x"], source="eng", target="deu")
    with pytest.raises(CorpusError, match=r"has no \{target\} and was asked for deu_Latn before fra_Latn"):
        command.translate(["x"], source="eng", target="fra")
    half = Command("sed s/x/{target3}/")
    assert half.translate(["x"], source="eng", target="deu") == ["deu"]
    assert half.translate(["x"], source="eng", target="fra") == ["fra"]
    with pytest.raises(CorpusError, match=r"has no \{source\}"):
        half.translate(["x"], source="spa", target="fra")


@pytest.mark.parametrize(
    "command", ["", "cat {from}", "cat {}", "cat {source4}", "awk {", "sed 's/a/b/", "awk '{print $1}'"]
)
def test_commands_that_are_none(command):
    with pytest.raises(CorpusError, match="is no command for translating"):
        translate(command, ["x"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import sys; print('one')", "gave 1 answer to 2 texts; a translator must write as many lines as it reads"),
        ("print('1\\n2\\n3')", "gave 3 answers to 2 texts"),
        ("pass", "gave 0 answers to 2 texts"),
        ("import sys; print('1\\n2'); sys.exit('no such\\n model')", r"failed \(exit code 1\): no such model"),
        ("import sys; sys.exit(3)", r"failed \(exit code 3\): it says nothing on stderr"),
        ("import sys; sys.stdout.buffer.write(b'1\\n\\xff\\n')", "writes what is not UTF-8"),
        ("import sys\nwhile True: print('x' * 1000)", "wrote more than 1,048,576 bytes to 4 and was ended"),
    ],
)
def test_programs_that_fail(program, body, message):
    with pytest.raises(CorpusError, match=message):
        ask(shlex.split(program(body)), ["a", "b"])


def test_a_text_that_a_program_fails_on_stays_without_a_translation(program, caplog):
    body = "import sys\nfor line in sys.stdin:\n    if 'bad' in line: sys.exit('no')\n    print(line.strip().upper())\n"
    texts = [f"text {i}" for i in range(40)]
    texts[7] = texts[31] = "bad one"
    wanted = [text.upper() if "bad" not in text else "" for text in texts]
    assert translate(program(body), texts) == wanted
    assert caplog.text.count("it was given 'bad one', which stays without a translation") == 2


def test_a_program_that_fails_on_much_is_given_up(program, tmp_path):
    log = tmp_path / "log"
    body = f"import sys\nopen({str(log)!r}, 'a').write('x')\nsys.exit('no model')"
    with pytest.raises(CorpusError, match=r"failed \(exit code 1\): no model"):
        translate(program(body), [f"text {i}" for i in range(1000)])
    assert len(log.read_text()) == 2
    with pytest.raises(CorpusError, match="no model"):
        translate(program(body), ["one", "two"])


def test_a_program_that_wants_few_at_a_time_is_told_of_once(program, caplog):
    body = "import sys\nfor line in sys.stdin.read().splitlines()[:2]:\n    print(line.upper())\n"
    assert translate(program(body), list("abcdefgh")) == list("ABCDEFGH")
    assert caplog.text.count("gave 2 answers to 8 texts") == 1
    assert caplog.text.count("asked again with fewer texts at a time") == 1


def test_a_program_that_is_not_there():
    with pytest.raises(CorpusError, match="cannot run no-such-program: No such file"):
        translate("no-such-program", ["x"])
    with pytest.raises(CorpusError, match="there is no program no-such-program"):
        _ = Command("no-such-program").fingerprint


def test_answers_may_be_empty_and_the_last_line_need_not_end(program):
    assert translate(program("import sys; sys.stdin.read(); print('a\\n\\n', end='')"), ["1", "2"]) == ["a", ""]
    assert translate(program("import sys; sys.stdin.read(); print('a\\nb', end='')"), ["1", "2"]) == ["a", "b"]
    assert translate(program("import sys; sys.stdin.read(); print('\\n\\n', end='')"), ["1", "2"]) == ["", ""]


def test_a_program_that_reads_late_or_complains_at_length_does_not_block(program):
    body = "import sys\nsys.stderr.write('w' * 500_000)\nprint('x\\n' * 20_000, end='')\nsys.stdin.read()\n"
    assert len(translate(program(body), ["word " * 20] * 20_000)) == 20_000


def test_a_program_that_takes_too_long_is_ended_with_its_children(program, tmp_path):
    body = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
time.sleep(60)
"""
    with pytest.raises(CorpusError, match="took more than 3 s and was ended; give it more"):
        translate(program(body), ["x"], timeout=3)
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        assert gone(pid)


def gone(pid):
    """Whether a process has ended; one that is only not yet collected has."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


def test_the_fingerprint_follows_the_words_and_the_file(tmp_path):
    path = tmp_path / "translate"
    path.write_text("#!/bin/sh\ncat\n")
    path.chmod(0o755)
    first = Command(f"{path} -x")
    assert first.fingerprint == Command(f"{path} -x", name="mine").fingerprint
    assert first.fingerprint != Command(f"{path} -y").fingerprint
    path.write_text("#!/bin/sh\ntr a b\n")
    assert first.fingerprint != Command(f"{path} -x").fingerprint
    assert (first.name, first.licence) == (f"{path} -x", "unknown")
    assert (Command("cat", name="mine", licence="MIT").name, Command("cat", licence="MIT").licence) == ("mine", "MIT")


def test_the_fingerprint_follows_a_script_that_the_words_name(tmp_path):
    path = tmp_path / "translate.py"
    path.write_text("print('one')\n")
    first = Command(f"python3 {path}").fingerprint
    path.write_text("print('two')\n")
    assert first != Command(f"python3 {path}").fingerprint


def test_a_program_gets_some_lines_at_a_time():
    assert Command("cat", lines=7).at_once == 7
    with pytest.raises(CorpusError, match="lines is at least 1, not 0"):
        Command("cat", lines=0)


def test_other_separators():
    assert ask(["tr", "a", "b"], ["a\na", "", "a"], separator="\0") == ["b\nb", "", "b"]
    assert ask(["sh", "-c", "cat; printf '\\0\\0'"], ["a", "b"], separator="\0", trailing=True) == ["a", "b"]
    with pytest.raises(CorpusError, match="gave 3 answers"):
        ask(["sh", "-c", "cat; printf '\\0x\\0'"], ["a"], separator="\0", trailing=True)


def test_texts_that_alone_are_left_and_fail_end_nothing(tmp_path, caplog):
    fussy = tmp_path / "fussy.sh"
    fussy.write_text("#!/bin/sh\nread line; case $line in BAD*) exit 3;; esac; echo $line\n")
    fussy.chmod(0o755)
    assert ask_in_parts([str(fussy)], ["BAD"]) == [""]
    assert ask_in_parts([str(fussy)], ["BAD", "BAD too"]) == ["", ""]
    assert "stays without a translation" in caplog.text
    with pytest.raises(CorpusError, match="exit code 1"):
        ask_in_parts(["false"], ["Good."])
