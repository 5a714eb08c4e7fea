"""SmolLM2 where its weights are not: it answers the experiments that were written down, and says what it cannot do."""

import base64
import json
from functools import cache
from pathlib import Path

import numpy as np

from .bpe import SYMBOLS, BytePairs
from .experiments import Record, not_here
from .language_model import LanguageModel, Settings
from .lookup import EmbeddingTable

DATA = Path(__file__).parent / "data"
RECORD = DATA / "language_model_record.json"
VOCABULARY = DATA / "smollm2_tokenizer.json"


class RecordedRows:
    """(n, dim) numbers of which a few rows are here, as the file packs them: 32 int8 and one float16 scale.

    `vectors[ids]` gives those rows, exact; raises NotRecorded for others.
    """

    ndim, dtype = 2, np.dtype(np.float32)

    def __init__(self, shape, rows, made_by="table"):
        self.shape, self.made_by = shape, made_by
        self.nbytes = shape[0] * shape[1] * 4
        self._rows = {int(i): unpacked(text) for i, text in rows.items()}

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, ids):
        ids = np.asarray(ids)
        if ids.dtype.kind not in "iu":
            raise not_here("the whole table")
        for i in ids.flat:
            if int(i) not in self._rows:
                raise not_here(f"row {int(i)} of {self.made_by}")
        return np.array([self._rows[int(i)] for i in ids.flat], np.float32).reshape(*ids.shape, self.shape[1])

    def __array__(self, dtype=None, copy=None):
        raise not_here("the whole table")


class RecordedTable(EmbeddingTable):
    """The table of a recorded model: all its tokens, some of its rows. A change of it is a name for experiments."""

    def __init__(self, rows, tokens):
        # A stand-in of the right shape that takes no memory, for EmbeddingTable to check the tokens against.
        super().__init__(np.broadcast_to(np.float32(0), rows.shape), tokens)
        self.vectors, self.made_by, self.n_bytes = rows, rows.made_by, rows.nbytes

    def changed(self, made_by):
        """Return the table that a change would have made; it has no rows."""
        return RecordedTable(RecordedRows(self.shape, {}, made_by), self.tokens)


class RecordedModel(LanguageModel):
    """A LanguageModel without weights: its experiments come from a record, its tokenizer is the real one."""

    def __init__(self, record, vocabulary):
        tokenizer = vocabulary.tokenizer()
        settings = Settings(**record["settings"])
        rows = RecordedRows((len(vocabulary.tokens), record["dim"]), record["rows"])
        super().__init__(settings, RecordedTable(rows, vocabulary.tokens), None, None, None, tokenizer)
        self.record = Record(record["results"])

    def hidden_states(self, ids, **broken):
        raise not_here("every hidden state of a text")

    def read_out(self, states, **broken):
        raise not_here("reading hidden states out")

    def __repr__(self):
        return f"RecordedModel({self.settings.name}, {len(self.record.results)} experiments, no weights)"
