"""Find a browser for the tests, or fetch one: exit 1 with the line that installs it where that fails.

    python tools/find_browser.py
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
HOW = (
    "No browser: run  apt-get install -y chromium  (Debian) or  playwright install --with-deps chromium ,"
    " or set CHROME_PATH."
)


def find_browser() -> str | None:
    """Give the path of a Chromium ($CHROME_PATH, one on PATH, Playwright's own), or None."""
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def main() -> int:
    """Find a browser, else let Playwright install its own; give the exit code."""
    if find_browser() is None:
        command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
        subprocess.run(command, check=False)
    found = find_browser()
    print(f"Browser: {found}" if found else HOW)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
