"""The teaching pages: every command on them exists, every link leads somewhere, every guess has its purpose."""

import json
import re
import shlex
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from places import CHAPTERS, ROOT
from playwright.sync_api import expect

from book_utils.__main__ import main
from book_utils.asking.questions import read_questions
from book_utils.book_site.guide import counts_as_right, find_guess, read_purposes
from book_utils.classroom import counts, page
from book_utils.words import catalogue

PAGES = ["teaching", "plans", "guess_guide", "class_report", "grading", "running"]
KEY = json.loads((ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8"))
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINE_OF_CODE = re.compile(r"(?<!`)`((?:make|python|nbgrader) [^`]+)`")


def text_of(name: str) -> str:
    return (ROOT / "chapters" / f"{name}.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    return [(name, body) for name in PAGES for kind, body in FENCE.findall(text_of(name)) if kind == language]


# -- commands ---------------------------------------------------------------------------------------------


def commands() -> list[tuple[str, str]]:
    """List (page, command) for every line of a shell block and every command inside of a sentence."""
    lines = [(name, line.strip()) for name, body in blocks("bash") for line in body.splitlines() if line.strip()]
    return lines + [(name, line) for name in PAGES for line in LINE_OF_CODE.findall(FENCE.sub("", text_of(name)))]


def options_of(words: list[str]) -> list[str]:
    return [word for word in words if word.startswith("-")]


def has_options(help_text: str, words: list[str]) -> bool:
    return all(re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", help_text) for option in options_of(words))


@pytest.mark.parametrize(("name", "line"), commands())
def test_a_command_on_a_page_exists(name, line, capsys):
    folder = ROOT / "assignments" if name == "grading" and "tools/" not in line else ROOT
    match shlex.split(line):
        case ["make", target] | ["make", target, _]:  # perhaps with a VARIABLE=value
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        case ["python", "-m", "book_utils", command, *rest]:
            with pytest.raises(SystemExit) as ended:
                main([command, "--help"])
            assert ended.value.code == 0
            assert has_options(capsys.readouterr().out, rest)
        case ["python", "grade.py", command, assignment, *_]:
            assert f"python grade.py {command} " in (folder / "grade.py").read_text(encoding="utf-8")
            assert (folder / "source" / assignment).is_dir()
        case ["python", script, *rest]:
            assert has_options((ROOT / script).read_text(encoding="utf-8"), rest)
        case ["nbgrader", command, *rest]:
            from nbgrader.apps import NbGraderApp

            assert command.replace("-", "_") in NbGraderApp.subcommands
            assert all((folder / "source" / assignment).is_dir() for assignment in rest)
        case [".venv/bin/pip" | "pip", "install", "-r", file]:
            assert (ROOT / file).is_file()
        case ["cd", place] | ["jupyter", "lab" | "notebook", place]:
            assert (ROOT / place).is_dir()
        case ["jupyter-book", "build", *_]:
            assert line in (ROOT / "README.md").read_text(encoding="utf-8")
        case ["pip", "install", "-e", "."] | ["python3", "-m", "venv", ".venv"] | [".", ".venv/bin/activate"]:
            assert (ROOT / "pyproject.toml").is_file()
        case ["sudo", "apt-get", "install", package]:
            assert line in (ROOT / "assignments" / "README.md").read_text(encoding="utf-8"), package
        case ["mkdir", "-p", _]:
            pass
        case _:
            pytest.fail(f"{name}.md has a command that this test does not know: {line}")


@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_python_on_a_page_runs(name, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, f"{name}.md", "exec"), {})


def test_buttons_are_called_as_the_pages_say():
    words = catalogue("en")
    said = " ".join(text_of(name) for name in PAGES)
    guess = ("guessing", "leaning", "sure", "commit", "reveal", "changeMind", "secondThought")
    for key in (*guess, "progressSave", "pageWorksheet"):
        assert re.search(rf"\*{re.escape(words[key])}\*", said, re.IGNORECASE), words[key]
    report = page.page_html([], 0, 0, [])
    for name in ("Hide the answers", "One question at a time", "Where to begin", "Before and after"):
        assert name in said
        assert name in report


def test_the_marks_are_those_of_the_report():
    for name in ("teaching", "class_report"):
        assert f"{100 * counts.EXPLAIN:g}" in text_of(name)
        assert f"{100 * counts.MOVE_ON:g}%" in text_of(name)
    assert counts.FEW == 5, "class_report.md says five"


def test_the_minutes_of_a_plan_go_up_and_end_in_time():
    tables = re.findall(r"^\| minute +\|.*\n.*\n((?:\|.*\n)+)", text_of("plans"), re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        minutes = [int(row.split("|")[1]) for row in table.splitlines()]
        assert minutes == sorted(set(minutes))
        assert minutes[0] == 0
        assert 40 <= minutes[-1] < 50


# -- the guide to the guesses -------------------------------------------------------------------------------


def test_every_guess_has_a_purpose_and_no_purpose_is_left_over():
    asked = {chapter: [guess["name"] for guess in parts["guesses"]] for chapter, parts in read_questions().items()}
    said = {chapter: list(purposes) for chapter, purposes in read_purposes().items()}
    assert said == asked
    texts = [text for purposes in read_purposes().values() for text in purposes.values()]
    assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"[A-Z].{20,300}\.", text) for text in texts)


def test_what_counts_as_right_is_said_wherever_it_is_not_one_choice():
    for parts in read_questions().values():
        for guess in parts["guesses"]:
            assert bool(counts_as_right(guess)) == (guess["kind"] != "choice"), guess["name"]


def test_the_guide_tells_the_answers_of_the_key(site):
    html = (site / "chapters" / "guess_guide.html").read_text(encoding="utf-8")
    plain = {name: unescape(re.sub(r"<[^>]+>", "", item)) for name, item in
             re.findall(r'<li id="guide-([^"]+)"[^>]*>(.*?</details>)</li>', html, re.DOTALL)}
    assert list(plain) == [guess["name"] for chapter in CHAPTERS
                           for guess in read_questions()[chapter]["guesses"]]
    for chapter, guesses in KEY.items():
        for name, told in guesses.items():
            assert told["question"].replace("`", "") in plain[name]
            assert told["answer"].replace("`", "") in plain[name]
            assert read_purposes()[chapter][name].replace("`", "") in plain[name]
    for parts in read_questions().values():
        for guess in parts["guesses"]:
            for choice in guess["choices"]:
                assert choice["note"].replace("`", "") in plain[guess["name"]]


def test_a_wrong_name_stops_the_build(faulty):
    assert faulty.returncode != 0
    assert "No chapter asks a guess called nobody-asks-this" in faulty.stderr
    assert f"A chapter with guesses is one of {', '.join(CHAPTERS)}; got nowhere." in faulty.stderr
    with pytest.raises(KeyError, match="No chapter asks"):
        find_guess("nobody-asks-this")


# -- the built pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(site, name):
    path = site / "chapters" / f"{name}.html"
    article = re.search(r"<article.*</article>", path.read_text(encoding="utf-8"), re.DOTALL)[0]
    links = [unescape(link) for link in re.findall(r'<a\s[^>]*?href="([^"]+)"', article)]
    assert links
    for link in links:
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert target.is_file(), link
        if parts.fragment:
            assert f'id="{unquote(parts.fragment)}"' in target.read_text(encoding="utf-8"), link


def test_the_plans_link_to_guesses_by_their_questions(watched, served):
    watched.goto(f"{served}chapters/plans.html")
    guess = read_questions()["geometry"]["guesses"][0]
    link = watched.get_by_role("link", name=guess["question"].replace("`", "")).first
    link.click()
    watched.wait_for_url(f"**/geometry.html#guess-{guess['name']}")
    expect(watched.locator(f"#guess-{guess['name']}")).to_be_in_viewport()
