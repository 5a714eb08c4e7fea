"""What a reader types or a file says is never markup: no script writes HTML, and every field was filled with it."""

import json
import re

import pytest
from places import PACKAGE
from playwright.sync_api import expect
from watching import WIDGETS

OURS = [path for path in sorted(PACKAGE.rglob("*.js")) if "vendor" not in path.parts]
WRITES_HTML = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|DOMParser|createContextualFragment)\b"
                         r"|document\.write|\beval\(|new Function|\.setAttribute\(\s*[\"'`]on")
EVIL = "<img src=x onerror=window.struck=1><b class=struck>"
STRUCK = "() => window.struck || document.querySelectorAll('.struck, img[src=x]').length"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_script_of_ours_writes_html(path):
    assert [match[0] for match in WRITES_HTML.finditer(path.read_text(encoding="utf-8"))] == []


def fill_all(page):
    """Fill every field of the page with markup and press what belongs to it."""
    for field in page.locator("main").locator("input[type=text], input:not([type]), textarea").all():
        if field.is_visible() and field.is_enabled():
            field.fill(EVIL)
            field.press("Enter")
            field.blur()
    for button in page.locator("main form").locator("button[type=submit], button[value=sure], .book-button").all():
        if button.is_visible():
            button.click()


def test_every_field_of_every_kind_of_guess(watched, scratch):
    watched.goto(scratch.address + "kinds.html")
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget:not([data-live])")).to_have_count(0)
    fill_all(watched)
    words = watched.locator("#guess-words")
    expect(words.locator(".guess")).to_have_attribute("data-state", "revealed")
    expect(words.locator(".guess-own")).to_contain_text(EVIL)
    watched.reload()
    expect(words.locator(".guess-own")).to_contain_text(EVIL)
    assert watched.evaluate(STRUCK) == 0


def test_every_field_of_the_explorers(watched, served):
    watched.goto(served + "chapters/lab.html")
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget:not([data-live])")).to_have_count(0)
    fill_all(watched)
    expect(watched.locator(".neighbours")).to_contain_text(EVIL[:20])
    assert watched.evaluate(STRUCK) == 0


def test_every_rejected_field_of_a_config(watched, served):
    """Markup as the value and as the name of each field, one at a time: what is refused or shown stays text."""
    watched.goto(served + "chapters/lab.html")
    watched.wait_for_function(WIDGETS)
    explorer = watched.locator(".explorer.config")
    expect(explorer).to_be_visible()
    good = {"vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12,
            "max_position_embeddings": 512, "tie_word_embeddings": True, "torch_dtype": "float32", "model_type": "bert",
            "rope_theta": 10000, "rope_scaling": None, "architectures": ["BertModel"], "head_dim": 32,
            "num_key_value_heads": 12, "intermediate_size": 1536, "partial_rotary_factor": 1.0}
    files = [good | {name: value} for name in good for value in (EVIL, [EVIL], {EVIL: EVIL, "rope_type": EVIL})]
    files += [good | {EVIL: 1}, [EVIL], EVIL, {EVIL: {EVIL: EVIL}}]
    field = explorer.locator("input[type=file]")
    for content in files:
        field.set_input_files({"name": f"{EVIL.replace('/', '')}.json", "mimeType": "application/json",
                               "buffer": json.dumps(content).encode()})
        expect(explorer).to_contain_text("struck")
    assert watched.evaluate(STRUCK) == 0
