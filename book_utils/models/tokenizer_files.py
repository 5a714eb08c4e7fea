"""The vocabulary beside a model's weights: tokenizer.json, vocab.json or vocab.txt, as a name for each row."""

from itertools import chain
from pathlib import Path
from typing import NamedTuple

from .untrusted import MOST_TOKENS, ModelFileError, is_file, parse_object, read_at_most, short

LARGEST = 50_000_000  # bytes; Gemma's tokenizer.json has 33 million
MUCH = 0.1  # of the rows: if more do not fit, it may be the tokenizer of another model


class Vocabulary(NamedTuple):
    """A name for each row, the row of each name, and sentences on what does not fit."""

    tokens: list
    ids: dict
    notes: list
    fits: bool


def vocabulary_beside(folder, n_rows):
    """Return the Vocabulary of n_rows rows from the tokenizer in `folder`, or None if there is none.

    Raises ModelFileError if the file is damaged.
    """
    for name, read in READERS.items():
        if is_file(path := Path(folder) / name):
            return vocabulary(read(read_at_most(path, LARGEST), name), n_rows, name)
    return None


def vocabulary(pairs, n_rows, source):
    """Return a Vocabulary from (token, ID) pairs; of a token with several IDs the last one counts.

    A row without a token is called "[row 151700]", IDs beyond the rows are left out. Raises ModelFileError
    for a pair that is none, or two tokens with one ID.

    >>> found = vocabulary([("a", 0), ("b", 1), ("a", 2)], 4, "vocab.txt")
    >>> found.tokens, found.ids["a"]
    (['a', 'b', 'a', '[row 3]'], 2)
    """
    tokens, ids, doubled, beyond = [None] * n_rows, {}, {}, set()
    for token, i in pairs:
        if not isinstance(token, str) or type(i) is not int or i < 0:
            raise ModelFileError(f"{source} must give each token an ID; got {short(token)}: {short(i)}.")
        if i >= n_rows:
            beyond.add(i)
            continue
        if tokens[i] not in (None, token):
            raise ModelFileError(f"{source} gives ID {i} to {short(tokens[i])} and to {short(token)}.")
        if ids.setdefault(token, i) != i:
            doubled.setdefault(token, [ids[token]]).append(i)
        tokens[i], ids[token] = token, i
    _check_text(tokens, source)
    unnamed = [i for i, token in enumerate(tokens) if token is None]
    for i in unnamed:
        tokens[i] = f"[row {i}]"
        ids.setdefault(tokens[i], i)
    fits = len(unnamed) <= MUCH * n_rows and len(beyond) <= MUCH * n_rows
    return Vocabulary(tokens, ids, list(_notes(n_rows, unnamed, doubled, beyond, source)), fits)


def _notes(n_rows, unnamed, doubled, beyond, source):
    other = " It may be another model's."
    if len(unnamed) > MUCH * n_rows:
        yield (f"{source} names {n_rows - len(unnamed):,} of the table's {n_rows:,} rows; the others are called "
               f"[row {unnamed[0]}] and so on.{other}")  # fmt: skip
    if beyond:
        more = other if len(beyond) > MUCH * n_rows else ""
        yield (f"{source} has IDs beyond the table's {n_rows:,} rows ({len(beyond):,} in all, from {min(beyond):,} "
               f"on): they are left out.{more}")  # fmt: skip
    if doubled:
        token, rows = next(iter(doubled.items()))
        yield (f"{source} has {short(token)} for rows {', '.join(map(str, rows[:4]))}: all are kept, and a lookup "
               f"of the token takes row {rows[-1]}. Tokens of several rows in all: {len(doubled):,}.")  # fmt: skip


def _check_text(tokens, source):
    try:
        "".join(token for token in tokens if token).encode()
    except UnicodeEncodeError as problem:
        raise ModelFileError(f"{source} must hold Unicode text; got {short(problem.object[problem.start])}.") from None


def _from_tokenizer(contents, name):
    parsed = parse_object(contents, name)
    model, added = parsed.get("model"), parsed.get("added_tokens") or []
    vocab = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocab, list):  # Unigram: [token, score] in the order of the IDs
        pairs = ((item[0] if isinstance(item, list) and item else item, i) for i, item in enumerate(vocab))
    elif isinstance(vocab, dict):
        pairs = vocab.items()
    else:
        raise ModelFileError(f"{name} must have a vocab in its model; got {short(vocab)}.")
    if not isinstance(added, list) or not all(isinstance(token, dict) for token in added):
        raise ModelFileError(f"{name} must have a list of added_tokens; got {short(added)}.")
    # First, since of an added token that is in the vocabulary too the library takes the vocabulary's ID.
    return chain(((token.get("content"), token.get("id")) for token in added), pairs)


def _from_json(contents, name):
    return parse_object(contents, name).items()


def _from_text(contents, name):
    if (n_lines := contents.count(b"\n")) > MOST_TOKENS:
        raise ModelFileError(f"{name} must have at most {MOST_TOKENS:,} lines; it has {n_lines:,}.")
    try:
        lines = contents.decode("utf-8-sig").split("\n")  # not splitlines: some tokens are line separators
    except UnicodeDecodeError:
        raise ModelFileError(f"{name} must be UTF-8 text.") from None
    return ((line.rstrip("\r"), i) for i, line in enumerate(lines) if line or i < len(lines) - 1)


READERS = {"tokenizer.json": _from_tokenizer, "vocab.json": _from_json, "vocab.txt": _from_text}
