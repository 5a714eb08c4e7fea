"""The statement on accessibility: every criterion of WCAG 2.2, A and AA, tests that exist, a link at each foot."""

import posixpath
import re

from places import ROOT

# https://www.w3.org/TR/WCAG22/, without 4.1.1, which it calls obsolete: level A, then AA.
LEVELS = {
    "A": "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 "
         "2.4.4 2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2",
    "AA": "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 "
          "3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3",
}
STATEMENT = (ROOT / "chapters/accessibility.md").read_text(encoding="utf-8")


def test_every_criterion_has_a_result_and_names_tests_that_exist():
    rows = re.findall(r"^\| ([\d.]+) .+?[( ](A+)\) \| (.+?) \| (.+?) \|$", STATEMENT, re.MULTILINE)
    assert len(rows) == 55
    for level, numbers in LEVELS.items():
        assert {number for number, its, *_ in rows if its == level} == set(numbers.split())
    for number, _, result, how in rows:
        assert result in ("met", "**not met**", "none") and how
        assert (result == "**not met**") == (f"- **{number}," in STATEMENT), number
    there = {path.stem for path in (ROOT / "tests").glob("*/test_*.py")}
    assert set(re.findall(r"`(test_\w+)`", STATEMENT)) <= there


def test_each_page_links_to_it_at_its_foot(site, pages):
    foot = re.compile(r'<footer class="bd-footer-content">.*?</footer>', re.DOTALL)
    statement = "chapters/accessibility.html"
    for name in [*pages, "search.html"]:
        links = re.findall(r'href="([^"]*)"', foot.search((site / name).read_text(encoding="utf-8"))[0])
        there = posixpath.relpath(statement, posixpath.dirname(name) or ".")
        assert links == ["#" if name == statement else there], name
