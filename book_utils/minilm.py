"""The real data of the book: the embedding layer and the tokenizer of all-MiniLM-L6-v2."""

import hashlib
import json
import re
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import load as read_safetensors

from .lookup import EmbeddingTable, shown

DATA = Path(__file__).parent / "data"
SHA256 = {
    "minilm.safetensors": "4cabaff7e9afdcc4a74dfd939c4b8b35ef9796972ef91d7e65b9882dd14a59a8",
    "tokenizer.json": "5fd1c882abbd30517dced455a2c9768945ec726b96727927e4959348d9de550b",
}


class MiniLM:
    """The embedding layer of all-MiniLM-L6-v2: all that happens to a text before the first attention block.

    `table` 30,522 x 384, `positions` (512, 384), `types` (2, 384), `norm_weight`, `norm_bias` (384,).
    As stored: `int8_rows` (30,522, 384) and `row_scales` (30,522,); a table row is an int8 row x its scale.
    Raises FileNotFoundError or ValueError, with the way out, when a file of `folder` is missing or damaged.

    >>> minilm = load_minilm()
    >>> minilm.encode("the cat sat", special=False).tolist()
    [1996, 4937, 2938]
    """

    def __init__(self, folder=DATA):
        tensors = read_safetensors(_checked_file(Path(folder) / "minilm.safetensors"))
        self._tokenizer_json = _checked_file(Path(folder) / "tokenizer.json").decode()
        vocabulary = json.loads(self._tokenizer_json)["model"]["vocab"]
        self.int8_rows, self.row_scales = tensors["int8_rows"], tensors["row_scales"]
        vectors = self.int8_rows * self.row_scales[:, None]
        self.table = EmbeddingTable(vectors, sorted(vocabulary, key=vocabulary.get))
        self.positions = tensors["positions"].astype(np.float32)
        self.types = tensors["types"]
        self.norm_weight, self.norm_bias = tensors["norm_weight"], tensors["norm_bias"]
        for array in (*tensors.values(), self.positions):
            array.flags.writeable = False  # load_minilm hands the same object to every chapter

    @cached_property
    def tokenizer(self):
        """The model's WordPiece tokenizer, that of `tokenizers` or else of `wordpiece`; it neither cuts nor pads."""
        try:
            from tokenizers import Tokenizer
        except ModuleNotFoundError:  # in the browser; plain Python gives the same tokens, three times slower
            from .wordpiece import WordPiece as Tokenizer
        return Tokenizer.from_str(self._tokenizer_json)

    def encode(self, text, special=True):
        """Return the token IDs of one text: str in, (n,) int64 out; `special` adds [CLS] and [SEP].

        Raises TypeError if text is no string, ValueError if it holds half of a surrogate pair.

        >>> load_minilm().encode("hi").tolist()
        [101, 7632, 102]
        """
        return np.array(self._encoding(text, special).ids, dtype=np.int64)

    def tokenize(self, text, special=True):
        """Return the tokens of one text, in step with the IDs of `encode`: str in, list of n str out.

        >>> load_minilm().tokenize("Embeddings!")
        ['[CLS]', 'em', '##bed', '##ding', '##s', '!', '[SEP]']
        """
        return self._encoding(text, special).tokens

    def embed(self, text, special=True):
        """Return what enters block 1: str in, (n, 384) float32 out, LayerNorm(row + position + type 0).

        The sum is figure 2 of Devlin et al. 2019 (arXiv 1810.04805). Raises ValueError past 512 tokens.

        >>> load_minilm().embed("hi").shape
        (3, 384)
        """
        ids = self.encode(text, special)
        block_size = len(self.positions)
        if len(ids) > block_size:
            raise ValueError(
                f"the block size is {block_size}: there are {block_size} position rows, one a token; "
                f"this text has {len(ids):,} tokens. Shorten it, or embed it in parts."
            )
        summed = self.table.lookup(ids) + self.positions[: len(ids)] + self.types[0]
        return layer_norm(summed, self.norm_weight, self.norm_bias)

    def __repr__(self):
        return f"MiniLM({self.table!r}, {len(self.positions)} positions)"

    def _encoding(self, text, special):
        if not isinstance(text, str):
            raise TypeError(f"text must be one string; got {shown(text)}.")
        if half := re.search("[\ud800-\udfff]", text):
            raise ValueError(
                f"text must be whole characters; got half of one, {half[0]!r}, at place {half.start()}. "
                "Mend it with text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')."
            )
        return self.tokenizer.encode(text, add_special_tokens=special)


@cache
def load_minilm():
    """Return the real embedding layer of all-MiniLM-L6-v2; the first call reads 13 MB, later ones are free.

    >>> load_minilm().table
    EmbeddingTable(30,522 tokens x 384 numbers, float32, 46,881,792 bytes)
    """
    return MiniLM()


def layer_norm(vectors, weight, bias, eps=1e-12):
    """Give each row mean 0 and variance 1, then stretch and shift it: (..., dim) in, (..., dim) out.

    Ba, Kiros and Hinton 2016 (arXiv 1607.06450), equation 4; `eps` is BERT's and keeps a constant row finite.

    >>> layer_norm(np.array([[1.0, 3.0]]), weight=1.0, bias=0.0).round(6).tolist()
    [[-1.0, 1.0]]
    """
    centred = vectors - vectors.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias


def _checked_file(path):
    remake = "Make it again: python tools/make_table.py SOURCE (SOURCE: see book_utils/data/README.md)."
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. {remake}")
    contents = path.read_bytes()
    found = hashlib.sha256(contents).hexdigest()
    if found != SHA256[path.name]:
        raise ValueError(f"{path} is damaged: its SHA-256 must be {SHA256[path.name]}; got {found}. {remake}")
    return contents
