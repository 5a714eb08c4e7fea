// The rows that a page carries, and what can be asked of them: page_table.py writes them, and neighbours.py gives the
// same answers where there is a kernel.

const BLOCK = 64;  // numbers that share a scale

// A float16 that is not negative, from its 16 bits.
export const half = (bits) => (bits < 0x400 ? bits * 2 ** -24 : (0x400 + (bits & 0x3ff)) * 2 ** ((bits >> 10) - 25));

// Read the parts once: the IDs, and the rows as numbers, one after another, and the length of each.
export function readRows(parts, dim) {
  const scales = dim / BLOCK, size = 2 + 2 * scales + dim / 2;
  const bytes = Uint8Array.from(parts.map(atob).join(""), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer), count = bytes.length / size;
  const ids = new Array(count), rows = new Float32Array(count * dim), lengths = new Float32Array(count);
  for (let row = 0, at = 0; row < count; row++) {
    const start = row * size, codes = start + 2 + 2 * scales;
    let squares = 0;
    ids[row] = view.getUint16(start, true);
    for (let block = 0; block < scales; block++) {
      const scale = half(view.getUint16(start + 2 + 2 * block, true));
      for (let pair = (block * BLOCK) / 2; pair < ((block + 1) * BLOCK) / 2; pair++) {
        for (const level of [bytes[codes + pair] >> 4, bytes[codes + pair] & 15]) {
          rows[at] = (level - 7.5) * scale;
          squares += rows[at++] ** 2;
        }
      }
    }
    lengths[row] = Math.sqrt(squares);
  }
  return { ids, rows, lengths, dim };
}

// The cosine of one row with every row. Four sums at a time: one alone would wait for itself at every step.
export function cosines({ rows, lengths, dim }, one) {
  const query = rows.slice(one * dim, (one + 1) * dim), found = new Float32Array(lengths.length);
  for (let row = 0, at = 0; row < lengths.length; row++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let column = 0; column < dim; column += 4, at += 4) {
      a += query[column] * rows[at];
      b += query[column + 1] * rows[at + 1];
      c += query[column + 2] * rows[at + 2];
      d += query[column + 3] * rows[at + 3];
    }
    found[row] = (a + b + c + d) / (lengths[row] * lengths[one]);
  }
  return found;
}

// The k rows nearest to one, best first, without itself.
export function nearestRows(cosines, one, k) {
  const others = Array.from(cosines.keys()).filter((row) => row !== one);
  return others.sort((a, b) => cosines[b] - cosines[a]).slice(0, k);
}

const dot = (one, other) => one.reduce((sum, number, i) => sum + number * other[i], 0);

// The direction that a symmetric matrix stretches most: squared again and again, nothing else is left of it.
function mainDirection(matrix) {
  let power = matrix;
  for (let i = 0; i < 20; i++) {
    const largest = Math.max(...power.flat().map(Math.abs)) || 1;
    const even = power.map((row) => row.map((number) => number / largest));
    power = even.map((row) => even.map((column) => dot(row, column)));
  }
  const best = power.reduce((one, other) => (dot(other, other) > dot(one, one) ? other : one));
  return best.map((number) => number / (Math.sqrt(dot(best, best)) || 1));
}

// PCA of a few vectors, as `project` of geometry.py: points on the two axes of largest variance, and its share.
export function project(vectors) {
  const centre = vectors[0].map((_, column) => vectors.reduce((sum, vector) => sum + vector[column], 0) / vectors.length);
  const centred = vectors.map((vector) => vector.map((number, column) => number - centre[column]));
  let products = centred.map((one) => centred.map((other) => dot(one, other)));
  const total = products.reduce((sum, row, i) => sum + row[i], 0);
  const points = vectors.map(() => []);
  let kept = 0;
  for (let axis = 0; axis < 2; axis++) {
    const direction = mainDirection(products);
    const variance = dot(direction, products.map((row) => dot(row, direction)));
    const along = centre.map((_, column) => direction.reduce((sum, weight, i) => sum + weight * centred[i][column], 0));
    const largest = along.reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one));
    const stretch = Math.sign(largest) * Math.sqrt(variance);  // the largest part of an axis is positive
    direction.forEach((weight, i) => points[i].push(weight * stretch));
    products = products.map((row, i) => row.map((number, j) => number - variance * direction[i] * direction[j]));
    kept += variance;
  }
  return { points, share: kept / total };
}

// How many letters must be put in, taken out or changed to make one word the other (Levenshtein 1966).
export function editDistance(one, other) {
  let above = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)));
    }
    above = row;
  }
  return above[other.length];
}

const sameStart = (one, other) => [...one].findIndex((letter, i) => letter !== other[i]);

// Words that look like this one: up to a third of its letters differ. First those with the fewest changes, of these
// those that begin like it, of these the most used.
export function closeWords(text, words, count) {
  const most = Math.max(1, Math.floor(text.length / 3));
  return words.filter((word) => Math.abs(word.length - text.length) <= most)
    .map((word) => ({ word, changes: editDistance(text, word), start: sameStart(text, word) }))
    .filter(({ changes }) => changes <= most)
    .sort((one, other) => one.changes - other.changes || other.start - one.start)
    .slice(0, count).map(({ word }) => word);
}

// All that is loaded, made ready for questions. Beside the tokens of a language model stands how words are cut that are none.
export function readTable(vocabulary, parts, dim, name = "minilm") {
  const cut = name === "smollm2" ? JSON.parse(vocabulary[1]) : null;
  const tokens = (cut ? vocabulary[0] : vocabulary.join("\n")).split("\n"), table = readRows(parts, dim);
  return { ...table, name, cut, tokens, idOf: new Map(tokens.map((token, id) => [token, id])),
    words: table.ids.map((id) => tokens[id]), rowOf: new Map(table.ids.map((id, row) => [tokens[id], row])) };
}

// The tokens of a language model that a text may stand for, the likeliest first: Ġ is the space before a word.
export function formsOf(text) {
  if (text.startsWith("Ġ")) return [text];
  const lower = text.toLowerCase();
  return [...new Set([text, lower, lower.slice(0, 1).toUpperCase() + lower.slice(1), text.toUpperCase()])].map((form) => `Ġ${form}`);
}

function wordOf(typed, table, sizes) {
  const word = formsOf(typed).find((form) => table.rowOf.has(form));
  if (word) return { word, id: table.rowOf.get(word) };
  const plain = typed.replace(/^Ġ/, "").toLowerCase(), pieces = (Object.hasOwn(table.cut, plain) && table.cut[plain]) || [];
  const close = plain ? closeWords(`Ġ${plain}`, table.words, sizes.close) : [];
  return { missing: plain ? (pieces.length ? "cut" : "absent") : "empty", pieces, close };
}

// The token that a text is, or why it has no row here.
export function tokenOf(text, table, sizes) {
  const typed = text.slice(0, sizes.characters).trim();
  if (table.cut) return wordOf(typed, table, sizes);
  const tokens = table.idOf.has(typed) ? [typed] : tokenize(typed, table.idOf);
  const [word] = tokens, alone = tokens.length === 1 && (word !== "[UNK]" || typed === word);
  if (alone && table.rowOf.has(word)) return { word, id: table.idOf.get(word) };
  const missing = tokens.length === 0 ? "empty" : alone ? "elsewhere" : tokens.length === 1 ? "unknown" : "cut";
  const several = missing === "cut" && tokens.every((token) => table.rowOf.has(token));
  const close = several ? [...new Set(tokens)] : closeWords(typed.toLowerCase(), table.words, sizes.close);
  return { missing, id: table.idOf.get(word), pieces: tokens.slice(0, sizes.pieces), close: close.slice(0, sizes.close) };
}

// What the explorer shows for two words, in the form that neighbours.py gives.
export function answerFor(first, second, k, table, sizes) {
  const found = [first, second].map((text) => tokenOf(text, table, sizes)), names = new Set(), all = [];
  for (const word of found.filter((each) => each.word)) {
    const row = table.rowOf.get(word.word), near = cosines(table, row);
    word.near = nearestRows(near, row, k).map((other) => [table.words[other], near[other]]);
    all.push(near);
    names.add(word.word);
  }
  for (const { near = [] } of found) for (const [name] of near) names.add(name);
  const rows = [...names].map((name) => table.rowOf.get(name) * table.dim);
  const map = rows.length ? project(rows.map((at) => Array.from(table.rows.subarray(at, at + table.dim)))) : null;
  return { asked: [first, second, k, table.name], rows: table.ids.length, rounded: true, found,
    cosine: all.length === 2 ? all[0][table.rowOf.get(found[1].word)] : null, map: map && { names: [...names], ...map } };
}
