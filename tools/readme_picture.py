"""Take the picture of a guess that stands in the README, from the built site: python tools/readme_picture.py [SITE]."""

import sys
from pathlib import Path

from browse import launch_options
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Commit a guess that is sure and wrong on chapter 1, reveal it, and save what the reader sees."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "html").resolve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))
        page = browser.new_page(viewport={"width": 820, "height": 1000})
        page.goto((site / "chapters" / "lookup.html").as_uri())
        guess = page.locator(".guess").first
        guess.locator(".guess-choice label").nth(1).click()
        guess.get_by_role("button", name="sure", exact=True).click()
        page.evaluate("document.activeElement.blur()")
        guess.screenshot(path=ROOT / "tools" / "guess.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
