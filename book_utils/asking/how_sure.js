// How sure the reader was against how right: reads the models of the guesses themselves, so it is
// never out of step with them, with a kernel and without one.

const FEW = 5;

async function render({ model, el, host }) {
  const t = words(el);
  const guesses = await Promise.all(model.get("guesses").map((ref) => host.getModel(ref)));
  const root = h("section", { className: "how-sure", "aria-label": t.sureTable });
  el.append(root);

  const rightOf = (guess) => (legal(guess.get("kind"), guess.get("guess"), guess.get("choices").map((c) => c.label))
    ? score(guess.get("kind"), guess.get("answer"), guess.get("guess"), guess.get("scale")) : null);

  function paint() {
    const made = guesses.filter((guess) => rightOf(guess) !== null);
    const rows = SURES.map((name) => {
      const those = made.filter((guess) => guess.get("confidence") === name);
      const right = those.filter(rightOf).length;
      const share = those.length >= FEW ? `${Math.round((100 * right) / those.length)} %` : "";
      return [t[name], String(those.length), [String(right), share].filter(Boolean).join(" · ")];
    });
    const missed = made.filter((guess) => guess.get("confidence") === "sure" && !rightOf(guess));
    root.replaceChildren(
      h("p", {}, h("strong", {}, t.sureTable)),
      ...(made.length ? [table([[t.howSureHead, t.answered, t.rightHead], ...rows])] : [h("p", {}, t.noGuesses)]),
      ...(made.length && made.length < FEW ? [h("p", {}, t.few)] : []),
      ...(missed.length ? [h("p", {}, t.surelyWrong + ":"), h("ul", {}, missed.map((guess) =>
        h("li", {}, h("a", { href: `#guess-${guess.get("name")}` }, guess.get("question").replaceAll("`", "")))))] : []),
    );
  }

  // Once for all that a click changes, and after the frame that shows the guess itself.
  let waiting = false;
  const soon = () => {
    if (!waiting) afterPaint(() => { waiting = false; paint(); });
    waiting = true;
  };
  const stops = guesses.map((guess) => follow(guess, ["guess", "confidence", "revealed"], soon));
  paint();
  return () => stops.forEach((stop) => stop());
}

export default { render };
