"""The vocabulary beside a model's weights: tokenizer.json, vocab.json or vocab.txt, as a list of tokens."""

from pathlib import Path
from reprlib import repr as short

from .untrusted import ModelFileError, parse_object, read_at_most

LARGEST = 50_000_000  # bytes; Gemma's tokenizer.json has 33 million


def tokens_beside(folder, n_rows):
    """Return n_rows tokens from the tokenizer in `folder`, or None if there is none.

    A row without a token (padding) is called "[row 151700]". Raises ModelFileError if the file is damaged,
    has IDs beyond the rows, or leaves more than a tenth of them without a token: then it is another model's.
    """
    for name, read in READERS.items():
        if (path := Path(folder) / name).is_file():
            return _by_id(read(read_at_most(path, LARGEST), name), n_rows, name)
    return None


def _by_id(pairs, n_rows, name):
    tokens = [None] * n_rows
    for token, i in pairs:
        if not isinstance(token, str) or type(i) is not int or i < 0:
            raise ModelFileError(f"{name} must give each token an ID; got {short(token)}: {short(i)}.")
        if i >= n_rows:
            raise ModelFileError(f"the table has {n_rows:,} rows; {name} has an ID {i:,}: of another model.")
        if tokens[i] not in (None, token):
            raise ModelFileError(f"{name} gives ID {i} to {short(tokens[i])} and to {short(token)}.")
        tokens[i] = token
    named = sum(token is not None for token in tokens)
    if named < 0.9 * n_rows:
        raise ModelFileError(f"{name} names {named:,} of the table's {n_rows:,} rows: of another model.")
    return [f"[row {i}]" if token is None else token for i, token in enumerate(tokens)]


def _from_tokenizer(contents, name):
    parsed = parse_object(contents, name)
    model, added = parsed.get("model"), parsed.get("added_tokens") or []
    vocab = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocab, list):  # Unigram: [token, score] in the order of the IDs
        pairs = [(item[0] if isinstance(item, list) and item else item, i) for i, item in enumerate(vocab)]
    elif isinstance(vocab, dict):
        pairs = [*vocab.items()]
    else:
        raise ModelFileError(f"{name} must have a vocab in its model; got {short(vocab)}.")
    if not isinstance(added, list) or not all(isinstance(token, dict) for token in added):
        raise ModelFileError(f"{name} must have a list of added_tokens; got {short(added)}.")
    return pairs + [(token.get("content"), token.get("id")) for token in added]


def _from_json(contents, name):
    return parse_object(contents, name).items()


def _from_text(contents, name):
    try:
        lines = contents.decode("utf-8-sig").split("\n")  # not splitlines: some tokens are line separators
    except UnicodeDecodeError:
        raise ModelFileError(f"{name} must be UTF-8 text.") from None
    return [(line.rstrip("\r"), i) for i, line in enumerate(lines) if line or i < len(lines) - 1]


READERS = {"tokenizer.json": _from_tokenizer, "vocab.json": _from_json, "vocab.txt": _from_text}
