"""A config.json that says another thing than the weights beside it is said, and one that agrees is not."""

import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from damage import VECTORS, safetensors_bytes, write_gguf
from safetensors.numpy import save_file

from book_utils.models.config_check import ROWS_AT_ONCE, SAMPLE, disagreements, same_rows
from book_utils.models.tables import ModelFileWarning, open_table

RIGHT = {"vocab_size": 12, "hidden_size": 256, "torch_dtype": "float32"}
OTHER = VECTORS + np.float32(1)


@pytest.fixture
def folder(tmp_path):
    save_file({"model.embed_tokens.weight": VECTORS}, tmp_path / "model.safetensors")
    return tmp_path


def notes(folder, config):
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = open_table(folder)
    said = [warning for warning in said if warning.category is ModelFileWarning]
    assert [str(warning.message) for warning in said] == list(table.notes)
    assert {warning.filename for warning in said} <= {__file__}  # at the line that opened the table
    return list(table.notes)


@pytest.mark.parametrize(
    "config, sentences",
    [
        (RIGHT, []),
        ({}, []),
        ({"text_config": RIGHT, "vision_config": {"hidden_size": 7}}, []),
        (RIGHT | {"model_type": "albert", "hidden_size": 768, "embedding_size": 256}, []),
        (RIGHT | {"dtype": "torch.float32", "torch_dtype": "bfloat16"}, []),
        (RIGHT | {"torch_dtype": "auto"}, []),
        (RIGHT | {"tie_word_embeddings": True}, []),
        (RIGHT | {"vocab_size": 11}, ["config.json says 11 rows (vocab_size); the table in the weights has 12."]),
        (RIGHT | {"text_config": {"vocab_size": 13}},
         ["config.json says 13 rows (text_config.vocab_size); the table in the weights has 12."]),
        (RIGHT | {"hidden_size": 2048},
         ["config.json says 2,048 numbers a row (hidden_size); the table in the weights has 256."]),
        (RIGHT | {"torch_dtype": "bfloat16"},
         ["config.json says bfloat16 (torch_dtype); the table in the weights is stored as F32."]),
        (RIGHT | {"tie_word_embeddings": False},
         ["config.json says that the output table is not tied (tie_word_embeddings); among the names of the weights "
          "there is none that is known for an output table."]),
        ({"vocab_size": 1, "hidden_size": 2, "dtype": "half"},
         ["config.json says 1 rows (vocab_size); the table in the weights has 12.",
          "config.json says 2 numbers a row (hidden_size); the table in the weights has 256.",
          "config.json says half (dtype); the table in the weights is stored as F32."]),
    ],
)  # fmt: skip
def test_rows_width_and_kind_of_numbers(folder, config, sentences):
    assert notes(folder, config) == sentences


# As PyTorch and safetensors name one kind of numbers.
KINDS = {
    "float64": "F64", "double": "F64", "float32": "F32", "float": "F32", "float16": "F16", "half": "F16",
    "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ",
}  # fmt: skip
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_numbers_under_its_names(folder, name):
    for stored in {*KINDS.values()}:
        size = BYTES.get(stored, 1)
        contents = safetensors_bytes({"wte.weight": (stored, (12, 256), bytes(12 * 256 * size))})
        (folder / "model.safetensors").write_bytes(contents)
        said = f"config.json says torch.{name} (dtype); the table in the weights is stored as {stored}."
        found = notes(folder, {"dtype": f"torch.{name}"})
        assert found == ([] if stored == KINDS[name] else [said])


FIRST, LAST = VECTORS.copy(), VECTORS.copy()
FIRST[0, 0] += 1
LAST[-1, -1] += 1
EQUAL, ANOTHER = "equals the token table byte for byte.", "is another table."


@pytest.mark.parametrize(
    "tied, second, said",
    [
        (True, VECTORS, ""),
        (True, OTHER, ANOTHER),
        (True, FIRST, ANOTHER),
        (True, LAST, ANOTHER),
        (True, VECTORS[:9], ANOTHER),
        (True, VECTORS.astype(np.float16), ANOTHER),
        (False, OTHER, ""),
        (False, FIRST, ""),
        (False, LAST, ""),
        (False, VECTORS, EQUAL),
        (None, OTHER, ""),
    ],
)
def test_tied_or_not(folder, tied, second, said):
    save_file({"wte.weight": VECTORS, "lm_head.weight": second}, folder / "model.safetensors")
    found = notes(folder, RIGHT if tied is None else RIGHT | {"tie_word_embeddings": tied})
    word = "tied" if tied else "not tied"
    sentence = f"config.json says that the output table is {word} (tie_word_embeddings); lm_head.weight {said}"
    assert found == ([sentence] if said else [])


class Watched:
    """Weights of two equal tables of so many rows, that keep which rows were read."""

    def __init__(self, n_rows):
        self.tensors = dict.fromkeys(("wte.weight", "lm_head.weight"), SimpleNamespace(shape=(n_rows, 1), dtype="F32"))
        self.n_rows, self.read = n_rows, []

    def rows(self, name):
        return self

    def __len__(self):
        return self.n_rows

    def raw(self, ids):
        self.read.append(ids.tolist())
        return ids


@pytest.mark.parametrize(("n_rows", "n_parts"), [
    (1, 1), (ROWS_AT_ONCE, 1), (ROWS_AT_ONCE + 1, 2), (3 * ROWS_AT_ONCE, 3),
])
def test_all_rows_are_compared_and_few_at_once(n_rows, n_parts):
    weights = Watched(n_rows)
    assert same_rows(weights, "wte.weight", "lm_head.weight") is True
    one, other = weights.read[::2], weights.read[1::2]
    assert one == other and len(one) == n_parts and max(map(len, one)) <= ROWS_AT_ONCE
    assert sum(one, []) == [*range(n_rows)]


def test_on_opening_some_rows_from_the_first_to_the_last_are_compared(folder):
    (folder / "config.json").write_text('{"tie_word_embeddings": true}')
    weights = Watched(1_000_000)
    assert disagreements(folder, weights, "wte.weight") == []
    assert len(weights.read) == 2
    for rows in weights.read:
        assert len({*rows}) == SAMPLE and (rows[0], rows[-1]) == (0, 999_999)
        assert np.ptp(np.diff(rows)) <= 1  # evenly


def test_an_output_table_that_cannot_be_read_is_no_disagreement(folder):
    """In a part that was not downloaded, or packed: then nothing is known."""
    index = {"model.embed_tokens.weight": "model.safetensors", "lm_head.weight": "not-here.safetensors"}
    (folder / "model.safetensors").rename(folder / "a.safetensors")
    index = {name: file.replace("model.saf", "a.saf") for name, file in index.items()}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    assert notes(folder, RIGHT | {"tie_word_embeddings": True}) == []


def test_a_config_that_cannot_be_read_stops_nothing(folder):
    (sentence,) = notes(folder, "[1]")
    assert sentence.startswith("config.json could not be compared with the weights: config.json must hold one JSON")


def test_packed_numbers_of_a_gguf_are_no_disagreement(tmp_path):
    write_gguf(tmp_path / "a.gguf")
    assert notes(tmp_path, RIGHT | {"torch_dtype": "bfloat16"}) == [
        "config.json says bfloat16 (torch_dtype); the table in the weights is stored as F32."
    ]
    from gguf import GGMLQuantizationType as Kind

    write_gguf(tmp_path / "a.gguf", Kind.Q4_0)
    assert notes(tmp_path, RIGHT | {"torch_dtype": "bfloat16"}) == []
