// The reader's own config.json: a file chosen or dropped, its text pasted, or a folder on the machine of a kernel.

const bookButton = (text, action) => {
  const element = h("button", { type: "button", className: "book-button" }, text);
  element.addEventListener("click", action);
  return element;
};

// A field for a file and for its text; `read(name, bytes)` is called with what was given, `refuse(name, why)` without.
function ownFile(t, keys, { read, refuse }) {
  const file = h("input", { type: "file", accept: ".json,application/json" });
  const paste = h("textarea", { rows: 4, spellcheck: false });
  let newest = 0;  // of files chosen one after the other, the last one counts

  async function readFile(chosen) {
    const turn = ++newest;
    try {
      refuseTooBig(chosen.size, chosen.name, keys);
      const contents = new Uint8Array(await chosen.arrayBuffer());
      if (turn === newest) read(chosen.name, contents);
    } catch (problem) {  // a folder, or a file that is gone
      if (turn === newest) refuse(chosen.name, problem instanceof ConfigError ? problem.message : told(t.configUnread, chosen));
    }
  }

  function readPasted() {
    newest += 1;
    const text = paste.value;
    // UTF-8 has a byte or more for each: what is too long already needs no encoding.
    read("config.json", text.length > keys.limits.bytes ? { length: text.length } : new TextEncoder().encode(text));
  }

  file.addEventListener("change", () => {
    if (file.files[0]) readFile(file.files[0]);
    file.value = "";  // the same file, edited, can be chosen again
  });
  const fields = h("fieldset", { className: "config-drop" }, h("legend", {}, t.configYours),
    h("label", {}, h("span", {}, t.configFile), file), h("p", {}, t.configDrop),
    h("details", {}, h("summary", {}, t.configPaste), h("label", {}, h("span", {}, t.configText), paste), bookButton(t.configRead, readPasted)),
    h("p", { className: "config-soft" }, t.configPrivate));
  return { fields, readFile, forget: () => { newest += 1; } };
}

// Take a file that is dropped anywhere on `root`.
function takeDrops(root, t, readFile, refuse) {
  const over = (is) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    root.dataset.over = is;
  };
  root.addEventListener("dragover", over(true));
  root.addEventListener("dragleave", over(false));
  root.addEventListener("drop", (event) => {
    over(false)(event);
    const files = [...event.dataTransfer.files], dropped = files.find(({ name }) => name === "config.json") ?? files[0];
    if (dropped) readFile(dropped);
    else refuse(t.configYours, t.configNoFile);
  });
}

// A folder on the machine of a kernel; on a built page there is none.
function ownFolder(t, hidden, ask) {
  const folder = h("input", { type: "text", spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  const form = h("form", { noValidate: true, hidden },
    h("label", {}, h("span", {}, t.configFolder), folder), ending(t.configReadFolder, () => ask(folder.value)));
  return { form, folder };
}
