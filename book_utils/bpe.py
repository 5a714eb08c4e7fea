"""Byte-level BPE in plain Python: to read, and for the browser, where the `tokenizers` library does not exist.

Sennrich et al. 2016 (arXiv 1508.07909), on bytes as in GPT-2. A text is cut into pieces, a piece into bytes; then the
two neighbours whose joining was learned first are joined, again and again, while there are any that were learned.
"""

import re
import sys
from functools import lru_cache
from unicodedata import category

from .wordpiece import Encoding

# A byte is written as a character that one can see: itself, or one from 256 on. So a space is Ġ, a line break Ċ.
SEEN = [*range(33, 127), *range(161, 173), *range(174, 256)]
SYMBOLS = [chr(byte if byte in SEEN else 256 + byte - sum(seen < byte for seen in SEEN)) for byte in range(256)]
BYTES = {symbol: byte for byte, symbol in enumerate(SYMBOLS)}

# How to cut a text into pieces, by the name in a gguf file: one pattern after the other; no character is lost.
GPT_2 = r"'(?:[stmd]|re|ve|ll)| ?[\p{L}]+| ?[\p{N}]+| ?[^\s\p{L}\p{N}]+|[\s]+(?![^\s])|[\s]+"
LLAMA_3 = (r"'(?i:[stmd]|re|ve|ll)|[^\r\n\p{L}\p{N}]?[\p{L}]+|[\p{N}]{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|[\s]*[\r\n]+|[\s]+(?![^\s])|[\s]+")
PIECES = {"smollm": [r"[\p{N}]|[^\p{N}]+", GPT_2], "gpt-2": [GPT_2], "llama-bpe": [LLAMA_3]}

# Python's `re` has no \p{L} and another \s. Its tables may be of Unicode 14: letters and numbers since, up to 16.
SPACES = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NEWER = {"L": """1c89-1c8a a7cb-a7cd a7da-a7dc 105c0-105f3 10d4a-10d65 10d6f-10d85 10ec2-10ec4 1123f-11240 11380-11389
1138b-1138b 1138e-1138e 11390-113b5 113b7-113b7 113d1-113d1 113d3-113d3 11bc0-11be0 11f02-11f02 11f04-11f10 11f12-11f33
1342f-1342f 13441-13446 13460-143fa 16100-1611d 16d40-16d6c 18cff-18cff 1b132-1b132 1b155-1b155 1df25-1df2a 1e030-1e06d
1e4d0-1e4eb 1e5d0-1e5ed 1e5f0-1e5f0 2b739-2b739 2ebf0-2ee5d 31350-323af""", "N": """10d40-10d49 116d0-116e3 11bf0-11bf9
11f50-11f59 16130-16139 16d70-16d79 1ccf0-1ccf9 1d2c0-1d2d3 1e4f0-1e4f9 1e5f1-1e5fa"""}


class BytePairs:
    """A byte-level tokenizer: the same tokens as a `tokenizers.Tokenizer` of the same vocabulary and merges.

    `tokens[i]` is the name of ID i; `merges` are pairs like "Ġt he", the first learned first; `special` are tokens
    found in a text as they stand; `pieces` names an entry of PIECES. A byte that has no token leaves no trace.

    >>> BytePairs(["a", "b", "Ġ", "ab", "Ġab"], ["a b", "Ġ ab"], [], "gpt-2").encode("ab ab").tokens
    ['ab', 'Ġab']
    """

    def __init__(self, tokens, merges, special, pieces):
        self.ids = {token: i for i, token in enumerate(tokens)}
        self.ranks = {tuple(pair.split(" ")): rank for rank, pair in enumerate(merges)}
        self.whole_first = pieces == "llama-bpe"  # a piece that is a token is taken as it stands
        self.patterns = [unicode_pattern(pattern) for pattern in PIECES[pieces]]
        longest_first = sorted(special, key=len, reverse=True)
        self.special = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")" if special else "(?!)()")

    def encode(self, text):
        """Return the IDs and the tokens of a text."""
        tokens = []
        for i, part in enumerate(self.special.split(text)):
            tokens += [part] if i % 2 else [token for piece in self.pieces_of(part) for token in self.joined(piece)]
        return Encoding([self.ids[token] for token in tokens], tokens)

    def pieces_of(self, text):
        """Cut a text into words, each with the space before it, numbers, marks, and runs of spaces."""
        pieces = [text]
        for pattern in self.patterns:
            pieces = [cut for piece in pieces for cut in pattern.findall(piece)]
        return pieces

    def joined(self, piece):
        """Join the bytes of one piece into tokens."""
        parts = [symbol for symbol in (SYMBOLS[byte] for byte in piece.encode()) if symbol in self.ids]
        if self.whole_first and "".join(parts) in self.ids:
            return ["".join(parts)]
        while len(parts) > 1:
            first, second = min(zip(parts, parts[1:], strict=False), key=lambda pair: self.ranks.get(pair, 1e9))
            if (first, second) not in self.ranks:
                break
            parts = join_everywhere(parts, first, second)
        return parts


def join_everywhere(parts, first, second):
    """Join each `first` that is followed by `second`, from the left.

    >>> join_everywhere(["a", "b", "a", "a", "b"], "a", "b")
    ['ab', 'a', 'ab']
    """
    joined = []
    for part in parts:
        if joined and joined[-1] == first and part == second:
            joined[-1] = first + second
        else:
            joined.append(part)
    return joined


def bytes_of(token):
    """Return the bytes that a token stands for; a special token stands for its own letters.

    >>> bytes_of("Ġcat")
    b' cat'
    """
    return b"".join(bytes([BYTES[c]]) if c in BYTES else c.encode() for c in token)


@lru_cache
def unicode_pattern(pattern):
    """Compile a pattern after its classes, \\p{L} and \\p{N} and \\s inside brackets, are written out."""
    for kind in "LN":
        if rf"\p{{{kind}}}" in pattern:
            pattern = pattern.replace(rf"\p{{{kind}}}", unicode_class(kind))
    return re.compile(pattern.replace(r"\s", SPACES))


@lru_cache
def unicode_class(kind):
    """Return the characters whose category begins with this letter, as ranges to stand in the brackets of `re`."""
    ranges = [run.span() for run in re.finditer(kind + "+", categories())]
    ranges += [(int(first, 16), int(last, 16) + 1) for first, last in (part.split("-") for part in NEWER[kind].split())]
    return "".join(rf"\U{start:08x}-\U{end - 1:08x}" for start, end in ranges)


@lru_cache
def categories():
    """Return the first letter of the category of every character there is, as one string."""
    return "".join([category(chr(code))[0] for code in range(sys.maxunicode + 1)])
