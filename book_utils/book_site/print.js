// Two ways to print a page: a worksheet (questions open, answers at the end) and everything in full.
(function () {
  "use strict";
  const root = document.documentElement;
  // Guesses and recall cards, in their plain form: a question, and an answer inside of <details>.
  const QUESTION = ".book-widget > .book-plain:has(.book-plain-answer)";
  let undo = [];

  function open(details) {
    if (details.open) return;
    details.open = true;
    undo.push(() => { details.open = false; });
  }

  // Moves an answer, so that nothing is on the page twice, and leaves a mark of where it was.
  function move(answer, list) {
    const place = document.createComment("answer");
    const item = document.createElement("li");
    answer.replaceWith(place);
    item.append(answer);
    list.append(item);
    undo.push(() => place.replaceWith(answer));
  }

  function prepare() {
    restore();
    const questions = [...document.querySelectorAll(QUESTION)];
    for (const { parentElement: widget } of questions) {
      widget.classList.add("book-on-paper");
      undo.push(() => widget.classList.remove("book-on-paper"));
    }
    document.querySelectorAll("article .book-deeper").forEach(open);
    if (root.dataset.print !== "worksheet") {
      document.querySelectorAll("article details").forEach(open);
      return;
    }
    const section = document.createElement("section");
    section.id = "book-answers";
    section.append(document.createElement("h2"), document.createElement("ol"));
    section.firstChild.textContent = Object.values(window.bookWords)[0].printAnswers;
    for (const [i, question] of questions.entries()) {
      const number = document.createElement("span");
      number.textContent = `${i + 1}. `;
      (question.querySelector(".book-plain-question") || question.querySelector("summary")).prepend(number);
      undo.push(() => number.remove());
      move(question.querySelector(".book-plain-answer"), section.lastChild);
    }
    document.querySelector(".bd-article").append(section);
    undo.push(() => section.remove());
  }

  function restore() {
    undo.reverse().forEach((step) => step());
    undo = [];
  }

  addEventListener("beforeprint", prepare);
  addEventListener("afterprint", () => { restore(); delete root.dataset.print; });

  const menu = document.getElementById("book-print");
  if (!menu) return;
  const sheet = menu.querySelector("[data-print=worksheet]");
  sheet.parentElement.hidden = !document.querySelector(QUESTION);
  menu.addEventListener("click", async (event) => {
    const kind = event.target.dataset.print;
    if (!kind) return;
    menu.open = false;
    // What the reader has not come near is printed as it would be there; where it does not come, in its plain form.
    await Promise.race([window.bookAll?.(), new Promise((late) => setTimeout(late, 5000))]);
    root.dataset.print = kind;
    print();
  });
})();
