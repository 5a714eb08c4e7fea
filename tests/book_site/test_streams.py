"""What a cell prints is one piece of the page, however many parts the kernel sent it in."""

import itertools

from docutils import nodes

from book_utils.book_site.streams import join_streams

PRINTED = "one \n\ntwo\n  three\n\n"


def page_of(*texts, kind="stream"):
    cell = nodes.container(classes=["cell_output"])
    for text in texts:
        cell += nodes.literal_block(text, text, classes=["output", kind])
    return nodes.section("", cell)


def test_any_three_parts_are_one():
    for first, second in itertools.combinations(range(1, len(PRINTED)), 2):
        page = page_of(PRINTED[:first], PRINTED[first:second], PRINTED[second:])
        join_streams(None, page)
        (block,) = page.findall(nodes.literal_block)
        assert block.astext() == block.rawsource == PRINTED  # Sphinx colours only what is as it was written


def test_what_something_else_parts_stays_apart():
    page = page_of("a", "b")
    page[0].insert(1, nodes.paragraph("", "a table"))
    join_streams(None, page)
    assert [block.astext() for block in page.findall(nodes.literal_block)] == ["a", "b"]
    errors = page_of("a", "b", kind="stderr")
    join_streams(None, errors)
    assert len(list(errors.findall(nodes.literal_block))) == 2
