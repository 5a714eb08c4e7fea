"""Make small model files, and damage them."""

import json
import struct

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

TOKENS = [f"token{i}" for i in range(12)]
VECTORS = np.random.default_rng(4).standard_normal((12, 256)).astype(np.float32)


def safetensors_bytes(tensors, data=b"", header=None):
    """The bytes of a safetensors file: {name: (dtype, shape, data)}, or any header at all before any data."""
    entries = {}
    for name, (dtype, shape, numbers) in tensors.items():
        entries[name] = {
            "dtype": dtype,
            "shape": [*shape],
            "data_offsets": [len(data), len(data) + len(numbers)],
        }
        data += numbers
    text = json.dumps(entries).encode() if header is None else header
    return struct.pack("<Q", len(text)) + text + data


def tokenizer_json(tokens, added=()):
    """The text of a tokenizer.json: tokens by ID, and (token, ID) pairs that were added."""
    model = {"type": "BPE", "vocab": {token: i for i, token in enumerate(tokens)}}
    return json.dumps({"model": model, "added_tokens": [{"content": token, "id": i} for token, i in added]})


def write_gguf(path, kind=Kind.F32, raw=None, tokens=TOKENS, tensors=None):
    """Write a gguf file with the package's own writer: a token table, a vocabulary, one more tensor, or `tensors`."""
    writer = gguf.GGUFWriter(path, "llama")
    if tokens is not None:
        writer.add_token_list(tokens)
        writer.add_token_merges(["a b", "c d"])
        writer.add_token_types([1] * len(tokens))
    if tensors is None:
        rows = gguf.quants.quantize(VECTORS, kind) if raw is None else raw
        writer.add_tensor("token_embd.weight", rows, raw_dtype=kind)
        tensors = {"output_norm.weight": np.ones(5, np.float32)}
    for name, numbers in tensors.items():
        writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def damaged(contents, random):
    """Return the bytes with one to four faults: a byte or a length changed, a piece cut out or doubled."""
    contents = bytearray(contents)
    for _ in range(random.randint(1, 4)):
        place = random.randrange(min(len(contents), random.choice((16, 600, len(contents)))) or 1)
        fault = random.randrange(6)
        if fault == 0:
            contents[place : place + 1] = bytes([random.randrange(256)])
        elif fault == 1:
            size = random.choice((0, 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1, random.randrange(1000)))
            contents[place : place + 8] = struct.pack("<Q", size)
        elif fault == 2:
            del contents[place : place + random.randrange(1, 64)]
        elif fault == 3:
            contents[place:place] = contents[place : place + random.randrange(1, 64)]
        elif fault == 4:
            digits = [i for i in range(8, min(len(contents), 600)) if chr(contents[i]).isdigit()]
            if digits:
                contents[random.choice(digits)] = ord(random.choice("0123456789-e."))
        elif len(contents) > 1:
            del contents[place or 1 :]
    return bytes(contents)
