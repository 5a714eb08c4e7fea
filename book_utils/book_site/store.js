// What a reader has done, kept in this browser and nowhere else. Storage may be blocked, full, or hold
// anything at all: then the page goes on with what it can remember until it is closed.
(function () {
  "use strict";
  const memory = new Map();  // what storage would not take
  const key = (...parts) => ["guess", ...parts].join("/");
  const DAY = /^\d{4}-\d{2}-\d{2}T/;

  function textOf(name) {
    if (memory.has(name)) return memory.get(name);
    try { return window.localStorage.getItem(name); } catch { store.problem = "blocked"; }
    return null;
  }

  function recordOf(text) {
    try {
      const record = JSON.parse(text);
      return record && record.v === 1 && record.state && typeof record.state === "object" ? record : null;
    } catch { return null; }
  }

  function tell(chapter, name) {
    document.dispatchEvent(new CustomEvent("book:kept", { detail: { chapter, name, problem: store.problem } }));
  }

  // Reviews are [time, "knew" or "notYet"], by time, the last one of a day standing for it.
  function withReview(reviews, review) {
    const day = (at) => at.slice(0, 10);
    const fits = (one) => Array.isArray(one) && typeof one[0] === "string" && DAY.test(one[0]);
    const others = (Array.isArray(reviews) ? reviews : []).filter((one) => fits(one) && day(one[0]) !== day(review[0]));
    return [...others, review].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  const store = {
    problem: "",  // "blocked" or "full", empty while all is well
    read(book, chapter, name, digest) {
      const record = recordOf(textOf(key(book, chapter, name)));
      return record && record.digest === digest ? record : null;
    },
    write(book, chapter, name, digest, state) {
      const old = store.read(book, chapter, name, digest);
      const record = { v: 1, digest, at: old?.at || new Date().toISOString(), state, reviews: old?.reviews };
      const text = JSON.stringify(record);
      const at = key(book, chapter, name);
      try {
        window.localStorage.setItem(at, text);
        memory.delete(at);
      } catch {
        memory.set(at, text);
        store.problem = store.problem || "full";
      }
      tell(chapter, name);
    },
    // Note that the reader has recalled this today, on top of what is kept.
    review(book, chapter, name, digest, said) {
      const now = new Date().toISOString();
      const record = store.read(book, chapter, name, digest) || { v: 1, digest, at: now, state: {} };
      record.reviews = withReview(record.reviews, [now, said]);
      store.put(book, [{ chapter, name, record }]);
    },
    // Put several records in place, null for none: all of them, or none where storage has no room. Says whether.
    put(book, changes) {
      const keys = changes.map(({ chapter, name }) => key(book, chapter, name));
      const texts = changes.map(({ record }) => (record ? JSON.stringify(record) : null));
      const set = (values) => {
        // first what makes room, then what takes it
        keys.forEach((name, i) => { if (values[i] === null) window.localStorage.removeItem(name); });
        keys.forEach((name, i) => { if (values[i] !== null) window.localStorage.setItem(name, values[i]); });
      };
      let before = null;
      try {
        before = keys.map((name) => window.localStorage.getItem(name));
        set(texts);
        keys.forEach((name) => memory.delete(name));
      } catch {
        store.problem = before ? "full" : "blocked";
        try { if (before) set(before); } catch { /* what was there had room a moment ago */ }
        if (before) return false;
        keys.forEach((name, i) => memory.set(name, texts[i]));
      }
      changes.forEach(({ chapter, name }) => tell(chapter, name));
      return true;
    },
  };
  window.bookStore = store;
})();
