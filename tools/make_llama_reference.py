"""Make tests/fixtures/llama_reference.safetensors: logits of Hugging Face transformers, to test language_model.py.

Run it from the root of the repository, in an environment of its own (the CPU build of torch will do):

    pip install torch==2.13.0 transformers==5.23.0 numpy==2.4.6 gguf==0.19.0 safetensors==0.8.0
    python tools/make_llama_reference.py FILE.gguf            # writes the fixture; FILE holds SmolLM2
    python tools/make_llama_reference.py FILE.gguf --compare  # prints the largest difference to ours, of all logits

transformers' own LlamaForCausalLM works them out, in float32; book_utils takes no part in the fixture.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import save_file
from transformers import LlamaConfig, LlamaForCausalLM

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "llama_reference.safetensors"
sys.path.insert(0, str(ROOT / "tests" / "support"))

from small_llamas import CONTEXT, EPS, GGUF_NAMES, SHAPES, ids_of, weights_of  # noqa: E402

EVERY = 487  # of SmolLM2's 49,152 logits one in so many is kept for each place, and the sum of all their exp
SMOLLM2_IDS = {
    "a sentence": [504, 3575, 282, 4649, 314],
    "a hundred tokens": [i * 37 % 49_152 for i in range(100)],
}
SMOLLM2 = {
    "hidden_size": 576, "num_attention_heads": 9, "num_key_value_heads": 3, "head_dim": 64, "intermediate_size": 1_536,
    "num_hidden_layers": 30, "vocab_size": 49_152, "rope_theta": 100_000.0, "tie_word_embeddings": True,
}  # fmt: skip


def model_of(shape, weights):
    """Return transformers' model of a shape, with these weights."""
    rope = {"rope_type": "default", "rope_theta": shape["rope_theta"]}
    if "scaling" in shape:
        rope |= {"rope_type": "llama3"} | shape["scaling"]
    if "linear" in shape:
        rope |= {"rope_type": "linear", "factor": shape["linear"]}
    sizes = {key: value for key, value in shape.items() if key not in ("rope_theta", "scaling", "linear")}
    config = LlamaConfig(**sizes, max_position_embeddings=CONTEXT, rms_norm_eps=EPS, rope_parameters=rope)
    model = LlamaForCausalLM(config).eval()
    tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model


def logits_of(model, ids):
    with torch.no_grad():
        return model(torch.tensor(np.asarray(ids))[None]).logits[0].numpy()


def smollm2_weights(path):
    """Return the weights of a gguf file as Hugging Face has them: names, and the order of rows in queries and keys."""
    weights = {}
    for tensor in GGUFReader(path).tensors:
        name = f".{tensor.name}"
        for theirs, ours in GGUF_NAMES.items():
            name = name.replace(f".{ours}.", f".{theirs}.")
        array = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        heads = {"q_proj": 9, "k_proj": 3}.get(name.split(".")[-2])
        if heads:
            array = array.reshape(heads, -1, 2, array.shape[1]).swapaxes(1, 2).reshape(array.shape)
        weights[name[1:]] = np.ascontiguousarray(array)
    return weights


def write_fixture(path):
    tensors = {}
    for name, shape in SHAPES.items():
        tensors[name] = logits_of(model_of(shape, weights_of(shape)), ids_of(shape))
    model = model_of(SMOLLM2, smollm2_weights(path))
    for name, ids in SMOLLM2_IDS.items():
        logits = logits_of(model, ids)
        tensors[f"SmolLM2, {name}"] = np.ascontiguousarray(logits[:, ::EVERY])
        tensors[f"SmolLM2, {name}, sum"] = torch.logsumexp(torch.from_numpy(logits), dim=-1).numpy()
    origin = f"transformers {transformers.__version__}, torch {torch.__version__}, float32 on a CPU"
    save_file(tensors, FIXTURE, {"origin": origin, "every": str(EVERY), "ids": json.dumps(SMOLLM2_IDS)})


def compare(path):
    """Print the largest difference of a logit between transformers and book_utils, and how large logits are."""
    sys.path.insert(0, str(ROOT))
    from book_utils.models.llama_files import model_from_gguf

    theirs, ours = model_of(SMOLLM2, smollm2_weights(path)), model_from_gguf(path)
    for name, ids in SMOLLM2_IDS.items():
        expected = logits_of(theirs, ids)
        difference = np.abs(ours.logits(ids) - expected).max()
        print(f"{name}: logits up to {np.abs(expected).max():.1f}, largest difference {difference:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="SmolLM2's gguf file")
    parser.add_argument("--compare", action="store_true", help="print the differences and write nothing")
    options = parser.parse_args()
    (compare if options.compare else write_fixture)(options.file)
