"""The link that opens the book on a JupyterHub, read back as nbgitpuller and the browser read it."""

from urllib.parse import parse_qs, unquote, urlsplit

import hub_link as command
import pytest
from hub_link import hub_link

REPOSITORY = "https://github.com/someone/embeddings"


def read(link):
    """Give the folder and the page that nbgitpuller's handler makes of a link, and what it pulls."""
    parts = urlsplit(link)
    query = parse_qs(parts.query, strict_parsing=True)
    assert {len(values) for values in query.values()} == {1}
    repo, urlpath = query["repo"][0], query["urlpath"][0]
    assert urlsplit("https://server/" + urlpath).query == urlsplit("https://server/" + urlpath).fragment == ""
    return parts.path, repo, query["branch"][0], repo.rstrip("/").split("/")[-1], unquote(urlpath)


def test_a_plain_link_is_that_of_the_link_generator():
    """Written by hand after nbgitpuller's docs/_static/link_gen/link.js, the order of its fields aside."""
    assert hub_link("https://hub.example.edu", "chapters/lookup.ipynb", REPOSITORY) == (
        "https://hub.example.edu/hub/user-redirect/git-pull"
        "?repo=https%3A%2F%2Fgithub.com%2Fsomeone%2Fembeddings&branch=main"
        "&urlpath=lab%2Ftree%2Fembeddings%2Fchapters%2Flookup.ipynb")


@pytest.mark.parametrize("branch", ["main", "fall/26", "a&b=c", "ünï#1", "50%"])
@pytest.mark.parametrize("path", ["chapters/lookup.ipynb", "my notes/a?b#c & 100%.ipynb", "ein/Übung+1.ipynb"])
@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_names_of_any_kind_arrive(branch, path, end):
    link = hub_link("https://hub.example.edu/prefix/", path, REPOSITORY + end, branch)
    assert link.isascii() and " " not in link
    place, repo, pulled, folder, opened = read(link)
    assert place == "/prefix/hub/user-redirect/git-pull"
    assert (repo, pulled) == ((REPOSITORY + end).rstrip("/"), branch)
    assert opened == f"lab/tree/{folder}/{path}"


@pytest.mark.parametrize("hub, path, repository", [
    ("hub.example.edu", "a.ipynb", REPOSITORY), ("javascript://x", "a.ipynb", REPOSITORY), ("", "a.ipynb", REPOSITORY),
    ("https://hub.example.edu?next=x", "a.ipynb", REPOSITORY), ("https://hub.example.edu", "../a.ipynb", REPOSITORY),
    ("https://hub.example.edu", "/a.ipynb", REPOSITORY), ("https://hub.example.edu", "a.ipynb", "git@github.com:a/b"),
])
def test_what_cannot_be_a_link_is_refused(hub, path, repository):
    with pytest.raises(ValueError, match="must"):
        hub_link(hub, path, repository)


def test_the_command_takes_the_address_of_the_settings(monkeypatch, capsys):
    monkeypatch.setattr(command, "address", lambda: (REPOSITORY, "fall/26"))
    assert command.main(["https://hub.example.edu"]) == 0
    link = hub_link("https://hub.example.edu", "chapters/lookup.ipynb", REPOSITORY, "fall/26")
    assert capsys.readouterr().out == link + "\n"
    monkeypatch.setattr(command, "address", lambda: ("", "main"))
    assert command.main(["https://hub.example.edu"]) == 1
    assert "set repository.url in _config.yml, or give --repository" in capsys.readouterr().err
    assert command.main(["https://hub.example.edu", "--repository", REPOSITORY]) == 0
