// Where a reader is: which steps of the chapter are done, and the place last read, kept in this browser.
(function () {
  "use strict";
  const place = document.getElementById("book-place");
  if (!place) return;
  const [t] = Object.values(window.bookWords);
  const { book, page } = place.dataset;
  const sections = [...document.querySelectorAll("article section > h2")].map((heading) => heading.parentElement);

  // -- the bar: one part for each section that asks something --------------------------------------------------
  const asking = (section) => [...section.querySelectorAll(".book-widget[data-kind=guess]")];
  const steps = sections.filter((section) => asking(section).length);
  const isDone = (section) => asking(section).every((view) => view.querySelector(".guess-verdict")?.hidden === false);

  const bar = document.createElement("div");
  bar.className = "book-steps";
  bar.setAttribute("role", "img");
  bar.append(...steps.map(() => document.createElement("span")));

  const links = steps.map((section) => document.querySelector(`#pst-page-toc-nav a[href="#${CSS.escape(section.id)}"]`));
  let shown = [];

  // Only what has changed is touched: every change of a page costs a layout of it.
  function mark() {
    const done = steps.map(isDone);
    done.forEach((now, i) => { if (now !== shown[i]) tick(i, now); });
    if (String(done) !== String(shown)) bar.setAttribute("aria-label", t.stepsDone.replace("{done}", done.filter(Boolean).length).replace("{all}", steps.length));
    shown = done;
  }

  function tick(i, done) {
    bar.children[i].dataset.done = done;
    links[i]?.querySelector(".book-step-done")?.remove();
    if (!links[i] || !done) return;
    const sign = document.createElement("span");
    sign.className = "book-step-done";
    sign.textContent = ` ✓ ${t.stepDone}`;
    links[i].append(sign);
  }

  if (steps.length > 1) {
    document.querySelector(".bd-header-article").append(bar);  // which stays in sight
    let due = false;
    const later = () => {  // once for all that happens until the next frame, and after it: no verdict waits for that
      if (!due) requestAnimationFrame(() => setTimeout(() => { due = false; mark(); }));
      due = true;
    };
    for (const news of ["book:kept", "book:live"]) document.addEventListener(news, later);
    window.addEventListener("storage", later);
    mark();
  }

  // -- sections that are far from sight are left out of layout and paint: when all is at rest, and as tall as they are.
  // (With a height that is only guessed, what stands in one would lie over the next one, for scripts that measure.)
  // In Chromium only: in Firefox and WebKit a screen reader then finds headings and controls there without their names.
  // They have no userAgentData; nor has Chromium on plain http from another machine, where all is laid out, only slower.
  // A widget that comes alive later changes its own section only, and to measure them all may take as long as a verdict.
  const changed = new Set();
  let rest = 0, width = 0;
  // What is in sight is left for later: nothing would move, but Chromium counts it as if it had.
  function setApart() {
    width = window.innerWidth;
    const boxOf = (section) => section.getBoundingClientRect(), inSight = ({ top, bottom }) => bottom > 0 && top < window.innerHeight;
    const those = [...changed].filter((section) => !inSight(boxOf(section)));
    for (const section of those) { section.classList.remove("book-apart"); changed.delete(section); }
    const heights = those.map((section) => boxOf(section).height);
    those.forEach((section, i) => { section.style.containIntrinsicBlockSize = `auto ${heights[i]}px`; });
    for (const section of those) section.classList.add("book-apart");
  }
  function soon(those) {
    for (const section of those) changed.add(section);
    clearTimeout(rest);
    rest = setTimeout(setApart, 500);
  }
  if (navigator.userAgentData) {
    window.addEventListener("load", () => soon(sections));
    document.addEventListener("book:live", ({ target }) => soon(sections.filter((section) => section.contains(target))));
    window.addEventListener("scroll", () => { if (changed.size) soon([]); }, { passive: true });
    document.addEventListener("book:path", () => soon(sections));  // the short path leaves something out: see page.js
    window.addEventListener("resize", () => { if (window.innerWidth !== width) soon(sections); });
  }

  // -- widgets grow as they come alive: until the reader moves, the page stays at the place that its address names ---
  let moved = performance.getEntriesByType("navigation")[0]?.type !== "navigate";  // the browser knows the place itself
  for (const sign of ["wheel", "touchmove", "keydown", "pointerdown"]) window.addEventListener(sign, () => { moved = true; }, { once: true, passive: true });
  document.addEventListener("book:settled", () => { moved = true; });
  document.addEventListener("book:live", () => { if (!moved) document.querySelector(":target, .book-sought")?.scrollIntoView(); });

  // -- a class that reads together: said, and how to end it ----------------------------------------------------
  if (document.documentElement.dataset.inClass && document.querySelector("[data-kind=guess]")) {
    const line = document.createElement("p"), end = document.createElement("a");
    line.className = "book-go-on";
    end.href = "?class=off";
    end.textContent = t.classEnd;
    line.append(t.classOn + " ", end);
    place.append(line);
  }

  // -- the place last read ---------------------------------------------------------------------------------------
  // { pages: { page: id of the section }, last: page }: whatever else storage holds counts as nothing.
  const key = `place/${book}`;
  function kept() {
    try {
      const found = JSON.parse(pageStorage.local.getItem(key));
      if (found && typeof found.pages === "object" && found.pages && typeof found.last === "string") return found;
    } catch { /* none of ours */ }
    return { pages: {}, last: "" };
  }

  function offer(sentence, address) {
    const line = document.createElement("p"), link = document.createElement("a");
    line.className = "book-go-on";
    link.href = address;
    link.textContent = sentence;
    line.append(link);
    place.append(line);
  }

  const title = (section) => section.querySelector("h2").firstChild.textContent.trim();
  const before = kept();
  const there = sections.find((section, i) => i > 0 && section.id === before.pages[page]);
  if (there && !location.hash) offer(t.placeGoOn.replace("{title}", title(there)), `#${there.id}`);
  if (place.dataset.start) {  // the first page leads to the chapter last read
    const link = [...document.querySelectorAll(".bd-docs-nav a[href]")].find((one) => one.pathname.endsWith(`/${before.last}.html`));
    const address = link && new URL(link.href);
    if (link && typeof before.pages[before.last] === "string") address.hash = before.pages[before.last];
    if (link) offer(t.placeGoOn.replace("{title}", link.textContent.trim()), address.href);
  }

  // The theme marks a heading that comes into sight, and none that leaves it: on the way up it names the one below.
  const entries = [...document.querySelectorAll("#pst-page-toc-nav .toc-entry")].map((entry) => [entry, entry.querySelector("a")]);
  // Who chose a heading there stays with it: at the end of a page it may stand too low for the rule below.
  let chosen = location.hash ? performance.now() : -Infinity;
  document.getElementById("pst-page-toc-nav")?.addEventListener("click", () => { chosen = performance.now(); });
  function markPlace(now) {
    if (performance.now() - chosen < 1000) return;
    for (const [entry, link] of entries) {
      const here = Boolean(now) && link.hash === `#${now.id}`;
      for (const one of [entry, link]) one.classList.toggle("active", here);
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  let waiting = false;
  function note() {
    waiting = false;
    const line = window.innerHeight * 0.4;
    // While widgets above still grow, the page may stand elsewhere for a moment: the reader is where the address leads.
    const sought = moved ? null : document.querySelector(":target, .book-sought");
    const now = sections.filter((section) => (sought ? section.contains(sought) : section.getBoundingClientRect().top < line)).at(-1);
    markPlace(now);
    const { pages, last } = kept();
    if (steps.length < 2 || !now || (pages[page] === now.id && last === page)) return;
    pageStorage.local.setItem(key, JSON.stringify({ pages: { ...pages, [page]: now.id }, last: page }));
  }
  window.addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(() => setTimeout(note));  // after the frame, which should not wait for it
    waiting = true;
  }, { passive: true });
})();
