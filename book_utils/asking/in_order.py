"""Lines of code that a reader puts in order: which order is right is found by running them."""

import warnings
from itertools import permutations

MOST_LINES = 7  # 7 lines have 13,699 arrangements


def in_order(lines, given: dict, works) -> list[str]:
    """Find the shortest arrangement of some of the lines that works when it is run, each line at most once.

    Every arrangement starts from the names of `given`; `works` gets its names when it has run, as a dict, and says
    whether they are what was wanted. One that ends in an error does not work.
    Raises ValueError where none works, or two of one length do: then the lines have no one right order.

    >>> in_order(["b = a + 1", "c = b * 2", "b = a * 2"], {"a": 3}, lambda names: names.get("c") == 8)
    ['b = a + 1', 'c = b * 2']
    """
    if len(lines) > MOST_LINES:
        raise ValueError(f"At most {MOST_LINES} lines can be tried in every order; got {len(lines)}.")
    code = {line: compile(line, "<a line>", "exec") for line in lines}
    for length in range(1, len(lines) + 1):
        with warnings.catch_warnings(action="ignore"):  # a wrong order may divide by zero
            found = [order for order in permutations(lines, length) if runs(map(code.get, order), given, works)]
        if len(found) > 1:
            raise ValueError(f"Two orders work, so neither is the right one: {found[0]} and {found[1]}.")
        if found:
            return list(found[0])
    raise ValueError(f"No order of these lines works: {list(lines)}.")


def runs(code, given: dict, works) -> bool:
    """Run compiled lines on a copy of the names of `given`, and ask whether the result is what was wanted."""
    names = dict(given)
    try:
        for line in code:
            exec(line, names)
        return bool(works(names))
    except Exception:  # a wrong order may fail in any way
        return False
