"""Make tests/fixtures/bias_reference.json: ALiBi, T5's buckets and layers without RoPE, from transformers.

Run it from the root of the repository, in an environment of its own (the CPU build of torch will do):

    pip install torch==2.13.0 transformers==5.24.0
    python tools/make_bias_reference.py

transformers' own functions make the numbers; book_utils takes no part in them. No weights are needed.
"""

import json
from pathlib import Path

import torch
import transformers
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention

FIXTURE = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "bias_reference.json"
OFFSETS = [*range(-140, 141), -1_000, -200, 200, 511, 1_000, 4_095]
HEADS = [1, 2, 8, 12, 16, 20, 32, 71, 112]


def alibi(heads: int) -> list[float]:
    """Give what BLOOM adds to the score of the key at place 1, head by head: its slope."""
    return build_alibi_tensor(torch.ones(1, 2), heads, torch.float32).reshape(heads, 2)[:, 1].tolist()


def buckets(both_ways: bool, count: int, longest: int) -> list[int]:
    """Give T5's bucket of each offset; T5 counts the other way, from the query to the key."""
    apart = -torch.tensor(OFFSETS)
    return T5Attention._relative_position_bucket(apart, both_ways, count, longest).tolist()


def main() -> None:
    """Write the fixture."""
    cases = [(both, count, longest) for both in (True, False) for count, longest in ((32, 128), (64, 256), (8, 20))]
    smollm3 = transformers.SmolLM3Config(num_hidden_layers=36)
    found = {
        "transformers": transformers.__version__,
        "slopes": {str(heads): alibi(heads) for heads in HEADS},
        "offsets": OFFSETS,
        "buckets": [{"both_ways": both, "buckets": count, "longest": longest, "said": buckets(both, count, longest)}
                    for both, count, longest in cases],
        "layers_with_rope": [bool(layer) for layer in smollm3.no_rope_layers],
    }
    FIXTURE.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
