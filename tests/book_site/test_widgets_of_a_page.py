"""What a built page says of its widgets: their numbers, their places, their state, and which scripts come at once."""

import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from book_utils.asking import Card, Guess
from book_utils.book_site import widgets
from book_utils.book_site.widgets import STATE, VIEW, set_widgets
from book_utils.explorers.rope_dial import RopeDial
from book_utils.words import word

GUESS, DIAL, OTHERS, PLAIN, HIDDEN = "aa11", "bb22", "cc33", "dd44", "ee55"  # models as a kernel numbers them
FIGURE = {"kind": "figure", "svg": "<svg>é</svg>", "alt": "A row"}


def states() -> dict:
    """A guess, a dial, a widget of somebody else, a control without a module, and one that is not shown."""
    guess = Guess("Is `</script>` é?", choices={1: "no", 2: "yes"}, answer=1, name="a<b").get_state()
    guess |= {"code": [["k", "import"]], "reveal": [FIGURE.copy(), {"kind": "words", "text": "4"}]}
    return {
        GUESS: {"state": {**guess, "_esm": "export"}, "model_name": "AnyModel"},
        DIAL: {"state": {**RopeDial().get_state(), "_esm": "export"}, "buffers": ["b"]},
        OTHERS: {"state": {"_esm": "theirs", "_css": "red", "_anywidget_id": "their.<Thing>", "follows": f"M_{GUESS}"}},
        PLAIN: {"state": {"value": 3}},
        HIDDEN: {"state": {"_esm": "theirs", "_anywidget_id": "their.Hidden"}},
    }


class Places(HTMLParser):
    """The attributes of each widget's place, in their order."""

    def __init__(self, body):
        super().__init__()
        self.found = []
        self.feed(body)

    def handle_starttag(self, tag, attributes):
        if dict(attributes).get("class") == "book-widget":
            self.found.append(dict(attributes))


def built(folder, shown=(DIAL, GUESS, PLAIN, OTHERS, GUESS), records=None, page="chapters/rows"):
    """A page with these views, as it is when it was rewritten."""
    view = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "%s"}</script>'
    body = "<p>Rows</p>" + "".join(view % model for model in shown)
    script = SimpleNamespace(attributes={"type": STATE, "body": json.dumps({"state": records or states()})})
    added = []
    app = SimpleNamespace(
        outdir=folder, config=SimpleNamespace(html_title="My book"), added=added,
        builder=SimpleNamespace(format="html", _js_files=[SimpleNamespace(attributes={}), script]),
        add_js_file=lambda name, **options: added.append((name, options)),
    )
    context = {"body": body, "pathto": lambda name, resource: f"../{name}" if resource == 1 else "a page"}
    set_widgets(app, page, "page.html", context, None)
    return SimpleNamespace(app=app, body=context["body"], text=script.attributes["body"],
                           said=json.loads(script.attributes["body"].replace("<\\/", "</")))


def apart(folder, record) -> dict:
    """What stands in the file that a page names in place of a record."""
    text = (folder / "_static" / "states" / f"{record['apart']}.js").read_text(encoding="utf-8")
    return json.loads(text.partition("]=")[2].rstrip(";\n"))


def test_widgets_are_numbered_as_the_page_shows_them(tmp_path):
    page = built(tmp_path)
    places = Places(page.body).found
    assert [(place["data-model"], place["data-kind"]) for place in places] == [
        ("w0", "ropedial"), ("w1", "guess"), ("w3", "<thing>"), ("w1", "guess")]
    assert list(page.said["state"]) == ["h0", "w0", "w1", "w3"]  # a control without a module has no state
    assert page.said["state"]["w3"]["state"]["follows"] == "M_w1"
    assert not any(model in page.text + page.body for model in states())


def test_only_what_has_a_name_and_asks_has_an_address(tmp_path):
    places = Places(built(tmp_path).body).found
    assert [place.get("id") for place in places] == [None, "guess-a<b", None, "guess-a<b"]
    records = states()
    records[GUESS]["state"]["digest"] = ""
    assert "id" not in Places(built(tmp_path, [GUESS], records).body).found[0]


def test_each_widget_says_itself_without_a_script(tmp_path):
    page, state = built(tmp_path), states()
    body = page.body
    assert body.startswith("<p>Rows</p>") and not VIEW.search(body)
    guess = state[GUESS]["state"] | {"reveal": page.said["state"]["w1"]["state"]["reveal"]}
    assert f'data-model="w1">{Guess.plain_html(guess)}</div>' in body and ">import</span>" in body
    assert f'data-model="w0">{RopeDial.plain_html(state[DIAL]["state"])}</div>' in body
    assert f'data-model="w3"><p class="book-quiet">{word("needsScript")}</p></div>' in body
    assert body.count(f'<p class="book-quiet">{word("needsNotebook")}</p>') == 1


def test_a_page_tells_its_book_and_chapter(tmp_path):
    assert built(tmp_path).said["book"] == {"book": "my-book", "chapter": "rows"}
    assert built(tmp_path, page="rows").said["book"]["chapter"] == "rows"
    assert (built(tmp_path).said["version_major"], built(tmp_path).said["version_minor"]) == (2, 0)  # of the format


def test_a_figure_of_an_answer_is_a_file_that_its_page_names(tmp_path):
    first, second = built(tmp_path).said["state"]["w1"]["state"]["reveal"]
    assert set(first) == {"kind", "alt", "address"} and second == {"kind": "words", "text": "4"}
    assert re.fullmatch(r"\.\./_images/[0-9a-f]{16}\.svg", first["address"])
    assert (tmp_path / first["address"].removeprefix("../")).read_text(encoding="utf-8") == "<svg>é</svg>"
    built(tmp_path)  # a second page with the same figure


def test_what_somebody_else_reveals_stays_theirs(tmp_path):
    records = states()
    records[OTHERS]["state"]["reveal"] = [{"svg": "<svg/>"}]
    assert built(tmp_path, records=records).said["state"]["w3"]["state"]["reveal"] == [{"svg": "<svg/>"}]


def test_what_waits_is_a_file_and_its_scripts_are_not_asked_for_at_once(tmp_path):
    page = built(tmp_path)
    dial = page.said["state"]["w0"]
    assert set(dial) == {"state", "apart"} and dial["state"] == {}
    state = apart(tmp_path, dial)
    assert state["buffers"] == ["b"] and state["state"]["shared"] == RopeDial.shared_traits()
    names = [name for name, _ in page.app.added]
    asked = page.said["state"]["w1"]["state"]["_esm"].removeprefix("book:").split()
    assert names == [f"modules/{key}.js" for key in asked] and len(asked) > 5
    late = set(state["state"]["_esm"].removeprefix("book:").split()) - set(asked)
    assert late and all((tmp_path / "_static" / "modules" / f"{key}.js").exists() for key in [*late, *asked[1:]])
    assert all(options["loading_method"] == "defer" and options["priority"] < 500 for _, options in page.app.added)


def test_what_no_page_shows_does_not_wait_and_neither_does_what_others_made(tmp_path):
    page = built(tmp_path, shown=[GUESS, OTHERS])
    assert page.said["state"]["w1"]["state"]["_esm"] == "theirs" and "apart" not in page.said["state"]["w1"]
    dial = page.said["state"]["h0"]["state"]
    assert dial["_esm"].startswith("book:") and dial["_css"] == ""


def test_the_state_holds_what_the_host_reads(tmp_path):
    state = built(tmp_path).said["state"]["w1"]
    assert set(state) == {"state"} and "shared" not in state["state"]
    left_out = set(states()[GUESS]["state"]) - set(state["state"])
    assert left_out == {"_anywidget_id", "_dom_classes", "_model_module", "_model_module_version", "_model_name",
                        "_view_count", "_view_module", "_view_module_version", "_view_name", "layout", "tabbable",
                        "tooltip"}
    assert state["state"]["code"] == [] and state["state"]["question"] == "Is `</script>` é?"


def test_no_text_ends_the_script_that_holds_it(tmp_path):
    text = built(tmp_path).text
    assert "</" not in text and "é" in text  # a letter as it is takes fewer bytes
    assert json.loads(widgets.in_script('"<!-- </script> é"')) == "<!-- </script> é"
    assert "<!--" not in widgets.in_script('"<!-- é"')


def test_data_for_later_is_written_for_a_widget_of_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(RopeDial, "lazy_data", classmethod(lambda cls: {"big": ["one", "two"]}))
    monkeypatch.setattr(RopeDial, "lazy_files", classmethod(lambda cls: {"big": {"file": "big-1"}}))
    built(tmp_path)
    assert {path.name for path in (tmp_path / "_static" / "lazy").iterdir()} == {"big-1-0.js", "big-1-1.js"}


def test_a_page_without_widgets_stays_as_it_is():
    app, context = SimpleNamespace(builder=SimpleNamespace(_js_files=[])), {"body": "<p>Prose</p>"}
    set_widgets(app, "about", "page.html", context, None)
    assert context == {"body": "<p>Prose</p>"}


def test_a_class_is_found_by_the_name_that_anywidget_gives_it():
    for cls in (Guess, Card, RopeDial):
        made = {"_anywidget_id": f"{cls.__module__}.{cls.__qualname__}"}
        assert widgets.class_of(made) is cls
        assert widgets.waits(made) == (cls is RopeDial)
    assert widgets.class_of({}) is None and widgets.waits({}) is False


@pytest.mark.parametrize("form", ["html", "latex"])
def test_the_host_is_there_before_sphinx_works_out_check_sums(tmp_path, form):
    config = SimpleNamespace()
    widgets.use_our_host(None, config)
    app = SimpleNamespace(outdir=tmp_path / "html", builder=SimpleNamespace(format=form))
    for _ in range(2):
        widgets.copy_host(app)
    there = {path.relative_to(tmp_path / "html" / "_static").as_posix() for path in tmp_path.rglob("*.js")}
    named = {name for name in there if not name.startswith("modules/words-en-")}
    assert named == (set(config.nb_ipywidgets_js) if form == "html" else set())
    assert len(there - named) == (form == "html")  # the words
    assert all(options == {"loading_method": "defer"} for options in config.nb_ipywidgets_js.values())
    assert all(path.stat().st_size > 1000 for path in tmp_path.rglob("*.js"))


@pytest.mark.parametrize(("language", "key", "warned"), [("de_AT", "de", 0), ("EN-gb", "en", 0), ("tlh", "en", 1)])
def test_the_interface_speaks_the_language_of_the_book_or_says_that_it_cannot(monkeypatch, language, key, warned):
    monkeypatch.setenv("BOOK_LANGUAGE", "en")
    said, added = [], []
    monkeypatch.setattr(widgets, "logger", SimpleNamespace(warning=lambda text, *rest, **options: said.append(text)))
    app = SimpleNamespace(add_js_file=lambda name, **options: added.append((name, options["loading_method"])))
    widgets.choose_language(app, SimpleNamespace(language=language))
    [(name, method)] = added
    assert name.startswith(f"modules/words-{key}-") and method == "defer" and len(said) == warned
