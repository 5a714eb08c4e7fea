"""Make the link that gives every student of a JupyterHub a copy of the book and opens a page of it.

    python tools/hub_link.py https://hub.example.edu chapters/lookup.ipynb

The hub needs nbgitpuller, which fetches the repository and keeps what a student changed. The address of the
repository is that of `_config.yml`, unless `--repository` and `--branch` name another.
"""

import argparse
import sys
from urllib.parse import quote, urlencode, urlsplit

from first_cell import address


def hub_link(hub: str, path: str, repository: str, branch: str = "main") -> str:
    """Return the link to `path` of a repository on a JupyterHub (its URL, with its prefix if it has one).

    Raises ValueError for a hub or a repository without an address, and for a path that leaves the repository.
    The form: https://nbgitpuller.readthedocs.io/en/latest/topic/url-options.html

    >>> hub_link("https://hub.edu", "a.ipynb", "https://git.edu/book").split("?")  # doctest: +NORMALIZE_WHITESPACE
    ['https://hub.edu/hub/user-redirect/git-pull',
     'repo=https%3A%2F%2Fgit.edu%2Fbook&branch=main&urlpath=lab%2Ftree%2Fbook%2Fa.ipynb']
    """
    for name, url in (("hub", hub), ("repository", repository)):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"The address of the {name} must be like https://example.edu/name; got {url!r}.")
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"The path must lead to a file of the repository, like chapters/lookup.ipynb; got {path!r}.")
    repository = repository.rstrip("/")
    folder = repository.split("/")[-1]  # where nbgitpuller puts it, a final `.git` included
    # Quoted by itself, because the hub's server unquotes the query and then goes to what stands in it.
    query = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{quote(folder)}/{quote(path)}"}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"


def main(arguments=None) -> int:
    """Print one link; 1 where there is none."""
    parser = argparse.ArgumentParser(description="Make a link that opens the book on a JupyterHub with nbgitpuller.")
    parser.add_argument("hub", help="the address of the hub")
    parser.add_argument("path", nargs="?", default="chapters/lookup.ipynb", help="what to open (%(default)s)")
    parser.add_argument("--repository", help="the address of the repository (that of _config.yml)")
    parser.add_argument("--branch", help="its branch (that of _config.yml)")
    options = parser.parse_args(arguments)
    try:
        url, branch = address()
        if not (options.repository or url):
            raise ValueError("The book has no address yet: set repository.url in _config.yml, or give --repository.")
        print(hub_link(options.hub, options.path, options.repository or url, options.branch or branch))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
