// Stands after the files of a widget: it lives with a state, hears what happens to it, and shows what became of both.
const life = { saves: [], model: { heard: {} } };

export async function begin(state, words, others = {}) {
  globalThis.WORDS = { en: words };
  const made = (traits) => {
    const heard = {};
    return { heard, traits, get: (name) => traits[name], save_changes: () => { life.saves.push(life.changed); life.changed = {}; },
      set(name, value) {
        const old = JSON.stringify(traits[name]);
        traits[name] = life.changed[name] = value;
        if (JSON.stringify(value) !== old) for (const act of heard[`change:${name}`] ?? []) act();
      },
      on: (name, act) => { (heard[name] ??= []).push(act); }, off: (name, act) => { heard[name] = heard[name].filter((one) => one !== act); } };
  };
  const models = Object.fromEntries(Object.entries(others).map(([name, traits]) => [name, made(traits)]));
  Object.assign(life, { saves: [], changed: {}, el: document.createElement("div"), model: made(state), models });
  document.body.replaceChildren(life.el);
  life.stop = await render({ model: life.model, el: life.el, host: { getModel: async (name) => models[name] } });
  return shown();
}

const shown = () => ({ page: life.el, saves: life.saves, active: document.activeElement });

// Set traits of its model or of another, and let what was put off until the next frames come.
export async function traits(news, name) {
  for (const [trait, value] of Object.entries(news)) (name ? life.models[name] : life.model).set(trait, value);
  for (let turn = 0; turn < 4; turn++) await new Promise((go) => setTimeout(go));
  return shown();
}

// Tell the element with this number among those of a selector of an event, after setting what it holds.
export function happens(selector, place, type, event = {}, holds = {}) {
  const element = life.el.querySelectorAll(selector).at(place);
  Object.assign(element, holds);
  const prevented = element.tell(type, event);
  return { ...shown(), prevented };
}

// How many listeners its models have left when it has gone.
export function end() {
  life.stop?.();
  return Object.values({ "": life.model, ...life.models }).reduce((sum, { heard }) => sum + Object.values(heard).flat().length, 0);
}
