"""A gguf file of the llama family as a LanguageModel: its settings, its weights as fp32, its tokenizer."""

import math
from dataclasses import replace
from pathlib import Path
from reprlib import repr as short

import numpy as np

from ..byte_level import NoTokenizer, UnknownPieces, Vocabulary
from ..language_model import LanguageModel
from ..table_changes import ChangedTable
from .gguf_files import GgufFile
from .gguf_keys import read_keys
from .llama_shapes import (
    FINAL_NORM,
    OUTPUT,
    ROPE_FREQS,
    TABLE,
    block_shapes,
    check_shapes,
    expected_shapes,
    read_settings,
)
from .untrusted import ModelFileError, plain

CONTROL, USER_DEFINED = 3, 4  # kinds of tokens that are found in a text as they stand


def model_from_gguf(path):
    """Return the LanguageModel in a gguf file.

    Raises FileNotFoundError, or ModelFileError for a damaged file, one of another family, one whose parts do not
    fit each other, or weights that are not finite; ImportError if the gguf package is not installed.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    keys, weights = read_keys(path), GgufFile(path)
    file = plain(path.name)
    settings = read_settings(keys, file)
    shapes = expected_shapes(keys, settings, weights.tensors)
    check_shapes(weights.tensors, shapes, file)
    tokens, tokenizer = read_tokenizer(keys, n_rows=shapes[TABLE][0])
    numbers = {name: read_finite(path, weights, name) for name in weights.tensors}
    if ROPE_FREQS in numbers:
        settings = replace(settings, divisors=numbers[ROPE_FREQS].astype(np.float64))
    blocks = [
        {name: numbers[f"blk.{i}.{name}.weight"] for name in block_shapes(keys, settings)}
        for i in range(settings.n_blocks)
    ]
    table = ChangedTable(numbers[TABLE], tokens)
    output = ChangedTable(numbers[OUTPUT], tokens, made_by="output") if OUTPUT in numbers else None
    return LanguageModel(settings, table, blocks, numbers[FINAL_NORM], output, tokenizer)


def read_finite(path, weights, name):
    """Return one tensor as fp32; raises ModelFileError for inf or NaN in it."""
    tensor = weights.tensors[name]
    if len(tensor.shape) == 2:
        numbers = np.asarray(weights.rows(name)[:])
    elif tensor.dtype == "F32":
        numbers = np.fromfile(path, "<f4", math.prod(tensor.shape), offset=tensor.start)
    else:
        raise ModelFileError(f"{name} must be F32; got {tensor.dtype}.")
    with np.errstate(all="ignore"):
        finite = np.isfinite(numbers.sum(dtype=np.float64))
    if not finite:
        raise ModelFileError(f"the weights must be finite numbers; {name} holds inf or NaN. Get the file again.")
    return numbers


def read_tokenizer(keys, n_rows):
    """Return the tokens and the tokenizer in the keys; where there is none that can be read, one that says why."""
    tokens = keys.get("tokenizer.ggml.tokens")
    if tokens is None:
        return None, NoTokenizer("the file holds no tokens.")
    if not isinstance(tokens, list) or len(tokens) != n_rows:
        raise ModelFileError(f"each row needs one token: {n_rows:,} rows; got {len(tokens):,} tokens.")
    try:
        return tokens, vocabulary_of(keys).tokenizer()
    except UnknownPieces as problem:
        return tokens, NoTokenizer(str(problem))
    except ValueError as problem:
        raise ModelFileError(f"the vocabulary does not fit: {problem}") from None


def vocabulary_of(keys):
    """Return the byte-level Vocabulary in the keys of a file; raises UnknownPieces for other kinds, ValueError."""
    if (kind := keys.get("tokenizer.ggml.model")) != "gpt2":
        raise UnknownPieces(f"its tokenizer is of the kind {short(kind)}; byte-level ones, gpt2, are read here.")
    tokens, merges = keys["tokenizer.ggml.tokens"], keys.get("tokenizer.ggml.merges")
    kinds = keys.get("tokenizer.ggml.token_type")
    if not isinstance(merges, list) or not isinstance(kinds, np.ndarray) or len(kinds) != len(tokens):
        raise ValueError("a byte-level tokenizer needs merges, and a type for each token; the file lacks them.")
    special = [token for token, kind in zip(tokens, kinds, strict=True) if kind in (CONTROL, USER_DEFINED) and token]
    return Vocabulary(tokens, merges, special, keys.get("tokenizer.ggml.pre", "gpt-2"))
