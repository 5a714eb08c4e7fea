// A recall card: the whole front is a button, so a tap, Enter and the space bar all turn it.

function render({ model, el, book }) {
  const t = words(el);
  const save = saving(model), say = (said) => { save({ knew: said }); book?.review?.(said); };  // a page also notes the day
  const front = button("", () => save({ turned: !model.get("turned") }), { className: "card-front" });
  front.append(h("span", { className: "card-question" }, line(model.get("question"))), h("span", { className: "card-turn" }));
  const knew = button(t.knew, () => say("knew")), notYet = button(t.notYet, () => say("notYet"));
  const noted = h("p", { className: "card-noted" });
  const back = h("div", { className: "card-back", "aria-live": "polite" });
  const buttons = h("p", { className: "card-said" }, knew, notYet);
  el.append(h("div", { className: "card" }, front, back, buttons, noted));

  return follow(model, ["turned", "knew"], () => {
    const [turned, said] = [model.get("turned"), model.get("knew")];
    front.setAttribute("aria-expanded", String(turned));
    front.lastChild.textContent = turned ? t.turnBack : t.turn;
    back.replaceChildren(...(turned ? [h("p", {}, h("strong", {}, line(model.get("answer")))), ...prose(model.get("because"))] : []));
    buttons.hidden = !turned;
    knew.setAttribute("aria-pressed", String(said === "knew"));
    notYet.setAttribute("aria-pressed", String(said === "notYet"));
    noted.textContent = said === "knew" ? t.knewNoted : said === "notYet" ? t.notYetNoted : "";
    noted.hidden = !turned || !noted.textContent;
  });
}

export default { render };
