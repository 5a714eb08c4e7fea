"""Make tests/fixtures/scaling_reference.json: stretched frequencies from transformers, to test rope_scaling.

Run it from the root of the repository, in an environment of its own (the CPU build of torch will do):

    pip install torch==2.13.0 transformers==5.24.0
    python tools/make_scaling_reference.py

transformers' own functions make the numbers; book_utils takes no part in them. No weights are needed.
"""

import json
from pathlib import Path

import transformers
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

FIXTURE = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "scaling_reference.json"
LISTS = {"short_factor": [1 + 0.02 * i for i in range(48)], "long_factor": [1.08 + 1.3 * i for i in range(48)]}
CASES = [  # what the model is like, its head_dim, base, context, the text's length, and the rope parameters of its file
    ("Llama 2 stretched to 16k", 128, 10_000, 16_384, None, {"rope_type": "linear", "factor": 4.0}),
    ("InternLM2.5, text within its context", 128, 1_000_000, 32_768, 1000, {"rope_type": "dynamic", "factor": 2.0}),
    ("InternLM2.5, text of three contexts", 128, 1_000_000, 32_768, 98_304, {"rope_type": "dynamic", "factor": 2.0}),
    ("Qwen2.5 with YaRN", 128, 1_000_000, 32_768, None,
     {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32_768}),
    ("DeepSeek-V3", 64, 10_000, 163_840, None,
     {"rope_type": "yarn", "factor": 40, "original_max_position_embeddings": 4096,
      "mscale": 1.0, "mscale_all_dim": 1.0}),
    ("DeepSeek-V2 Lite, other mscales", 64, 10_000, 163_840, None,
     {"rope_type": "yarn", "factor": 40, "original_max_position_embeddings": 4096,
      "mscale": 0.707, "mscale_all_dim": 1.0}),
    ("Kimi K2, one bound", 64, 50_000, 131_072, None,
     {"rope_type": "yarn", "factor": 32, "original_max_position_embeddings": 4096, "beta_fast": 1.0, "beta_slow": 1.0}),
    ("gpt-oss, bounds not rounded", 64, 150_000, 131_072, None,
     {"rope_type": "yarn", "factor": 32, "original_max_position_embeddings": 4096, "truncate": False}),
    ("OLMo 3, its own attention factor", 128, 500_000, 65_536, None,
     {"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 8192,
      "attention_factor": 1.2079441541679836}),
    ("Llama 3.1 8B", 128, 500_000, 131_072, None,
     {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
      "original_max_position_embeddings": 8192}),
    ("Llama 3.2 1B", 64, 500_000, 131_072, None,
     {"rope_type": "llama3", "factor": 32, "low_freq_factor": 1, "high_freq_factor": 4,
      "original_max_position_embeddings": 8192}),
    ("Llama 4 Scout, one bound", 128, 500_000, 10_485_760, None,
     {"rope_type": "llama3", "factor": 16, "low_freq_factor": 1, "high_freq_factor": 1,
      "original_max_position_embeddings": 8192}),
    ("Phi-3.5-mini, short text", 96, 10_000, 131_072, 4096,
     {"rope_type": "longrope", "original_max_position_embeddings": 4096, **LISTS}),
    ("Phi-3.5-mini, long text", 96, 10_000, 131_072, 4097,
     {"rope_type": "longrope", "original_max_position_embeddings": 4096, **LISTS}),
    ("Gemma 4, full attention", 512, 1_000_000, 131_072, None,
     {"rope_type": "proportional", "partial_rotary_factor": 0.25}),
]


def reference(head_dim, base, context, length, given):
    """Give the frequencies that transformers works for a case, and its attention factor."""
    config = transformers.LlamaConfig(
        head_dim=head_dim, max_position_embeddings=context, rope_parameters={"rope_theta": float(base), **given})
    frequencies, factor = ROPE_INIT_FUNCTIONS[given["rope_type"]](config, "cpu", seq_len=length)
    return [float(f"{number:.8g}") for number in frequencies.tolist()], float(factor)


def main():
    """Write the fixture."""
    cases = []
    for name, head_dim, base, context, length, given in CASES:
        frequencies, factor = reference(head_dim, base, context, length, dict(given))
        cases.append({"name": name, "head_dim": head_dim, "base": base, "context": context, "length": length,
                      "given": given, "frequencies": frequencies, "attention_factor": factor})
    made = {"made_by": f"tools/make_scaling_reference.py, transformers {transformers.__version__}", "cases": cases}
    FIXTURE.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
