// The way of a reader through the words: each pair that was left, to be gone back to.

const LONGEST_WAY = 8;  // steps

function wayOf(t, first, go) {
  const element = h("p", { hidden: true });
  let pairs = [];

  function paint() {
    element.hidden = !pairs.length;
    element.replaceChildren(t.neighboursTrail, ...pairs.flatMap((pair, place) => [" ", button(pair.join(" · "), () => back(place), { className: "book-link" })]));
  }
  function back(place) {
    const before = pairs.slice(0, place);
    go(...pairs[place]);
    pairs = before;
    paint();
    (element.querySelector("button:last-of-type") ?? first).focus();  // the button that was pressed is gone
  }
  return { element,
    left(pair) { pairs = [...pairs, pair].slice(-LONGEST_WAY); paint(); },
    forget() { pairs = []; paint(); } };
}
