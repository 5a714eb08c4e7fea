// Two tabs of one site and their storage as Chromium has it: each tab sees its own writes at once, those of the other
// when they have gone through a third process, and not over a write of its own that is still on its way. Reads and
// writes fail for a while, tabs are loaded anew, clocks of the tabs are right. What a reader commits is followed.

function randomOf(seed) {  // mulberry32
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Tab {
  constructor(world, source) {
    Object.assign(this, { world, source, incoming: [], outgoing: [], view: new Map(world.truth), failing: {}, listeners: {} });
    this.load();
  }

  // A document: the script of the site, and what host.js does around it.
  load() {
    const { world } = this;
    this.listeners = {};
    const fails = (what) => this.failing[what] && (this.failing[what] === "always" || world.random() < 0.5);
    const change = (key, value) => {
      if (value === null) this.view.delete(key);
      else this.view.set(key, value);
      this.outgoing.push({ tab: this, key, value });
    };
    const window = {
      localStorage: {
        getItem: (key) => { if (fails("reads")) throw new Error("no"); return this.view.get(key) ?? null; },
        setItem: (key, value) => { if (fails("writes")) throw new Error("full"); change(key, value); },
        removeItem: (key) => { if (fails("reads")) throw new Error("no"); change(key, null); },
      },
      addEventListener: (name, listener) => (this.listeners[name] ??= []).push(listener),
    };
    class Clock extends Date {
      constructor(...given) { super(...(given.length ? given : [world.now])); }
      static now() { return world.now; }
    }
    new Function("window", "document", "CustomEvent", "Date", this.source)(window, { dispatchEvent() {} }, class {}, Clock);
    this.store = window.bookStore;
    this.model = { guess: null, confidence: "", second: null, skipped: false, revealed: false, rating: "" };
    window.addEventListener("storage", () => this.show());
    this.show();
  }

  show() {
    this.seen = this.store.read("book", "one", "q", "d");
    if (this.seen) Object.assign(this.model, this.seen.state);
    else this.model = { guess: null, confidence: "", second: null, skipped: false, revealed: false, rating: "" };
  }

  does(traits) {
    Object.assign(this.model, traits);
    this.seen = this.store.write("book", "one", "q", "d", { ...this.model }, this.seen);
    Object.assign(this.model, this.seen?.state);
  }

  hear({ tab, key, value }) {
    if (tab === this) return;
    if (![...this.outgoing, ...this.incoming].some((one) => one.tab === this && one.key === key)) {
      if (value === null) this.view.delete(key);
      else this.view.set(key, value);
    }
    this.tell("storage", { key, newValue: value });
  }

  tell(name, event = {}) { for (const listener of this.listeners[name] ?? []) listener(event); }
}

// Play one run; gives what went wrong, empty where all is well.
export function play(source, seed, steps = 30) {
  const random = randomOf(seed), world = { random, now: Date.UTC(2026, 0, 5), truth: new Map() };
  const tabs = [new Tab(world, source), new Tab(world, source)];
  const pick = (list) => list[Math.floor(random() * list.length)];
  const commits = [], story = [], problems = [];
  let made = 0;  // so that no two are the same
  let wasRevealed = false;  // where storage itself has heard of it
  const recordIn = (map) => JSON.parse(map.get("guess/book/one/q") ?? "null");

  function arrive(tab) {
    const one = tab.outgoing.shift();
    if (one.value === null) world.truth.delete(one.key);
    else world.truth.set(one.key, one.value);
    const there = recordIn(world.truth);
    const commit = commits.find(({ guess }) => guess === there?.state.guess);
    if (commit) commit.arrived = true;
    wasRevealed ||= Boolean(there?.state.revealed);
    for (const other of tabs) other.incoming.push(one);
  }
  const acts = {
    commit(tab) {
      if (tab.model.guess !== null || tab.model.revealed) return;
      const commit = { guess: `g${made++}`, at: world.now, tab, arrived: false };
      commits.push(commit);
      tab.does({ guess: commit.guess, confidence: pick(["guessing", "leaning", "sure"]) });
    },
    second: (tab) => tab.model.guess !== null && !tab.model.revealed && tab.does({ second: `s${pick([1, 2])}` }),
    reveal: (tab) => tab.model.guess !== null && tab.does({ revealed: true }),
    rate: (tab) => tab.model.revealed && tab.does({ rating: pick(["missed", "partly", "got"]) }),
    review: (tab) => tab.store.review("book", "one", "q", "d", pick(["knew", "notYet"])),
    read: (tab) => tab.store.put("book", [{ chapter: "one", name: "q", digest: "d", record: (kept) => kept ?? { v: 1, digest: "d",
      at: new Date(world.now).toISOString(), state: { guess: null, skipped: false }, reviews: [] } }]),
    // A file with a guess of this question, and with more than there may be room for: all is put there, or nothing.
    file(tab) {
      const commit = { guess: `g${made++}`, at: world.now - pick([0, 1, 2000]), tab, arrived: false };
      const entry = { v: 1, digest: "d", at: new Date(commit.at).toISOString(), state: { guess: commit.guess }, reviews: [] };
      const record = (kept) => (kept?.state.guess ? kept : { ...entry, reviews: kept?.reviews ?? [] });
      const taken = tab.store.put("book", ["q", "r", "s"].map((name) => ({ chapter: "one", name, digest: "d", record })));
      tab.show();
      commits.push({ ...commit, refused: !taken, gone: tab.model.guess !== commit.guess });
    },
    fail(tab) { tab.failing = { reads: pick([false, "always", "often"]), writes: pick([false, "always", "often"]) }; },
    work(tab) { tab.failing = {}; },
    leave(tab) {  // only one of the two tabs is closed while something is on its way: nobody could mend it then
      if (tab !== tabs[0]) return;
      for (const commit of commits) if (commit.tab === tab && !commit.arrived) commit.gone = !tab.outgoing.length;
      tab.load();
    },
    take(tab) {  // a person does not take away in the same millisecond
      if (tabs.some(({ outgoing, incoming, failing }) => outgoing.length + incoming.length || failing.reads || failing.writes)) return;
      tab.store.put("book", [{ chapter: "one", name: "q", record: null }]);
      drain();
      tabs.forEach((one) => one.show());
      if (recordIn(world.truth)) problems.push("it was taken away");
      commits.length = 0;
      wasRevealed = false;
    },
    arrive: (tab) => tab.outgoing.length && arrive(tab),
    hear: (tab) => tab.incoming.length && tab.hear(tab.incoming.shift()),
  };
  const drain = () => { while (tabs.some((tab) => tab.outgoing.length + tab.incoming.length)) { acts.arrive(pick(tabs)); acts.hear(pick(tabs)); } };
  const often = [...Object.keys(acts), "commit", "commit", "arrive", "hear", "hear"].filter((name) => name !== "leave" || random() < 0.5);
  for (let step = 0; step < steps; step++) {
    const name = pick(often), tab = pick(tabs);
    story.push(`${name} ${tabs.indexOf(tab)}`);
    acts[name](tab);
    world.now += Math.floor(3 * random()) * pick([0, 1, 1000]);
  }
  tabs.forEach(acts.work);
  drain();
  for (const tab of tabs) { tab.tell("pagehide"); drain(); }
  for (const tab of tabs) { tab.tell("pagehide"); drain(); tab.show(); }

  const end = recordIn(world.truth);
  const first = commits.filter(({ arrived }) => arrived).sort((a, b) => a.at - b.at)[0];
  const lost = commits.find(({ tab, arrived, gone }) => !arrived && !gone && tab === tabs[1] && first === undefined);
  if (first && (!end || commits.find(({ guess }) => guess === end.state.guess)?.at > first.at)) problems.push(`${first.guess} was replaced by ${end?.state.guess}`);
  if (lost) problems.push(`${lost.guess} never arrived`);
  if (wasRevealed && !end?.state.revealed) problems.push("it was revealed");
  for (const tab of tabs) if (end && JSON.stringify(tab.model.guess) !== JSON.stringify(end.state.guess ?? null)) problems.push(`tab ${tabs.indexOf(tab)} shows ${tab.model.guess}, storage has ${end.state.guess}`);
  if (end && commits.find(({ guess }) => guess === end.state.guess)?.refused) problems.push("what had no room stands there");
  for (const tab of tabs) if (tab.store.problem && end) problems.push(`tab ${tabs.indexOf(tab)} still says ${tab.store.problem}`);
  return { problems, story, raced: commits.filter(({ arrived }) => arrived).length > 1 };
}
