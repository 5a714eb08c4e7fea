"""Make tests/fixtures/rope_reference.json: rotary values from Hugging Face transformers, to test rope.

Run it from the root of the repository, in an environment of its own (the CPU build of torch will do):

    pip install torch==2.13.0 transformers==5.23.0 numpy==2.4.6
    python tools/make_rope_reference.py            # writes the fixture
    python tools/make_rope_reference.py --compare  # prints the largest differences over 262,144 places

The models' own modules turn the vectors; book_utils takes no part in the fixture. No weights are needed.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers.models.gpt_neox import modeling_gpt_neox as gpt_neox
from transformers.models.gptj import modeling_gptj as gptj
from transformers.models.llama import modeling_llama as llama
from transformers.models.qwen3_5 import modeling_qwen3_5 as qwen3_5

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "tests" / "fixtures" / "rope_reference.json"
CONTEXT = 262_144
PLACES = [0, 1, 2, 17, 1_009, 131_071, 262_143]


def split_rotary(module, rotary, config):
    """How Llama, NeoX and Qwen turn: a rotary module makes cos and sin, a function applies them."""
    embedding = rotary(config)

    def turn(vectors, places):
        vectors = vectors[None, None]  # (batch, heads, T, head_dim)
        cos, sin = embedding(vectors, places[None])
        return module.apply_rotary_pos_emb(vectors, vectors, cos, sin)[0][0, 0]

    return turn


class CaughtQuery(gptj.GPTJAttention):
    """GPT-J turns inside its attention: let it, and keep the query that reaches the scores."""

    def _attn(self, query, key, value, attention_mask=None):
        self.caught = query
        return value, None


def gptj_rotary(config):
    attention = CaughtQuery(config, layer_idx=0)
    with torch.no_grad():
        attention.q_proj.weight.copy_(torch.eye(config.n_embd))

    def turn(vectors, places):
        with torch.no_grad():
            attention(vectors[None], position_ids=places[None])
        return attention.caught[0, 0]

    return turn


def implementations():
    """Return for each model head_dim, rotary_dim, base and pairing, and its code that turns vectors."""
    llama_config = llama.LlamaConfig(
        hidden_size=128,
        num_attention_heads=1,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
    )
    gptj_config = gptj.GPTJConfig(n_embd=256, n_head=1, rotary_dim=64, n_positions=CONTEXT)
    neox_config = gpt_neox.GPTNeoXConfig(
        hidden_size=64,
        num_attention_heads=1,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.25},
    )
    qwen_config = qwen3_5.Qwen3_5TextConfig(
        head_dim=256,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 1e7, "partial_rotary_factor": 0.25},
    )
    llama_turn = split_rotary(llama, llama.LlamaRotaryEmbedding, llama_config)
    neox_turn = split_rotary(gpt_neox, gpt_neox.GPTNeoXRotaryEmbedding, neox_config)
    qwen_turn = split_rotary(qwen3_5, qwen3_5.Qwen3_5TextRotaryEmbedding, qwen_config)
    return {
        "Llama 3": (128, 128, 500_000, "split", llama_turn),
        "GPT-J": (256, 64, 10_000, "interleaved", gptj_rotary(gptj_config)),
        "GPT-NeoX (Pythia)": (64, 16, 10_000, "split", neox_turn),
        "Qwen3.5 text": (256, 64, 10_000_000, "split", qwen_turn),
    }


def one_vector(head_dim):
    """Eighths between -2 and 2: exact in float32 and short in the file."""
    return np.random.default_rng(0).integers(-16, 17, head_dim) / 8


def reference(turn, vector, places):
    vectors = torch.tensor(vector, dtype=torch.float32).expand(len(places), -1)
    return turn(vectors, torch.as_tensor(places)).numpy()


def write_fixture():
    cases = []
    for model, (head_dim, rotary_dim, base, pairing, turn) in implementations().items():
        vector = one_vector(head_dim)
        rows = reference(turn, vector, PLACES)
        cases.append(
            {
                "model": model,
                "head_dim": head_dim,
                "rotary_dim": rotary_dim,
                "base": base,
                "pairing": pairing,
                "positions": PLACES,
                "vector": vector.tolist(),
                # str() of a float32 is the shortest text that leads back to it.
                "turned": [[float(str(number)) for number in row] for row in rows],
            }
        )
    origin = f"transformers {transformers.__version__}, torch {torch.__version__}, float32 on a CPU"
    text = json.dumps({"origin": origin, "cases": cases})
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(text.replace("], [", "],\n[").replace(', "', ',\n"') + "\n")


def compare(step=8_192):
    """Print the largest difference in a turned number between their float32 and our two paths."""
    sys.path.insert(0, str(ROOT))
    from book_utils.position import rope

    limits = [1_024, 32_768, CONTEXT]
    columns = " | ".join(f"places 0 to {limit - 1:,}" for limit in limits)
    print(f"| model | their float32 against our | {columns} |")
    print("|---" * (2 + len(limits)) + "|")
    for model, (head_dim, rotary_dim, base, pairing, turn) in implementations().items():
        vector = one_vector(head_dim)
        how = {"base": base, "rotary_dim": rotary_dim, "pairing": pairing}
        worst = {np.float64: np.zeros(CONTEXT), np.float32: np.zeros(CONTEXT)}
        for start in range(0, CONTEXT, step):
            places = np.arange(start, start + step)
            theirs = reference(turn, vector, places)
            for dtype, largest in worst.items():
                ours = rope(np.tile(vector, (step, 1)), places, dtype=dtype, **how)
                largest[places] = np.abs(theirs - ours).max(axis=1)
        for dtype, largest in worst.items():
            numbers = " | ".join(f"{largest[:limit].max():.1e}" for limit in limits)
            print(f"| {model} | {dtype.__name__} | {numbers} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", action="store_true", help="print the differences and write nothing")
    if parser.parse_args().compare:
        compare()
    else:
        write_fixture()
