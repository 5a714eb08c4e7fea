"""Where a config.json and the weights beside it disagree: rows, width, kind of numbers, tied or not."""

import numpy as np

from .config import ModelConfig
from .table_names import named
from .untrusted import ModelFileError, is_file, plain

ROWS_AT_ONCE = 4096
SAMPLE = 64  # rows that are compared on opening: one that differs is proof, equal ones are none
DTYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}
DTYPES |= {"double": "F64", "float": "F32", "half": "F16"}
DTYPES |= {"float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2"}
DTYPES |= {"float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ"}


def disagreements(folder, weights, name):
    """Return a sentence for each thing that the folder's config.json says of its token table, and that is not so."""
    if not is_file(folder / "config.json"):
        return []
    try:
        config = ModelConfig.read(folder)
    except ValueError as problem:
        return [f"config.json could not be compared with the weights: {problem}"]
    table = weights.tensors[name]
    said = [
        _numbers("rows", config.rows, table.shape[0]),
        _numbers("numbers a row", config.table_width, table.shape[1]),
        _dtype(config.dtype, table.dtype),
        _tied(config.tied, weights, name),
    ]
    return [sentence for sentence in said if sentence]


def same_rows(weights, name, other, rows=None):
    """Say whether two tables, or these rows of them, are equal byte for byte, up to the first difference.

    None if one cannot be read: numbers packed in a way that is not read here, or a part of the model missing.
    """
    try:
        one, two = weights.tensors[name], weights.tensors[other]
        if (one.shape, one.dtype) != (two.shape, two.dtype):
            return False
        one, two = weights.rows(name), weights.rows(other)
    except (ModelFileError, FileNotFoundError):
        return None
    rows = np.arange(len(one)) if rows is None else rows
    parts = np.array_split(rows, -(-len(rows) // ROWS_AT_ONCE))
    return all(np.array_equal(one.raw(part), two.raw(part)) for part in parts)


def _numbers(what, fact, found):
    if fact.value in (None, found):
        return None
    return f"config.json says {fact.value:,} {what} ({fact.key}); the table in the weights has {found:,}."


def _dtype(fact, found):
    said = DTYPES.get(str(fact.value).removeprefix("torch."))
    if said is None or found not in DTYPES.values() or said == found:  # a gguf is packed on purpose
        return None
    return f"config.json says {fact.value} ({fact.key}); the table in the weights is stored as {found}."


def _tied(fact, weights, name):
    outputs = named(weights.tensors, "output table")
    if fact.value is None or (fact.value and not outputs):
        return None
    said = f"config.json says that the output table is {'' if fact.value else 'not '}tied ({fact.key}); "
    if not outputs:
        return said + "among the names of the weights there is none that is known for an output table."
    sample = np.unique(np.linspace(0, weights.tensors[name].shape[0] - 1, SAMPLE).astype(int))
    same = same_rows(weights, name, outputs[0], sample)
    if fact.value and same is False:
        return f"{said}{plain(outputs[0])} is another table."
    if not fact.value and same and same_rows(weights, name, outputs[0]):
        return f"{said}{plain(outputs[0])} equals the token table byte for byte."
    return None
