"""BERT's tokenizer in plain Python: to read, and for the browser, where the `tokenizers` library does not exist."""

import json
import re
from bisect import bisect_right
from functools import lru_cache
from reprlib import repr as short
from typing import NamedTuple
from unicodedata import category, normalize

MOST_CHARACTERS = 10_000_000  # of one text
LONGEST_WORD = 100  # characters; a longer word is unknown
UNKNOWN = "[UNK]"

# What is written out below. A tokenizer.json with other settings is another tokenizer.
NORMALIZER = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
              "strip_accents": None, "lowercase": True}
MODEL = {"type": "WordPiece", "unk_token": UNKNOWN, "continuing_subword_prefix": "##",
         "max_input_chars_per_word": LONGEST_WORD}
PLAIN = {"special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f"
                     "\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f]")
# The library's tables are of 2015, Unicode 8. Where it lacks accents, marks and controls that Python knows:
NEWER = """61d-61d 7fd-7fd 890-8e2 9fd-9fe a76-a76 afa-aff b55-b55 c04-c3c c77-c77 c84-c84 d00-d00 d3b-d3c d81-d81
eba-eba ece-ece 180f-1886 1abf-1ace 1b4e-1b4f 1b7d-1b7f 1df6-1dfb 2e43-2e5d a82c-a82c a8c5-a8c5 a8ff-a8ff a9bd-a9bd
10d24-10f89 11070-11074 110c2-110cd 111cf-111cf 1123e-11241 1133b-1133b 113bb-1145e 11660-1166c 116b9-116b9 1182f-11fff
12ff1-1612f 16d6d-16f4f 16fe2-16fe4 1cf00-1cf46 1e000-1e5ff 1e944-1e95f"""
EDGES = [int(code, 16) + is_end for part in NEWER.split() for is_end, code in enumerate(part.split("-"))]
CHANGED = {"\u166d": "Po", "\u1734": "Mn", "\U000111c9": "Po", "\U0001171e": "Mn"}  # since then


class Encoding(NamedTuple):
    """One text as n token IDs and, in step with them, n tokens."""

    ids: list[int]
    tokens: list[str]


class WordPiece:
    """The tokenizer of BERT without upper case: the same tokens as a `tokenizers.Tokenizer` of the same file.

    Devlin et al. 2019 (arXiv 1810.04805), section 3. `from_str` takes the text of a tokenizer.json and raises
    ValueError for settings other than those of bert-base-uncased.
    """

    def __init__(self, vocabulary: dict[str, int], special: list[str], around: tuple[list[str], list[str]]):
        if missing := [token for token in (UNKNOWN, *special, *sum(around, [])) if token not in vocabulary]:
            raise ValueError(f"the vocabulary must have each special token; it has no {', '.join(missing)}.")
        self.vocabulary, self.around = vocabulary, around
        self._special = re.compile("(" + "|".join(map(re.escape, special)) + ")")

    @classmethod
    def from_str(cls, text: str) -> "WordPiece":
        try:
            parsed = json.loads(text)
            vocabulary = parsed["model"].pop("vocab")
            found = parsed["normalizer"], parsed["pre_tokenizer"], parsed["model"]
            special = [token["content"] for token in parsed["added_tokens"]]
            plain = [PLAIN | {"content": token, "id": vocabulary[token]} for token in special]
            template = [part.get("SpecialToken", {}).get("id") for part in parsed["post_processor"]["single"]]
            place = template.index(None)  # of the text itself
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError("the tokenizer must be a tokenizer.json of BERT; this one lacks a part.") from error
        if found != (NORMALIZER, {"type": "BertPreTokenizer"}, MODEL) or parsed["added_tokens"] != plain:
            raise ValueError(f"only the settings of bert-base-uncased are written here; got {short(found)}.")
        return cls(vocabulary, special, (template[:place], template[place + 1 :]))

    def encode(self, text: str, add_special_tokens: bool = True) -> Encoding:
        """Return the token IDs and the tokens of a text; raises ValueError past ten million characters."""
        if len(text) > MOST_CHARACTERS:
            raise ValueError(f"a text must have at most {MOST_CHARACTERS:,} characters; got {len(text):,}.")
        tokens = []
        for i, part in enumerate(self._special.split(text)):
            tokens += [part] if i % 2 else [piece for word in words_of(part) for piece in self._pieces_of(word)]
        if add_special_tokens:
            tokens = [*self.around[0], *tokens, *self.around[1]]
        return Encoding([self.vocabulary[token] for token in tokens], tokens)

    def get_vocab(self) -> dict[str, int]:
        """Return the ID of each token."""
        return self.vocabulary

    def _pieces_of(self, word):
        """Cut off the longest piece that is a token, again and again; if once there is none, all is unknown."""
        pieces, start = [], 0
        while start < len(word) <= LONGEST_WORD:
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self.vocabulary), None)
            if end is None:
                return [UNKNOWN]
            pieces.append(prefix + word[start:end])
            start = end
        return pieces or [UNKNOWN]


def words_of(text: str) -> list[str]:
    """Cut a text into words: lower case, no accents; marks of punctuation and Chinese characters stand alone.

    >>> words_of("Don't, naïve café 東京!")
    ['don', "'", 't', ',', 'naive', 'cafe', '東', '京', '!']
    """
    kept = "".join(c for c in text if c in "\t\n\r" or not (c == "\ufffd" or kind(c) in ("Cc", "Cf", "Co")))
    letters = "".join(c for c in normalize("NFD", CHINESE.sub(r" \g<0> ", kept)) if kind(c) != "Mn")
    small = "".join(c.lower() for c in letters)  # one by one: a Greek word would get another letter at its end
    return "".join(f" {c} " if c in "$+<=>^`|~" or kind(c)[0] == "P" else c for c in small).split()


@lru_cache(maxsize=10_000)
def kind(character: str) -> str:
    """Return the category of a character in Unicode 8, as far as that matters here; "Cn" where it has none.

    >>> kind("é"), kind("!"), kind("\\u0301")
    ('Ll', 'Po', 'Mn')
    """
    if bisect_right(EDGES, ord(character)) % 2:
        return "Cn"
    return CHANGED.get(character) or category(character)
