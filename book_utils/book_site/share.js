// The state of an explorer in the address, "#see=neighbours&first=cat&second=dog", in the part that no browser sends to
// a server. Which traits are shared, and what they may be, says the class (`shared_traits` in asking/widget.py).

const LONGEST = 2000;  // characters: programs for mail and chats cut longer addresses

// The name of a view in an address: its kind, with a number from the second of its kind on.
function nameOf(view) {
  const place = views.filter((other) => other.dataset.kind === view.dataset.kind).indexOf(view);
  return view.dataset.kind + (place ? `-${place + 1}` : "");
}

// Anybody may have written the address: what does not fit its rule is left out.
function allowed(rule, text) {
  if (Array.isArray(rule)) return rule.find((one) => String(one) === text);
  if ("most" in rule) return text.length <= rule.most ? text : undefined;
  const number = /^-?\d+$/.test(text) ? Number(text) : NaN;
  return rule.from <= number && number <= rule.to ? number : undefined;
}

// What the address asks for: its words by trait, and the view.
function wanted() {
  const words = new URLSearchParams(location.hash.length <= LONGEST ? location.hash.slice(1) : "");
  return { words, view: views.find((view) => nameOf(view) === words.get("see")) };
}

function arriving(id, { shared = {} }) {
  const { words, view } = wanted();
  if (!view || view.dataset.model !== id) return {};
  const found = Object.entries(shared).filter(([trait]) => words.has(trait)).map(([trait, rule]) => [trait, allowed(rule, words.get(trait))]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

// Below what a widget shows, where it can be shared: a button that puts what is seen into the address, and copies it.
function offerLink(el, name, model) {
  const shared = Object.keys(model.get("shared") ?? {});
  if (!shared.length) return;
  const line = document.createElement("p"), said = document.createElement("span");
  line.className = "book-share";
  said.setAttribute("aria-live", "polite");
  line.append(buttonOf(t.shareCopy, async () => {
    const words = new URLSearchParams([["see", name], ...shared.map((trait) => [trait, String(model.get(trait))])]);
    const hash = `#${words}`;
    said.textContent = "";
    if (hash.length > LONGEST) {
      said.textContent = t.shareLong.replace("{most}", LONGEST.toLocaleString("en"));
      return;
    }
    try { history.replaceState(history.state, "", hash); } catch { /* not allowed in this frame: the copy is enough */ }
    await window.bookCopy(location.href.split("#")[0] + hash);
    said.textContent = t.shareCopied;
  }), " ", said);
  (el.querySelector(".explorer") ?? el).append(line);
}

// The view that the address asks for comes at once; steps.js keeps it in sight while the page grows.
function seek() {
  const { view } = wanted();
  for (const other of views) other.classList.toggle("book-sought", other === view);
  view?.scrollIntoView();
  return view && come(view);
}

// Another address on the same page: the view is shown as that says, whatever it was before.
window.addEventListener("hashchange", async () => {
  const { view } = wanted();
  if (!view) return;
  leave(view);
  await seek();
  view.scrollIntoView();
});
