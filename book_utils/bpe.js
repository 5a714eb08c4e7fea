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

  const rankOf = (first, second = "") => ranks.get(`${first} ${second}`) ?? Infinity;  // nothing joins what comes last

  function joined(piece) {
    let parts = Array.from(encoder.encode(piece), (byte) => SYMBOLS[byte]).filter((symbol) => ids.has(symbol));
    let order = parts.map((part, i) => rankOf(part, parts[i + 1]));  // of each part with the next
    for (;;) {
      const first = order.reduce((least, rank) => Math.min(least, rank), Infinity);
      if (first === Infinity) return parts;
      [parts, order] = joinEverywhere(parts, order, first, rankOf);
    }
  }

  // Cut a text into tokens; `idOf` gives the ID of each.
  function tokenize(text) {
    return text.split(specials).flatMap((part, i) => (i % 2 ? [part]
      : (part.match(DIGITS_ALONE) ?? []).flatMap((cut) => cut.match(PIECES) ?? []).flatMap(joined)));
  }
  return { tokenize, idOf: (token) => ids.get(token) };
}

// Join each two whose rank this is, from the left. Only beside a join are ranks looked up anew: a long word would take long.
function joinEverywhere(parts, order, rank, rankOf) {
  const result = [], before = [];
  for (let i = 0; i < parts.length; i += 1) {
    const joins = order[i] === rank;
    result.push(joins ? parts[i] + parts[i + 1] : parts[i]);
    before.push(joins ? null : order[i]);
    if (joins) i += 1;
  }
  const ranks = before.map((old, i) => (old === null || before[i + 1] === null ? rankOf(result[i], result[i + 1]) : old));
  return [result, ranks];
}

// The bytes that a token stands for; a special token stands for its own letters.
export const bytesOf = (token) => Array.from(token, (symbol) => (BYTES.has(symbol) ? [BYTES.get(symbol)]
  : [...new TextEncoder().encode(symbol)])).flat();

// The text of a token: bytes that are no whole character become \ufffd.
export const textOf = (token) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytesOf(token)));
