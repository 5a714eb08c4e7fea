// The replay: a film of the words on one map. The model holds the film and the frame; while it plays, only the
// place between two frames is kept here.

const REACH = 22;  // how near a pointer must be, in units of the map
const MARKS = [  // told apart by shape; their colours only help
  "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0", "M-4 -4h8v8h-8z", "M0 -5.5L5 4H-5z",
  "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", "M0 -6L6 0L0 6L-6 0z",
];

const two = (number) => number.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
const counted = (number) => number.toLocaleString("en");
const percent = (share) => `${Math.round(100 * share)}%`;

const mark = (group) => svg("path", { d: MARKS[group], class: `replay-mark replay-mark-${group}` });

// A line over the steps of the film, with the present moment on it; who drags along it goes through the film.
function curve(steps, numbers, low, go) {
  const [wide, tall, end] = [160, 44, steps.at(-1) || 1];
  const high = Math.max(...numbers, low + 0.1);
  const at = (step, number) => [4 + ((wide - 8) * step) / end, 4 + ((tall - 8) * (high - number)) / (high - low)];
  const line = svg("path", { d: "M" + steps.map((step, i) => at(step, numbers[i]).join(" ")).join("L"), class: "replay-line" });
  const rule = svg("path", { class: "replay-rule" }), dot = svg("circle", { r: 4, class: "replay-dot" });
  const drawing = svg("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img" }, rule, line, dot);
  const scrub = ({ clientX }) => {
    const box = drawing.getBoundingClientRect(), step = (end * (((clientX - box.left) / box.width) * wide - 4)) / (wide - 8);
    go(steps.reduce((best, one, frame) => (Math.abs(one - step) < Math.abs(steps[best] - step) ? frame : best), 0));
  };
  drawing.addEventListener("pointerdown", (event) => { event.preventDefault(); drawing.setPointerCapture(event.pointerId); scrub(event); });
  drawing.addEventListener("pointermove", (event) => { if (event.buttons) scrub(event); });
  return { drawing, show(frame) {
    const [x, y] = at(steps[frame], numbers[frame]);
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    rule.setAttribute("d", `M${x} 0V${tall}`);
  } };
}

// What stands on the page; `acts` is what its controls do.
function elementsOf({ t, acts, again }) {
  const it = {
    play: button(t.replayPlay, acts.play, { className: "book-button" }),
    back: button(t.replayBack, acts.back), next: button(t.replayNext, acts.next),
    slider: h("input", { type: "range", min: 0, step: 1 }), chooser: h("select", {}),
    calmNote: h("p", { className: "replay-soft" }, t.replayCalm),
    points: svg("g"), threads: svg("path", { class: "replay-threads" }), trails: svg("path", { class: "replay-trail" }), groups: svg("g"), names: svg("g"),
    legend: h("ul", { className: "replay-legend", role: "list" }),
    numbers: h("div", { className: "replay-numbers" }), figures: Array.from({ length: 4 }, () => h("strong", {})),
    said: h("p", { className: "replay-found", "aria-live": "polite" }), axes: h("p", { className: "replay-soft" }),
    rows: h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.replayTable }),
  };
  it.map = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "replay-map", role: "img" }, it.trails, it.threads, it.points, it.groups, it.names);
  it.slider.addEventListener("input", () => acts.go(Number(it.slider.value)));
  it.chooser.addEventListener("change", () => acts.choose(it.chooser.value));
  it.root = h("section", { className: "explorer replay", "aria-label": t.replayTitle },
    h("div", { className: "replay-controls" }, it.play, it.back, it.next, h("label", {}, h("span", {}, t.replaySlider), it.slider)), it.calmNote,
    h("div", { className: "replay-picture" }, h("div", { className: "replay-view" }, it.map, it.legend), it.numbers), h("p", { className: "replay-soft" }, t.replayHint),
    h("p", {}, h("label", {}, t.replayFind + " ", it.chooser)), it.said, it.axes,
    h("details", {}, h("summary", {}, t.replayTable), it.rows),
    again ? again.form : h("p", { className: "replay-soft" }, t.replayNotebook));
  return it;
}

// A film put on the page: its marks, its two curves, the words to choose from. Gives what painting needs of it.
function loaded(film, { t, it, go }) {
  const last = film.steps.length - 1;
  const marks = film.groups.flatMap(([, count], group) => Array.from({ length: count }, () => mark(group)));
  const loss = curve(film.steps, film.losses, 0, go), score = curve(film.steps, film.scores, Math.min(0, ...film.scores), go);
  let start = 0;
  it.slider.max = last;
  it.points.replaceChildren(...marks);
  it.legend.replaceChildren(...film.groups.map(([name], group) =>
    h("li", {}, svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, mark(group)), name)));
  it.chooser.replaceChildren(h("option", { value: "" }, t.replayNone), ...film.groups.map(([name, count]) =>
    h("optgroup", { label: name }, film.words.slice(start, (start += count)).map((word) => h("option", {}, word)))));
  const shown = [[t.replayStep], [t.replayLoss, loss.drawing], [t.replayScore, score.drawing], [t.replayKept]];
  it.numbers.replaceChildren(...shown.map(([name, drawing], i) => h("p", {}, h("span", { className: "replay-soft" }, name), " ", it.figures[i], drawing)));
  it.axes.textContent = filled(t.replayAxes, { columns: film.columns, share: percent(film.shares[last]),
    across: percent(film.axes[0]), up: percent(film.axes[1]) });
  return { film, last, marks, place: scaleOf(film), curves: [[loss, t.replayLoss, film.losses], [score, t.replayScore, film.scores]] };
}

// -- painting: a name beside its mark, all that belongs to one frame, and the word that was chosen
function tag({ film, place }, word, places, className) {
  const [x, y] = place(pointOf(places, word)), left = x > 0.7 * WIDTH;
  return svg("g", { class: className, transform: `translate(${x} ${y})` }, svg("circle", { r: 9 }),
    svg("text", { x: left ? -12 : 12, y: 6, "text-anchor": left ? "end" : "start" }, film.words[word]));
}

// The name of each group that has become an island, above it.
const islandNames = ({ film, place }, places) => drawnTogether(islands(film, places)).map(([name, x, y, spread]) => {
  const [across, down] = place([x, y + spread]), within = (number, least, most) => Math.max(least, Math.min(most, number));
  return svg("text", { x: within(across, 50, WIDTH - 50), y: within(down - 8, 18, HEIGHT - 8), class: "replay-group" }, name);
});

function paintFrame({ t, it }, { film, last, curves }, frame) {
  const now = { step: counted(film.steps[frame]), loss: two(film.losses[frame]), score: two(film.scores[frame]), share: percent(film.shares[frame]) };
  it.slider.value = frame;
  it.slider.setAttribute("aria-valuetext", filled(t.replayNow, now));
  Object.values(now).forEach((text, i) => { it.figures[i].textContent = text; });
  for (const [line, name, those] of curves) {
    line.show(frame);
    line.drawing.setAttribute("aria-label", filled(t.replayCurve, { name, first: two(those[0]), now: two(those[frame]), step: now.step,
      last: two(those[last]), end: counted(film.steps[last]) }));
  }
  const groups = islands(film, placesAt(film, frame)).map(([group, ...row]) => [group, ...row.map(two)]);
  it.rows.replaceChildren(table([[t.replayGroup, t.replayAcross, t.replayUp, t.replayFrom], ...groups]));
  it.map.setAttribute("aria-label", [filled(t.replayMap, { n: film.words.length, step: now.step }),
    ...groups.map(([group, x, y]) => filled(t.replayIsland, { group, x, y }))].join(" "));
  it.back.setAttribute("aria-disabled", String(frame === 0));
  it.next.setAttribute("aria-disabled", String(frame === last));
}

const cameFrom = (t, film, word, [x, y]) => {
  const [left, up] = pointOf(placesAt(film, 0), word), far = Math.hypot(x - left, y - up);
  return far ? ` ${filled(t.replayCame, { far: two(far) })}` : "";
};

function paintWord({ t, it }, { film, place }, places, chosen, playing) {
  it.chooser.value = chosen < 0 ? "" : film.words[chosen];
  const at = pointOf(places, chosen);
  const near = chosen < 0 ? [] : nearestPlaces(places, at, 5, chosen);
  it.threads.setAttribute("d", near.map((word) => `M${place(at).join(" ")}L${place(pointOf(places, word)).join(" ")}`).join(""));
  it.said.setAttribute("aria-live", playing ? "off" : "polite");
  const text = chosen < 0 ? "" : filled(t.replayWord, { word: film.words[chosen], x: two(at[0]), y: two(at[1]),
    near: near.map((word) => film.words[word]).join(", ") }) + cameFrom(t, film, chosen, at);
  if (it.said.textContent !== text) it.said.textContent = text;
}

// Which word lies under a pointer, -1 where none is near enough.
function under(event, map, { marks, place }, places) {
  const box = map.getBoundingClientRect();
  const pointer = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  const shown = marks.flatMap((_, word) => place(pointOf(places, word)));
  const [word] = nearestPlaces(shown, pointer, 1);
  return Math.hypot(shown[2 * word] - pointer[0], shown[2 * word + 1] - pointer[1]) <= REACH ? word : -1;
}

// Whether a pointer is on a mark or on the name beside it, or between them.
function isOn({ clientX, clientY }, shown) {
  const box = shown?.getBoundingClientRect();
  return Boolean(box) && clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}

function render({ model, el, book }) {
  const t = words(el), get = (trait) => model.get(trait), save = saving(model);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let now = null, painted = -1, pointed = -1;
  const player = playerOf({ get, save, last: () => now.last, paint: () => paint() });
  const again = book ? null : settingsForm({ model, t, save });
  const it = elementsOf({ t, again, acts: {
    play: () => (player.playing ? player.pause() : player.start()), go: player.go,
    back: () => player.go(player.moment - 1), next: () => player.go(player.moment + 1), choose: (word) => save({ word }),
  } });
  el.append(it.root);

  function load() {
    player.pause();
    now = loaded(get("film"), { t, it, go: player.go });
    painted = -1;
    again?.fill(now.film.settings);
    player.settle();
  }

  function paint() {
    const { film, last, marks, place } = now;
    const places = placesAt(film, player.moment), frame = player.within(player.moment), chosen = film.words.indexOf(get("word"));
    marks.forEach((element, word) => element.setAttribute("transform", `translate(${place(pointOf(places, word)).join(" ")})`));
    it.groups.replaceChildren(...islandNames(now, places));
    it.trails.setAttribute("d", [chosen, pointed].filter((word) => word >= 0).map((word) =>
      `M${trailOf(film, word, player.moment).map((point) => place(point).map((number) => number.toFixed(1)).join(" ")).join("L")}`).join(""));
    it.names.replaceChildren(...(pointed >= 0 && pointed !== chosen ? [tag(now, pointed, places, "replay-pointed")] : []),
      ...(chosen >= 0 ? [tag(now, chosen, places, "replay-chosen")] : []));
    paintWord({ t, it }, now, places, chosen, player.playing);
    if (frame !== painted) paintFrame({ t, it }, now, frame);
    painted = frame;
    it.play.textContent = player.playing ? t.replayPause : t.replayPlay;
    it.play.hidden = (calm.matches && !player.playing) || last === 0;
    it.calmNote.hidden = !calm.matches;
    again?.say();
  }

  // The pointer: the name of what it is on, also while it is on that name, and a tap chooses.
  const wordAt = (event) => (isOn(event, it.names.querySelector(".replay-pointed")) ? pointed : under(event, it.map, now, placesAt(now.film, player.moment)));
  it.map.addEventListener("click", (event) => save({ word: now.film.words[wordAt(event)] ?? "" }));

  const calmed = () => { if (calm.matches) player.pause(); paint(); };
  calm.addEventListener("change", calmed);
  const stops = [follow(model, ["film"], load), follow(model, ["frame", "word", "wanted", "said"], player.settle),
    pointedAt(it.map, wordAt, (word) => { pointed = word; paint(); })];
  return () => {
    stops.forEach((stop) => stop());
    player.stop();
    calm.removeEventListener("change", calmed);
  };
}

export default { render };
