"""Icons in CSS: each has a class and a drawing that any browser can read."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import tinycss2
from places import PACKAGE

from book_utils.book_site.icons import PATHS, icon_css


def test_each_icon_has_a_class_and_a_drawing():
    root, *rules = tinycss2.parse_stylesheet(icon_css(), skip_whitespace=True)
    drawn = {one.name: one.value for one in tinycss2.parse_declaration_list(root.content)}
    assert drawn.keys() == {f"--icon-{name}" for name in PATHS} and tinycss2.serialize(root.prelude) == ":root"
    named = {tinycss2.serialize(rule.prelude): tinycss2.serialize(rule.content) for rule in rules}
    assert named == {f".icon-{name}": f"--icon:var(--icon-{name})" for name in PATHS}
    for name, value in drawn.items():
        [address] = [token.arguments[0].value for token in value if token.type == "function"]
        assert not re.search("[<>#]", address)
        svg = ElementTree.fromstring(unquote(address.removeprefix("data:image/svg+xml,")))
        assert svg.attrib["viewBox"] == "0 0 24 24" and svg[0].attrib["d"] == PATHS[name.removeprefix("--icon-")]


def test_every_icon_that_a_template_names_is_drawn():
    named = {name for path in (PACKAGE / "book_site").rglob("*.html")
             for name in re.findall(r"\bicon-(\w+)", path.read_text(encoding="utf-8"))}
    assert named and named <= PATHS.keys()
