// The two tokenizers of the sentence explorer: what each must load where there is no kernel, how it reads a text, and what
// is shown beside a token. MiniLM's brings the beginnings of its rows; of the language model the page has tokens alone.

const VISIBLE = { " ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥" };

// Each: the names of its lazy data, and from these a function of a text that gives its tokens, IDs and rows.
export const READERS = {
  minilm: {
    files: ["vocabulary", "rows"],
    made([vocabulary, rows], { shown, ...sizes }) {
      const idOf = new Map(vocabulary.join("\n").split("\n").map((token, id) => [token, id])), parts = rows.map(atob);
      return (text) => {
        const tokens = tokenize(text, idOf), ids = tokens.map((token) => idOf.get(token));
        return { tokens, rows: ids.slice(0, shown).map((id) => unpackRow(parts, id, sizes)), ids };
      };
    },
  },
  smollm2: {
    files: ["bytePairs"],
    made([parts]) {
      const { special, bytes, merges } = JSON.parse(parts.join("")), pairs = merges.split("\n");
      const made = bytePairs([...special, ...bytes, ...pairs.map((pair) => pair.replace(" ", ""))], pairs, special);
      return (text) => {
        const tokens = made.tokenize(text);
        return { tokens, rows: [], ids: tokens.map(made.idOf) };
      };
    },
  },
};

// What a token of bytes stands for: its text, spaces and ends of lines shown; or, where it is part of a character, bytes.
export function meaningOf(token, byteWords) {
  const text = textOf(token);
  if (!text.includes("\ufffd")) return text.replace(/[ \n\r\t]/g, (space) => VISIBLE[space]);
  const bytes = bytesOf(token).map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return `${byteWords[Number(bytes.length > 1)]} ${bytes.join(" ")}`;
}

// The notes below the tokens.
export const notesOf = {
  minilm: ({ t, columns, dim }, tokens, rounded) => [
    filled(rounded ? t.roundedRows : t.exactRows, { columns, dim }),
    tokens.some((token) => token.startsWith("##")) ? t.piecesNote : "",
    tokens.includes("[UNK]") ? t.unknownNote : "",
    t.specialNote,
  ],
  smollm2: ({ t }, tokens, _, text) => [
    t.spaceNote,
    tokens.some((token) => meaningOf(token, ["\ufffd", "\ufffd"]).includes("\ufffd")) ? t.bytesNote : "",
    tokens.map(bytesOf).flat().length < new TextEncoder().encode(text).length ? t.noByteNote : "",
    t.otherRowsNote,
  ],
};
