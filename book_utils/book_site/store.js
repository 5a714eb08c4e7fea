// What a reader has done, kept in this browser and nowhere else. Storage may be blocked, full, or hold
// anything at all: then the page goes on with what it can remember until it is closed.
(function () {
  "use strict";
  const memory = new Map();
  const key = (book, chapter, name) => ["guess", book, chapter, name].join("/");
  const store = {
    problem: "",  // "blocked" or "full", empty while all is well
    read(book, chapter, name, digest) {
      let text = memory.get(key(book, chapter, name));
      try { text = window.localStorage.getItem(key(book, chapter, name)) ?? text; } catch { store.problem = "blocked"; }
      try {
        const record = JSON.parse(text);
        return record && record.v === 1 && record.digest === digest && record.state && typeof record.state === "object" ? record : null;
      } catch { return null; }
    },
    write(book, chapter, name, digest, state) {
      const at = store.read(book, chapter, name, digest)?.at || new Date().toISOString();
      const text = JSON.stringify({ v: 1, digest, at, state });
      memory.set(key(book, chapter, name), text);
      try { window.localStorage.setItem(key(book, chapter, name), text); } catch { store.problem = "full"; }
      document.dispatchEvent(new CustomEvent("book:kept", { detail: { chapter, name, problem: store.problem } }));
    },
  };
  window.bookStore = store;
})();
