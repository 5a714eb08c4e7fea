// While a reader presses something, nothing else begins: it would stand between the press and what that shows.

const HELD = 1000;  // ms, after which a press is no click; nor does every press that leaves the window end
let press = null;  // a promise, until what the press shows is on the screen

window.addEventListener("pointerdown", () => {
  press ??= new Promise((done) => {
    const over = new AbortController();
    const free = () => { over.abort(); clearTimeout(late); press = null; done(); }, late = setTimeout(free, HELD);
    const shown = () => requestAnimationFrame(() => setTimeout(free));
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, shown, { capture: true, signal: over.signal });
  });
}, { capture: true, passive: true });

const calm = async () => { while (press) await press; };
