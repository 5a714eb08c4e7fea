"""The token table of the reader's own model, and the other tables beside it: a folder, safetensors or gguf."""

import warnings
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..lookup import EmbeddingTable
from .config_check import disagreements, same_rows
from .rows_on_disk import Tensor
from .table_names import find_table, named, role, single
from .tokenizer_files import vocabulary, vocabulary_beside
from .untrusted import MOST_TOKENS, ModelFileError, plain
from .weights import open_weights

MOST_LISTED = 1000  # tensors looked at where no name stands out


class ModelFileWarning(UserWarning):
    """Something about a model's files that a reader should know, and that does not stop the reading."""


class TableOnDisk(EmbeddingTable):
    """An EmbeddingTable whose `vectors` are RowsOnDisk: a lookup reads its rows from the file, and no others.

    `n_bytes` are its bytes on disk, `name` is that of the tensor. A token may stand twice: all its rows are kept,
    and it finds the last, or that of `ids`. `notes` are sentences on what does not fit.
    """

    def __init__(self, rows, tokens=None, ids=None, name="", notes=()):
        # A stand-in of the right shape that takes no memory: EmbeddingTable wants an array.
        super().__init__(np.broadcast_to(np.float32(0), rows.shape))
        self.vectors, self.n_bytes, self.name, self.notes = rows, rows.nbytes, name, tuple(notes)
        if tokens is not None:
            self.tokens = tuple(tokens)
            self._ids = ids or {token: i for i, token in enumerate(self.tokens)}

    def __repr__(self):
        kind = f"{self.vectors.stored_as} on disk"
        return f"TableOnDisk({len(self):,} rows x {self.dim:,} numbers, {kind}, {self.n_bytes:,} bytes)"


class TableInFile(NamedTuple):
    """One line of `tables_in`: what a tensor is, and how it is stored."""

    role: str
    shape: tuple
    stored_as: str

    def __str__(self):
        return f"{self.shape[0]:,} x {self.shape[1]:,}, {self.stored_as}"


def open_table(path, name=None):
    """Return the token table of a model folder or file, or the tensor called `name`, as a TableOnDisk.

    Of a folder the tokenizer names the rows, and config.json is compared with them; a gguf file has tokens of
    its own. What does not fit is in `table.notes`, and each note is a ModelFileWarning.
    Raises FileNotFoundError if weights are missing, ModelFileError if a file is damaged or of another kind,
    ImportError for a gguf file if the gguf package is not installed.
    """
    path, weights = Path(path), open_weights(path)
    try:
        found = find_table(weights.tensors, name)
    except ModelFileError as problem:
        raise ModelFileError(f"{problem}. {_choices(weights)}") from None
    rows = weights.rows(found)
    names, notes = _names_of_rows(path, weights, found, len(rows), chosen=name is not None)
    if name is None:
        notes += [_second_table(weights, other) for other in named(weights.tensors, "per-layer table")]
        if path.is_dir():
            notes += disagreements(path, weights, found)
    for note in notes:
        warnings.warn(note, ModelFileWarning, stacklevel=2)
    return TableOnDisk(rows, *(names or ()), name=found, notes=notes)


def tables_in(path):
    """Return which tables a model folder or file holds: {name of the tensor: TableInFile}, the largest first.

    A table is a 2-D tensor whose name does not come again for another layer. A second copy of the token table,
    equal byte for byte, is an "output table, tied copy"; one whose name is not known here is "not known".
    Raises what `open_table` raises.
    """
    weights = open_weights(path)
    found = _tables(weights, single(weights.tensors))
    tokens, outputs = named(found, "token table"), named(found, "output table")
    for name in outputs[:1]:
        if tokens and same_rows(weights, tokens[0], name):
            found[name] = found[name]._replace(role="output table, tied copy")
    return found


def _tables(weights, names):
    found = {}
    for name in names:
        tensor = _tensor(weights, name)
        if len(tensor.shape) == 2:
            found[name] = TableInFile(role(name), tensor.shape, tensor.dtype)
    return dict(sorted(found.items(), key=lambda item: -item[1].shape[0] * item[1].shape[1]))


def _tensor(weights, name):
    try:
        return weights.tensors[name]
    except FileNotFoundError:  # one part of the model is not here
        return Tensor("in a file that is not here", (0, 0), 0, 0)


def _choices(weights):
    missing = getattr(weights, "missing", 0)
    parts = f" {missing} of the model's parts are not in the folder." if missing else ""
    tables = _tables(weights, single(weights.tensors)) or _tables(weights, islice(weights.tensors, MOST_LISTED))
    if not tables:
        return f"The model has no 2-D tensor.{parts}"
    first = [f"{plain(name)} ({table})" for name, table in [*tables.items()][:6]]
    more = " ..." if len(tables) > 6 else ""
    return f"The model's tables are {', '.join(first)}{more}; choose with open_table(path, name=...).{parts}"


def _second_table(weights, name):
    table = TableInFile(role(name), *_tensor(weights, name)[1::-1])
    return (f"beside its token table the model has {plain(name)} ({table}), where each token has a row that is "
            "cut up over the layers: open_table(path, name=...) reads it.")  # fmt: skip


def _names_of_rows(path, weights, found, n_rows, chosen):
    """Return (tokens, ids) or None, and notes. Rows of a chosen table have names only if these fit."""
    if role(found) == "position table" or n_rows > MOST_TOKENS:
        return None, []
    if weights.tokens is not None:
        names = vocabulary(((token, i) for i, token in enumerate(weights.tokens)), n_rows, "the gguf file")
    elif path.is_dir():
        names = vocabulary_beside(path, n_rows)
    else:
        names = None
    if names is None or (chosen and not names.fits):
        return None, []
    return (names.tokens, names.ids), names.notes
