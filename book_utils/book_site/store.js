// What a reader has done, kept in this browser and nowhere else. Storage may be blocked, full, hold anything at all,
// or be written by another tab at the same moment. Then the page goes on with what it can remember until it is
// closed, and no first guess is replaced. In the built file asking/merge.js stands before this one.

const held = new Map();  // by key, what storage would not take: a record, or null for one taken away
const wrote = new Map();  // by key, what this page has put there last
const UNREADABLE = Symbol("storage cannot be read");
const keyOf = (...parts) => ["guess", ...parts].join("/");

function recordOf(text) {
  try {
    const record = JSON.parse(text);
    return record && record.v === 1 && record.state && typeof record.state === "object" ? record : null;
  } catch { return null; }
}

function textIn(key) {
  try {
    const text = window.localStorage.getItem(key);
    if (!held.size) store.problem = "";
    return text;
  } catch {
    store.problem = "blocked";
    return UNREADABLE;
  }
}

// Join the records of one edition of a question; null where there is none.
const joined = (records, digest) => records.filter((one) => one?.digest === digest)
  .reduce((one, other) => (one ? merged(one, other) : other), null);

// What is kept: what storage holds, and what it would not take.
const keptOf = (key, text, digest) =>
  (held.get(key) === null ? null : joined([text === UNREADABLE ? null : recordOf(text), held.get(key)], digest));

// Make a new record of what is kept. What cannot be looked at may be older than ours, and is not written over.
function update(key, digest, change) {
  const text = textIn(key), record = change(keptOf(key, text, digest));
  try {
    if (text === UNREADABLE) throw new Error(store.problem);
    window.localStorage.setItem(key, JSON.stringify(record));
    held.delete(key);
    wrote.set(key, record);
    if (!held.size) store.problem = "";
  } catch {
    held.set(key, record);
    store.problem = store.problem || "full";
  }
  return record;
}

// Try again to put what storage would not take, joined with what is there by now.
function retry() {
  for (const [key, record] of [...held]) {
    if (record) update(key, record.digest, (kept) => kept);
    else try { window.localStorage.removeItem(key); held.delete(key); } catch { /* still blocked */ }
  }
}

// Does a record lack what another has, and what nothing but a race of two tabs can have taken from it?
function lacks(record, whole) {
  const said = ({ state, reviews }) => JSON.stringify([state.guess ?? null, state.confidence ?? "", Boolean(state.revealed), reviews?.length ?? 0]);
  return said(record) !== said(whole);
}

// Two tabs may write at one moment, neither seeing the other: the later one then has replaced what came before it.
// Both hear of it, and whichever is still there puts back what is older.
function mend(key, told) {
  const digest = (held.get(key) || wrote.get(key))?.digest, text = textIn(key);
  const mine = joined([held.get(key), wrote.get(key)], digest);
  if (!mine) return;
  if (text === UNREADABLE) { held.set(key, joined([told, mine], digest)); return; }
  const found = recordOf(text);
  if (found?.digest !== digest) { wrote.delete(key); return; }  // taken away, or of another edition
  const whole = joined([found, told, mine], digest);
  wrote.set(key, found);
  if (lacks(found, whole)) update(key, whole.digest, (kept) => merged(kept ?? whole, whole));
}

window.addEventListener("storage", ({ key, newValue }) => {
  if (newValue === null) for (const one of key === null ? [...held.keys()] : [key]) held.delete(one);
  if (key !== null) mend(key, recordOf(newValue));
  retry();
});
window.addEventListener("pagehide", retry);
window.addEventListener("pageshow", (event) => { if (event.persisted) wrote.clear(); });  // it has not heard what others did

function tell(chapter, name) {
  document.dispatchEvent(new CustomEvent("book:kept", { detail: { chapter, name, problem: store.problem } }));
}

// Would storage take so much more?
function hasRoom(text) {
  if (!text) return true;
  try {
    window.localStorage.setItem("book-room", text);
    window.localStorage.removeItem("book-room");
    return true;
  } catch {
    try { window.localStorage.removeItem("book-room"); } catch { /* then it is blocked as well */ }
    store.problem = "full";
    return false;
  }
}

// Now, or right after what is kept: the clock may have been set back since.
function after(at) {
  const then = Math.min(Date.parse(at) + 1, 8.64e15);  // where time ends in JavaScript
  return new Date(then > Date.now() ? then : Date.now()).toISOString();
}

// When what a record says was said first.
function timeOf(state, kept, known) {
  if (!kept || (hasGuess({ state }) && !hasGuess(kept))) return new Date().toISOString();
  return known ? kept.at : after(kept.at);
}

const store = {
  problem: "",  // "blocked" or "full", empty while all is well

  read(book, chapter, name, digest) {
    const key = keyOf(book, chapter, name);
    return keptOf(key, textIn(key), digest);
  },

  // Is anything kept of other chapters?
  others(book, chapter) {
    try {
      return Object.keys(window.localStorage).some((key) => key.startsWith(keyOf(book, "")) && !key.startsWith(keyOf(book, chapter, "")));
    } catch { return false; }
  },

  // Keep what the reader has done. `seen` is the record that the page has shown: where another one is kept by now,
  // the two are joined. Gives what is kept then.
  write(book, chapter, name, digest, state, seen) {
    const record = update(keyOf(book, chapter, name), digest, (kept) => {
      const known = kept && JSON.stringify(kept) === JSON.stringify(seen);
      const now = { v: 1, digest, at: timeOf(state, kept, known), state, reviews: kept?.reviews ?? [] };
      return kept && !known ? merged(kept, now) : now;
    });
    retry();
    tell(chapter, name);
    return record;
  },

  // Note that the reader has recalled this today, on top of what is kept. Gives what is kept then.
  review(book, chapter, name, digest, said) {
    const now = new Date().toISOString(), other = ([at]) => at.slice(0, 10) !== now.slice(0, 10);
    const record = update(keyOf(book, chapter, name), digest, (kept) => {
      const { at = now, state = {}, reviews } = kept ?? {};
      return { v: 1, digest, at, state: "knew" in state ? { ...state, knew: said } : state,
               reviews: joinedReviews(joinedReviews(reviews).filter(other), [[now, said]]) };
    });
    tell(chapter, name);
    return record;
  },

  // Change several records: each change makes a new one of what is kept, or has none to take it away. All of them
  // are made, or none where storage has no room; that is tried first, for another tab may have written over what
  // would have to be put back. Says whether.
  put(book, changes) {
    const keys = changes.map(({ chapter, name }) => keyOf(book, chapter, name)), before = keys.map(textIn);
    const after = changes.map(({ digest, record }, i) => record && record(keptOf(keys[i], before[i], digest)));
    const texts = after.map((record) => record && JSON.stringify(record)), readable = !before.includes(UNREADABLE);
    const grows = keys.map((key, i) => (texts[i] ? key.length + texts[i].length : 0) - (before[i] ? key.length + before[i].length : 0));
    if (readable && !hasRoom([...keys, ...texts].join("").slice(0, Math.max(0, grows.reduce((sum, one) => sum + one, 0))))) return false;
    const order = [...keys.keys()].sort((a, b) => grows[a] - grows[b]), done = new Set();  // first what makes room
    try {
      if (!readable) throw new Error(store.problem);
      for (const i of order) {
        if (texts[i]) window.localStorage.setItem(keys[i], texts[i]); else window.localStorage.removeItem(keys[i]);
        done.add(i);
      }
    } catch {
      store.problem = readable ? "full" : "blocked";  // what had room a moment ago, this page remembers
    }
    keys.forEach((key, i) => {
      if (done.has(i)) held.delete(key); else held.set(key, after[i]);
      if (after[i] && done.has(i)) wrote.set(key, after[i]); else if (!after[i]) wrote.delete(key);
    });
    changes.forEach(({ chapter, name }) => tell(chapter, name));
    return true;
  },
};
window.bookStore = store;
