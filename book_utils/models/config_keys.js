// The JavaScript twin of config_keys.py: a config.json parsed, and the values under the keys of a fact, checked.
// `keys` is data/config_keys.json and config_families.json in one, the one list of names, and in `keys.words` the words
// of the page's language.

export class ConfigError extends Error {
  constructor(sentence, path = "") {
    super(sentence);
    this.path = path;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value) => value === null || (Array.isArray(value) && value.length === 0);
const told = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const inFull = (number) => number.toLocaleString("en", { maximumFractionDigits: 20 });

// A value from a file in few words; a list or an object is named only, for it may be nested too deep to be written.
function briefly(value, { configKinds }) {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? configKinds.list : configKinds.object;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

// -- files from strangers -----------------------------------------------------

// Looked at before a file is read at all.
export function refuseTooBig(size, name, { limits, words }) {
  if (size <= limits.bytes) return;
  throw new ConfigError(told(words.configErrors.size, { name, limit: inFull(limits.bytes), size: inFull(size) }));
}

export function parseConfig(bytes, name, keys) {
  refuseTooBig(bytes.length, name, keys);
  const { words } = keys;
  let text, parsed;
  try {
    text = asJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const back = (_, value) => (value === NAN ? NaN : value);
    parsed = text.includes(JSON.stringify(NAN)) ? JSON.parse(text, back) : JSON.parse(text);
  } catch (problem) {
    throw new ConfigError(told(words.configErrors.json, { name, problem: problem.message.slice(0, 100) }));
  }
  if (keyStandsTwice(text)) throw new ConfigError(told(words.configErrors.twice, { name }));
  if (!isObject(parsed)) throw new ConfigError(told(words.configErrors.object, { name, value: briefly(parsed, words) }));
  return parsed;
}

// Python writes NaN and Infinity, which are no JSON. Outside of strings they become what JSON can say.
const NAN = "\u0001NaN";
const asJson = (text) => text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"|(?<![\w.+-])(-?Infinity|NaN)(?![\w.])/g,
  (all, word) => (word ? { Infinity: "1e999", "-Infinity": "-1e999", NaN: JSON.stringify(NAN) }[word] : all));

// JSON.parse takes the last of two equal keys without a word. The text is good JSON by now.
function keyStandsTwice(text) {
  const open = [];
  let last = "";
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === "{") open.push(new Set());
    else if (sign === "}") open.pop();
    else if (sign === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      last = text.slice(start, i + 1);
    } else if (sign === ":") {
      const key = JSON.parse(last), seen = open.at(-1);
      if (seen.has(key)) return true;
      seen.add(key);
    }
  }
  return false;
}

function checkShape(config, { limits: { depth }, words }) {
  if (!isObject(config)) throw new ConfigError(told(words.configErrors.config, { value: briefly(config, words) }));
  let level = [config];
  for (let i = 0; i < depth; i++) {
    level = level.flatMap((item) => Object.values(item)).filter((inner) => typeof inner === "object" && inner !== null);
  }
  if (level.length) throw new ConfigError(told(words.configErrors.depth, { depth }));
}

// -- looking up a fact ----------------------------------------------------------

// The keys of a fact, without those of last resort, the one that counts first.
export function keysOf(name, { facts, rope_nesting: inside }) {
  return [...(facts[name].rope ?? []).flatMap((key) => inside.map((prefix) => prefix + key)), ...facts[name].keys];
}

// Every [key, value] that the file has for a fact, the one that counts first.
function find(config, name, keys) {
  const { is, last_resort: last = [] } = keys.facts[name];
  for (const group of [keysOf(name, keys), last]) {
    const paths = keys.nesting.flatMap((prefix) => group.map((key) => prefix + key));
    const there = is === "null" ? paths.filter((path) => at(config, path, "") === null).map((path) => [path, true])
      : paths.map((path) => [path, at(config, path)]).filter(([, value]) => !isAbsent(value));
    if (there.length) return there.map(([path, value]) => [path, checked(value, is, path, keys)]);
  }
  return [];
}

const at = (config, path, missing = null) =>
  path.split(".").reduce((inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : missing), config);

function checked(value, kind, path, { limits, words }) {
  const isNumber = (item) => typeof item === "number" && item >= 0 && item <= limits.size;
  const number = isNumber(value), whole = number && Number.isInteger(value);
  const items = Array.isArray(value) && value.length <= limits.list ? value : [null];
  const good = {
    size: whole && value >= 1,
    count: whole,
    number: number && value > 0,
    share: number && value > 0 && value <= 1,
    flag: typeof value === "boolean",
    word: typeof value === "string" && value !== "" && [...value].length <= limits.word,
    words: items.every((item) => typeof item === "string"),
    numbers: items.every(isNumber),
    flags: items.every((item) => [0, 1, false, true].includes(item)),
    null: true,
  }[kind];
  if (!good) {
    const wanted = told(words.configKinds[kind], { largest: inFull(limits.size), longest: inFull(limits.list) });
    throw new ConfigError(told(words.configErrors.value, { path, wanted, value: briefly(value, words) }), path);
  }
  return kind === "flags" ? value.map(Number) : value;
}
