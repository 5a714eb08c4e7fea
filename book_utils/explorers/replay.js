// The replay: a film of the words on one map. The model holds the film and the frame; while it plays, only the
// place between two frames is kept here.

const SECONDS = 6;  // the whole film
const REACH = 22;  // how near a pointer must be, in units of the map
const MARKS = [  // told apart by shape; their colours only help
  "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0", "M-4 -4h8v8h-8z", "M0 -5.5L5 4H-5z",
  "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", "M0 -6L6 0L0 6L-6 0z",
];

const two = (number) => number.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
const counted = (number) => number.toLocaleString("en");
const percent = (share) => `${Math.round(100 * share)}%`;

const mark = (group) => svg("path", { d: MARKS[group], class: `replay-mark replay-mark-${group}` });

// A line over the steps of the film, with the present moment on it.
function curve(steps, numbers, low) {
  const [wide, tall, end] = [160, 44, steps.at(-1) || 1];
  const high = Math.max(...numbers, low + 0.1);
  const at = (step, number) => [4 + ((wide - 8) * step) / end, 4 + ((tall - 8) * (high - number)) / (high - low)];
  const line = svg("path", { d: "M" + steps.map((step, i) => at(step, numbers[i]).join(" ")).join("L"), class: "replay-line" });
  const rule = svg("path", { class: "replay-rule" }), dot = svg("circle", { r: 4, class: "replay-dot" });
  const drawing = svg("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img" }, rule, line, dot);
  return { drawing, show(frame) {
    const [x, y] = at(steps[frame], numbers[frame]);
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    rule.setAttribute("d", `M${x} 0V${tall}`);
  } };
}

function render({ model, el, book }) {
  const t = words(el);
  const get = (trait) => model.get(trait);
  const save = saving(model);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let film, last, place, marks, loss, score, painted, moment = 0, playing = 0, pointed = -1;

  // -- what stands on the page --------------------------------------------
  const play = button(t.replayPlay, () => (playing ? pause() : start()), { className: "book-button" });
  const back = button(t.replayBack, () => go(moment - 1));
  const next = button(t.replayNext, () => go(moment + 1));
  const slider = h("input", { type: "range", min: 0, step: 1 });
  slider.addEventListener("input", () => go(Number(slider.value)));
  const calmNote = h("p", { className: "replay-soft" }, t.replayCalm);
  const points = svg("g", {}), threads = svg("path", { class: "replay-threads" }), names = svg("g", {});
  const map = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "replay-map", role: "img" }, threads, points, names);
  const legend = h("ul", { className: "replay-legend", role: "list" });
  const numbers = h("div", { className: "replay-numbers" }), figures = Array.from({ length: 4 }, () => h("strong", {}));
  const find = h("select", {});
  find.addEventListener("change", () => save({ word: find.value }));
  const found = h("p", { className: "replay-found", "aria-live": "polite" });
  const axes = h("p", { className: "replay-soft" });
  const rows = h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.replayTable });
  const again = book ? null : settingsForm({ model, t, save });
  const root = h("section", { className: "explorer replay", "aria-label": t.replayTitle },
    h("div", { className: "replay-controls" }, play, back, next, h("label", {}, h("span", {}, t.replaySlider), slider)), calmNote,
    h("div", { className: "replay-picture" }, h("div", { className: "replay-view" }, map, legend), numbers),
    h("p", {}, h("label", {}, t.replayFind + " ", find)), found, axes,
    h("details", {}, h("summary", {}, t.replayTable), rows),
    again ? again.form : h("p", { className: "replay-soft" }, t.replayNotebook));
  el.append(root);

  // -- a new film ---------------------------------------------------------
  function load() {
    pause();
    film = get("film");
    last = film.steps.length - 1;
    place = scaleOf(film);
    slider.max = last;
    marks = film.groups.flatMap(([, count], group) => Array.from({ length: count }, () => mark(group)));
    points.replaceChildren(...marks);
    legend.replaceChildren(...film.groups.map(([name], group) =>
      h("li", {}, svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, mark(group)), name)));
    let start = 0;
    find.replaceChildren(h("option", { value: "" }, t.replayNone), ...film.groups.map(([name, count]) =>
      h("optgroup", { label: name }, film.words.slice(start, (start += count)).map((word) => h("option", {}, word)))));
    loss = curve(film.steps, film.losses, 0);
    score = curve(film.steps, film.scores, Math.min(0, ...film.scores));
    const shown = [[t.replayStep], [t.replayLoss, loss.drawing], [t.replayScore, score.drawing], [t.replayKept]];
    numbers.replaceChildren(...shown.map(([name, drawing], i) => h("p", {}, h("span", { className: "replay-soft" }, name), " ", figures[i], drawing)));
    painted = -1;
    axes.textContent = filled(t.replayAxes, { columns: film.columns, share: percent(film.shares[last]),
      across: percent(film.axes[0]), up: percent(film.axes[1]) });
    again?.fill(film.settings);
    settle();
  }

  // -- the moment that is shown -------------------------------------------
  const within = (frame) => Math.max(0, Math.min(last, Math.round(Number(frame)) || 0));
  function go(frame) { pause(); save({ frame: within(frame) }); }
  function settle() { if (!playing) { moment = within(get("frame")); paint(); } }

  function start() {
    const first = get("frame") >= last ? 0 : within(get("frame"));
    let began = null;
    const tick = (now) => {
      began ??= now;
      moment = Math.min(last, first + ((now - began) / 1000 / SECONDS) * last);
      if (moment >= last) { pause(); return; }
      playing = requestAnimationFrame(tick);
      paint();
    };
    playing = requestAnimationFrame(tick);
    paint();
  }

  function pause() {
    if (!playing) return;
    cancelAnimationFrame(playing);
    playing = 0;
    save({ frame: within(moment) });
    settle();
  }

  // -- painting -----------------------------------------------------------
  function tag(word, places, className) {
    const [x, y] = place(pointOf(places, word));
    const left = x > 0.7 * WIDTH;
    return svg("g", { class: className, transform: `translate(${x} ${y})` }, svg("circle", { r: 9 }),
      svg("text", { x: left ? -12 : 12, y: y < 24 ? 16 : -6, "text-anchor": left ? "end" : "start" }, film.words[word]));
  }

  function paint() {
    const places = placesAt(film, moment), frame = within(moment), chosen = film.words.indexOf(get("word"));
    marks.forEach((element, word) => element.setAttribute("transform", `translate(${place(pointOf(places, word)).join(" ")})`));
    names.replaceChildren(...(pointed >= 0 && pointed !== chosen ? [tag(pointed, places, "replay-pointed")] : []),
      ...(chosen >= 0 ? [tag(chosen, places, "replay-chosen")] : []));
    paintWord(places, chosen);
    if (frame !== painted) paintFrame(frame);
    play.textContent = playing ? t.replayPause : t.replayPlay;
    play.hidden = (calm.matches && !playing) || last === 0;
    calmNote.hidden = !calm.matches;
    again?.say();
  }

  function paintFrame(frame) {
    const now = { step: counted(film.steps[frame]), loss: two(film.losses[frame]), score: two(film.scores[frame]), share: percent(film.shares[frame]) };
    painted = slider.value = frame;
    slider.setAttribute("aria-valuetext", filled(t.replayNow, now));
    Object.values(now).forEach((text, i) => { figures[i].textContent = text; });
    for (const [line, name, those] of [[loss, t.replayLoss, film.losses], [score, t.replayScore, film.scores]]) {
      line.show(frame);
      line.drawing.setAttribute("aria-label", filled(t.replayCurve, { name, first: two(those[0]), now: two(those[frame]), step: now.step,
        last: two(those[last]), end: counted(film.steps[last]) }));
    }
    const groups = islands(film, placesAt(film, frame)).map(([group, ...row]) => [group, ...row.map(two)]);
    rows.replaceChildren(table([[t.replayGroup, t.replayAcross, t.replayUp, t.replayFrom], ...groups]));
    map.setAttribute("aria-label", [filled(t.replayMap, { n: film.words.length, step: now.step }),
      ...groups.map(([group, x, y]) => filled(t.replayIsland, { group, x, y }))].join(" "));
    back.setAttribute("aria-disabled", String(frame === 0));
    next.setAttribute("aria-disabled", String(frame === last));
  }

  function paintWord(places, chosen) {
    find.value = chosen < 0 ? "" : film.words[chosen];
    const at = pointOf(places, chosen);
    const near = chosen < 0 ? [] : nearestPlaces(places, at, 5, chosen);
    threads.setAttribute("d", near.map((word) => `M${place(at).join(" ")}L${place(pointOf(places, word)).join(" ")}`).join(""));
    found.setAttribute("aria-live", playing ? "off" : "polite");
    const text = chosen < 0 ? "" : filled(t.replayWord, { word: film.words[chosen], x: two(at[0]), y: two(at[1]),
      near: near.map((word) => film.words[word]).join(", ") });
    if (found.textContent !== text) found.textContent = text;
  }

  // -- the pointer: a name where it is, and a tap chooses ------------------
  function under(event) {
    const box = map.getBoundingClientRect(), places = placesAt(film, moment);
    const pointer = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
    const shown = marks.flatMap((_, word) => place(pointOf(places, word)));
    const [word] = nearestPlaces(shown, pointer, 1);
    return Math.hypot(shown[2 * word] - pointer[0], shown[2 * word + 1] - pointer[1]) <= REACH ? word : -1;
  }
  function point(word) { if (word !== pointed) { pointed = word; paint(); } }
  map.addEventListener("pointermove", (event) => point(under(event)));
  map.addEventListener("pointerleave", () => point(-1));
  map.addEventListener("click", (event) => { const word = under(event); save({ word: word < 0 ? "" : film.words[word] }); });

  const calmed = () => { if (calm.matches) pause(); paint(); };
  calm.addEventListener("change", calmed);
  const stops = [follow(model, ["film"], load), follow(model, ["frame", "word", "wanted", "said"], settle)];
  return () => {
    stops.forEach((stop) => stop());
    cancelAnimationFrame(playing);
    calm.removeEventListener("change", calmed);
  };
}

export default { render };
