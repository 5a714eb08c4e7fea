"""A config.json that says another thing than the weights beside it is said, and one that agrees is not."""

import json
import warnings

import numpy as np
import pytest
from damage import VECTORS, write_gguf
from safetensors.numpy import save_file

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


LAST = VECTORS.copy()
LAST[-1, -1] += 1
EQUAL, ANOTHER = "equals the token table byte for byte.", "is another table."


@pytest.mark.parametrize(
    "tied, second, said",
    [
        (True, VECTORS, ""),
        (True, OTHER, ANOTHER),
        (True, LAST, ANOTHER),
        (True, VECTORS[:9], ANOTHER),
        (True, VECTORS.astype(np.float16), ANOTHER),
        (False, OTHER, ""),
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
