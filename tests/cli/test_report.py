from interlingua.cli.app import main
from report.world import make_run


def test_report_writes_a_page_and_says_where(tmp_path, capsys):
    runs = [make_run(tmp_path / name, name=name, noise=(1.5, noise)) for name, noise in (("a", 0.1), ("b", 0.8))]
    page = tmp_path / "both.html"
    assert main(["report", *map(str, runs), "-o", str(page), "--csv", str(tmp_path / "both.csv")]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert "a and b" in page.read_text(encoding="utf-8")
    assert (tmp_path / "both.csv").is_file()


def test_what_is_no_run_is_one_line(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "no run folder" in capsys.readouterr().err
