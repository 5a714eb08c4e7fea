"""Make book_utils/data/smollm2_tokenizer.json: the vocabulary of SmolLM2, for where its weights are not.

    python tools/make_smollm2_tokenizer.py [FILE.gguf]

Without a file, the one that `python -m book_utils model` put in place.
"""

import argparse
import sys
from pathlib import Path

from book_utils.models.gguf_keys import read_keys
from book_utils.models.llama_files import vocabulary_of
from book_utils.models.smollm2 import SHA256, file_sha256, weights_path
from book_utils.recorded_model import VOCABULARY


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=weights_path())
    file = parser.parse_args(arguments).file
    if file_sha256(file) != SHA256:
        raise SystemExit(f"{file} must have SHA-256 {SHA256}; it is another file. Nothing was written.")
    vocabulary = vocabulary_of(read_keys(file))
    text = vocabulary.to_json()
    if type(vocabulary).from_json(text) != vocabulary:
        raise SystemExit("The tokens cannot be told from the merges. Nothing was written.")
    VOCABULARY.write_text(text, encoding="utf-8", newline="\n")
    print(f"{VOCABULARY.name}: {len(vocabulary.tokens):,} tokens, {VOCABULARY.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
