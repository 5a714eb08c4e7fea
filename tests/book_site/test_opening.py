"""Where a chapter opens with cards, what is due can take their place."""

import re
from types import SimpleNamespace

from book_utils.book_site.gathered_pages import MODULES
from book_utils.book_site.opening import set_opening
from book_utils.book_site.pieces import share_pieces

CARDS = '<p>First.</p><div class="book-widget" id="card-one"></div><div class="book-widget" id="card-two"></div>'


def opened(folder, **context):
    set_opening(SimpleNamespace(outdir=folder), "rows", "page.html", context, None)
    return context


def test_the_part_stands_once_before_the_first_card_and_names_its_scripts(tmp_path):
    body = opened(tmp_path, body=f"<h1>Rows</h1>{CARDS}<h2>One</h2>{CARDS}")["body"]
    part = re.search(r'<div class="book-part" data-part="opening"[^>]*></div>', body)[0]
    assert body == f"<h1>Rows</h1><p>First.</p>{part}{CARDS.removeprefix('<p>First.</p>')}<h2>One</h2>{CARDS}"
    keys = share_pieces(SimpleNamespace(outdir=tmp_path), MODULES["opening"])
    assert f'data-module="book:{" ".join(keys)}"' in part
    assert 'data-scripts="book/ts-fsrs.js book/questions.js"' in part


def test_cards_further_down_and_pages_without_any_stay_as_they_are(tmp_path):
    for body in (f"<h1>Rows</h1><h2 id='a'>One</h2>{CARDS}", "<h1>Rows</h1>"):
        assert opened(tmp_path, body=body) == {"body": body}
    assert opened(tmp_path) == {} and list(tmp_path.iterdir()) == []
