"""The catalogues of words as flat lists."""

from book_utils import words


def leaves(group, path=""):
    """List (dotted key, text) of a catalogue; the items of a list are numbered."""
    if isinstance(group, str):
        return [(path, group)]
    parts = group.items() if isinstance(group, dict) else enumerate(group)
    return [leaf for key, part in parts for leaf in leaves(part, f"{path}.{key}" if path else str(key))]


ENGLISH = dict(leaves(words.catalogue("en")))
