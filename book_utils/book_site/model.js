// The model that a widget gets on a page without a kernel: get, set, on, off, save_changes, as AFM has them.

function modelOf(id, state, onSave) {
  const data = { ...state }, listeners = [];
  let changed = new Set(), told = false;
  const emit = (name, ...given) => listeners.filter((l) => l.name === name).forEach((l) => l.callback(...given));
  const model = {
    get: (trait) => data[trait],
    set(trait, value) {
      const given = typeof trait === "string" ? { [trait]: value } : trait;
      const news = Object.keys(given).filter((name) => data[name] !== given[name]);
      for (const name of news) { data[name] = given[name]; changed.add(name); }
      for (const name of news) emit("change:" + name, model, data[name]);
      if (news.length) emit("change", model);
    },
    save_changes() { const names = changed; changed = new Set(); if (names.size) onSave(model, names); },
    on(names, callback) { for (const name of names.split(/\s+/)) listeners.push({ name, callback }); },
    off(names, callback) {
      const gone = (l) => (!names || names.split(/\s+/).includes(l.name)) && (!callback || l.callback === callback);
      for (let i = listeners.length - 1; i >= 0; i--) if (gone(listeners[i])) listeners.splice(i, 1);
    },
    send() {
      if (!told) console.info(`Widget ${id} sent a message: no kernel is listening on this page.`);
      told = true;
    },
    widget_manager: { get_model: (other) => modelFor(other) },
  };
  return model;
}
