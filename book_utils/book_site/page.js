// What every page can do: keys, help, menus, copying code, and the list of chapters that folds away.
(function () {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const [t] = Object.values(window.bookWords);

  // -- keys -------------------------------------------------------------------
  // Where a key belongs to what has the focus, never to the page.
  const BUSY = "input, textarea, select, audio, video, [contenteditable]:not([contenteditable='false']), " +
    "[role=slider], [role=radiogroup], [role=listbox], [role=grid], [role=tablist], [role=menu], [role=application]";
  const help = one("#book-help");
  const keys = one("#book-keys");
  keys.checked = pageStorage.local.getItem("book-keys") !== "off";
  keys.addEventListener("change", () => pageStorage.local.setItem("book-keys", keys.checked ? "on" : "off"));
  one("#book-help-button")?.addEventListener("click", () => help.showModal());

  function scrollsSideways(element) {
    return element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX);
  }

  const actions = {
    "ArrowLeft": () => follow("prev"),
    "ArrowRight": () => follow("next"),
    "/": () => one(".search-button__button").click(),
    "s": () => one(".search-button__button").click(),
    "?": () => help.showModal(),
  };

  function follow(rel) {
    const link = one(`link[rel="${rel}"]`);
    if (link) location.assign(link.href);
  }

  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    const modified = event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && event.key.startsWith("Arrow"));
    if (!action || modified || event.defaultPrevented || !keys.checked || one("dialog[open]")) return;
    const path = event.composedPath().filter((node) => node instanceof Element && node !== document.documentElement);
    // The field of a dialog that has just closed may still have the focus: what is not shown keeps no key.
    if (path.some((node) => node.matches(BUSY) && node.checkVisibility?.() !== false)) return;
    if (event.key.startsWith("Arrow") && path.some(scrollsSideways)) return;
    event.preventDefault();
    action();
  });

  // -- menus of the header ----------------------------------------------------
  const menus = [...document.querySelectorAll(".book-menu")];  // looked for once: every click of a long page asks
  document.addEventListener("keydown", (event) => {
    const menu = menus.find((each) => each.open);
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });

  // -- copying code -----------------------------------------------------------
  const said = document.createElement("div");
  said.className = "book-unseen";
  said.setAttribute("role", "status");
  document.body.append(said);

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // refused, or the page comes from a file
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  window.bookCopy = copy;

  for (const pre of document.querySelectorAll(".bd-article div.highlight > pre")) {
    if (pre.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.className = "book-copy";
    button.title = t.copy;
    button.setAttribute("aria-label", t.copy);
    const icon = document.createElement("span");
    icon.className = "icon icon-copy";
    button.append(icon);
    button.addEventListener("click", async () => {
      await copy(pre.textContent);
      button.focus();
      icon.className = "icon icon-check";
      said.textContent = t.copied;
      setTimeout(() => { icon.className = "icon icon-copy"; said.textContent = ""; }, 2000);
    });
    pre.parentElement.append(button);
    pre.parentElement.addEventListener("pointerleave", ({ currentTarget }) => currentTarget.classList.remove("book-calm"));
  }
  // The button lies on the code that a pointer is on: Esc takes it away until the pointer comes back (WCAG 1.4.13).
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") one("div.highlight:hover")?.classList.add("book-calm");
  });

  // -- figures: their browser tells them whether the page is dark. WebKit tells them of the reader's system
  // instead, so where the two differ the address of a figure says it.
  const root = document.documentElement;
  function tint(image) {
    const [address, said] = image.src.split("#"), { theme } = root.dataset;
    const known = matchMedia("(prefers-color-scheme: dark)").matches === (theme === "dark");
    if (address.includes("/_images/") && address.endsWith(".svg") && (said ?? (known ? theme : "")) !== theme) image.src = `${address}#${theme}`;
  }
  document.addEventListener("load", ({ target }) => { if (target instanceof HTMLImageElement) tint(target); }, true);
  new MutationObserver(() => [...document.images].forEach(tint)).observe(root, { attributeFilter: ["data-theme"] });
  [...document.images].forEach(tint);

  // -- two paths: the short one leaves out the code and what goes deeper (page.css); the choice is remembered -------
  function take(path) {
    root.dataset.path = path;
    pageStorage.local.setItem("book-path", path);
    pathButton?.setAttribute("aria-pressed", String(path === "short"));
    document.dispatchEvent(new CustomEvent("book:path"));
  }
  const pathButton = one("#book-path");  // a page with code has it, unseen until it can be pressed
  if (pathButton) {
    pathButton.addEventListener("click", () => take(root.dataset.path === "short" ? "everything" : "short"));
    take(root.dataset.path);
  }
  // A link may lead to a part that the short path leaves out.
  function reachTarget() {
    const target = document.getElementById(location.hash.slice(1));  // all our addresses are ASCII
    if (root.dataset.path !== "short" || !target?.closest("article") || target.getClientRects().length) return;
    take("everything");
    target.scrollIntoView();
  }
  reachTarget();
  addEventListener("hashchange", reachTarget);

  // -- the list of chapters: beside the text it folds away; below, the theme shows it as a dialog
  one(".primary-toggle")?.addEventListener("click", (event) => {
    if (!matchMedia("(min-width: 960px)").matches) return;
    event.stopImmediatePropagation();
    one("#pst-primary-sidebar").classList.toggle("pst-sidebar-hidden");
  }, true);

  // -- wide formulas scroll, so the keyboard must reach them ------------------------
  function reachFormulas() {
    for (const formula of document.querySelectorAll("div.math")) {
      if (scrollsSideways(formula)) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }
  reachFormulas();
  addEventListener("resize", reachFormulas);

  // On the page of a search there is nothing but to search.
  const field = one("main form.bd-search input");
  field?.focus();
  field?.select();

  // Sphinx's translations leave this sentence of its search empty.
  const theirs = typeof Documentation === "undefined" ? {} : Documentation.TRANSLATIONS;
  for (const [key, text] of Object.entries(theirs)) if (!text && key.includes("${resultCount}")) theirs[key] = t.pageFound;

  // A page from a file may not read other pages, so results of a search come without their summaries.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
})();
