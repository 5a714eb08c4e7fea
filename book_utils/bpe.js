// Byte-level BPE, as SmolLM2 and GPT-2 use it; twin of bpe.py. A text is cut into pieces, a piece into bytes; then the two
// neighbours whose joining was learned first are joined, again and again, while there are any that were learned.
// The browser may know a few hundred newer letters and numbers than the original (Unicode 16): these may differ.

// A byte is written as a character that one can see: itself, or one from 256 on. So a space is Ġ, a line break Ċ.
const SEEN = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || byte > 173;
let unseen = 256;
const SYMBOLS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(SEEN(byte) ? byte : unseen++));
const BYTES = new Map(SYMBOLS.map((symbol, byte) => [symbol, byte]));

const DIGITS_ALONE = /\p{N}|[^\p{N}]+/gu;
const PIECES = /'(?:[stmd]|re|ve|ll)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

// `tokens[i]` is the name of ID i; `merges` are pairs like "Ġt he", the first learned first; `special` are tokens found as they stand.
export function bytePairs(tokens, merges, special) {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const ranks = new Map(merges.map((pair, rank) => [pair, rank]));
  const escaped = [...special].sort((a, b) => b.length - a.length).map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const specials = new RegExp(`(${escaped.join("|") || "(?!)"})`);
  const encoder = new TextEncoder();

  function joined(piece) {
    let parts = Array.from(encoder.encode(piece), (byte) => SYMBOLS[byte]).filter((symbol) => ids.has(symbol));
    while (parts.length > 1) {
      let best = Infinity, at = -1;
      for (let i = 0; i + 1 < parts.length; i += 1) {
        const rank = ranks.get(`${parts[i]} ${parts[i + 1]}`) ?? Infinity;
        if (rank < best) [best, at] = [rank, i];
      }
      if (at < 0) break;
      parts = joinEverywhere(parts, parts[at], parts[at + 1]);
    }
    return parts;
  }

  // Cut a text into tokens; `idOf` gives the ID of each.
  function tokenize(text) {
    return text.split(specials).flatMap((part, i) => (i % 2 ? [part]
      : (part.match(DIGITS_ALONE) ?? []).flatMap((cut) => cut.match(PIECES) ?? []).flatMap(joined)));
  }
  return { tokenize, idOf: (token) => ids.get(token) };
}

function joinEverywhere(parts, first, second) {
  const result = [];
  for (const part of parts) {
    if (result.length && result[result.length - 1] === first && part === second) result[result.length - 1] = first + second;
    else result.push(part);
  }
  return result;
}

// The bytes that a token stands for; a special token stands for its own letters.
export const bytesOf = (token) => Array.from(token, (symbol) => (BYTES.has(symbol) ? [BYTES.get(symbol)]
  : [...new TextEncoder().encode(symbol)])).flat();

// The text of a token: bytes that are no whole character become \ufffd.
export const textOf = (token) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytesOf(token)));
