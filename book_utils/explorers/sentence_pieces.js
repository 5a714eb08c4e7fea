// The text as its tokens, each in the colour of its row; who points at one sees where else that row is read.

const MOST_NAMED = 10;  // how many repeated tokens, and how many places of one, are written out
const MOST_WHERE = 6;  // places on the line above the list, which must not grow: a list that moves slips from the pointer
const HUES = 6;  // the colours that lines of a figure have

const counted = (number) => number.toLocaleString("en");
const tokenText = (token) => h("code", { dir: "ltr" }, token);

// A Map from each ID that comes more than once to its places.
export function repeats(ids) {
  const places = new Map();
  ids.forEach((id, place) => (places.has(id) ? places.get(id).push(place) : places.set(id, [place])));
  return new Map([...places].filter(([, those]) => those.length > 1));
}

const listed = (t, items, most) => (items.length > most
  ? `${items.slice(0, most).join(", ")} ${filled(t.andMore, { n: counted(items.length - most) })}`
  : `${items.slice(0, -1).join(", ")} ${t.and} ${items.at(-1)}`);

function againOf({ t }, tokens, twice) {
  const named = [...twice.values()].slice(0, MOST_NAMED);
  if (!named.length) return [];
  const more = twice.size > MOST_NAMED ? h("li", {}, filled(t.andMoreTokens, { n: counted(twice.size - MOST_NAMED) })) : "";
  return [h("p", {}, t.moreThanOnce), h("ul", {}, named.map((places) =>
    h("li", {}, tokenText(tokens[places[0]]), ": ", filled(t.samePlaces, { places: listed(t, places, MOST_NAMED) }))), more)];
}

// Buttons with texts to try, below the box; the pieces, below their number. A screen reader has the list instead of them.
function coloured({ t }, it, acts) {
  const row = h("p", { className: "sentence-pieces", "aria-hidden": "true" }), said = h("p", { className: "explorer-soft sentence-where" });
  let tokens = [], ids = [], chosen = -1;
  it.limits.after(h("p", { className: "sentence-tries" }, `${t.firstTry} `, t.sentenceTries.flatMap((text) => [button(text, () => acts.text(text)), " "])));
  it.count.after(row, said);

  function where(place) {
    const places = repeats(ids).get(ids[place]), values = { token: `\`${tokens[place]}\``, id: ids[place], place };
    return line(places ? filled(t.sentenceMany, { ...values, places: listed(t, places, MOST_WHERE) }) : filled(t.sentenceOnce, values));
  }
  function lit(place) {
    const same = (other) => other in ids && ids[other] === ids[place];
    [...row.children].forEach((piece, other) => piece.classList.toggle("sentence-lit", same(other)));
    [...it.list.children].forEach((item, other) => item.classList.toggle("sentence-lit", same(other)));
    said.replaceChildren(...(place in ids ? where(place) : []));
  }
  const placeIn = (parent) => ({ target }) => [...parent.children].findIndex((child) => child.contains(target));
  for (const parent of [row, it.list]) {
    const placeOf = placeIn(parent), point = (event) => { if (placeOf(event) >= 0) lit(placeOf(event)); };
    parent.addEventListener("pointerover", point);
    parent.addEventListener("focusin", point);
  }
  const stop = onEscape(() => lit(chosen));
  row.addEventListener("click", (event) => { if (placeIn(row)(event) >= 0) acts.place(placeIn(row)(event)); });
  return {
    stop,
    show(those, their) {
      [tokens, ids] = [those, their];
      const rows = [...new Set(ids)];
      row.replaceChildren(...tokens.map((token, place) => h("code", { dir: "auto", className: token.startsWith("##") ? "sentence-joined" : "",
        style: `--hue:var(--series-${(rows.indexOf(ids[place]) % HUES) + 1})` }, token)));
    },
    light(place) { chosen = place; lit(place); },
  };
}
