"""The address of the repository for a build that knows it better than `_config.yml`: the one that publishes a copy."""

import os


def set_address(app, config) -> None:
    """Take `BOOK_REPOSITORY` (https://github.com/OWNER/NAME) and `BOOK_BRANCH` from the environment, if set."""
    url = os.environ.get("BOOK_REPOSITORY", "").rstrip("/")
    if not url:
        return
    options = config.html_theme_options
    buttons = dict(options.get("launch_buttons") or {})
    if not options.get("repository_url"):
        # Colab has nothing but the notebook, and its first cell knows no address (see tools/first_cell.py).
        buttons.pop("colab_url", None)
    options |= {
        "repository_url": url, "launch_buttons": buttons,
        "repository_branch": os.environ.get("BOOK_BRANCH") or options.get("repository_branch") or "main",
    }


def setup(app) -> None:
    app.connect("config-inited", set_address, priority=400)  # before the theme takes the buttons away
