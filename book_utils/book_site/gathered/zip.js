// Read a zip that nobody vouches for, in the browser: the same refusals as classroom/hand_ins.py, and nothing is kept.
// Gives [{ name, read }] or [{ name, why }]; why is the key of a sentence. `read` gives the bytes or throws a key.

const MOST_ZIP = 1e9, MOST_LIST = 8e6, MOST_ENTRIES_OF_A_ZIP = 20000, MOST_GROWTH = 200, MAY_GROW = 1e5, MOST_UNPACKED = 2e9;

async function viewOf(file, start, end) {
  return new DataView(await file.slice(Math.max(0, start), end).arrayBuffer());
}

// The last record of a zip says where its list stands: it is looked for from the end, past a comment.
async function directoryOf(file) {
  const start = Math.max(0, file.size - 65557), tail = await viewOf(file, start, file.size);
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    const many = tail.getUint16(at + 10, true), size = tail.getUint32(at + 12, true), from = tail.getUint32(at + 16, true);
    if (size > MOST_LIST || from === 0xffffffff || many > MOST_ENTRIES_OF_A_ZIP) throw "zipMany";
    if (from + size > start + at) throw "zipDamaged";
    return { many, list: await viewOf(file, from, from + size) };
  }
  throw "zipDamaged";
}

function whyNot({ name, flags, method, packed, size, mode }) {
  const parts = name.replaceAll("\\", "/").split("/");
  if (/^[/\\]/.test(name) || parts.includes("..") || parts[0].includes(":")) return "zipLeadsOut";
  if ((mode & 0xf000) === 0xa000) return "zipLink";
  if (/\.zip$/i.test(name)) return "zipInZip";
  if (!/\.json$/i.test(name)) return "zipNoJson";
  if (flags & 1) return "zipLocked";
  if (method !== 0 && method !== 8) return "zipPacked";
  return size > Math.max(MAY_GROW, MOST_GROWTH * packed) ? "zipGrows" : null;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crcOf = (bytes) => ~bytes.reduce((c, byte) => CRC[(c ^ byte) & 255] ^ (c >>> 8), -1) >>> 0;

async function unpacked(file, { at, packed, method, size, crc }) {
  const head = await viewOf(file, at, at + 30);
  if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) throw "zipPart";
  if (size > MOST_BYTES) throw "fileLarge";
  const from = at + 30 + head.getUint16(26, true) + head.getUint16(28, true), whole = file.slice(from, from + packed);
  const chunks = [];
  let length = 0;
  try {
    const stream = method ? whole.stream().pipeThrough(new DecompressionStream("deflate-raw")) : whole.stream();
    for (let reader = stream.getReader(), one; !(one = await reader.read()).done;) {
      length += one.value.length;
      if (length > size) { await reader.cancel(); throw "zipPart"; }  // it says less than it holds
      chunks.push(one.value);
    }
  } catch { throw "zipPart"; }
  const bytes = new Uint8Array(length);
  chunks.reduce((place, chunk) => { bytes.set(chunk, place); return place + chunk.length; }, 0);
  if (length !== size || crcOf(bytes) !== crc) throw "zipPart";
  return bytes;
}

export async function readZip(file) {
  if (file.size > MOST_ZIP) throw "zipLarge";
  const { many, list } = await directoryOf(file), found = [], utf8 = new TextDecoder();
  let total = 0;
  for (let i = 0, at = 0; i < many; i += 1) {
    if (at + 46 > list.byteLength || list.getUint32(at, true) !== 0x02014b50) throw "zipDamaged";
    const [name, extra, comment] = [28, 30, 32].map((place) => list.getUint16(at + place, true));
    if (at + 46 + name > list.byteLength) throw "zipDamaged";
    const entry = {
      name: utf8.decode(new Uint8Array(list.buffer, at + 46, name)), flags: list.getUint16(at + 8, true), method: list.getUint16(at + 10, true),
      crc: list.getUint32(at + 16, true), packed: list.getUint32(at + 20, true), size: list.getUint32(at + 24, true),
      mode: list.getUint32(at + 38, true) >>> 16, at: list.getUint32(at + 42, true),
    };
    at += 46 + name + extra + comment;
    if (entry.name.endsWith("/")) continue;
    let why = whyNot(entry);
    if (!why && (total += entry.size) > MOST_UNPACKED) why = "zipLarge";
    found.push(why ? { name: entry.name, why } : { name: entry.name, read: () => unpacked(file, entry) });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
