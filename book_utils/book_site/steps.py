"""Where a reader is: minutes for each step of a chapter, a slim bar of its steps, and the place last read."""

import re
from html import escape

from ..asking.score import slug
from ..words import word

# What takes a reader's time. 200 words a minute is a slow, careful pace (Brysbaert 2019 measured 238 for English
# non-fiction); the seconds for a guess and a card are what thinking takes, for an explorer a first look.
WORDS_A_MINUTE = 200
SECONDS = {"guess": 30, "card": 15, "explorer": 60}
NO_TIME = re.compile(r'<details class="[a-z ]*hide .*?</details>|<script.*?</script>|<math.*?</math>', re.DOTALL)
KIND = re.compile(r'<div class="book-widget"[^>]* data-kind="(\w+)"')
HEADING = re.compile(r"(<h2>.*?</h2>)", re.DOTALL)


def minutes_of(html: str) -> float:
    """Estimate how long a reader takes for a part of a page, in minutes; folded code is left out.

    >>> minutes_of("<p>" + "word " * 400 + "</p>")
    2.0
    """
    kinds = ["explorer" if kind not in SECONDS and kind != "howsure" else kind for kind in KIND.findall(html)]
    words = len(re.sub(r"<[^>]+>", " ", NO_TIME.sub("", html)).split())
    return words / WORDS_A_MINUTE + sum(SECONDS.get(kind, 0) for kind in kinds) / 60


def set_steps(app, pagename, templatename, context, doctree):
    """Put the minutes under each heading of a page with guesses, and the places that steps.js fills."""
    if "body" not in context:
        return
    start, *parts = HEADING.split(context["body"])
    if 'data-kind="guess"' in context["body"]:
        for i in range(1, len(parts), 2):
            minutes = max(1, round(minutes_of(parts[i])))
            parts[i] = f'<p class="book-minutes">{escape(word("minutes", n=minutes))}</p>{parts[i]}'
    start_page = ' data-start="true"' if pagename == app.config.root_doc else ""
    page = escape(pagename.rsplit("/", 1)[-1])
    place = f'<div id="book-place" data-book="{slug(app.config.html_title)}" data-page="{page}"{start_page}></div>'
    if 'class="cell_input' in context["body"]:  # it stands there from the start: what comes later would move the text
        place = f'<button id="book-path" class="js-only" type="button">{escape(word("shortPath"))}</button>{place}'
    context["body"] = re.sub(r"</h1>", lambda match: match[0] + place, start, count=1) + "".join(parts)


def setup(app):
    # After the theme has mended the page (950).
    app.connect("html-page-context", set_steps, priority=960)
