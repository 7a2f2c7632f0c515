"""The page in a real browser: nothing complains, nothing overflows, tables sort by mouse and by key."""

import pytest

from interlingua.report import write_report
from report.browser import PROGRAM, Browser
from report.world import make_run
from toy import toy_static

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine"),
]

COLUMN = """Array.from(document.querySelectorAll('#scores table')[0].tBodies[0].rows)
.map(row => Number(row.cells[{column}].dataset.sort))"""

BEYOND = """Array.from(document.querySelectorAll('main *'))
.filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll, .wide, pre, svg'))
.map(one => one.outerHTML.slice(0, 80))"""

SIDES = """Array.from(document.querySelectorAll('#neighbours dd'))
.filter(one => /[\\u0600-\\u06ff]/.test(one.textContent[0])).map(one => getComputedStyle(one).direction)"""

WEAK = """(() => {
const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(v => linear(v / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const below = one => {
  for (; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
  return 'rgb(255, 255, 255)';
};
return Array.from(document.querySelectorAll('body *:not(svg *)'))
  .filter(one => one.children.length === 0 && one.textContent.trim() && one.checkVisibility())
  .filter(one => {
    const [a, b] = [light(getComputedStyle(one).color), light(below(one))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
  })
  .map(one => one.outerHTML);
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    first = make_run(folder / "first", model=toy_static())
    second = make_run(
        folder / "second", name="a-rather-long-name-of-a-run-without-any-space-in-it" * 2, noise=(1.5, 0.9)
    )
    return {"run": write_report(first), "runs": write_report([first, second], folder / "both.html")}


@pytest.mark.parametrize("which", ["run", "runs"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_complains_and_nothing_overflows(browser, pages, which, width):
    browser.open(pages[which], width=width)
    browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert browser.errors == []
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(BEYOND) == []


def test_tables_sort(browser, pages):
    browser.open(pages["run"], width=1280)
    head = "document.querySelectorAll('#scores table')[0].tHead.rows[0].cells[2]"
    browser.evaluate(f"{head}.querySelector('button').click()")
    values = browser.evaluate(COLUMN.format(column=2))
    assert values == sorted(values, reverse=True)
    assert browser.evaluate(f"{head}.getAttribute('aria-sort')") == "descending"
    browser.evaluate(f"{head}.querySelector('button').focus()")
    browser.press("Enter", 13)
    assert browser.evaluate(COLUMN.format(column=2)) == sorted(values)
    assert browser.evaluate(f"{head}.getAttribute('aria-sort')") == "ascending"
    assert browser.evaluate("document.querySelectorAll('#scores [aria-sort]').length") == 1
    assert browser.errors == []


def test_text_is_read_from_its_own_side(browser, pages):
    browser.open(pages["run"], width=360)
    sides = browser.evaluate(SIDES)
    assert sides
    assert set(sides) == {"rtl"}


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out(browser, pages, dark):
    """Contrast of every text with what lies below it, 4.5 or more."""
    browser.open(pages["run"], width=1280, dark=dark)
    assert browser.evaluate(WEAK) == []


def test_it_prints(browser, pages, tmp_path):
    browser.open(pages["run"], width=1280)
    browser.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert browser.errors == []
