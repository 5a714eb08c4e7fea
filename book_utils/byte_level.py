"""Text in and text out for a language model whose tokenizer works on bytes."""

import json
import re
from dataclasses import dataclass

import numpy as np

from .bpe import PIECES, SYMBOLS, BytePairs, bytes_of
from .lookup import shown
from .model_inputs import checked_count


class UnknownPieces(ValueError):
    """A tokenizer that cuts text in a way that is not known here."""


@dataclass(frozen=True)
class Vocabulary:
    """What a byte-level tokenizer is made of: see `bpe.BytePairs`. Raises ValueError where the parts do not fit."""

    tokens: list
    merges: list
    special: list
    pieces: str

    def __post_init__(self):
        if self.pieces not in PIECES:
            known = ", ".join(PIECES)
            raise UnknownPieces(f"it cuts text into pieces as {self.pieces!r} does; known here are {known}.")
        known = set(self.tokens)
        if len(known) < len(self.tokens):
            raise ValueError(f"each token has one ID: {len(self.tokens):,} IDs have {len(known):,} tokens.")
        for merge in self.merges:
            parts = merge.split(" ")
            if len(parts) != 2 or not {*parts, "".join(parts)} <= known:
                raise ValueError(f"a merge joins two tokens to a third; got {shown(merge)}.")

    @classmethod
    def from_json(cls, text):
        """Return the vocabulary that `to_json` wrote: special tokens, bytes, then one token a merge."""
        parts = json.loads(text)
        merges = parts["merges"].split("\n")
        tokens = [*parts["special"], *parts["bytes"], *(merge.replace(" ", "") for merge in merges)]
        return cls(tokens, merges, parts["special"], parts["pieces"])

    def to_json(self):
        """Return the vocabulary as text for `from_json`: the tokens are not repeated where the merges tell them."""
        symbols = "".join(token for token in self.tokens if token in SYMBOLS)
        parts = {"pieces": self.pieces, "special": self.special, "bytes": symbols, "merges": "\n".join(self.merges)}
        return json.dumps(parts, ensure_ascii=False)

    def tokenizer(self):
        """Return the tokenizer, that of `tokenizers` or else of `bpe`; it neither cuts nor pads nor adds a token."""
        try:
            from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
        except ModuleNotFoundError:  # in the browser; plain Python gives the same tokens, more slowly
            return BytePairs(self.tokens, self.merges, self.special, self.pieces)
        ids = {token: i for i, token in enumerate(self.tokens)}
        merges = [tuple(merge.split(" ")) for merge in self.merges]
        tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=self.pieces == "llama-bpe"))
        cuts = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in PIECES[self.pieces]]
        in_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*cuts, in_bytes])
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in self.special])
        return tokenizer


@dataclass(frozen=True)
class NoTokenizer:
    """Stands where a file has no tokenizer that can be read: the model takes IDs, and says why it takes no text."""

    reason: str

    def encode(self, text):
        raise ValueError(f"this model takes IDs only, no text: {self.reason}")


class ByteLevelText:
    """The methods of a LanguageModel that deal with text; `tokenizer.encode(text)` gives `ids` and `tokens`."""

    def encode(self, text):
        """Return the token IDs of a text: str in, (T,) int64 out; nothing is added at its ends.

        Raises TypeError for what is no string, ValueError for a character that the tokenizer has no token for.
        """
        return np.array(self._encoding(text).ids, dtype=np.int64)

    def tokenize(self, text):
        """Return the tokens of a text, in step with `encode`: str in, list of T str out; Ġ stands for a space."""
        return list(self._encoding(text).tokens)

    def decode(self, ids):
        """Return the text of token IDs: (T,) in, str out; bytes that are no whole character become \\ufffd."""
        return b"".join(bytes_of(self.table.tokens[int(i)]) for i in np.ravel(ids)).decode("utf-8", "replace")

    def likeliest(self, logits, k=5):
        """Return the k tokens with the largest logits as [token, probability], best first: (|V|,) in."""
        checked_count(k, "k")
        odds = np.exp(logits.astype(np.float64) - logits.max())
        best = np.argsort(-logits, kind="stable")[:k]
        return [[self.table.tokens[i], float(odds[i] / odds.sum())] for i in best]

    def _encoding(self, text):
        if not isinstance(text, str):
            raise TypeError(f"text must be one string; got {shown(text)}.")
        if half := re.search("[\ud800-\udfff]", text):
            raise ValueError(f"text must be whole characters; got half of one, {half[0]!r}, at place {half.start()}.")
        encoding = self.tokenizer.encode(text)
        if (kept := self.decode(encoding.ids)) != text:
            place = next((i for i, (a, b) in enumerate(zip(text, kept, strict=False)) if a != b), len(kept))
            raise ValueError(f"the tokenizer has no token for {text[place]!r}, at place {place} of the text.")
        return encoding
