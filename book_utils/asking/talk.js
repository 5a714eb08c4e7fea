// Between two votes of a class: what to do now, and a button that hides one's own vote from the neighbours.

function talking({ t, shut }, root) {
  if (!shut) return null;
  const hide = button(t.voteHide, () => {
    const hidden = root.toggleAttribute("data-vote-hidden");
    hide.textContent = hidden ? t.voteShow : t.voteHide;
  });
  return h("div", { className: "guess-talk" }, h("p", {}, t.voteTalk), hide);
}
