"""A language model where its weights are not: it answers what was written down, and says what it cannot do."""

import base64
import json
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

from .byte_level import Vocabulary
from .experiments import NotRecorded, Record, Recorder, not_here
from .language_model import LanguageModel, Settings
from .lookup import EmbeddingTable, _checked_ids
from .table_changes import ChangedTable

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
        super().__init__(settings, RecordedTable(rows, vocabulary.tokens), (), None, None, tokenizer)
        self.record = Record(record["results"])

    def hidden_states(self, ids, **broken):
        with suppress(NotRecorded):
            super().hidden_states(ids, **broken)  # what no model could read is refused with its own sentence
        raise not_here("every hidden state of a text")

    def read_out(self, states, **broken):
        raise not_here("reading hidden states out")

    def __repr__(self):
        return f"RecordedModel({self.settings.name}, {len(self.record.results)} experiments, no weights)"


class RecordingModel(LanguageModel):
    """A LanguageModel that writes down each experiment, and each row looked up: `to_record()` gives the record.

    What is no experiment raises NotRecorded, as it would where the weights are not.
    """

    def __init__(self, model):
        self.__dict__ |= vars(model)
        self.record, self.rows, self.model = Recorder(), {}, model
        self.table = NotedTable(model.table, self)

    def hidden_states(self, ids, **broken):
        self._only_inside("every hidden state of a text")
        return super().hidden_states(ids, **broken)

    def read_out(self, states, **broken):
        self._only_inside("reading hidden states out")
        return super().read_out(states, **broken)

    def to_record(self):
        """Return what was written down, as RecordedModel takes it."""
        settings = asdict(self.settings)
        return {"settings": settings, "dim": self.table.dim, "rows": dict(sorted(self.rows.items())),
                "results": dict(sorted(self.record.results.items()))}  # fmt: skip

    def _only_inside(self, what):
        if self.record is not None:
            raise not_here(f"{what}, outside a function marked as an experiment,")


class NotedTable(ChangedTable):
    """The table of a RecordingModel: it notes the rows that are looked up outside of experiments."""

    def __init__(self, table, model):
        super().__init__(table.vectors, table.tokens, table.made_by)
        self._model = model

    def lookup(self, ids):
        rows = super().lookup(ids)
        if self._model.record is not None:
            ids = np.ravel(_checked_ids(ids, len(self), self.id_of))
            self._model.rows |= {str(i): packed(row) for i, row in zip(ids, rows.reshape(len(ids), -1), strict=True)}
        return rows


@cache
def recorded_model():
    """Return the RecordedModel of SmolLM2-135M; the first call reads the record and the vocabulary.

    >>> recorded_model().tokenize("the cat's cats")
    ['the', 'Ġcat', "'s", 'Ġcats']
    """
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    return RecordedModel(record, Vocabulary.from_json(VOCABULARY.read_text(encoding="utf-8")))


def packed(row):
    """Return a row as its file packs it (Q8_0), as text: (dim,) in; raises ValueError if a digit would change."""
    parts = row.reshape(-1, 32)
    scales = (np.abs(parts).max(axis=1, keepdims=True) / 127).astype(np.float16)
    codes = np.round(parts / np.where(scales == 0, 1, scales).astype(np.float32)).astype(np.int8)
    text = base64.b64encode(scales.tobytes() + codes.tobytes()).decode()
    if not np.array_equal(unpacked(text), row):
        raise ValueError("this row is not made of int8 numbers with a float16 scale for each 32 of them.")
    return text


def unpacked(text):
    """Return the row that was packed: text in, (dim,) float32 out."""
    numbers = base64.b64decode(text)
    n_scales = len(numbers) // 34
    scales = np.frombuffer(numbers[: 2 * n_scales], np.float16).astype(np.float32)
    codes = np.frombuffer(numbers[2 * n_scales :], np.int8).reshape(n_scales, 32)
    return (codes * scales[:, None]).ravel()
