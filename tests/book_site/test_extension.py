"""The parts of the Sphinx extension are joined in the order in which each needs the others."""

from types import SimpleNamespace

import pytest

from book_utils import book_site
from book_utils.book_site import Site


class Recorder:
    """A Sphinx that notes what is joined to it."""

    def __init__(self):
        self.events, self.scripts, self.joined = {}, [], {}

    def connect(self, event, handler, priority=500):
        self.events.setdefault(event, []).append((priority, handler))

    def add_js_file(self, name, priority=500, **options):
        self.scripts.append((priority, name, options.get("loading_method")))

    def __getattr__(self, name):
        """Any other of its methods."""
        return lambda *given: self.joined.setdefault(name, []).append(given)

    def order(self, event) -> list[str]:
        """Name the handlers of an event in the order in which Sphinx calls them."""
        handlers = sorted(self.events[event], key=lambda one: one[0])
        return [f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}" for _, handler in handlers]


def theme_and_myst_nb(*_):
    """What the theme and myst-nb do at the same events, at Sphinx's own priority."""


@pytest.fixture(scope="module")
def app():
    recorder = Recorder()
    for event in ("config-inited", "html-page-context", "build-finished"):
        recorder.connect(event, theme_and_myst_nb)
    recorder.told = book_site.setup(recorder)
    return recorder


def test_the_language_and_the_address_are_known_before_anything_speaks(app):
    assert app.order("config-inited") == [
        "address.set_address", "widgets.choose_language", "test_extension.theme_and_myst_nb", "mathml.choose_mathml",
        "theme.set_options", "widgets.use_our_host"]


def test_a_page_is_confirmed_then_rewritten_then_mended(app):
    assert app.order("html-page-context") == [
        "theme.set_words", "test_extension.theme_and_myst_nb", "confirmed.check_page", "widgets.set_widgets",
        "gathered_pages.set_parts", "opening.set_opening", "theme.set_page", "steps.set_steps"]


def test_the_site_is_finished_last_and_files_are_there_from_the_start(app):
    assert app.order("build-finished") == ["test_extension.theme_and_myst_nb", "book_site.finish"]
    assert sorted(app.order("builder-inited")) == [
        "figures.draw_svg", "gathered_pages.copy_scripts", "offline.copy_files", "theme.copy_scripts",
        "widgets.copy_host"]
    assert app.order("source-read") == ["plain_markdown.rewrite"]
    assert app.order("doctree-read") == ["streams.join_streams"]
    assert app.told == {"parallel_read_safe": True, "parallel_write_safe": True}


def test_one_script_comes_first_and_the_others_wait_for_the_page(app):
    scripts = sorted(app.scripts, key=lambda one: one[0])
    assert [(name, method) for _, name, method in scripts] == [
        ("first.js", None), ("page.js", "defer"), ("print.js", "defer"), ("steps.js", "defer"), ("offline.js", "defer")]
    assert scripts[0][0] < 500 < scripts[1][0]


def test_directives_roles_and_transforms_have_their_names(app):
    joined = {name: [getattr(part, "__name__", part if isinstance(part, str) else type(part).__name__)
                     for part in sum(given, ()) if part is not None and not isinstance(part, tuple)]
              for name, given in app.joined.items()}
    assert joined == {
        "add_directive": ["book-part", "BookPart", "all-guesses", "AllGuesses", "guess-guide", "GuessGuide"],
        "add_role": ["guess", "GuessLink"], "add_transform": ["ShortAddress"],
        "add_post_transform": ["LeaveOutAskingCode", "FoldDeeper"], "add_html_math_renderer": ["mathml"]}
    [(_, inline, block)] = app.joined["add_html_math_renderer"]
    assert [getattr(visit, "__name__", None) for visit in (*inline, *block)] == [
        "visit_inline", None, "visit_block", None]


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """A function that finishes a build; gives the name of each step and the page as it was left."""
    def finish(exception=None, form="html"):
        steps = []
        for place, step in enumerate(book_site.FINISHING):
            def note(site, name=step.__name__, place=place):
                steps.append(name)
                site.pages["a.html"] += str(place)

            monkeypatch.setattr(book_site, "FINISHING", [*book_site.FINISHING[:place], note,
                                                         *book_site.FINISHING[place + 1:]])
        (tmp_path / "a.html").write_text("")
        monkeypatch.setattr(Site, "of", lambda app: Site(tmp_path))
        book_site.finish(SimpleNamespace(builder=SimpleNamespace(format=form)), exception)
        return steps, (tmp_path / "a.html").read_text()

    return finish


def test_all_steps_are_done_on_one_reading_of_the_site(finished):
    steps, page = finished()
    assert page == "0123456"
    assert steps == ["write_index", "finish_figures", "fill_gathered", "write_sections", "make_one_sheet", "hint_ahead",
                     "offer_downloads"]


def test_a_build_that_failed_and_one_that_is_no_site_are_left_alone(finished):
    assert finished(exception=ValueError("no")) == ([], "")
    assert finished(form="latex") == ([], "")
