"""What a cell prints in one piece: a busy machine hands it over in more, and every build must give the same pages."""

from docutils import nodes


def is_printed(node) -> bool:
    return isinstance(node, nodes.literal_block) and {"output", "stream"} <= set(node["classes"])


def join_streams(app, doctree) -> None:
    """Join what stands in neighbouring pieces, letter by letter; myst-nb's own merging takes empty lines away."""
    for piece in list(doctree.findall(is_printed)):
        before = piece.previous_sibling()
        if is_printed(before):
            before.rawsource = before.astext() + piece.astext()
            before[:] = [nodes.Text(before.rawsource)]
            piece.parent.remove(piece)


def setup(app) -> None:
    app.connect("doctree-read", join_streams)
