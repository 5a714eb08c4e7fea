// BERT's tokenizer, as all-MiniLM-L6-v2 uses it. First a text becomes words: lower case, without accents, marks of
// punctuation and Chinese characters alone. Then each word becomes the longest pieces that the vocabulary has.
// The browser knows more characters than the tables of the original (Unicode 8): a few hundred rare ones differ.

const LONGEST_WORD = 100;
const SPECIAL = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;  // found in the text as it was typed
const REMOVED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\ufffd]/gu;
const CHINESE = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const WORD = /[\p{P}$+<=>^`|~]|[^ \p{P}$+<=>^`|~]+/gu;

function wordsOf(text) {
  const spaced = text.replace(REMOVED, "").replace(/\p{White_Space}/gu, " ").replace(CHINESE, " $& ");
  const bare = spaced.normalize("NFD").replace(/\p{Mn}/gu, "");
  // One character at a time: a whole Greek word would get another letter at its end.
  return Array.from(bare, (character) => character.toLowerCase()).join("").match(WORD) ?? [];
}

function piecesOf(word, idOf) {
  const characters = Array.from(word), pieces = [];
  if (characters.length > LONGEST_WORD) return ["[UNK]"];
  for (let start = 0, end; start < characters.length; start = end) {
    const piece = () => (start ? "##" : "") + characters.slice(start, end).join("");
    end = characters.length;
    while (end > start && !idOf.has(piece())) end -= 1;
    if (end === start) return ["[UNK]"];
    pieces.push(piece());
  }
  return pieces;
}

// Cut a text into tokens; `idOf` is a Map from each token of the vocabulary to its ID.
export function tokenize(text, idOf) {
  return text.split(SPECIAL).flatMap((part, i) => (i % 2 ? [part] : wordsOf(part).flatMap((word) => piecesOf(word, idOf))));
}
